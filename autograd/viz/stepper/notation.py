"""How values and their derivatives are written: ``z1 = w1 · x``, ``∂h1/∂z1 = h1 · (1 − h1)``.

Nothing here knows a rule of differentiation. The rules in `ops` are ordinary arithmetic, so a `Formula`, a number that
remembers how it was written, goes through them as any number does, and what comes out is the rule as one writes it:

>>> from autograd import Graph, Value
>>> z = Value(0.5, "z")
>>> h = z.sigmoid()
>>> h.label = "h"
>>> names = name_values(Graph(h))
>>> write(made_from(h), names), write(derivative(h, 0), names)
('sigmoid(z)', 'h · (1 − h)')
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import Any, TypeAlias

from autograd import ops
from autograd.arithmetic import Arithmetic
from autograd.engine import Value
from autograd.graph import Graph
from autograd.ops import Op

Parts: TypeAlias = tuple[str | Value, ...]
"""A formula in pieces: text, and the values whose names, or numbers, stand between."""

SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(5)  # precedence: how tightly a formula's pieces hold together
INFIX = {
    ops.add: (" + ", SUM),
    ops.subtract: (" − ", SUM),
    ops.multiply: (" · ", PRODUCT),
    ops.divide: (" / ", PRODUCT),
}
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def name_values(graph: Graph) -> dict[Value, str]:
    """A name for every value but the constants, no two alike.

    It is the value's label, with a number where that is taken: ``w``, ``w (2)``. A root without a label is L, and other
    values without are v1, v2 and so on.
    """
    named = [value for value in graph if value.op is not ops.constant or value is graph.root]
    labels = {value.label for value in named}
    names: dict[Value, str] = {}
    used: set[str] = set()
    numbered = (name for i in count(1) if (name := f"v{i}") not in labels)
    for value in named:
        if value.label:
            choices = chain([value.label], (f"{value.label} ({i})" for i in count(2)))
        else:
            choices = chain(["L"] if value is graph.root and "L" not in labels else [], numbered)
        names[value] = next(
            name for name in choices if name not in used and (name == value.label or name not in labels)
        )
        used.add(names[value])
    return names


def write(parts: Parts, names: Mapping[Value, str]) -> str:
    """A formula as text."""
    return "".join([part if isinstance(part, str) else names[part] for part in parts])


def made_from(value: Value) -> Parts:
    """What ``value`` is computed by, as ``w · x``. A value that nothing went into has no formula."""
    if value.op is None or not value.parents:
        return ()
    formula = value.op(*[_symbol(parent) for parent in value.parents])
    return formula.parts if isinstance(formula, Formula) else _literal(value.data).parts


def derivative(value: Value, i: int) -> Parts:
    """The rule for ∂value/∂parent, for the i-th parent, as ``h · (1 − h)``."""
    assert value.op is not None, "a leaf has no parents"
    try:
        rule = value.op.partials[i](Formula(value.data, (value,)), *[_symbol(parent) for parent in value.parents])
    except Exception:  # a rule of a user's own operation may be made for floats alone, and then the number must do
        return _literal(value.local_grads[i]).parts
    return rule.parts if isinstance(rule, Formula) else _literal(rule).parts


class Formula(Arithmetic):
    """A number that remembers how it was written. Where a rule asks for its size, the number answers."""

    __slots__ = ("_data", "parts", "precedence")

    def __init__(self, data: float, parts: Parts, precedence: int = ATOM) -> None:
        self._data, self.parts, self.precedence = data, parts, precedence

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    def _unary(self, op: Op) -> Formula:
        return self.__apply_op__(op, (self,))

    def _binary(self, op: Op, x: Any, y: Any) -> Formula:
        return self.__apply_op__(op, (x, y))

    def __apply_op__(self, op: Op, inputs: tuple[Any, ...]) -> Formula:
        formulas = [x if isinstance(x, Formula) else _literal(x) for x in inputs]
        data = op.forward(*[formula.data for formula in formulas])
        parts = [formula.parts for formula in formulas]
        if op in INFIX:
            (left, right), (sign, precedence) = formulas, INFIX[op]
            return Formula(data, (*left.inside(precedence), sign, *right.inside(precedence + 1)), precedence)
        if op is ops.power:
            return _power(data, *formulas)
        if op is ops.negative:
            return Formula(data, ("−", *formulas[0].inside(POWER)), NEGATIVE)
        if op is ops.absolute:
            return Formula(data, ("|", *parts[0], "|"))
        arguments = [piece for one in parts for piece in (", ", *one)][1:]
        return Formula(data, (op.name, "(", *arguments, ")"))

    def inside(self, precedence: int) -> Parts:
        """The pieces as they stand beside an operator of this precedence: in parentheses where it takes them."""
        loose = self.precedence < precedence or (self.precedence == NEGATIVE and precedence > SUM)
        return ("(", *self.parts, ")") if loose else self.parts


def _power(data: float, base: Formula, exponent: Formula) -> Formula:
    """x to the power of y: x¹ as x, and small whole exponents raised."""
    if exponent.parts == ("1",):
        return base
    if exponent.parts[0] in set("23456789") and len(exponent.parts) == 1:
        return Formula(data, (*base.inside(ATOM), str(exponent.parts[0]).translate(SUPERSCRIPTS)), POWER)
    return Formula(data, (*base.inside(ATOM), " ^ ", *exponent.inside(ATOM)), POWER)


def _symbol(value: Value) -> Any:
    """A value as it goes into a rule: its name, or, if it is a constant, its number."""
    return value.data if value.op is ops.constant else Formula(value.data, (value,))


def _literal(number: float) -> Formula:
    """A plain number in a formula."""
    return Formula(number, (format_number(number),), NEGATIVE if number < 0 else ATOM)


def format_number(number: float) -> str:
    """A number with six significant digits, and a minus sign that a screen reader says."""
    return f"{number:.6g}".replace("-", "−").replace("inf", "∞")
