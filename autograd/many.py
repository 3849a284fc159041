"""What a node of more than two operands holds: its parents, and its local derivatives as numbers side by side."""

from __future__ import annotations

from typing import Any

from autograd import memory


class Many:
    """The parents, and room for a local derivative for each. Made by `many_of` alone."""

    __slots__ = ("local_grads", "parents")
    local_grads: list[float]
    parents: tuple[Any, ...]

    def __dealloc__(self) -> None:  # compiled only
        release_numbers(self.local_grads)  # type: ignore[name-defined]  # noqa: F821 (it is in many.pxd)


def many_of(parents: tuple[Any, ...]) -> Many:
    """What a node of these parents holds; nobody else holds the tuple."""
    many = Many.__new__(Many)
    many.local_grads, many.parents = memory.numbers(len(parents)), parents
    return many


def numbers_of(many: Many) -> list[float]:
    """The local derivatives."""
    numbers: list[float] = []
    for i in range(len(many.parents)):
        numbers.append(many.local_grads[i])
    return numbers


def add_up(many: Many) -> float:
    """A weighted sum, `ops.weighted_sum`, of the numbers that are there; then its local derivatives are.

    Each factor's local derivative is the other factor.
    """
    numbers, count = many.local_grads, len(many.parents)
    first, total = count % 2, -0.0  # which changes no number that is added to it
    if first:
        total, numbers[0] = numbers[0], 1.0
    for i in range(first, count, 2):
        x, y = numbers[i], numbers[i + 1]
        total += x * y
        numbers[i], numbers[i + 1] = y, x
    return total
