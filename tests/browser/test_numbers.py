"""What the page computes is what Python does: random graphs, numbers changed at random, inf and nan included."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Graph, Op, Value, ops
from autograd.formula import name_values
from autograd.operation import number
from autograd.testing.strategies import OPERATIONS, Expression, expressions, finite_floats
from autograd.viz.stepper.description import describe
from tests.helpers.graphs import diamond
from tests.helpers.page import Show

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWN = [
    Op("cube", "x³", lambda x: x * x * x, (lambda out, x: 3 * x * x,)),
    Op("add", "~", lambda x, y: x + 2 * y, (lambda out, x, y: 1.0, lambda out, x, y: 2.0)),  # not the table's add
    Op("leaky", "/", lambda x: ops.where(x > 0, x, 0.1 * x), (lambda out, x: ops.where(x > 0, 1.0, 0.1),)),
    Op("swish", "s", lambda x: x * ops.sigmoid(x), (lambda out, x: ops.sigmoid(x) + out * (1 - ops.sigmoid(x)),)),
]
ANY_NUMBER = st.one_of(
    finite_floats(), st.sampled_from([0.0, -0.0, 1.0, 2.0, math.inf, -math.inf, math.nan, 1e300, -1e-300, 5e-324])
)
LOAD = """([description, numbers]) => {
    load(description);
    if (graph.still) return graph.still;
    for (const leaf of graph.leaves) leaf.data = Number(numbers[leaf.name]);
    recompute();
    return graph.nodes.map((node) => [String(node.data), String(node.grad)]);
}"""


def by_hand(graph: Graph, data: dict[Value, float], slip: random.Random | None) -> list[tuple[float, float]]:
    """Value and gradient of every node by the rules of the table; each result off by a rounding, where one may slip."""

    def rounded(x: float) -> float:
        return x * (1 + slip.choice([-1, 0, 1]) * 2.0**-51) if slip else x

    values, grads = dict(data), dict.fromkeys(graph, 0.0) | {graph.root: 1.0}
    for node in graph:
        if node.op is not None and node.parents:
            values[node] = rounded(number(node.op.forward(*[values[x] for x in node.parents])))
        else:
            values.setdefault(node, node.data)
    for node in reversed(list(graph)):
        for i, parent in enumerate(node.parents):
            assert node.op is not None
            local_grad = number(node.op.partials[i](values[node], *[values[x] for x in node.parents]))
            grads[parent] += rounded(local_grad) * grads[node]
    return [(values[node], grads[node]) for node in name_values(graph)]


def assert_the_page_agrees(page: Page, expression: Expression, point: list[float]) -> None:
    leaves, root = expression.record()
    graph = Graph(root)
    names = name_values(graph)
    numbers = {
        names[leaf]: str(x).replace("inf", "Infinity").replace("nan", "NaN")
        for leaf, x in zip(leaves, point, strict=True)
    }
    size = {"width": 100, "height": 100}  # a browser that is resized asks for it
    shown: Any = page.evaluate(LOAD, [describe(graph) | size, numbers])
    assert not isinstance(shown, str), shown
    data = dict(zip(leaves, point, strict=True))
    expected = by_hand(graph, data, None)
    seeds = random.Random(0)
    slipped = [by_hand(graph, data, seeds) for _ in range(8)]
    for i, name in enumerate(names.values()):
        for which in (0, 1):
            ours, theirs = float(shown[i][which].replace("Infinity", "inf")), expected[i][which]
            around = [other[i][which] for other in slipped]
            if math.isfinite(theirs) and all(map(math.isfinite, around)):
                rounding = 20 * max(abs(x - theirs) for x in around)
                if math.isfinite(rounding):  # else one rounding more or less decides
                    assert abs(ours - theirs) <= 5e-7 * abs(theirs) + rounding + 1e-300, (name, ours, theirs, point)
            elif all(repr(x) == repr(theirs) for x in around):
                assert repr(ours) == repr(theirs), (name, point)


anything = settings(
    max_examples=max(200, settings.default.max_examples if settings.default else 0),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def page(show: Show) -> Page:
    return show(diamond())


@anything
@given(expressions([*OPERATIONS, *OWN], max_operations=12), st.lists(ANY_NUMBER, min_size=9, max_size=9))
def test_a_random_graph_with_numbers_changed_at_random_has_pythons_values_and_gradients(
    page: Page, expression: Expression, numbers: list[float]
) -> None:
    assert_the_page_agrees(page, expression, numbers[: len(expression.record()[0])])


@anything
@given(expressions([*OPERATIONS, *OWN], max_operations=12, numbers=finite_floats(2)), st.data())
def test_with_ordinary_numbers_too(page: Page, expression: Expression, data: st.DataObject) -> None:
    leaves, _ = expression.record()
    assert_the_page_agrees(page, expression, [data.draw(finite_floats(3)) for _ in leaves])


@pytest.mark.parametrize("op", [*ops.TABLE[1:], *OWN], ids=lambda op: op.name)
def test_every_operation_at_special_numbers(page: Page, op: Op) -> None:
    special = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 800.0, -800.0, 1e-300, 1e300, math.inf, -math.inf, math.nan]
    for x in special:
        for y in special if len(op.partials) >= 2 else [0.0]:
            point = [x, y, 0.5][: len(op.partials)]
            assert_the_page_agrees(page, Expression(op, [1.5] * len(point)), point)
