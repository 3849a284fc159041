"""Ctrl-C at any moment leaves nothing behind that makes the next gradient wrong.

A trace function raises KeyboardInterrupt before the n-th line that the engine runs, for n drawn at random: a moment is
then a number, which Hypothesis shrinks. On the compiled build there are no lines to interrupt at, and an interrupt
arrives where Python code is called from: in the functions of an operation of one's own.
"""

from __future__ import annotations

import gc
import random
import signal
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import COMPILED, Graph, Op, Value, engine
from autograd.testing.strategies import Expression, expressions
from tests.helpers.interrupt import Interrupt
from tests.helpers.numbers import same

moments = st.integers(1, 400)


def right_gradients(expression: Expression) -> list[float]:
    leaves, root = expression.record()
    root.backward()
    return [leaf.grad for leaf in leaves]


def check(graph: Graph, leaves: list[Value], right: list[float]) -> None:
    """The leaves' gradients are all as before or all complete, and the next backward gives the right ones."""
    grads = [leaf.grad for leaf in leaves]
    assert grads == [7.0] * len(leaves) or all(same(a, 7.0 + b) for a, b in zip(grads, right, strict=True))
    for leaf in leaves:
        leaf.grad = 0.0
    graph.backward()
    assert all(same(leaf.grad, grad) for leaf, grad in zip(leaves, right, strict=True))


@given(expressions(smooth=True), moments)
def test_an_interrupted_recording_leaves_the_leaves_as_they_were(expression: Expression, moment: int) -> None:
    leaves = [Value(x) for x in expression.point]
    Interrupt(moment)(lambda: expression(*leaves))
    root = expression(*leaves)
    root.backward()
    assert [leaf.grad for leaf in leaves] == right_gradients(expression)


@given(expressions(smooth=True), moments)
def test_after_an_interrupted_ordering_the_next_gradient_is_right(expression: Expression, moment: int) -> None:
    leaves, root = expression.record()
    Interrupt(moment)(lambda: Graph(root))
    root.backward()
    assert [leaf.grad for leaf in leaves] == right_gradients(expression)


@given(expressions(smooth=True), moments, st.sampled_from([KeyboardInterrupt, TimeoutError]))
def test_after_an_interrupted_backward_the_leaves_are_as_before_or_done(
    expression: Expression, moment: int, error: type[BaseException]
) -> None:
    leaves, root = expression.record()
    for leaf in leaves:
        leaf.grad = 7.0
    graph = Graph(root)
    interrupt = Interrupt(moment, error)
    interrupt(graph.backward)
    if interrupt.arrived:
        check(graph, leaves, right_gradients(expression))


@given(expressions(smooth=True), moments, st.booleans(), st.sampled_from([KeyboardInterrupt, TimeoutError]))
def test_after_an_interrupted_replay_the_gradient_is_that_of_one_point_and_no_mixture(
    expression: Expression, moment: int, same_graph: bool, error: type[BaseException]
) -> None:
    leaves, root = expression.record()
    graph = Graph(root)
    for leaf in leaves:
        leaf.data += 0.0625
    Interrupt(moment, error)(graph.forward)
    (graph if same_graph else root).backward()
    ours = [leaf.grad for leaf in leaves]
    moved = Expression(expression.function, [leaf.data for leaf in leaves])
    before, after = right_gradients(expression), right_gradients(moved)
    assert any(all(map(same, ours, right)) for right in (before, after))


def interrupting(calls: int) -> Op:
    """The identity, interrupted at the n-th time that it is called."""
    left = [calls]

    def forward(x: float) -> float:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return x

    return Op("interrupting", "?", forward, (lambda out, x: 1.0,))


@given(st.integers(1, 12))
def test_an_interrupt_inside_an_operation_of_ones_own_leaves_the_next_gradient_right(calls: int) -> None:
    identity = interrupting(calls)
    x = Value(3.0)
    graph = None
    try:
        for _ in range(3):
            y = identity(x * x)
        graph = Graph(identity(y) * x)
        for data in (4.0, 5.0):
            x.data = data
            graph.forward()
    except KeyboardInterrupt:
        pass
    if graph is None:
        graph = Graph(x * x * x)
    graph.backward()
    # ∂x³/∂x, at the point that was last replayed
    assert x.grad == 3 * graph.root.parents[0].data if graph.root.data == x.data**3 else x.grad == 27.0


