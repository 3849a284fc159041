"""Visit the nodes of a graph, from the first or from the last, and work one out. In C this is walk.pxd."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograd._rules import evaluate

__all__ = ["evaluate", "visit_all", "visit_reversed"]


def visit_all(nodes: tuple[Any, ...], visit: Callable[[Any], None]) -> None:
    """Visit every node. On Ctrl-C, or any error, start again, finish, then re-raise; visit must be idempotent.

    Where it is a node's own error, starting again ends there again. The first error is raised.
    """
    try:
        for node in nodes:
            visit(node)
    except BaseException:
        with suppress(BaseException):
            for node in nodes:
                visit(node)
        raise


def visit_reversed(nodes: tuple[Any, ...], visit: Callable[[Any], None]) -> None:
    """Visit every node, the last one first."""
    for node in reversed(nodes):
        visit(node)
