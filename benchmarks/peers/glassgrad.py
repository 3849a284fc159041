"""This engine: compiled and as plain Python, recording at each step, with sums of products fused, and replaying, on
a tape and without."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from types import ModuleType

import autograd
import nn
from benchmarks.peers import Loss, Recorded


def plain_python() -> ModuleType:
    """A second copy of the package, from its source, whatever was compiled from it."""
    folder = os.path.dirname(autograd.__file__)
    first = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "autograd"}
    finder = sys.path_importer_cache.get(folder)
    sys.path_importer_cache[folder] = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))
    try:
        return importlib.import_module("autograd")
    finally:
        for name in list(sys.modules):
            if name.partition(".")[0] == "autograd":
                del sys.modules[name]
        sys.modules.update(first)
        sys.path_importer_cache[folder] = finder


class Stepped(Recorded):
    """Descends by `nn.SGD`, which knows the Values of the package that it is for, and not of the copy."""

    def __init__(self, engine: Recording, loss: Loss, start: Sequence[float]) -> None:
        super().__init__(engine, loss, start)
        self.optimizer = nn.SGD(self.parameters, lr=0.0) if engine.package is autograd else None

    def descend(self, rate: float) -> None:
        if self.optimizer is None:
            super().descend(rate)
        else:
            self.optimizer.lr = rate
            self.optimizer.step()
            self.optimizer.zero_grad()


class Replayed(Stepped):
    def __init__(self, engine: Replaying, loss: Loss, start: Sequence[float]) -> None:
        super().__init__(engine, loss, start)
        self.graph = engine.package.Graph(loss(engine, self.parameters))
        self.step = self.graph.forward_backward  # type: ignore[method-assign]  # with no call between, as CasADi's

    def make_tape(self) -> None:
        """What the first step does besides, once more."""
        self.engine.package.tape.tape_of(self.graph._order)


class Walked(Stepped):
    """Replays node by node, as a graph did before it had a tape, and does where that does not pay."""

    def __init__(self, engine: Walking, loss: Loss, start: Sequence[float]) -> None:
        super().__init__(engine, loss, start)
        self.order = engine.package.engine.topological_order(loss(engine, self.parameters))

    def step(self) -> None:
        self.engine.package.engine.recompute(self.order)
        self.engine.package.engine.backpropagate(self.order, 1.0)


class Recording:
    def __init__(self, package: ModuleType, name: str) -> None:
        self.package, self.name = package, name
        value = package.Value
        self.number, self.relu, self.sigmoid = value, value.relu, value.sigmoid
        self.exp, self.log = value.exp, value.log

    def model(self, loss: Loss, start: Sequence[float]) -> Recorded:
        return Stepped(self, loss, start)


class Fusing(Recording):
    """The same, a weighted sum being one node."""

    def __init__(self, package: ModuleType, name: str) -> None:
        super().__init__(package, name)
        self.dot = package.dot


class Replaying(Recording):
    def model(self, loss: Loss, start: Sequence[float]) -> Replayed:
        return Replayed(self, loss, start)


class Walking(Recording):
    def model(self, loss: Loss, start: Sequence[float]) -> Walked:
        return Walked(self, loss, start)


plain = plain_python()
ENGINES = [
    Recording(plain, "glassgrad, plain Python"),
    Replaying(plain, "glassgrad, plain Python, replayed"),
    Walking(plain, "glassgrad, plain Python, replayed node by node"),
]
if autograd.COMPILED:
    ENGINES = [
        Recording(autograd, "glassgrad"),
        Fusing(autograd, "glassgrad, fused"),
        Replaying(autograd, "glassgrad, replayed"),
        Walking(autograd, "glassgrad, replayed node by node"),
        *ENGINES,
    ]
