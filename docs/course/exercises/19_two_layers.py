"""Two layers: how δ gets from one to the one before.

Forward, for one example and any widths:

    z1 = W1·x + b1,  a1 = tanh(z1),  z2 = W2·a1 + b2,  L = ½ Σ (z2 − y)²

and every W has a row for each output. tanh′(z1) is 1 − a1². Fill in δ of the first layer: go back from delta2 along
every weight of W2, then through tanh.

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd.testing import check_backward
from autograd.testing.answers import tell


def forward(x, y, W1, b1, W2, b2):
    a1 = np.tanh(W1 @ x + b1)
    z2 = W2 @ a1 + b2
    return np.sum((z2 - y) ** 2) / 2


def backward(x, y, W1, b1, W2, b2):
    a1 = np.tanh(W1 @ x + b1)
    z2 = W2 @ a1 + b2
    delta2 = z2 - y
    delta1 = ...  # your line
    if delta1 is ...:
        raise AssertionError("fill in the blank in delta1")
    return {"W1": np.outer(delta1, x), "b1": delta1, "W2": np.outer(delta2, a1), "b2": delta2}


def test_the_gradients_of_two_layers():
    shapes = {
        "x": ("inputs",),
        "y": ("outputs",),
        "W1": ("hidden", "inputs"),
        "b1": ("hidden",),
        "W2": ("outputs", "hidden"),
        "b2": ("outputs",),
    }
    square = np.ones((2, 2))
    backward(np.ones(2), np.ones(2), square, np.ones(2), square, np.ones(2))
    check_backward(forward, backward, shapes, wrt=["W1", "b1", "W2", "b2"])


if __name__ == "__main__":
    tell(
        test_the_gradients_of_two_layers,
        "forward along the rows of W2, back along its columns, and then through the slope of tanh.",
    )
