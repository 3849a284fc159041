"""Is this derivative right? Checks for functions and for operations of one's own.

`gradcheck` holds backpropagation to central differences, which know nothing of rules:

>>> from autograd import Op
>>> gradcheck(lambda x, y: (x * y).sin() + x, (0.5, 2.0))
>>> cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 2 * x * x,))     # should say 3 * x * x
>>> gradcheck(lambda x: 5 * cube(x), (2.0,))
Traceback (most recent call last):
AssertionError: ∂f/∂x is 40.0 by backpropagation and 60 by central differences, at x=2.0
likely cause: partials[0] of the operation 'cube' gives 8.0 at (2.0), where differences of its forward give 12
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.engine import Value
from autograd.graph import Graph
from autograd.ops import number
from autograd.testing.rounding import ROUNDINGS, SUBNORMAL, UNIT, rounding
from autograd.testing.rounding import sizes as sizes_of
from autograd.transforms import gradients


def gradcheck(f: Callable[..., Any], point: Sequence[float]) -> None:
    """Check that backpropagation through f gives, at the point, the slopes that central differences see.

    A difference quotient over a step h is off by about h²·f‴/6, for the curve is no line, and by what f rounds, over h.
    The first is seen by comparing with a step four times as long; the second follows from the graph, where every node
    rounds, and the gradients say how much that moves the result. The step is the one for which the sum is least, and
    that sum is the tolerance. For an f without great cancellation it is some 1e-10 of the slope.

    Args:
        f: takes as many Values as the point has numbers, and returns one.
        point: where to check. At a kink, as relu has at 0, there is no slope to agree on.

    Raises:
        AssertionError: where a slope is not right, naming the argument, both numbers, the point and the likely cause.
        TypeError: where f returns something else than one number.
        ValueError: where f has no finite values around the point to take differences of.
    """
    if not isinstance(point, Iterable):
        raise TypeError(f"a point is a sequence of numbers, got {type(point).__name__} {point!r}; for one write (x,)")
    at = tuple(map(number, point))
    names = _names(f, len(at))
    leaves, root = _record(f, at)
    root.backward()
    sizes = sizes_of(root)
    if (again := _record(f, at)[1].data) != root.data and root.data == root.data:
        raise AssertionError(f"f gives another number each time: {root.data}, then {again}, at {_written(names, at)}")

    def rounded(*x: float) -> tuple[float, float]:
        _, root = _record(f, x)
        return root.data, sum(rounding(node.data) * size for node, size in sizes_of(root).items() if node.parents)

    for index, (name, leaf) in enumerate(zip(names, leaves, strict=True)):
        slope, error = _difference(rounded, at, index)
        if not math.isfinite(slope):
            raise ValueError(f"f is not finite on both sides of {_written(names, at)}: check it inside its domain")
        tolerance = error + 2 * (len(sizes) + ROUNDINGS) * UNIT * sizes.get(leaf, 0.0) + SUBNORMAL
        if not abs(leaf.grad - slope) <= tolerance:
            raise AssertionError(
                f"∂f/∂{name} is {leaf.grad} by backpropagation and {_digits(slope, error)} by central differences, "
                f"at {_written(names, at)}\nlikely cause: {_likely_cause(root, leaf)}"
            )


def gradgradcheck(f: Callable[..., Any], point: Sequence[float]) -> None:
    """Check the second derivatives: `gradcheck` for each component of f's gradient.

    >>> gradgradcheck(lambda x, y: (x * y).exp(), (0.5, 2.0))

    Args:
        f: as in `gradcheck`.
        point: as in `gradcheck`.

    Raises:
        AssertionError: where one is not right, as in `gradcheck`, saying of which component.
    """
    names = _names(f, len(point))
    for index, name in enumerate(names):

        def component(*leaves: Value, index: int = index) -> Any:
            return gradients(_value(f(*leaves))).get(leaves[index], 0.0)

        try:
            gradcheck(component, point)
        except AssertionError as error:
            raise AssertionError(f"with f the component ∂f/∂{name} of the gradient, {error}") from None


def _record(f: Callable[..., Any], point: Sequence[float]) -> tuple[list[Value], Value]:
    leaves = [Value(x) for x in point]
    root = _value(f(*leaves))
    for leaf in leaves:
        leaf.grad = 0.0  # f may have called backward itself
    return leaves, root


def _value(result: Any) -> Value:
    """What f returned, where it is one number."""
    try:
        return result if isinstance(result, Value) else Value(result)
    except TypeError:
        raise TypeError(f"gradcheck takes a function that returns one number, got {result!r:.80}") from None


def _difference(f: Callable[..., tuple[float, float]], point: Sequence[float], index: int) -> tuple[float, float]:
    """∂f/∂point[index] by central differences, and how far off it is at most; nan where none can be had.

    f returns its value and how far that may be off.
    """
    x = point[index]
    best = math.nan, math.inf
    wider, step = math.inf, max(1.0, abs(x)) / 4
    for _ in range(40):
        right, left = x + step, x - step
        if right == left:
            break
        above, above_error = f(*point[:index], right, *point[index + 1 :])
        below, below_error = f(*point[:index], left, *point[index + 1 :])
        slope = (above - below) / (right - left)
        # The wider one is off by 16 times as much, so their difference is more than the error of this one.
        rounded = (above_error + below_error) / (right - left)
        error = abs(wider - slope) + rounded
        if error < best[1] or best[1] + rounded < abs(slope - best[0]) < math.inf:
            best = slope, error  # in the second case the last one was so by chance, as beyond a kink
        elif rounded > best[1]:
            break  # and it grows as the step shrinks
        wider, step = slope if math.isfinite(slope) else math.inf, step / 4
    return best


def _likely_cause(root: Value, leaf: Value) -> str:
    for node in Graph(root):
        inputs = [parent.data for parent in node.parents]
        for index, local_grad in enumerate(node.local_grads):
            op: Any = node.op
            slope, error = _difference(lambda *x, op=op: (y := op(*x), rounding(y)), inputs, index)
            if abs(local_grad - slope) > error + rounding(slope):
                where = f"({', '.join(map(str, inputs))})"
                if kink := _kink(op, inputs, index):
                    return f"the operation {op.name!r} has a kink at {where}: its slope is {kink}"
                return (
                    f"partials[{index}] of the operation {op.name!r} gives {local_grad} at {where}, "
                    f"where differences of its forward give {_digits(slope, error)}"
                )
    if leaf not in set(Graph(root)):
        return "the argument is not in the graph of the result: it went in as v.data, or as a copy"
    return "every operation is right, so a part of f is not in the graph: something went in as v.data, or by an if"


def _kink(f: Callable[..., float], point: Sequence[float], index: int) -> str:
    """The slopes to the left and to the right, where they stay apart however near one looks."""

    def sides(step: float) -> tuple[float, float]:
        x, step = point[index], step * max(1.0, abs(point[index]))
        left, here, right = (f(*point[:index], x + s, *point[index + 1 :]) for s in (-step, 0.0, step))
        return (here - left) / step, (right - here) / step

    (far_left, far_right), (left, right) = sides(2.0**-10), sides(2.0**-20)
    apart = abs(right - left) > max(abs(far_right - far_left) / 2, 1e-3 * max(abs(left), abs(right)))
    return f"{left:.6g} to the left and {right:.6g} to the right" if apart else ""


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """What f calls its arguments, where it says."""
    import inspect  # slow to import, and needed by checks alone

    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        parameters = ()  # type: ignore[assignment]
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names if len(names) == count else [f"x{i}" for i in range(1, count + 1)]


def _written(names: Sequence[str], numbers: Sequence[float]) -> str:
    return ", ".join(f"{name}={x}" for name, x in zip(names, numbers, strict=True))


def _digits(x: float, error: float) -> str:
    """The digits of x that are not error."""
    digits = 15 if error == 0 or x == 0 else max(1, min(15, math.floor(math.log10(abs(x) / error)) + 1))
    return f"{x:.{digits}g}"
