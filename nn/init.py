"""Initialisers: weights drawn so that signals neither fade nor explode from layer to layer.

A weighted sum of n inputs has n times the variance of one term, so weights are drawn the smaller the more of them feed
a neuron (its fan-in) or the more neurons it feeds (fan-out). Glorot and Bengio (2010) balance both, for sigmoid and
tanh; He et al. (2015) keep the forward pass level through relu, which halves a signal's power. Each takes a network or
one layer, draws its weights anew, in order, and leaves the biases; ``rng`` is a ``random.Random``, or None for the
module ``random``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from nn.layers import MLP, Layer


def xavier_uniform(network: MLP | Layer, rng: random.Random | None = None) -> None:
    """Glorot's: uniform, between ±√(6 / (fan-in + fan-out)).

    >>> net = MLP(2, [4, 1], hidden="tanh")
    >>> xavier_uniform(net)
    >>> all(abs(w.data) <= 1 for w in net.layers[0].neurons[3].w)      # √(6 / (2 + 4))
    True
    """
    _draw(network, lambda rng, fan_in, fan_out: _uniform(rng, 2 / (fan_in + fan_out)), rng)


def xavier_normal(network: MLP | Layer, rng: random.Random | None = None) -> None:
    """Glorot's: normal, with the variance 2 / (fan-in + fan-out)."""
    _draw(network, lambda rng, fan_in, fan_out: rng.gauss(0.0, math.sqrt(2 / (fan_in + fan_out))), rng)


def kaiming_uniform(network: MLP | Layer, rng: random.Random | None = None) -> None:
    """He's, for relu: uniform, between ±√(6 / fan-in)."""
    _draw(network, lambda rng, fan_in, fan_out: _uniform(rng, 2 / fan_in), rng)


def kaiming_normal(network: MLP | Layer, rng: random.Random | None = None) -> None:
    """He's, for relu: normal, with the variance 2 / fan-in."""
    _draw(network, lambda rng, fan_in, fan_out: rng.gauss(0.0, math.sqrt(2 / fan_in)), rng)


def _uniform(rng: Any, variance: float) -> float:
    """Uniform around 0: between ±a the variance is a²/3."""
    bound = math.sqrt(3 * variance)
    return float(rng.uniform(-bound, bound))


def _draw(network: MLP | Layer, draw: Callable[[Any, int, int], float], rng: random.Random | None) -> None:
    for layer in network.layers if isinstance(network, MLP) else [network]:
        for neuron in layer.neurons:
            for w in neuron.w:
                w.data = draw(rng or random, len(neuron.w), len(layer.neurons))
