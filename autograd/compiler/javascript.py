"""The rules of `ops` in JavaScript, for a page that computes by itself.

`source` is a script to read and to include. It defines ``OPERATIONS``: for each operation of the table its number of
inputs, and ``rule``, a function of them that returns the value and then the derivative by each input:

    OPERATIONS.multiply.rule(2, 3)    // [6, 3, 2]

>>> print(source([ops.multiply, ops.sigmoid]))
"use strict";
const OPERATIONS = {
  multiply: {inputs: 2, rule: (x, y) => {
    return [x * y, y, x];
  }},
  sigmoid: {inputs: 1, rule: (x) => {
    const t1 = Math.exp(-Math.abs(x));
    const out = (x >= 0 ? 1 : t1) / (1 + t1);
    return [out, out * (1 - out)];
  }},
};
<BLANKLINE>

Every number is the double that the engine has, as far as the browser's own functions round as the C library's do, which
JavaScript does not promise: sums, products, quotients and roots are equal to the bit, exp and the like to a unit or two
in the last place.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograd import ops
from autograd.compiler.rules import Language, Rule
from autograd.formula import Parts
from autograd.ops import Op


def _number(x: float) -> str:
    """A number; the shortest text that is this double is the same in both languages."""
    if x != x or x in (float("inf"), float("-inf")):
        return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 and str(x) != "-0.0" else repr(x)


def _choose(condition: Parts, then: Parts, otherwise: Parts) -> Parts:
    return *condition, " ? ", *then, " : ", *otherwise


HOST = {"absolute": "Math.abs", "pow": "pow"}  #: what is not called Math.NAME

JAVASCRIPT = Language(
    _number,
    _choose,
    lambda op: HOST.get(op.name, f"Math.{op.name}"),
    "const {name} = {value};",
    "return [{results}];",
)

# JavaScript's power is nan where the standard's is 1: 1 to the power of inf or nan, and −1 to that of inf.
POW = "const pow = (x, y) => x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;\n"


def source(operations: Iterable[Op] = ops.TABLE[1:]) -> str:
    """The script: value and local derivatives of these operations of the table, of all unless told otherwise."""
    rules = [Rule(op) for op in operations]
    entries = [f"  {rule.op.name}: {_entry(rule)},\n" for rule in rules]
    power = POW if any(ops.pow in rule.primitives() for rule in rules) else ""
    return f'"use strict";\n{power}const OPERATIONS = {{\n{"".join(entries)}}};\n'


def _entry(rule: Rule) -> str:
    lines = rule.lines(JAVASCRIPT, [rule.value, *rule.local_grads])
    inputs = ", ".join([x.name for x in rule.inputs])
    body = "".join([f"    {line}\n" for line in lines])
    return f"{{inputs: {len(rule.inputs)}, rule: ({inputs}) => {{\n{body}  }}}}"
