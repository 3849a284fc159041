"""The backward pass of the 1-1-1 network, line by line.

    z1 = W1·x + b1        a1 = σ(z1)
    z2 = W2·a1 + b2       a2 = σ(z2)
    L = ½·(a2 − t)²

Six gradients are missing. Go from the back to the front: each line needs only what stands above it.
The check says ∂L/∂z2, as many books do, for what we call z2.grad.
"""

import math

import nn
from autograd import Value
from autograd.testing import assert_same_gradients
from autograd.testing.answers import check_filled, tell


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def backward(x: float, t: float, W1: float, b1: float, W2: float, b2: float) -> dict[str, float]:
    a1 = sigmoid(W1 * x + b1)
    a2 = sigmoid(W2 * a1 + b2)
    z2_grad = ...  # your line
    W2_grad = ...  # your line
    b2_grad = ...  # your line
    z1_grad = ...  # your line
    W1_grad = ...  # your line
    b1_grad = ...  # your line
    return {"z2": z2_grad, "W2": W2_grad, "b2": b2_grad, "z1": z1_grad, "W1": W1_grad, "b1": b1_grad}


def loss(x: Value, t: Value, W1: Value, b1: Value, W2: Value, b2: Value) -> Value:
    z1 = W1 * x + b1
    a1 = z1.sigmoid()
    z2 = W2 * a1 + b2
    a2 = z2.sigmoid()
    z1.label, a1.label, z2.label, a2.label = "z1", "a1", "z2", "a2"
    return nn.half_squared_error(a2, t)


def test_backward() -> None:
    check_filled(backward)
    for name in ("z2", "W2", "b2", "z1", "W1", "b1"):  # the first that is wrong is explained
        assert_same_gradients(loss, backward, examples=30, wrt=[name])


if __name__ == "__main__":
    tell(test_backward, "wherever one looks, that is backpropagation.")
