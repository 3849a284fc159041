"""The engines that are compared, each behind the same few names.

An engine has a ``name``; the functions that expressions are written with, as its users would call them (``number``
for an input or a target, ``relu``, ``sigmoid``, ``exp``, ``log``, as far as it has them; operators are the numbers'
own); and ``model(loss, start)``, which takes a function from parameters to a loss and gives something to train:

    step()          value and gradient of the loss at the present parameters: what is timed
    gradients()     what the last step found, as floats
    descend(rate)   one step of gradient descent

An engine that records as it runs, records anew at each step. One that records once and is given numbers afterwards,
does so in ``model``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

MODULES = ("glassgrad", "micrograd", "torch", "xad", "casadi", "ddx", "document", "matrices", "floats")

Loss = Callable[[Any, Sequence[Any]], Any]  #: takes the engine and the parameters


def load() -> tuple[list[Any], list[str]]:
    """The engines whose packages are installed, and what to say of the others."""
    engines, missing = [], []
    for name in MODULES:
        try:
            engines += importlib.import_module(f"benchmarks.peers.{name}").ENGINES
        except ModuleNotFoundError as error:
            missing.append(f"{name} is left out: the package {error.name} is not installed")
    return engines, missing


class Recorded:
    """A model on Values, micrograd's or ours: recorded at each step, while the last one is still held."""

    def __init__(self, engine: Any, loss: Loss, start: Sequence[float]) -> None:
        self.engine, self.loss = engine, loss
        self.parameters = [engine.number(x) for x in start]

    def step(self) -> None:
        self.root = self.loss(self.engine, self.parameters)
        self.root.backward()

    def gradients(self) -> list[float]:
        return [parameter.grad for parameter in self.parameters]

    def descend(self, rate: float) -> None:
        for parameter in self.parameters:
            parameter.data -= rate * parameter.grad
            parameter.grad = 0.0
