"""Random expressions of every operation agree with PyTorch float64: in value, gradient and second derivative."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd import Graph, Value, gradients, ops
from autograd.testing.strategies import OPERATIONS, Expression, expressions
from tests.helpers.oracles import ORACLES, UNIT, noise, path_sums, roundings, torch_apply
from tests.helpers.special_values import DISAGREEMENTS, POINTS, Case

torch = pytest.importorskip("torch", reason="what the engine is compared with")


def run_in_torch(leaves: list[Value], root: Value) -> tuple[list[Any], Any]:
    """The same graph in tensors: its inputs and its output."""
    tensors = {leaf: torch.tensor(leaf.data, dtype=torch.float64, requires_grad=True) for leaf in leaves}
    results = dict(tensors)
    for node in Graph(root):
        if node.op is ops.constant:
            results[node] = torch.tensor(node.data, dtype=torch.float64)
        elif node.op is not None:
            results[node] = torch_apply(node.op, [results[parent] for parent in node.parents])
    return list(tensors.values()), results[root]


def torch_gradient(output: Any, inputs: list[Any]) -> list[Any]:
    if not output.requires_grad:
        return [None] * len(inputs)
    gradient: list[Any] = torch.autograd.grad(output, inputs, create_graph=True, allow_unused=True)
    return gradient


def item(tensor: Any) -> float:
    return 0.0 if tensor is None else float(tensor.item())


def agree(ours: float, theirs: float, bound: float) -> bool:
    """Both are within the bound of the exact number. Where a slope on the way is infinite or nan, there is no bound,
    and both are finite, or both the same inf or nan; where the bound itself is nan, nothing is said."""
    if math.isnan(bound):
        return True  # a 0 meets an inf on some path, and rounding alone decides whether that 0 is one
    if math.isfinite(ours) and math.isfinite(theirs):
        return abs(ours - theirs) <= 2 * bound + 1e-300 or not math.isfinite(bound)
    return ours == theirs or (ours != ours and theirs != theirs)


def gradient_bound(root: Value, leaf: Value, gradient: Value) -> float:
    """What the forward pass rounds, as the recorded gradient passes it on, and what backward rounds on its paths."""
    return noise(gradient) + 1.05 * roundings(root) * UNIT * path_sums(root).get(leaf, 0.0)


# All that have an oracle (// and % have none), but gelu, of which PyTorch has lost digits where x is below 0.
COMPARED = [op for op in OPERATIONS if op.name in ORACLES and op is not ops.gelu]


@given(expressions(COMPARED, smooth=True, max_inputs=2, max_operations=6))
def test_value_gradient_and_second_derivatives_are_torchs(expression: Expression) -> None:
    leaves, root = expression.record()
    inputs, output = run_in_torch(leaves, root)
    assert agree(root.data, output.item(), noise(root))

    root.backward()
    grads = [leaf.grad for leaf in leaves]
    slopes = gradients(root)
    for leaf, grad, theirs in zip(leaves, grads, torch_gradient(output, inputs), strict=True):
        ours = slopes.get(leaf, Value(0.0))
        bound = gradient_bound(root, leaf, ours)
        assert agree(grad, item(theirs), bound)
        assert agree(ours.data, item(theirs), bound)
        if theirs is not None:
            seconds = gradients(ours)
            for other, their_second in zip(leaves, torch_gradient(theirs, inputs), strict=True):
                our_second = seconds.get(other, Value(0.0))
                assert agree(our_second.data, item(their_second), gradient_bound(ours, other, our_second))


@given(expressions(COMPARED, max_inputs=2, max_operations=4, numbers=st.sampled_from(POINTS)))
@example(Expression(lambda x: -(a := (-x)).sigmoid() / a.relu(), (710.0,)))
@example(Expression(lambda x: (x + (a := 1.7976931348623157e308**x)) / (0.0 + a) * x.tanh(), (1.0,)))
def test_at_special_values_too_or_an_operation_on_the_way_is_listed_with_its_reason(expression: Expression) -> None:
    leaves, root = expression.record()
    inputs, output = run_in_torch(leaves, root)
    root.backward()
    listed = any(
        entry.where(Case(node.op.name, which, tuple(parent.data for parent in node.parents), node.grad))
        for node in Graph(root)
        if node.op is not None
        for which in (None, *range(len(node.parents)))
        for entry in DISAGREEMENTS
    )
    grads = [leaf.grad for leaf in leaves]
    slopes = gradients(root)
    assert listed or agree(root.data, output.item(), noise(root))
    for leaf, ours, theirs in zip(leaves, grads, torch_gradient(output, inputs), strict=True):
        bound = gradient_bound(root, leaf, slopes.get(leaf, Value(0.0)))
        assert listed or agree(ours, item(theirs), bound)


def test_a_tensor_that_wants_a_gradient_is_refused_and_others_are_numbers() -> None:
    leaf, plain = torch.tensor(2.0, requires_grad=True), torch.tensor(2.0)
    for use in (lambda: leaf * Value(3.0), lambda: Value(3.0) * leaf, lambda: Value(leaf), lambda: Value(3.0) ** leaf):
        with pytest.raises(
            TypeError, match=r"PyTorch's gradient of tensor\(2\., requires_grad=True\) would be lost.*item"
        ):
            use()
    assert (plain * Value(3.0)).data == (Value(3.0) * plain).data == 6
    with torch.no_grad():
        assert (Value(3.0) * (leaf * 1)).data == 6
