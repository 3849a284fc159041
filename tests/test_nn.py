"""Networks have micrograd's shapes and numbers, name their parameters, and refuse what they cannot take."""

from __future__ import annotations


import pytest

import nn
from autograd import Graph, Value
from nn import deltas


def by_label(root: Value) -> dict[str, Value]:
    return {value.label: value for value in Graph(root) if value.label}


def test_the_1_2_1_example_gives_its_documents_figures_to_the_last_digit() -> None:
    net = nn.one_two_one()
    y = net([1.0])
    loss = nn.half_squared_error(y, 0.0)
    loss.backward()
    assert (y.data, loss.data) == (0.5183606401800915, 0.13434887664395717)
    assert [p.label for p in net.parameters()] == ["w1", "w2", "w3", "w4"]
    # Each gradient is a product of 6 rounded factors at most, so orders of multiplication differ by less than 1e-15.
    assert [p.grad for p in net.parameters()] == pytest.approx(
        [0.00912393080327576, -0.00912393080327576, 0.08055583197010868, 0.04885958190853007], rel=1e-15
    )
    assert [f"{p.grad:.8f}" for p in net.parameters()[2:]] == ["0.08055583", "0.04885958"]  # as it prints them


def test_the_1_1_1_example_and_its_update_give_its_documents_figures_to_the_last_digit() -> None:
    net = nn.one_one_one()
    a2 = net([0.5])
    loss = nn.half_squared_error(a2, 1.0)
    loss.backward()
    assert (a2.data, loss.data) == (0.6537856677259561, 0.05993218193598102)
    assert {p.label: p.grad for p in net.parameters()} == {
        "W1": -0.006445672678900978,
        "b1": -0.012891345357801957,
        "W2": -0.04877940093878772,
        "b2": -0.07836560317057768,
    }
    nn.SGD(net.parameters(), lr=0.1).step()
    assert {p.label: p.data for p in net.parameters()} == {
        "W1": 0.4006445672678901,
        "b1": 0.3012891345357802,
        "W2": 0.7048779400938787,
        "b2": 0.20783656031705777,
    }


def test_the_delta_equations_give_the_figures_of_both_documents() -> None:
    values, gradients = deltas.one_two_one(x=1, t=0)
    assert (values["y"], values["L"]) == (0.5183606401800915, 0.13434887664395717)
    assert [gradients[w] for w in ("w1", "w2", "w3", "w4")] == pytest.approx(
        [0.00912393080327576, -0.00912393080327576, 0.08055583197010868, 0.04885958190853007], rel=1e-15
    )
    values, gradients = deltas.one_one_one(x=0.5, t=1)
    assert (values["a2"], values["L"]) == (0.6537856677259561, 0.05993218193598102)
    updated = deltas.step({"W1": 0.4, "b1": 0.3, "W2": 0.7, "b2": 0.2}, gradients, lr=0.1)
    assert updated == {
        "W1": 0.4006445672678901,
        "b1": 0.3012891345357802,
        "W2": 0.7048779400938787,
        "b2": 0.20783656031705777,
    }
