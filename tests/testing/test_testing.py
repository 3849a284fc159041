"""gradcheck accepts what is right and names what is wrong; so does the check of a derivation made by hand."""

from __future__ import annotations

import importlib
import inspect
import math
import random
import subprocess
import sys
from functools import reduce
from operator import mul
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import nn
from autograd import Op, Value, gradcheck, ops
from autograd.testing import assert_same_gradients, diagnosis, gradgradcheck
from autograd.testing.strategies import Expression, expressions, finite_floats
from demos.slip import backward_as_printed
from nn import deltas
from nn.strategies import datasets, networks
from tests.helpers.numbers import NORM

# What is right is accepted.


# With two decimals, that is; where numbers are next to 0, what a function does can be less than what it rounds.
decimals = finite_floats().map(lambda x: round(x, 2))


@given(expressions(smooth=True, numbers=decimals))
@example(Expression(lambda x: ((x / 2) ** (x * x).tan()) ** (x * x).tan(), (2.125,)))  # the next pole is near
@example(Expression(lambda x: 1e-301 * x.tanh(), (0.0,)))  # near 0 this is subnormal
def test_gradcheck_accepts_every_smooth_expression(expression: Expression) -> None:
    gradcheck(expression, expression.point)


@given(expressions(smooth=True, max_inputs=2, max_operations=4, numbers=decimals))
def test_gradgradcheck_accepts_every_smooth_expression(expression: Expression) -> None:
    gradgradcheck(expression, expression.point)


@pytest.mark.parametrize(
    ("f", "point"),
    [
        (lambda x: x.log(), (1e-8,)),
        (lambda x: x.sqrt(), (1e-12,)),
        (lambda x: x.exp(), (700.0,)),
        (lambda x: 1 / x, (1e-5,)),
        (lambda x: x.sin(), (1e6,)),
        (lambda x: x * 1e300, (1e-300,)),
        (lambda x: (x - 1) * (x - 1), (1.0,)),
        (lambda x: x.relu(), (1e-6,)),
        (lambda x: abs(x), (-1e-6,)),
        (lambda x: x.sigmoid(), (40.0,)),
        (lambda x: x.tanh(), (-25.0,)),
        (lambda x: (1e8 + x) - 1e8, (0.5,)),
        (lambda x: (x.tan() - x).relu(), (4.5,)),  # flat, on both sides, beyond the pole and beyond the kink
        (lambda x: (10 * x).cos() ** x.sin(), (10.0,)),  # here and there no number
        (NORM, (3.0, 4.0, 12.0)),
        (max, (1.0, 3.0)),
        (lambda x: 3.0, (1.0,)),
        (lambda: 3.0, ()),
    ],
)
def test_gradcheck_accepts_hard_points(f: Any, point: tuple[float, ...]) -> None:
    gradcheck(f, point)


@given(st.data())
def test_gradcheck_accepts_the_loss_of_every_smooth_network_in_its_inputs(data: st.DataObject) -> None:
    network = data.draw(networks(outputs=1, nonlinearities=["tanh", "sigmoid", "softplus", "linear"]))
    [(inputs, target)] = data.draw(datasets(nin=len(network.layers[0].neurons[0].w), max_size=1))
    gradcheck(lambda *x: nn.half_squared_error(network(x), target), inputs)


# What is wrong is named.


def wrong(name: str = "cube", *, slope: Any = lambda out, x: 2 * x * x, forward: Any = lambda x: x * x * x) -> Op:
    return Op(name, name, forward, (slope,))


def test_gradcheck_names_the_operation_whose_partial_is_wrong() -> None:
    cube = wrong()
    with pytest.raises(AssertionError) as caught:
        gradcheck(lambda a, b: (a * cube(b)).sin(), (0.5, 1.5))
    text = str(caught.value)
    assert "∂f/∂b is " in text
    assert "at a=0.5, b=1.5" in text
    assert "partials[0] of the operation 'cube' gives 4.5 at (1.5), where differences of its forward give 6.75" in text


@given(st.floats(1e-7, 1e7), st.floats(0.1, 3.0))
def test_gradcheck_sees_a_slope_that_is_off_by_one_in_ten_million(off: float, x: float) -> None:
    almost = wrong(slope=lambda out, x: 3 * x * x * (1 + off))
    with pytest.raises(AssertionError, match="operation 'cube'"):
        gradcheck(lambda x: almost(x), (x,))


