"""Is this engine, written by somebody who learns how, right? And if not, on which expression, and why?

`check_engine` runs it on random expressions, beside the engine of this package, and shows the shortest one on which
the two differ:

>>> from autograd import ops
>>> from autograd.testing import strategies
>>> class Number:
...     def __init__(self, data, parents=(), local_grads=()):
...         self.data, self.parents, self.local_grads, self.grad = data, parents, local_grads, 0.0
...     def __add__(self, other):
...         other = other if isinstance(other, Number) else Number(other)
...         return Number(self.data + other.data, (self, other), (1.0, 1.0))
...     __radd__ = __add__
...     def backward(self):
...         self.grad = 1.0
...         waiting = [self]
...         while waiting:
...             node = waiting.pop()
...             for parent, local_grad in zip(node.parents, node.local_grads):
...                 parent.grad += local_grad * node.grad
...                 waiting.append(parent)
>>> check_engine(Number, strategies.expressions([ops.add]))
Traceback (most recent call last):
AssertionError: ∂f/∂x is 8.0 by your engine and 4.0 by backpropagation, for f = (a := x + x) + a at x = 0.0
this is what comes out where a value propagates each time that it is reached, and with it what it has propagated before
"""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import ops
from autograd.engine import Value
from autograd.formula import python
from autograd.graph import Graph
from autograd.node import edges
from autograd.operation import Op
from autograd.testing.rounding import SUBNORMAL, UNIT, sizes
from autograd.testing.slips import Gradients, backpropagate, propagate_too_soon

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from autograd.testing.strategies import Expression

SEEN = 12  # so many expressions a mistake is explained with
MOST_CALLS = 20_000  # on one expression
LONGEST = 500  # what can be written on a line, and by a function that recurses
TINY = 1e-100  # a divisor that is smaller has the square 0 soon, and one larger than 1 / TINY an infinite one
OURS = Path(__file__).parents[1]


def backpropagated(inputs: Sequence[Any], output: Any) -> list[Any]:
    """Gradients as most engines give them: ``output.backward()``, and then each input's ``grad``."""
    output.backward()
    return [x.grad for x in inputs]


def check_engine(
    number: Callable[[float], Any],
    expressions: SearchStrategy[Expression],
    gradients: Callable[[Sequence[Any], Any], Sequence[Any]] | None = backpropagated,
    examples: int = 200,
) -> None:
    """Check that an engine of one's own computes what this one does, and finds the same gradients.

    Args:
        number: makes a leaf of the engine, from a float; what it makes, and what is computed from it, has the number in
            its attribute ``data``.
        expressions: what to try it on, as `strategies.expressions` draws them.
        gradients: how to ask the engine, from the inputs and the output; None to look at ``data`` alone.
        examples: how many expressions to try.

    Raises:
        AssertionError: where a number or a gradient differs, or the engine raises an error: with the shortest
            expression that was found, and the reason where it is one of the usual ones.
    """
    __tracebackhide__ = True  # pytest shows who called
    from autograd.testing.strategies import repeatable  # isort: skip  (says what to install where Hypothesis is missing)
    from hypothesis import HealthCheck, find, given, settings
    from hypothesis.errors import NoSuchExample

    quiet = settings(repeatable(examples), suppress_health_check=list(HealthCheck))
    try:
        shortest = find(expressions, lambda e: bool(_try(number, e, gradients).problem), settings=quiet)
    except NoSuchExample:
        return
    trial = _try(number, shortest, gradients)
    lines = [f"{trial.problem}, for {_written(trial)}", *trial.hints]
    if trial.found is not None:
        seen = [trial]
        settings(quiet, max_examples=50)(given(expressions)(lambda e: seen.append(_try(number, e, gradients))))()
        compared = [other for other in seen if other.found is not None]
        wrong, right = ([t for t in compared if bool(t.problem) is is_wrong] for is_wrong in (True, False))
        lines += _explained([*wrong[:SEEN], *right[:SEEN]])
    raise AssertionError("\n".join(lines))


class _Trial(NamedTuple):
    """What came of one expression."""

    leaves: list[Value]
    root: Value
    problem: str = ""
    hints: tuple[str, ...] = ()
    found: list[float] | None = None  #: the engine's gradients, where it got as far as that

    def agrees(self, grads: Sequence[float]) -> bool:
        """Whether the engine's gradients are these."""
        assert self.found is not None
        allowed = sizes(self.root)
        return all(
            abs(mine - x) <= math.sqrt(UNIT) * max(allowed.get(leaf, 0.0), abs(x)) + SUBNORMAL
            for leaf, mine, x in zip(self.leaves, self.found, grads, strict=True)
        )


def _names(leaves: Sequence[Value]) -> list[str]:
    return list("xyz"[: len(leaves)]) if len(leaves) <= 3 else [f"x{i}" for i in range(1, len(leaves) + 1)]


