"""A model's graphs, recorded once and replayed: what ``fit(..., replay=True)`` trains with.

Recording makes a node for every number; replaying computes with the nodes that are there, many times as fast. What was
recorded is one run, with every ``if`` decided as it was then. So a replay is right only as long as the model does the
same to every example, and `Replays.check` looks whether it does: it records an example anew, and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

from autograd.engine import Value
from autograd.formula import name
from autograd.graph import Graph
from autograd.operation import is_number
from autograd.transforms import each


class Replays:
    """The graph of ``record(x, target)``, a loss, for each shape of example.

    The floats of an example are leaves of its graph; whatever else is in it, its lists and ints and text, is its shape.
    Examples of one shape share a graph, which is given their floats in turn.
    """

    def __init__(self, record: Callable[[Any, Any], Value], parameters: Iterable[Value]) -> None:
        self._record, self._parameters = record, set(parameters)
        self._graphs: dict[Any, Recorded] = {}
        self._kept: list[Any] = []  # what a shape knows by its identity

    def __call__(self, x: Any, target: Any) -> Graph:
        """The example's graph, up to date with it; recorded and checked where it is the first of its shape."""
        numbers: list[float] = []
        shape = self._shape((x, target), numbers)
        if shape not in self._graphs:
            self.check(x, target)
        graph, leaves = self._graphs[shape]
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data = number
        graph.forward()
        return graph

    def check(self, x: Any, target: Any) -> None:
        """Record the example anew, and compare.

        Raises:
            ValueError: where that is another computation than was recorded for its shape, naming the first difference.
        """
        shape = self._shape((x, target), [])
        if shape not in self._graphs:
            self._graphs[shape] = self._recorded(x, target)
        difference = self._first_difference(self._graphs[shape], self._recorded(x, target))
        if difference:
            raise ValueError(
                f"replay=True takes a model that does the same to every example, and this one does not: {difference}, "
                f"for {x!r:.80}. An if, or a number that went in by .data, is decided when the graph is recorded: let "
                "an operation choose, as relu and autograd.ops.where do, or train with replay=False"
            )

    def _recorded(self, x: Any, target: Any) -> Recorded:
        leaves: list[Value] = []

        def as_leaf(y: Any) -> Any:
            if _is_float(y):
                leaves.append(Value(y))
                return leaves[-1]
            return y

        return Graph(self._record(*each(as_leaf, (x, target)))), leaves

    def _shape(self, x: Any, numbers: list[float]) -> Any:
        """What an example is apart from its floats, as the key of a dict. The floats come in the order of `each`."""
        if _is_float(x):
            numbers.append(float(x))
            return float
        if isinstance(x, (list, tuple)):
            return type(x), *[self._shape(y, numbers) for y in x]
        if isinstance(x, dict):
            keys = sorted(x) if all(isinstance(key, str) for key in x) else list(x)
            return dict, *[(key, self._shape(x[key], numbers)) for key in keys]
        if is_dataclass(x) and not isinstance(x, type):
            return type(x), *[self._shape(getattr(x, field.name), numbers) for field in fields(x)]
        if getattr(x, "ndim", 0) and hasattr(x, "flat"):
            return type(x), x.shape, *[self._shape(y, numbers) for y in x.flat]
        try:
            hash(x)
        except TypeError:
            self._kept.append(x)
            return type(x), id(x)
        return type(x), x

    def _first_difference(self, before: Recorded, now: Recorded) -> str:
        """Where two graphs differ that should be the same but for their numbers; empty where they do not."""
        pairs: dict[Value, Value] = dict(zip(before[1], now[1], strict=True))
        back = {b: a for a, b in pairs.items()}

        def same(a: Value, b: Value) -> bool:
            new = a not in pairs and b not in back and a.op is b.op and not a.parents and not b.parents
            # Constants, and leaves that the model makes as it runs, are as they were recorded in every replay.
            if new and (a is b or (repr(a.data) == repr(b.data) and not {a, b} & self._parameters)):
                pairs[a], back[b] = b, a
            return a in pairs and pairs[a] is b and back[b] is a

        graphs = [[node for node in graph if node.parents] for graph, _ in (before, now)]
        for a, b in zip(*graphs, strict=False):
            if a.op is not b.op or len(a.parents) != len(b.parents):
                return f"it computes {_said(b)} where {_said(a)} was recorded"
            for p, q in zip(a.parents, b.parents, strict=True):
                if not same(p, q):
                    return f"{name(q)} goes into {_said(b)} where {name(p)} went in when it was recorded"
            pairs[a], back[b] = b, a
        if not same(before[0].root, now[0].root):
            return f"it ends with {_said(now[0].root)} where {_said(before[0].root)} was recorded"
        return ""


def _is_float(x: Any) -> bool:
    """Whether this is a number that is not whole by its type."""
    return isinstance(x, float) or (is_number(x) and not hasattr(x, "__index__"))


def _said(node: Value) -> str:
    return f"{node.op.name if node.op else 'the leaf'} {name(node, columns=40)}"


Recorded: TypeAlias = tuple[Graph, list[Value]]
