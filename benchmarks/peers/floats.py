"""Plain floats, the floor: the same Python computes the value, and nobody the gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.peers import Loss


class Model:
    def __init__(self, engine: Floats, loss: Loss, start: Sequence[float]) -> None:
        self.engine, self.loss, self.start = engine, loss, list(start)

    def step(self) -> None:
        self.loss(self.engine, self.start)


class Floats:
    name = "plain floats, value only"
    number = float
    exp = staticmethod(math.exp)
    log = staticmethod(math.log)

    def relu(self, x: float) -> float:
        return max(x, 0.0)

    def sigmoid(self, x: float) -> float:
        return 1.0 / (1.0 + math.exp(-x))

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(self, loss, start)


ENGINES = [Floats()]
