"""The engine agrees with the matrix equations: any widths and depths, one example or a batch, all three losses.

How near they must come is counted along with the equations. Both sides compute each quantity with a few roundings, of
2⁻⁵³ of what is added up, and pass on what they got wrong before. So each quantity q comes with Δq, the most by which
the two can differ: from Δ of what it is computed from, times how steeply it depends on that, and from its own
roundings. A relu that gets a z of which not even the sign is sure may have either slope, and Δ says so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Graph, Value
from autograd.testing.strategies import finite_floats
from nn import deltas, strategies
from nn.layers import NONLINEARITIES

LOSSES = ("half_squared_error", "binary_cross_entropy", "softmax_cross_entropy")
ROUNDINGS = 32 * 2.0**-53  #: 16 on either side: of a sum of at most 5 terms, a function that may be off by 4, a product
UNDERFLOW = 1e-300  #: a product that falls below 2⁻¹⁰²² is off by 2⁻¹⁰⁷⁴, times later factors of 10²⁰ at most

# The largest |f′|, the largest |f″|, and whether f′ is rounded. relu's second derivative is 0, but for its kink.
SLOPES = {
    "linear": (1, 0, 0),
    "relu": (1, 0, 0),
    "sigmoid": (0.25, 0.1, 1),
    "softplus": (1, 0.25, 1),
    "tanh": (1, 0.77, 1),
}

losses = pytest.mark.parametrize("loss", LOSSES)


class Case(NamedTuple):
    """A network, which Hypothesis prints as it was made, what it is trained on, and the loss."""

    network: nn.MLP
    x: Any  #: a row for each example
    y: Any
    loss: str

    def matrices(self) -> tuple[list[Any], list[Any], list[str]]:
        """The layers' weights, biases (none where the network has none) and activations."""
        layers = [layer.neurons for layer in self.network.layers]
        weights = [np.array([[w.data for w in neuron.w] for neuron in neurons]) for neurons in layers]
        biases = [np.array([n.b.data for n in neurons if n.b is not None]) for neurons in layers]
        return weights, [b for b in biases if b.size], [neurons[0].nonlin for neurons in layers]


@st.composite
def cases(draw: st.DrawFn, loss: str) -> Case:
    """Any network, as `nn.strategies` draws them, with a last layer that the loss takes, and a batch for it."""
    network = draw(strategies.networks(max_layers=4, max_width=4))
    for neuron in network.layers[-1].neurons:
        neuron.nonlin = {LOSSES[1]: "sigmoid", LOSSES[2]: "linear"}.get(loss, neuron.nonlin)
    inputs, outputs = len(network.layers[0].neurons[0].w), len(network.layers[-1].neurons)
    examples = draw(st.integers(1, 4))

    def rows(numbers: st.SearchStrategy[float], width: int) -> Any:
        row = st.lists(numbers, min_size=width, max_size=width)
        return np.array(draw(st.lists(row, min_size=examples, max_size=examples)))

    x = rows(finite_floats(2.0), inputs)
    if loss == LOSSES[2]:
        return Case(network, x, np.eye(outputs)[[draw(st.integers(0, outputs - 1)) for _ in x]], loss)
    return Case(network, x, rows(finite_floats(2.0) if loss == LOSSES[0] else st.floats(0, 1), outputs), loss)


def by_hand(case: Case, x: Any, y: Any) -> deltas.Pass:
    weights, biases, activations = case.matrices()
    if case.loss == LOSSES[2]:
        activations[-1] = "softmax"
    return deltas.mlp(x, y, weights, biases or None, activations=activations, loss=case.loss)


def by_the_engine(case: Case) -> deltas.Pass:
    """The same quantities of the mean loss by Values; the output layer's z and a as far as the graph has them."""
    outputs, losses_ = [], []
    for x, y in zip(case.x.tolist(), case.y.tolist(), strict=True):
        output = case.network(x)
        outputs.append(output if isinstance(output, list) else [output])
        if case.loss == LOSSES[0]:
            losses_.append(nn.half_squared_error(outputs[-1], y))
        elif case.loss == LOSSES[1]:
            losses_.append(nn.binary_cross_entropy_with_logits([a.parents[0] for a in outputs[-1]], y))
        else:
            losses_.append(nn.softmax_cross_entropy(outputs[-1], y.index(1)))
    L = sum(losses_[1:], losses_[0]) / len(losses_)
    for parameter in case.network.parameters():
        parameter.grad = 0.0
    L.backward()
    graphs = [{node.label: node for node in [*Graph(loss), *out]} for loss, out in zip(losses_, outputs, strict=True)]
    values: dict[str, Any] = {"L": L.data}
    gradients: dict[str, Any] = {}
    for i, layer in enumerate(case.network.layers, 1):
        neurons = layer.neurons
        gradients[f"W{i}"] = np.array([[w.grad for w in neuron.w] for neuron in neurons])
        gradients[f"b{i}"] = np.array([neuron.b.grad for neuron in neurons if neuron.b is not None])
        for name in ("z", "a"):
            label = "a" if neurons[0].nonlin == "linear" else name  # there a is z, and the label is a's
            nodes = [[graph[f"{label}{i}[{j}]"] for j, _ in enumerate(neurons)] for graph in graphs]
            values[f"{name}{i}"] = np.array([[node.data for node in row] for row in nodes])
            gradients[f"{name}{i}"] = np.array([[node.grad for node in row] for row in nodes])
    return deltas.Pass(values, gradients)


