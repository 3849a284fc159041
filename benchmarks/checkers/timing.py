"""How long a check takes, side by side: many inputs, first and second derivatives."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from time import process_time
from typing import Any

import torch

import autograd
from autograd.testing import gradcheck, gradgradcheck

ROUNDS = 5
FUNCTIONS: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "Σ tanh(xᵢxᵢ₊₁)": lambda e: lambda *x: sum(e.tanh(a * b) for a, b in zip(x, x[1:] + x[:1], strict=True)),
    "log Σ exp xᵢ": lambda e: lambda *x: e.log(sum(e.exp(v) for v in x)),
}


def measure() -> list[tuple[str, float, float]]:
    """For each check its name, our processor seconds and PyTorch's: medians of turns taken one after the other."""
    torch.set_num_threads(1)
    chance = random.Random(3)
    rows = []
    for name, function in FUNCTIONS.items():
        for count, check, ours, theirs in (
            (200, "gradcheck", gradcheck, torch.autograd.gradcheck),
            (50, "gradgradcheck", gradgradcheck, torch.autograd.gradgradcheck),
        ):
            point = [chance.uniform(-2, 2) for _ in range(count)]
            tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
            turns = [
                (seconds(ours, function(autograd), point), seconds(theirs, function(torch), tensors))
                for _ in range(ROUNDS)
            ]
            mine, other = (statistics.median(column) for column in zip(*turns, strict=True))
            rows.append((f"`{check}` of {name}, {count} inputs", mine, other))
    return rows


def seconds(check: Any, f: Any, point: Any) -> float:
    start = process_time()
    check(f, point)
    return process_time() - start
