"""What is saved, copied or pickled comes back as it was; what cannot be says so, at any depth."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

import nn
from autograd import Graph, Op, Value
from nn.strategies import networks
from tests.helpers.numbers import same

COPIES: list[Callable[[Any], Any]] = [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))]


@given(networks())
def test_a_state_goes_through_json_bit_for_bit(network: nn.MLP) -> None:
    other = copy.deepcopy(network)
    for p in other.parameters():
        p.data = 0.5
    other.load_state_dict(json.loads(json.dumps(network.state_dict())))
    assert all(map(same, [p.data for p in other.parameters()], [p.data for p in network.parameters()]))


@pytest.mark.parametrize("make", COPIES, ids=["deepcopy", "pickle"])
@given(networks())
def test_a_copied_network_is_the_same_and_shares_nothing(make: Callable[[Any], Any], network: nn.MLP) -> None:
    inputs = [0.5] * len(network.layers[0].neurons[0].w)
    out = network(inputs)
    (sum(out, Value(0.0)) if isinstance(out, list) else out).backward()
    again = make(network)
    assert repr(again) == repr(network)
    for ours, theirs in zip(network.named_parameters(), again.named_parameters(), strict=True):
        assert ours[0] == theirs[0]
        assert repr(ours[1]) == repr(theirs[1])
        assert ours[1] is not theirs[1]
    first, second = (out if isinstance(out, list) else [out] for out in (network(inputs), again(inputs)))
    assert all(map(same, [v.data for v in first], [v.data for v in second]))
    assert [v.label for v in first] == [v.label for v in second]


@pytest.mark.parametrize("make", COPIES, ids=["deepcopy", "pickle"])
def test_a_parameter_in_two_places_is_in_two_places_of_the_copy(make: Callable[[Any], Any]) -> None:
    tied = nn.Module()
    shared = Value(2.0, "shared")
    tied.first, tied.second = [shared], {"again": shared}  # type: ignore[attr-defined]
    again = make(tied)
    assert again.first[0] is again.second["again"] is not shared
    assert len(again.parameters()) == 1


@pytest.mark.parametrize("make", COPIES, ids=["deepcopy", "pickle"])
def test_a_value_deep_in_a_graph_says_why_it_is_not_copied_without_recursion(make: Callable[[Any], Any]) -> None:
    x = Value(1.0, "x")
    y = x
    for _ in range(100_000):
        y = y + x
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        for thing in (y, [y], Graph(y)):
            with pytest.raises(
                TypeError,
                match=r"was computed from others, and a copy would have to|cannot pickle 'autograd\.graph\.Graph'",
            ):
                make(thing)
    finally:
        sys.setrecursionlimit(limit)
    assert (y.data, x.grad) == (100_001.0, 0.0)
    y.backward()
    assert x.grad == 100_001.0


def test_a_graph_of_a_leaf_alone_is_not_in_the_way_of_copying_the_leaf() -> None:
    x = Value(1.0, "x")
    graph = Graph(x)
    assert repr(copy.copy(graph.root)) == repr(x)


class Named(Value):
    """A Value of a user's own."""


def test_a_leaf_of_ones_own_class_stays_one() -> None:
    for make in COPIES:
        again = make(Named(2.0, "n"))
        assert type(again) is Named
        assert repr(again) == "Value(data=2.0, grad=0.0, label='n')"


def square(x: Any) -> Any:
    return x * x


def slope(out: Any, x: Any) -> Any:
    return 2 * x


def test_an_operation_of_ones_own_works_after_a_round_trip() -> None:
    again = pickle.loads(pickle.dumps(Op("square", "x²", square, (slope,))))
    x = Value(3.0)
    again(x).backward()
    assert x.grad == 6.0
