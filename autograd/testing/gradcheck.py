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
from typing import Any, NamedTuple

from autograd.engine import Value
from autograd.operation import number
from autograd.testing.causes import likely_cause
from autograd.testing.differences import Slopes, steps
from autograd.testing.rounding import ROUNDINGS, SUBNORMAL, UNIT, rounding, sizes
from autograd.transforms import gradients

FEW = 8  # so many inputs are all shown in an error
REPETITIONS = 10  # how often f is called at the point, at least, to see whether it gives the same number each time


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

    def record(leaves: list[Value]) -> list[Value]:
        return [_value(f(*leaves))]

    def values(x: Sequence[float]) -> list[float]:
        return [record([Value(y) for y in x])[0].data]

    _check(record, values, _Point(at, _names(f, len(at))), precision, "f", [""])


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
    _check(record, values, _Point(at, names), precision, "the gradient of f", headings)


class _Point(NamedTuple):
    """Where it is checked: the numbers, and what f calls them."""

    at: tuple[float, ...]
    names: Sequence[str]

    def where(self, index: int = 0) -> str:
        """The point, for a message; of many inputs the one that it is about."""
        shown = range(len(self.at)) if len(self.at) <= FEW else [index]
        rest = f" and {len(self.at) - 1} more" if len(self.at) > FEW else ""
        return ", ".join(f"{self.names[i]}={self.at[i]}" for i in shown) + rest


def _check(
    record: Callable[[list[Value]], list[Value]],
    values: Callable[[Sequence[float]], list[float]],
    point: _Point,
    precision: float,
    what: str,
    headings: Sequence[str],
) -> None:
    """Hold the derivatives of the roots that are recorded to differences of the same roots' values."""
    at = point.at
    try:
        leaves = [Value(x) for x in at]
        roots, here = record(leaves), values(at)
    except Exception as error:
        error.add_note(f"raised at the point of the check, {point.where()}")
        raise
    if not all(map(math.isfinite, here)):
        raise ValueError(
            f"{what} is {here[0] if len(here) == 1 else here} at {point.where()}: check it where it is finite"
        )
    for _ in range(max(1, REPETITIONS - len(at))):
        _hold_to_be_the_same(here, values(at), what, point)
    derivatives = [_derivatives(root, leaves) for root in roots]
    _hold_derivatives_to_be_the_same(derivatives, record, point, headings)
    paths = [sizes(root) for root in roots]
    noise = [sum(rounding(node.data) * _finite(size) for node, size in path.items() if node.parents) for path in paths]
    for root, x, off, heading in zip(roots, here, noise, headings, strict=True):
        if not abs(root.data - x) <= 2 * off + SUBNORMAL:
            given = f"{root.data} where partials take Values, and {x} where they take floats"
            raise AssertionError(f"{heading}its value is {given}, at {point.where()}")

    for index, leaf in enumerate(leaves):
        claims = [
            _Claim(
                Slopes(x, off, precision),
                slopes[index],
                2 * (len(path) + ROUNDINGS) * UNIT * _finite(path.get(leaf, 0.0)) + SUBNORMAL,
            )
            for x, off, slopes, path in zip(here, noise, derivatives, paths, strict=True)
        ]
        trouble = _look(values, at, index, claims)
        _hold_to_be_the_same(here, values(at), what, point)
        for root, claim, heading in zip(roots, claims, headings, strict=True):
            if differs := claim.differs(heading, point, index, trouble):
                raise AssertionError(f"{differs}\nlikely cause: {likely_cause(root, leaf, precision)}")


def _hold_to_be_the_same(here: Sequence[float], again: Sequence[float], what: str, point: _Point) -> None:
    """A function has the same values each time."""
    if again != here:
        before, after = next((x, y) for x, y in zip(here, again, strict=True) if x != y)
        raise AssertionError(f"{what} gives another number each time: {before}, then {after}, at {point.where()}")


def _hold_derivatives_to_be_the_same(
    derivatives: Sequence[Sequence[float]],
    record: Callable[[list[Value]], list[Value]],
    point: _Point,
    headings: Sequence[str],
) -> None:
    """A function has the same derivatives each time."""
    leaves = [Value(x) for x in point.at]
    for root, first, heading in zip(record(leaves), derivatives, headings, strict=True):
        for index, (x, y) in enumerate(zip(first, _derivatives(root, leaves), strict=True)):
            if x != y and x == x:
                changes = f"{heading}∂f/∂{point.names[index]} is another number each time: {x}, then {y}"
                raise AssertionError(f"{changes}, at {point.where(index)}")


class _Claim(NamedTuple):
    """What backpropagation says of one root and one leaf, beside what differences say."""

    slopes: Slopes
    slope: float
    rounding: float  #: how far that may be off by rounding

    def settles(self) -> bool:
        return self.slopes.settles(self.slope, self.rounding)

    def differs(self, heading: str, point: _Point, index: int, trouble: str) -> str:
        """What is said where the two are not the same; empty where they are.

        Raises:
            ValueError: where the differences say nothing.
        """
        name, where = point.names[index], point.where(index)
        try:
            disagreement = self.slopes.disagreement(self.slope, self.rounding)
        except ValueError as error:
            raised = trouble and f"at {name}={trouble}; "
            raise ValueError(f"{heading}nothing can be said of ∂f/∂{name} at {where}: {raised}{error}") from None
        if not disagreement:
            return ""
        found, remark, by = disagreement
        said = f"{heading}∂f/∂{name} is {self.slope} by backpropagation and {found} by {by}, at {where}"
        return f"{said}\n{remark}" if remark else said


def _look(
    values: Callable[[Sequence[float]], list[float]], at: tuple[float, ...], index: int, claims: Sequence[_Claim]
) -> str:
    """Take differences along one input: until all is settled, or as far as they go. Returns the last error of f's."""
    trouble, enough = "", False
    for right, left in steps(at[index], claims[0].slopes.precision):
        sides = []
        for x in right, left:
            try:
                sides.append(values((*at[:index], x, *at[index + 1 :])))
            except Exception as error:
                trouble = f"{x} it raises {type(error).__name__}: {error}"
                sides.append([math.nan] * len(claims))
        for claim, above, below in zip(claims, *sides, strict=True):
            claim.slopes.add(right - at[index], at[index] - left, above, below)
        if not enough and all(claim.slopes.are_enough() for claim in claims):
            enough = True
            if all(claim.settles() for claim in claims):
                break
    return trouble


def _finite(size: float) -> float:
    """No derivative that is inf or nan excuses another."""
    return size if math.isfinite(size) else 0.0


def _derivatives(root: Value, leaves: Sequence[Value]) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return [leaf.grad for leaf in leaves]


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
