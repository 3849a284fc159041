"""The delta equations: backpropagation through the two worked examples, done by hand.

Plain numbers, one line for each application of the chain rule, as one writes it on paper; δ is ∂L/∂z, the error that
arrives at a weighted sum. The engine has to agree with these equations, for any weights, input and target, and so has
whoever derives them again. ::

    output layer    δ2 = ∂L/∂a2 · σ′(z2)        which is (a2 − t)·σ′(z2) for the half squared error,
                                                and a2 − t for the binary cross-entropy
    hidden layer    δ1 = W2·δ2 · σ′(z1)
    a parameter     ∂L/∂W = δ · (its input),  ∂L/∂b = δ
    one step        W := W − η·∂L/∂W
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from autograd.ops import divide, log, sigmoid

Loss: TypeAlias = Literal["half_squared_error", "binary_cross_entropy"]


class Pass(NamedTuple):
    """A forward and a backward pass, by the names that the networks of `nn.networks` give their Values."""

    values: dict[str, float]  #: what each quantity is, the loss L included
    gradients: dict[str, float]  #: ∂L/∂ each quantity


def one_two_one(
    x: float,
    t: float,
    w1: float = 0.5,
    w2: float = -0.5,
    w3: float = 0.3,
    w4: float = -0.3,
    *,
    loss: Loss = "half_squared_error",
) -> Pass:
    """The 1-2-1 network of `nn.one_two_one`, on the input x and the target t.

    >>> values, gradients = one_two_one(x=1, t=0)
    >>> print(f"L = {values['L']:.6f}, ∂L/∂w1 = {gradients['w1']:.6f}")
    L = 0.134349, ∂L/∂w1 = 0.009124
    """
    z1 = w1 * x
    z2 = w2 * x
    h1 = sigmoid(z1)
    h2 = sigmoid(z2)
    z3 = w3 * h1 + w4 * h2
    y = sigmoid(z3)
    L, dL_dy, delta3 = _loss(loss, y, t)
    delta1 = w3 * delta3 * h1 * (1 - h1)
    delta2 = w4 * delta3 * h2 * (1 - h2)
    return Pass(
        {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "z3": z3, "y": y, "L": L},
        {
            "y": dL_dy,
            "z3": delta3,
            "w3": delta3 * h1,
            "w4": delta3 * h2,
            "h1": delta3 * w3,
            "h2": delta3 * w4,
            "z1": delta1,
            "z2": delta2,
            "w1": delta1 * x,
            "w2": delta2 * x,
        },
    )


def one_one_one(
    x: float,
    t: float,
    W1: float = 0.4,
    b1: float = 0.3,
    W2: float = 0.7,
    b2: float = 0.2,
    *,
    loss: Loss = "half_squared_error",
) -> Pass:
    """The 1-1-1 network of `nn.one_one_one`, on the input x and the target t.

    >>> values, gradients = one_one_one(x=0.5, t=1)
    >>> print(f"{values['a2']:.6f}, {values['L']:.6f}")
    0.653786, 0.059932
    """
    z1 = W1 * x + b1
    a1 = sigmoid(z1)
    z2 = W2 * a1 + b2
    a2 = sigmoid(z2)
    L, dL_da2, delta2 = _loss(loss, a2, t)
    delta1 = W2 * delta2 * a1 * (1 - a1)
    return Pass(
        {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": L},
        {
            "a2": dL_da2,
            "z2": delta2,
            "W2": delta2 * a1,
            "b2": delta2,
            "a1": delta2 * W2,
            "z1": delta1,
            "W1": delta1 * x,
            "b1": delta1,
        },
    )


def _loss(loss: Loss, a: float, t: float) -> tuple[float, float, float]:
    """The loss L of an output a = σ(z) for the target t, ∂L/∂a, and δ = ∂L/∂z."""
    if loss == "half_squared_error":
        return 0.5 * (a - t) * (a - t), a - t, (a - t) * a * (1 - a)
    if loss == "binary_cross_entropy":
        # t·log a is 0 where t is, and σ′(z) = a·(1 − a) cancels from δ
        L = -((t * log(a) if t else 0.0) + ((1 - t) * log(1 - a) if t != 1 else 0.0))
        return L, divide(a - t, a * (1 - a)), a - t
    raise ValueError(f"unknown loss {loss!r}; there are half_squared_error and binary_cross_entropy")


def step(parameters: dict[str, float], gradients: dict[str, float], lr: float) -> dict[str, float]:
    """The parameters after one step of gradient descent, W − η·∂L/∂W, η being ``lr``.

    >>> step({"W": 1.0}, {"W": 0.5}, lr=0.1)
    {'W': 0.95}
    """
    return {name: parameter - lr * gradients[name] for name, parameter in parameters.items()}