def test_gradcheck_sees_a_gradient_lost_by_data() -> None:
    with pytest.raises(AssertionError, match=r"(?s)∂f/∂x is 0.0.*not in the graph of the result.*v\.data"):
        gradcheck(lambda x: Value(x.data) * 2, (1.0,))
    with pytest.raises(AssertionError, match=r"(?s)∂f/∂x is 1.0.*and 2 by.*part of f is not in the graph"):
        gradcheck(lambda x: x * 1 + x.data, (1.0,))
    with pytest.raises(AssertionError, match="not in the graph of the result"):
        gradcheck(lambda x: x.data * x.data, (3.0,))


def test_gradcheck_sees_that_f_is_random() -> None:
    rng = random.Random(0)
    with pytest.raises(AssertionError, match="f gives another number each time"):
        gradcheck(lambda x: x * rng.random(), (1.0,))


@pytest.mark.parametrize("result", [None, "3", [Value(1.0)], 1j])
def test_gradcheck_refuses_what_is_not_one_number(result: Any) -> None:
    with pytest.raises(TypeError, match="gradcheck takes a function that returns one number, got"):
        gradcheck(lambda x: result, (1.0,))


def test_gradcheck_calls_the_inputs_by_number_where_they_have_no_names() -> None:
    double = wrong("double", forward=lambda x: 2 * x, slope=lambda out, x: 1.0)
    with pytest.raises(
        AssertionError, match=r"∂f/∂x1 is 1\.0 by backpropagation and 2 by central differences, at x1=5\.0"
    ):
        gradcheck(double, (5.0,))


def test_gradgradcheck_names_the_component() -> None:
    first = Op("first", "?", lambda x: x, (lambda out, x: 0.5,))
    bad = Op("bad", "?", lambda x: x * x, (lambda out, x: 2 * first(x),))
    with pytest.raises(AssertionError, match=r"(?s)with f the component ∂f/∂y of the gradient.*operation 'first'"):
        gradgradcheck(lambda x, y: bad(y) + x, (1.0, 2.0))
    gradcheck(lambda x, y: bad(y) + x, (1.0, 2.0))


# Derivations made by hand.


def loss(x: Value, t: Value, w1: Value, w2: Value, w3: Value, w4: Value) -> Value:
    """The 1-2-1 network's, with the document's names."""
    h1, h2 = (w1 * x).sigmoid(), (w2 * x).sigmoid()
    z3 = w3 * h1 + w4 * h2
    y = z3.sigmoid()
    h1.label, h2.label, z3.label, y.label = "h1", "h2", "z3", "y"
    return (y - t) ** 2 / 2


def test_the_documents_backward_pass_is_rejected_and_the_missing_factor_named() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_same_gradients(loss, backward_as_printed)
    lines = str(caught.value).splitlines()
    assert [line[:10] for line in lines[:2]] == ["∂L/∂w1 is ", "∂L/∂w2 is "]
    assert lines[2] == "w1 and w2: by hand it lacks the factor ∂y/∂z3 = σ′(z3), which is 0.235004 here"
    assert lines[3] == "right is ∂L/∂z3 = ∂L/∂y · y · (1 − y)"


def test_without_numpy_a_wrong_gradient_is_rejected_and_a_slip_of_scalars_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = importlib.import_module

    def import_module(name: str, package: str | None = None) -> object:
        if name == "numpy":
            raise ModuleNotFoundError(name)
        return whole(name, package)

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(AssertionError) as caught:
        assert_same_gradients(loss, backward_as_printed)
    lines = str(caught.value).splitlines()
    assert [line[:10] for line in lines[:2]] == ["∂L/∂w1 is ", "∂L/∂w2 is "]
    assert lines[2:] == ["w1, w2: the factor ∂y/∂z3 = y · (1 − y) is left out"]
    with pytest.raises(AssertionError, match="w1: more slips can be told where NumPy is installed: python -m pip"):
        assert_same_gradients(loss, lambda **inputs: {"w1": 1234.5})