def differences(case: Case, by_hand: deltas.Pass) -> deltas.Pass:
    """Δ of every quantity: the most by which the two may differ."""
    weights, biases, activations = case.matrices()
    last, (examples, outputs) = len(weights), case.y.shape
    values, gradients = by_hand.values | {"a0": case.x}, by_hand.gradients
    dv: dict[str, Any] = {"a0": np.zeros_like(case.x)}  # Δ of the values
    dg: dict[str, Any] = {}  # Δ of the gradients
    dslope: dict[int, Any] = {}  # Δ of f′(z)

    for i, f in enumerate(activations, 1):
        steepest, bent, rounded = SLOPES[f]
        W, added_up = abs(weights[i - 1]), abs(values[f"a{i - 1}"]) @ abs(weights[i - 1]).T
        if biases:
            added_up = added_up + abs(biases[i - 1])
        dz = dv[f"a{i - 1}"] @ W.T + ROUNDINGS * added_up + UNDERFLOW * (added_up > 0)
        dv[f"z{i}"], dv[f"a{i}"] = dz, steepest * dz + ROUNDINGS * abs(values[f"a{i}"])
        either = (f == "relu") & (dz > 0) & (abs(values[f"z{i}"]) <= dz)
        dslope[i] = np.where(either, 1, bent * dz + ROUNDINGS * rounded)

    z, dz = values[f"z{last}"], dv[f"z{last}"]
    if case.loss == LOSSES[0]:
        error = abs(values[f"a{last}"] - case.y)
        dv["L"] = np.sum(error * dv[f"a{last}"] + dv[f"a{last}"] ** 2 + ROUNDINGS * error**2) / examples
        dg[f"a{last}"] = (dv[f"a{last}"] + ROUNDINGS * error) / examples
        dg[f"z{last}"] = through(activations[-1], gradients[f"a{last}"], dg[f"a{last}"], dslope[last])
    elif case.loss == LOSSES[1]:  # by the engine δ is −t·σ(−z) + (1 − t)·σ(z); softplus(±z) is at most |z| + 1
        dv["L"] = np.mean(dz + ROUNDINGS * (abs(z) + 1))
        dg[f"z{last}"] = (dz / 4 + ROUNDINGS) / (examples * outputs)
    else:  # a probability changes by at most half of what the logits change by, and the logs of their sum by all of it
        logits = np.max(abs(z), axis=1, keepdims=True)
        dz = np.max(dz, axis=1, keepdims=True)
        dv["L"] = np.sum(2 * dz + ROUNDINGS * (2 * logits + outputs)) / examples
        dg[f"z{last}"] = (dz / 2 + ROUNDINGS * np.ones_like(z)) / examples

    for i in range(last, 0, -1):
        delta, ddelta, a, da = gradients[f"z{i}"], dg[f"z{i}"], values[f"a{i - 1}"], dv[f"a{i - 1}"]
        dg[f"W{i}"] = ddelta.T @ (abs(a) + da) + abs(delta).T @ (da + ROUNDINGS * abs(a))
        if biases:
            dg[f"b{i}"] = np.sum(ddelta + ROUNDINGS * abs(delta), axis=0)
        if i > 1:
            dg[f"a{i - 1}"] = (ddelta + ROUNDINGS * abs(delta)) @ abs(weights[i - 1])
            f = activations[i - 2]
            dg[f"z{i - 1}"] = through(f, gradients[f"a{i - 1}"], dg[f"a{i - 1}"], dslope[i - 1])
    return deltas.Pass(dv, dg)


def through(f: str, gradient: Any, dgradient: Any, dslope: Any) -> Any:
    """Δ of ∂L/∂a · f′(z)."""
    return dgradient * (SLOPES[f][0] + dslope) + abs(gradient) * (dslope + ROUNDINGS * SLOPES[f][0])


