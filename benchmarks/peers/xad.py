"""XAD: a tape in C++, with Python bindings."""

from __future__ import annotations

from collections.abc import Sequence

import xad.adj_1st
import xad.math

from benchmarks.peers import Loss

tape = xad.adj_1st.Tape()
tape.activate()


class Model:
    def __init__(self, engine: Xad, loss: Loss, start: Sequence[float]) -> None:
        self.engine, self.loss = engine, loss
        self.start = list(start)

    def step(self) -> None:
        tape.clearAll()
        self.parameters = [xad.adj_1st.Real(x) for x in self.start]
        tape.registerInputs(self.parameters)
        tape.newRecording()
        root = self.loss(self.engine, self.parameters)
        tape.registerOutput(root)
        root.derivative = 1.0
        tape.computeAdjoints()

    def gradients(self) -> list[float]:
        return [parameter.derivative for parameter in self.parameters]

    def descend(self, rate: float) -> None:
        self.start = [x - rate * parameter.derivative for x, parameter in zip(self.start, self.parameters, strict=True)]


class Xad:
    name = "XAD"
    number = xad.adj_1st.Real
    exp = staticmethod(xad.math.exp)
    log = staticmethod(xad.math.log)

    def relu(self, x: xad.adj_1st.Real) -> xad.adj_1st.Real:
        return xad.math.max(x, 0.0)

    def sigmoid(self, x: xad.adj_1st.Real) -> xad.adj_1st.Real:
        return 1.0 / (1.0 + xad.math.exp(-x))

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(self, loss, start)


ENGINES = [Xad()]
