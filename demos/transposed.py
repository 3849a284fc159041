"""The second document's equations for whole layers: one of its two passes has every weight matrix transposed.

Its section 3 takes W as outputs × inputs forward (z = W·x + b) and as inputs × outputs backward (∂L/∂W = x·δᵀ and
δ1 = (W2·δ2) ⊙ f′(z1)). Its own example has one neuron in each layer, where that makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import nn
from autograd import Value
from autograd.testing.strategies import finite_floats

PLACES = ("W in the forward pass", "W2 in δ1", "∂L/∂W2", "∂L/∂W1")  #: where a matrix can be taken the other way round


class Example(NamedTuple):
    """What the two passes run on."""

    x: Any
    y: Any
    W1: Any
    b1: Any
    W2: Any
    b2: Any


def forward_as_printed(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> tuple[Any, Any]:  # noqa: N803
    """The document's forward pass, f and g being sigmoids: what the hidden layer and the output layer put out."""
    z1 = W1 @ x + b1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = W2 @ a1 + b2
    a2 = 1 / (1 + np.exp(-z2))
    return a1, a2


def backward_as_printed(x: Any, y: Any, W2: Any, a1: Any, a2: Any) -> dict[str, Any]:  # noqa: N803
    """The document's backward pass, for the cross-entropy."""
    delta2 = a2 - y
    dW2 = np.outer(a1, delta2)  # a1·δ2ᵀ
    db2 = delta2

    delta1 = (W2 @ delta2) * a1 * (1 - a1)
    dW1 = np.outer(x, delta1)  # x·δ1ᵀ
    db1 = delta1
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def gradients(example: Example, turned: Collection[str] = ()) -> dict[str, Any]:
    """The gradients that the two passes give, with the matrices of these places transposed.

    Raises:
        ValueError: where shapes do not fit.
    """
    x, y, W1, b1, W2, b2 = example
    forward, backward, of_W2, of_W1 = (np.transpose if place in turned else np.asarray for place in PLACES)
    a1, a2 = forward_as_printed(x, forward(W1), b1, forward(W2), b2)
    found = backward_as_printed(x, y, backward(W2), a1, a2)
    return found | {"W1": of_W1(found["W1"]), "W2": of_W2(found["W2"])}


def by_the_engine(example: Example, turned: Collection[str] = ()) -> dict[str, Any]:
    """The same from the forward pass alone, neuron by neuron."""
    forward = np.transpose if PLACES[0] in turned else np.asarray
    layers, a, t = [], [Value(number) for number in example.x], example.y
    for W, b in ((example.W1, example.b1), (example.W2, example.b2)):
        weights = [[Value(w) for w in row] for row in forward(W)]
        biases = [Value(number) for number in b]
        a = [sum(map(Value.__mul__, row, a), bias).sigmoid() for row, bias in zip(weights, biases, strict=True)]
        layers.append((weights, biases))
    loss = nn.binary_cross_entropy(a, t.tolist()) * len(a)  # summed over the outputs
    loss.backward()
    found = {}
    for i, (weights, biases) in enumerate(layers, 1):
        found[f"W{i}"] = forward(np.array([[w.grad for w in row] for row in weights]))
        found[f"b{i}"] = np.array([b.grad for b in biases])
    return found


def wrong(example: Example, turned: Collection[str] = ()) -> str:
    """What is wrong with the passes on this example, in words; empty where nothing is."""
    try:
        by_hand = gradients(example, turned)
    except ValueError as error:
        return f"shapes do not fit: {str(error).partition(', with')[0]}"
    for name, engine in by_the_engine(example, turned).items():
        if by_hand[name].shape != engine.shape:
            return f"∂L/∂{name} has the shape {by_hand[name].shape}, and {name} has {engine.shape}"
        if not np.allclose(by_hand[name], engine, rtol=1e-9, atol=1e-12):
            return f"∂L/∂{name} is {engine.round(6).tolist()}, by hand it is {by_hand[name].round(6).tolist()}"
    return ""


def examples(inputs: int, hidden: int, outputs: int, turned: Collection[str] = ()) -> st.SearchStrategy[Example]:
    """Numbers from −2 to 2 for such a network, W as outputs × inputs or, where it is turned, as inputs × outputs."""

    def arrays(*shape: int) -> st.SearchStrategy[Any]:
        size = int(np.prod(shape))
        return st.lists(finite_floats(2.0), min_size=size, max_size=size).map(lambda n: np.reshape(n, shape))

    way = -1 if PLACES[0] in turned else 1
    targets = arrays(outputs).map(lambda y: abs(y) / 2)
    W1, W2 = arrays(*(hidden, inputs)[::way]), arrays(*(outputs, hidden)[::way])
    return st.builds(Example, arrays(inputs), targets, W1, arrays(hidden), W2, arrays(outputs))


def counterexample(
    sizes: tuple[int, int, int], turned: Collection[str], tries: int, simplest: bool = True
) -> Example | None:
    """An example, of so many tried, on which the passes are wrong, shrunk to a simple one; None where there is none."""
    phases = (Phase.generate, Phase.shrink) if simplest else (Phase.generate,)
    once = settings(max_examples=tries, derandomize=True, database=None, deadline=None, phases=phases)
    try:
        return find(examples(*sizes, turned), lambda example: bool(wrong(example, turned)), settings=once)
    except NoSuchExample:
        return None


def what_to_transpose(sizes: tuple[int, int, int], tries: int) -> list[tuple[str, ...]]:
    """All choices of `PLACES` with which the two passes are right on every example tried, found by trying each."""
    choices = [choice for count in range(len(PLACES) + 1) for choice in combinations(PLACES, count)]
    return [choice for choice in choices if counterexample(sizes, choice, tries, simplest=False) is None]
