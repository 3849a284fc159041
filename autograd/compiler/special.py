"""Functions that some hosts lack, made from what all of them have: erf and erfc from exp.

The two series are Chebyshev's, fitted at 50 digits: erf(x)/x in x² up to |x| = 1, and exp(x²)·erfc(x)·(1 + x/2) in
1/(1 + x/2) from 0 on. Both functions are within 1.5e-15 of exact, relatively, up to |x| = 3; beyond, erfc is off by as
much as its factor exp(−x²) is, whose exponent was rounded: at most 1e-13.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.ops import absolute, divide, exp, where

NEAR = (
    1.9509538787653082, -0.14226120510371365, 0.010035582187599796, -0.0005768764699767485, 2.741993125219606e-05,
    -1.1043175507344507e-06, 3.8488755420345036e-08, -1.1808582533875466e-09, 3.2334215826050907e-11,
    -7.991015947004549e-13, 1.7990725113961456e-14, -3.718635487818693e-16,
)  # fmt: skip
FAR = (
    1.1540674772329393, 0.3554369212704985, 0.06509515882878653, 0.003671142395836639, -0.0011128447433526325,
    -0.0001607582991537808, 3.278031574173137e-05, 5.442441645505016e-06, -1.5154665553171482e-06,
    -1.4297608181169865e-07, 8.234608827419493e-08, -1.2962846852306563e-09, -4.154721631015199e-09,
    6.347058278362811e-10, 1.4320822712256225e-10, -6.160390105204585e-11, 2.0612138554721698e-12,
    3.5714931488477042e-12, -8.586422843251796e-13, -6.14560021379063e-14, 7.418725748596617e-14,
    -1.2895042755032325e-14, -2.358726385710632e-15, 1.5729349381685912e-15, -2.2782966239546465e-16,
    -6.31233045075643e-17,
)  # fmt: skip


def _sum(coefficients: Sequence[float], x: Any) -> Any:
    """The Chebyshev series for an x from 0 to 1, by Clenshaw's recurrence."""
    twice = 4 * x - 2
    older, newer = 0.0 * x, 0.0 * x + coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        older, newer = newer, twice * newer - older + coefficient
    return 0.5 * (twice * newer) - older + 0.5 * coefficients[0]


def _far(x: Any) -> Any:
    """erfc of x ≥ 0."""
    share = divide(1.0, 1 + 0.5 * x)
    return share * exp(-x * x) * _sum(FAR, share)


def _near(x: Any) -> Any:
    """erf where |x| ≤ 1."""
    return x * _sum(NEAR, where(absolute(x) > 1, 1.0, x * x))


def erf(x: Any) -> Any:
    """The error function."""
    tail = 1 - _far(absolute(x))
    return where(absolute(x) < 1, _near(x), where(x < 0, -tail, tail))


def erfc(x: Any) -> Any:
    """1 − erf(x), which is exact where erf rounds to 1."""
    tail = _far(absolute(x))
    return where(absolute(x) < 0.5, 1 - _near(x), where(x < 0, 2 - tail, tail))
