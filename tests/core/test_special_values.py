"""At zeros, infinities, nan, subnormal and huge numbers, values and derivatives are PyTorch's for float64.

Where they are not, the reason stands in `DISAGREEMENTS`, and a test holds each entry to be true.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import pytest

from autograd import Value, ops
from tests.helpers.oracles import ORACLES, TINY, UNIT, Oracle, torch_apply
from tests.helpers.special_values import DISAGREEMENTS, NOT_A_FACTOR, POINTS, UPSTREAM, Case

torch = pytest.importorskip("torch", reason="the oracle for special points")


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
        for upstream in (1.0,) if oracle.op.name in NOT_A_FACTOR else UPSTREAM:
            ours, theirs = gradients(oracle, inputs, upstream)[1], torch_gradients(oracle, inputs, upstream)[1]
            for index in range(oracle.arity):
                yield Case(oracle.op.name, index, inputs, upstream), ours[index], theirs[index]


IN_TORCH = {name: oracle for name, oracle in ORACLES.items() if oracle.op is not ops.cbrt}
every_oracle = pytest.mark.parametrize("oracle", IN_TORCH.values(), ids=IN_TORCH)


@every_oracle
def test_a_value_at_a_special_point_is_torchs_to_the_sign_of_its_zero_or_its_reason_is_listed(oracle: Oracle) -> None:
    for inputs in itertools.product(POINTS, repeat=oracle.arity):
        ours, theirs = gradients(oracle, inputs, 1.0)[0], torch_gradients(oracle, inputs, 1.0)[0]
        if listed := [entry for entry in DISAGREEMENTS if entry.where(Case(oracle.op.name, None, inputs, 1.0))]:
            assert all(entry.ours(ours) for entry in listed), (inputs, ours, theirs)
            assert not agree(ours, theirs, 0.0), (inputs, ours, theirs)
        else:
            # Both are within the bound of the exact value.
            assert agree(ours, theirs, 2 * oracle.bound(*inputs) * UNIT * abs(theirs) + TINY), (inputs, ours, theirs)
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
