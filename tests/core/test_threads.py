"""Threads that share nothing do not disturb each other, while code of their own runs as their graphs are freed."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from autograd import Graph, Op, Value


@pytest.fixture(autouse=True)
def switches_are_frequent() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def in_eight_threads(work: Callable[[int], None]) -> None:
    """Call it with the numbers from 0 to 7, side by side."""
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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

    in_eight_threads(work)
    assert not wrong
    assert len(deaths) == 8 * 40 * 5


def on_a_tape(x: Value) -> tuple[Value, Graph]:
    """A node y = 2·x, and a graph over it that runs on its tape, of which the root is 40·x² and the gradient 80·x."""
    y = x * 2.0
    root = y * x
    for _ in range(19):
        root = root + y * x
    graph = Graph(root)
    assert graph.tape.pays
    return y, graph


def test_eight_threads_replay_on_tapes_look_and_drop_them_side_by_side() -> None:
    wrong: list[object] = []

    def work(seed: int) -> None:
        try:
            for i in range(60):
                x = Value(1.0)
                y, graph = on_a_tape(x)
                for data in (float(seed), float(i)):
                    x.data, x.grad = data, 0.0
                    found = [graph.forward_backward(), x.grad, y.data, y.grad, (y + 1.0).data]
                    if found != [40.0 * data * data, 80.0 * data, 2.0 * data, 20.0 * data, 2.0 * data + 1.0]:
                        wrong.append((seed, i, found))
                x.data = 3.0
                graph.forward()
                del graph
                if y.data != 6.0:
                    wrong.append((seed, i, y.data))
        except Exception as error:
            wrong.append(error)

    in_eight_threads(work)
    assert not wrong


FORK = """
import os
from autograd import Graph, Value

x = Value(1.0)
y, graph = on_a_tape(x)
x.data = 3.0
graph.forward_backward()  # the nodes are behind now
if (child := os.fork()) == 0:
    assert (y.data, y.grad) == (6.0, 60.0)
    x.data, x.grad = 5.0, 0.0
    assert (graph.forward_backward(), x.grad, y.data) == (1000.0, 400.0, 10.0)
    os._exit(0)
x.data = 4.0
assert graph.forward() == 640.0
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert (y.data, x.grad) == (8.0, 240.0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_after_a_fork_parent_and_child_each_see_and_replay_what_is_theirs() -> None:
    # in a process of its own: in this one libraries may have threads, which a fork would break
    program = "from __future__ import annotations\n" + inspect.getsource(on_a_tape) + FORK
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")
