"""Is this derivative right? Checks for functions, for operations of one's own, and for derivations made by hand.

`gradcheck` holds backpropagation to central differences, which know nothing of rules:

>>> from autograd import Op
>>> gradcheck(lambda x, y: (x * y).sin() + x, (0.5, 2.0))
>>> cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 2 * x * x,))     # should say 3 * x * x
>>> gradcheck(lambda x: 5 * cube(x), (2.0,))
Traceback (most recent call last):
AssertionError: ∂f/∂x is 40.0 by backpropagation and 60 by central differences, at x=2.0
likely cause: partials[0] of the operation 'cube' gives 8.0 at (2.0), where differences of its forward give 12

`assert_same_gradients` holds a backward pass that was written by hand to backpropagation. It looks for the simplest
point at which they differ, and for the factor that was forgotten:

>>> def loss(x, w):
...     y = (w * x).sigmoid()
...     y.label = "y"
...     return (y - 1) ** 2
>>> def by_hand(x, w):
...     y = 1 / (1 + math.exp(-w * x))
...     return {"w": 2 * (y - 1) * x}
>>> assert_same_gradients(loss, by_hand)
Traceback (most recent call last):
AssertionError: ∂L/∂w is -1.0 by hand and -0.25 by backpropagation, at x=1.0, w=0.0
by hand it lacks the factor ∂y/∂(w×x) = σ′(w×x), which is 0.25 here
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import ops
from autograd.engine import Value, edges
from autograd.graph import Graph
from autograd.ops import number
from autograd.transforms import gradients

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

UNIT = 2.0**-53  # the unit roundoff: a correctly rounded result is within this of the exact one, relatively
SUBNORMAL = 2.0**-1000  # what is smaller may have been rounded to a subnormal number, and counts as 0
ROUNDINGS = 8  # how many units an operation's result is taken to be off by, at most


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
    sizes = _sizes(root)
    if (again := _record(f, at)[1].data) != root.data and root.data == root.data:
        raise AssertionError(f"f gives another number each time: {root.data}, then {again}, at {_written(names, at)}")

    def rounded(*x: float) -> tuple[float, float]:
        _, root = _record(f, x)
        return root.data, sum(_rounding(node.data) * size for node, size in _sizes(root).items() if node.parents)

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


def _sizes(root: Value) -> dict[Value, float]:
    """For each node, the sum over its paths to the root of the sizes of the products of local derivatives."""
    graph = Graph(root)
    sizes = dict.fromkeys(graph, 0.0) | {root: 1.0}
    for node in reversed(list(graph)):
        for parent, local_grad in edges(node):
            sizes[parent] += abs(local_grad) * sizes[node]
    return sizes


def _rounding(x: float) -> float:
    """How far an operation's result may be off: relatively, or by steps of the subnormal numbers."""
    return ROUNDINGS * max(UNIT * abs(x), math.ulp(0.0))


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
        rounding = (above_error + below_error) / (right - left)
        error = abs(wider - slope) + rounding
        if error < best[1] or best[1] + rounding < abs(slope - best[0]) < math.inf:
            best = slope, error  # in the second case the last one was so by chance, as beyond a kink
        elif rounding > best[1]:
            break  # and it grows as the step shrinks
        wider, step = slope if math.isfinite(slope) else math.inf, step / 4
    return best


def _likely_cause(root: Value, leaf: Value) -> str:
    for node in Graph(root):
        inputs = [parent.data for parent in node.parents]
        for index, local_grad in enumerate(node.local_grads):
            op: Any = node.op
            slope, error = _difference(lambda *x, op=op: (y := op(*x), _rounding(y)), inputs, index)
            if abs(local_grad - slope) > error + _rounding(slope):
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


def assert_same_gradients(
    ours: Callable[..., Value],
    theirs: Callable[..., Mapping[str, float]],
    inputs: Mapping[str, SearchStrategy[float] | float] | None = None,
    examples: int = 200,
) -> None:
    """Check that a backward pass written by hand gives the gradients of backpropagation, wherever one looks.

    Hypothesis (the extra ``test``) looks for a point where they differ by more than half the digits of a double, as no
    rounding does in a derivation that is right, and makes that point as simple as it can. Where the gradient by hand is
    the true one over or times one of the graph's local derivatives, or −1 or 2, at other points too, the error says so.

    Args:
        ours: computes the loss from Values; its parameters are the inputs' names. Labels that it gives to Values on the
            way are what the error calls them.
        theirs: takes the same inputs as plain numbers, by name; returns the gradients of the loss, by the names of the
            inputs or the labels of what was computed from them. It may leave some out.
        inputs: where the inputs are from, each a number or a strategy; those left out are from −2 to 2.
        examples: how many points to try.

    Raises:
        AssertionError: where a gradient differs, naming it, both numbers, the point, and the factor where there is one.
        ModuleNotFoundError: where Hypothesis is missing.
        ValueError: where ``theirs`` or ``inputs`` names something that is neither an input nor a label.
    """
    import inspect

    from autograd.strategies import finite_floats  # isort: skip  (says what to install where Hypothesis is missing)
    from hypothesis import find, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    names = list(inspect.signature(ours).parameters)
    given_inputs = dict(inputs or {})
    if unknown := given_inputs.keys() - set(names):
        raise ValueError(f"there is no input {sorted(unknown)}; there are {names}")
    sources = {name: given_inputs.get(name, finite_floats(2.0)) for name in names}
    points = st.fixed_dictionaries(
        {name: x if isinstance(x, st.SearchStrategy) else st.just(number(x)) for name, x in sources.items()}
    )
    quiet = settings(max_examples=examples, derandomize=True, database=None, deadline=None)

    def compare(point: Mapping[str, float]) -> _Comparison:
        return _comparison(ours, theirs, point)

    wrong: dict[str, _Comparison] = {}

    def anything_else_differs(point: Mapping[str, float]) -> bool:
        return not compare(point).differing() <= wrong.keys()

    try:
        while True:
            here = compare(find(points, anything_else_differs, settings=quiet))
            wrong |= {name: here for name in here.by_hand if name in here.differing() - wrong.keys()}
    except NoSuchExample:
        if not wrong:
            return

    seen = list(wrong.values())
    settings(quiet, max_examples=50)(given(points)(lambda point: seen.append(compare(point))))()
    raise AssertionError(
        "\n".join(
            f"∂L/∂{name} is {here.by_hand[name]} by hand and {here.by_engine[name]} by backpropagation, "
            f"at {_written(names, [here.point[name] for name in names])}\n{_factor(name, here, seen)}"
            for name, here in wrong.items()
        )
    )


