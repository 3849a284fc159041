"""PyTorch, with a tensor for every number: what happens when a scalar engine is not what one wants but what one has."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from benchmarks.peers import Loss

torch.set_num_threads(1)


class Model:
    def __init__(self, engine: Torch, loss: Loss, start: Sequence[float]) -> None:
        self.engine, self.loss = engine, loss
        self.parameters = [engine.number(x).requires_grad_() for x in start]

    def step(self) -> None:
        self.root = self.loss(self.engine, self.parameters)
        self.root.backward()

    def gradients(self) -> list[float]:
        return [0.0 if parameter.grad is None else parameter.grad.item() for parameter in self.parameters]

    @torch.no_grad()
    def descend(self, rate: float) -> None:
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter -= rate * parameter.grad
                parameter.grad = None


class Torch:
    name = "PyTorch, scalar tensors"
    relu = staticmethod(torch.relu)
    sigmoid = staticmethod(torch.sigmoid)
    exp = staticmethod(torch.exp)
    log = staticmethod(torch.log)

    def number(self, x: float) -> torch.Tensor:
        return torch.tensor(x, dtype=torch.float64)

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(self, loss, start)


ENGINES = [Torch()]
