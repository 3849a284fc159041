"""Is this backward pass, written by hand for scalars, right? And if not, which factor is missing?

`assert_same_gradients` holds it to backpropagation. It looks for the simplest point at which they differ, and for the
factor that was forgotten:

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
by hand it lacks the factor ∂y/∂(w · x) = σ′(w · x), which is 0.25 here
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from autograd.engine import Value
from autograd.formula import local_derivative
from autograd.ops import number
from autograd.testing.rounding import SUBNORMAL, UNIT
from autograd.testing.rounding import sizes as sizes_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


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

    from autograd.testing.strategies import finite_floats  # isort: skip  (says what to install where Hypothesis is missing)
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
            f"at {', '.join(f'{name}={here.point[name]}' for name in names)}\n{_factor(name, here, seen)}"
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
    sizes = sizes_of(root)
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
                    return f"by hand it {text} {local_derivative(node, k)}, which is {node.local_grads[k]:.6g} here"
    return "no local derivative of the graph is what it lacks or has too often"