class _Comparison(NamedTuple):
    """The two gradients at one point: by hand, and by a graph."""

    point: Mapping[str, float]
    graph: list[Value]
    by_hand: dict[str, float]
    by_engine: dict[str, float]
    sizes: dict[str, float]

    def differing(self) -> set[str]:
        """The names of the gradients that are not the same."""
        return {
            name
            for name, hand in self.by_hand.items()
            if math.isfinite(engine := self.by_engine[name])
            and not abs(hand - engine) <= math.sqrt(UNIT) * self.sizes[name] + SUBNORMAL
        }


def _comparison(
    ours: Callable[..., Value], theirs: Callable[..., Mapping[str, float]], point: Mapping[str, float]
) -> _Comparison:
    leaves = {name: Value(x, name) for name, x in point.items()}
    root = ours(**leaves)
    root.backward()
    sizes = _sizes(root)
    named = leaves | {node.label: node for node in sizes if node.label}
    by_hand = {name: number(gradient) for name, gradient in theirs(**point).items()}
    if unknown := by_hand.keys() - named.keys():
        raise ValueError(f"there are no values {sorted(unknown)} to compare with; there are {sorted(named)}")
    return _Comparison(
        point,
        list(sizes),
        by_hand,
        {name: named[name].grad for name in by_hand},
        {name: sizes.get(named[name], 0.0) for name in by_hand},
    )


def _factor(name: str, here: _Comparison, seen: list[_Comparison]) -> str:
    """The factor by which the gradient by hand is off, where it is the same one at every point."""

    def close(x: float, y: float) -> bool:
        return math.isclose(x, y, rel_tol=1e-6)

    telling = [
        c
        for c in seen
        if c.by_hand[name]
        and abs(c.by_engine[name]) > 1e-3 * c.sizes[name] > SUBNORMAL
        and len(c.graph) == len(here.graph)
    ]
    ratios = [c.by_engine[name] / c.by_hand[name] for c in telling]
    for text, ratio in ("has the wrong sign", -1.0), ("is half of what it should be", 2.0), ("is twice too large", 0.5):
        if ratios and all(close(r, ratio) for r in ratios):
            return f"by hand it {text}"
    for i, node in reversed(list(enumerate(here.graph))):
        for k in range(len(node.parents)):
            factors = [c.graph[i].local_grads[k] for c in telling]
            for text, sign in ("lacks the factor", 1), ("has once too often the factor", -1):
                if len(set(factors)) > 1 and all(f and close(r, f**sign) for r, f in zip(ratios, factors, strict=True)):
                    return f"by hand it {text} {_derivative(node, k)}, which is {node.local_grads[k]:.6g} here"
    return "no local derivative of the graph is what it lacks or has too often"


def _derivative(node: Value, index: int) -> str:
    """A local derivative as ∂y/∂z = σ′(z), or as far as that can be written."""
    name = f"∂{_name(node)}/∂{_name(node.parents[index])}"
    assert node.op is not None
    if len(node.parents) == 1:
        return f"{name} = {node.op.symbol}′({_name(node.parents[0], bracket=False)})"
    return f"{name} = {_name(node.parents[1 - index])}" if node.op is ops.multiply else name


def _name(value: Value, depth: int = 3, bracket: bool = True) -> str:
    """Its label, or how it was computed, as far as that is short."""
    if value.label or not value.parents:
        return value.label or f"{value.data:g}"
    if depth == 0:
        return "…"
    assert value.op is not None
    if len(value.parents) == 2:
        formula = value.op.symbol.join(_name(parent, depth - 1) for parent in value.parents)
        return f"({formula})" if bracket else formula
    return f"{value.op.symbol}({', '.join(_name(parent, depth - 1, bracket=False) for parent in value.parents)})"
