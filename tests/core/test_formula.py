"""Expressions are written as people write them and as Python, and what is written says what the engine computes."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Graph, Value, ops
from autograd.formula import (
    ATOM,
    columns_of,
    derivative,
    format_number,
    local_derivative,
    made_from,
    name,
    name_values,
    python,
    shorten,
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


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (-0.5, "−0.5"), (1e-7, "1e−07"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "nan")],
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


def test_wide_letters_take_two_columns() -> None:
    assert columns_of("和 w") == 4
    assert shorten("和和和和", 5) == "和和…"
    assert shorten("和和", 4) == "和和"
