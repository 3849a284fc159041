"""Why `gradcheck` says no: the operation whose partial derivative is wrong, and what it might be instead."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from autograd.engine import Value
from autograd.graph import Graph
from autograd.operation import Op
from autograd.testing.differences import Slope, Slopes, slopes
from autograd.testing.rounding import SUBNORMAL, rounding


def likely_cause(root: Value, leaf: Value, precision: float) -> str:
    """Why the gradient of the root with respect to the leaf is wrong."""
    nodes = list(Graph(root))
    for node in nodes:
        inputs = [parent.data for parent in node.parents]
        for index, local_grad in enumerate(node.local_grads):
            assert node.op is not None
            differences = _differences(node.op, inputs, index, precision)
            try:
                disagreement = differences.disagreement(local_grad, rounding(local_grad) + SUBNORMAL)
            except ValueError:
                continue  # at the edge of its domain, say
            if disagreement:
                return (
                    f"partials[{index}] of the operation {node.op.name!r} gives {local_grad} at "
                    f"({', '.join(map(str, inputs))}), where differences of its forward give {disagreement.found}"
                    f"{_what_would_be_right(node.op, inputs, index, precision)}"
                )
    if leaf not in set(nodes):
        return "the argument is not in the graph of the result: it went in as v.data, or as a copy"
    if any(not math.isfinite(local_grad) for node in nodes for local_grad in node.local_grads):
        return "a local derivative is not finite on the way: autograd.detect_anomaly() names the first one"
    return (
        "every operation is right, so a part of f is not in the graph: something went in as v.data, or by an if. Or f "
        "computes to a limited precision: then say to which, by precision="
    )


def _differences(op: Op, inputs: Sequence[float], index: int, precision: float) -> Slopes:
    def along(x: float) -> float:
        return float(op(*inputs[:index], x, *inputs[index + 1 :]))

    return slopes(along, inputs[index], rounding(along(inputs[index])), precision)


FACTORS = [
    sign * Fraction(n, d) for n, d in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (3, 2), (2, 3)) for sign in (1, -1)
]
POWERS = {1.0: "", 0.5: "the square root of ", 2.0: "the square of ", -1.0: "1 over "}
NEARBY = ((1.0, 0.0), (1.1, 0.0), (0.8, 0.0), (1.3, 0.01), (0.6, -0.01))  # factors and shifts of the inputs


def _what_would_be_right(op: Op, inputs: Sequence[float], index: int, precision: float) -> str:
    """One simple change that makes the partial right at every point tried, where there is one."""
    given: list[list[float]] = []  # by each of the partials, at each point
    wanted: list[Slope] = []
    near: list[list[float]] = []  # the inputs, and the output
    for stretch, shift in NEARBY:
        point = [stretch * x + shift for x in inputs]
        try:
            out = float(op(*point))
            partials = [float(x) for x in op.local_grads(out, point)]
            slope = _differences(op, point, index, precision).best()
        except Exception:
            continue
        if slope is not None and slope.is_clear() and math.isfinite(partials[index]):
            given.append(partials)
            wanted.append(slope)
            near.append([*point, out])
    if len(wanted) < 3:
        return ""

    def explained(candidates: Iterable[float]) -> bool:
        """Whether these are the slopes, as far as those are known."""
        return all(slope.admits(x, 1e-6 * abs(slope.slope)) for slope, x in zip(wanted, candidates, strict=True))

    if explained(partials[index] for partials in given):
        return ""  # off by so little that no rule explains it
    for other in range(len(inputs)):
        if other != index and explained(partials[other] for partials in given):
            return f"\nit would be right if it were partials[{other}]: are the two swapped?"
    same = len({partials[index] for partials in given}) == 1  # a constant has many explanations
    names = [f"input {i}" for i in range(len(inputs))] if len(inputs) > 1 else ["the input"]
    factors: list[tuple[str, Callable[[list[float]], float]]] = [("", lambda numbers: 1.0)]
    for i, name in enumerate([*names, "the output"]):
        factors.append((f", times {name}", lambda numbers, i=i: numbers[i]))  # type: ignore[misc]
        factors.append((f", divided by {name}", lambda numbers, i=i: 1 / numbers[i]))  # type: ignore[misc]
    changes = [(factor, power, after) for after in factors for power in POWERS for factor in FACTORS]
    for factor, power, (after, by) in sorted(changes, key=lambda change: _complexity(*change)):
        if same and (after or power != 1):
            continue
        try:
            candidates = [
                float(factor) * by(numbers) * math.pow(partials[index], power)
                for numbers, partials in zip(near, given, strict=True)
            ]
        except (ArithmeticError, ValueError):
            continue
        if explained(candidates):
            times = "" if factor == 1 else f"{str(factor).replace('-', '−')} times "
            return f"\nit would be right at every point tried if it were {times}{POWERS[power]}what it is{after}"
    return ""


def _complexity(factor: Fraction, power: float, after: tuple[str, object]) -> int:
    """How many things are changed."""
    return (factor != 1) + (power != 1) + bool(after[0])
