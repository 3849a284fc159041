"""Neural networks out of Values: micrograd's shapes, textbook losses, and gradient descent.

>>> import nn
>>> net = nn.one_one_one()
>>> optimizer = nn.SGD(net.parameters(), lr=0.1)
>>> loss = nn.half_squared_error(net([0.5]), 1.0)
>>> loss.backward()
>>> optimizer.step()
>>> print(f"loss {loss:.6f}; now W1 = {net.parameters()[0].data}")
loss 0.059932; now W1 = 0.4006445672678901
"""

from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_squared_error,
    mean_squared_error,
)
from nn.module import Module
from nn.networks import one_one_one, one_two_one
from nn.optim import SGD

__all__ = [
    "MLP",
    "SGD",
    "Layer",
    "Module",
    "Neuron",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "half_squared_error",
    "mean_squared_error",
    "one_one_one",
    "one_two_one",
]
