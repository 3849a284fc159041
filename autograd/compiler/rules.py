"""The generator: the rules of `ops`, written as plain Python, as Cython and, in `javascript`, for a page.

A rule is ordinary arithmetic, so it is run on symbols, as in `trace`, and written down once more in the language of a
host: for the engine as plain Python and as Cython, and in `javascript` for a page. What an operation is made of is
written out, down to the functions that every host has by itself:

>>> from autograd import ops
>>> for line in Rule(ops.sigmoid).lines(PYTHON):
...     print(line)
t1 = exp(-abs(x))
out = (1.0 if x >= 0.0 else t1) / (1.0 + t1)
return out, out * (1.0 - out), 0.0

``python -m autograd.compiler.rules`` writes what the engine runs, `autograd/_rules.py` and `_rules.pxd`, anew.
"""

from __future__ import annotations

import builtins
import math
import os
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate, count
from typing import Any, NamedTuple

from autograd import ops
from autograd.compiler.trace import COMPARISONS, OPERATORS, WHERE, Symbol, Trace
from autograd.formula import PRODUCT, Parts, Style, Written, arguments, write
from autograd.operation import Op


class Language(NamedTuple):
    """How a host writes what a rule is made of.

    Attributes:
        literal: a plain number.
        choose: ``then`` if the condition holds, else ``otherwise``; each is in parentheses where it has to be.
        function: the name of a function that the host has by itself.
        assign: a line that names an expression.
        give: the line that returns the results.
    """

    literal: Callable[[float], str]
    choose: Callable[[Parts, Parts, Parts], Parts]
    function: Callable[[Op], str]
    assign: str
    give: str

    @property
    def style(self) -> Style:
        """How expressions are put together; the operators are the same everywhere."""
        return Style(SIGNS, self.literal, self._call, loose_minus=False)

    def _call(self, op: Op, operands: Sequence[Written]) -> Parts:
        if op is WHERE:
            condition, then, otherwise = [operand.parts for operand in operands]
            return "(", *self.choose(condition, then, otherwise), ")"
        return self.function(op), "(", *arguments(operands), ")"


CHEAP = {ops.add, ops.subtract, ops.multiply, ops.divide, ops.negative, WHERE, *COMPARISONS.values()}
SIGNS = OPERATORS | {ops.divide: (" / ", PRODUCT)}


def in_python(op: Op) -> str:
    """The name of a host's function in Python: the math module's, as far as that is what `ops` calls."""
    return getattr(op.forward, "__wrapped__", op.forward).__name__ if is_in_math(op) else op.name


def is_in_math(op: Op) -> bool:
    """Whether Python has the function by itself; a rule may raise then, and the entry in `ops` is asked instead."""
    function = getattr(op.forward, "__wrapped__", op.forward)
    return function in vars(math).values() or function in vars(builtins).values()


C_NAMES = {"absolute": "fabs", "round": "rint"}

PYTHON = Language(
    repr, lambda c, a, b: (*a, " if ", *c, " else ", *b), in_python, "{name} = {value}", "return {results}"
)
ARRAYS = PYTHON._replace(
    choose=lambda c, a, b: ("choose(", *c, ", lambda: ", *a, ", lambda: ", *b, ")"),
    function=lambda op: "abs" if op is ops.absolute else op.name,
)
CYTHON = PYTHON._replace(function=lambda op: C_NAMES.get(op.name, op.name), assign="cdef double {name} = {value}")


class Expanded(Trace):
    """A trace in which an operation is what it is made of, as far as it is made of anything."""

    def apply(self, op: Op, inputs: Sequence[Any]) -> Any:
        """The symbol for ``op(*inputs)``."""
        return super().apply(op, inputs) if is_primitive(op) else op.forward(*inputs)


@cache
def is_primitive(op: Op) -> bool:
    """Whether what an operation computes cannot be written with others: a host has it by itself."""
    trace = Trace()
    try:
        out = op.forward(*[trace.input("") for _ in op.partials])
    except TypeError:  # it asks for a number
        return True
    return isinstance(out, Symbol) and out.op is op


