"""Code written for micrograd runs with its imports changed and nothing else, and gives micrograd's numbers."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn


def sanity_check(Value: Any) -> Any:
    """micrograd's own test_sanity_check, as it stands."""
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return x, y


def more_ops(Value: Any) -> Any:
    """micrograd's own test_more_ops, as it stands."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return a, b, g


def test_its_sanity_check_gives_the_numbers_that_its_own_test_asks_torch_for() -> None:
    x, y = sanity_check(autograd.Value)
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_its_more_ops_give_the_figures_of_its_readme() -> None:
    a, b, g = more_ops(autograd.Value)
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


@pytest.mark.parametrize("program", [sanity_check, more_ops])
def test_its_test_programs_give_its_bits(program: Any) -> None:
    engine = pytest.importorskip("micrograd.engine", reason="the engine that is compared with")
    for theirs, ours in zip(program(engine.Value), program(autograd.Value), strict=True):
        assert (ours.data, ours.grad) == pytest.approx((theirs.data, theirs.grad), rel=1e-14)


@given(st.lists(st.floats(-2, 2), min_size=3, max_size=3), st.integers(0, 2**32))
def test_its_network_with_its_weights_gives_its_loss_and_gradients(inputs: list[float], seed: int) -> None:
    micrograd_nn = pytest.importorskip("micrograd.nn", reason="the network that is compared with")
    random.seed(seed)
    theirs = micrograd_nn.MLP(3, [4, 4, 1])
    ours = nn.MLP(3, [4, 4, 1])
    assert len(ours.parameters()) == len(theirs.parameters()) == 41
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        own.data = other.data
    results = []
    for model in (theirs, ours):
        model.zero_grad()
        loss = (model(inputs) - 1.0) ** 2
        loss.backward()
        results.append([loss.data, *[p.grad for p in model.parameters()]])
    # Each sum of at most five products of numbers under 4·2ⁿ may be added up in another order.
    assert results[1] == pytest.approx(results[0], rel=1e-12, abs=1e-12)


def test_its_demos_training_step_runs_as_it_stands() -> None:
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    assert len(model.parameters()) == 337
    X, y = [[0.5, -0.2], [-1.0, 0.3], [1.5, 0.8]], [1, -1, 1]

    def loss() -> tuple[Any, float]:
        inputs = [list(map(autograd.Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
        return total_loss, sum(accuracy) / len(accuracy)

    before, _ = loss()
    for k in range(20):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= 0.1 * learning_rate * p.grad
    after, acc = loss()
    assert after.data < before.data
    assert acc == 1.0
