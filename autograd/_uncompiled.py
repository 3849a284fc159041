"""What `engine` asks of the compiler's ``cython`` module, for when that package is not installed: nothing is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

compiled = False


def no_gc(cls: T) -> T:
    return cls


def freelist(size: int) -> Callable[[T], T]:
    return no_gc


cclass = no_gc