class Rule:
    """An operation of the table on symbols: its value, and its partial derivatives."""

    def __init__(self, op: Op) -> None:
        self.op, self.trace = op, Expanded()
        self.inputs = [self.trace.input(name) for name in ("x", "y", "z")[: len(op.partials)]]
        self.value = self.trace.apply(op, self.inputs)

    @property
    def local_grads(self) -> list[Any]:
        """The partial derivatives, as symbols or numbers."""
        return [partial(self.value, *self.inputs) for partial in self.op.partials]

    def lines(self, language: Language, results: Sequence[Any] | None = None) -> list[str]:
        """The rule as lines of a function that returns the value and two derivatives, the second 0 of one input."""
        if results is None:
            results = [self.value, *self.local_grads, 0.0][:3]
        style = language.style
        uses = self.trace._uses([x for x in results if isinstance(x, Symbol)])
        always = self._always(results)
        known = {id(x): Written((x.name,)) for x in self.inputs}
        lines = []
        simple = set(known)  # what is a name, or costs next to nothing, and need not be left out where it is not needed
        names = (f"t{number}" for number in count(1))

        def written(x: Any) -> Written:
            return known[id(x)] if isinstance(x, Symbol) else style.literal(float(x))

        for symbol in self.trace.symbols:
            assert symbol.op is not None, "a rule's symbols have no second names"
            known[id(symbol)] = style.apply(symbol.op, [written(x) for x in symbol.inputs])
            if symbol.op in CHEAP and all(id(x) in simple for x in symbol.inputs if isinstance(x, Symbol)):
                simple.add(id(symbol))
            unnamed = 1 if id(symbol) in always or id(symbol) in simple else 2  # up to so many uses
            if uses[id(symbol)] > unnamed:
                simple.add(id(symbol))
                name = "out" if symbol is self.value else next(names)
                lines.append(language.assign.format(name=name, value=bare(known[id(symbol)])))
                known[id(symbol)] = Written((name,))
        return [*lines, language.give.format(results=", ".join([bare(written(x)) for x in results]))]

    def _always(self, results: Sequence[Any]) -> set[int]:
        """The symbols that are needed whichever way the conditions fall."""
        always = set(map(id, results))
        for symbol in reversed(self.trace.symbols):
            if id(symbol) in always:
                always.update(map(id, symbol.inputs[:1] if symbol.op is WHERE else symbol.inputs))
        return always

    def primitives(self) -> set[Op]:
        """The hosts' functions in it."""
        return {x.op for x in self.trace.symbols if x.op is not None} - SIGNS.keys() - {WHERE}


def bare(expression: Written) -> str:
    """An expression on its own, without the parentheses that it would have within another."""
    parts = expression.parts
    return write(parts[1:-1] if parts[0] == "(" and encloses(parts) else parts, {})


def encloses(parts: Parts) -> bool:
    """Whether the first parenthesis is closed by the last piece."""
    depths = accumulate(str(part).endswith("(") - (part == ")") for part in parts)
    return [*depths].index(0) == len(parts) - 1


NOTE = "Generated from ops.py by `python -m autograd.compiler.rules`. Do not edit."

PYTHON_HEAD = '''"""The rules as the engine runs them, generated: to change one, edit its row in `ops`.

{note}
A rule of one input does not look at the second, whose derivative is 0. Where Python raises, as at ``1 / 0.0``, the
entry in the table is asked. The compiled build has the same rules in `_rules.pxd`, where nothing raises.
"""

# ruff: noqa
# fmt: off
from __future__ import annotations

from math import {math}
from typing import Any

from autograd import ops

{others}
'''

PYTHON_TAIL = '''
RULES = (add_rule, {names})  # by code; the first has none


def apply(code: int, x: float, y: float) -> tuple[float, ...]:
    """The value and the local derivatives of the operation with this code, whatever the numbers."""
    try:
        return RULES[code](x, y)
    except (ArithmeticError, ValueError):
        op = ops.TABLE[code]
        inputs = (x, y)[:len(op.partials)]
        out = op.forward(*inputs)
        return (out, *[partial(out, *inputs) for partial in op.partials], 0.0)[:3]


def evaluate(node: Any) -> None:
    """Work out a node's data and local derivatives from its parents' data."""
    code = node._operation.code
    x = node._left._data
    y = x if node._right is None else node._right._data
    {first}
    elif code == 0:
        node._evaluate()
    else:
        try:
            node._data, node._left_local, node._right_local = RULES[code](x, y)
        except (ArithmeticError, ValueError):
            node._evaluate()
'''

