"""Networks have micrograd's shapes and numbers, name their parameters, and refuse what they cannot take."""

from __future__ import annotations

import copy
import itertools
import json
import math
import pickle
import random
import statistics
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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


# Shapes


@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_weights_are_drawn_layer_by_layer_from_the_module_random_unless_told_otherwise(
    seed: int, sizes: list[int]
) -> None:
    rng = random.Random(seed)
    expected = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        for _ in range(fan_out):
            expected += [rng.uniform(-1, 1) for _ in range(fan_in)] + [0.0]
    random.seed(seed)
    assert [p.data for p in nn.MLP(sizes[0], sizes[1:]).parameters()] == expected
    assert [p.data for p in nn.MLP(sizes[0], sizes[1:], rng=random.Random(seed)).parameters()] == expected


@given(seed=st.integers(0, 2**32), x=st.lists(st.floats(-3, 3), min_size=2, max_size=2))
def test_the_same_seed_gives_micrograds_network_and_its_numbers(seed: int, x: list[float]) -> None:
    micrograd = pytest.importorskip("micrograd.nn", reason="the network that is compared with")
    outputs = []
    for library in (micrograd, nn):
        random.seed(seed)
        network = library.MLP(2, [3, 2, 1])
        y = network(x)
        y.backward()
        outputs.append((repr(network), y.data, [(p.data, p.grad) for p in network.parameters()]))
    assert outputs[1][:2] == outputs[0][:2]
    # Which parent hands its gradient on first may differ, and with it the order of a sum of at most six paths.
    assert outputs[1][2] == [pytest.approx(parameter, rel=1e-12, abs=1e-12) for parameter in outputs[0][2]]


