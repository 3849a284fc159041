"""Fused networks and replayed training give the numbers of plain ones; a model that does not do the same is refused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Graph, Value, draw_dot, ops
from nn.replay import Replays


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.sampled_from(["relu", "tanh", "sigmoid", "linear"]),
    st.booleans(),
    st.lists(st.floats(-3, 3), min_size=2, max_size=2),
)
def test_a_fused_network_has_the_bits_of_one_that_is_not(
    nouts: list[int], hidden: str, bias: bool, x: list[float]
) -> None:
    def bits(fused: bool) -> list[float]:
        net = nn.MLP(2, nouts, hidden, bias=bias, rng=random.Random(1), fused=fused)
        y = net([Value(number) for number in x])
        loss = nn.mean_squared_error(y, [0.5] * nouts[-1])
        loss.backward()
        return [loss.data, *(p.grad for p in net.parameters())]

    assert bits(True) == bits(False)


def test_a_fused_neuron_is_a_node_and_its_nonlinearity() -> None:
    layer = nn.Layer(3, 2, "tanh", fused=True)
    for y in layer([1.0, 2.0, 3.0]):
        (z,) = y.parents
        assert (z.op, z.label) == (ops.weighted_sum, "")
        assert len(z.parents) == 7
    assert len(Graph(nn.Neuron(3, "linear", bias=False, fused=True)([1.0, 2.0, 3.0]))) == 7


def test_the_picture_of_a_fused_neuron_is_the_delta_equation() -> None:
    pytest.importorskip("graphviz", reason="pictures")
    neuron = nn.Neuron(2, "linear", fused=True)
    neuron.w[0].data, neuron.w[1].data = 0.5, -2.0
    source = draw_dot(neuron([Value(3.0), Value(7.0)])).source
    numbers = re.findall(r'"op5\.\d" \[label="?([^ "]+)', source)
    assert numbers == ["1", "3", "0.5", "7", "−2"]  # b's; w1 carries x1, and x1 carries w1; and so on


# Optimizers.


def test_an_optimizer_refuses_what_was_computed() -> None:
    with pytest.raises(ValueError, match="an optimizer moves leaves, and Value"):
        nn.SGD([Value(1.0) * 2.0], lr=0.1)


def test_a_list_of_parameters_that_changes_is_an_error_and_moves_nothing() -> None:
    w = Value(1.0)
    w.grad = 1.0
    for optimizer in (nn.SGD([w], lr=0.1), nn.Adam([w])):
        optimizer.parameters.append(Value(2.0))
        with pytest.raises(ValueError, match="1 numbers are kept for 2 parameters"):
            optimizer.step()
        optimizer.parameters[:] = [None]  # type: ignore[list-item]
        with pytest.raises((TypeError, AttributeError)):
            optimizer.step()
    assert w.data == 1.0


# Replays.


def points(count: int) -> list[tuple[list[float], float]]:
    rng = random.Random(3)
    return [([rng.gauss(0, 1), rng.gauss(0, 1)], rng.choice([-1.0, 1.0])) for _ in range(count)]


def train(replay: bool, fused: bool, loss: Any, optimizer: Any, data: Any, **options: Any) -> Any:
    net = nn.MLP(2, [4, 1], rng=random.Random(1), fused=fused)
    history = nn.fit(net, data, loss, optimizer(net.parameters()), replay=replay, progress=False, **options)
    return history, [p.data for p in net.parameters()]


def sgd(parameters: list[Value]) -> nn.Optimizer:
    return nn.SGD(parameters, 0.05, momentum=0.9)


@pytest.mark.parametrize("loss", [nn.hinge, nn.mean_squared_error])
@pytest.mark.parametrize("optimizer", [sgd, nn.Adam])
@pytest.mark.parametrize("fused", [False, True])
def test_replayed_training_has_the_bits_of_recorded_training(loss: Any, optimizer: Any, fused: bool) -> None:
    options: dict[str, Any] = {"epochs": 5, "batch_size": 3, "seed": 1, "validation": points(4), "patience": 3}
    assert train(True, fused, loss, optimizer, points(10), **options) == train(
        False, fused, loss, optimizer, points(10), **options
    )


@dataclass
class Point:
    x: float
    y: float


@pytest.mark.parametrize(
    ("wrap", "unwrap"),
    [
        (tuple, lambda x: x),
        (lambda x: {"b": x[0], "a": x[1]}, lambda x: [x["b"], x["a"]]),
        (lambda x: Point(*x), lambda p: [p.x, p.y]),
        (lambda x: [[x[0]], (x[1], "text", None, {3})], lambda x: [x[0][0], x[1][0]]),
        (lambda x: pytest.importorskip("numpy").asarray(x), lambda x: list(x)),
    ],
)
def test_an_example_may_be_built_of_anything(wrap: Callable[[Any], Any], unwrap: Callable[[Any], Any]) -> None:
    def parameters(replay: bool) -> list[float]:
        net = nn.MLP(2, [3, 1], rng=random.Random(1))
        data = [(wrap(x), t) for x, t in points(6)]
        nn.fit(
            lambda x: net(unwrap(x)), data, nn.hinge, nn.SGD(net.parameters(), 0.1), 3, replay=replay, progress=False
        )
        return [p.data for p in net.parameters()]

    assert parameters(True) == parameters(False)


def test_there_is_a_graph_for_each_shape_of_example_and_no_more() -> None:
    recorded = []

    def record(x: list[Any], target: Any) -> Value:
        recorded.append(len(x))
        total: Value = sum(x, Value(0.0)) * target
        return total

    replays = Replays(record, [])
    graphs = [replays(x, t) for x, t in [([1.0], 2), ([3.0], 2), ([1.0, 2.0], 2), ([3.0, 4.0], 2), ([3.0], 1)]]
    assert recorded == [1, 1, 2, 2, 1, 1]  # each shape once, and once more to check
    assert graphs[0] is graphs[1] and graphs[2] is graphs[3] and graphs[4] is not graphs[1]  # noqa: PT018
    assert [graph.root.data for graph in graphs] == [6.0, 6.0, 14.0, 14.0, 3.0]


w, other = Value(0.5, "w"), Value(0.5, "other")


@pytest.mark.parametrize(
    ("model", "difference"),
    [
        (lambda x: w * x if x > 0 else w + x, r"it computes add .* where multiply .* was recorded"),
        (lambda x: w * x.data, r"−1 goes into multiply .* where 1 went in"),
        (lambda x: w * (x if x > 0 else 0.0), r"0 goes into multiply .* where 1 went in"),
        (lambda x: (w if x > 0 else other) * x, r"other goes into multiply other · .* where w went in"),
        (lambda x: w * x if x > 0 else (w * x).exp(), r"it ends with exp .* where multiply .* was recorded"),
        (lambda x: (w * x).exp() if x > 0 else w * x, r"it ends with multiply .* where exp .* was recorded"),
        (lambda x: w * Value(random.random()), r"0\.\d+ goes into multiply .* where 0\.\d+ went in"),
        (lambda x: w if x > 0 else other, r"it ends with the leaf other where the leaf w was recorded"),
    ],
)
def test_a_model_that_does_not_do_the_same_is_refused_with_the_first_difference(
    model: Callable[[Any], Value], difference: str
) -> None:
    before = (w.data, other.data)
    with pytest.raises(ValueError, match=r"replay=True takes a model that does the same .*: " + difference):
        nn.fit(model, [(1.0, 0.0), (-1.0, 0.0)], lambda y, t: y, nn.SGD([w, other], 0.0), 1, replay=True)
    assert (w.data, other.data) == before


def test_what_changes_in_a_later_epoch_is_found_too() -> None:
    epoch = 0

    def next_epoch(history: nn.History) -> None:
        nonlocal epoch
        epoch += 1

    def model(x: Value) -> Value:
        return w * x if epoch < 2 else w * x * 1.0

    with pytest.raises(ValueError, match="replay=True takes a model that does the same"):
        nn.fit(model, [(1.0, 0.0)], lambda y, t: y, nn.SGD([w], 0.0), 9, replay=True, callbacks=[next_epoch])
    assert epoch == 2


def test_constants_and_leaves_that_the_model_makes_may_be_there() -> None:
    def model(x: Value) -> Value:
        return w * x * 2.0 + Value(1.0, "made here") * float("nan") * 0.0

    Replays(lambda x, t: model(x), [w])(1.0, 0.0)


def test_a_replay_names_what_is_not_finite() -> None:
    parameter = Value(0.5, "p")
    with pytest.raises(FloatingPointError, match=r"the result is nan, and .* is log\(-0\.5\) = nan"):
        nn.fit(
            lambda x: (parameter * x).log(), [(1.0, 0.0), (-1.0, 0.0)], lambda y, t: y, nn.SGD([parameter], 0.0), 1,
            batch_size=1, seed=0, replay=True, progress=False,
        )  # fmt: skip
