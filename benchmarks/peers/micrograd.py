"""micrograd: the model of them all. No exp, no log, no sigmoid, and no power but a number."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.engine import Value

from benchmarks.peers import Loss, Recorded


class Micrograd:
    name = "micrograd"
    number = Value
    relu = staticmethod(Value.relu)

    def model(self, loss: Loss, start: Sequence[float]) -> Recorded:
        return Recorded(self, loss, start)


ENGINES = [Micrograd()]