def test_one_output_comes_as_a_value_and_more_as_a_list() -> None:
    assert isinstance(nn.MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert isinstance(nn.Layer(2, 1)([1.0, 2.0]), Value)
    assert isinstance(nn.Neuron(2)([1.0, 2.0]), Value)
    outputs = nn.MLP(2, [3, 2])([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == 2


def test_a_hidden_layer_of_one_neuron_feeds_the_next() -> None:
    assert isinstance(nn.MLP(1, [1, 1, 1])([1.0]), Value)


@pytest.mark.parametrize(
    ("nonlin", "function"),
    [
        ("linear", lambda z: z),
        ("relu", lambda z: max(z, 0.0)),
        ("sigmoid", lambda z: 1 / (1 + math.exp(-z))),
        ("softplus", lambda z: math.log(1 + math.exp(z))),
        ("tanh", math.tanh),
        (True, lambda z: max(z, 0.0)),
        (False, lambda z: z),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_a_neuron_bends_the_weighted_sum_of_its_inputs(nonlin: str | bool, function: Any, bias: bool) -> None:
    neuron = nn.Neuron(2, nonlin=nonlin, bias=bias)
    neuron.w[0].data, neuron.w[1].data = 0.5, -2.0
    if neuron.b is not None:
        neuron.b.data = 0.25
    for x in ([1.0, 2.0], [2.0, -1.0]):
        z = 0.5 * x[0] - 2.0 * x[1] + (0.25 if bias else 0.0)
        assert neuron(x).data == pytest.approx(function(z), rel=1e-15)


def test_hidden_and_output_name_the_nonlinearities_of_their_layers() -> None:
    network = nn.MLP(1, [2, 2, 1], hidden="tanh", output="sigmoid")
    assert repr(network) == (
        "MLP of [Layer of [TanhNeuron(1), TanhNeuron(1)], Layer of [TanhNeuron(2), TanhNeuron(2)], "
        "Layer of [SigmoidNeuron(2)]]"
    )
    assert repr(nn.MLP(2, [1, 1])) == "MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]"


def test_every_number_of_a_network_has_a_label() -> None:
    network = nn.MLP(2, [2, 1], hidden="relu", output="sigmoid")
    labels = set(by_label(network([Value(1.0, "x[0]"), Value(2.0, "x[1]")])))
    assert labels == {
        *("x[0]", "x[1]"),
        *("W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]", "b1[1]", "z1[0]", "z1[1]", "a1[0]", "a1[1]"),
        *("W2[0,0]", "W2[0,1]", "b2[0]", "z2[0]", "a2[0]"),
    }
    assert set(by_label(nn.one_two_one()([1.0]))) == {*("w1", "w2", "w3", "w4", "z1", "z2", "z3", "h1", "h2", "y")}
    assert set(by_label(nn.one_one_one()([1.0]))) == {*("W1", "b1", "W2", "b2", "z1", "a1", "z2", "a2")}


def test_making_a_worked_example_leaves_the_module_random_alone() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)
    nn.one_two_one()
    nn.one_one_one()
    assert random.random() == expected


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.MLP(2, []), ValueError, "at least 1 layer, got nouts=\\[\\]"),
        (lambda: nn.MLP(0, [1]), ValueError, "at least 1 input, got nin=0"),
        (lambda: nn.MLP(1, [2, 0]), ValueError, "at least 1 neuron, got nout=0"),
        (lambda: nn.MLP(1, [1], output="step"), ValueError, "unknown nonlinearity 'step'; there are linear, relu"),
        (lambda: nn.MLP(2, [1])([1.0]), ValueError, r"LinearNeuron\(2\) takes 2 input\(s\), got 1"),
        (lambda: nn.MLP(1, [1])([1.0, 2.0]), ValueError, r"takes 1 input\(s\), got 2"),
        (lambda: nn.MLP(1, [1])(cast(Any, 0.5)), TypeError, r"a sequence of inputs, got float 0.5; wrap it"),
        (lambda: nn.MLP(1, [1])(cast(Any, Value(0.5))), TypeError, r"got Value Value\(data=0.5"),
    ],
)
def test_a_network_refuses_what_it_cannot_take(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# Parameters


class Tied(nn.Module):
    """A module with parameters in all the places where they may be."""

    def __init__(self) -> None:
        self.shared = Value(1.0)
        self.again = self.shared
        self.named = {"left": Value(2.0), "right": [Value(3.0), nn.Neuron(1)]}
        self.pair = (Value(4.0), "not a parameter", 5.0, None)
        self.computed = self.shared * 2
        self.owner = self


def test_parameters_are_found_wherever_they_are_kept_in_order_and_once() -> None:
    assert [path for path, _ in Tied().named_parameters()] == [
        "shared", "named.left", "named.right.0", "named.right.1.w.0", "named.right.1.b", "pair.0",
    ]  # fmt: skip
    assert [path for path, _ in nn.MLP(1, [2]).named_parameters()] == [
        "layers.0.neurons.0.w.0", "layers.0.neurons.0.b", "layers.0.neurons.1.w.0", "layers.0.neurons.1.b",
    ]  # fmt: skip


def test_zero_grad_clears_every_parameter() -> None:
    network = nn.MLP(2, [2, 1])
    for parameter in network.parameters():
        parameter.grad = 1.0
    network.zero_grad()
    assert {parameter.grad for parameter in network.parameters()} == {0.0}


networks = st.builds(
    lambda sizes, bias, seed: nn.MLP(sizes[0], sizes[1:], bias=bias, rng=random.Random(seed)),
    st.lists(st.integers(1, 3), min_size=2, max_size=4),
    st.booleans(),
    st.integers(0, 2**32),
)


@given(network=networks, data=st.data())
def test_a_state_survives_json_bit_for_bit(network: nn.MLP, data: st.DataObject) -> None:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    for parameter in network.parameters():
        parameter.data = data.draw(numbers)
    state = network.state_dict()
    other = copy.deepcopy(network)
    for parameter in other.parameters():
        parameter.data = 0.0
    other.load_state_dict(json.loads(json.dumps(state)))
    assert [p.data.hex() for p in other.parameters()] == [p.data.hex() for p in network.parameters()]


@given(network=networks)
def test_a_network_can_be_copied_and_pickled(network: nn.MLP) -> None:
    for other in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert other.state_dict() == network.state_dict()
        assert [p.label for p in other.parameters()] == [p.label for p in network.parameters()]
        assert not set(other.parameters()) & set(network.parameters())


def test_a_state_that_does_not_fit_is_refused_and_changes_nothing() -> None:
    network = nn.one_one_one()
    state = network.state_dict()
    first = "layers.0.neurons.0.w.0"
    for wrong, error, message in (
        ({**state, "W3": 1.0}, KeyError, "missing \\[\\], unexpected \\['W3'\\]"),
        ({path: 9.0 for path in state if path != first}, KeyError, f"missing \\['{first}'\\]"),
        ({path: 9.0 if path == first else "9" for path in state}, TypeError, "expected a real number, got str '9'"),
        ([9.0] * 4, TypeError, "a state is a dict of numbers by path, got list"),
    ):
        with pytest.raises(error, match=message):
            network.load_state_dict(wrong)  # type: ignore[arg-type]
        assert network.state_dict() == state


class Holder(nn.Module):
    def __init__(self, things: Any) -> None:
        self.things = things


keys = st.sampled_from(["a", "b", "a.b", "1", 1, 1.5, "1.5", None, "None", ""])
trees = st.recursive(
    st.builds(Value, st.floats(allow_nan=False)),
    lambda inside: st.dictionaries(keys, inside, max_size=3) | st.lists(inside, max_size=3),
    max_leaves=8,
)


@given(trees)
@example({1: Value(0.0), "1": Value(1.0)})
@example({"a.b": Value(0.0), "a": {"b": Value(1.0)}})
def test_a_state_has_every_parameter_or_there_is_none(tree: Any) -> None:
    network = Holder(tree)
    parameters = network.parameters()
    paths = [path for path, _ in network.named_parameters()]
    if len(set(paths)) == len(paths):
        assert list(network.state_dict().values()) == [parameter.data for parameter in parameters]
        network.load_state_dict(network.state_dict())
    else:
        for use in (network.state_dict, lambda: network.load_state_dict({}), lambda: network.save("never.json")):
            with pytest.raises(
                ValueError, match=r"two parameters have the path 'things.*', and a state would keep one"
            ):
                use()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + 400 * "0"])