def _written(trial: _Trial) -> str:
    graph = Graph(trial.root)
    f = python(trial.leaves, graph).partition(": ")[2] if len(graph) <= LONGEST else f"a graph of {len(graph)} values"
    point = ", ".join(f"{x} = {leaf.data}" for x, leaf in zip(_names(trial.leaves), trial.leaves, strict=True))
    return f"f = {f} at {point}"


class _EndlessError(Exception):
    """Raised in a learner's code."""


@contextmanager
def _stopped_if_endless() -> Iterator[None]:
    """Stop what is called in here when it has called too much: a loop for ever would say nothing for ever."""
    calls, before = 0, sys.getprofile()

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1
        if calls > MOST_CALLS:
            raise _EndlessError

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def _try(number: Callable[[float], Any], expression: Expression, gradients: Any) -> _Trial:
    leaves, root = expression.record()
    root.backward()
    right = _Trial(leaves, root)
    if not all(map(math.isfinite, [root.data, *(leaf.grad for leaf in leaves), *sizes(root).values()])):
        return right
    if any(v.op is ops.divide and not TINY < abs(v.parents[1].data) < 1 / TINY for v in Graph(root)):
        return right
    try:
        with _stopped_if_endless():
            inputs = [number(x) for x in expression.point]
            output = expression(*inputs)
        data = getattr(output, "data", output)
        if data is output or not isinstance(data, (int, float)):
            return right._replace(problem=f"your engine computes {_described(data)}", hints=_about(data))
        if not math.isclose(data, root.data, rel_tol=1e-9, abs_tol=1e-9):
            return right._replace(problem=f"f is {data} by your engine and {root.data} is right")
        if gradients is None:
            return right
        with _stopped_if_endless():
            found = list(gradients(inputs, output))
        for name, grad in zip(_names(leaves), found, strict=True):
            if not isinstance(grad, (int, float)):
                return right._replace(problem=f"the gradient of {name} is {_described(grad)}", hints=_about(grad))
    except _EndlessError:
        return right._replace(problem="your engine does not come to an end", hints=(ENDLESS,))
    except Exception as error:  # whatever a learner's code may raise
        return right._replace(
            problem=f"your engine raised {type(error).__name__}: {error}", hints=tuple(_about_error(error))
        )
    right = right._replace(found=[float(grad) for grad in found])
    for name, leaf, mine in zip(_names(leaves), leaves, right.found or [], strict=True):
        if not right._replace(leaves=[leaf], found=[mine]).agrees([leaf.grad]):
            return right._replace(problem=f"∂f/∂{name} is {mine} by your engine and {leaf.grad} by backpropagation")
    return right


ENDLESS = f"it was stopped after {MOST_CALLS} calls: something waits that has had its turn, or calls itself for ever"
BLANK = "fill in the blank: your own line in the place of ..."


def _described(x: Any) -> str:
    return "None" if x is None else f"{type(x).__name__} {x!r:.60}"


def _about(x: Any) -> tuple[str, ...]:
    """A word on what should be a number and is none."""
    if x is ...:
        return (BLANK,)
    if x is None:
        return ("a method returns what it makes: is there a return?",)
    if isinstance(x, (int, float)):
        return ("make a number of yours from it, which keeps it as its data",)
    return ("a float is wanted: take its data",) if hasattr(x, "data") else ()


def _about_error(error: Exception) -> Iterator[str]:
    """Where in the learner's code it was raised, and a word on the usual reason."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if OURS not in Path(f.filename).parents]
    if frames:
        place = f"in {frames[-1].name}, line {frames[-1].lineno}"
        yield f"{place}: {frames[-1].line}" if frames[-1].line else place
    text = str(error)
    if "ellipsis" in text:
        yield BLANK
    elif isinstance(error, RecursionError):
        inside = [f.name for f in frames if f.name.startswith("__")]
        if inside and inside[0] != "__init__":
            yield f"{inside[0]} calls itself, for ever: compute with the data of the two, not with the two"
        else:
            yield "it calls itself, for ever: has it an end?"
    elif isinstance(error, TypeError) and "unsupported operand" in text and not frames:
        yield "a plain number stands on the left: Python asks the number on the right then, by __radd__ or __rmul__"
    elif isinstance(error, AttributeError) and text.startswith("'float'"):
        yield "a plain number came where one of yours was expected: make a number of yours from it first"
    elif isinstance(error, OverflowError) and text == "math range error":
        yield "a number is larger than a float can be, as exp(710) is: for z < 0, σ(z) is exp(z) / (1 + exp(z)) as well"
    elif isinstance(error, TypeError) and "'NoneType' object is not iterable" in text:
        yield "it goes through None: is there a return? (x.reverse() changes x and returns None: that is reversed(x))"
    elif isinstance(error, TypeError) and "unsupported operand" in text and "'list'" in text:
        yield "a number is added to a list: only several can be, as a list or as the parents of a number"
    elif isinstance(error, AttributeError) and text.startswith(("'tuple'", "'list'")):
        yield "several came where a single number was expected: is there a pair of brackets too many?"
    elif "'NoneType'" in text:
        yield "a method returns what it makes: is there a return?"


def _explained(trials: Sequence[_Trial]) -> list[str]:
    """The slip that gives the engine's gradients on every expression, also where they are right."""
    for words, slip in SLIPS:
        if all(trial.agrees([slip(trial.root).get(leaf, 0.0) for leaf in trial.leaves]) for trial in trials):
            return [f"this is what comes out where {words}"]
    return []


