"""What tests of numbers share: equality to the bit, and an operation of three inputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd import Op, ops


def same(x: float, y: float) -> bool:
    """Equal bit for bit, but for the payload of a nan."""
    return (x != x and y != y) or (x == y and math.copysign(1, x) == math.copysign(1, y))


def norm(x: Any, y: Any, z: Any) -> Any:
    return ops.sqrt(x * x + y * y + z * z)


def slope(index: int) -> Callable[..., Any]:
    return lambda out, *inputs: ops.divide(inputs[index], out)


NORM = Op("norm", "‖·‖", norm, (slope(0), slope(1), slope(2)))