def depth() -> int:
    """How deep Python functions can call each other from here."""
    try:
        return 1 + depth()
    except RecursionError:
        return 0


def test_a_second_interrupt_while_the_first_is_dealt_with_costs_no_recursion_depth() -> None:
    interrupts: list[None] = []

    def forward(x: float) -> float:
        if interrupts:
            interrupts.pop()
            raise KeyboardInterrupt
        return x

    graph = Graph(Op("interrupted", "?", forward, (lambda out, x: 1.0,))(Value(1.0)))
    before = depth()
    for _ in range(5):
        interrupts += [None] * 2
        with pytest.raises(KeyboardInterrupt):
            graph.forward()
    assert depth() == before
    assert graph.forward() == 1.0


def test_many_leaves_are_all_updated_or_none_whatever_a_signal_handler_raises() -> None:
    leaves = [Value(1.0) for _ in range(50)]
    graph = Graph(sum(leaves, start=Value(0.0)))
    for moment in range(1, 1000):
        interrupt = Interrupt(moment, TimeoutError)
        interrupt(graph.backward)
        assert len({leaf.grad for leaf in leaves}) == 1
        for leaf in leaves:
            leaf.grad = 0.0
        if not interrupt.arrived:
            break
    graph.backward()
    assert {leaf.grad for leaf in leaves} == {1.0}


def test_a_failed_operation_leaves_the_gradients_as_they_were() -> None:
    def fails(out: float, x: float) -> float:
        raise ZeroDivisionError

    x = Value(3.0)
    x.grad = 7.0
    with pytest.raises(ZeroDivisionError):
        Op("fails", "?", lambda x: x, (fails,))(x * x)
    y = x * x
    y.backward()
    assert x.grad == 7.0 + 6.0


def test_after_a_replay_that_failed_backward_replays_first() -> None:
    failing = [True]

    def forward(x: float) -> float:
        if failing[0] and x == 5.0:
            raise ArithmeticError
        return x

    x = Value(3.0)
    graph = Graph(Op("fails", "?", forward, (lambda out, x: 1.0,))(x) * x)
    x.data = 5.0
    with pytest.raises(ArithmeticError):
        graph.forward()
    with pytest.raises(ArithmeticError):
        graph.backward()
    failing[0] = False
    graph.backward()
    assert (graph.root.data, x.grad) == (25.0, 10.0)


@pytest.mark.skipif(COMPILED, reason="what is compiled cannot be replaced")
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_what_stops_backpropagation_half_way_leaves_nothing_behind_that_has_come_in(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    x = Value(3.0)
    x.grad = 7.0
    y = x * x + x
    propagate = engine._propagate

    def stopped(node: Value) -> None:
        if node is not y:
            raise error
        propagate(node)

    monkeypatch.setattr(engine, "_propagate", stopped)
    with pytest.raises(error):
        y.backward()
    assert x.grad == 7.0
    monkeypatch.undo()
    y.backward()
    assert x.grad == 7.0 + 7.0


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no interval timer")
@pytest.mark.skipif(sys.gettrace() is not None, reason="an interrupt may catch the tracer with a lock that it holds")
def test_a_real_signal_at_a_random_moment_leaves_the_next_gradient_right() -> None:
    assert threading.current_thread() is threading.main_thread()
    x = Value(0.5)

    def deep() -> Value:
        y = x
        for i in range(300):
            y = (y * x + 0.125).tanh() if i % 3 else y.sin() + y
        return y

    deep().backward()
    right, interrupted = x.grad, 0
    rng = random.Random(0)
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
    gc.disable()  # Python loses an interrupt that arrives in a callback of the collector, and Hypothesis has one
    try:
        for _ in range(150):
            x.grad = 0.0
            try:
                signal.setitimer(signal.ITIMER_REAL, rng.uniform(1e-5, 2e-3), 5.0)  # again, should one be lost
                while True:
                    x.grad = 0.0
                    deep().backward()
            except KeyboardInterrupt:
                signal.setitimer(signal.ITIMER_REAL, 0)
                interrupted += 1
            assert x.grad in (0.0, right)
            x.grad = 0.0
            deep().backward()
            assert x.grad == right
    finally:
        gc.enable()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert interrupted == 150
