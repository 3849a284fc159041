"""A user's program, which ``.ci/release-check`` type-checks against the installed package."""

from __future__ import annotations

from typing import assert_type

import autograd
import nn
from autograd import Graph, Op, Step, Value, compile, grad, gradients


def neuron(w: Value, x: Value, b: Value) -> Value:
    return (w * x + b).sigmoid()


w, x, b = Value(0.4, "w"), Value(0.5, label="x"), Value(1)
y = 0.5 * (neuron(w, x, b) - 1.0) ** 2 / 2 - abs(-x)
assert_type(y, Value)
assert_type(y.data, float)
assert_type(w.label, str)
assert_type(y.op, Op | None)
assert_type(y.parents, tuple[Value, ...])
assert_type(y.local_grads, tuple[float, ...])
assert_type(w < x, bool)
w.data, w.grad, w.label = 2, 0.0, "weight"
largest: Value = max(w, x, b)
y.backward()
y.backward(0.5)
y.backward(gradient=2)
assert_type(gradients(y), dict[Value, Value])

graph = Graph(y)
assert_type(graph.forward(), float)
assert_type(list(graph), list[Value])
steps: list[Step] = list(graph.steps())
assert_type(steps[0].contribution, float)

cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
z: Value = cube(w)
slope: float = grad(lambda x: x * x)(3.0)
version: str = autograd.__version__
compiled: bool = autograd.COMPILED
source: str = compile(y, inputs=[w, x, b]).source

network = nn.MLP(2, [16, 1], hidden="tanh", output="sigmoid")
optimizer = nn.SGD(network.parameters(), lr=0.1)
loss = nn.half_squared_error(network([0.5, w]), 1.0)
assert_type(loss, Value)
loss.backward()
optimizer.step()
network.zero_grad()
assert_type(network.state_dict(), dict[str, float])
history = nn.fit(network, [([0.0, 1.0], 1.0)], nn.mean_squared_error, optimizer, epochs=1, progress=False)
assert_type(history.loss, list[float])
