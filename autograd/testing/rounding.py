"""How far a double may be off: what a gradient check and a check by hand have to allow for."""

from __future__ import annotations

import math

import autograd.ops as ops
from autograd.engine import Value
from autograd.graph import Graph
from autograd.node import edges

UNIT = 2.0**-53  # the unit roundoff: a correctly rounded result is within this of the exact one, relatively
SUBNORMAL = 2.0**-1000  # what is smaller may have been rounded to a subnormal number, and counts as 0
ROUNDINGS = 8  # how many units an operation's result is taken to be off by, at most


def sizes(root: Value) -> dict[Value, float]:
    """For each node, the sum over its paths to the root of the sizes of the products of local derivatives.

    A derivative that may be written as 1 − a counts as what it is rounded like: σ(z)·(1 − σ(z)) as σ(z), tanh′(z) as 1,
    and eᶻ, of which 1 / (1 + eᶻ) is made, as 1 + eᶻ.
    """
    graph = Graph(root)
    found = dict.fromkeys(graph, 0.0) | {root: 1.0}
    least: dict[Value, float] = {}
    for node in graph:
        if node.op in (ops.sigmoid, ops.tanh):
            least[node] = node.data if node.op is ops.sigmoid else 1.0
        for parent in node.parents if node.op is ops.add else ():
            if parent.op is ops.exp:
                least[parent] = max(least.get(parent, 0.0), abs(node.data))
    for node in reversed(list(graph)):
        for parent, local_grad in edges(node):
            found[parent] += max(abs(local_grad), least.get(node, 0.0)) * found[node]
    return found


def rounding(x: float) -> float:
    """How far an operation's result may be off: relatively, or by steps of the subnormal numbers."""
    return ROUNDINGS * max(UNIT * abs(x), math.ulp(0.0))
