"""Whatever is done before it, and in whatever order, backward gives what a model of a few lines says.

The machine builds expressions, assigns data and gradients, replays kept graphs, runs backward from several roots, drops
what it has, and interrupts all of that. Beside it runs the model: whole numbers, and the chain rule written out over
all paths. Numbers stay small enough for doubles to be exact, so the two are compared with ==.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from autograd import Graph, Value
from tests.helpers.interrupt import Interrupt

EXACT = 2**53
WIDE = 12  # so many products and sums are one statement, which is faster than the nodes in either build


@dataclass(eq=False)
class Model:
    """What a node should be."""

    data: int
    parents: tuple[Model, ...] = ()
    rule: Callable[..., tuple[int, tuple[int, ...]]] | None = None
    local_grads: tuple[int, ...] = ()
    grad: int | None = 0  #: None where an interrupt left it open

    def evaluate(self) -> None:
        if self.rule is not None:
            self.data, self.local_grads = self.rule(*[parent.data for parent in self.parents])

    @cached_property
    def nodes(self) -> list[Model]:
        """All that this was made from, parents first, itself last."""
        return [*dict.fromkeys(node for parent in self.parents for node in parent.nodes), self]

    @cached_property
    def paths(self) -> int:
        """How many ways lead from here to a leaf."""
        return sum(parent.paths for parent in self.parents) or 1

    def slopes(self) -> dict[Model, int]:
        """∂self/∂node: for each path the product of its local derivatives, summed."""
        slopes: dict[Model, int] = {self: 1}
        for parent, local_grad in zip(self.parents, self.local_grads, strict=True):
            for node, slope in parent.slopes().items():
                slopes[node] = slopes.get(node, 0) + local_grad * slope
        return slopes

    @property
    def is_leaf(self) -> bool:
        return self.rule is None


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., tuple[int, tuple[int, ...]]]]] = {
    "add": (lambda x, y: x + y, lambda x, y: (x + y, (1, 1))),
    "subtract": (lambda x, y: x - y, lambda x, y: (x - y, (1, -1))),
    "multiply": (lambda x, y: x * y, lambda x, y: (x * y, (y, x))),
    "negative": (lambda x: -x, lambda x: (-x, (-1,))),
    "relu": (lambda x: x.relu(), lambda x: (max(x, 0), (int(x > 0),))),
    "absolute": (abs, lambda x: (abs(x), ((x > 0) - (x < 0),))),
    "square": (lambda x: x**2, lambda x: (x * x, (2 * x,))),
}

small = st.integers(-3, 3)
moments = st.integers(1, 120)


@dataclass
class Kept:
    graph: Graph
    model: Model


class Engine(RuleBasedStateMachine):
    """Values beside their models."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[tuple[Value, Model]] = []
        self.graphs: list[Kept] = []
        self.looking = True

    @initialize(data=small)
    def begin(self, data: int) -> None:
        self.leaf(data)

    def draw(self, data: st.DataObject) -> tuple[Value, Model]:
        return self.known[data.draw(st.integers(0, len(self.known) - 1))]

    # Building.

    @rule(data=small)
    def leaf(self, data: int) -> None:
        self.known.append((Value(data), Model(data)))

    @rule(data=st.data(), name=st.sampled_from(sorted(OPERATIONS)), interrupted=st.none() | moments)
    def build(self, data: st.DataObject, name: str, interrupted: int | None) -> None:
        compute, slope = OPERATIONS[name]
        operands = [self.draw(data) for _ in range(2 if name in ("add", "subtract", "multiply") else 1)]
        model = Model(0, tuple(m for _, m in operands), slope)
        model.evaluate()
        if abs(model.data) > 1000 or model.paths > 200 or self.too_large(model):
            return
        values = [value for value, _ in operands]
        if interrupted is not None:
            Interrupt(interrupted)(lambda: compute(*values))
        self.known.append((compute(*values), model))

    @rule(data=st.data())
    def build_and_keep_what_runs_on_a_tape(self, data: st.DataObject) -> None:
        pairs = [(self.draw(data), self.draw(data)) for _ in range(WIDE)]
        (_, slope), (_, product) = OPERATIONS["add"], OPERATIONS["multiply"]
        value, model = self.draw(data)
        for (x, _), (y, _) in pairs:
            value = value + x * y
        for (_, left), (_, right) in pairs:
            model = Model(0, (model, Model(0, (left, right), product)), slope)
            model.parents[1].evaluate()
            model.evaluate()
        if abs(model.data) > 1000 or model.paths > 200 or self.too_large(model):
            return
        self.known.append((value, model))
        self.graphs.append(Kept(Graph(value), model))
        assert self.graphs[-1].graph.tape.pays

    @staticmethod
    def too_large(root: Model) -> bool:
        """Whether doubles would round. The sizes of all paths add up to more than any sum on the way does."""
        sizes: dict[Model, int] = {root: 1}
        for node in reversed(root.nodes):
            for parent, local_grad in zip(node.parents, node.local_grads, strict=True):
                sizes[parent] = sizes.get(parent, 0) + abs(local_grad) * sizes[node]
        return any(size > EXACT or abs(node.data) > EXACT for node, size in sizes.items())

    # Assigning.

    @rule(data=st.data(), number=small)
    def assign_data(self, data: st.DataObject, number: int) -> None:
        value, model = self.draw(data)
        value.data = model.data = number

    @rule(data=st.data(), number=small)
    def assign_grad(self, data: st.DataObject, number: int) -> None:
        value, model = self.draw(data)
        value.grad = model.grad = number

    @rule()
    def zero_grad(self) -> None:
        for value, model in self.known:
            value.grad = model.grad = 0

    # Backward.

    @rule(data=st.data(), interrupted=st.none() | moments)
    def backward(self, data: st.DataObject, interrupted: int | None) -> None:
        value, model = self.draw(data)
        self.run_backward(value.backward, model, interrupted)

    @precondition(lambda self: self.graphs)
    @rule(data=st.data(), interrupted=st.none() | moments)
    def backward_of_a_kept_graph(self, data: st.DataObject, interrupted: int | None) -> None:
        kept = data.draw(st.sampled_from(self.graphs))
        self.run_backward(kept.graph.backward, kept.model, interrupted)

    def run_backward(self, run: Callable[[], object], root: Model, interrupted: int | None) -> None:
        slopes = root.slopes()
        if self.too_large(root) or any(
            node.grad is not None and abs(node.grad) + abs(slope) > EXACT for node, slope in slopes.items()
        ):
            return
        after: dict[Model, int | None] = {
            node: (node.grad or 0) + slope if node.is_leaf else slope for node, slope in slopes.items()
        }
        if interrupted is None:
            run()
        else:
            interrupt = Interrupt(interrupted)
            interrupt(run)
            if interrupt.arrived:  # the leaves are all as before, or all done; inner nodes are whatever they are
                done = self.leaves_are(after)
                after = {node: (after[node] if done else node.grad) if node.is_leaf else None for node in slopes}
        for node, grad in after.items():
            node.grad = grad

    def leaves_are(self, grads: Mapping[Model, int | None]) -> bool:
        return all(value.grad == grads[model] for value, model in self.known if model.is_leaf and model in grads)

    # Replaying.

    @rule(data=st.data(), interrupted=st.none() | moments)
    def keep(self, data: st.DataObject, interrupted: int | None) -> None:
        value, model = self.draw(data)
        if interrupted is not None:
            Interrupt(interrupted)(lambda: Graph(value))
        self.graphs.append(Kept(Graph(value), model))

    @precondition(lambda self: self.graphs)
    @rule(data=st.data(), interrupted=st.none() | moments)
    def replay(self, data: st.DataObject, interrupted: int | None) -> None:
        kept = data.draw(st.sampled_from(self.graphs))
        if interrupted is not None:
            Interrupt(interrupted)(kept.graph.forward)
        kept.graph.forward()
        for node in kept.model.nodes:
            node.evaluate()

    # Dropping.

    @precondition(lambda self: len(self.known) > 1)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        self.known.pop(data.draw(st.integers(0, len(self.known) - 1)))

    @precondition(lambda self: self.graphs)
    @rule(data=st.data())
    def drop_a_graph(self, data: st.DataObject) -> None:
        self.graphs.pop(data.draw(st.integers(0, len(self.graphs) - 1)))

    # Looking: a tape brings its nodes up to date then, and may have to wait for it.

    @rule()
    def look_away_or_back(self) -> None:
        self.looking = not self.looking

    def teardown(self) -> None:
        self.looking = True
        self.every_value_is_as_its_model()

    @invariant()
    def every_value_is_as_its_model(self) -> None:
        if not self.looking:
            return
        for value, model in self.known:
            assert abs(model.data) > EXACT or value.data == model.data
            assert model.grad is None or value.grad == model.grad
            assert value.local_grads[: len(model.local_grads)] == model.local_grads


TestEngine = Engine.TestCase
