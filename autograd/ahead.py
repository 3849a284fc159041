"""After a replay a tape is ahead of its nodes: here they are brought up to date, when somebody looks.

A graph that is replayed on a tape leaves its nodes as they were. Each is marked with its tape's number, negative and
never used before; here a tape is found by its number, for as long as it has the last word on its nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

tapes: dict[int, Callable[[], Any]] = {}  # weak references: a dropped graph is not kept
numbers = count(-1, -1)


def catch_up(mark: int, looked_at: Any = None) -> None:
    """Have the nodes with this mark hold what their tape does. The root always does, but for its local derivatives."""
    tape = tapes[mark]() if mark in tapes else None
    if tape is not None and tape.root is not looked_at:
        tape.catch_up()


def take_over(mark: int) -> None:
    """Before somebody else computes a node with this mark, after which its tape knows the nodes no longer."""
    catch_up(mark)
    tape = tapes[mark]() if mark in tapes else None
    if tape is not None:
        tape.let_go()
