"""What holds for every expression, whatever it is made of."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd import Graph, Value, ops
from autograd.testing.strategies import Expression, expressions
from tests.helpers.numbers import same
from tests.helpers.oracles import UNIT, path_sums, roundings

anything = st.floats()
NORMAL = 2.0**-1022


def gradients_of(root: Value, leaves: list[Value]) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return [leaf.grad for leaf in leaves]


def bits(graph: Graph) -> list[tuple[float, ...]]:
    return [(node.data, node.grad, *node.local_grads) for node in graph]


def all_same(ours: Any, theirs: Any) -> bool:
    return len(ours) == len(theirs) and all(
        len(a) == len(b) and all(map(same, a, b)) for a, b in zip(ours, theirs, strict=True)
    )


@given(expressions(numbers=anything))
def test_two_backward_calls_give_exactly_twice(expression: Expression) -> None:
    leaves, root = expression.record()
    root.backward()
    once = [leaf.grad for leaf in leaves]
    root.backward()
    assert all(same(leaf.grad, 2 * grad) for leaf, grad in zip(leaves, once, strict=True))


@given(expressions(numbers=anything))
def test_backward_by_another_graph_object_gives_the_same_bits(expression: Expression) -> None:
    _, root = expression.record()
    graph = Graph(root)
    graph.backward()
    first = bits(graph)
    for leaf in graph:
        leaf.grad = 0.0
    Graph(root).backward()
    assert all_same(bits(graph), first)


def underflows(root: Value) -> bool:
    """Whether a product in backpropagation is rounded to a subnormal number or to 0."""
    factors = ((step.local_grad, step.upstream, step.contribution) for step in Graph(root).steps())
    return any(abs(product) < NORMAL and x != 0 and y != 0 for x, y, product in factors)


@given(expressions(smooth=True), st.integers(-30, 30))
@example(Expression(lambda x: 3.211153579434065e-20 * ((a := (-x)) + a).cos(), (1.325704267163213e-306,)), 5)
def test_scaling_the_result_by_a_power_of_two_scales_the_gradient_exactly(expression: Expression, power: int) -> None:
    leaves, root = expression.record()
    once = gradients_of(root, leaves)
    scaled = root * 2.0**power
    assume(not underflows(root) and not underflows(scaled))
    assert gradients_of(scaled, leaves) == [grad * 2.0**power for grad in once]


def rounding_bound(root: Value, leaf: Value) -> float:
    """How far a gradient can be from the exact sum over paths of its local derivatives.

    With k roundings, each path's contribution is off by a factor of at most (1 + u)ᵏ, which is 1 + k·u but for terms in
    u². Besides, a product that becomes subnormal is off by 2⁻¹⁰⁷⁵, times at most 1000 for each later edge of a smooth
    expression: nowhere near 1e-200.
    """
    return 1.05 * roundings(root) * UNIT * path_sums(root).get(leaf, 0.0) + 1e-200


def a_node_of(root: Value) -> st.SearchStrategy[Value]:
    return st.sampled_from(list(Graph(root)))


@given(expressions(smooth=True), st.data())
def test_the_gradient_of_a_sum_is_the_sum_of_the_gradients(expression: Expression, data: st.DataObject) -> None:
    leaves, root = expression.record()
    f, g = data.draw(a_node_of(root)), data.draw(a_node_of(root))
    total = f + g
    sums, ours_f, ours_g = (gradients_of(node, leaves) for node in (total, f, g))
    for leaf, gradient_of_sum, first, second in zip(leaves, sums, ours_f, ours_g, strict=True):
        # All three come from the same paths, so the bound for the sum is above that of each.
        assert abs(gradient_of_sum - (first + second)) <= 2 * rounding_bound(total, leaf)


@given(expressions(smooth=True), expressions(max_inputs=1, smooth=True))
def test_the_chain_rule_holds_across_two_graphs(inner: Expression, outer: Expression) -> None:
    leaves, middle = inner.record()
    shifted = middle + (outer.point[0] - middle.data)  # so that the outer function is where it is smooth
    apart = Value(shifted.data)
    slope = gradients_of(outer(apart), [apart])[0]
    through_both = gradients_of(outer(shifted), leaves)
    through_inner = gradients_of(middle, leaves)
    bounds = [rounding_bound(outer(shifted), leaf) for leaf in leaves]
    for whole, part, bound in zip(through_both, through_inner, bounds, strict=True):
        assert abs(whole - slope * part) <= 2 * bound


@given(expressions(numbers=anything), st.randoms(use_true_random=False))
def test_the_order_in_which_an_expression_was_built_does_not_matter(expression: Expression, rng: random.Random) -> None:
    _, root = expression.record()
    graph = Graph(root)
    anew: dict[Value, Value] = {}
    pending = list(graph)
    while pending:
        rng.shuffle(pending)
        ready = [node for node in pending if all(parent in anew for parent in node.parents)]
        for node in ready:
            parents = [anew[parent] for parent in node.parents]
            anew[node] = node.op(*parents) if node.op is not None and parents else Value(node.data)
        pending = [node for node in pending if node not in anew]
    graph.backward()
    anew[root].backward()
    assert all_same(bits(graph), [(v.data, v.grad, *v.local_grads) for v in map(anew.__getitem__, graph)])


@given(expressions(smooth=True))
def test_sharing_a_subexpression_or_writing_it_out_gives_the_same_gradient(expression: Expression) -> None:
    leaves, root = expression.record()

    def written_out(node: Value) -> Value:
        if node.op is None or not node.parents:
            return node
        copy: Value = node.op(*[written_out(parent) for parent in node.parents])
        return copy

    tree = written_out(root)
    assert tree.data == root.data
    shared, apart = gradients_of(root, leaves), gradients_of(tree, leaves)
    for leaf, ours, theirs in zip(leaves, shared, apart, strict=True):
        assert abs(ours - theirs) <= 2 * rounding_bound(tree, leaf)


@given(expressions(numbers=anything), st.data())
def test_forward_after_any_change_of_leaves_is_recording_anew_bit_for_bit(
    expression: Expression, data: st.DataObject
) -> None:
    leaves, root = expression.record()
    graph = Graph(root)
    for _ in range(data.draw(st.integers(1, 3))):
        for leaf in leaves:
            leaf.data = data.draw(anything)
        for node in graph:
            node.grad = 0.0
        assert same(graph.forward(), root.data)
        graph.backward()
        anew = Expression(expression.function, [leaf.data for leaf in leaves]).record()[1]
        anew.backward()
        assert all_same(bits(graph), bits(Graph(anew)))


@given(expressions(numbers=anything))
def test_steps_add_up_to_backward_bit_for_bit(expression: Expression) -> None:
    _, root = expression.record()
    graph = Graph(root)
    before = bits(graph)
    steps = list(graph.steps())
    assert all_same(bits(graph), before)
    sums = dict.fromkeys(graph, 0.0) | {root: 1.0}
    for step in steps:
        assert same(step.upstream, sums[step.node])
        assert same(step.contribution, step.local_grad * step.upstream)
        sums[step.parent] += step.contribution
        assert same(step.grad, sums[step.parent])
    graph.backward()
    assert all(same(node.grad, sums[node]) for node in graph if node.op is not ops.constant)


@given(expressions(numbers=anything))
def test_every_edge_but_those_to_constants_is_one_step_and_its_node_is_complete_by_then(expression: Expression) -> None:
    _, root = expression.record()
    steps = list(Graph(root).steps())
    edges = Counter((node, parent) for node in Graph(root) for parent in node.parents if parent.op is not ops.constant)
    assert Counter((step.node, step.parent) for step in steps) == edges
    done: set[Value] = set()
    for step in steps:
        done.add(step.node)
        assert step.parent not in done
