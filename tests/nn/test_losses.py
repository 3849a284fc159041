"""Losses are PyTorch's, in value and gradient, at extremes too; and say so where they are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Graph, Value, compile, gradients, ops
from autograd.ops import maximum, xlogy
from tests.helpers.numbers import same

numbers = st.floats(-1e3, 1e3)
logits = st.floats(-700, 700)
probabilities = st.floats(2.0**-30, 1 - 2.0**-30)
signs = st.sampled_from([-1.0, 1.0])

#: name, PyTorch's, predictions, targets
LOSSES: list[tuple[str, Callable[[Any, Any, Any], Any], Any, Any]] = [
    ("half_squared_error", lambda F, y, t: F.mse_loss(y, t, reduction="sum") / 2, numbers, numbers),
    ("mean_squared_error", lambda F, y, t: F.mse_loss(y, t), numbers, numbers),
    ("binary_cross_entropy", lambda F, y, t: F.binary_cross_entropy(y, t), probabilities, st.floats(0, 1)),
    (
        "binary_cross_entropy_with_logits",
        lambda F, y, t: F.binary_cross_entropy_with_logits(y, t),
        logits,
        st.floats(0, 1),
    ),
    ("hinge", lambda F, y, t: F.relu(1 - t * y).mean(), numbers, signs),
]


def ours(name: str, outputs: list[float], target: Any) -> tuple[float, list[float]]:
    values = [Value(output) for output in outputs]
    loss = getattr(nn, name)(values, target)
    loss.backward()
    return loss.data, [value.grad for value in values]


def theirs(loss: Any, outputs: list[float], target: Any) -> tuple[float, list[float]]:
    torch = pytest.importorskip("torch", reason="the losses that are compared with")
    tensor = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    result = loss(torch.nn.functional, tensor, torch.tensor(target, dtype=torch.float64))
    result.backward()
    return result.item(), tensor.grad.tolist()


@pytest.mark.parametrize(("name", "torchs", "predictions", "targets"), LOSSES)
@given(data=st.data())
def test_a_loss_is_torchs(name: str, torchs: Any, predictions: Any, targets: Any, data: st.DataObject) -> None:
    pairs = data.draw(st.lists(st.tuples(predictions, targets), min_size=1, max_size=4))
    outputs, target = [y for y, _ in pairs], [t for _, t in pairs]
    value, grads = ours(name, outputs, target)
    torch_value, torch_grads = theirs(torchs, outputs, target)
    # A handful of roundings each. Where −t/p and (1−t)/(1−p) cancel, what is left is off relative to them, 2³⁰ at most;
    # and PyTorch's loss from logits subtracts numbers of z's size.
    assert value == pytest.approx(torch_value, rel=1e-14, abs=1e-15 * (1 + max(map(abs, outputs))))
    assert grads == pytest.approx(
        torch_grads, rel=1e-14, abs=2.0**30 * 1e-15 if name == "binary_cross_entropy" else 1e-14
    )


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=5), st.data())
def test_softmax_cross_entropy_is_torchs(outputs: list[float], data: st.DataObject) -> None:
    torch = pytest.importorskip("torch", reason="the loss that is compared with")
    target = data.draw(st.integers(0, len(outputs) - 1))
    value, grads = ours("softmax_cross_entropy", outputs, target)
    tensor = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(tensor, torch.tensor(target))
    loss.backward()
    assert value == pytest.approx(loss.item(), rel=1e-14, abs=1e-14)
    assert grads == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-14)


any_number = st.sampled_from([0.0, 1.0, -1.0]) | st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", [name for name, *_ in LOSSES] + ["softmax_cross_entropy"])
@given(data=st.data())
def test_a_loss_and_its_recorded_derivative_replayed_elsewhere_are_those_recorded_there(
    name: str, data: st.DataObject
) -> None:
    """No branch was decided when the loss was recorded."""
    _, _, predictions, targets = next((loss for loss in LOSSES if loss[0] == name), (0, 0, any_number, any_number))
    count = data.draw(st.integers(1, 3))
    here, there = (
        [data.draw(predictions) for _ in range(count)] + [data.draw(targets) for _ in range(count)] for _ in range(2)
    )
    index = data.draw(st.integers(0, 2 * count - 1))

    def record(numbers: list[float]) -> tuple[list[Value], Value]:
        values = [Value(x) for x in numbers]
        if name == "softmax_cross_entropy":
            return values, nn.softmax_cross_entropy(values, count)
        return values, getattr(nn, name)(values[:count], values[count:])

    inputs, loss = record(here)
    replay, slope = Graph(loss), Graph(gradients(loss)[inputs[index]])
    program = compile(loss, inputs)
    for value, x in zip(inputs, there, strict=True):
        value.data = x
    there_inputs, there_loss = record(there)
    there_loss.backward()
    expected = [x.grad for x in there_inputs]
    assert same(replay.forward(), there_loss.data)
    replay.backward()
    assert all(map(same, [x.grad for x in inputs], expected))
    value, grads = program(*there)
    assert same(value, there_loss.data)
    assert all(same(x + 0.0, y) for x, y in zip(grads, expected, strict=True))
    assert same(slope.forward() + 0.0, expected[index])


@pytest.mark.parametrize(("t", "slope"), [(0.0, 4 / 3), (1.0, -4.0), (0.5, -4 / 3)])
@pytest.mark.parametrize("recorded_at", [0.0, 1.0, 0.25])
def test_the_recorded_slope_of_the_cross_entropy_follows_a_target_that_was_certain(
    recorded_at: float, t: float, slope: float
) -> None:
    prediction, target = Value(0.25), Value(recorded_at)
    recorded = Graph(gradients(nn.binary_cross_entropy(prediction, target))[prediction])
    target.data = t
    assert recorded.forward() == pytest.approx(slope, rel=1e-15)


@given(st.lists(any_number, min_size=1, max_size=5), st.data())
def test_softmax_cross_entropy_recorded_at_zero_and_replayed_anywhere_is_torchs(
    outputs: list[float], data: st.DataObject
) -> None:
    torch = pytest.importorskip("torch", reason="the loss that is compared with")
    target = data.draw(st.integers(0, len(outputs) - 1))
    tensor = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(tensor, torch.tensor(target))
    loss.backward()

    logits = [Value(0.0) for _ in outputs]
    graph = Graph(nn.softmax_cross_entropy(logits, target))
    program = compile(graph.root, logits)
    for logit, z in zip(logits, outputs, strict=True):
        logit.data = z
    value = graph.forward()
    graph.backward()
    assert value == pytest.approx(loss.item(), rel=1e-14, abs=1e-14)
    assert [logit.grad for logit in logits] == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-14)
    assert program(*outputs) == (value, tuple(logit.grad for logit in logits))


@pytest.mark.parametrize("logits", [(1000.0, 0.0), (0.0, 1000.0), (-740.0, -740.0), (-800.0, -800.0), (1e16, 1e16)])
def test_softmax_cross_entropy_recorded_at_zero_is_right_in_arrays(logits: tuple[float, float]) -> None:
    np = pytest.importorskip("numpy", reason="programs of arrays")
    x, y = Value(0.0), Value(0.0)
    value, slopes = compile(nn.softmax_cross_entropy([x, y], 0), [x, y])(*(np.asarray([z, z]) for z in logits))
    expected, theirs = ours("softmax_cross_entropy", list(logits), 0)
    assert value.tolist() == pytest.approx([expected] * 2)
    assert [slope.tolist() for slope in slopes] == [pytest.approx([slope] * 2) for slope in theirs]


@given(x=any_number, y=any_number)
def test_the_maximum_is_the_larger_number_and_its_slope_is_that_numbers(x: float, y: float) -> None:
    a, b = Value(x), Value(y)
    out = maximum(a, b)
    out.backward()
    assert out.data == max(x, y)
    assert (a.grad, b.grad) == ((1.0, 0.0) if x > y else (0.0, 1.0) if x < y else (0.5, 0.5))


@pytest.mark.parametrize("z", [-1e308, -1e3, -38.0, 0.0, 38.0, 1e3, 1e308])
@pytest.mark.parametrize("t", [0, 1])
def test_losses_from_logits_are_exact_however_sure_the_network_is(z: float, t: int) -> None:
    right = (z > 0) == (t == 1)
    value, (grad,) = ours("binary_cross_entropy_with_logits", [z], [t])
    if z == 0:
        assert value == pytest.approx(math.log(2), rel=1e-15)
        assert grad == 0.5 - t
    else:
        assert value == pytest.approx(math.exp(-abs(z)) if right else abs(z), rel=1e-15, abs=0)
        assert abs(grad) == pytest.approx(math.exp(-abs(z)) if right else 1.0, rel=1e-15, abs=0)
    value, grads = ours("softmax_cross_entropy", [0.0, z], t)
    assert math.isfinite(value)
    assert sum(grads) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(("p", "t"), [(0.0, 0), (1.0, 1)])
def test_a_probability_that_is_certain_and_right_costs_nothing(p: float, t: int) -> None:
    prediction = Value(p)
    loss = nn.binary_cross_entropy(prediction, t)
    loss.backward()
    assert loss.data == 0
    assert prediction.grad == (1.0 if t == 0 else -1.0)  # the slopes of −log(1 − p) at 0 and −log p at 1


@pytest.mark.parametrize(("p", "t"), [(0.0, 1), (1.0, 0), (0.0, 0.5), (1.0, 0.5)])
def test_a_probability_that_is_certain_and_wrong_costs_infinity(p: float, t: float) -> None:
    assert nn.binary_cross_entropy(Value(p), t).data == math.inf


@given(x=st.floats(0, 10), y=st.floats(2.0**-20, 10))
def test_xlogy_is_torchs(x: float, y: float) -> None:
    torch = pytest.importorskip("torch", reason="the operation that is compared with")
    a, b = Value(x), Value(y)
    out = xlogy(a, b)
    out.backward()
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in (x, y)]
    result = torch.xlogy(*tensors)
    result.backward()
    assert [out.data, a.grad, b.grad] == pytest.approx(
        [result.item(), *(tensor.grad.item() for tensor in tensors)], rel=1e-14
    )


@pytest.mark.parametrize("name", [name for name, *_ in LOSSES])
def test_one_output_needs_no_list(name: str) -> None:
    loss = getattr(nn, name)
    assert loss(Value(0.25), 1.0).data == loss([Value(0.25)], [1.0]).data


def test_a_loss_takes_hundreds_of_outputs() -> None:
    assert nn.mean_squared_error([Value(3.0)] * 300, [1.0] * 300).data == 4.0


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_the_recorded_derivative_of_a_certain_and_right_probability_is_the_gradient(p: float) -> None:
    prediction, target = Value(p), Value(p)
    loss = nn.binary_cross_entropy(prediction, target)
    loss.backward()
    assert gradients(loss)[prediction].data == prediction.grad == (1.0 if p == 0 else -1.0)


def test_the_mean_over_one_output_is_its_loss_with_no_division_in_the_graph() -> None:
    assert nn.mean_squared_error(Value(3.0), 1.0).op is ops.power


def test_a_target_may_be_a_value_that_changes_between_replays() -> None:
    p, t = Value(0.25), Value(1.0)
    graph = Graph(nn.binary_cross_entropy(p, t))
    for target in (0.0, 0.5, 1.0):
        t.data = target
        assert graph.forward() == nn.binary_cross_entropy(Value(0.25), target).data


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.mean_squared_error([Value(1.0)], [1.0, 2.0]), "a target for each output, got 1 and 2"),
        (lambda: nn.mean_squared_error([Value(1.0), Value(2.0)], 1.0), "a target for each output, got 2 and 1"),
        (lambda: nn.mean_squared_error([], []), "a target for each output, got 0 and 0"),
        (lambda: nn.softmax_cross_entropy([Value(1.0)], 1), "the index of one of 1 classes, got 1"),
        (lambda: nn.softmax_cross_entropy([Value(1.0)], 2), "the index of one of 1 classes, got 2"),
        (lambda: nn.softmax_cross_entropy([Value(1.0)], -1), "the index of one of 1 classes, got -1"),
    ],
)
def test_outputs_and_targets_that_do_not_match_are_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
