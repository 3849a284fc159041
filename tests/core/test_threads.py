"""Threads that share nothing do not disturb each other, while code of their own runs as their graphs are freed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from autograd import Graph, Op, Value


@pytest.fixture(autouse=True)
def switches_are_frequent() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_eight_threads_record_replay_and_free_side_by_side() -> None:
    wrong: list[object] = []
    deaths: list[int] = []

    class Leaf(Value):
        def __del__(self) -> None:
            y = Value(2.0)
            for _ in range(3):
                y = y * 1.5 + 0.0
            deaths.append(1)

    def work(seed: int) -> None:
        try:
            identity = Op("identity", "", lambda x: x, (lambda out, x: 1.0,))
            for i in range(40):
                leaves = [Leaf(1.0) for _ in range(5)]
                root = leaves[0]
                for j in range(20 + seed):
                    root = identity(root * leaves[j % 5]) + 0.0
                graph = Graph(root)
                for data in (1.0, 2.0):
                    for leaf in leaves:
                        leaf.data, leaf.grad = data, 0.0
                    if graph.forward() != data ** (21 + seed):
                        wrong.append((seed, i, root.data))
                    graph.backward()
                    if sum(leaf.grad for leaf in leaves) != (21 + seed) * data ** (20 + seed):
                        wrong.append((seed, i, [leaf.grad for leaf in leaves]))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(deaths) == 8 * 40 * 5
