"""The functions of real scalars that XAD for Python and HIPS autograd test: the same values and derivatives.

Only the facts are theirs: which function, where, and by which formula its derivative is known. What is not here, or is
no function of its own here, stands in `NOT_HERE` with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value, grad, gradcheck, ops

C, S = math.cos(math.pi / 4), math.sin(math.pi / 4)
ROOT_PI = math.sqrt(math.pi)
LENGTH = math.hypot(3.1, 4)

# XAD: the function, where, its value there, and its derivatives.
XAD: list[tuple[str, Callable[..., Any], tuple[float, ...], float, tuple[float, ...]]] = [
    ("sin", ops.sin, (math.pi / 4,), S, (C,)),
    ("cos", ops.cos, (math.pi / 4,), C, (-S,)),
    ("tan", ops.tan, (0.5,), math.tan(0.5), (2 / (1 + math.cos(1.0)),)),
    ("atan", ops.atan, (0.5,), math.atan(0.5), (0.8,)),
    ("acos", ops.acos, (0.5,), math.acos(0.5), (-1 / math.sqrt(0.75),)),
    ("asin", ops.asin, (0.5,), math.asin(0.5), (1 / math.sqrt(0.75),)),
    ("tanh", ops.tanh, (0.5,), math.tanh(0.5), (1 - math.tanh(0.5) ** 2,)),
    ("cosh", ops.cosh, (0.5,), math.cosh(0.5), (math.sinh(0.5),)),
    ("sinh", ops.sinh, (0.5,), math.sinh(0.5), (math.cosh(0.5),)),
    ("atanh", ops.atanh, (0.5,), math.atanh(0.5), (1 / 0.75,)),
    ("asinh", ops.asinh, (0.5,), math.asinh(0.5), (1 / math.sqrt(1.25),)),
    ("acosh", ops.acosh, (1.5,), math.acosh(1.5), (1 / math.sqrt(1.25),)),
    ("sqrt", ops.sqrt, (4,), 2.0, (0.25,)),
    ("log10", ops.log10, (4,), math.log10(4), (1 / (4 * math.log(10)),)),
    ("log", ops.log, (4,), math.log(4), (0.25,)),
    ("exp", ops.exp, (4,), math.exp(4), (math.exp(4),)),
    ("expm1", ops.expm1, (4,), math.expm1(4), (math.exp(4),)),
    ("log1p", ops.log1p, (4,), math.log(5), (0.2,)),
    ("log2", ops.log2, (4,), 2.0, (1 / (4 * math.log(2)),)),
    ("abs", abs, (-4,), 4.0, (-1.0,)),
    ("fabs", ops.absolute, (-4.4,), 4.4, (-1.0,)),
    ("erf", ops.erf, (-1.4,), math.erf(-1.4), (2 / ROOT_PI * math.exp(-1.96),)),
    ("erfc", ops.erfc, (-1.4,), math.erfc(-1.4), (-2 / ROOT_PI * math.exp(-1.96),)),
    ("cbrt", ops.cbrt, (8,), 2.0, (1 / 12,)),
    ("ceil", ops.ceil, (3.7,), 4.0, (0.0,)),
    ("floor", ops.floor, (3.7,), 3.0, (0.0,)),
    ("trunc", lambda x: ops.sign(x) * ops.floor(abs(x)), (8.1,), 8.0, (0.0,)),
    ("min", ops.minimum, (3, 4), 3.0, (1.0, 0.0)),
    ("min, the other way", ops.minimum, (4, 3), 3.0, (0.0, 1.0)),
    ("max", ops.maximum, (3, 4), 4.0, (0.0, 1.0)),
    ("max, the other way", ops.maximum, (4, 3), 4.0, (1.0, 0.0)),
    ("fmin", ops.minimum, (3.5, 4.3), 3.5, (1.0, 0.0)),
    ("fmin, the other way", ops.minimum, (4.3, 3.5), 3.5, (0.0, 1.0)),
    ("fmax", ops.maximum, (3.5, 4.3), 4.3, (0.0, 1.0)),
    ("fmax, the other way", ops.maximum, (4.3, 3.5), 4.3, (1.0, 0.0)),
    ("remainder", lambda x, y: x - y * ops.round(x / y), (5, 2), math.remainder(5, 2), (1.0, -2.0)),
    ("fmod", lambda x, y: x % y, (6, 2), 0.0, (1.0, -3.0)),
    ("pow", lambda x: x**3, (4,), 64.0, (48.0,)),
    ("pow, of the exponent", lambda x: 3**x, (4,), 81.0, (81 * math.log(3),)),
    ("atan2", ops.atan2, (4.1, 3.1), math.atan2(4.1, 3.1), (3.1 / 26.42, -4.1 / 26.42)),
    ("copysign", lambda x, y: abs(x) * ops.sign(y), (-3.1, 4), 3.1, (-1.0, 0.0)),
    ("modf, its fraction", lambda x: x - ops.floor(x), (3.23,), math.modf(3.23)[0], (1.0,)),
    ("degrees", lambda x: x * (180 / math.pi), (3.0,), math.degrees(3), (180 / math.pi,)),
    ("radians", lambda x: x * (math.pi / 180), (3.0,), math.radians(3), (math.pi / 180,)),
    ("sum", lambda x, y, z: sum([x, y, z]), (-3.1, 4, 2.4), 3.3, (1.0, 1.0, 1.0)),
    ("hypot", ops.hypot, (-3.1, 4), LENGTH, (-3.1 / LENGTH, 4 / LENGTH)),
    (
        "dist", lambda a, b, c, d: ops.hypot(a - c, b - d), (-3.1, 4, 2.4, 1), math.hypot(5.5, 3),
        tuple(x / math.hypot(5.5, 3) for x in (-5.5, 3, 5.5, -3)),
    ),
]  # fmt: skip

NOT_HERE = {
    "smooth_abs": "XAD's own, an abs with its kink smoothed; an `Op` of one's own where it is wanted",
    "smooth_min": "the same, of min",
    "smooth_max": "the same, of max",
    "nextafter": "the neighbouring double, a tool for rounding, whose derivative of 1 is a convention",
    "frexp": "takes a double apart; its derivative holds the exponent fixed, which no rule here can say of a number",
}


@pytest.mark.parametrize(("name", "function", "point", "value", "slopes"), XAD, ids=[row[0] for row in XAD])
def test_xads_functions_have_xads_values_and_derivatives(
    name: str, function: Callable[..., Any], point: tuple[float, ...], value: float, slopes: tuple[float, ...]
) -> None:
    inputs = [Value(x) for x in point]
    out = function(*inputs)
    out.backward()
    assert out.data == pytest.approx(value, rel=1e-14, abs=1e-15)
    assert [x.grad for x in inputs] == pytest.approx(list(slopes), rel=1e-13, abs=1e-15)


def test_what_is_not_here_has_no_name_here() -> None:
    assert not any(hasattr(autograd, name) or hasattr(ops, name) for name in NOT_HERE)


def sinc(x: Any) -> Any:
    return ops.sin(math.pi * x) / (math.pi * x)


# HIPS: the function, and a point away from its edges; they compare with finite differences, twice.
HIPS: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "abs": (lambda x: 3 * abs(x), (1.1,)), "abs of −1.1": (lambda x: 3 * abs(x), (-1.1,)),
    "sin": (lambda x: 3 * x.sin(), (1.62,)), "sign": (lambda x: 3 * ops.sign(x), (1.1,)),
    "sign of −1.1": (lambda x: 3 * ops.sign(x), (-1.1,)), "exp": (lambda x: 3 * x.exp(), (-0.61,)),
    "log": (lambda x: 3 * x.log(), (0.53,)), "log2": (lambda x: 3 * x.log2(), (1.07,)),
    "log10": (lambda x: 3 * x.log10(), (0.87,)), "log1p": (lambda x: 3 * x.log1p(), (2.3,)),
    "expm1": (lambda x: 3 * x.expm1(), (1.74,)), "exp2": (lambda x: 3 * ops.exp2(x), (0.76,)),
    "neg": (lambda x: 3 * -x, (0.32,)),
    "cos": (lambda x: 3 * x.cos(), (-0.25,)), "tan": (lambda x: 3 * x.tan(), (0.46,)),
    "cosh": (lambda x: 3 * x.cosh(), (-1.06,)), "sinh": (lambda x: 3 * x.sinh(), (-0.32,)),
    "tanh": (lambda x: 3 * x.tanh(), (-0.38,)), "arccos": (lambda x: 3 * x.acos(), (0.2,)),
    "arcsin": (lambda x: 3 * x.asin(), (0.2,)), "arctan": (lambda x: 3 * x.atan(), (0.3,)),
    "arccosh": (lambda x: 3 * ops.acosh(x), (2.28,)), "arcsinh": (lambda x: 3 * ops.asinh(x), (1.13,)),
    "arctanh": (lambda x: 3 * ops.atanh(x), (0.3,)), "sqrt": (lambda x: 3 * x.sqrt(), (4.2,)),
    "power, by the base": (lambda x: x**1.81, (1.4,)), "power, by the exponent": (lambda y: 0.74**y, (0.3,)),
    "power of 0": (lambda y: 0.0**y, (0.4,)), "mod": (lambda x, y: x % y, (0.72, 0.31)),
    "divide": (lambda x, y: x / y, (0.42, 0.67)), "multiply": (lambda x, y: x * y, (0.42, 0.67)),
    "reciprocal": (lambda x: x.reciprocal(), (0.69,)), "negative": (lambda x: -x, (0.21,)),
    "rad2deg, degrees": (lambda x: 3 * (x * (180 / math.pi)), (5.6,)),
    "deg2rad, radians": (lambda x: 3 * (x * (math.pi / 180)), (8.8,)), "sinc": (lambda x: 3 * sinc(x), (2.3,)),
    "maximum": (ops.maximum, (0.4, 0.9)), "minimum": (ops.minimum, (0.4, 0.9)),
    "logaddexp": (ops.logaddexp, (0.4, -1.2)),
    "arctan2": (ops.atan2, (0.4, 0.9)), "hypot": (ops.hypot, (0.4, 0.9)), "cbrt": (ops.cbrt, (1.9,)),
    "square": (lambda x: x.square(), (1.9,)), "erf": (lambda x: x.erf(), (0.7,)), "erfc": (ops.erfc, (0.7,)),
    "clip": (lambda x: ops.clip(x, 0.1, 1.1), (0.5,)), "floor": (lambda x: x.floor(), (0.5,)),
}  # fmt: skip


@pytest.mark.parametrize("name", HIPS)
def test_hips_autograds_functions_pass_finite_differences_twice(name: str) -> None:
    function, point = HIPS[name]
    gradcheck(function, list(point))
    for index in range(len(point)):
        gradcheck(grad(function, index), list(point))


def test_hips_autograds_special_powers_are_flat() -> None:
    def ones(x: Any) -> Any:
        return x**0.0

    assert grad(ones)(0.0) == 0.0
    assert grad(grad(ones))(0.0) == 0.0