@losses
@given(data=st.data())
def test_the_engine_agrees_with_the_matrix_equations(loss: str, data: st.DataObject) -> None:
    case = data.draw(cases(loss))
    hand, engine = by_hand(case, case.x, case.y), by_the_engine(case)
    most = differences(case, hand)
    last = f"a{len(case.network.layers)}"
    for kind, names in (("values", hand.values), ("gradients", hand.gradients)):
        for name in names:
            if (loss, kind, name) != (LOSSES[2], "values", last):  # the engine's logits have no softmax to compare with
                ours, theirs, delta = (getattr(of, kind)[name] for of in (hand, engine, most))
                assert np.shape(ours) == np.shape(theirs), name
                assert np.all(abs(ours - theirs) <= delta + UNDERFLOW), (kind, name)
    layers, biased = range(1, len(case.network.layers) + 1), case.network.layers[0].neurons[0].b is not None
    wanted = {f"{name}{i}" for name in ("z", "W", "a") + ("b",) * biased for i in layers}
    assert hand.gradients.keys() == wanted - ({last} if loss != LOSSES[0] else set())


@losses
@given(data=st.data())
def test_the_matrix_equations_of_one_example_are_those_of_a_batch_of_one(loss: str, data: st.DataObject) -> None:
    case = data.draw(cases(loss))
    batch, one = by_hand(case, case.x[:1], case.y[:1]), by_hand(case, case.x[0], case.y[0])
    for of_batch, of_one in zip(batch, one, strict=True):
        for name, array in of_batch.items():
            row = array[0] if name[0] in "za" else array
            assert np.array_equal(row, of_one[name]), name
            assert np.shape(row) == np.shape(of_one[name])


def test_every_activation_of_a_neuron_is_there() -> None:
    assert set(SLOPES) == set(NONLINEARITIES)
    one = np.array([[1.0]])
    for name in NONLINEARITIES:
        by_hand = deltas.mlp(one, one, [one], activations=[name])
        a = nn.strategies.mlp(1, [1], [1.0, 0.0], output=name)([1.0])
        assert by_hand.values["a1"] == pytest.approx(a.data)


@pytest.mark.parametrize("name", ["1-2-1", "1-1-1"])
def test_of_the_worked_networks_they_are_the_equations_in_plain_numbers(name: str) -> None:
    biases: list[Any] | None
    if name == "1-2-1":
        by_hand = deltas.one_two_one(x=1, t=0)
        weights, biases = [np.array([[0.5], [-0.5]]), np.array([[0.3, -0.3]])], None
        where = {"z1": [["z1"], ["z2"]], "a1": [["h1"], ["h2"]], "z2": [["z3"]], "a2": [["y"]]}
        where |= {"W1": [["w1"], ["w2"]], "W2": [["w3", "w4"]]}
        x, y = np.array([1.0]), np.array([0.0])
    else:
        by_hand = deltas.one_one_one(x=0.5, t=1)
        weights, biases = [np.array([[0.4]]), np.array([[0.7]])], [np.array([0.3]), np.array([0.2])]
        where = {name: [[name]] for name in ("z1", "a1", "z2", "a2", "W1", "b1", "W2", "b2")}
        x, y = np.array([0.5]), np.array([1.0])
    matrices = deltas.mlp(x, y, weights, biases, activations=["sigmoid", "sigmoid"])
    assert matrices.values["L"] == pytest.approx(by_hand.values["L"], rel=1e-15)
    assert matrices.gradients.keys() == where.keys()
    for name, gradient in matrices.gradients.items():
        numbers = [by_hand.gradients[label] for row in where[name] for label in row]
        assert gradient.ravel().tolist() == pytest.approx(numbers, rel=1e-14)


def arrays_of(library: str) -> Any:
    if library == "torch":
        pytest.importorskip("array_api_compat", reason="PyTorch keeps the Array API by way of it")
        return pytest.importorskip("torch").tensor
    if library == "jax":
        return pytest.importorskip("jax").numpy.asarray
    return pytest.importorskip("array_api_strict").asarray


@pytest.mark.parametrize("library", ["torch", "jax", "array_api_strict"])
@pytest.mark.parametrize("loss", LOSSES)
def test_they_take_arrays_of_any_library_and_return_its(library: str, loss: str) -> None:
    array = arrays_of(library)
    rng = np.random.default_rng(0)
    x, y, weights = rng.normal(size=(5, 2)), np.eye(3)[[0, 2, 1, 1, 0]], [rng.normal(size=n) for n in [(4, 2), (3, 4)]]
    last = {LOSSES[0]: "softplus", LOSSES[1]: "sigmoid", LOSSES[2]: "softmax"}[loss]
    biases = [np.ones(4), np.ones(3)]
    for hidden in NONLINEARITIES:
        wanted = deltas.mlp(x, y, weights, biases, activations=[hidden, last], loss=loss)
        theirs = [[array(w.tolist()) for w in arrays] for arrays in (weights, biases)]
        got = deltas.mlp(array(x.tolist()), array(y.tolist()), *theirs, activations=[hidden, last], loss=loss)
        for ours, numbers in zip(got, wanted, strict=True):
            for name, numpys in numbers.items():
                assert type(ours[name]) is type(theirs[0][0])
                assert ours[name].dtype == theirs[0][0].dtype
                assert np.allclose(np.from_dlpack(ours[name]), numpys, rtol=1e-4, atol=1e-5), (hidden, name)


