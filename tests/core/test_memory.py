"""Freeing: a graph is gone as soon as nobody holds it, without help from the garbage collector, come what may.

On the compiled build the collector does not know of Values, and `engine.pxd` frees them. A leaf of a Python subclass of
Value can be watched (it takes weak references) and can run code when it dies, so such leaves are what these tests use.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Graph, Op, Value

compiled_only = pytest.mark.skipif(not autograd.COMPILED, reason="the collector knows of Values in plain Python")


class Leaf(Value):
    """A leaf that can be watched, carries what it is given, and calls ``at_death``."""

    at_death: Callable[[], object] = staticmethod(lambda: None)
    held: Any

    def __del__(self) -> None:
        self.at_death()


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(x: Value, length: int) -> Value:
    for _ in range(length):
        x = x * x
    return x


SHAPES: dict[str, Callable[[list[Value]], Value]] = {
    "left": lambda leaves: sum(leaves[1:], start=leaves[0]),
    "right": lambda leaves: _right(leaves),
    "squares": lambda leaves: chain(sum(leaves, start=Value(0.0)), 1000),
    "many parents": lambda leaves: Op("sum", "Σ", lambda *x: sum(x), (lambda out, *x: 1.0,) * len(leaves))(*leaves),
    "layers": lambda leaves: _layers(leaves),
}


def _right(leaves: list[Value]) -> Value:
    total = leaves[0]
    for leaf in leaves[1:]:
        total = leaf + total
    return total


def _layers(leaves: list[Value]) -> Value:
    for _ in range(3):
        leaves = [sum(leaves, start=Value(0.0)).relu() for _ in leaves]
    return sum(leaves, start=Value(0.0))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("keep", ["nothing", "a graph", "a gradient"])
def test_a_graph_is_gone_when_its_root_is(shape: str, keep: str) -> None:
    leaves: list[Value] = [Leaf(i) for i in range(20)]
    watched = [weakref.ref(leaf) for leaf in leaves]
    root = SHAPES[shape](leaves)
    graph = Graph(root) if keep == "a graph" else None
    if keep != "nothing":
        root.backward()
    del leaves
    assert all(ref() is not None for ref in watched)
    del root, graph
    assert not any(ref() for ref in watched)


@given(st.lists(st.tuples(st.sampled_from(["+", "*", "σ"]), st.integers(0, 9), st.integers(0, 9))), st.integers(0, 9))
def test_what_is_held_is_whole_and_what_is_not_is_gone(operations: list[tuple[str, int, int]], kept: int) -> None:
    values: list[Value] = [Leaf(1.0) for _ in range(3)]
    watched = [weakref.ref(leaf) for leaf in values]
    x = y = values[0]
    for operation, i, j in operations:
        x, y = values[-1 - i % len(values)], values[-1 - j % len(values)]
        values.append(x + y if operation == "+" else x * y if operation == "*" else x.sigmoid())
    held = values[-1 - kept % len(values)]
    number = held.data
    needed = set(map(id, Graph(held)))
    expected = [id(ref()) in needed for ref in watched]
    del values, x, y
    assert [ref() is not None for ref in watched] == expected
    graph = Graph(held)
    assert graph.forward() == number
    graph.backward()


def test_a_chain_through_the_users_own_containers_is_freed() -> None:
    first = leaf = Leaf(1.0)
    watch = weakref.ref(first)
    for i in range(100_000):
        held: Any = chain(leaf, 2)
        leaf = Leaf(1.0)
        leaf.held = [[held], (held,), {"root": held}, {held}][i % 4]
    del first, held, leaf
    assert watch() is None


def test_memory_does_not_grow_from_step_to_step() -> None:
    parameter, held = Value(0.5), None
    tracemalloc.start()
    sizes = []
    for _ in range(5):
        for _ in range(20):
            held = chain(parameter * 0.5 + 1.0, 500)
            held.backward()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert max(sizes[1:]) - min(sizes[1:]) < 5_000


def test_code_that_runs_while_a_graph_is_freed_may_make_and_free_others() -> None:
    deaths: list[int] = []

    def another() -> None:
        deaths.append(0)
        if len(deaths) < 300:
            leaf = Leaf(1.0)
            leaf.at_death = another
            root = chain(leaf, 300)
            root.backward()
            assert leaf.grad == 2.0**300

    leaf = Leaf(1.0)
    leaf.at_death = another
    root = chain(leaf, 1000)
    del leaf, root
    assert len(deaths) == 300


def test_a_leaf_brought_back_to_life_while_it_dies_is_as_good_as_before() -> None:
    saved: list[Value] = []

    class Phoenix(Value):
        def __del__(self) -> None:
            saved.append(self)

    phoenix = Phoenix(3.0)
    root = chain(phoenix, 100)
    del phoenix, root
    (again,) = saved
    (again * 2).backward()
    assert (again.data, again.grad) == (3.0, 2.0)
    del again
    saved.clear()  # it dies for good: nothing dies twice


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
def test_an_error_while_a_leaf_dies_does_not_keep_the_rest_alive(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: unraisable.append(raised.exc_type))

    def fail() -> None:
        raise error

    leaves = [Leaf(1.0) for _ in range(10)]
    for leaf in leaves:
        leaf.at_death = fail
    watched = [weakref.ref(leaf) for leaf in leaves]
    root = chain(sum(leaves, start=Value(0.0)), 100)
    del leaf, leaves, root
    assert unraisable == [error] * 10
    assert not any(ref() for ref in watched)


def test_an_error_that_is_on_its_way_survives_the_freeing_that_it_causes() -> None:
    def fail() -> None:
        root = chain(Leaf(1.0), 1000)
        raise LookupError(f"{root.data}")

    with pytest.raises(LookupError, match=r"^1\.0$"):
        fail()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that interrupts")
@pytest.mark.skipif(sys.gettrace() is not None, reason="an interrupt may catch the tracer with a lock that it holds")
def test_ctrl_c_at_any_moment_leaves_freeing_in_order() -> None:
    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    interrupted = 0
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        for _ in range(50):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.001)
                for _ in range(1000):
                    chain(leaf, 200).backward()
            except KeyboardInterrupt:
                interrupted += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, before)
    assert interrupted
    leaf.grad = 0.0
    chain(leaf, 10).backward()
    assert leaf.grad == 2.0**10
    del leaf
    assert watch() is None


def test_threads_build_and_free_graphs_side_by_side() -> None:
    wrong: list[float] = []
    shared: list[Value] = [Value(1.0)]

    def work(seed: int) -> None:
        for i in range(60):
            leaf = Leaf(1.0)
            root = chain(leaf, 100 + 10 * seed) + shared[0]
            root.backward()
            if leaf.grad != 2.0 ** (100 + 10 * seed):
                wrong.append(leaf.grad)
            shared[0] = chain(Value(1.0), 50 + i)  # another thread's graph may hold the last one, and free it

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    assert not wrong


def test_a_thread_that_waits_in_the_death_of_a_leaf_keeps_no_other_from_freeing() -> None:
    started, end = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        end.wait()

    def work() -> None:
        leaf = Leaf(1.0)
        leaf.at_death = wait
        root = chain(leaf, 10)
        del leaf, root

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    root = chain(leaf, 10)
    del leaf, root
    freed = watch() is None
    end.set()
    thread.join()
    assert freed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.parametrize("what_dies", ["leaf", "operation"])
def test_a_fork_in_the_middle_of_freeing_leaves_a_child_that_frees(what_dies: str) -> None:
    program = f"""
