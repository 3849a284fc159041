"""One layer, and the gradients of its parameters.

The layer computes z = W·x + b and a = tanh(z), and W has a row for each output and a column for each input. How much
the loss moves when z moves is δ, and it is here already. Fill in what follows from it: the gradient of W, in the shape
of W, and the gradient of b, in the shape of b.

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd.testing import check_backward
from autograd.testing.answers import tell


def forward(x, y, W, b):
    a = np.tanh(W @ x + b)
    return np.sum((a - y) ** 2) / 2


def backward(x, y, W, b):
    a = np.tanh(W @ x + b)
    delta = (a - y) * (1 - a**2)  # one number for each output
    gradient_of_W = np.outer(delta, x)
    gradient_of_b = delta
    return {"W": gradient_of_W, "b": gradient_of_b}


def test_the_gradients_of_a_layer():
    once = backward(np.ones(2), np.ones(2), np.ones((2, 2)), np.ones(2))
    for name, gradient in once.items():
        assert gradient is not ..., f"fill in the blank in gradient_of_{name}"
    shape = np.shape(once["W"])
    assert shape == (2, 2), (
        f"gradient_of_W has the shape {shape} where W has (2, 2). A vector has one axis, and its .T is the vector "
        "itself: for a column times a row take np.outer(column, row)"
    )
    shapes = {"x": ("inputs",), "y": ("outputs",), "W": ("outputs", "inputs"), "b": ("outputs",)}
    check_backward(forward, backward, shapes, wrt=["W", "b"])


if __name__ == "__main__":
    tell(
        test_the_gradients_of_a_layer,
        "each weight gets δ of the neuron that it leads to, times the input that it multiplies.",
    )
