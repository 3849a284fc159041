"""How far from exact is each operation? ``python -m benchmarks.accuracy [POINTS]`` prints the worst case, in ulps.

An ulp is the distance between neighboring doubles at the exact result, which mpmath has to 30 digits; a correctly
rounded result is at most half an ulp off. ``bound`` is what follows from counting roundings, and what the tests hold
the operation to. The derivatives of tanh and sigmoid are measured in ulps of what they are computed from, 1 and σ.
"""

from __future__ import annotations

import math
import random
import sys
from typing import Any

from autograd import ops
from tests.helpers.oracles import ORACLES, Oracle, evaluate, mpf


def draw_point(oracle: Oracle, rng: random.Random) -> tuple[float, ...]:
    """A point where nothing overflows or is subnormal, of any magnitude."""
    if oracle.op is ops.power:
        return 2.0 ** rng.uniform(-30, 30), rng.uniform(-15, 15)
    if oracle.op in (ops.exp, ops.sigmoid, ops.softplus, ops.tanh):
        return (rng.uniform(-1, 1) * rng.choice((1, 30, 700)),)
    point = tuple(2.0 ** rng.uniform(-60, 60) * rng.choice((-1, 1)) for _ in range(oracle.arity))
    return point if oracle.low < point[0] else (-point[0], *point[1:])


def in_ulps(computed: float, exact: Any, scale: float) -> float:
    return float(abs(mpf(computed) - exact) / math.ulp(scale or 1.0))


def worst_cases(oracle: Oracle, points: int) -> tuple[tuple[float, str], tuple[float, str]]:
    """The largest errors of the value and of the derivatives that were found, in ulps, and where."""
    rng = random.Random(oracle.op.name)
    value, derivative = (0.0, ""), (0.0, "")
    for _ in range(points):
        point = draw_point(oracle, rng)
        where = ", ".join(f"{x:.17g}" for x in point)
        computed, slopes = evaluate(oracle, *point)
        exact = oracle.value(*point)
        value = max(value, (in_ulps(computed, exact, float(exact)), where))
        for index, slope in enumerate(slopes):
            exact = oracle.derivative(index, *point)
            scale = oracle.scale(float(exact), *point)
            derivative = max(derivative, (in_ulps(slope, exact, scale), f"∂{index + 1} at {where}"))
    return value, derivative


def main() -> None:
    points = int(sys.argv[1]) if sys.argv[1:] else 1000
    print(f"Worst case of {points} random points an operation, in ulps\n")
    print(f"{'operation':10} {'value':>7} {'bound':>6}  {'derivative':>10} {'bound':>6}  where the derivative is worst")
    for name, oracle in ORACLES.items():
        (value, _), (derivative, where) = worst_cases(oracle, points)
        bound = f"{oracle.derivative_bound(0, 1.0, 1.0):g}" if oracle.op is not ops.power else "5+"
        print(f"{name:10} {value:7.2f} {oracle.value_bound:6g}  {derivative:10.2f} {bound:>6}  {where}")
    print("\n5+: and |(y − 1)·log x| more in ∂x^y/∂x = y·x^(y−1), where y − 1 is rounded.")


if __name__ == "__main__":
    main()
