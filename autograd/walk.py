"""Over a list of nodes, forwards and backwards. For the compiled build, walk.pxd has the same two loops in C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def visit_all(nodes: list[Any], visit: Callable[[Any], None]) -> None:
    """Visit every node, the first one first. An interrupt (Ctrl-C) waits: all are visited again, and then it goes on.

    So there is no leaving some nodes visited and others not, where it does no harm to visit one again.
    """
    try:
        for node in nodes:
            visit(node)
    except KeyboardInterrupt:
        visit_all(nodes, visit)
        raise


def visit_reversed(nodes: list[Any], visit: Callable[[Any], None]) -> None:
    """Visit every node, the last one first."""
    for node in reversed(nodes):
        visit(node)
