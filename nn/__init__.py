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

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        "the package autograd that Python finds is not glassgrad's: HIPS autograd, of the same import name, is or "
        "was installed beside it. Keep them in two environments; to have glassgrad alone in this one: "
        "python -m pip uninstall --yes autograd glassgrad && python -m pip install glassgrad"
    )

from nn import init, schedules
from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_squared_error,
    hinge,
    mean_squared_error,
    softmax_cross_entropy,
)
from nn.module import Module
from nn.networks import one_one_one, one_two_one
from nn.optim import SGD, Adam, Optimizer
from nn.train import History, fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "fit",
    "half_squared_error",
    "hinge",
    "init",
    "mean_squared_error",
    "one_one_one",
    "one_two_one",
    "schedules",
    "softmax_cross_entropy",
]
