"""Where did the nan come from? Finds the first number of a computation that is not finite.

One overflow or one logarithm of a negative number turns all that is made from it into inf and nan, the loss last of
all, and by then nothing says where it began. The graph does: it keeps every number in the order of its making.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite

from autograd.engine import Value, watchers
from autograd.formula import call
from autograd.graph import Graph
from autograd.ops import constant


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Within this context every ``backward`` first looks for what is not finite, and raises an error that names it.

    Raises:
        FloatingPointError: from ``backward``: see `check_finite`.

    >>> p = Value(-0.5, "p")
    >>> with detect_anomaly():
    ...     (-p.log() + 1).backward()
    Traceback (most recent call last):
    FloatingPointError: the result is nan, and the first value on the way that is not finite is log(p=-0.5) = nan
    """
    watchers.append(check_finite)
    try:
        yield
    finally:
        watchers.remove(check_finite)


def check_finite(root: Value) -> None:
    """Raise an error where ``root`` is not finite, or the gradient of something that it was made from is not.

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
    for node, parent, local_grad, upstream, _, grad in graph.steps():
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
