"""micrograd's demo as one writes it without a scalar engine: in matrices, of NumPy by hand, of PyTorch by its autograd.

Both take all points at once. The parameters are one vector, in the order of the scalar engines; layers are views of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.peers import Loss
from benchmarks.work import DEMO_LAYERS, demo_numbers

torch.set_num_threads(1)
SHAPES = [(nout, nin + 1) for nin, nout in DEMO_LAYERS]  # of a layer's numbers: a row for each neuron, its bias last


def layers(parameters: Any) -> list[Any]:
    """Views of the vector: a matrix for each layer."""
    views, at = [], 0
    for rows, columns in SHAPES:
        views.append(parameters[at : at + rows * columns].reshape(rows, columns))
        at += rows * columns
    return views


class ByHand:
    def __init__(self, start: Sequence[float]) -> None:
        _, points, labels = demo_numbers()
        self.x, self.y = np.array(points), np.array(labels)
        self.parameters, self.gradient = np.array(start), np.empty(len(start))
        self.weights = [(layer[:, :-1].T, layer[:, -1]) for layer in layers(self.parameters)]
        self.found = [(layer[:, :-1], layer[:, -1]) for layer in layers(self.gradient)]

    def step(self) -> None:
        (w1, b1), (w2, b2), (w3, b3) = self.weights
        (dw1, db1), (dw2, db2), (dw3, db3) = self.found
        x, y, n = self.x, self.y, len(self.y)
        h1 = np.maximum(x @ w1 + b1, 0.0)
        h2 = np.maximum(h1 @ w2 + b2, 0.0)
        margin = np.maximum(1.0 - y * (h2 @ w3 + b3)[:, 0], 0.0)
        self.loss = margin.sum() / n + 1e-4 * (self.parameters @ self.parameters)
        d3 = ((margin > 0) * y * (-1.0 / n))[:, None]
        d2 = (d3 @ w3.T) * (h2 > 0)
        d1 = (d2 @ w2.T) * (h1 > 0)
        dw3[:], db3[:] = d3.T @ h2, d3.sum(0)
        dw2[:], db2[:] = d2.T @ h1, d2.sum(0)
        dw1[:], db1[:] = d1.T @ x, d1.sum(0)
        self.gradient += 2e-4 * self.parameters

    def gradients(self) -> list[float]:
        return self.gradient.tolist()

    def descend(self, rate: float) -> None:
        self.parameters -= rate * self.gradient


class ByAutograd:
    def __init__(self, start: Sequence[float]) -> None:
        _, points, labels = demo_numbers()
        self.x = torch.tensor(points, dtype=torch.float64)
        self.y = torch.tensor(labels, dtype=torch.float64)[:, None]
        self.layers = []
        for layer in layers(torch.tensor(start, dtype=torch.float64)):
            self.layers += [layer[:, :-1].clone().requires_grad_(), layer[:, -1].clone().requires_grad_()]

    def step(self) -> None:
        w1, b1, w2, b2, w3, b3 = self.layers
        h1 = torch.relu(torch.addmm(b1, self.x, w1.T))
        h2 = torch.relu(torch.addmm(b2, h1, w2.T))
        margin = torch.relu(1.0 - self.y * torch.addmm(b3, h2, w3.T))
        penalty = sum((p * p).sum() for p in self.layers)
        for p in self.layers:
            p.grad = None
        (margin.mean() + 1e-4 * penalty).backward()

    def gradients(self) -> list[float]:
        pairs = zip(self.layers[::2], self.layers[1::2], strict=True)
        return torch.cat([torch.cat([w.grad, b.grad[:, None]], 1).flatten() for w, b in pairs]).tolist()

    @torch.no_grad()
    def descend(self, rate: float) -> None:
        for p in self.layers:
            p -= rate * p.grad


class Matrices:
    only = "demo"

    def __init__(self, name: str, kind: type) -> None:
        self.name, self.kind = name, kind

    def model(self, loss: Loss, start: Sequence[float]) -> Any:
        return self.kind(start)


ENGINES = [Matrices("NumPy, by hand", ByHand), Matrices("PyTorch, tensors", ByAutograd)]
