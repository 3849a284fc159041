"""Where did the nan come from? Finds the first number of a computation that is not finite.

One overflow or one logarithm of a negative number turns all that is made from it into inf and nan, the loss last of
all, and by then nothing says where it began. The graph does: it keeps every number in the order of its making.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite

from autograd.engine import Value, watchers
from autograd.formula import call
from autograd.graph import Graph
from autograd.ops import constant

_detecting = ContextVar("_detecting", default=False)


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Within this context every ``backward`` first looks for what is not finite, and raises an error that names it.

    Other threads, and other tasks of asyncio, go on as before.

    Raises:
        FloatingPointError: from ``backward``: see `check_finite`.

    >>> p = Value(-0.5, "p")
    >>> with detect_anomaly():
    ...     (-p.log() + 1).backward()
    Traceback (most recent call last):
    FloatingPointError: the result is nan, and the first value on the way that is not finite is log(p=-0.5) = nan
    """
    if _watch not in watchers:
        watchers.append(_watch)  # and not removed: another thread may be in the midst of the list
    before = _detecting.get()
    _detecting.set(True)
    try:
        yield
    finally:
        _detecting.set(before)


def _watch(root: Value, gradient: float) -> None:
    if _detecting.get():
        check_finite(root, gradient)


def check_finite(root: Value, gradient: float = 1.0) -> None:
    """Raise an error where ``root`` is not finite, or the gradient of something that it was made from is not.

    ``gradient`` is the root's own, as `Value.backward` takes it.

    It changes nothing, and passes over what is infinite on the way and does no harm, as in ``exp(-inf)``, which is 0.

    Raises:
        FloatingPointError: naming the first value that went wrong, its operation and its inputs; or, where the root is
            finite, the first step of backpropagation that did.

    >>> check_finite((Value(2.0) - 3).log())
    Traceback (most recent call last):
    FloatingPointError: the result is nan, and the first value on the way that is not finite is log(-1.0) = nan
    """
    graph = Graph(root)
    if not isfinite(root.data):
        first = next(node for node in graph if not isfinite(node.data))
        if first.op is None or first.op is constant:
            raise FloatingPointError(
                f"the result is {root.data}, and so was what went in: {_name(first)}"
                + ("" if first.label else ", which has no label")
            )
        raise FloatingPointError(
            f"the result is {root.data}, and the first value on the way that is not finite is {_formula(first)}"
        )
    for node, parent, local_grad, upstream, _, grad in graph.steps(gradient):
        if not isfinite(grad):
            raise FloatingPointError(
                f"a gradient is {grad}: {_formula(node)} has the derivative {local_grad} with respect to "
                f"{_name(parent)}, and the gradient {upstream} arrives there"
            )


def _name(value: Value) -> str:
    return f"{value.label}={value.data}" if value.label else f"{value.data}"


def _formula(node: Value) -> str:
    """The node as ``log(p=-0.5) = nan``."""
    assert node.op is not None
    label = f"{node.label} = " if node.label else ""
    return f"{label}{call(node.op, map(_name, node.parents))} = {node.data}"
