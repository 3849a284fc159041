"""The delta equations: backpropagation by hand, of the two worked examples and, in matrices, of any network.

One line for each application of the chain rule, as one writes it on paper; δ is ∂L/∂z, the error that arrives at a
weighted sum. The engine has to agree with these equations, for any weights, inputs and targets, and so has whoever
derives them again. For the worked examples they are plain numbers::

    output layer    δ2 = ∂L/∂a2 · σ′(z2)        which is (a2 − t)·σ′(z2) for the half squared error,
                                                and a2 − t for the binary cross-entropy
    hidden layer    δ1 = W2·δ2 · σ′(z1)
    a parameter     ∂L/∂W = δ · (its input),  ∂L/∂b = δ
    one step        W := W − η·∂L/∂W

and for `mlp` columns and matrices, with W as outputs × inputs, in every layer l with its activation f::

    forward         z[l] = W[l]·a[l−1] + b[l],  a[l] = f(z[l])      a[0] being x
    output layer    δ = (a − y) ⊙ f′(z)         for the half squared error,
                    δ = a − y                   for both cross-entropies
    hidden layer    δ[l] = (W[l+1]ᵀ·δ[l+1]) ⊙ f′(z[l])
    a parameter     ∂L/∂W[l] = δ[l]·a[l−1]ᵀ,  ∂L/∂b[l] = δ[l]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from autograd.compiler.arrays import array_namespace
from autograd.ops import divide, log, sigmoid

Loss: TypeAlias = Literal["half_squared_error", "binary_cross_entropy"]
Array: TypeAlias = Any  #: of a library that keeps the Array API standard


class Pass(NamedTuple):
    """A forward and a backward pass, by the names that the networks of `nn.networks` give their Values.

    Each is a number; from `mlp`, an array. δ is the gradient of a weighted sum: ``gradients["z2"]`` is δ2.
    """

    values: dict[str, Any]  #: what each quantity is, the loss L included
    gradients: dict[str, Any]  #: ∂L/∂ each quantity


def one_two_one(
    x: float,
    t: float,
    w1: float = 0.5,
    w2: float = -0.5,
    w3: float = 0.3,
    w4: float = -0.3,
    *,
    loss: Loss = "half_squared_error",
) -> Pass:
    """The 1-2-1 network of `nn.one_two_one`, on the input x and the target t.

    >>> values, gradients = one_two_one(x=1, t=0)
    >>> print(f"L = {values['L']:.6f}, ∂L/∂w1 = {gradients['w1']:.6f}")
    L = 0.134349, ∂L/∂w1 = 0.009124
    """
    z1 = w1 * x
    z2 = w2 * x
    h1 = sigmoid(z1)
    h2 = sigmoid(z2)
    z3 = w3 * h1 + w4 * h2
    y = sigmoid(z3)
    L, dL_dy, delta3 = _loss(loss, y, t)
    delta1 = w3 * delta3 * h1 * (1 - h1)
    delta2 = w4 * delta3 * h2 * (1 - h2)
    return Pass(
        {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "z3": z3, "y": y, "L": L},
        {
            "y": dL_dy,
            "z3": delta3,
            "w3": delta3 * h1,
            "w4": delta3 * h2,
            "h1": delta3 * w3,
            "h2": delta3 * w4,
            "z1": delta1,
            "z2": delta2,
            "w1": delta1 * x,
            "w2": delta2 * x,
        },
    )


def one_one_one(
    x: float,
    t: float,
    W1: float = 0.4,
    b1: float = 0.3,
    W2: float = 0.7,
    b2: float = 0.2,
    *,
    loss: Loss = "half_squared_error",
) -> Pass:
    """The 1-1-1 network of `nn.one_one_one`, on the input x and the target t.

    >>> values, gradients = one_one_one(x=0.5, t=1)
    >>> print(f"{values['a2']:.6f}, {values['L']:.6f}")
    0.653786, 0.059932
    """
    z1 = W1 * x + b1
    a1 = sigmoid(z1)
    z2 = W2 * a1 + b2
    a2 = sigmoid(z2)
    L, dL_da2, delta2 = _loss(loss, a2, t)
    delta1 = W2 * delta2 * a1 * (1 - a1)
    return Pass(
        {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": L},
        {
            "a2": dL_da2,
            "z2": delta2,
            "W2": delta2 * a1,
            "b2": delta2,
            "a1": delta2 * W2,
            "z1": delta1,
            "W1": delta1 * x,
            "b1": delta1,
        },
    )


def _loss(loss: Loss, a: float, t: float) -> tuple[float, float, float]:
    """The loss L of an output a = σ(z) for the target t, ∂L/∂a, and δ = ∂L/∂z."""
    if loss == "half_squared_error":
        return 0.5 * (a - t) * (a - t), a - t, (a - t) * a * (1 - a)
    if loss == "binary_cross_entropy":
        # t·log a is 0 where t is, and σ′(z) = a·(1 − a) cancels from δ
        L = -((t * log(a) if t else 0.0) + ((1 - t) * log(1 - a) if t != 1 else 0.0))
        return L, divide(a - t, a * (1 - a)), a - t
    raise ValueError(f"unknown loss {loss!r}; there are half_squared_error and binary_cross_entropy")


def step(parameters: dict[str, float], gradients: dict[str, float], lr: float) -> dict[str, float]:
    """The parameters after one step of gradient descent, W − η·∂L/∂W, η being ``lr``.

    >>> step({"W": 1.0}, {"W": 0.5}, lr=0.1)
    {'W': 0.95}
    """
    return {name: parameter - lr * gradients[name] for name, parameter in parameters.items()}


def mlp(
    x: Array,
    y: Array,
    weights: Sequence[Array],
    biases: Sequence[Array] | None = None,
    *,
    activations: Sequence[str],
    loss: str = "half_squared_error",
) -> Pass:
    """A multi-layer perceptron of any depth and widths, by the matrix equations, on one example or a batch.

    The arrays come from one library that keeps the Array API standard: NumPy 2, JAX, or PyTorch by way of
    array-api-compat.

    Args:
        x: the inputs, in an array; for a batch, a row for each example.
        y: the targets, one for each output; for a batch, a row for each example. For softmax, a class is a row with a 1
            in its place and 0 elsewhere.
        weights: for each layer a matrix, outputs × inputs: its W[0, 2] is from input 2 to neuron 0.
        biases: for each layer an array, one for each output; None for a network without.
        activations: for each layer linear, relu, sigmoid, softplus or tanh.
        loss: half_squared_error, summed over the outputs; binary_cross_entropy, averaged over them, after
            sigmoid in the last layer; softmax_cross_entropy, after softmax there. Of a batch, L is the mean.

    Returns:
        Values z1, a1, z2, a2, … and L; gradients of W1, b1, z1, a1, … (of the last a, for the half squared error only).
        Each has the shape of what it belongs to, z and a of a batch a row for each example.

    Raises:
        TypeError: where something is no array, or the arrays come from several libraries.
        ValueError: where shapes, activations and loss do not fit together.

    >>> import numpy as np
    >>> W1, W2 = np.array([[0.5], [-0.5]]), np.array([[0.3, -0.3]])      # the 1-2-1 network, on x = 1 and y = 0
    >>> values, gradients = mlp(np.array([1.0]), np.array([0.0]), [W1, W2], activations=["sigmoid", "sigmoid"])
    >>> print(f"L = {values['L']:.6f}, δ2 = {gradients['z2'][0]:.6f}, ∂L/∂W1 = {gradients['W1'].round(6).tolist()}")
    L = 0.134349, δ2 = 0.129415, ∂L/∂W1 = [[0.009124], [-0.009124]]
    """
    xp, (x, y, *arrays) = _floats(x, y, *weights, *(biases or []))
    W, b = dict(enumerate(arrays[: len(weights)], 1)), dict(enumerate(arrays[len(weights) :], 1))
    _check(x, y, W, b, activations, loss)
    f, slope, last = _activations(xp), _slopes(xp), len(W)

    def columns(rows: Array) -> Array:
        return rows[:, None] if rows.ndim == 1 else rows.T

    def rows(columns: Array) -> Array:
        return columns[:, 0] if x.ndim == 1 else columns.T

    # forward
    z, a, t = {}, {0: columns(x)}, columns(y)
    for i in W:
        z[i] = W[i] @ a[i - 1]
        if b:
            z[i] = z[i] + columns(b[i])
        a[i] = f[activations[i - 1]](z[i])

    # the loss, the mean over the examples, and δ of the output layer
    outputs, examples = t.shape
    delta, dL_da = {}, {}
    if loss == "half_squared_error":
        L = xp.sum(0.5 * (a[last] - t) ** 2) / examples
        dL_da[last] = (a[last] - t) / examples
        delta[last] = dL_da[last] * slope[activations[-1]](z[last], a[last])
    elif loss == "binary_cross_entropy":
        L = xp.sum(t * f["softplus"](-z[last]) + (1 - t) * f["softplus"](z[last])) / (examples * outputs)
        delta[last] = (a[last] - t) / (examples * outputs)
    else:
        L = -xp.sum(t * _log_softmax(xp, z[last])) / examples
        delta[last] = (a[last] - t) / examples

    # backward
    gradients = {}
    for i in range(last, 0, -1):
        gradients[f"W{i}"] = delta[i] @ a[i - 1].T
        if b:
            gradients[f"b{i}"] = xp.sum(delta[i], axis=1)
        if i > 1:
            dL_da[i - 1] = W[i].T @ delta[i]
            delta[i - 1] = dL_da[i - 1] * slope[activations[i - 2]](z[i - 1], a[i - 1])

    values = {f"{name}{i}": rows(of[i]) for i in W for name, of in (("z", z), ("a", a))} | {"L": L}
    gradients |= {f"{name}{i}": rows(of[i]) for name, of in (("z", delta), ("a", dL_da)) for i in of}
    return Pass(values, gradients)


def _activations(xp: Any) -> dict[str, Callable[[Array], Array]]:
    """f(z), so written that no exponential overflows: (z + |z|)/2 is max(z, 0), and (z − |z|)/2 is min(z, 0)."""
    return {
        "linear": lambda z: z,
        "relu": lambda z: (z + abs(z)) / 2,
        "sigmoid": lambda z: xp.exp((z - abs(z)) / 2) / (1 + xp.exp(-abs(z))),
        "softmax": lambda z: xp.exp(_log_softmax(xp, z)),
        "softplus": lambda z: (z + abs(z)) / 2 + xp.log1p(xp.exp(-abs(z))),
        "tanh": xp.tanh,
    }


def _slopes(xp: Any) -> dict[str, Callable[[Array, Array], Array]]:
    """f′(z), from z and a = f(z)."""
    return {
        "linear": lambda z, a: xp.ones_like(z),
        "relu": lambda z, a: xp.astype(z > 0, z.dtype),
        "sigmoid": lambda z, a: a * (1 - a),
        "softplus": lambda z, a: _activations(xp)["sigmoid"](z),
        "tanh": lambda z, a: 1 - a * a,
    }


def _log_softmax(xp: Any, z: Array) -> Array:
    """zᵢ − log Σ exp z for each column, where a number that is taken from all z first makes no difference."""
    z = z - xp.max(z, axis=0)
    return z - xp.log(xp.sum(xp.exp(z), axis=0))


def _floats(*arrays: Any) -> tuple[Any, list[Array]]:
    """The library that the arrays come from, and the arrays, those of integers turned into floats."""
    for array in arrays:
        if not hasattr(array, "ndim"):
            raise TypeError(f"the matrix equations take arrays, got {type(array).__name__} {array!r:.80}")
    xp = array_namespace(*arrays)
    floating = [array.dtype for array in arrays if xp.isdtype(array.dtype, "real floating")]
    dtype = xp.result_type(*floating) if floating else xp.asarray(0.0).dtype
    return xp, [array if array.dtype in floating else xp.astype(array, dtype) for array in arrays]


def _check(x: Array, y: Array, W: dict[int, Array], b: dict[int, Array], activations: Sequence[str], loss: str) -> None:
    """Whether everything has the shape that it should have, and the activations are such as the loss takes."""

    def check_shape(name: str, array: Array, wanted: tuple[Any, ...], meaning: str) -> None:
        shape = tuple(array.shape)
        if len(shape) != len(wanted) or any(w not in (n, "any") for w, n in zip(wanted, shape, strict=True)):
            raise ValueError(f"{name} has the shape ({', '.join(map(str, wanted))}), {meaning}; got {shape}")

    batch = tuple(x.shape[:-1])
    if x.ndim not in (1, 2) or 0 in x.shape:
        raise ValueError(f"x has the inputs of one example, or a row of them for each, got the shape {tuple(x.shape)}")
    if not W or len(b) not in (0, len(W)) or isinstance(activations, str) or len(activations) != len(W):
        raise ValueError(
            "a network has weights, biases (or none at all) and an activation for each layer, at least one, "
            f"got {len(W)}, {len(b)} and {activations!r:.80}"
        )
    width = x.shape[-1]
    for i in W:
        check_shape(f"W{i}", W[i], ("any", width), "outputs × inputs")
        width = W[i].shape[0]
        if b:
            check_shape(f"b{i}", b[i], (width,), "one for each output")
    check_shape("y", y, (*batch, width), "one for each output of each example")

    anywhere = ("linear", "relu", "sigmoid", "softplus", "tanh")
    losses = {
        "half_squared_error": anywhere,
        "binary_cross_entropy": ("sigmoid",),
        "softmax_cross_entropy": ("softmax",),
    }
    if loss not in losses:
        raise ValueError(f"unknown loss {loss!r}; there are {', '.join(losses)}")
    for i, name in enumerate(activations, 1):
        wanted = losses[loss] if i == len(W) else anywhere
        if name not in wanted:
            raise ValueError(f"layer {i} takes the activation {', '.join(wanted)} with the {loss}, got {name!r}")
