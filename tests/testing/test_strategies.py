"""What the strategies draw is what they promise, shrinks to something short, and prints as Python."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import nn
from autograd import Graph, Op, Value, ops
from autograd.testing.strategies import (
    BOUND,
    MARGIN,
    OPERATIONS,
    Expression,
    expressions,
    finite_floats,
    values,
)
from nn.strategies import datasets, mlp, networks
from tests.helpers.numbers import NORM, same

quick = settings(max_examples=500, derandomize=True, database=None, deadline=None)


@given(st.data(), st.floats(1e-3, 1e3))
def test_finite_floats_are_within_their_bound(data: st.DataObject, bound: float) -> None:
    x = data.draw(finite_floats(bound))
    assert -bound <= x <= bound
    assert x == 0 or abs(x) >= 2.0**-1022


@pytest.mark.slow
@given(values(), values(st.just(2.0), st.text()))
def test_values_are_leaves(plain: Value, labelled: Value) -> None:
    assert plain.op is labelled.op is None
    assert (plain.label, plain.grad) == ("", 0.0)
    assert labelled.data == 2.0


@given(expressions(max_inputs=4, numbers=st.floats()))
def test_what_an_expression_prints_is_that_expression(expression: Expression) -> None:
    again = eval(repr(expression), {"Expression": Expression, "nan": math.nan, "inf": math.inf})
    ours, theirs = list(Graph(expression.record()[1])), list(Graph(again.record()[1]))
    assert [node.op for node in ours] == [node.op for node in theirs]
    assert all(map(same, [node.data for node in ours], [node.data for node in theirs]))
    assert repr(again) == repr(expression)


@given(expressions(numbers=st.floats()) | expressions(smooth=True))
def test_every_input_counts_and_the_point_is_where_it_is_recorded(expression: Expression) -> None:
    leaves, root = expression.record()
    assert all(map(same, [leaf.data for leaf in leaves], expression.point))
    assert set(leaves) == {node for node in Graph(root) if node.op is None}


@given(expressions(smooth=True))
def test_a_smooth_expression_is_away_from_every_edge(expression: Expression) -> None:
    for node in Graph(expression.record()[1]):
        x = [parent.data for parent in node.parents]
        assert all(abs(number) <= BOUND for number in node.local_grads)
        if node.parents:
            assert abs(node.data) <= BOUND
        if node.op in (ops.relu, ops.absolute):
            assert abs(x[0]) >= MARGIN
        if node.op in (ops.log, ops.sqrt, ops.power):
            assert x[0] >= MARGIN
        if node.op is ops.divide:
            assert abs(x[1]) >= MARGIN


@given(expressions(operations=[ops.add, ops.relu, NORM], max_inputs=2, max_operations=5))
def test_expressions_are_made_of_the_chosen_operations(expression: Expression) -> None:
    assert {node.op for node in Graph(expression.record()[1])} <= {None, ops.constant, ops.add, ops.relu, NORM}


@given(expressions(operations=[], max_inputs=2))
def test_without_operations_an_expression_is_an_input(expression: Expression) -> None:
    assert expression.record()[1].op is None


@pytest.mark.slow
@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_every_operation_is_drawn_sooner_or_later(op: Op) -> None:
    def has_it(expression: Expression) -> bool:
        return any(node.op is op for node in Graph(expression.record()[1]))

    assert find(expressions(smooth=True), has_it, settings=settings(quick, max_examples=5000))


def test_shared_subexpressions_are_drawn_and_are_named_where_they_come_first() -> None:
    def shares(expression: Expression) -> bool:
        nodes = list(Graph(expression.record()[1]))
        parents = [parent for node in nodes for parent in node.parents if parent.parents]
        return len(parents) > len(set(parents))

    shared = find(expressions([ops.add, ops.multiply]), shares)  # whatever it finds first, it shrinks to this
    assert repr(shared) == "Expression(lambda x: (a := x + x) + a, (0.0,))"


@pytest.mark.parametrize(
    ("strategy", "is_bad", "printed"),
    [
        (expressions(), lambda e: e.record()[1].data > 1, "Expression(lambda x: x, (2.0,))"),
        (expressions(), lambda e: math.isnan(e.record()[1].data), None),
        (expressions(operations=[ops.log]), lambda e: e.record()[1].data < 0, "Expression(lambda x: x, (-1.0,))"),
        (values(), lambda v: v.data != 0, "Value(data=1.0, grad=0.0)"),
        (datasets(nin=2, nout=2), lambda d: len(d) > 1, "[([0.0, 0.0], [0.0, 0.0]), ([0.0, 0.0], [0.0, 0.0])]"),
        (datasets(), lambda d: d[0][1] > 0.5, "[([0.0], 1.0)]"),
    ],
)
def test_a_failing_example_shrinks_to_something_short(strategy: Any, is_bad: Any, printed: str | None) -> None:
    example = find(strategy, is_bad, settings=quick)
    assert len(repr(example)) < 100
    assert printed in (None, repr(example))


@given(networks(), st.data())
def test_networks_run_on_data_sets_of_their_shape(network: nn.MLP, data: st.DataObject) -> None:
    nin, nout = len(network.layers[0].neurons[0].w), len(network.layers[-1].neurons)
    for inputs, target in data.draw(datasets(nin, nout)):
        loss = nn.mean_squared_error(network(inputs), target)
        loss.backward()
        assert math.isfinite(loss.data)
    assert all(-2 <= p.data <= 2 for p in network.parameters())


@given(networks(max_inputs=1, max_layers=1, max_width=1, nonlinearities=["relu"]))
def test_networks_keep_to_their_bounds(network: nn.MLP) -> None:
    assert len(network.parameters()) in (1, 2)
    assert network.layers[0].neurons[0].nonlin == "relu"


@given(networks(outputs=1))
def test_the_number_of_outputs_can_be_asked_for(network: nn.MLP) -> None:
    assert isinstance(network([0.0] * len(network.layers[0].neurons[0].w)), Value)


def test_a_failing_network_prints_as_python() -> None:
    @settings(quick, report_multiple_bugs=False)
    @given(networks())
    def no_parameter_is_one(network: nn.MLP) -> None:
        assert all(p.data < 1 for p in network.parameters())

    with pytest.raises(AssertionError) as caught:
        no_parameter_is_one()
    text = " ".join(" ".join(line.partition("#")[0] for line in caught.value.__notes__[0].splitlines()).split())
    assert (
        "network=mlp( 1, [1], [1.0], 'tanh', 'tanh', False, )" in text
        or "mlp(1, [1], [1.0], 'tanh', 'tanh', False)" in text
    )
    assert mlp(1, [1], [1.0], "tanh", "tanh", False).parameters()[0].data == 1.0


class Plain:
    """Another engine's number: nothing but operators and methods."""

    def __init__(self, data: float) -> None:
        self.data = data

    def __add__(self, other: Any) -> Plain:
        return Plain(self.data + getattr(other, "data", other))

    __radd__ = __add__

    def relu(self) -> Plain:
        return Plain(max(self.data, 0.0))


