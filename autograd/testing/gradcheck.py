"""Is this derivative right? Checks for functions and for operations of one's own.

`gradcheck` holds backpropagation to central differences, which know nothing of rules:

>>> from autograd import Op
>>> gradcheck(lambda x, y: (x * y).sin() + x, (0.5, 2.0))
>>> cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 2 * x * x,))     # should say 3 * x * x
>>> gradcheck(lambda x: 5 * cube(x), (2.0,))
Traceback (most recent call last):
AssertionError: ∂f/∂x is 40.0 by backpropagation and 60 by central differences, at x=2.0
likely cause: partials[0] of the operation 'cube' gives 8.0 at (2.0), where differences of its forward give 12
it would be right at every point tried if it were 3/2 times what it is
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.engine import Value
from autograd.ops import number
from autograd.testing.causes import likely_cause
from autograd.testing.differences import Slopes, steps
from autograd.testing.rounding import ROUNDINGS, SUBNORMAL, UNIT, rounding, sizes
from autograd.transforms import gradients

REPETITIONS = 20  # of f at the point, where its differences do not settle


def gradcheck(f: Callable[..., Any], point: Sequence[float], precision: float = 0.0) -> None:
    """Check that backpropagation through f gives, at the point, the slopes that central differences see.

    Step and tolerance are found, not given. A difference quotient over a step h is off because the curve is no line,
    which falls with h, and because values are not exact, which grows as noise/h. Quotients over smaller and smaller
    steps show both; the step is the one for which the sum is least, and that sum is the tolerance: some 1e-12 of the
    slope for a smooth f without great cancellation, more where values scatter. A step at which f raises, or is not
    finite, says nothing.

    At a kink, as relu has at 0, the check passes if and only if the derivative lies between the slopes on the two
    sides.

    Args:
        f: takes as many Values as the point has numbers, and returns one.
        point: where to check.
        precision: how exact f promises to be, relative to its value, where it is less so than floating-point numbers
            and not at random: 1e-7 for an approximation to seven digits.

    Raises:
        AssertionError: where a slope is not right, naming the argument, both numbers, the point and the likely cause;
            where f is another function at every call; where it jumps at the point.
        TypeError: where f returns something else than one number.
        ValueError: where f has no values around the point to take differences of.
    """
    at = _at(point, precision)
    names = _names(f, len(at))

    def record(leaves: list[Value]) -> list[Value]:
        return [_value(f(*leaves))]

    def values(x: Sequence[float]) -> list[float]:
        return [record([Value(y) for y in x])[0].data]

    _check(record, values, at, names, precision, "f", [""])


def gradgradcheck(f: Callable[..., Any], point: Sequence[float], precision: float = 0.0) -> None:
    """Check the second derivatives: as `gradcheck` does, for each component of f's gradient.

    >>> gradgradcheck(lambda x, y: (x * y).exp(), (0.5, 2.0))

    Args:
        f: as in `gradcheck`. Its gradient itself is taken to be right.
        point: as in `gradcheck`.
        precision: how exact the components of the gradient are, relative to their values.

    Raises:
        AssertionError: where one is not right, as in `gradcheck`, saying of which component.
    """
    at = _at(point, precision)
    names = _names(f, len(at))

    def record(leaves: list[Value]) -> list[Value]:
        found = gradients(_value(f(*leaves)))
        return [found[leaf] if leaf in found else Value(0.0) for leaf in leaves]

    def values(x: Sequence[float]) -> list[float]:
        leaves = [Value(y) for y in x]
        root = _value(f(*leaves))
        for leaf in leaves:
            leaf.grad = 0.0  # f may have called backward itself
        root.backward()
        return [leaf.grad for leaf in leaves]

    headings = [f"with f the component ∂f/∂{name} of the gradient, " for name in names]
    _check(record, values, at, names, precision, "the gradient of f", headings)


def _check(
    record: Callable[[list[Value]], list[Value]],
    values: Callable[[Sequence[float]], list[float]],
    at: tuple[float, ...],
    names: Sequence[str],
    precision: float,
    what: str,
    headings: Sequence[str],
) -> None:
    """Hold the derivatives of what was recorded to differences of the values."""
    where = ", ".join(f"{name}={x}" for name, x in zip(names, at, strict=True))
    leaves = [Value(x) for x in at]
    try:
        roots = record(leaves)
        here = values(at)
    except Exception as error:
        error.add_note(f"raised at the point of the check, {where}")
        raise
    if not all(map(math.isfinite, here)):
        raise ValueError(f"{what} is {here} at {where}: check it where it is finite")

    def repeat() -> None:
        if (again := values(at)) != here:
            before, after = next((x, y) for x, y in zip(here, again, strict=True) if x != y)
            raise AssertionError(f"{what} gives another number each time: {before}, then {after}, at {where}")

    def derivatives(root: Value, leaves: list[Value]) -> list[float]:
        for leaf in leaves:
            leaf.grad = 0.0
        root.backward()
        return [leaf.grad for leaf in leaves]

    repeat()
    found = [derivatives(root, leaves) for root in roots]
    other_leaves = [Value(x) for x in at]
    for root, first, heading in zip(record(other_leaves), found, headings, strict=True):
        again = derivatives(root, other_leaves)
        for name, x, y in zip(names, first, again, strict=True):
            if x != y and not x != x:
                raise AssertionError(f"{heading}∂f/∂{name} is another number each time: {x}, then {y}, at {where}")
    paths = [sizes(root) for root in roots]
    noise = [sum(rounding(node.data) * size for node, size in path.items() if node.parents) for path in paths]
    allowed = [
        [2 * (len(path) + ROUNDINGS) * UNIT * path.get(leaf, 0.0) + SUBNORMAL for leaf in leaves] for path in paths
    ]
    for root, x, off, heading in zip(roots, here, noise, headings, strict=True):
        if not abs(root.data - x) <= 2 * off + SUBNORMAL:
            raise AssertionError(f"{heading}it is {root.data} recorded and {x} by backpropagation, at {where}")

    for index, name in enumerate(names):
        tables = [Slopes(x, off, precision) for x, off in zip(here, noise, strict=True)]
        trouble: list[str] = []

        def add(
            right: float, left: float, index: int = index, tables: list[Slopes] = tables, trouble: list[str] = trouble
        ) -> None:
            sides = []
            for side in right, left:
                try:
                    sides.append(values((*at[:index], side, *at[index + 1 :])))
                except Exception as error:
                    trouble.append(f"at {names[index]}={side} it raises {type(error).__name__}: {error}")
                    sides.append([math.nan] * len(here))
            for table, above, below in zip(tables, *sides, strict=True):
                table.add(right - at[index], at[index] - left, above, below)

        rest = iter(steps(at[index]))
        for right, left in rest:
            add(right, left)
            if all(table.are_enough() for table in tables):
                break
        repeat()
        pairs = list(zip(tables, found, allowed, strict=True))
        if not all(table.settles(grads[index], more[index]) for table, grads, more in pairs):
            for right, left in rest:
                add(right, left)
            for _ in range(REPETITIONS):
                repeat()
        for root, (table, grads, more), heading in zip(roots, pairs, headings, strict=True):
            if table.best() is None:
                why = f"; {trouble[-1]}" if trouble else ""
                raise ValueError(
                    f"{heading}f has no finite values on both sides of {where}, however near{why}. "
                    "Check it at a point inside its domain"
                )
            if says := table.disagreement(grads[index], more[index]):
                raise AssertionError(
                    f"{heading}∂f/∂{name} is {grads[index]} by backpropagation and {says}, at {where}\n"
                    f"likely cause: {likely_cause(root, leaves[index], precision)}"
                )


def _at(point: Sequence[float], precision: float) -> tuple[float, ...]:
    if not isinstance(point, Iterable):
        raise TypeError(f"a point is a sequence of numbers, got {type(point).__name__} {point!r}; for one write (x,)")
    if not 0 <= number(precision) < 1:
        raise ValueError(f"a precision is relative, from 0 to 1, as 1e-7 for seven digits; got {precision}")
    return tuple(map(number, point))


def _value(result: Any) -> Value:
    """What f returned, where it is one number."""
    try:
        return result if isinstance(result, Value) else Value(result)
    except TypeError:
        raise TypeError(f"gradcheck takes a function that returns one number, got {result!r:.80}") from None


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """What f calls its arguments, where it says."""
    import inspect  # slow to import, and needed by checks alone

    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        parameters = ()  # type: ignore[assignment]
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names if len(names) == count else [f"x{i}" for i in range(1, count + 1)]
