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
    flat = (case.name == "relu" and case.inputs[0] <= 0) or (case.name == "power" and case.inputs[1] == 0)
    return flat and case.which == 0 and not math.isfinite(case.upstream)


def reciprocal_overflows(case: Case) -> bool:
    divisor = {"log": 0, "divide": 1}.get(case.name)
    if divisor is None or case.which != 0 or case.inputs[divisor] == 0:
        return False
    y = case.inputs[divisor]
    return math.isinf(1 / y) and math.isfinite(case.upstream / y)


def exp_overflows(case: Case) -> bool:
    if case.name != "sigmoid" and (case.name, case.which) != ("softplus", 0):
        return False
    sigmoid = ops.sigmoid(case.inputs[0])
    nonzero = sigmoid > 0 if case.which is None else abs(case.upstream * sigmoid) > 4 * TINY
    return nonzero and math.isinf(ops.exp(-case.inputs[0]))


DISAGREEMENTS = [
    Disagreement(
        slope_is_masked,
        math.isnan,
        "a flat stretch of relu or of x⁰ under an upstream gradient of inf or nan: torch masks it out and gives 0; "
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
]  # And everywhere: a gradient that is zero is +0.0 here where torch may say -0.0, for gradients are summed from +0.0.