def test_the_corrected_backward_pass_is_accepted() -> None:
    def corrected(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
        gradients = backward_as_printed(x, t, w1, w2, w3, w4)
        y = ops.sigmoid(w3 * ops.sigmoid(w1 * x) + w4 * ops.sigmoid(w2 * x))
        return gradients | {w: gradients[w] * y * (1 - y) for w in ("w1", "w2")}

    assert_same_gradients(loss, corrected)


def test_the_delta_equations_are_accepted_intermediate_values_included() -> None:
    def by_hand(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
        gradients = deltas.one_two_one(x, t, w1, w2, w3, w4).gradients
        return {name: gradients[name] for name in ("w1", "w2", "w3", "w4", "h1", "h2", "z3", "y")}

    assert_same_gradients(loss, by_hand, {"x": finite_floats(5.0), "t": 1})


def square(x: Value, w: Value) -> Value:
    z = w * x
    z.label = "z"
    a = z.tanh()
    a.label = "a"
    return a * a


def hand(change: Any) -> Any:
    def by_hand(x: float, w: float) -> dict[str, float]:
        a = math.tanh(w * x)
        return {"w": change(2 * a * (1 - a * a) * x, x, w, a)}

    return by_hand


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda g, x, w, a: -g, "by hand it has the wrong sign"),
        (lambda g, x, w, a: 2 * g, "by hand it is twice too large"),
        (lambda g, x, w, a: g / 2, "by hand it is half of what it should be"),
        (lambda g, x, w, a: 2 * a * x, "by hand it lacks the factor ∂a/∂z = tanh′(z), which is"),
        (lambda g, x, w, a: g * x, "by hand it has once too often the factor ∂z/∂w = x, which is"),
        (lambda g, x, w, a: g + 1, "no slip that is known gives these numbers at every point tried"),
        (lambda g, x, w, a: math.nan, "no slip that is known"),
        (lambda g, x, w, a: 2 * a * (1 - (w * x) ** 2) * x, "by hand it has 1 − z² in the place of ∂a/∂z = tanh′(z)"),
        (lambda g, x, w, a: 2 * a * a * (1 - a) * x, "by hand it has a·(1 − a) in the place of ∂a/∂z = tanh′(z)"),
        (lambda g, x, w, a: 2 * a, "by hand it lacks the factors ∂a/∂z = tanh′(z) and ∂z/∂w = x"),
        (lambda g, x, w, a: 2 * a * (1 - a * a) * a, "by hand it has a in the place of x"),
    ],
)
def test_the_factor_that_is_missing_or_too_many_is_named(change: Any, says: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_same_gradients(square, hand(change))
    assert says in str(caught.value)


@pytest.mark.slow
def test_one_derivative_is_named_once_and_not_by_two_names() -> None:
    def shifted(w: Value, x: Value, b: Value) -> Value:
        z = w * x + b
        z.label = "z"
        return z * z

    with pytest.raises(AssertionError, match=r"it has w in the place of ∂z/∂w\n"):
        assert_same_gradients(shifted, lambda w, x, b: {"w": 2 * (w * x + b) * w}, wrt=["w"])


@pytest.mark.parametrize("label", ["L", ""])
def test_the_gradient_of_the_loss_itself_is_never_the_first_wrong_one(label: str) -> None:
    def loss(w: Value, g: Value, t: Value) -> Value:
        result = (w.tanh() * g - t) ** 2
        result.label = label
        return result

    with pytest.raises(AssertionError) as caught:
        assert_same_gradients(
            loss,
            lambda w, g, t: {
                "w": (math.tanh(w) * g - t) * g * (1 - math.tanh(w) ** 2),
                "g": (math.tanh(w) * g - t) * math.tanh(w),
            },
        )
    assert str(caught.value).endswith(
        "w and g: by hand it is half of what it should be\n"
        "the first wrong gradient on the way back is ∂L/∂(tanh(w) · g − t); w and g follow from it\n"
        "right is ∂L/∂(tanh(w) · g − t) = 2 · (tanh(w) · g − t)"
    )


def test_a_factor_without_a_label_is_written_as_far_as_it_is_short() -> None:
    def deep(w: Value) -> Value:
        return ((((w + 1) * 2 + w) * 3 + w) * 4 + w - 24).sigmoid()

    with pytest.raises(AssertionError) as caught:
        assert_same_gradients(deep, lambda w: {"w": 41.0}, {"w": finite_floats(0.1)})
    factor = "∂sigmoid(… · 4 + w − 24)/∂((… + w) · 4 + w − 24) = σ′((… + w) · 4 + w − 24)"
    assert f"lacks the factor {factor}, which is 0.25 here" in str(caught.value)


def test_the_counterexample_is_simple() -> None:
    with pytest.raises(AssertionError, match=r"at x=1.0, w=1.0\n"):
        assert_same_gradients(square, hand(lambda g, x, w, a: -g))


def test_a_slip_beyond_a_bound_is_found() -> None:
    with pytest.raises(AssertionError, match=r"at x=1.0, w=2.0\n"):
        assert_same_gradients(square, hand(lambda g, x, w, a: g if abs(w) < 1.5 else 0.0))


def test_rounding_is_no_slip() -> None:
    assert_same_gradients(square, hand(lambda g, x, w, a: 2 * a / math.cosh(w * x) ** 2 * x))


def test_names_that_are_no_inputs_or_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no values \['v'\] to compare with; there are \['a', 'w', 'x', 'z'\]"):
        assert_same_gradients(square, lambda x, w: {"v": 1.0})
    with pytest.raises(ValueError, match=r"there is no input \['y'\]; there are \['x', 'w'\]"):
        assert_same_gradients(square, hand(lambda g, x, w, a: g), {"y": 1.0})
    with pytest.raises(ValueError, match=r"wrt names \['v'\], and there are \['a', 'w', 'x', 'z'\]"):
        assert_same_gradients(square, hand(lambda g, x, w, a: g), wrt=["w", "v"])
    with pytest.raises(TypeError, match=r"wrt is a list of names, write \['w'\]"):
        assert_same_gradients(square, hand(lambda g, x, w, a: g), wrt="w")


@pytest.mark.parametrize(
    ("returned", "wrt", "says"),
    [
        ({"w": 1.0}, ["w", "x"], "no gradient of x: it returned w, and there is to be checked w, x"),
        ({"w": None}, ["w"], "no gradient of w: it returned w, and there is to be checked w"),
        ({}, None, "no gradient of anything: it returned {}, and there is to be checked x, w, z, a"),
    ],
)
def test_a_gradient_that_is_not_returned_is_missed(returned: Any, wrt: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        assert_same_gradients(square, lambda x, w: returned, wrt=wrt)


def test_what_is_returned_is_gradients_by_name() -> None:
    with pytest.raises(TypeError, match=r"returns the gradients by name, as {'w': 0.5}, got tuple \(1.0, 2.0\)"):
        assert_same_gradients(square, lambda x, w: (1.0, 2.0))  # type: ignore[arg-type, return-value]


def test_without_hypothesis_the_error_says_what_to_install_and_gradcheck_works() -> None:
    program = """
import sys
sys.modules["hypothesis"] = None
from autograd import gradcheck
from autograd.testing import assert_same_gradients
gradcheck(lambda x: x * x, (1.0,))
def import_strategies():
    import autograd.testing.strategies
for attempt in (lambda: assert_same_gradients(lambda x: x, lambda x: {}), import_strategies):
    try:
        attempt()
    except ModuleNotFoundError as error:
        print(error)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (
        result.stdout.splitlines()
        == ['autograd.testing.strategies needs Hypothesis: python -m pip install "glassgrad[test]"'] * 2
    )


@pytest.mark.slow
def test_of_many_inputs_a_slip_is_looked_for_at_generic_numbers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def ours(**x: Value) -> Value:
        return reduce(mul, x.values())

    met: list[Any] = []
    monkeypatch.setattr(diagnosis, "explain", lambda wrong, examples, shown: met.extend(examples) or {})  # type: ignore[func-returns-value]
    names = [f"x{i}" for i in range(24)]
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    monkeypatch.setattr(ours, "__signature__", inspect.Signature(parameters), raising=False)
    with pytest.raises(AssertionError):
        assert_same_gradients(ours, lambda **x: {"x0": 1.0})
    assert any(example.generic for example in met)
