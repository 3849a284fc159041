"""The engine agrees with the delta equations of both worked examples: any weights, any input, any target, both losses.

How near they must come is counted, not guessed. The forward passes are the same operations in the same order, so their
results are the same bits. A gradient is then a product of the output's δ and at most six further factors, which the
engine multiplies up in another order; with u = 2⁻⁵³, each product is within (1 + u)ᵏ of the exact one, k being its
roundings, at most 8 on either side.

The δ of the cross-entropy is where they part: by hand it is a − t, while the engine adds −t/a · a(1−a) and
(1−t)/(1−a) · a(1−a), which cancel where t is near a. Their rounding errors are relative to what is added up,
t(1 − a) + (1 − t)a, and not to the small difference; further factors scale both alike.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, find, given, settings
from hypothesis import strategies as st

import nn
from autograd import Graph, Value
from demos.slip import backward_as_printed
from nn import deltas

ROUNDINGS = 16 * 2.0**-53  #: 8 on either side
UNDERFLOW = 1e-300  #: a product that falls below 2⁻¹⁰²² is off by 2⁻¹⁰⁷⁴, times later factors of 10²⁰ at most

numbers = st.floats(-1e6, 1e6)
small = st.floats(-4, 4)  # where sigmoids are not saturated
parameters = st.one_of(st.lists(small, min_size=4, max_size=4), st.lists(numbers, min_size=4, max_size=4))
inputs = st.one_of(small, numbers)
probabilities = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))

NETWORKS = {"1-2-1": (nn.one_two_one, deltas.one_two_one), "1-1-1": (nn.one_one_one, deltas.one_one_one)}
both_networks = pytest.mark.parametrize("name", NETWORKS)


def by_label(root: Value) -> dict[str, Value]:
    """What the engine computed, by name; its leaves have their names too."""
    return {value.label: value for value in Graph(root) if value.label}


@both_networks
@given(weights=parameters, x=inputs, t=inputs)
def test_with_the_half_squared_error(name: str, weights: list[float], x: float, t: float) -> None:
    network, by_hand = NETWORKS[name]
    values, gradients = by_hand(x, t, *weights)
    loss = nn.half_squared_error(network(*weights)([x]), t)
    loss.backward()
    engine = by_label(loss)
    assert loss.data == pytest.approx(values.pop("L"), rel=ROUNDINGS, abs=UNDERFLOW)
    assert values == {name: engine[name].data for name in values}
    assert {name: engine[name].grad for name in gradients} == pytest.approx(gradients, rel=ROUNDINGS, abs=UNDERFLOW)


@both_networks
@given(weights=parameters, x=inputs, t=probabilities)
def test_with_the_binary_cross_entropy(name: str, weights: list[float], x: float, t: float) -> None:
    network, by_hand = NETWORKS[name]
    values, gradients = by_hand(x, t, *weights, loss="binary_cross_entropy")
    prediction = network(*weights)([x])
    a = prediction.data
    assume(2.0**-1022 <= a < 1)  # beyond, 1/a or 1/(1 − a) is not a number, and the loss is to be had from the logit
    loss = nn.binary_cross_entropy(prediction, t)
    loss.backward()
    engine = by_label(loss)
    assert loss.data == pytest.approx(values.pop("L"), rel=ROUNDINGS)
    assert values == {name: engine[name].data for name in values}
    added_up = t * (1 - a) + (1 - t) * a
    for label, further in by_hand(x, -1.0, *weights, loss="binary_cross_entropy").gradients.items():
        scale = added_up * abs(further) / (a + 1)  # a − t is a + 1 there, so this leaves the factors after δ
        assert engine[label].grad == pytest.approx(gradients[label], rel=0, abs=ROUNDINGS * scale + UNDERFLOW)


@both_networks
@given(weights=parameters, x=inputs, t=probabilities)
def test_with_the_binary_cross_entropy_from_the_logit_however_saturated(
    name: str, weights: list[float], x: float, t: float
) -> None:
    network, by_hand = NETWORKS[name]
    gradients = by_hand(x, t, *weights, loss="binary_cross_entropy").gradients
    further = by_hand(x, -1.0, *weights, loss="binary_cross_entropy").gradients
    model = network(*weights)
    prediction = model([x])
    logit = prediction.parents[0]
    nn.binary_cross_entropy_with_logits(logit, t).backward()
    # By hand δ is a − t, and a is off by 4 roundings of at most 1; the engine has −t·σ(−z) + (1 − t)·σ(z).
    for value in (logit, *model.parameters()):
        scale = abs(further[value.label]) / (prediction.data + 1)
        assert value.grad == pytest.approx(gradients[value.label], rel=0, abs=ROUNDINGS * scale + UNDERFLOW)


@both_networks
@given(weights=parameters, x=inputs, t=inputs, lr=st.floats(0, 10))
def test_a_step_of_gradient_descent_is_the_engines(
    name: str, weights: list[float], x: float, t: float, lr: float
) -> None:
    network = NETWORKS[name][0](*weights)
    nn.half_squared_error(network([x]), t).backward()
    before = {p.label: p.data for p in network.parameters()}
    gradients = {p.label: p.grad for p in network.parameters()}
    nn.SGD(network.parameters(), lr).step()
    assert {p.label: p.data for p in network.parameters()} == deltas.step(before, gradients, lr)


def agrees(weights: list[float], x: float, t: float) -> bool:
    """Whether the first document's own code gives the engine's gradients."""
    network = nn.one_two_one(*weights)
    nn.half_squared_error(network([x]), t).backward()
    printed = backward_as_printed(x, t, *weights)
    return {p.label: p.grad for p in network.parameters()} == pytest.approx(printed, rel=ROUNDINGS, abs=UNDERFLOW)


def test_the_first_documents_code_is_rejected_with_a_small_counterexample() -> None:
    examples = st.tuples(parameters, inputs, inputs)
    settings_ = settings(derandomize=True, database=None)
    weights, x, t = find(examples, lambda example: not agrees(*example), settings=settings_)
    assert not agrees(weights, x, t)
    assert sum(number != 0 for number in [*weights, x, t]) <= 3  # a hidden weight, an input, and an error


@given(weights=parameters, x=inputs, t=inputs)
def test_the_first_documents_code_lacks_the_same_factor_everywhere(weights: list[float], x: float, t: float) -> None:
    values, gradients = deltas.one_two_one(x, t, *weights)
    slope = values["y"] * (1 - values["y"])
    printed = backward_as_printed(x, t, *weights)
    corrected = {"w1": printed["w1"] * slope, "w2": printed["w2"] * slope, "w3": printed["w3"], "w4": printed["w4"]}
    assert {name: gradients[name] for name in corrected} == pytest.approx(corrected, rel=ROUNDINGS, abs=UNDERFLOW)


def test_an_unknown_loss_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown loss 'hinge'; there are half_squared_error and"):
        deltas.one_two_one(1, 0, loss="hinge")  # type: ignore[arg-type]


def test_by_hand_a_prediction_that_is_certain_and_right_costs_nothing() -> None:
    assert deltas.one_one_one(1, 1, W2=1000.0, loss="binary_cross_entropy").values["L"] == 0
    assert deltas.one_one_one(1, 0, W2=-2000.0, loss="binary_cross_entropy").values["L"] == 0
    assert deltas.one_one_one(1, 0, W2=1000.0, loss="binary_cross_entropy").values["L"] == math.inf
