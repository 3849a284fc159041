"""A tape computes what visiting the nodes does, to the bit, and whoever looks at a node sees it."""

from __future__ import annotations

import re
import runpy
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import COMPILED, Graph, Op, Value, ahead, dot, engine, kernel, ops
from autograd.tape import Tape
from autograd.testing.strategies import Expression, expressions
from tests.helpers.graphs import one_two_one
from tests.helpers.interrupt import Interrupt
from tests.helpers.numbers import same
from tests.helpers.special_values import POINTS

COPIES = 11  # so many of an expression side by side make packs that are full, and one that is not
OPERATIONS = [op for op in ops.TABLE if op.code]  # those of which the engine has a rule, and so the tape
PAYS = kernel.pays
anything = st.sampled_from(POINTS) | st.floats(-4, 4)


@pytest.fixture(autouse=True)
def packs_in_plain_python_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every graph runs on its tape, as the first of the process, and in packs, as plain Python would not."""
    if not COMPILED:
        monkeypatch.setattr(ahead, "tapes", {})
        monkeypatch.setattr(ahead, "numbers", count(-1, -1))
        monkeypatch.setattr(kernel, "pays", lambda nodes, *_: nodes > 0)
        monkeypatch.setattr(kernel, "NARROW", 3)


def side_by_side(expression: Expression, points: Sequence[Sequence[float]]) -> tuple[list[Value], Value]:
    """The expression at several points, and all that comes out added up."""
    leaves = [[Value(x) for x in point] for point in points]
    results = [expression(*some) for some in leaves]
    return [leaf for some in leaves for leaf in some], sum((r for r in results if isinstance(r, Value)), Value(0.0))


def assert_same(one: Value, other: Value) -> None:
    for a, b in zip(Graph(one), Graph(other), strict=True):
        assert all(map(same, (a.data, a.grad), (b.data, b.grad))), (a, b)
        assert all(map(same, a.local_grads, b.local_grads)), (a.op, a.local_grads, b.local_grads)


@given(expressions(OPERATIONS, numbers=anything), st.data(), anything)
def test_a_replay_on_a_tape_has_the_bits_of_recording_anew(
    expression: Expression, data: st.DataObject, gradient: float
) -> None:
    points = [[data.draw(anything) for _ in expression.point] for _ in range(COPIES)]
    leaves, root = side_by_side(expression, [expression.point] * COPIES)
    graph = Graph(root)
    for leaf, x in zip(leaves, [x for point in points for x in point], strict=True):
        leaf.data = x
    _, again = side_by_side(expression, points)
    assert same(graph.forward(), again.data)
    graph.backward(gradient)
    again.backward(gradient)
    assert_same(root, again)
    if len(graph) > 30:
        assert graph.tape.pays


def test_what_a_long_sum_is_added_to_is_computed_before_it() -> None:
    x = Value(1.0)
    root = x * 0.0
    for _ in range(COPIES):
        root = root + (x.tanh().exp() + (x + x))
    graph = Graph(root)
    x.data = 2.0
    again = 2.0 * 0.0
    for _ in range(COPIES):
        again = again + (Value(2.0).tanh().exp().data + (2.0 + 2.0))
    assert graph.tape.pays
    assert graph.forward() == again


def replayed() -> tuple[Value, Value, Value, Graph]:
    """x, an inner node y = 2·x, the root Σ tanh(y·x) and its graph, which pays on either build."""
    x = Value(3.0, "x")
    y = x * 2.0
    root = sum(((y * x).tanh() for _ in range(20)), y * x)
    return x, y, root, Graph(root)


def test_a_look_at_the_root_a_leaf_or_a_node_of_no_graph_brings_nothing_up_to_date() -> None:
    x, y, root, graph = replayed()
    other = x * x
    x.data = 4.0
    assert graph.tape.pays
    graph.forward_backward()
    assert (root.grad, x.data, other.data) == (1.0, 4.0, 9.0)
    assert root.data == graph.forward()
    assert (graph.tape.data_ahead, graph.tape.grads_ahead) == (True, True)
    assert y.data == 8.0
    assert not graph.tape.data_ahead


def test_what_is_seen_is_the_last_replay_though_the_leaves_have_moved_on() -> None:
    x, y, _, graph = replayed()
    x.data = 4.0
    graph.forward()
    x.data = 5.0
    assert (y.local_grads, y.data, x.data) == ((2.0, 4.0), 8.0, 5.0)


def test_gradients_are_brought_up_to_date_only_after_a_backward_on_the_tape() -> None:
    _, y, root, graph = replayed()
    root.backward()
    before = y.grad
    graph.forward()
    assert y.grad == before
    graph.backward(2.0)
    assert y.grad == 2.0 * before


def test_recording_on_top_of_a_replayed_node_takes_its_new_number() -> None:
    x, y, _, graph = replayed()
    x.data = 4.0
    graph.forward()
    z = y * 10.0
    assert (z.data, z.local_grads) == (80.0, (10.0, 8.0))


def test_what_is_assigned_to_an_inner_node_stays_until_the_next_replay() -> None:
    x, y, root, graph = replayed()
    x.data = 4.0
    graph.forward_backward()
    y.data, y.grad, root.data = 1.0, 2.0, 3.0
    assert (y.data, y.grad, root.data) == (1.0, 2.0, 3.0)
    graph.forward()
    assert y.data == 8.0
    assert root.data != 3.0
    graph.backward()
    y.grad = 5.0
    assert y.grad == 5.0


def test_two_graphs_over_the_same_nodes_in_alternation() -> None:
    x, y, root, graph = replayed()
    other = Graph(sum((y.sin() for _ in range(20)), y))
    for data in (4.0, 5.0):
        x.data = data
        total = graph.forward()
        x.data = data + 0.5
        other.forward()
        assert (y.data, root.data) == (2 * data + 1, total)
        before = [node.local_grads for node in Graph(root)]
        graph.backward()  # over nodes some of which the other has computed since
        assert [node.local_grads for node in Graph(root)] == before
        grad, x.grad = x.grad, 0.0
        root.backward()
        assert x.grad == grad
        x.grad = 0.0
    x.data = 6.0
    graph.forward()
    x.data = 7.0
    other.forward()
    x.data = 8.0
    graph.forward()
    assert y.data == 16.0


def test_each_of_several_graphs_brings_its_own_nodes_up_to_date() -> None:
    several = [replayed() for _ in range(3)]
    for number, (x, _, _, graph) in enumerate(several, 4):
        x.data = float(number)
        graph.forward()
    assert [y.data for _, y, _, _ in several] == [8.0, 10.0, 12.0]


def test_a_dropped_graph_is_kept_by_nobody_and_leaves_its_nodes_up_to_date() -> None:
    x, y, _root, graph = replayed()
    tape = ref(graph.tape)
    x.data = 4.0
    graph.forward()
    del graph
    assert tape() is None
    assert y.data == 8.0


def test_what_orders_the_nodes_sees_them_up_to_date_and_the_next_backward_is_right() -> None:
    x, _y, root, graph = replayed()
    x.data = 0.25
    graph.forward()
    order = engine.topological_order(root)
    fresh = [node.data for node in order.inner]
    graph.backward()
    engine.recompute(order)
    assert fresh == [node.data for node in order.inner]
    grad, x.grad = x.grad, 0.0
    root.backward()
    assert x.grad == grad


def test_a_graph_with_an_operation_of_ones_own_is_visited_node_by_node() -> None:
    cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
    x = Value(2.0)
    graph = Graph(sum((cube(x * 2.0) for _ in range(20)), Value(0.0)))
    assert not graph.tape.pays
    x.data = 1.0
    assert graph.forward_backward() == 160.0
    assert x.grad == 480.0


def test_a_graph_that_is_visited_node_by_node_takes_the_nodes_over_from_a_tape() -> None:
    x, y, _, graph = replayed()
    other = Graph(FUSED(y, y, y))
    other.forward()
    x.data = 4.0
    graph.forward_backward()
    other.backward()
    assert (y.data, y.grad) == (8.0, 2 * 6.0 + 1.0)  # by the local derivatives of its own last replay
    graph.forward()
    x.data = 5.0
    other.forward()
    assert (y.data, graph.forward_backward() == graph.root.data) == (10.0, True)


@pytest.mark.skipif(COMPILED, reason="what is compiled cannot be replaced")
def test_no_tape_is_asked_about_a_node_that_none_is_ahead_of(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("catch_up", "take_over"):
        monkeypatch.setattr(ahead, name, lambda *_: pytest.fail("a tape was asked"))
    monkeypatch.setitem(ahead.tapes, -1, lambda: None)
    x = Value(3.0)
    y = x * x
    for _ in range(2):  # before any walk has listed them, and after
        y.data, y.grad = y.data, y.grad
        z = FUSED(y, y + x, dot([x, y], [y, x]))
        assert y.local_grads == (3.0, 3.0)
        order = engine.topological_order(z)
        engine.take_over(order)
        z.backward()
        graph = Graph(z)
        assert graph.forward_backward() == z.data


def test_the_marks_of_tapes_go_down_from_minus_1_so_that_each_is_new() -> None:
    fresh = runpy.run_path(str(Path(kernel.__file__).with_name("ahead.py")))["numbers"]
    assert list(islice(fresh, 3)) == [-1, -2, -3]


def test_both_kernels_have_lanes_of_one_width_and_vectors_of_one() -> None:
    compiled = Path(kernel.__file__).with_suffix(".pxd").read_text("utf-8")
    assert re.findall(r"(?:LANES|VECTOR) = (\d+)", compiled) == [str(kernel.LANES), str(kernel.VECTOR)]


def test_a_tape_prints_its_statements_in_names() -> None:
    assert str(Graph(one_two_one()).tape).splitlines() == [
        "z1 = w1 · x",
        "h1 = sigmoid(z1)",
        "z2 = w2 · x",
        "h2 = sigmoid(z2)",
        "z3 = w3 · h1 + w4 · h2",
        "y = sigmoid(z3)",
        "v3 = y − t",
        "v4 = v3²",
        "L = 0.5 · v4",
        "",
        "v4.grad = 0.5 · L.grad",
        "v3.grad = ∂v4/∂v3 · v4.grad",
        "y.grad = v3.grad",
        "z3.grad = ∂y/∂z3 · v3.grad",
        "v2.grad = z3.grad",
        "h2.grad = w4 · z3.grad",
        "z2.grad = ∂h2/∂z2 · h2.grad",
        "v1.grad = z3.grad",
        "h1.grad = w3 · z3.grad",
        "z1.grad = ∂h1/∂z1 · h1.grad",
        "t.grad += −v3.grad",
        "w2.grad += x · z2.grad",
        "w4.grad += h2 · z3.grad",
        "x.grad += w2 · z2.grad + w1 · z1.grad",
        "w1.grad += x · z1.grad",
        "w3.grad += h1 · z3.grad",
    ]


def test_printing_a_tape_changes_nothing() -> None:
    x, y, _, graph = replayed()
    x.data = 4.0
    graph.forward()
    assert str(graph.tape)
    assert y.data == 8.0
    graph.backward()
    grad, x.grad = x.grad, 0.0
    graph.forward_backward()
    assert x.grad == grad


@pytest.mark.parametrize(
    ("nodes", "statements", "pays"),
    [(19, 1, False), (20, 1, True), (20, 12, True), (20, 13, False), (1000, 600, True), (1000, 601, False)],
)
def test_in_plain_python_a_tape_is_run_from_20_nodes_with_at_most_six_tenths_as_many_statements(
    nodes: int, statements: int, pays: bool
) -> None:
    assert PAYS(nodes, statements, 0, 0) == pays


def test_a_graph_of_one_leaf_is_replayed_too() -> None:
    x = Value(3.0)
    graph = Graph(x)
    assert graph.forward_backward(2.0) == 3.0
    assert x.grad == 2.0
    assert not graph.tape.pays


@given(st.lists(anything, min_size=7, max_size=7), st.lists(anything, min_size=7, max_size=7), st.integers(0, 3))
def test_weighted_sums_run_on_the_tape_with_the_bits_of_recording_anew(
    before: list[float], after: list[float], length: int
) -> None:
    def record(numbers: Sequence[float]) -> tuple[list[Value], Value]:
        leaves = [Value(x) for x in numbers]
        roots = []
        for _ in range(COPIES):
            inner = [leaves[0] * leaves[1], leaves[2] + leaves[3], leaves[4].tanh()][:length]
            fused = dot(inner, leaves[4 : 4 + length], leaves[0] * leaves[6])  # takes in the bias, a product
            roots += [fused, dot([fused], [leaves[5]]), dot([], [], fused), dot([fused, fused], leaves[:2])]
        return leaves, sum(roots, Value(0.0))

    leaves, root = record(before)
    graph = Graph(root)
    for leaf, x in zip(leaves, after, strict=True):
        leaf.data = x
    _, again = record(after)
    assert same(graph.forward_backward(), again.data)
    assert graph.tape.pays
    for leaf in leaves:
        leaf.data = 0.5  # whoever looks sees the last replay all the same
    again.backward()
    for a, b in zip(graph._order.inner, Graph(again)._order.inner, strict=True):
        assert all(map(same, (a.data, a.grad, *a.local_grads), (b.data, b.grad, *b.local_grads))), (a.op, a, b)
    assert all(same(a.grad, b.grad) for a, b in zip(graph.leaves, Graph(again).leaves, strict=True))


FUSED = Op("fused", "f", lambda a, b, c: a * b + c, (lambda out, a, b, c: b, lambda out, a, b, c: a, lambda *_: 1.0))


@pytest.mark.parametrize(
    "record",
    [
        lambda x, y: y * x + y,
        lambda x, y: x * y + y,
        lambda x, y: dot([y], [x], y),
        lambda x, y: FUSED(x, y, y),
    ],
)
def test_what_is_recorded_after_a_replay_takes_the_numbers_of_the_replay(record: Any) -> None:
    x, y, _, graph = replayed()
    x.data = 4.0
    graph.forward()
    assert graph.tape.data_ahead
    assert record(x, y).data == 8.0 * 4.0 + 8.0


def test_operations_of_many_operands_print_with_all_of_them() -> None:
    a, b, c, d, e = (Value(float(i), "abcde"[i]) for i in range(5))
    total = Op("total", "Σ", lambda *x: sum(x), (lambda out, *x: 1.0,) * 3)
    z = dot([a, b], [c, d], e)
    z.label = "z"
    root = total(z, a, b)
    root.label = "r"
    lines = str(Graph(root).tape).splitlines()
    assert lines[0] == "z = e + a · c + b · d"
    assert set(lines[3:]) == {
        "z.grad = ∂r/∂z · r.grad",
        "a.grad += ∂r/∂a · r.grad + c · z.grad",
        "b.grad += ∂r/∂b · r.grad + d · z.grad",
        "c.grad += a · z.grad",
        "d.grad += b · z.grad",
        "e.grad += z.grad",
    }


@given(st.integers(1, 400), st.sampled_from([KeyboardInterrupt, TimeoutError]))
def test_an_interrupted_replay_leaves_gradients_as_before_or_complete_and_all_numbers_those_of_one_point(
    moment: int, error: type[BaseException]
) -> None:
    x, y, root, graph = replayed()
    graph.forward_backward()
    before, x.grad = (y.data, root.data, x.grad), 0.0
    x.data = 4.0
    again = 8.0 * 4.0
    for _ in range(20):
        again += Value(8.0 * 4.0).tanh().data
    Interrupt(moment, error)(graph.forward_backward)
    seen = (y.data, root.data)
    assert seen in (before[:2], (8.0, again))
    if x.grad:
        assert seen[0] == 8.0
    complete, x.grad = x.grad, 0.0
    assert graph.forward_backward() == again
    assert complete in (0.0, x.grad)
    assert (y.data, y.local_grads) == (8.0, (2.0, 4.0))


def test_a_replay_interrupted_at_any_line_adds_to_all_leaves_or_to_none() -> None:
    x, w = Value(2.0), Value(3.0)
    graph = Graph(x * w + x)
    graph.forward_backward()
    complete, moment = (x.grad, w.grad), 0
    arrived = True
    while arrived:
        x.grad = w.grad = 0.0
        moment += 1
        interrupt = Interrupt(moment)
        interrupt(graph.forward_backward)
        arrived = interrupt.arrived
        assert (x.grad, w.grad) in ((0.0, 0.0), complete)
    assert (x.grad, w.grad) == complete


@given(st.integers(1, 400))
def test_an_interrupted_look_at_a_node_that_is_behind_leaves_the_next_one_right(moment: int) -> None:
    x, y, root, graph = replayed()
    x.data = 4.0
    graph.forward_backward()
    Interrupt(moment)(lambda: y.grad)
    grad, x.grad = x.grad, 0.0
    seen = [(node.data, node.grad, node.local_grads) for node in Graph(root) if node.parents]
    root.backward()
    assert x.grad == grad
    assert seen == [(node.data, node.grad, node.local_grads) for node in Graph(root) if node.parents]


def test_a_graph_that_is_computed_node_by_node_has_its_nodes_from_the_tape_of_another() -> None:
    x, y, _, graph = replayed()
    part = Graph(FUSED(y, x, y))
    assert not part.tape.pays
    x.data = 4.0
    graph.forward()
    assert graph.tape.data_ahead
    x.data = 5.0
    assert (part.forward(), y.data, y.local_grads) == (60.0, 10.0, (2.0, 5.0))
    assert graph.forward() == Graph(graph.root).forward()


def test_the_gradients_of_one_tape_are_taken_before_another_takes_its_nodes() -> None:
    x, y, _, graph = replayed()
    other = Graph(sum(((y + x * i).tanh() for i in range(20)), y * 1.0))
    assert other.tape.pays  # it is made
    graph.forward_backward()
    expected = y.grad  # to look at it brings it up to date
    x.data = 0.1
    graph.forward_backward()
    x.data = 3.0
    other.forward()
    changed = y.grad
    x.data = 0.1
    graph.forward_backward()
    assert changed == y.grad != expected


@pytest.mark.skipif(COMPILED, reason="compiled, nobody can ask")
def test_whether_a_tape_pays_is_judged_by_its_statements_its_rules_and_its_levels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(kernel, "pays", lambda *counts: asked.append(counts))
    x, w = Value(1.0), Value(2.0)
    _ = Graph((x * w + x + w).tanh() * (w * x).exp()).tape.pays
    assert asked == [(7, 5, 2, 4)]  # three sums and two rules


@pytest.mark.skipif(COMPILED, reason="a compiled program cannot be read")
def test_what_is_alike_is_packed_and_what_lies_side_by_side_is_not_copied() -> None:
    """Three neurons, 18 examples: with packs of 16 lanes, a pack and a narrow one for each kind of sum."""
    xs = [(Value(i + 0.5), Value(i - 0.25)) for i in range(18)]
    neurons = [(Value(0.1 * j), Value(0.3 - j), Value(0.1), Value(0.5 + j)) for j in range(3)]
    loss = Value(0.0)
    for x, y in xs:
        output = sum(((w * x + u * y + b).tanh() * v for w, u, b, v in neurons), Value(1.0))
        loss = loss + (output - x) ** 2
    tape = Graph(loss).tape
    programs = [[kind[0] for kind in program] for program in (tape.forwards, tape.backwards)]
    kinds = kernel.SUM, kernel.SCALED, kernel.PAIRED, kernel.GATHER, kernel.RULE
    assert [[program.count(kind) for kind in kinds] for program in programs] == [[3, 1, 4, 25, 2], [4, 6, 9, 47, 0]]
    assert len(tape.numbers) == 1824  # places, with a pack of room after the last


def test_a_tape_that_an_interrupt_left_unmade_goes_without_a_word() -> None:
    Tape.__new__(Tape)