def test_what_save_does_not_write_load_does_not_take(tmp_path: Path, number: str) -> None:
    path = tmp_path / "net.json"
    network = Holder([Value(1.0), Value(2.0)])
    network.save(path)
    path.write_text(path.read_text().replace("2.0", number))
    before = network.state_dict()
    with pytest.raises(ValueError, match=r"things\.1 is (nan|-?inf), and JSON has only finite numbers"):
        network.load(path)
    assert network.state_dict() == before

    path.write_text(path.read_text().replace(number, "-3"))
    network.load(path)
    assert network.state_dict() == {"things.0": 1.0, "things.1": -3.0}


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text("[NaN]")
    with pytest.raises(TypeError, match="a state is a dict of numbers by path, got list"):
        nn.one_one_one().load(path)


def test_a_saved_network_loads_and_a_failed_save_leaves_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    network = nn.one_two_one(w1=0.1)
    network.save(path)
    assert json.loads(path.read_text()) == network.state_dict()
    other = nn.one_two_one()
    other.load(path)
    assert other.state_dict() == network.state_dict()

    network.parameters()[2].data = math.nan
    with pytest.raises(ValueError, match=r"layers\.1\.neurons\.0\.w\.0 is nan, and JSON has only finite numbers"):
        network.save(path)
    other.load(path)
    assert other.parameters()[0].data == 0.1
    assert list(tmp_path.iterdir()) == [path]


# Initialisers


@pytest.mark.parametrize(
    ("initialise", "variance", "bound"),
    [
        (nn.init.xavier_uniform, 2 / (30 + 20), math.sqrt(6 / (30 + 20))),
        (nn.init.xavier_normal, 2 / (30 + 20), math.inf),
        (nn.init.kaiming_uniform, 2 / 30, math.sqrt(6 / 30)),
        (nn.init.kaiming_normal, 2 / 30, math.inf),
    ],
)
def test_initialisers_draw_with_the_variance_that_their_papers_give(
    initialise: Any, variance: float, bound: float
) -> None:
    layer = nn.Layer(30, 20)
    initialise(layer, rng=random.Random(0))
    weights = [w.data for neuron in layer.neurons for w in neuron.w]
    # The variance of 600 draws has a standard error of √(2/599) = 5.8 % where they are normal, less where uniform.
    assert statistics.pvariance(weights, mu=0.0) == pytest.approx(variance, rel=4 * math.sqrt(2 / 599))
    assert abs(statistics.mean(weights)) < 4 * math.sqrt(variance / 600)
    assert max(map(abs, weights)) <= bound
    assert all(neuron.b is not None and neuron.b.data == 0 for neuron in layer.neurons)


def test_initialisers_take_the_fans_of_each_layer_of_a_network() -> None:
    network = nn.MLP(3, [5, 1])
    random.seed(0)
    nn.init.kaiming_uniform(network)
    rng = random.Random(0)
    bounds = [math.sqrt(6 / 3)] * 15 + [math.sqrt(6 / 5)] * 5
    weights = [w.data for layer in network.layers for neuron in layer.neurons for w in neuron.w]
    assert weights == pytest.approx([rng.uniform(-bound, bound) for bound in bounds], rel=1e-15)
