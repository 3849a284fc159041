"""Symbols: numbers that are not known yet. What is done to them is written down, and comes out as Python.

A `Symbol` goes through the rules of `ops` as any number does. Its `Trace` keeps each expression once, in the order in
which they came up, and writes them as lines of source.
"""

from __future__ import annotations

import keyword
import math
import operator
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd import ops
from autograd.arithmetic import Arithmetic
from autograd.formula import COMPARISON, SIGNS, Parts, Style, Written, arguments, write
from autograd.operation import Op, number

LONGEST = 24  # the most names, numbers and operations to a line, where neither a label nor sharing ends it earlier

# What a symbol can do beside the operations of `ops`: be compared, and choose.
COMPARISONS = {
    symbol: Op(symbol, symbol, compare, ())
    for symbol, compare in [
        ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
        ("==", operator.eq), ("!=", operator.ne),
    ]
}  # fmt: skip
WHERE = Op("where", "where", ops.where, ())

OPERATIONS = {op.name: op for op in [*vars(ops).values(), WHERE] if isinstance(op, Op)}
CONSTANTS = {"abs": abs, "nan": math.nan, "inf": math.inf}

# Division and powers are calls of `ops`: Python's / raises at 0, and its ** makes complex numbers.
OPERATORS = {op: (SIGNS[op].python, SIGNS[op].precedence) for op in (ops.add, ops.subtract, ops.multiply, ops.negative)}
OPERATORS |= {op: (f" {symbol} ", COMPARISON) for symbol, op in COMPARISONS.items()}


class Symbol(Arithmetic):
    """A number that is not known yet: what is done to it is written down."""

    __slots__ = ("inputs", "name", "op", "trace")

    def __init__(self, trace: Trace, op: Op | None, inputs: tuple[Any, ...], name: str = "") -> None:
        self.trace, self.op, self.inputs, self.name = trace, op, inputs, name

    def __apply_op__(self, op: Op, inputs: Sequence[Any]) -> Any:
        return self.trace.apply(op, inputs)

    def where(self, then: Any, otherwise: Any) -> Any:
        """`ops.where`, with this as the condition."""
        return self.trace.apply(WHERE, (self, then, otherwise))

    def __lt__(self, other: Any) -> Any:
        return self._apply(COMPARISONS["<"], self, other)

    def __le__(self, other: Any) -> Any:
        return self._apply(COMPARISONS["<="], self, other)

    def __gt__(self, other: Any) -> Any:
        return self._apply(COMPARISONS[">"], self, other)

    def __ge__(self, other: Any) -> Any:
        return self._apply(COMPARISONS[">="], self, other)

    def __eq__(self, other: Any) -> Any:
        return self._apply(COMPARISONS["=="], self, other)

    def __ne__(self, other: Any) -> Any:
        return self._apply(COMPARISONS["!="], self, other)

    __hash__ = Arithmetic.__hash__

    def __bool__(self) -> bool:
        raise TypeError(
            "a program has no number yet to decide an `if` by; autograd.ops.where(condition, a, b) has both"
        )


class Names:
    """Gives out names that Python takes, each once. A label is a suggestion: none gets into the source as it is."""

    def __init__(self) -> None:
        self.taken = {"program", *OPERATIONS, *CONSTANTS, *keyword.kwlist}
        self.count: Counter[str] = Counter()

    def new(self, label: str, otherwise: str = "t") -> str:
        """A name like the label; ``otherwise`` and a number where there is nothing in it to make a name from."""
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label[:40])).strip("_")
        stem = f"{name}_" if name.isidentifier() else otherwise
        while not name.isidentifier() or name in self.taken:
            self.count[stem] += 1
            name = f"{stem}{self.count[stem]}"
        self.taken.add(name)
        return name


