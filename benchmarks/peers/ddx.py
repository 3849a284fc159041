"""ddx-ad: a graph in C++ over named symbols, interpreted or compiled to machine code through LLVM."""

from __future__ import annotations

from collections.abc import Sequence

import ddx
import numpy as np

from benchmarks.peers import Loss


class Model:
    def __init__(self, engine: Ddx, loss: Loss, start: Sequence[float]) -> None:
        def equation() -> ddx.Expression:
            return loss(engine, [ddx.var(f"x{i}") for i in range(len(start))])

        self.equation = ddx.equation(equation)
        if engine.compiled:
            self.equation.compile()
        self.step = self.equation.buffer(np.array(start))

    def gradients(self) -> list[float]:
        return self.step.jacobian.tolist()

    def descend(self, rate: float) -> None:
        self.step.x[:] -= rate * self.step.jacobian


class Ddx:
    number = float
    exp = staticmethod(ddx.exp)
    log = staticmethod(ddx.log)

    def __init__(self, name: str, *, compiled: bool) -> None:
        self.name, self.compiled = name, compiled

    def relu(self, x: ddx.Expression) -> ddx.Expression:
        return ddx.max(x, 0.0)

    def sigmoid(self, x: ddx.Expression) -> ddx.Expression:
        return 1.0 / (1.0 + ddx.exp(-x))

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(self, loss, start)


ENGINES = [Ddx("ddx-ad, interpreted", compiled=False)]
if ddx.has_jit:
    ENGINES.append(Ddx("ddx-ad, through LLVM", compiled=True))