import os, threading, weakref
from autograd import Op, Value
started, end = threading.Event(), threading.Event()
class Slow:
    def __del__(self):
        started.set()
        end.wait()
class Leaf(Value):
    pass
def work():
    leaf, slow = Leaf(1.0), Slow()
    if {what_dies!r} == "leaf":
        leaf.slow = slow
        root = leaf * 2 + 1
    else:
        root = Op("f", "f", lambda x, slow=slow: x, (lambda out, x: 1.0,))(leaf) + 1
thread = threading.Thread(target=work)
thread.start()
started.wait()
child = os.fork()
if child == 0:
    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    root = leaf * 2 + 1
    del leaf, root
    os._exit(0 if watch() is None else 1)
end.set()
thread.join()
print(os.waitpid(child, 0)[1])
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "0\n", "")


@pytest.mark.parametrize(
    "end",
    [
        "",
        "raise SystemExit",
        "import atexit; atexit.register(lambda: x.backward())",
        "import threading; threading.Thread(target=lambda: [chain() for _ in iter(int, 1)], daemon=True).start()",
        "class Last(Value):\n    def __del__(self): chain()\nlast = Last(1.0); y = last * last; x = x * y",
    ],
)
def test_the_interpreter_ends_well_with_graphs_alive(end: str) -> None:
    program = f"""
from autograd import Graph, Value
def chain():
    x = Value(1.0)
    for _ in range(100_000):
        x = x * x
    return x
x = chain()
graph = Graph(x)
{end}
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@compiled_only
def test_the_collector_does_not_know_of_values() -> None:
    x = Value(1.0)
    assert not any(map(gc.is_tracked, (x, x * 2)))
    assert gc.is_tracked(Leaf(1.0))  # it has a __dict__


def test_a_cycle_that_does_not_go_through_a_value_is_collected_and_frees_the_graphs_in_it() -> None:
    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    ring: list[Any] = [chain(leaf, 100)]
    ring.append(ring)
    del leaf, ring
    assert watch() is not None
    gc.collect()
    assert watch() is None


def test_the_one_cycle_to_be_broken_by_hand_is_one_through_a_value() -> None:
    # A subclass with attributes may hold what was made from it, and an operation's functions may hold a Value that the
    # operation made. The collector sees such a cycle in plain Python only; on the compiled build it stays.
    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    leaf.held = leaf * 2
    del leaf.held
    del leaf
    assert watch() is None

    leaf = Leaf(1.0)
    watch = weakref.ref(leaf)
    leaf.held = leaf * 2
    del leaf
    gc.collect()
    assert (watch() is not None) == autograd.COMPILED
    if (left := watch()) is not None:
        del left.held
