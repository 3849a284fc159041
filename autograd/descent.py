"""The loops of `nn.optim`, compiled: parameters follow their gradients, all at once.

They are here, and not there, to be compiled with the engine where it is: a loop of Python's over some hundred
parameters takes longer than a replay of the graph that they are in. The formulas are explained where they are used.
"""

from __future__ import annotations

import math
from array import array

from autograd import memory
from autograd.engine import Value


def zero_grads(parameters: list[Value]) -> None:
    """Set every gradient to 0."""
    for parameter in parameters:
        parameter._grad = 0.0


def all_grads_finite(parameters: list[Value]) -> bool:
    """Whether no gradient is inf or nan."""
    finite = True
    for parameter in parameters:
        finite = finite and math.isfinite(parameter._grad)
    return finite


def sgd_step(
    parameters: list[Value], velocities: array[float], lr: float, momentum: float, nesterov: bool, weight_decay: float
) -> None:
    """One step of `nn.SGD`."""
    v = memory.numbers_in(velocities, len(parameters))
    for i, parameter in enumerate(parameters):
        grad = parameter._grad + weight_decay * parameter._data
        velocity = momentum * v[i] + grad
        v[i] = velocity
        parameter._data -= lr * (grad + momentum * velocity if nesterov else velocity)


def adam_step(
    parameters: list[Value],
    means: array[float],
    squares: array[float],
    lr: float,
    betas: tuple[float, float],
    unbias: tuple[float, float],
    eps: float,
) -> None:
    """One step of `nn.Adam`."""
    beta1, beta2 = betas
    unbias1, unbias2 = unbias
    m, s = memory.numbers_in(means, len(parameters)), memory.numbers_in(squares, len(parameters))
    for i, parameter in enumerate(parameters):
        grad = parameter._grad
        mean = beta1 * m[i] + (1 - beta1) * grad
        square = beta2 * s[i] + (1 - beta2) * grad * grad
        m[i], s[i] = mean, square
        parameter._data -= lr * (mean / unbias1) / (math.sqrt(square / unbias2) + eps)
