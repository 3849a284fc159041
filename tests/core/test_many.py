"""Operations of many operands, and the weighted sum: `dot` is one node, and has the bits of the products and sums."""

from __future__ import annotations

import copy
import pickle
import sys
import weakref
from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Graph, Op, Value, compile, dot, gradcheck, gradients, hessian, jvp, ops, to_torch
from tests.helpers.numbers import same

TOTAL = Op("total", "Σ", lambda *x: sum(x), partials=lambda out, *x: [1.0] * len(x))
PRODUCT = Op("product", "Π", lambda *x: reduce(mul, x), partials=lambda out, *x: [out / y for y in x])

numbers = st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=9)


def one_by_one(xs: Sequence[Any], ys: Sequence[Any], bias: Any = None) -> Any:
    terms = map(mul, xs, ys)
    return sum(terms, next(terms) if bias is None else bias)


@given(numbers, st.none() | st.floats(), st.floats())
def test_dot_has_the_bits_of_the_sum_of_products(
    pairs: list[tuple[float, float]], bias: float | None, up: float
) -> None:
    def results(fused: bool) -> list[float]:
        xs, ys = [[Value(pair[i]) for pair in pairs] for i in (0, 1)]
        b = None if bias is None else Value(bias)
        out = (dot(xs, ys) if b is None else dot(xs, ys, b)) if fused else one_by_one(xs, ys, b)
        out.backward(up)
        return [out.data, *(x.grad for x in xs + ys)] + ([] if b is None else [b.grad])

    assert all(map(same, results(True), results(False)))


@given(numbers, st.floats())
def test_dot_of_plain_numbers_is_a_plain_number_with_the_same_bits(
    pairs: list[tuple[float, float]], bias: float
) -> None:
    xs, ys = zip(*pairs, strict=True)
    plain = dot(xs, ys, bias)
    assert type(plain) is float
    assert same(plain, dot([Value(x) for x in xs], ys, bias).data)


def test_dot_mixes_values_and_numbers_and_takes_any_sequence() -> None:
    w = [Value(0.5), Value(-1.0)]
    z = dot(tuple(w), range(2, 4), bias=1)
    z.backward()
    assert (z.data, [x.grad for x in w]) == (-1.0, [2.0, 3.0])
    assert [parent.data for parent in z.parents] == [1.0, 0.5, 2.0, -1.0, 3.0]
    assert z.local_grads == (1.0, 2.0, 0.5, 3.0, -1.0)


@pytest.mark.parametrize(
    ("z", "data", "local_grads"),
    [
        (lambda b: dot([], [], b), 2.0, (1.0,)),
        (lambda b: dot([b], [3.0]), 6.0, (3.0, 2.0)),
        (lambda b: dot([b], [3.0], b), 8.0, (1.0, 3.0, 2.0)),
        (lambda b: dot([b, b], [b, b]), 8.0, (2.0, 2.0, 2.0, 2.0)),
    ],
)
def test_dot_of_few_operands_is_one_operation_too(z: Any, data: float, local_grads: tuple[float, ...]) -> None:
    b = Value(2.0)
    node = z(b)
    assert (node.op, node.data, node.local_grads) == (ops.weighted_sum, data, local_grads)
    node.backward()
    assert b.grad == sum(local_grads[i] for i, parent in enumerate(node.parents) if parent is b)


def test_dot_of_nothing_is_its_bias() -> None:
    assert dot([], []) == 0.0
    assert dot([], [], 3) == 3.0


def test_a_bias_below_0_is_added_too() -> None:
    assert dot([Value(2.0)], [3.0], -1).data == 5.0


def test_dot_says_how_many_xs_and_ys_came() -> None:
    with pytest.raises(ValueError, match="dot takes as many xs as ys, got 2 and 1"):
        dot([Value(1.0), 2.0], [3.0])
    with pytest.raises(ValueError, match="got 1 and 2"):
        dot([Value(1.0)], [2.0, 3.0])


def test_what_is_no_number_is_refused_by_dot() -> None:
    with pytest.raises(TypeError, match="expected a real number, got str 'x'"):
        dot([Value(1.0)], ["x"], 2.0)


@given(st.lists(st.floats(-3, 3), min_size=5, max_size=5))
def test_every_way_to_a_gradient_of_dot_agrees(point: list[float]) -> None:
    def f(p: Sequence[Any]) -> Any:
        return dot(p[:2], p[2:4], p[4]).tanh()

    def g(p: Sequence[Any]) -> Any:
        return one_by_one(p[:2], p[2:4], p[4]).tanh()

    leaves = [Value(x) for x in point]
    root = f(leaves)
    root.backward()
    expected = [leaf.grad for leaf in leaves]
    recorded = gradients(root)
    assert [recorded[leaf].data for leaf in leaves] == expected
    value, slopes = compile(root, leaves)(*point)
    assert (value, list(slopes)) == (root.data, expected)
    assert [jvp(f, (point,), ([float(i == j) for j in range(5)],))[1] for i in range(5)] == pytest.approx(expected)
    for row, other in zip(hessian(f)(point), hessian(g)(point), strict=True):
        assert row == pytest.approx(other, rel=1e-12, abs=1e-12)


