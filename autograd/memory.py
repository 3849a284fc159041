"""How numbers and nodes are kept side by side. The compiled build has it, and a heap of what is to be freed, in C."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any


def numbers(count: int) -> list[float]:
    """So many numbers."""
    return [0.0] * count


def numbers_in(kept: array[float], count: int) -> array[float]:
    """The numbers of an array, which has so many."""
    if len(kept) != count:
        raise ValueError(f"{len(kept)} numbers are kept for {count} parameters, whose list has changed")
    return kept


def own_tuple(nodes: Sequence[Any]) -> tuple[Any, ...]:
    """A tuple of these that nobody else holds. In the compiled build the garbage collector does not know of it."""
    return tuple(nodes)


def all_are(nodes: tuple[Any, ...], kind: type) -> bool:
    """Whether each is of this type."""
    return all(isinstance(node, kind) for node in nodes)
