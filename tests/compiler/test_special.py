"""What hosts without erf and erfc compute them by is as near to the exact ones as its module says."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, compile, ops
from autograd.compiler import special
from tests.helpers.numbers import same

EPSILON = 2.0**-52
JOINTS = [joint + step for joint in (0.0, 0.5, 1.0, 3.0) for step in (-1e-9, 0.0, 1e-9)]


def assert_within(function: Callable[[float], float], exact: Callable[[float], float], x: float, bound: float) -> None:
    assert abs(function(x) - exact(x)) <= bound * abs(exact(x)), (x, function(x), exact(x))


@given(st.sampled_from(JOINTS) | st.floats(-3, 3, allow_subnormal=False))
def test_erf_and_erfc_are_as_near_to_exact_as_said_up_to_3(x: float) -> None:
    for sign in (1, -1):  # the math module's may be off in the last bit itself
        assert_within(special.erf, math.erf, sign * x, 1.5e-15 + EPSILON)
        assert_within(special.erfc, math.erfc, sign * x, 1.5e-15 + EPSILON)


def test_erf_and_up_to_a_half_erfc_are_nearer_yet() -> None:
    mpmath = pytest.importorskip("mpmath", reason="exact numbers")
    for i in range(-100, 101):
        with mpmath.workdps(30):
            for function, x in ((special.erf, i / 50), (special.erf, i / 200), (special.erfc, i / 200)):
                exact = getattr(mpmath, function.__name__)(x)
                assert abs(function(x) - exact) <= 3e-16 * abs(exact)


@given(st.floats(3, 26.5))
def test_beyond_3_erfc_is_within_1e_13_and_erf_is_1_in_the_end(x: float) -> None:
    assert_within(special.erfc, math.erfc, x, 1e-13)
    assert_within(special.erfc, math.erfc, -x, EPSILON)
    assert_within(special.erf, math.erf, x, EPSILON)
    assert special.erf(-x) == -special.erf(x)


def test_a_large_number_in_an_array_overflows_nowhere() -> None:
    np = pytest.importorskip("numpy", reason="programs of arrays")
    x = Value(0.5)
    with np.errstate(all="raise", under="ignore"):
        value, _ = compile(ops.erf(x) + ops.erfc(x), [x])(np.asarray([0.1, -1e20]))
    assert list(value) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("x", [0.0, -0.0, 30.0, -30.0, 1e300, -1e300, math.inf, -math.inf, math.nan])
def test_at_special_points_they_are_exact(x: float) -> None:
    assert same(special.erf(x), math.erf(x))
    assert same(special.erfc(x), math.erfc(x))
