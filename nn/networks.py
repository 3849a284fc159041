"""The 1-1-1 and the 1-2-1 network of the worked examples, with the weights and the names that they have there."""

from __future__ import annotations

import random

from nn.layers import MLP


def one_two_one(w1: float = 0.5, w2: float = -0.5, w3: float = 0.3, w4: float = -0.3) -> MLP:
    """1 input, 2 hidden neurons, 1 output, sigmoids, no biases: y = σ(w3·h1 + w4·h2), hᵢ = σ(wᵢ·x).

    >>> y = one_two_one()([1.0])
    >>> y.data
    0.5183606401800915
    """
    network = MLP(1, [2, 1], hidden="sigmoid", output="sigmoid", bias=False, rng=random.Random(0))
    _set(network, w1=w1, w2=w2, w3=w3, w4=w4)
    (first, second), (last,) = (layer.neurons for layer in network.layers)
    first.labels, second.labels, last.labels = ("z1", "h1"), ("z2", "h2"), ("z3", "y")
    return network


def one_one_one(W1: float = 0.4, b1: float = 0.3, W2: float = 0.7, b2: float = 0.2) -> MLP:
    """1 input, 1 hidden neuron, 1 output, sigmoids, with biases: a2 = σ(W2·a1 + b2), a1 = σ(W1·x + b1).

    >>> a2 = one_one_one()([0.5])
    >>> print(f"{a2:.6f}")
    0.653786
    """
    network = MLP(1, [1, 1], hidden="sigmoid", output="sigmoid", rng=random.Random(0))
    _set(network, W1=W1, b1=b1, W2=W2, b2=b2)
    for i, layer in enumerate(network.layers, 1):
        layer.neurons[0].labels = f"z{i}", f"a{i}"
    return network


def _set(network: MLP, **parameters: float) -> None:
    """Give the parameters, in order, these names and numbers."""
    for parameter, (label, data) in zip(network.parameters(), parameters.items(), strict=True):
        parameter.label, parameter.data = label, data