def test_integers_are_taken_for_floats_and_float32_stays() -> None:
    W = [np.ones((1, 2), dtype=np.float32)]
    values, gradients = deltas.mlp(np.array([1, 2]), np.array([0]), W, activations=["relu"])
    assert values["a1"].tolist() == [3]
    assert {array.dtype for array in [*values.values(), *gradients.values()]} == {np.dtype("float32")}
    assert deltas.mlp(np.array([1]), np.array([0]), [np.array([[2]])], activations=["tanh"]).values["a1"].dtype == float


def test_relu_is_flat_at_0() -> None:
    W = [np.zeros((1, 1)), np.ones((1, 1))]
    gradients = deltas.mlp(np.ones(1), np.ones(1), W, activations=["relu", "linear"]).gradients
    assert (gradients["a1"].item(), gradients["z1"].item()) == (-1, 0)


def test_nothing_overflows_however_sure_a_network_is() -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for loss, f, most in zip(LOSSES, ("sigmoid", "sigmoid", "softmax"), (1, 501, 1001), strict=True):
            W = [np.array([[1000.0], [-1000.0]])]
            x, y = np.array([[1.0], [0.0]]), np.array([[0.0, 1.0]] * 2)
            values, gradients = deltas.mlp(x, y, W, activations=[f], loss=loss)
            assert 0.5 <= values["L"] <= most
            assert np.all(np.isfinite(gradients["W1"]))


x, y, W, b = np.ones(2), np.ones(1), np.ones((1, 2)), np.ones(1)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: deltas.mlp(x, y, [W.T], activations=["relu"]), ValueError, r"W1 has the shape \(any, 2\), outputs"),
        (lambda: deltas.mlp(x, y, [W, W], activations=["relu"] * 2), ValueError, r"W2 .*\(any, 1\).*got \(1, 2\)"),
        (
            lambda: deltas.mlp(x, y, [W], [W], activations=["relu"]),
            ValueError,
            r"b1 has the shape \(1\), .*\(1, 2\)",
        ),
        (lambda: deltas.mlp(x, x, [W], activations=["relu"]), ValueError, r"y has the shape \(1\).* got \(2,\)"),
        (lambda: deltas.mlp(x[None], y, [W], activations=["relu"]), ValueError, r"y has the shape \(1, 1\)"),
        (lambda: deltas.mlp(np.ones(()), y, [W], activations=["relu"]), ValueError, r"x has the inputs of one"),
        (lambda: deltas.mlp(np.ones((0, 2)), y, [W], activations=["relu"]), ValueError, r"x has .* \(0, 2\)"),
        (lambda: deltas.mlp(x, y, [], activations=[]), ValueError, r"for each layer, at least one, got 0, 0"),
        (lambda: deltas.mlp(x, y, [W], [b, b], activations=["relu"]), ValueError, r"got 1, 2 and \['relu'\]"),
        (lambda: deltas.mlp(x, y, [W], activations=[]), ValueError, r"got 1, 0 and \[\]"),
        (lambda: deltas.mlp(x, y, [W], activations=["relu"] * 2), ValueError, r"got 1, 0 and \['relu', 'relu'\]"),
        (lambda: deltas.mlp(x, y, [W], activations="r"), ValueError, r"got 1, 0 and 'r'"),
        (lambda: deltas.mlp(x, y, [W], activations="relu"), ValueError, r"got 1, 0 and 'relu'"),
        (lambda: deltas.mlp(x, y, [W], activations=["step"]), ValueError, r"layer 1 takes the activation linear, relu"),
        (lambda: deltas.mlp(x, y, [W], activations=["softmax"]), ValueError, r"linear, .* with the half_squared_error"),
        (
            lambda: deltas.mlp(x, y, [W], activations=["relu"], loss="binary_cross_entropy"),
            ValueError,
            r"layer 1 takes the activation sigmoid with the binary_cross_entropy, got 'relu'",
        ),
        (
            lambda: deltas.mlp(x, y, [W], activations=["relu"], loss="l1"),
            ValueError,
            r"unknown loss 'l1'; there are",
        ),
        (lambda: deltas.mlp([1.0], y, [W], activations=["relu"]), TypeError, r"take arrays, got list \[1.0\]"),
        (lambda: deltas.mlp(x, y, [Value(1.0)], activations=["relu"]), TypeError, r"take arrays, got Value"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()