def test_dot_passes_gradcheck_with_values_that_come_twice() -> None:
    gradcheck(lambda a, b: dot([a, b, a], [b, 2.0, a], a), (1.5, -2.0))


def test_dot_goes_over_to_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="to_torch")
    leaves = [Value(x) for x in (0.5, -1.0, 2.0, 3.0, 0.25)]
    root = dot(leaves[:2], leaves[2:4], leaves[4]).sigmoid()
    root.backward()
    tensors = [torch.tensor(leaf.data, dtype=torch.float64, requires_grad=True) for leaf in leaves]
    out = to_torch(root, leaves)(*tensors)
    out.backward()
    assert out.item() == pytest.approx(root.data)
    assert [x.grad.item() for x in tensors] == pytest.approx([leaf.grad for leaf in leaves])


def test_the_program_of_dot_is_written_out() -> None:
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "b")
    program = compile(dot([w, w], [x, 3.0], b), [w, x, b])
    assert "out = b + w * x + w * 3\n" in program.source


def test_the_weighted_sum_is_copied_and_pickled_as_itself() -> None:
    assert copy.deepcopy(ops.weighted_sum) is pickle.loads(pickle.dumps(ops.weighted_sum)) is ops.weighted_sum


# Operations of one's own, of any number of operands.


@given(st.lists(st.floats(0.5, 2), min_size=1, max_size=7))
def test_one_function_gives_all_local_derivatives(point: list[float]) -> None:
    leaves = [Value(x) for x in point]
    out = PRODUCT(*leaves)
    out.backward()
    assert list(out.local_grads) == [leaf.grad for leaf in leaves] == [out.data / x for x in point]
    assert PRODUCT.arity is None
    recorded = gradients(out)
    assert [recorded[leaf].data for leaf in leaves] == pytest.approx([leaf.grad for leaf in leaves])
    assert list(compile(out, leaves)(*point)[1]) == pytest.approx([leaf.grad for leaf in leaves])
    gradcheck(lambda *x: PRODUCT(*x) + TOTAL(*x), point)


def test_an_operation_of_any_number_takes_arrays_and_tensors() -> None:
    np = pytest.importorskip("numpy", reason="programs of arrays")
    torch = pytest.importorskip("torch", reason="to_torch")
    leaves = [Value(x) for x in (2.0, 3.0, 5.0)]
    out = PRODUCT(*leaves) * PRODUCT(*leaves[:2])
    value, slopes = compile(out, leaves)(*[np.asarray([x.data]) for x in leaves])
    assert (value[0], [slope[0] for slope in slopes]) == (180.0, [180.0, 120.0, 36.0])
    tensors = [torch.tensor(x.data, dtype=torch.float64, requires_grad=True) for x in leaves]
    to_torch(out, leaves)(*tensors).backward()
    assert [x.grad.item() for x in tensors] == [180.0, 120.0, 36.0]


@pytest.mark.parametrize("given_back", [1.0, [1.0], [1.0, 1.0, 1.0], None])
def test_one_function_that_does_not_give_a_number_for_each_input_is_refused(given_back: Any) -> None:
    op = Op("broken", "?", lambda *x: 0.0, partials=lambda out, *x: given_back)
    with pytest.raises(TypeError, match=r"partials of broken are one function, so it returns a list of 2"):
        op(Value(1.0), 2.0)


def test_a_wrong_partial_among_many_is_named() -> None:
    op = Op("wrong", "?", lambda *x: sum(x), partials=lambda out, *x: [1.0, 1.0, 2.0][: len(x)])
    with pytest.raises(AssertionError, match=r"partials\[2\] of the operation 'wrong' gives 2\.0"):
        gradcheck(op, (1.0, 2.0, 3.0))


# Size.


@pytest.mark.skipif(not autograd.COMPILED, reason="plain Python's objects are larger")
def test_a_node_is_no_larger_than_112_bytes_and_a_weighted_sum_takes_16_for_each_operand() -> None:
    import tracemalloc

    x = [Value(1.0) for _ in range(1000)]
    assert sys.getsizeof(x[0]) == sys.getsizeof(x[0] * x[1]) == 112
    held = []
    tracemalloc.start()
    for _ in range(10):
        held.append(dot(x, x))
    size = tracemalloc.get_traced_memory()[0] / 10
    tracemalloc.stop()
    assert size < 16 * 2000 + 400


def test_layers_of_weighted_sums_as_deep_as_memory_are_freed_without_recursion() -> None:
    class Leaf(Value):
        pass

    leaf: Value = Leaf(0.5)
    watch = weakref.ref(leaf)
    x = [leaf, leaf * 1.0, Value(0.0)]
    for _ in range(30_000):
        x = [dot(x, [0.5, 0.25, 0.25]), x[0], x[1]]
    Graph(x[0]).backward()
    del leaf, x
    assert watch() is None


def test_parents_that_somebody_holds_outlive_the_node() -> None:
    x = [Value(float(i)) for i in range(4)]
    z = dot(x[:2], x[2:])
    parents = z.parents
    del z
    assert [parent.data for parent in parents] == [0.0, 2.0, 1.0, 3.0]
    assert parents[1] is x[2]
