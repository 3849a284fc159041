"""Neurons, layers of neurons, and networks of layers, in micrograd's shapes.

A neuron weighs its inputs, adds its bias, and bends the sum: ``a = f(b + w·x)``. A layer is neurons that look at the
same inputs; a network feeds each layer's outputs to the next. Nothing here knows of gradients: the Values do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from operator import mul
from typing import Any

from autograd.arithmetic import dot
from autograd.engine import Value, as_node
from nn.module import Module

NONLINEARITIES = ("linear", "relu", "sigmoid", "softplus", "tanh")


class Neuron(Module):
    """``nin`` weights ``w``, drawn uniformly from −1 to 1, and a bias ``b`` of 0 (None where there is to be none).

    Args:
        nin: the number of inputs.
        nonlin: linear, relu, sigmoid, softplus or tanh; micrograd's True and False stand for relu and linear.
        bias: whether there is a bias.
        rng: where the weights are drawn from; None for the module ``random``, so that ``random.seed`` decides.
        fused: whether the weighted sum is one node, by `autograd.dot`, or a node for each product and each sum, all to
            be seen. The numbers are the same. Fused, recording is several times as fast; a replay is, unfused.

    Its ``labels`` name what it computes, the weighted sum and the output, for whoever prints or draws the graph.

    Raises:
        ValueError: where ``nin`` is not at least 1, or the nonlinearity is unknown.

    >>> neuron = Neuron(2)
    >>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -1.0, 0.25
    >>> neuron([4.0, 1.0])      # 0.25 + 0.5·4 − 1·1
    Value(data=1.25, grad=0.0)
    """

    def __init__(
        self,
        nin: int,
        nonlin: str | bool = "relu",
        bias: bool = True,
        rng: random.Random | None = None,
        fused: bool = False,
    ) -> None:
        if not hasattr(nin, "__index__") or nin < 1:
            raise ValueError(f"a neuron takes at least 1 input, got nin={nin!r}")
        self.nonlin = {True: "relu", False: "linear"}[nonlin] if isinstance(nonlin, bool) else nonlin
        if self.nonlin not in NONLINEARITIES:
            raise ValueError(f"unknown nonlinearity {nonlin!r}; there are {', '.join(NONLINEARITIES)}")
        uniform = random.uniform if rng is None else rng.uniform
        self.w = [Value(uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0) if bias else None
        self.labels = ("", "")
        self.fused = fused

    def __call__(self, x: Sequence[Any]) -> Value:
        """The output for as many inputs as there are weights: Values, or plain numbers."""
        if not hasattr(x, "__len__"):
            raise TypeError(f"a network takes a sequence of inputs, got {type(x).__name__} {x!r:.80}; wrap it as [x]")
        if len(x) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} input(s), got {len(x)}")
        if self.fused:
            z = dot(self.w, x, 0 if self.b is None else self.b)
        else:
            terms = map(mul, self.w, x)
            z = sum(terms, next(terms) if self.b is None else self.b)
        a: Value = z if self.nonlin == "linear" else getattr(z, self.nonlin)()
        if self.labels[0]:
            z.label, a.label = self.labels
        return a

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin == 'relu' else self.nonlin.capitalize()}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons over the same ``nin`` inputs; the rest of the arguments, and the errors, are `Neuron`'s.

    >>> outputs = Layer(2, 3)([1.0, -1.0])
    >>> len(outputs)
    3
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: str | bool = "relu",
        bias: bool = True,
        rng: random.Random | None = None,
        fused: bool = False,
    ) -> None:
        if not hasattr(nout, "__index__") or nout < 1:
            raise ValueError(f"a layer has at least 1 neuron, got nout={nout!r}")
        self.neurons = [Neuron(nin, nonlin, bias, rng, fused) for _ in range(nout)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The neurons' outputs: a list of Values, or the one Value of a layer of one neuron."""
        if len(self.neurons) > 1 and hasattr(x, "__len__"):  # a plain number is one node for all neurons
            x = [as_node(number) if isinstance(number, (int, float)) else number for number in x]
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: ``MLP(2, [16, 16, 1])`` has 2 inputs, two hidden layers of 16, and 1 output.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer.
        hidden: the nonlinearity of all layers but the last, as in `Neuron`. micrograd's lecture has tanh everywhere.
        output: that of the last.
        bias: whether the neurons have biases.
        rng: where the weights are drawn from, layer by layer and neuron by neuron; None for the module ``random``.
        fused: whether each weighted sum is one node, as in `Neuron`. A picture is then of the delta equations: a
            weight's edge carries its input, an input's edge its weight.

    Raises:
        ValueError: where ``nouts`` is not a list of at least one layer, or a layer is as `Neuron` takes none.

    >>> net = MLP(2, [3, 1], rng=random.Random(0))
    >>> len(net.parameters())      # 3 neurons of 2 weights and a bias, 1 of 3 and a bias
    13
    >>> y = net([1.0, -2.0])
    >>> y.backward()
    >>> print(f"{y:.4f}, ∂y/∂{net.layers[1].neurons[0].b.label} = {net.layers[1].neurons[0].b.grad}")
    -0.3357, ∂y/∂b2[0] = 1.0

    Labels are those of the matrices: W1[0,2] is in layer 1 the weight from input 2 to neuron 0, b1[0] that neuron's
    bias, z1[0] its weighted sum and a1[0] its output.
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        hidden: str = "relu",
        output: str = "linear",
        bias: bool = True,
        rng: random.Random | None = None,
        fused: bool = False,
    ) -> None:
        if not hasattr(nouts, "__len__") or not len(nouts):
            raise ValueError(f"a network has a list of at least 1 layer, got nouts={nouts!r}: write MLP(2, [4, 1])")
        nonlins = [hidden] * (len(nouts) - 1) + [output]
        self.layers = [
            Layer(fan_in, fan_out, nonlin, bias, rng, fused)
            for fan_in, fan_out, nonlin in zip([nin, *nouts], nouts, nonlins, strict=False)
        ]
        for i, layer in enumerate(self.layers, 1):
            for j, neuron in enumerate(layer.neurons):
                neuron.labels = f"z{i}[{j}]", f"a{i}[{j}]"
                for k, w in enumerate(neuron.w):
                    w.label = f"W{i}[{j},{k}]"
                if neuron.b is not None:
                    neuron.b.label = f"b{i}[{j}]"

    def __call__(self, x: Sequence[Any]) -> Any:
        """The output for one example: a Value, or a list of them where the last layer has several neurons."""
        for layer in self.layers:
            outputs = layer(x)
            x = outputs if isinstance(outputs, list) else [outputs]
        return x[0] if len(x) == 1 else x

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """A notebook shows the picture."""
        from nn.draw import show

        return show(self)

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