@given(expressions(operations=[ops.add, ops.relu]))
def test_an_expression_runs_on_the_numbers_of_another_engine(expression: Expression) -> None:
    result = expression(*map(Plain, expression.point))
    assert result.data == expression.record()[1].data
    assert expression(*expression.point) == result.data


def test_an_expression_of_ones_own_is_printed_too() -> None:
    expression = Expression(lambda x: NORM(x, -2, 3) ** ops.heaviside(x) - float("inf"), [1])
    assert repr(expression) == "Expression(lambda x: norm(x, -2.0, 3.0) ** heaviside(x) - float('inf'), (1,))"
    assert repr(Expression(lambda x: 3, [1.0])) == "Expression(lambda x: 3.0, (1.0,))"


def test_an_expression_too_long_to_print_says_how_long_it_is() -> None:
    expression = Expression(lambda x: sum([x] * 1000, x), [1.0])
    assert repr(expression) == "<Expression of 1001 values at (1.0,)>"


@pytest.mark.parametrize("operations", [["sin"], [ops.constant], [math.sin]])
def test_operations_that_are_no_operations_are_refused(operations: Any) -> None:
    with pytest.raises(TypeError, match=r"operations are Ops like autograd\.sin, with inputs, got \["):
        expressions(operations=operations)


def test_an_expression_without_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 input, got max_inputs=0"):
        expressions(max_inputs=0)
