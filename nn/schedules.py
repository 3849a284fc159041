"""Learning-rate schedules: plain functions from the epoch, counted from 0, to the rate, for `nn.fit`.

``lambda epoch: 0.1 / (epoch + 1)`` is one; these make the usual ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def linear(start: float, end: float, epochs: int) -> Callable[[int], float]:
    """From ``start`` in a straight line to ``end``, reached after ``epochs``, and then constant.

    >>> [linear(1.0, 0.5, 2)(epoch) for epoch in range(4)]
    [1.0, 0.75, 0.5, 0.5]
    """
    return lambda epoch: start + (end - start) * min(epoch / epochs, 1.0)


def cosine(start: float, end: float, epochs: int) -> Callable[[int], float]:
    """From ``start`` along half a cosine wave to ``end``, reached after ``epochs``, and then constant.

    >>> [round(cosine(1.0, 0.0, 3)(epoch), 6) for epoch in range(5)]
    [1.0, 0.75, 0.25, 0.0, 0.0]
    """
    return lambda epoch: end + (start - end) * (1 + math.cos(math.pi * min(epoch / epochs, 1.0))) / 2


def exponential(start: float, gamma: float) -> Callable[[int], float]:
    """``start``, multiplied by ``gamma`` after every epoch.

    >>> [exponential(1.0, 0.5)(epoch) for epoch in range(3)]
    [1.0, 0.5, 0.25]
    """
    return lambda epoch: start * gamma**epoch
