"""The optimizers, `SGD` and `Adam`: how parameters follow their gradients.

The formulas are PyTorch's, and so are the numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

from autograd.descent import adam_step, sgd_step, zero_grads
from autograd.engine import Value
from autograd.operation import number


class Optimizer(ABC):
    """What moves ``parameters`` at the learning rate ``lr``, which may be assigned between steps."""

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        given: Any = parameters if hasattr(parameters, "__iter__") else [parameters]
        self.parameters: list[Value] = list(given)
        self.lr = number(lr)
        if not self.parameters:
            raise ValueError("an optimizer takes at least one parameter, got none")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(
                    f"an optimizer takes Values, as network.parameters() gives them, got {type(parameter).__name__}"
                )
            if parameter.op is not None:
                raise ValueError(f"an optimizer moves leaves, and {parameter!r} was computed from others")
        times = Counter(map(id, self.parameters))
        for parameter in self.parameters:
            if times[id(parameter)] > 1:
                raise ValueError(
                    f"an optimizer takes each parameter once, and would step {parameter!r} {times[id(parameter)]} times"
                )

    def zero_grad(self) -> None:
        """Set every gradient to 0, as is due before each ``backward``: gradients add up."""
        zero_grads(self.parameters)

    @abstractmethod
    def step(self) -> None:
        """Move every parameter by its gradient."""


class SGD(Optimizer):
    """Gradient descent: every step takes each parameter to W − η·∂L/∂W, η being the learning rate ``lr``.

    Args:
        parameters: the Values to move.
        lr: the learning rate η.
        momentum: μ, how much of the step before is kept: v := μ·v + ∂L/∂W, and then W := W − η·v.
        nesterov: whether to look ahead: W := W − η·(∂L/∂W + μ·v).
        weight_decay: λ, adding λ·W to each gradient, as ½λ·W² in the loss would.

    Raises:
        TypeError: where a parameter is not a Value.
        ValueError: where there is none, or one comes twice or was computed from others, or for Nesterov's method
            without momentum.

    >>> w = Value(3.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()
    ...     optimizer.step()
    >>> w.data < 1e-8
    True
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        if nesterov and momentum <= 0:
            raise ValueError(f"Nesterov's method looks ahead along the momentum, got momentum={momentum}")
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay
        self._velocities = array("d", [0.0] * len(self.parameters))

    def step(self) -> None:
        """Move every parameter by its gradient."""
        lr, momentum, weight_decay = number(self.lr), number(self.momentum), number(self.weight_decay)
        sgd_step(self.parameters, self._velocities, lr, momentum, self.nesterov, weight_decay)


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015, algorithm 1): steps of about ``lr``, whatever the gradients' scale.

    Args:
        parameters: the Values to move.
        lr: the learning rate.
        betas: how much is kept of the running means of the gradient and of its square.
        eps: added to the root of the latter, against division by 0.

    >>> w = Value(3.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (1000 * w).backward()
    >>> optimizer.step()
    >>> print(f"{w:.6f}")
    2.900000
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps
        self._steps = 0
        self._means = array("d", [0.0] * len(self.parameters))
        self._squares = array("d", self._means)

    def step(self) -> None:
        """Move every parameter by its mean gradient over its root mean square, both freed of their start at 0."""
        beta1, beta2 = self.betas
        self._steps += 1
        unbias1, unbias2 = 1 - beta1**self._steps, 1 - beta2**self._steps
        adam_step(
            self.parameters,
            self._means,
            self._squares,
            number(self.lr),
            (beta1, beta2),
            (unbias1, unbias2),
            number(self.eps),
        )
