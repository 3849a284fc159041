"""Graphs that several tests look at."""

from __future__ import annotations

import nn
from autograd import Value


def one_two_one() -> Value:
    loss = nn.half_squared_error(nn.one_two_one()([Value(1, "x")]), Value(0, "t"))
    loss.label = "L"
    return loss


def shared() -> Value:
    """L = u·(u + c): u is used twice, and first where its gradient is not yet complete."""
    a, b, c = Value(2, "a"), Value(-3, "b"), Value(1.5, "c")
    u = a * b
    u.label = "u"
    root = u * (u + c)
    root.label = "L"
    return root


def diamond() -> Value:
    """d = b·(b + a) with b = a·a: an operand comes twice, and ∂d/∂b = c = 6 is not b.grad = 10."""
    a = Value(2, "a")
    b = a * a
    c = b + a
    d = b * c
    b.label, c.label, d.label = "b", "c", "d"
    return d
