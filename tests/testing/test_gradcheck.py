"""gradcheck at edges, kinks and jumps, on forwards of limited precision, and what its errors say."""

from __future__ import annotations

import math
import random
from typing import Any

import mpmath
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd import Op, Value, gradcheck
from autograd.testing import gradgradcheck
from autograd.testing.differences import Slopes, digits, slopes, steps


def own(forward: Any, *partials: Any) -> Op:
    return Op("own", "own", forward, partials)


def error(f: Any, point: Any, precision: float = 0.0) -> str:
    with pytest.raises((AssertionError, ValueError)) as caught:
        gradcheck(f, point, precision=precision)
    return str(caught.value)


# The numbers behind it.


@given(st.sampled_from(["sin", "exp", "atan", "cosh", "gamma", "erf", "cbrt"]), st.floats(0.05, 5))
def test_a_slope_is_within_its_error_of_the_true_one(name: str, x: float) -> None:
    true = float(mpmath.diff(getattr(mpmath, name), mpmath.mpf(x)))
    found = slopes(getattr(math, name), x, 4e-16 * abs(getattr(math, name)(x))).best()
    assert found is not None
    assert found.admits(true)
    assert found.error < 1e-9 * max(abs(true), 1.0)


@given(st.floats(0.2, 3), st.integers(-8, -3), st.integers(0, 2**32))
def test_a_slope_is_within_its_error_of_the_true_one_where_values_scatter(x: float, exponent: int, seed: int) -> None:
    chance, size = random.Random(seed), 10.0**exponent
    found = slopes(lambda x: math.sin(x) + size * chance.uniform(-1, 1), x, 1e-16, size / math.sin(0.2)).best()
    assert found is not None
    assert found.admits(math.cos(x))


@given(st.floats(0.001, 1000), st.floats(-1000, -0.001))
def test_the_two_slopes_of_a_kink_are_found(right: float, left: float) -> None:
    kink = slopes(lambda x: max(right * x, left * x) + x * x, 0.0, 1e-300).kink()
    assert kink is not None
    assert kink[0].admits(left, 1e-9 * abs(left))
    assert kink[1].admits(right, 1e-9 * right)


def test_a_smooth_function_has_no_kink_and_no_jump() -> None:
    assert slopes(math.sin, 1.0, 1e-16).kink() is None
    assert slopes(math.sin, 1.0, 1e-16).jump() is None


@given(st.floats(-1e12, 1e12))
def test_steps_are_symmetric_and_shrink(x: float) -> None:
    lengths = [(right - x, x - left) for right, left in steps(x)]
    assert all(ahead > 0 and behind > 0 for ahead, behind in lengths)
    assert lengths == sorted(lengths, reverse=True)
    assert len(lengths) < 600


def test_values_that_are_not_finite_say_nothing() -> None:
    nothing = Slopes(1.0, 1e-16)
    nothing.add(0.25, 0.25, math.inf, 1.0)
    nothing.add(0.125, 0.125, 1.0, math.nan)
    assert nothing.best() is None
    assert not nothing.are_enough()
    with pytest.raises(ValueError, match="no finite values on both sides"):
        nothing.disagreement(1.0, 0.0)
    assert slopes(lambda x: 1e308 * x, 1.0, 0.0).best() is not None  # the widest step alone overflows


@pytest.mark.parametrize(
    ("x", "off", "shown"),
    [
        (1 / 3, 0.0, "0.333333333333333"),
        (1 / 3, 1e-4, "0.3333"),
        (1 / 3, 1.0, "0.3"),
        (0.0, 1.0, "0"),
        (1.0, 5e-324, "1"),
    ],
)
def test_digits_that_are_error_are_not_shown(x: float, off: float, shown: str) -> None:
    assert digits(x, off) == shown


# Domains.


def test_a_point_without_values_on_both_sides_says_what_was_raised_and_what_to_do() -> None:
    says = error(own(lambda x: math.sqrt(1 - x), lambda out, x: 0.0), (1.0,))
    assert "nothing can be said of ∂f/∂x1 at x1=1.0: at x1=1.0000000000000002 it raises ValueError: math domain" in says
    assert "there are no finite values on both sides of it, however near: check inside the domain" in says
    assert "nothing can be said of ∂f/∂x at x=0.0: there are no finite" in error(lambda x: x.sqrt(), (0.0,))


def test_what_f_raises_at_the_point_itself_has_the_point_in_a_note() -> None:
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input") as caught:
        gradcheck(own(math.log, lambda out, x: 1 / x), (-1.0,))
    assert caught.value.__notes__[-1] == "raised at the point of the check, x1=-1.0"


