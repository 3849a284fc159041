"""`to_torch`: what is carried over to PyTorch gives the same value there, and PyTorch the same gradients."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from hypothesis import given

import nn
from autograd import Op, Value, ops, to_torch
from autograd.testing.strategies import Expression, expressions

torch = pytest.importorskip("torch", reason="where graphs are carried over to")


def tensors(leaves: list[Value]) -> list[Any]:
    return [torch.tensor(leaf.data, dtype=torch.float64, requires_grad=True) for leaf in leaves]


@given(expressions(smooth=True))
def test_any_expression_has_the_same_value_and_gradients_in_pytorch(expression: Expression) -> None:
    leaves, root = expression.record()
    theirs = tensors(leaves)
    value = to_torch(root, leaves)(*theirs)
    root.backward()
    assert value.item() == pytest.approx(root.data, rel=1e-12, abs=1e-12)
    if value.requires_grad:
        value.backward()
    size = 1e-10 * max(1.0, *(abs(leaf.grad) for leaf in leaves))
    for leaf, tensor in zip(leaves, theirs, strict=True):
        assert (0.0 if tensor.grad is None else tensor.grad.item()) == pytest.approx(leaf.grad, rel=1e-9, abs=size)


@pytest.mark.parametrize("x", [0.0, -0.0, 1.0, -1.0, 50.0, -50.0, 800.0, -800.0])
def test_kinks_and_far_ends_are_the_same_in_pytorch(x: float) -> None:
    leaf = Value(x)
    root = leaf.relu() + 3 * abs(leaf) + 5 * leaf.softplus() + 7 * leaf.sigmoid() + 11 * leaf**2
    (tensor,) = tensors([leaf])
    value = to_torch(root)(tensor)
    value.backward()
    root.backward()
    assert value.item() == pytest.approx(root.data, rel=1e-15)
    assert tensor.grad is not None
    assert tensor.grad.item() == pytest.approx(leaf.grad, rel=1e-15)


@pytest.mark.parametrize("op", [op for op in ops.TABLE if op.arity], ids=lambda op: op.name)
@pytest.mark.parametrize("point", [(0.75, 0.5, 1.25), (-0.5, 0.5, 0.5), (2.0, 2.0, 2.0), (8.0, 0.0, 0.0)])
def test_every_operation_has_its_value_and_slopes_in_pytorch(op: Op, point: tuple[float, ...]) -> None:
    leaves = [Value(x) for x in point[: op.arity]]
    root = op(*leaves)
    theirs = tensors(leaves)
    value = to_torch(root, leaves)(*theirs)
    root.backward()
    slopes = torch.autograd.grad(value, theirs, allow_unused=True, materialize_grads=True)
    assert value.item() == pytest.approx(root.data, rel=1e-14, nan_ok=True)
    assert [slope.item() for slope in slopes] == pytest.approx([x.grad for x in leaves], rel=1e-13, nan_ok=True)


def test_a_network_is_carried_over_and_takes_a_batch() -> None:
    network = nn.MLP(2, [4, 1], hidden="tanh", output="sigmoid", rng=random.Random(0))
    inputs, target = [Value(0.0), Value(0.0)], Value(0.0)
    function = to_torch(nn.binary_cross_entropy(network(inputs), target), [*inputs, target, *network.parameters()])
    batch = torch.tensor([[0.5, -1.0, 1.0], [2.0, 0.1, 0.0], [-0.3, 0.7, 1.0]], dtype=torch.float64)
    theirs = tensors(network.parameters())
    losses = function(*batch.T, *theirs)
    losses.sum().backward()
    ours = [nn.binary_cross_entropy(network([x, y]), t) for x, y, t in batch.tolist()]
    assert losses.tolist() == pytest.approx([loss.data for loss in ours], rel=1e-13)
    sum(ours, Value(0.0)).backward()
    assert [t.grad.item() for t in theirs] == pytest.approx([p.grad for p in network.parameters()], rel=1e-12)


@pytest.mark.parametrize(
    "root", [Value(3.0), Value(2.0) * 3, Value(0.5).sigmoid().exp() + abs(Value(-1.0)).softplus() ** 2]
)
def test_a_graph_without_inputs_is_a_tensor_too(root: Value) -> None:
    for value in (to_torch(root, [])(), to_torch(root, [Value(1.0)])(torch.tensor(1.0, dtype=torch.float64))):
        assert isinstance(value, torch.Tensor)
        assert (value.dtype, value.shape) == (torch.float64, ())
        assert value.item() == pytest.approx(root.data, rel=1e-15)


def test_an_operation_of_the_users_own_brings_its_derivatives_along() -> None:
    # A derivative that is not that of the forward pass, as in "straight-through" rounding, shows whose is used.
    through = Op("through", "t", lambda x: x * x * x, (lambda out, x: ops.where(x < 0, 0.1, out * 3),))
    leaves = [Value(2.0), Value(-1.0)]
    root = through(leaves[0]) * through(leaves[1])
    theirs = tensors(leaves)
    slopes = torch.autograd.grad(to_torch(root, leaves)(*theirs), theirs, create_graph=True)
    root.backward()
    assert [slope.item() for slope in slopes] == [leaf.grad for leaf in leaves] == [-24.0, 0.8]
    (second,) = torch.autograd.grad(slopes[0], theirs[0])
    assert second.item() == -72.0  # 3·(3·x³) of the first, times −1


def test_what_is_returned_is_not_the_tensor_that_came_in() -> None:
    x = Value(1.0)
    (tensor,) = tensors([x])
    value = to_torch(x)(tensor)
    value *= 2
    value.backward()
    assert (value.item(), tensor.item(), tensor.grad.item()) == (2.0, 1.0, 2.0)


def test_what_is_not_a_tensor_of_floats_is_named() -> None:
    function = to_torch(Value(1.0).exp())
    for bad in (1.0, torch.tensor(1), [torch.tensor(1.0)]):
        with pytest.raises(TypeError, match="expected a tensor of floats"):
            function(bad)
    with pytest.raises(TypeError, match=r"takes 1 tensor\(s\), got 0"):
        function()


def test_without_pytorch_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=r"glassgrad\[torch\]"):
        to_torch(Value(1.0).exp())
