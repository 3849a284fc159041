"""The operations of the table, for a page: JavaScript, with the local derivatives derived from the rules in `ops`."""

from __future__ import annotations

import functools
from typing import Any

from autograd import ops
from autograd.compiler.trace import COMPARISONS, OPERATIONS, WHERE, Symbol, Trace
from autograd.ops import Op

#: What a browser computes an operation by.
VALUES = {
    "absolute": "Math.abs(x)",
    "add": "x + y",
    "constant": "0",
    "cos": "Math.cos(x)",
    "divide": "x / y",
    "exp": "Math.exp(x)",
    "heaviside": "x <= 0 ? 0 : 1",
    "log": "Math.log(x)",
    "multiply": "x * y",
    "negative": "-x",
    "power": "y === 2 ? x * x : y === 0 || x === 1 ? 1 : Math.abs(x) === 1 && Math.abs(y) === Infinity ? 1 : x ** y",
    "relu": "x < 0 ? 0 : x",
    "sigmoid": "(x >= 0 ? 1 : Math.exp(-Math.abs(x))) / (1 + Math.exp(-Math.abs(x)))",
    "sign": "Number(x > 0) - Number(x < 0)",
    "sin": "Math.sin(x)",
    "softplus": "(x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)))",
    "sqrt": "Math.sqrt(x)",
    "subtract": "x - y",
    "tan": "Math.tan(x)",
    "tanh": "Math.tanh(x)",
}
SIGNS = {ops.add: "+", ops.subtract: "-", ops.multiply: "*", ops.divide: "/"} | {
    op: name for name, op in COMPARISONS.items()
}


@functools.cache
def javascript() -> str:
    """The table as one constant of a script, ``OPERATIONS``: for each name a value, and the partials."""
    rows = [f"{op.name}:{_row(op)}," for op in OPERATIONS.values() if op is not WHERE]
    return "\n".join(["const OPERATIONS = {", *rows, "};", ""])


def _row(op: Op) -> str:
    names = ["x", "y"][: len(op.partials)]
    trace = Trace()
    symbols = [Symbol(trace, None, (), name) for name in ["out", *names]]
    partials = [f"({','.join(['out', *names])}) => {_write(partial(*symbols))}" for partial in op.partials]
    return f"{{value:({','.join(names)}) => {VALUES[op.name]},partials:[{','.join(partials)}]}}"


def _write(x: Any) -> str:
    """An expression in JavaScript, in parentheses wherever they might be wanted."""
    if not isinstance(x, Symbol):
        return f"({x!r})"
    if x.op is None:
        return x.name
    operands = list(map(_write, x.inputs))
    if x.op in SIGNS:
        return f"({operands[0]} {SIGNS[x.op]} {operands[1]})"
    if x.op is WHERE:
        return f"({operands[0]} ? {operands[1]} : {operands[2]})"
    return f"OPERATIONS.{x.op.name}.value({','.join(operands)})"