def test_a_value_that_is_not_finite_says_so() -> None:
    assert error(lambda x: 1 / x, (0.0,)) == "f is inf at x=0.0: check it where it is finite"


@pytest.mark.parametrize("f", [math.cbrt, lambda x: math.sqrt(abs(x))], ids=["cbrt", "√|x|"])
@pytest.mark.parametrize("slope", [0.0, 5.0, math.inf])
def test_where_there_is_no_slope_to_settle_on_it_is_not_silent(f: Any, slope: float) -> None:
    assert "differences do not settle on a slope" in error(own(f, lambda out, x: slope), (0.0,))


# Kinks and jumps.


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-3, 3), st.sampled_from([0.0, 1.0, -0.3, 100.0]))
@example(-1.0, 1.0, 0.0, 0.0)
def test_at_a_kink_what_lies_between_the_two_slopes_is_right_and_nothing_else(
    left: float, right: float, slope: float, at: float
) -> None:
    low, high = min(left, right), max(left, right)
    assume(high - low > 0.01 and min(abs(slope - low), abs(slope - high)) > 1e-6)
    f = own(lambda x: (right if x > at else left) * (x - at), lambda out, x: slope)
    if low < slope < high:
        gradcheck(f, (at,))
    else:
        assert "at a kink only what lies between the two is right" in error(f, (at,))


def test_at_a_kink_the_error_has_both_slopes() -> None:
    says = error(own(abs, lambda out, x: 1.5), (0.0,))
    assert "∂f/∂x1 is 1.5 by backpropagation and -1 to the left and 1 to the right by differences, at x1=0.0" in says
    assert "partials[0] of the operation 'own' gives 1.5 at (0.0), where differences of its forward give -1 to" in says


def test_the_kinks_of_the_operations_here_are_between_the_slopes() -> None:
    gradcheck(lambda x: x.relu(), (0.0,))
    gradcheck(lambda x: abs(x), (0.0,))
    gradcheck(max, (2.0, 2.0))


def test_a_jump_is_refused_whatever_the_derivative() -> None:
    for slope in (0.0, 1.0, math.inf):
        says = error(own(lambda x: float(math.floor(x)), lambda out, x, slope=slope: slope), (1.0,))
        assert "a jump of 1 to the left and 0 to the right by differences, at x1=1.0\nwhere f jumps it has no" in says


# Forwards of limited precision.


def to(precision: float) -> Any:
    return lambda x: round(math.sqrt(x) / precision) * precision


@pytest.mark.slow
@given(st.floats(0.5, 3), st.integers(-12, -5))
def test_what_is_exact_to_the_precision_stated_passes_and_a_factor_of_1_01_is_caught(x: float, exponent: int) -> None:
    precision = 10.0**exponent
    gradcheck(own(to(precision), lambda out, x: 0.5 / math.sqrt(x)), (x,), precision=precision)
    with pytest.raises(AssertionError, match="partials\\[0\\] of the operation 'own' gives"):
        gradcheck(own(to(precision), lambda out, x: 0.505 / math.sqrt(x)), (x,), precision=precision)


def test_where_the_precision_is_not_stated_the_error_says_how_to() -> None:
    says = error(own(to(1e-5), lambda out, x: 0.5 / math.sqrt(x)), (0.7,))
    assert "over longer steps they agree with it: if f computes to a limited precision, say so by precision=" in says
    says = error(lambda x: x * 1 + x.data, (1.0,))
    assert "Or f computes to a limited precision: then say to which, by precision=" in says


@pytest.mark.parametrize("precision", [-1e-3, 1.0, math.nan])
def test_a_precision_that_is_none_is_refused(precision: float) -> None:
    with pytest.raises(ValueError, match="a precision is relative, from 0 to 1, as 1e-7 for seven digits; got"):
        gradcheck(lambda x: x, (1.0,), precision=precision)


def test_a_staircase_may_have_the_slope_of_a_step_or_of_the_whole() -> None:
    stairs = to(1e-7)
    gradcheck(own(stairs, lambda out, x: 0.0), (0.71,))
    gradcheck(own(stairs, lambda out, x: 0.5 / math.sqrt(x)), (0.71,))
    with pytest.raises(AssertionError):
        gradcheck(own(stairs, lambda out, x: 0.25), (0.71,))


# What is no function, and what is not a number.


def test_a_gradient_that_is_another_one_each_time_is_refused() -> None:
    chance = random.Random(0)
    assert "∂f/∂x1 is another number each time" in error(own(abs, lambda out, x: chance.random()), (1.0,))


