"""At zeros, infinities, nan, subnormal and huge numbers, values and derivatives are PyTorch's for float64.

Where they are not, the reason stands in `DISAGREEMENTS`, and a test holds each entry to be true.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from autograd import Value, ops
from tests.oracles import ORACLES, TINY, UNIT, Oracle, torch_apply

torch = pytest.importorskip("torch", reason="the oracle for special points")

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


def gradients(oracle: Oracle, inputs: tuple[float, ...], upstream: float) -> tuple[float, list[float]]:
    values = [Value(x) for x in inputs]
    out = oracle.op(*values)
    (out * upstream).backward()
    return out.data, [value.grad for value in values]


def torch_gradients(oracle: Oracle, inputs: tuple[float, ...], upstream: float) -> tuple[float, list[float]]:
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    out = torch_apply(oracle.op, tensors)
    out.backward(torch.tensor(upstream, dtype=torch.float64))
    return out.item(), [tensor.grad.item() for tensor in tensors]


def agree(ours: float, theirs: float, allowed: float) -> bool:
    if math.isfinite(ours) and math.isfinite(theirs):
        return abs(ours - theirs) <= allowed
    return ours == theirs or (ours != ours and theirs != theirs)


def cases(oracle: Oracle) -> Iterator[tuple[Case, float, float]]:
    """Every derivative at every combination of special points, ours and torch's."""
    for inputs in itertools.product(POINTS, repeat=oracle.arity):
        for upstream in UPSTREAM:
            ours, theirs = gradients(oracle, inputs, upstream)[1], torch_gradients(oracle, inputs, upstream)[1]
            for index in range(oracle.arity):
                yield Case(oracle.op.name, index, inputs, upstream), ours[index], theirs[index]


every_oracle = pytest.mark.parametrize("oracle", ORACLES.values(), ids=ORACLES)


@every_oracle
def test_a_value_at_a_special_point_is_torchs_to_the_sign_of_its_zero_or_its_reason_is_listed(oracle: Oracle) -> None:
    for inputs in itertools.product(POINTS, repeat=oracle.arity):
        ours, theirs = gradients(oracle, inputs, 1.0)[0], torch_gradients(oracle, inputs, 1.0)[0]
        if listed := [entry for entry in DISAGREEMENTS if entry.where(Case(oracle.op.name, None, inputs, 1.0))]:
            assert all(entry.ours(ours) for entry in listed), (inputs, ours, theirs)
            assert not agree(ours, theirs, 0.0), (inputs, ours, theirs)
        else:
            # Both are within the bound of the exact value.
            assert agree(ours, theirs, 2 * oracle.value_bound * UNIT * abs(theirs) + TINY), (inputs, ours, theirs)
        assert ours != ours or math.copysign(1, ours) == math.copysign(1, theirs), (inputs, ours, theirs)


@every_oracle
def test_a_derivative_at_a_special_point_is_torchs_or_its_reason_is_listed(oracle: Oracle) -> None:
    for case, ours, theirs in cases(oracle):
        if listed := [entry for entry in DISAGREEMENTS if entry.where(case)]:
            assert all(entry.ours(ours) for entry in listed), (case, ours, theirs)
            assert not agree(ours, theirs, 0.0), (case, ours, theirs)
        else:
            # Each is within its bound of the exact derivative, here at most 10 units of the scale, then times upstream.
            scale = max(abs(theirs), abs(case.upstream) * oracle.scale(0.0, *case.inputs))
            assert agree(ours, theirs, 2 * 11 * UNIT * scale + 4 * TINY), (case, ours, theirs)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (lambda: Value(1000.0).exp(), math.inf),
        (lambda: Value(-1000.0).exp(), 0.0),
        (lambda: Value(1e308) * 10, math.inf),
        (lambda: Value(1.0) / 0, math.inf),
        (lambda: Value(-1.0) / 0, -math.inf),
        (lambda: Value(1.0) / -0.0, -math.inf),
        (lambda: Value(0.0) / 0, math.nan),
        (lambda: Value(math.nan) / 0, math.nan),
        (lambda: Value(0.0).log(), -math.inf),
        (lambda: Value(-1.0).log(), math.nan),
        (lambda: Value(-1.0).sqrt(), math.nan),
        (lambda: Value(-2.0) ** 0.5, math.nan),
        (lambda: Value(0.0) ** -1, math.inf),
        (lambda: Value(-0.0) ** -1, -math.inf),
        (lambda: Value(-0.0) ** -2, math.inf),
        (lambda: Value(-10.0) ** 309, -math.inf),
        (lambda: Value(-10.0) ** 310, math.inf),
        (lambda: Value(10.0) ** 309, math.inf),
        (lambda: Value(0.0) ** 0, 1.0),
        (lambda: Value(math.inf).sin(), math.nan),
        (lambda: Value(-math.inf).cos(), math.nan),
        (lambda: Value(math.inf).tan(), math.nan),
        (lambda: Value(1000.0).sigmoid(), 1.0),
        (lambda: Value(-1000.0).sigmoid(), 0.0),
        (lambda: Value(1000.0).softplus(), 1000.0),
        (lambda: Value(-1000.0).softplus(), 0.0),
        (lambda: Value(math.inf).softplus(), math.inf),
    ],
)
def test_what_pythons_math_module_raises_for_is_a_number_here(expression: Callable[[], Value], value: float) -> None:
    data = expression().data
    assert type(data) is float
    assert data == value or (data != data and value != value)
    assert math.copysign(1, data) == math.copysign(1, value) or value != value


@pytest.mark.parametrize(
    ("function", "x", "slope"),
    [
        (ops.relu, 0.0, 0.0),
        (ops.relu, -0.0, 0.0),
        (ops.relu, math.nan, 1.0),
        (ops.absolute, 0.0, 0.0),
        (ops.absolute, math.nan, 0.0),
        (ops.sqrt, 0.0, math.inf),
        (ops.sqrt, -0.0, -math.inf),
        (ops.log, -1.0, -1.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**0, math.nan, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**0.5, 0.0, math.inf),
        (lambda x: x**-1, 0.0, -math.inf),
        (lambda y: 0.0**y, 0.0, 0.0),
        (lambda y: 0.0**y, 2.0, 0.0),
        (lambda y: 0.0**y, -1.0, -math.inf),
    ],
)
def test_where_mathematics_leaves_a_choice_the_derivative_is_torchs(
    function: Callable[[Value], Value], x: float, slope: float
) -> None:
    value = Value(x)
    function(value).backward()
    assert value.grad == slope
