"""Gradient descent: how parameters follow their gradients."""

from __future__ import annotations

from collections.abc import Iterable

from autograd.engine import Value
from autograd.ops import number


class SGD:
    """Gradient descent: every step takes each parameter to W − η·∂L/∂W, η being the learning rate ``lr``.

    >>> w = Value(3.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> w.data < 1e-8
    True
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = number(lr)

    def zero_grad(self) -> None:
        """Set every gradient to 0, as is due before each ``backward``: gradients add up."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move every parameter by its gradient."""
        for parameter in self.parameters:
            parameter.data -= self.lr * parameter.grad
