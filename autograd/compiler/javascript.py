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

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import ops
from autograd.compiler import special
from autograd.compiler.rules import Language, Rule
from autograd.formula import Parts
from autograd.operation import Op


def _number(x: float) -> str:
    """A number; the shortest text that is this double is the same in both languages."""
    if x != x or x in (float("inf"), float("-inf")):
        return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 and str(x) != "-0.0" else repr(x)


def _choose(condition: Parts, then: Parts, otherwise: Parts) -> Parts:
    return *condition, " ? ", *then, " : ", *otherwise


#: Functions that JavaScript lacks, or has otherwise: its power is nan where the standard's is 1, as of 1 to the power
#: of inf, and its rounding takes halves up.
OWN = {
    ops.pow: "const pow = (x, y) => x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;\n",
    ops.fmod: "const fmod = (x, y) => x % y;\n",
    ops.round: "const round = (x) => "
    "Math.abs(x) < 2 ** 52 ? Math.sign(x) * (Math.abs(x) + 2 ** 52 - 2 ** 52) : x;  // halves to even\n",
}
MADE = {op: Op(op.name, op.symbol, getattr(special, op.name), op.partials) for op in (ops.erf, ops.erfc)}


def _function(op: Op) -> str:
    return op.name if op in OWN or op in MADE else "Math.abs" if op is ops.absolute else f"Math.{op.name}"


JAVASCRIPT = Language(_number, _choose, _function, "const {name} = {value};", "return {results};")


def source(operations: Iterable[Op] = ops.TABLE[1:]) -> str:
    """The script: value and local derivatives of these operations of the table, of all unless told otherwise."""
    rules = [Rule(op) for op in operations]
    entries = [f"  {rule.op.name}: {_entry(rule)},\n" for rule in rules]
    used = {op for rule in rules for op in rule.primitives()}
    own = [text for op, text in OWN.items() if op in used]
    made = [Rule(own) for op, own in MADE.items() if op in used]
    own += [f"const {rule.op.name} = {_arrow(rule, [rule.value])};\n" for rule in made]
    return f'"use strict";\n{"".join(own)}const OPERATIONS = {{\n{"".join(entries)}}};\n'


def _entry(rule: Rule) -> str:
    give = JAVASCRIPT._replace(give="return [{results}];")
    return f"{{inputs: {len(rule.inputs)}, rule: {_arrow(rule, [rule.value, *rule.local_grads], give, '  ')}}}"


def _arrow(rule: Rule, results: Sequence[Any], language: Language = JAVASCRIPT, indent: str = "") -> str:
    body = "".join([f"{indent}  {line}\n" for line in rule.lines(language, results)])
    return f"({', '.join([x.name for x in rule.inputs])}) => {{\n{body}{indent}}}"
