"""Special numbers to try operations at, and where derivatives there are not PyTorch's, with the reasons."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from autograd import ops
from tests.helpers.oracles import TINY

SUBNORMAL = 5e-324, -5e-324, 1e-310
HUGE = 1e300, -1e300, 1.7976931348623157e308
ORDINARY = 1.0, -1.0, 0.5, -2.0, 3.0, 20.5, -20.5, 710.0, -710.0, -746.0
POINTS = 0.0, -0.0, math.inf, -math.inf, math.nan, *SUBNORMAL, *HUGE, *ORDINARY
UPSTREAM = 1.0, -3.0, 0.0, math.inf, -math.inf, math.nan, 1e300, 1e-300


# Of these PyTorch multiplies the upstream gradient into a numerator before it divides, or asks whether the gradient is
# 0; here a local derivative is a number by itself. So they are compared under an upstream gradient of 1 alone.
NOT_A_FACTOR = {"atan2", "hypot", "xlogy"}


class Case(NamedTuple):
    name: str
    which: int | None  #: the input that the derivative is for; None for the value
    inputs: tuple[float, ...]
    upstream: float


class Disagreement(NamedTuple):
    where: Callable[[Case], bool]
    ours: Callable[[float], bool]
    reason: str


def slope_is_masked(case: Case) -> bool:
    if case.which is None or math.isfinite(case.upstream):
        return False
    if case.name in ("maximum", "minimum"):
        mine, other = case.inputs[case.which], case.inputs[1 - case.which]
        return mine < other if case.name == "maximum" else mine > other
    flat = (case.name == "relu" and case.inputs[0] <= 0) or (case.name == "power" and case.inputs[1] == 0)
    return (flat and case.which == 0) or case.name in ("floor", "ceil", "round")


def reciprocal_overflows(case: Case) -> bool:
    divisor = {"log": 0, "log2": 0, "log10": 0, "divide": 1}.get(case.name)
    if divisor is None or case.which != 0 or case.inputs[divisor] == 0:
        return False
    y = case.inputs[divisor] * {"log2": math.log(2), "log10": math.log(10)}.get(case.name, 1.0)
    return math.isinf(1 / y) and math.isfinite(case.upstream / y)


def exp_overflows(case: Case) -> bool:
    if case.name not in ("sigmoid", "silu") and (case.name, case.which) != ("softplus", 0):
        return False
    sigmoid = ops.sigmoid(case.inputs[0]) * (abs(case.inputs[0]) if case.name == "silu" else 1)
    nonzero = sigmoid > 0 if case.which is None else abs(case.upstream * sigmoid) > 4 * TINY
    return nonzero and math.isinf(ops.exp(-case.inputs[0]))


def logaddexp_overflows(case: Case) -> bool:
    if case.name != "logaddexp" or case.which is None:
        return False
    difference = case.inputs[case.which] - case.inputs[1 - case.which]
    slope = abs(case.upstream * ops.sigmoid(difference))
    return slope > 4 * TINY and math.isinf(ops.exp(-difference)) and difference > -math.inf


def impossible_event(case: Case) -> bool:
    if case.name != "xlogy" or case.inputs[0] != 0:
        return False
    y = case.inputs[1]
    if case.which is None:
        return math.isnan(y)
    if case.which == 0:
        return y <= 0
    return (y == 0 or math.isnan(y)) and math.isfinite(case.upstream)


def elu_of_nan(case: Case) -> bool:
    return case.name == "elu" and case.which == 0 and math.isnan(case.inputs[0]) and case.upstream == case.upstream


def normal_tail(case: Case) -> bool:
    return (
        case.name == "gelu"
        and case.inputs[0] == -20.5
        and (case.which is None or 1e-200 <= abs(case.upstream) < math.inf)
    )


def log1p_is_flushed(case: Case) -> bool:
    return case.name == "log1p" and case.which is None and case.inputs[0] == -TINY


DISAGREEMENTS = [
    Disagreement(
        slope_is_masked,
        math.isnan,
        "a flat stretch of relu, x⁰, a step or max under an upstream gradient of inf or nan: torch masks it: 0; "
        "here the chain rule is one multiplication for every operation, and 0 · inf is nan, which shows the fault",
    ),
    Disagreement(
        reciprocal_overflows,
        lambda ours: not math.isfinite(ours),
        "the slope 1/y of x/y and of log y, at a subnormal y, is inf: torch divides the upstream gradient by y and "
        "never forms 1/y; here a local derivative is a number on its edge, and this one is too large for a double",
    ),
    Disagreement(
        exp_overflows,
        lambda ours: ours != 0,
        "σ, and softplus's slope, from −745.1 to −709.8: torch is 1/(1 + exp(−x)), and 0 where exp overflows; here"
        " it is exp(x)/(1 + exp(x)), the subnormal number that it should be",
    ),
    Disagreement(
        logaddexp_overflows,
        lambda ours: ours != 0,
        "the slope of logaddexp where exp of the difference overflows: as for σ",
    ),
    Disagreement(
        impossible_event,
        lambda ours: True,
        "x·log y at x = 0: the event is impossible, and adds 0 and moves nothing, whatever y is, so that a loss with it"
        " can be differentiated; by x its slope is log y. torch's is nan by y = 0, and 0 by x up to y = 0",
    ),
    Disagreement(elu_of_nan, math.isnan, "elu's slope at nan: torch's is 1; here it is nan, which shows the fault"),
    Disagreement(
        normal_tail,
        lambda ours: ours != 0,
        "gelu far below 0: torch takes Φ from 1 + erf, in which no digit is left; here it is from erfc, which has all",
    ),
    Disagreement(
        log1p_is_flushed,
        lambda ours: ours == -TINY,
        "log(1 + x) of the least subnormal below 0: torch's is +0; here it is x, which is the nearest double",
    ),
]  # And everywhere: a gradient that is zero is +0.0 here where torch may say -0.0, for gradients are summed from +0.0.
