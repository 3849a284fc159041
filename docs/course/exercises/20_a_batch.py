"""A batch: a row for each example.

X has a row for each example and a column for each input. The layer computes Z = X·Wᵀ + b, which adds b to every row.
The loss is the mean over the examples, hence the division by len(X) in delta. Fill in the gradients of W and b. Every
example has a share in them.

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd.testing import check_backward
from autograd.testing.answers import tell


def forward(X, Y, W, b):
    Z = X @ W.T + b
    return np.sum((Z - Y) ** 2) / 2 / len(X)


def backward(X, Y, W, b):
    Z = X @ W.T + b
    delta = (Z - Y) / len(X)  # a row for each example, a column for each output
    gradient_of_W = ...  # your line
    gradient_of_b = ...  # your line
    return {"W": gradient_of_W, "b": gradient_of_b}


def test_the_gradients_of_a_batch():
    once = backward(np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 2)), np.ones(2))
    for name, gradient in once.items():
        assert gradient is not ..., f"fill in the blank in gradient_of_{name}"
    shapes = {"X": ("n", "inputs"), "Y": ("n", "outputs"), "W": ("outputs", "inputs"), "b": ("outputs",)}
    check_backward(forward, backward, shapes, wrt=["W", "b"])


if __name__ == "__main__":
    tell(
        test_the_gradients_of_a_batch,
        "what was used for every example gets a share from every example, and they are added up.",
    )
