"""Hypothesis strategies: random networks and data sets.

They go with ``autograd.testing.strategies``, which draws numbers and expressions. Here is a claim about every network:

>>> from hypothesis import given
>>> from nn import strategies
>>> @given(strategies.networks(max_inputs=1, nonlinearities=["relu"]))
... def test_what_relu_puts_out_is_not_negative(network):
...     output = network([1.0])
...     assert all(y.data >= 0 for y in (output if isinstance(output, list) else [output]))
>>> test_what_relu_puts_out_is_not_negative()
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from autograd.testing.strategies import finite_floats  # isort: skip  (says what to install where Hypothesis is missing)
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nn.layers import MLP


def mlp(
    nin: int,
    nouts: Sequence[int],
    parameters: Sequence[float],
    hidden: str = "relu",
    output: str = "linear",
    bias: bool = True,
) -> MLP:
    """An `nn.MLP` with these parameters: what a network that `networks` drew prints as.

    Raises:
        ValueError: where they are not as many as the network has.

    >>> mlp(1, [1], [2.0, 3.0])([10.0]).data        # 2·10 + 3
    23.0
    """
    network = MLP(nin, nouts, hidden, output, bias, rng=random.Random(0))
    for parameter, data in zip(network.parameters(), parameters, strict=True):
        parameter.data = data
    return network


def networks(
    max_inputs: int = 3,
    max_layers: int = 3,
    max_width: int = 3,
    outputs: int | None = None,
    nonlinearities: Sequence[str] = ("tanh", "sigmoid", "softplus", "relu", "linear"),
) -> SearchStrategy[MLP]:
    """Multi-layer perceptrons, `nn.MLP`, small enough to read, with weights and biases from −2 to 2.

    Args:
        max_inputs: the most inputs, at least 1.
        max_layers: the most layers, at least 1.
        max_width: the most neurons in a layer, at least 1.
        outputs: the number of neurons in the last layer; None for any up to ``max_width``.
        nonlinearities: what the hidden and the last layers are drawn from, as `nn.MLP` names them.

    The number of inputs is ``len(network.layers[0].neurons[0].w)``. Shrinks towards one neuron with weights of 0.

    >>> from hypothesis import find
    >>> find(networks(), lambda network: len(network.layers) == 2)
    MLP of [Layer of [TanhNeuron(1)], Layer of [TanhNeuron(1)]]
    """
    widths = st.integers(1, max_width)

    @st.composite
    def draw_network(draw: st.DrawFn) -> MLP:
        nin, bias = draw(st.integers(1, max_inputs)), draw(st.booleans())
        hidden = draw(st.lists(widths, max_size=max_layers - 1))
        nouts = [*hidden, draw(widths) if outputs is None else outputs]
        count = sum(n * (fan_in + bias) for fan_in, n in zip([nin, *nouts], nouts, strict=False))
        nonlinearity = st.sampled_from(nonlinearities)
        parameters = st.lists(finite_floats(2.0), min_size=count, max_size=count)
        return draw(st.builds(mlp, st.just(nin), st.just(nouts), parameters, nonlinearity, nonlinearity, st.just(bias)))

    return draw_network()


def datasets(nin: int = 1, nout: int = 1, max_size: int = 5) -> SearchStrategy[list[tuple[list[float], Any]]]:
    """Data to train on: lists of pairs of an input and its target, as `nn.fit` takes them, of numbers from −2 to 2.

    Args:
        nin: how many numbers an input has.
        nout: how many a target has; where it is 1, the target is that number and no list.
        max_size: the most pairs; there is at least 1.

    >>> from hypothesis import find
    >>> find(datasets(nin=2), lambda data: data[0][1] > 0.5)
    [([0.0, 0.0], 1.0)]
    """
    x = finite_floats(2.0)
    target = x if nout == 1 else st.lists(x, min_size=nout, max_size=nout)
    return st.lists(st.tuples(st.lists(x, min_size=nin, max_size=nin), target), min_size=1, max_size=max_size)