def test_a_function_that_is_another_one_at_its_tenth_call_is_refused() -> None:
    calls: list[float] = []

    def f(x: Value) -> Value:
        calls.append(x.data)
        return x * 2 if len(calls) != 10 else x * 3

    assert "f gives another number each time: 1.0, then 1.5, at x=0.5" in error(f, (0.5,))


def test_a_partial_that_takes_values_for_something_else_is_refused() -> None:
    two_faced = own(lambda x: x * x, lambda out, x: 3 * x if isinstance(x, Value) else 2 * x)
    with pytest.raises(AssertionError, match=r"its value is 6.0 where partials take Values, and 4.0 where"):
        gradgradcheck(two_faced, (2.0,))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_partial_that_is_not_finite_is_named(bad: float) -> None:
    broken = own(lambda x: x * x, lambda out, x: bad)
    says = error(lambda x: (broken(x * 2) / 3).sin(), (0.5,))
    assert "by backpropagation and" in says
    assert f"partials[0] of the operation 'own' gives {bad} at (1.0), where differences of its forward give 2" in says


def test_many_inputs_are_not_all_written_out() -> None:
    says = error(lambda *x: sum(x) + x[3].data, [float(i) for i in range(12)])
    assert "∂f/∂x4 is 1.0 by backpropagation and 2 by central differences, at x4=3.0 and 11 more" in says


# What the right rule might be.


@pytest.mark.parametrize(
    ("f", "point", "change"),
    [
        (own(lambda x: x**3, lambda out, x: x**2), (1.2,), "at every point tried if it were 3 times what it is"),
        (own(lambda x: x**2, lambda out, x: x), (1.2,), "at every point tried if it were 2 times what it is"),
        (own(math.cos, lambda out, x: math.sin(x)), (1.2,), "at every point tried if it were −1 times what it is"),
        (own(math.asin, lambda out, x: 1 / (1 - x * x)), (0.3,), "if it were the square root of what it is"),
        (own(lambda x: x**3, lambda out, x: 3 * x), (1.2,), "if it were what it is, times the input"),
        (own(math.log, lambda out, x: x), (1.2,), "if it were 1 over what it is"),
        (own(lambda x: 1 / x, lambda out, x: -out), (1.2,), "if it were what it is, divided by the input"),
        (own(math.exp, lambda out, x: out * out), (1.2,), "if it were the square root of what it is"),
        (
            own(lambda x, y: x * x * y, lambda out, x, y: 2 * y, lambda out, x, y: x * x),
            (1.5, 0.4),
            "if it were what it is, times input 0",
        ),
        (
            own(lambda x, y: x * x * y, lambda out, x, y: x * x, lambda out, x, y: 2 * x * y),
            (1.5, 0.4),
            "it would be right if it were partials[1]: are the two swapped?",
        ),
    ],
)
def test_one_simple_change_that_makes_the_rule_right_is_said(f: Any, point: tuple[float, ...], change: str) -> None:
    assert change in error(f, point)


@pytest.mark.parametrize(
    ("forward", "partial"),
    [
        (math.sin, lambda x: math.cos(x) + 1),  # no one factor
        (lambda x: x * x, lambda x: 2 * x * (1 + 1e-8)),  # nearly right
        (lambda x: 0.1 * x, lambda x: 0.01),  # a constant is a power of any other
        (lambda x: math.sqrt(1e-9 - (x - 1) ** 2), lambda x: 1.0),  # nothing near where it can be tried
    ],
)
def test_where_no_simple_change_explains_it_none_is_said(forward: Any, partial: Any) -> None:
    assert "it would be right" not in error(own(forward, lambda out, x: partial(x)), (1.00001,))


def test_a_derivative_that_is_infinite_at_an_edge_on_the_way_is_told_of() -> None:
    says = error(lambda x: (x * x).sqrt(), (0.0,))
    assert "∂f/∂x is nan by backpropagation and -1 to the left and 1 to the right" in says
    assert "a local derivative is not finite on the way: autograd.detect_anomaly() names the first one" in says


def test_a_gap_between_two_steps_starts_the_extrapolation_anew() -> None:
    def with_a_gap(f: Any) -> Any:
        return lambda x: math.nan if 0.01 < abs(x) < 0.02 else f(x)

    best = slopes(with_a_gap(lambda x: math.exp(x)), 0.0, 1e-16).best()
    assert best is not None
    assert best.admits(1.0)
    assert best.is_clear(1e-9)
    kink = slopes(with_a_gap(abs), 0.0, 1e-16).kink()
    assert kink is not None
    assert kink[0].admits(-1.0)
    assert kink[1].admits(1.0)