CYTHON_HEAD = """# The rules of `ops` in C, in which nothing raises.
# {note}
# cython: cdivision=True
from libc.math cimport INFINITY as inf, NAN as nan

cdef enum:
    {codes}

cdef extern from "math.h" nogil:
    {declared}
"""

CYTHON_TAIL = """

cdef inline (double, double, double) apply(int code, double x, double y) noexcept nogil:
    {branches}
    else:
        return nan, nan, nan


cdef inline void apply_to_all(
    int code, int n, double *out, double *left, double *right, double *x, double *y
) noexcept nogil:
    cdef int i
    {loops}
"""


def python_source() -> str:
    """The text of `autograd/_rules.py`."""
    rules = [Rule(op) for op in ops.TABLE if op.code]
    primitives = {op for rule in rules for op in rule.primitives()}
    known = sorted(in_python(op) for op in primitives if is_in_math(op) and op is not ops.absolute)
    head = "def {name}_rule(x: float, y: float) -> tuple[float, float, float]:"
    others = sorted(f"{op.name} = ops.{op.name}.forward" for op in primitives if not is_in_math(op))
    return (
        PYTHON_HEAD.format(note=NOTE, math=", ".join(sorted([*known, "inf", "nan"])), others="\n".join(others))
        + "".join([definition(rule, head, PYTHON) for rule in rules])
        + PYTHON_TAIL.format(
            names=", ".join([f"{op.name}_rule" for op in ops.TABLE if op.code]),
            first="\n    el".join(map(first, (ops.add, ops.multiply, ops.subtract, ops.negative))),
        )
    )


def cython_source() -> str:
    """The text of `autograd/_rules.pxd`."""
    rules = [Rule(op) for op in ops.TABLE if op.code]
    primitives = {op for rule in rules for op in rule.primitives()}
    declared = sorted(f"double {CYTHON.function(op)}({', '.join(['double'] * len(op.partials))})" for op in primitives)
    codes = "\n    ".join([f"{op.name.upper()} = {op.code}" for op in (ops.add, ops.multiply)])
    branches = [f"if code == {op.code}:\n        return {op.name}_rule(x, y)" for op in ops.TABLE if op.code]
    loops = [
        f"if code == {op.code}:\n        for i in range(n):\n"
        f"            out[i], left[i], right[i] = {op.name}_rule(x[i], y[i])"
        for op in ops.TABLE
        if op.code
    ]
    head = "cdef inline (double, double, double) {name}_rule(double x, double y) noexcept nogil:"
    return (
        CYTHON_HEAD.format(note=NOTE, codes=codes, declared="\n    ".join(declared))
        + "".join([definition(rule, head, CYTHON) for rule in rules])
        + CYTHON_TAIL.format(branches="\n    el".join(branches), loops="\n    el".join(loops))
    )


def first(op: Op) -> str:
    """What graphs are full of, written out where a node is worked out."""
    (line,) = Rule(op).lines(PYTHON)
    results = line.removeprefix("return ")
    return f"if code == {op.code}:  # {op.name}\n        node._data, node._left_local, node._right_local = {results}"


def definition(rule: Rule, head: str, language: Language) -> str:
    """A rule as a function."""
    return "\n\n" + "\n    ".join([head.format(name=rule.op.name), *rule.lines(language)]) + "\n"


def generated() -> dict[str, str]:
    """The files that are made from the table, and what is in them."""
    stem = os.path.join(os.path.dirname(ops.__file__), "_rules")
    return {f"{stem}.py": python_source(), f"{stem}.pxd": cython_source()}


if __name__ == "__main__":
    for path, text in generated().items():
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
