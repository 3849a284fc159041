"""CasADi: symbols first, then a ``Function`` of value and gradient, called through its buffers."""

from __future__ import annotations

from collections.abc import Sequence

import casadi
import numpy as np

from benchmarks.peers import Loss


class Model:
    def __init__(self, engine: Casadi, loss: Loss, start: Sequence[float]) -> None:
        symbols = casadi.SX.sym("x", len(start))
        root = loss(engine, casadi.vertsplit(symbols))
        self.function = casadi.Function("f", [symbols], [root, casadi.gradient(root, symbols)])
        self.x, self.value, self.gradient = np.array(start), np.zeros(1), np.zeros(len(start))
        self.buffer, self.step = self.function.buffer()
        self.buffer.set_arg(0, memoryview(self.x))
        self.buffer.set_res(0, memoryview(self.value))
        self.buffer.set_res(1, memoryview(self.gradient))

    def gradients(self) -> list[float]:
        return self.gradient.tolist()

    def descend(self, rate: float) -> None:
        self.x -= rate * self.gradient


class Casadi:
    name = "CasADi Function"
    number = float
    exp = staticmethod(casadi.exp)
    log = staticmethod(casadi.log)

    def relu(self, x: casadi.SX) -> casadi.SX:
        return casadi.fmax(x, 0.0)

    def sigmoid(self, x: casadi.SX) -> casadi.SX:
        return 1.0 / (1.0 + casadi.exp(-x))

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(self, loss, start)


ENGINES = [Casadi()]
