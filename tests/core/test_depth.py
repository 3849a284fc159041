"""No depth is too great: nothing in building, ordering, replaying, running backward or freeing recurses."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from autograd import Graph, Op, Value, ops

DEPTH = 1_000_000


@pytest.fixture(autouse=True)
def recursion_would_fail_at_once() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    yield
    sys.setrecursionlimit(limit)


def chain(x: Value, length: int) -> Value:
    for _ in range(length):
        x = -x
    return x


def test_a_chain_of_a_million_is_built_ordered_replayed_run_backward_and_freed() -> None:
    x = Value(1.5)
    graph = Graph(chain(x, DEPTH))
    assert len(graph) == DEPTH + 1
    graph.backward()
    assert x.grad == 1.0
    x.data = 2.5
    assert graph.forward() == 2.5
    graph.backward()
    assert x.grad == 2.0
    del graph
    gc.collect()


@pytest.mark.slow
def test_a_chain_of_a_million_through_the_second_parent_is_freed_too() -> None:
    x = Value(0.0)
    y = x
    for _ in range(DEPTH):
        y = ops.add(1.0, y)
    y.backward()
    assert (y.data, x.grad) == (float(DEPTH), 1.0)
    del y


@pytest.mark.slow
def test_a_chain_through_a_third_parent_is_freed_too() -> None:
    third = Op(
        "third", "3", lambda x, y, z: z, (lambda o, x, y, z: 0.0, lambda o, x, y, z: 0.0, lambda o, x, y, z: 1.0)
    )
    x = Value(3.0)
    y = x
    for _ in range(DEPTH // 10):
        y = third(0, 0, y)
    y.backward()
    assert (y.data, x.grad) == (3.0, 1.0)
    del y


def test_doubling_a_thousand_times_visits_each_node_once() -> None:
    # By paths it would take 2¹⁰⁰⁰ steps; the sum of all of them is 2¹⁰⁰⁰, exactly.
    x = Value(1.0)
    y = x
    for _ in range(1000):
        y = y + y
    y.backward()
    assert y.data == x.grad == 2.0**1000


def test_a_wide_sum_shares_its_leaf() -> None:
    x = Value(2.0)
    total = sum([x * x for _ in range(100_000)], start=Value(0.0))
    total.backward()
    assert (total.data, x.grad) == (400_000.0, 400_000.0)


def test_dropping_the_result_while_its_middle_is_held_keeps_the_middle_whole() -> None:
    x = Value(1.5)
    middle = chain(x, DEPTH // 10)
    top = chain(middle, DEPTH // 10)
    del top
    middle.backward()
    assert (middle.data, x.grad) == (1.5, 1.0)
