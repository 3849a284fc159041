"""Expressions are written as people write them and as Python, and what is written says what the engine computes."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Graph, Op, Value, ops
from autograd.arithmetic import dot
from autograd.formula import (
    ATOM,
    LATEX,
    PYTHON,
    TEXT,
    Style,
    Written,
    columns_of,
    derivative,
    describe,
    format_number,
    local_derivative,
    made_from,
    name,
    name_values,
    python,
    shorten,
    tex,
    tex_name,
    write,
)
from autograd.testing.strategies import Expression, expressions
from tests.helpers.numbers import same


@given(expressions(), st.sampled_from(["", "w", "w (2)", "v1", "L"]))
def test_names_are_given_once_and_labels_are_kept(expression: Expression, label: str) -> None:
    leaves, root = expression.record()
    for leaf in leaves:
        leaf.label = label
    names = name_values(Graph(root))
    assert max(Counter(names.values()).values()) == 1
    assert set(names) == {v for v in Graph(root) if v.op is not ops.constant or v is root}
    if label and any(leaf in names for leaf in leaves):
        assert label in names.values()
    if root.label == "" and label != "L":
        assert names[root] == "L"


def test_a_name_that_is_taken_gets_a_number() -> None:
    a, b, c = Value(1.0, "w"), Value(2.0, "w"), Value(3.0)
    names = name_values(Graph(a * b + c))
    assert [names[value] for value in (a, b, c)] == ["w", "w (2)", "v1"]


def computed(formula: str, numbers: dict[str, float]) -> float:
    """What a formula says, read as Python; `numbers` are those that its names stand for."""
    formula = re.sub(
        r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"**{m[1].translate(str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹', '0123456789'))}", formula
    )
    formula = re.sub(r"\|([^|]*)\|", r"absolute(\1)", formula)
    for sign, operator in {"·": "*", "−": "-", "^": "**", "∞": "inf"}.items():
        formula = formula.replace(sign, operator)
    scope = {name: getattr(ops, name) for name in ops.__all__} | {"inf": math.inf, "nan": math.nan}
    result = eval(formula, scope | {name: Value(number) for name, number in numbers.items()})
    return result.data if isinstance(result, Value) else float(result)


@given(expressions(numbers=st.integers(-9, 9).map(float), smooth=True))
def test_formulas_and_rules_say_what_the_engine_computes(expression: Expression) -> None:
    _, root = expression.record()
    names = name_values(Graph(root))
    numbers = {name: value.data for value, name in names.items()}
    for value in names:
        if value.parents:
            assert computed(write(made_from(value), names), numbers) == pytest.approx(value.data, rel=1e-5, abs=1e-9)
        for i, local_grad in enumerate(value.local_grads):
            assert computed(write(derivative(value, i), names), numbers) == pytest.approx(
                local_grad, rel=1e-5, abs=1e-9
            )


x, y = Value(2.0, "x"), Value(3.0, "y")


@pytest.mark.parametrize(
    ("value", "formula", "rules"),
    [
        (x + y, "x + y", ["1", "1"]),
        (x * y, "x · y", ["y", "x"]),
        (x - (-2), "x − (−2)", ["1", "−1"]),
        (x / y, "x / y", ["1 / y", "−(L / y)"]),
        (x**2, "x²", ["2 · x", "L · log(x)"]),
        (x**y, "x ^ y", ["y · x ^ (y − 1)", "L · log(x)"]),
        (x.sigmoid(), "sigmoid(x)", ["L · (1 − L)"]),
        (x.tanh(), "tanh(x)", ["1 − L · L"]),
        (x.relu(), "relu(x)", ["heaviside(L)"]),
        (abs(x), "|x|", ["sign(x)"]),
        (-x, "−x", ["−1"]),
        (x * x, "x · x", ["x", "x"]),
    ],
)
def test_formulas_are_written_as_one_writes_them(value: Value, formula: str, rules: list[str]) -> None:
    names = name_values(Graph(value))
    assert write(made_from(value), names) == formula
    assert [write(derivative(value, i), names) for i in range(len(value.parents))] == rules


def whole(value: Value, style: Style) -> Written:
    """All that a value was computed by, down to the labels."""
    if value.label:
        return Written((value.label,))
    if value.op is None or not value.parents:
        return style.literal(value.data)
    return style.apply(value.op, [whole(parent, style) for parent in value.parents])


@pytest.mark.parametrize(
    ("value", "text", "latex", "python"),
    [
        (x**1, "x", "x", "x ** 1.0"),
        (x**2, "x²", "x^{2}", "x ** 2.0"),
        (x**12, "x ^ 12", "x^{12}", "x ** 12.0"),
        ((x + y) ** y, "(x + y) ^ y", "(x + y)^{y}", "(x + y) ** y"),
        (x ** (x + y), "x ^ (x + y)", "x^{x + y}", "x ** (x + y)"),
        ((x**y) ** y, "(x ^ y) ^ y", "(x^{y})^{y}", "(x ** y) ** y"),
        (x ** (2 + y), "x ^ (2 + y)", "x^{2 + y}", "x ** (2.0 + y)"),
        (-x + y, "−x + y", "-x + y", "-x + y"),
        (-(x**2), "−x²", "-x^{2}", "-x ** 2.0"),
        ((-x) ** 2, "(−x)²", "(-x)^{2}", "(-x) ** 2.0"),
        (x - (y - x), "x − (y − x)", "x - (y - x)", "x - (y - x)"),
        (x - y - x, "x − y − x", "x - y - x", "x - y - x"),
        (x - (-y), "x − (−y)", "x - (-y)", "x - -y"),
        (x * (-y), "x · (−y)", r"x \cdot (-y)", "x * -y"),
        ((-x) * y, "(−x) · y", r"(-x) \cdot y", "-x * y"),
        (x * y / x, "x · y / x", r"\frac{x \cdot y}{x}", "x * y / x"),
        (x / (y * x), "x / (y · x)", r"\frac{x}{y \cdot x}", "x / (y * x)"),
        ((x / y) ** 2, "(x / y)²", r"(\frac{x}{y})^{2}", "(x / y) ** 2.0"),
        (x // y, "x // y", r"x \mathbin{//} y", "x // y"),
        (x % y, "x % y", r"x \bmod y", "x % y"),
        (x - (-2), "x − (−2)", "x - (-2)", "x - -2.0"),
        (-(x + y), "−(x + y)", "-(x + y)", "-(x + y)"),
        (ops.negative(-x), "−(−x)", "-(-x)", "--x"),
        (abs(x - y), "|x − y|", "|x - y|", "abs(x - y)"),
        ((x + y).sqrt(), "sqrt(x + y)", r"\sqrt{x + y}", "(x + y).sqrt()"),
        ((x + y).exp() * x, "exp(x + y) · x", r"\operatorname{exp}(x + y) \cdot x", "(x + y).exp() * x"),
        (ops.maximum(x, y), "maximum(x, y)", r"\operatorname{maximum}(x, y)", "maximum(x, y)"),
        (x * 1e-7, "x · 1e−07", r"x \cdot 1 \times 10^{-7}", "x * 1e-07"),
        (x * math.inf, "x · ∞", r"x \cdot \infty", "x * float('inf')"),
        (dot([x, y], [y, x]), "x · y + y · x", r"x \cdot y + y \cdot x", "x * y + y * x"),
        (dot([x], [y], bias=y), "y + x · y", r"y + x \cdot y", "y + x * y"),
        (
            dot([x, x, x], [y, 2, y], x),
            "x + x · y + x · 2 + x · y",
            r"x + x \cdot y + x \cdot 2 + x \cdot y",
            "x + x * y + x * 2.0 + x * y",
        ),
    ],
)
def test_an_expression_has_the_parentheses_that_it_takes(value: Value, text: str, latex: str, python: str) -> None:
    assert write(whole(value, TEXT).parts, {}) == text
    assert write(whole(value, PYTHON).parts, {}) == python
    assert write(whole(value, LATEX).parts, {}) == latex


def test_a_rule_for_floats_alone_is_written_as_the_number_that_it_gives() -> None:
    logarithm = Op("logarithm", "log", math.log, (lambda out, x: 1.0 / math.fabs(x),))
    root = logarithm(x)
    names = name_values(Graph(root))
    assert write(made_from(root), names) == "logarithm(x)"
    assert write(derivative(root, 0), names) == "0.5"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.5, "−0.5"),
        (1e-7, "1e−07"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
        (2 / 3, "0.666667"),
    ],
)
def test_numbers_are_written_with_a_real_minus(number: float, text: str) -> None:
    assert format_number(number) == text


@given(expressions(numbers=st.sampled_from([0.0, -0.0, 1.0, -2.0, 0.5, -1e-300, 1e300, math.inf, math.nan])))
def test_what_is_written_as_python_computes_the_same_bits(expression: Expression) -> None:
    leaves, root = expression.record()
    source = python(leaves, Graph(root))
    scope = {name: getattr(ops, name) for name in ops.__all__}
    again = eval(source, scope)(*[Value(leaf.data) for leaf in leaves])
    assert same(again.data if isinstance(again, Value) else again, root.data)


@given(expressions(), st.integers(1, 60))
def test_a_name_takes_no_more_columns_than_it_may(expression: Expression, columns: int) -> None:
    for value in Graph(expression.record()[1]):
        assert 1 <= columns_of(name(value, columns)) <= columns


def test_a_name_is_the_label_or_what_it_was_computed_by() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    assert name(w) == "w"
    assert name(Value(0.25)) == "0.25"
    assert name(w * x, within=ATOM) == "(w · x)"
    assert name(w.exp(), within=ATOM) == "exp(w)"
    assert name(Value(0.0, "a label that is far too long to be read"), columns=12) == "a label tha…"
    assert name(((((w + x) * x) + w) * x).exp()) == "exp((… · x + w) · x)"


def test_a_local_derivative_is_written_with_what_it_is_where_that_is_short() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    assert local_derivative(w * x, 0) == "∂(w · x)/∂w = x"
    assert local_derivative((w * x).sigmoid(), 0) == "∂sigmoid(w · x)/∂(w · x) = σ′(w · x)"
    assert local_derivative(w - x, 1) == "∂(w − x)/∂x"
    v, b = Value(1.0, "v"), Value(0.0, "b")
    for z, ends in (
        (dot([w, v], [x, w], bias=b), ["∂b", "∂w = x", "∂x = w", "∂v = w", "∂w = v"]),
        (dot([w, v], [x, w]), ["∂w = x", "∂x = w", "∂v = w", "∂w = v"]),
    ):
        assert [local_derivative(z, i).partition("/")[2] for i in range(len(ends))] == ends


def test_a_name_goes_as_deep_as_there_is_room_for_and_has_24_columns_unless_said() -> None:
    w = Value(0.5, "w")
    assert [name(Value(0.0, "n" * n)) for n in (24, 25)] == ["n" * 24, "n" * 23 + "…"]
    deep = (((w + w) * w).exp() * w).tanh()
    assert [name(deep, columns) for columns in (20, 16, 12, 7)] == [
        "tanh(exp(… · w) · w)", "tanh(exp(…) · w)", "tanh(… · w)", "tanh(…)",
    ]  # fmt: skip


def test_a_notebook_shows_what_a_value_was_made_from_in_one_line() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    assert describe(w) == repr(w)
    assert describe(3.5) == "3.5"
    constant = (w + 3).parents[1]
    assert describe(constant) == repr(constant)
    assert describe(w * x) == f"{w * x!r}  # w · x"
    deep = (((w + x) * x).exp() * w).tanh()
    assert describe(deep) == f"{deep!r}  # tanh(exp(… · x) · w)"
    long = Value(1.0, "a name of\nmany words " * 4)
    written = describe(long + w).partition("  # ")[2]
    assert written.startswith("a name of many words a name")
    assert columns_of(written) == 60


def test_a_lambda_names_its_leaves_and_what_is_used_twice() -> None:
    def named(count: int) -> str:
        leaves = [Value(float(i)) for i in range(count)]
        return python(leaves, Graph(ops.weighted_sum(*leaves)))

    assert named(3) == "lambda x, y, z: x + y * z"
    assert named(4) == "lambda x1, x2, x3, x4: x1 * x2 + x3 * x4"
    x = Value(2.0)
    twice = x * 3
    assert python([x], Graph((twice + twice).exp() * 2)) == "lambda x: ((a := x * 3.0) + a).exp() * 2.0"
    square = twice * twice
    again = python([x], Graph(square + square))
    assert again == "lambda x: (b := (a := x * 3.0) * a) + b"


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("w", "w"), ("w1", "w_{1}"), ("W[0,1]", "W[0,1]"), ("w12[3]", "w_{12}[3]"), ("loss", r"\text{loss}"),
        ("σ", r"\text{$\sigma$}"),
    ],
)  # fmt: skip
def test_a_name_in_latex_has_its_number_below(label: str, written: str) -> None:
    assert tex_name(label) == written


def test_latex_shows_letters_that_it_takes_for_commands() -> None:
    assert tex("50 % of {a} & $b_1^2$ #") == r"50 \% of \{a\} \& \$b\_1\textasciicircum{}2\$ \#"
    assert tex("x₀₁₂₃₄₅₆₇₈₉²ⁿ") == "x" + "".join(f"$_{i}$" for i in range(10)) + "$^2$$^n$"
    assert tex("a\x07b") == "a b"
    assert tex("a − b′ \\ ~") == "a $-$ b$'$ \\textbackslash{} \\textasciitilde{}"


def test_wide_letters_take_two_columns() -> None:
    assert columns_of("和 w") == 4
    assert shorten("和和和和", 5) == "和和…"
    assert shorten("和和", 4) == "和和"
