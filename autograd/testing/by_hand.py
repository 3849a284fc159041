"""Is this backward pass, written by hand for scalars, right? And if not, what is missing?

`assert_same_gradients` holds it to backpropagation. It looks for the simplest point at which they differ, and for the
slip that explains all that was seen:

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
w: by hand it lacks the factor ∂y/∂(w · x) = σ′(w · x), which is 0.25 here
the first wrong gradient on the way back is ∂L/∂(w · x); w follows from it
right is ∂L/∂(w · x) = ∂L/∂y · y · (1 − y)
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from autograd.engine import Value
from autograd.operation import number
from autograd.testing.rounding import SUBNORMAL, UNIT
from autograd.testing.rounding import sizes as sizes_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NEAR = 1e-7  # as near as that, relatively, a slip gives what came by hand
SEEN = 12  # at so many points that are wrong a mistake is explained


def assert_same_gradients(
    ours: Callable[..., Value],
    theirs: Callable[..., Mapping[str, float]],
    inputs: Mapping[str, SearchStrategy[float] | float] | None = None,
    examples: int = 200,
    *,
    wrt: Sequence[str] | None = None,
) -> None:
    """Check that a backward pass written by hand gives the gradients of backpropagation, wherever one looks.

    Hypothesis (the extra ``test``) looks for a point where they differ by more than half the digits of a double, as no
    rounding does in a derivation that is right, and makes that point as simple as it can. Where one of the slips that
    people make gives the gradients by hand, at all other points too, the error says which.

    Args:
        ours: computes the loss from Values; its parameters are the inputs' names. Labels that it gives to Values on the
            way are what the error calls them.
        theirs: takes the same inputs as plain numbers, by name; returns the gradients of the loss, by the names of the
            inputs or the labels of what was computed from them.
        inputs: where the inputs are from, each a number or a strategy; those left out are from −2 to 2.
        examples: how many points to try.
        wrt: the names of the gradients that are to be checked, and so have to be returned; those that are returned
            unless told otherwise.

    Raises:
        AssertionError: where a gradient differs, naming it, both numbers, the point, and the slip where there is one;
            where one of ``wrt`` is not returned, or none at all.
        ModuleNotFoundError: where Hypothesis is missing.
        ValueError: where ``theirs`` or ``inputs`` names something that is neither an input nor a label.
    """
    __tracebackhide__ = True  # pytest shows who called
    import inspect

    from autograd.testing.strategies import finite_floats, repeatable  # isort: skip  (says what to install where Hypothesis is missing)
    from hypothesis import find, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    if isinstance(wrt, str):
        raise TypeError(f"wrt is a list of names, write [{wrt!r}]")
    names = list(inspect.signature(ours).parameters)
    given_inputs = dict(inputs or {})
    if unknown := given_inputs.keys() - set(names):
        raise ValueError(f"there is no input {sorted(unknown)}; there are {names}")
    sources = {name: given_inputs.get(name, finite_floats(2.0)) for name in names}
    points = st.fixed_dictionaries(
        {name: x if isinstance(x, st.SearchStrategy) else st.just(number(x)) for name, x in sources.items()}
    )
    quiet = repeatable(examples)

    def compare(point: Mapping[str, float]) -> _Comparison:
        return _comparison(ours, theirs, point, wrt)

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

    seen: list[_Comparison] = []
    settings(quiet, max_examples=50)(given(points)(lambda point: seen.append(compare(point))))()
    chance = random.Random(0)  # of many numbers one is nearly always special, as Hypothesis draws them
    for _ in range(4):
        seen.append(compare({x: at if x in given_inputs else chance.uniform(-2, 2) for x, at in here.point.items()}))
    wrong = {name: wrong[name] for name in here.by_hand if name in wrong}
    lines = [here.both(name) for name, here in wrong.items()]
    raise AssertionError("\n".join(lines + _explained(wrong, seen)))


class _Comparison(NamedTuple):
    """The two gradients at one point: by hand, and by a graph."""

    point: Mapping[str, float]
    leaves: dict[str, Value]
    root: Value
    graph: list[Value]
    by_hand: dict[str, float]
    by_engine: dict[str, float]
    sizes: dict[str, float]

    def differing(self) -> set[str]:
        """The names of the gradients that are not the same."""
        return {
            name
            for name, hand in self.by_hand.items()
            if math.isfinite(engine := self.by_engine[name]) and not abs(hand - engine) <= self.tolerance(name)
        }

    def both(self, name: str) -> str:
        """The two gradients of this name, and the point."""
        return (
            f"∂L/∂{name} is {self.by_hand[name]} by hand and {self.by_engine[name]} by backpropagation, "
            f"at {', '.join(f'{key}={x}' for key, x in self.point.items())}"
        )

    def tolerance(self, name: str) -> float:
        """How far they may be apart."""
        return math.sqrt(UNIT) * self.sizes[name] + SUBNORMAL

    def is_generic(self) -> bool:
        """Whether no number in the graph is special, so that little is 0, or the same, by chance."""
        inputs = [abs(x) for x in self.point.values()]
        return all(x > 1e-3 for x in inputs) and len({round(x, 6) for x in inputs}) == len(inputs)


def _comparison(
    ours: Callable[..., Value],
    theirs: Callable[..., Mapping[str, float]],
    point: Mapping[str, float],
    wrt: Sequence[str] | None,
) -> _Comparison:
    leaves = {name: Value(x, name) for name, x in point.items()}
    root = ours(**leaves)
    root.backward()
    sizes = sizes_of(root)
    named = leaves | {node.label: node for node in sizes if node.label}
    returned = theirs(**point)
    if not isinstance(returned, Mapping):
        raise TypeError(
            f"a backward pass returns the gradients by name, as {{'w': 0.5}}, got {type(returned).__name__} "
            f"{returned!r:.80}"
        )
    if unknown := returned.keys() - named.keys():
        raise ValueError(f"there are no values {sorted(unknown)} to compare with; there are {sorted(named)}")
    if unknown := set(wrt or ()) - named.keys():
        raise ValueError(f"wrt names {sorted(unknown)}, and there are {sorted(named)}")
    missing = [name for name in (wrt or ()) if returned.get(name) is None]
    if missing or not returned:
        wanted = ", ".join(wrt or named)
        came = ", ".join(returned) or "{}"
        raise AssertionError(
            f"the backward pass returns no gradient of {', '.join(missing) or 'anything'}: it returned {came}, "
            f"and there is to be checked {wanted}"
        )
    by_hand = {name: number(returned[name]) for name in (wrt or returned)}
    return _Comparison(
        point,
        leaves,
        root,
        list(sizes),
        by_hand,
        {name: named[name].grad for name in by_hand},
        {name: sizes.get(named[name], 0.0) for name in by_hand},
    )


def _explained(wrong: Mapping[str, _Comparison], seen: Sequence[_Comparison]) -> list[str]:
    """The slip that gives the gradients by hand, at every point with the same graph."""
    import importlib

    try:
        importlib.import_module("numpy")
    except ImportError:
        return _explained_simply(wrong, seen)
    from autograd.testing.diagnosis import explain
    from autograd.testing.examples import scalar_example

    shape = len(next(iter(wrong.values())).graph)
    alike = [
        c for c in [*wrong.values(), *seen] if len(c.graph) == shape and all(map(math.isfinite, c.by_engine.values()))
    ]
    differing = sorted([c for c in alike if c.differing()], key=lambda c: not c.is_generic())
    same = sorted([c for c in alike if not c.differing()], key=lambda c: not c.is_generic())
    chosen = list({id(c): c for c in [*differing[:SEEN], *wrong.values(), *same[:4]]}.values())
    examples = {
        id(c): scalar_example(
            c.leaves, c.root, c.by_hand, c.by_engine, {name: c.tolerance(name) for name in c.by_hand}, c.differing(),
            c.is_generic(),
        )
        for c in chosen
    }  # fmt: skip
    shown = {name: examples[id(c)] for name, c in wrong.items() if id(c) in examples}
    reasons = explain(list(wrong), list(examples.values()), shown)
    return [line for lines in reasons.values() for line in lines]


def _explained_simply(wrong: Mapping[str, _Comparison], seen: Sequence[_Comparison]) -> list[str]:
    """The same without NumPy: the slips that scalars have, one at a time."""
    from autograd.testing.slips import slips

    shape = len(next(iter(wrong.values())).graph)
    alike = [c for c in [*wrong.values(), *seen[:SEEN]] if len(c.graph) == shape]
    tables = [(c, dict(slips(c.root))) for c in alike]
    texts = list(dict.fromkeys(text for _, table in tables for text in table))

    def explains(text: str, name: str) -> bool:
        for c, table in tables:
            value = c.leaves.get(name) or next(value for value in c.graph if value.label == name)
            predicted = table[text].get(value, 0.0) if text in table else c.by_engine[name]
            if not math.isclose(predicted, c.by_hand[name], rel_tol=NEAR, abs_tol=c.tolerance(name)):
                return False
        return True

    reasons: dict[str, list[str]] = {}  # what is said, of these
    for name in wrong:
        reasons.setdefault(next((text for text in texts if explains(text, name)), ""), []).append(name)
    lines = [f"{', '.join(names)}: {text}" for text, names in reasons.items() if text]
    if "" in reasons:
        where = f"{', '.join(reasons[''])}: more slips can be told where NumPy is installed"
        lines.append(f"{where}: python -m pip install numpy")
    return lines