def _preorder(root: Value, left_first: bool, again: bool) -> Iterator[Value]:
    """A value, then what it was made from: each time that it is reached, or the first time only."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if again or node not in seen:
            seen.add(node)
            yield node
            waiting += reversed(node.parents) if left_first else node.parents


def _breadth_first(root: Value, again: bool) -> Iterator[Value]:
    waiting, seen = [root], set()
    for node in waiting:
        if again or node not in seen:
            seen.add(node)
            yield node
            waiting += node.parents


def _first_parents(root: Value) -> Iterator[Value]:
    node = root
    while node.parents:
        yield node
        node = min(node.parents, key=lambda parent: parent.op is ops.constant)  # in 2 + x it is x that is asked


def _walked(root: Value, walk: Iterable[Value], replace: bool = False) -> Gradients:
    """The gradients where the nodes propagate in this order, and contributions are added up or replaced."""
    grads = {root: 1.0}
    for node in walk:
        for parent, local_grad in edges(node):
            grads[parent] = (0.0 if replace else grads.get(parent, 0.0)) + local_grad * grads.get(node, 0.0)
    return grads


def _handed_down(root: Value) -> Gradients:
    """The gradients where each value hands all that it has to one parent, which goes on at once, then to the next."""
    grads: Gradients = {}
    waiting = [(root, 1.0, 0)]
    while waiting:
        node, grad, index = waiting.pop()
        if not index:
            grads[node] = grads.get(node, 0.0) + grad
        if index < len(node.parents):
            waiting.append((node, grad, index + 1))
            waiting.append((node.parents[index], node.local_grads[index] * grads[node], 0))
    return grads


def _with_factors(op: Op, factors: Callable[[float, float], Sequence[float]]) -> Callable[[Value], Gradients]:
    """The gradients where an operation has other local derivatives."""

    def changed(node: Value, i: int, local_grad: float) -> float:
        return factors(*(parent.data for parent in node.parents))[i] if node.op is op else local_grad

    return lambda root: backpropagate(Graph(root), changed)


TAKES_THE_PLACE = "a contribution takes the place of the one before, and should be added to it, by +="
TWICE = "a value propagates each time that it is reached, and with it what it has propagated before"
EARLY = "a value propagates before all that was made from it has propagated to it"

#: What goes wrong in first engines: in words, and as the gradients that come of it.
SLIPS: list[tuple[str, Callable[[Value], Gradients]]] = [
    ("nothing is propagated: the output's own gradient should be 1 to begin with", lambda root: {}),
    (
        "the output's own gradient is its number to begin with, and it should be 1",
        lambda root: {value: root.data * grad for value, grad in backpropagate(Graph(root)).items()},
    ),
    (TAKES_THE_PLACE, lambda root: backpropagate(Graph(root), add=False)),
    (TAKES_THE_PLACE, lambda root: _walked(root, _preorder(root, False, True), replace=True)),
    (TAKES_THE_PLACE, lambda root: _walked(root, _preorder(root, True, True), replace=True)),
    (TAKES_THE_PLACE, lambda root: _walked(root, _breadth_first(root, True), replace=True)),
    (TWICE, lambda root: _walked(root, _preorder(root, False, True))),
    (TWICE, lambda root: _walked(root, _preorder(root, True, True))),
    (TWICE, lambda root: _walked(root, _breadth_first(root, True))),
    (TWICE, _handed_down),
    ("of the parents of a value only the first has its turn", lambda root: _walked(root, _first_parents(root))),
    (EARLY, lambda root: _walked(root, _preorder(root, False, False))),
    (EARLY, propagate_too_soon),
    (EARLY, lambda root: _walked(root, _breadth_first(root, False))),
    (
        "the output alone propagates, or the others do so before it, while their gradients are 0 still",
        lambda root: _walked(root, Graph(root)),
    ),
    (
        "the local derivatives of x · y have changed places: ∂(x · y)/∂x is y",
        _with_factors(ops.multiply, lambda x, y: (x, y)),
    ),
    (
        "the local derivatives of x · y are taken to be 1, as those of x + y are",
        _with_factors(ops.multiply, lambda x, y: (1.0, 1.0)),
    ),
    ("the local derivatives of x + y are those of x · y", _with_factors(ops.add, lambda x, y: (y, x))),
    ("the local derivatives of x + y are x and y, and should be 1", _with_factors(ops.add, lambda x, y: (x, y))),
    ("∂(x − y)/∂y is 1, and should be −1", _with_factors(ops.subtract, lambda x, y: (1.0, 1.0))),
    (
        "a value propagates its local derivative alone, and should multiply it by its own gradient",
        lambda root: backpropagate(Graph(root), upstream=lambda grad: 1.0),
    ),
]
