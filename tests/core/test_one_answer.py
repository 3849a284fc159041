"""However a gradient is asked for, it is the one that `backward` gives, at inf and nan too."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd import Graph, Op, Value, compile, grad, gradients, hessian, jvp, ops, value_and_grad, vjp
from autograd.testing.strategies import Expression, expressions
from tests.helpers.special_values import POINTS, UPSTREAM

OPERATIONS = ops.TABLE[1:]
every_operation = pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)


def agree(ours: list[float], theirs: list[float]) -> bool:
    """Equal, nan being nan; the engine sums from +0, so a zero may have another sign."""
    return all(x == y or (x != x and y != y) for x, y in zip(ours, theirs, strict=True))


def by_backward(root: Value, leaves: list[Value]) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return [leaf.grad for leaf in leaves]


def every_way(f: Callable[..., Value], point: tuple[float, ...]) -> dict[str, list[float]]:
    """The gradient of f at the point: by backward first, and then by whatever else has gradients."""
    leaves = [Value(x) for x in point]
    root = f(*leaves)
    steps = dict.fromkeys(leaves, 0.0) | {step.parent: step.grad for step in Graph(root).steps()}
    recorded = gradients(root)
    return {
        "backward": by_backward(root, leaves),
        "steps": [1.0 if leaf is root else steps[leaf] for leaf in leaves],
        "grad": grad(lambda p: f(*p))(list(point)),
        "value_and_grad": value_and_grad(lambda p: f(*p))(list(point))[1],
        "vjp": list(vjp(f, *point)[1](1.0)),
        "gradients": [recorded[leaf].data for leaf in leaves],
        "compile": list(compile(root, leaves)(*point)[1]),
    }


@pytest.mark.slow
@every_operation
def test_every_operation_at_every_special_value_has_one_gradient(op: Op) -> None:
    for inputs in itertools.product(POINTS, repeat=op.arity or 0):
        answers = every_way(op, inputs)
        assert all(agree(answer, answers["backward"]) for answer in answers.values()), (inputs, answers)


@pytest.mark.slow
@every_operation
def test_every_operation_passes_every_upstream_gradient_on_alike(op: Op) -> None:
    leaves, factor = [Value(1.0) for _ in range(op.arity or 0)], Value(1.0)
    program = compile(op(*leaves) * factor, [*leaves, factor], leaves)
    graph = Graph(op(*leaves))
    _, pull_back = vjp(op, *[1.0 for _ in leaves])
    for inputs in itertools.product(POINTS, repeat=len(leaves)):
        for leaf, x in zip(leaves, inputs, strict=True):
            leaf.data = x
        graph.forward()
        _, pull_back = vjp(op, *inputs)
        for upstream in UPSTREAM:
            expected = by_backward(graph.root * upstream, leaves)
            for leaf in leaves:
                leaf.grad = 0.0
            graph.backward(upstream)
            answers = {
                "backward(gradient)": [leaf.grad for leaf in leaves],
                "vjp": list(pull_back(upstream)),
                "compile": list(program(*inputs, upstream)[1]),
            }
            assert all(agree(answer, expected) for answer in answers.values()), (inputs, upstream, expected, answers)


@pytest.mark.slow
@every_operation
def test_programs_of_arrays_have_it_at_every_special_value(op: Op) -> None:
    np = pytest.importorskip("numpy", reason="programs of arrays")
    points = list(itertools.product(*[POINTS] * (op.arity or 0), UPSTREAM))
    leaves, factor = [Value(1.0) for _ in range(op.arity or 0)], Value(1.0)
    program = compile(op(*leaves) * factor, [*leaves, factor], leaves)
    with np.errstate(all="ignore"):
        _, slopes = program(*map(np.asarray, zip(*points, strict=True)))
    for index, (*inputs, upstream) in enumerate(points):
        leaves = [Value(x) for x in inputs]
        expected = by_backward(op(*leaves) * upstream, leaves)
        for slope, theirs in zip(slopes, expected, strict=True):
            assert slope[index] == pytest.approx(theirs, rel=1e-13, nan_ok=True), (inputs, upstream)


@given(expressions(max_inputs=2, max_operations=6, numbers=st.sampled_from(POINTS)))
@example(Expression(lambda x: (x * 0.0).sqrt(), (2.0,)))
@example(Expression(lambda x: x.relu().log(), (-1.0,)))
@example(Expression(lambda x: 0.0 * (x.relu() ** -1.0), (-1.0,)))
def test_random_expressions_of_special_values_have_one_gradient(expression: Expression) -> None:
    answers = every_way(expression, expression.point)
    assert all(agree(answer, answers["backward"]) for answer in answers.values()), answers


@given(expressions(max_inputs=2, max_operations=4, numbers=st.sampled_from(POINTS)))
@example(Expression(lambda x: (x.relu() * 0.0).sqrt(), (2.0,)))
def test_second_derivatives_are_those_that_backward_gives_for_a_recorded_gradient(expression: Expression) -> None:
    leaves, root = expression.record()
    by_nesting = hessian(lambda p: expression(*p))(list(expression.point))
    for slope, row in zip([gradients(root)[leaf] for leaf in leaves], by_nesting, strict=True):
        expected = by_backward(slope, leaves)
        seconds = gradients(slope)
        assert agree([seconds[x].data if x in seconds else 0.0 for x in leaves], expected)
        assert agree(list(compile(slope, leaves)(*expression.point)[1]), expected)
        assert agree(row, expected)


@pytest.mark.parametrize(
    ("f", "x"), [(lambda x: (x * 0.0).sqrt(), 2.0), (lambda x: x.relu().log(), -1.0), (lambda x: abs(x).sqrt(), 0.0)]
)
def test_zero_times_infinity_is_nan_whoever_is_asked(f: Callable[[Any], Any], x: float) -> None:
    answers = every_way(f, (x,)) | {"jvp": [jvp(f, (x,), (1.0,))[1]]}
    assert all(math.isnan(slope) for (slope,) in answers.values()), answers


def test_zero_times_infinity_is_nan_in_pytorch_too() -> None:
    torch = pytest.importorskip("torch", reason="what the engine is compared with")
    tensor = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    (tensor * 0.0).sqrt().backward()
    assert math.isnan(tensor.grad.item())