class Trace:
    """The symbols of a program in the order in which they came up, each expression once."""

    def __init__(self) -> None:
        self.names = Names()
        self.symbols: list[Symbol] = []
        self.known: dict[tuple[Any, ...], Symbol] = {}
        self.forward = 0  # how many of the symbols are of the forward pass
        self.own: dict[str, Op] = {}  # users' operations, by the names that the source has for them
        self.style = Style(OPERATORS, repr, self._call, loose_minus=False)

    def input(self, label: str) -> Symbol:
        """A parameter of the program."""
        return Symbol(self, None, (), self.names.new(label, "x"))

    def apply(self, op: Op, inputs: Sequence[Any]) -> Any:
        """The symbol for ``op(*inputs)``, or what it comes to where that is the same to the bit."""
        inputs = [x if isinstance(x, Symbol) else number(x) for x in inputs]
        if not any(isinstance(x, Symbol) for x in inputs):
            return number(op.forward(*inputs))
        if op is ops.weighted_sum:
            return op.forward(*inputs)  # written out
        if op is ops.multiply:
            for x, y in (inputs, inputs[::-1]):
                if isinstance(x, float) and abs(x) == 1:
                    return y if x == 1 else -y
        if op is ops.negative and inputs[0].op is ops.negative:
            return inputs[0].inputs[0]
        if op is ops.power and isinstance(inputs[1], float) and inputs[1] == 1:
            return inputs[0]
        if op in (ops.add, ops.subtract) and isinstance(inputs[1], Symbol) and inputs[1].op is ops.negative:
            return self.apply(ops.subtract if op is ops.add else ops.add, (inputs[0], *inputs[1].inputs))
        key = (id(op), *[id(x) if isinstance(x, Symbol) else repr(x) for x in inputs])
        if key not in self.known:
            self.known[key] = self.line(op, inputs)
        return self.known[key]

    def line(self, op: Op | None, inputs: Sequence[Any], name: str = "") -> Symbol:
        """A new symbol; without an operation, its one input under one more name."""
        self.symbols.append(Symbol(self, op, tuple(inputs), name))
        return self.symbols[-1]

    def source(self, inputs: Sequence[Symbol], value: Symbol, gradients: Sequence[Symbol]) -> str:
        """The program that leads to the results: a line for each symbol in it that is named, shared or long."""
        uses = self._uses([value, *gradients])
        written = {id(x): (Written((x.name,)), 1) for x in inputs}  # each symbol as it is written, and how long that is
        lines = ["# forward"]
        for index, symbol in enumerate(self.symbols):
            if index == self.forward:
                lines.append("# backward")
            if id(symbol) not in uses:
                continue
            expression, length = self._write(symbol, written)
            if symbol.name or uses[id(symbol)] > 1 or length > LONGEST:
                symbol.name = symbol.name or self.names.new("")
                lines.append(f"{symbol.name} = {write(expression.parts, {})}")
                expression, length = Written((symbol.name,)), 1
            written[id(symbol)] = expression, length
        results = [f"{x.name}," if len(gradients) == 1 else x.name for x in gradients]
        body = "\n".join([*lines, listing(f"return {value.name}, (", results, ")")])
        return f"{listing('def program(', [x.name for x in inputs], '):')}\n{textwrap.indent(body, '    ')}"

    def _uses(self, results: Iterable[Symbol]) -> Counter[int]:
        """How often each symbol that leads to the results is used, by its identity."""
        uses = Counter(map(id, results))
        for symbol in reversed(self.symbols):
            if id(symbol) in uses:
                uses.update(map(id, symbol.inputs))
        return uses

    def _write(self, symbol: Symbol, written: Mapping[int, tuple[Written, int]]) -> tuple[Written, int]:
        """A symbol's expression, and how many names, numbers and operations are in it."""
        whole = symbol.op in OPERATORS or symbol.op in (ops.divide, ops.power)
        operands = [
            written[id(x)] if isinstance(x, Symbol) else (Written((literal(x, whole),)), 1) for x in symbol.inputs
        ]
        length = 1 + sum([length for _, length in operands])
        if symbol.op is None:
            return operands[0][0], length
        return self.style.apply(symbol.op, [expression for expression, _ in operands]), length

    def _call(self, op: Op, operands: Sequence[Written]) -> Parts:
        return self.function(op), "(", *arguments(operands), ")"

    def function(self, op: Op) -> str:
        """The name that the source calls an operation by."""
        if OPERATIONS.get(op.name) is op:
            return "abs" if op is ops.absolute else op.name
        for name, own in self.own.items():
            if own is op:
                return name
        name = self.names.new(op.name, "op")
        self.own[name] = op
        return name


def literal(x: float, whole: bool) -> str:
    """A number as text; 2.0 as ``2`` where arithmetic makes a float of it again."""
    if not math.isfinite(x):
        return "nan" if x != x else "inf" if x > 0 else "-inf"
    return str(int(x)) if whole and x.is_integer() and abs(x) < 1e6 and repr(x) != "-0.0" else repr(x)


def listing(before: str, names: Iterable[str], after: str) -> str:
    """Names between brackets, with lines to themselves where they are many."""
    line = ", ".join(names)
    if len(before + line + after) <= 100:
        return before + line + after
    return f"{before}\n{textwrap.fill(line, 100, initial_indent='    ', subsequent_indent='    ')}\n{after}"
