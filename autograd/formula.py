"""Expressions, written: as people write them, as LaTeX, as Python, and as short names.

There is one table of signs and precedences. A `Style` puts an operation and its operands together by it; what differs
between the styles is the signs, the numbers, how a function is called, and what has a form of its own, as a fraction.

Nothing here knows a rule of differentiation. The rules in `ops` are ordinary arithmetic, so a `Formula`, a number that
remembers how it was written, goes through them as any number does. What comes out is the rule as one writes it:

>>> from autograd import Value
>>> z = Value(0.5, "z")
>>> h = z.sigmoid()
>>> h.label = "h"
>>> names = name_values([z, h])
>>> write(made_from(h), names), write(derivative(h, 0), names)
('sigmoid(z)', 'h · (1 − h)')
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain, count
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from autograd import ops
from autograd.arithmetic import Arithmetic, describers
from autograd.engine import Value
from autograd.operation import Op

Parts: TypeAlias = tuple[str | Value, ...]
"""An expression in pieces: text, and the Values whose names, or numbers, stand between."""

# How tightly the pieces of an expression hold together, the loosest first.
ASSIGNMENT, COMPARISON, SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(7)


class Sign(NamedTuple):
    """How an operator is written for people, in LaTeX and in Python, and how tightly it holds its operands together."""

    text: str
    latex: str
    python: str
    precedence: int


SIGNS: dict[Op, Sign] = {
    ops.add: Sign(" + ", " + ", " + ", SUM),
    ops.subtract: Sign(" − ", " - ", " - ", SUM),
    ops.multiply: Sign(" · ", r" \cdot ", " * ", PRODUCT),
    ops.divide: Sign(" / ", " / ", " / ", PRODUCT),
    ops.floor_divide: Sign(" // ", r" \mathbin{//} ", " // ", PRODUCT),
    ops.remainder: Sign(" % ", r" \bmod ", " % ", PRODUCT),
    ops.power: Sign(" ^ ", "^", " ** ", POWER),
    ops.negative: Sign("−", "-", "-", NEGATIVE),
}
_PAIRS = re.compile(r"(\S)\s(\S+)")
RAISED = _PAIRS.findall("⁰ 0 ¹ 1 ² 2 ³ 3 ⁴ 4 ⁵ 5 ⁶ 6 ⁷ 7 ⁸ 8 ⁹ 9 ⁻ - ˣ x ʸ y ⁿ n ᵀ T")
EXPONENTS = {(plain,): raised for raised, plain in RAISED if plain in "23456789"}


class Written(NamedTuple):
    """An expression as it is written, and how tightly it holds together."""

    parts: Parts
    precedence: int = ATOM


class Style(NamedTuple):
    """A way to write expressions.

    Attributes:
        signs: the operators, each with its sign and precedence; any other operation is a call.
        number: a plain number as text.
        call: the pieces of an operation called like a function.
        loose_minus: whether ``a · (−b)`` needs its parentheses.
        forms: the operations that are neither, such as a fraction.
    """

    signs: Mapping[Op, tuple[str, int]]
    number: Callable[[float], str]
    call: Callable[[Op, Sequence[Written]], Parts]
    loose_minus: bool
    forms: Mapping[Op, Callable[[Sequence[Written]], Written]] = MappingProxyType({})

    def apply(self, op: Op, operands: Sequence[Written]) -> Written:
        """The operation, applied to operands that are written already."""
        if op in self.forms:
            return self.forms[op](operands)
        if op is ops.weighted_sum:
            first = len(operands) % 2
            factors = [operands[i : i + 2] for i in range(first, len(operands), 2)]
            terms = [*operands[:first], *[self.apply(ops.multiply, pair) for pair in factors]]
            return reduce(lambda x, y: self.apply(ops.add, (x, y)), terms)
        if op not in self.signs:
            return Written(self.call(op, operands))
        sign, precedence = self.signs[op]
        if precedence == NEGATIVE:
            return Written((sign, *self.inside(operands[0], POWER if self.loose_minus else NEGATIVE)), NEGATIVE)
        left, right = operands
        # a − (b − c) needs its parentheses and (a − b) − c does not; of powers, none may be left out.
        before, after = (ATOM, ATOM) if precedence == POWER else (precedence, precedence + 1)
        return Written((*self.inside(left, before), sign, *self.inside(right, after)), precedence)

    def literal(self, number: float) -> Written:
        """A plain number."""
        text = self.number(number)
        return Written((text,), NEGATIVE if text[0] in "-−" else ATOM)

    def inside(self, written: Written, precedence: int) -> Parts:
        """The pieces beside an operator of this precedence: in parentheses where it takes them."""
        loose = written.precedence < precedence or (
            self.loose_minus and written.precedence == NEGATIVE and precedence > SUM
        )
        return ("(", *written.parts, ")") if loose else written.parts


def arguments(operands: Sequence[Written]) -> Parts:
    """Operands with commas between them."""
    return tuple([piece for operand in operands for piece in (", ", *operand.parts)][1:])


def format_number(number: float, digits: int = 6) -> str:
    """A number with so many significant digits, and a minus sign that a screen reader says."""
    return f"{number:.{digits}g}".replace("-", "−").replace("inf", "∞")


def _call_in_text(op: Op, operands: Sequence[Written]) -> Parts:
    if op is ops.absolute:
        return "|", *operands[0].parts, "|"
    return op.name, "(", *arguments(operands), ")"


def _power_in_text(operands: Sequence[Written]) -> Written:
    """x¹ is x, and small whole exponents are raised."""
    base, exponent = operands
    if exponent.parts == ("1",):
        return base
    if exponent.parts in EXPONENTS:
        return Written((*TEXT.inside(base, ATOM), EXPONENTS[exponent.parts]), POWER)
    return Written((*TEXT.inside(base, ATOM), SIGNS[ops.power].text, *TEXT.inside(exponent, ATOM)), POWER)


TEXT = Style(
    {op: (s.text, s.precedence) for op, s in SIGNS.items()},
    format_number,
    _call_in_text,
    loose_minus=True,
    forms={ops.power: _power_in_text},
)


def _number_in_latex(number: float) -> str:
    mantissa, _, exponent = f"{number:.6g}".replace("inf", r"\infty").replace("nan", r"\mathrm{nan}").partition("e")
    return mantissa + (rf" \times 10^{{{int(exponent)}}}" if exponent else "")


def _call_in_latex(op: Op, operands: Sequence[Written]) -> Parts:
    name = rf"\operatorname{{{op.name}}}" if op.name.isalpha() and op.name.isascii() else rf"\text{{{tex(op.name)}}}"
    return f"{name}(", *arguments(operands), ")"


def _power_in_latex(operands: Sequence[Written]) -> Written:
    base, exponent = operands
    if exponent.parts == ("1",):
        return base
    return Written((*LATEX.inside(base, ATOM), "^{", *exponent.parts, "}"), POWER)


def _fraction(operands: Sequence[Written]) -> Written:
    return Written((r"\frac{", *operands[0].parts, "}{", *operands[1].parts, "}"), POWER)


LATEX = Style(
    {op: (s.latex, s.precedence) for op, s in SIGNS.items()},
    _number_in_latex,
    _call_in_latex,
    loose_minus=True,
    forms={
        ops.power: _power_in_latex,
        ops.divide: _fraction,
        ops.absolute: lambda operands: Written(("|", *operands[0].parts, "|")),
        ops.sqrt: lambda operands: Written((r"\sqrt{", *operands[0].parts, "}")),
    },
)

_COMMANDS = r"\ textbackslash ~ textasciitilde ^ textasciicircum < textless > textgreater | textbar"
_SYMBOLS = """
α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma
τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega
× times ÷ div · cdot √ surd ∂ partial ∞ infty ∇ nabla ≤ le ≥ ge ≠ ne
"""
TEX_LETTERS = {
    **{letter: f"\\{letter}" for letter in "{}$&#%_"},
    **{letter: f"{{{letter}}}" for letter in "-'`\",?!"},  # which TeX would join to others
    **{letter: f"\\{command}{{}}" for letter, command in _PAIRS.findall(_COMMANDS)},
    **{letter: f"$\\{command}$" for letter, command in _PAIRS.findall(_SYMBOLS)},
    **{raised: f"$^{plain}$" for raised, plain in RAISED},
    **{lowered: f"$_{plain}$" for lowered, plain in _PAIRS.findall("₀ 0 ₁ 1 ₂ 2 ₃ 3 ₄ 4 ₅ 5 ₆ 6 ₇ 7 ₈ 8 ₉ 9")},
    "−": "$-$",
    "′": "$'$",
}
"""How LaTeX is told the letters that it takes for commands, or has in formulas alone."""


def tex(text: str) -> str:
    r"""Text that LaTeX shows as it is. Letters of scripts other than Latin need LuaLaTeX and a font that has them.

    >>> tex("50 % of σ_1")
    '50 \\% of $\\sigma$\\_1'
    """
    shown = "".join([letter if letter.isprintable() else " " for letter in text])
    return "".join([TEX_LETTERS.get(letter, letter) for letter in shown])


def tex_name(label: str) -> str:
    r"""A name in a formula: ``w1`` as ``w_{1}``, one letter as itself, words as text."""
    known = re.fullmatch(r"([A-Za-z])(\d*)(\[[\d,]+\])?", label)
    if not known:
        return rf"\text{{{tex(label)}}}"
    letter, number, place = known.groups(default="")
    return letter + (f"_{{{number}}}" if number else "") + place


class Formula(Arithmetic):
    """A number that remembers how it was written. Where a rule asks for its size, the number answers."""

    __slots__ = ("_data", "style", "written")

    def __init__(self, data: float, written: Written, style: Style) -> None:
        self._data, self.written, self.style = data, written, style

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    def __apply_op__(self, op: Op, inputs: tuple[Any, ...]) -> Formula:
        data = op.forward(*[x.data if isinstance(x, Formula) else x for x in inputs])
        return Formula(data, self.style.apply(op, [_written(x, self.style) for x in inputs]), self.style)


def _written(x: Any, style: Style) -> Written:
    return x.written if isinstance(x, Formula) else style.literal(x)


def _operand(value: Value, style: Style) -> Any:
    """A Value as it goes into a rule: its name, or, if it is a constant, its number."""
    return value.data if value.op is ops.constant else Formula(value.data, Written((value,)), style)


def made_from(value: Value, style: Style = TEXT) -> Parts:
    """What ``value`` is computed by, as ``w · x``. A value that nothing went into has no formula."""
    if value.op is None or not value.parents:
        return ()
    return style.apply(value.op, [_written(_operand(parent, style), style) for parent in value.parents]).parts


def derivative(value: Value, i: int, style: Style = TEXT) -> Parts:
    """The rule for ∂value/∂parent, for the i-th parent, as ``h · (1 − h)``."""
    return rule(value, i, style).parts


def rule(value: Value, i: int, style: Style) -> Written:
    """The same, with how tightly it holds together."""
    assert value.op is not None, "a leaf has no parents"
    try:
        out, inputs = (
            Formula(value.data, Written((value,)), style),
            [_operand(parent, style) for parent in value.parents],
        )
        partials = value.op.partials
        slope = partials[i](out, *inputs) if isinstance(partials, tuple) else partials(out, *inputs)[i]
    except Exception:  # a rule of a user's own operation may be made for floats alone, and then the number must do
        slope = value.local_grads[i]
    return _written(slope, style)


def name_values(nodes: Iterable[Value]) -> dict[Value, str]:
    """A name for every value but the constants, no two alike. The nodes are in topological order, the root last.

    It is the value's label, with a number where that is taken: ``w``, ``w (2)``. A root without a label is L, and other
    values without are v1, v2 and so on.
    """
    *others, root = nodes
    named = [*[value for value in others if value.op is not ops.constant], root]
    labels = {value.label for value in named}
    names: dict[Value, str] = {}
    used: set[str] = set()
    numbered = (name for i in count(1) if (name := f"v{i}") not in labels)
    for value in named:
        if value.label:
            choices = chain([value.label], (f"{value.label} ({i})" for i in count(2)))
        else:
            choices = chain(["L"] if value is root and "L" not in labels else [], numbered)
        names[value] = next(
            name for name in choices if name not in used and (name == value.label or name not in labels)
        )
        used.add(names[value])
    return names


def write(parts: Parts, names: Mapping[Value, str]) -> str:
    """An expression as text, with these names for the Values in it."""
    return "".join([part if isinstance(part, str) else names[part] for part in parts])


def name(value: Value, columns: int = 24, within: int = ASSIGNMENT) -> str:
    """The value's label; without one, what it was computed by, as far as there is room for it.

    It stands in parentheses where something that holds as tightly as ``within`` is to stand beside it.

    >>> from autograd import Value
    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> y = (w * x + 1).sigmoid()
    >>> name(y), name(y, columns=16), name(w * x, within=ATOM)
    ('sigmoid(w · x + 1)', 'sigmoid(… + 1)', '(w · x)')
    """
    for depth in (3, 2, 1, 0):
        written = write(TEXT.inside(_nested(value, depth), within), {})
        if columns_of(written) <= columns:
            break
    return shorten(written, columns)


def describe(value: Any) -> str:
    """What a notebook shows: the number and the gradient, as ``repr`` does, and what the value was made from."""
    if not isinstance(value, Value) or value.op is None or not value.parents:
        return repr(value)
    made = write(TEXT.apply(value.op, [_nested(parent, 2) for parent in value.parents]).parts, {})
    return f"{value!r}  # {shorten(' '.join(made.split()), 60)}"


describers.append(describe)


def local_derivative(value: Value, i: int) -> str:
    """∂value/∂parent, for the i-th parent, with what it is as far as that is short: ``∂y/∂z = σ′(z)``."""
    parents = value.parents
    derivative = f"∂{name(value, within=ATOM)}/∂{name(parents[i], within=ATOM)}"
    assert value.op is not None, "a leaf has no parents"
    if len(parents) == 1:
        return f"{derivative} = {value.op.symbol}′({name(parents[0])})"
    first = len(parents) % 2  # where the factors begin
    if value.op in (ops.multiply, ops.weighted_sum) and i >= first:
        return f"{derivative} = {name(parents[first + ((i - first) ^ 1)])}"
    return derivative


def _nested(value: Value, depth: int) -> Written:
    """A value by its label or, to this depth, by what it was computed from; beyond, it is left out."""
    if value.label:
        return Written((value.label,))
    if value.op is None or not value.parents:
        return TEXT.literal(value.data)
    if depth < 0:
        return Written(("…",))
    return TEXT.apply(value.op, [_nested(parent, depth - 1) for parent in value.parents])


def _python_call(op: Op, operands: Sequence[Written]) -> Parts:
    """A method where there is one, as other engines have them too; else a function."""
    if op is not ops.absolute and hasattr(Value, op.name):
        return *PYTHON.inside(operands[0], ATOM), f".{op.name}(", *arguments(operands[1:]), ")"
    return "abs" if op is ops.absolute else op.name, "(", *arguments(operands), ")"


def _python_number(number: float) -> str:
    return repr(number) if math.isfinite(number) else f"float('{number}')"


PYTHON = Style(
    {op: (s.python, s.precedence) for op, s in SIGNS.items()}, _python_number, _python_call, loose_minus=False
)


def python(leaves: Sequence[Value], nodes: Iterable[Value]) -> str:
    """A graph as a lambda of its leaves; the nodes are in topological order, the root last.

    A subexpression that is used more than once is named where it comes first.

    >>> from autograd import Graph, Value
    >>> x = Value(2.0)
    >>> square = x * x
    >>> python([x], Graph(square + square.sin()))
    'lambda x: (a := x * x) + a.sin()'
    """
    graph = list(nodes)
    letters = (f"{letter}{i or ''}" for i in range(len(graph)) for letter in "abcdefghijklmnopqrstuvw")
    parameters = list("xyz"[: len(leaves)]) if len(leaves) <= 3 else [f"x{i}" for i in range(1, len(leaves) + 1)]
    names = dict(zip(leaves, parameters, strict=True))
    uses = Counter(parent for node in graph for parent in node.parents)

    def written(node: Value) -> Written:
        if node in names:
            return Written((names[node],))
        if node.op is None or not node.parents:
            return PYTHON.literal(node.data)
        expression = PYTHON.apply(node.op, [written(parent) for parent in node.parents])
        if uses[node] == 1 or node is graph[-1]:
            return expression
        names[node] = next(letters)
        return Written((f"({names[node]} := ", *expression.parts, ")"))

    return f"lambda {', '.join(parameters)}: {write(written(graph[-1]).parts, {})}"


def call(op: Op, operands: Iterable[str]) -> str:
    """An operation called like a function, whatever its sign: ``subtract(a, 2.0)``."""
    return f"{op.name}({', '.join(operands)})"


def columns_of(text: str) -> int:
    """How wide a text is, in letters: Chinese ones, and emoji, take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shorten(text: str, columns: int) -> str:
    """The beginning of a text, where the whole would be wider than so many columns."""
    if columns_of(text) <= columns:
        return text
    text = text[:columns]
    while columns_of(text) >= columns:
        text = text[:-1]
    return text + "…"
