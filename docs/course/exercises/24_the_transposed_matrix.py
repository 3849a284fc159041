"""The second slip, put right from the other end.

The backward pass below is the document's, as printed: it takes W2 with a row for each hidden neuron, and W1 with a row
for each input. Leave it as it is, and mend the forward pass. Fill in z1 and z2, so that the two passes speak of the
same matrices. (`W.T` is the transpose of W.)

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd.testing import check_backward
from autograd.testing.answers import tell


def forward(x, W1, b1, W2, b2):
    z1 = ...  # your line
    assert z1 is not ..., "fill in the blank in z1"
    a1 = np.tanh(z1)
    z2 = ...  # your line
    assert z2 is not ..., "fill in the blank in z2"
    return a1, z2


def error(x, y, W1, b1, W2, b2):
    a1, z2 = forward(x, W1, b1, W2, b2)
    return np.sum((z2 - y) ** 2) / 2


def backward_as_printed(x, y, W1, b1, W2, b2):
    a1, z2 = forward(x, W1, b1, W2, b2)
    delta2 = z2 - y
    delta1 = (W2 @ delta2) * (1 - a1**2)
    return {"W1": np.outer(x, delta1), "b1": delta1, "W2": np.outer(a1, delta2), "b2": delta2}


def test_the_two_passes_belong_together():
    x, b1, b2 = np.array([0.2, -0.3]), np.array([0.1, 0.4]), np.array([0.5, -0.6])
    W1, W2 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5, 0.6], [0.7, 0.8]])
    a1, z2 = forward(x, W1, b1, W2, b2)
    for n, z, a, W, b in ((1, np.arctanh(a1), x, W1, b1), (2, z2, a1, W2, b2)):
        assert np.shape(z) == np.shape(b), f"your z{n} has the shape {np.shape(z)}, and b{n} has {np.shape(b)}"
        assert not np.allclose(z, W @ a + b), (
            f"your z{n} reads W{n} by rows for outputs, and the backward pass has a row of W{n} for each input"
        )
        assert not any(np.allclose(z, matrix @ a) for matrix in (W, W.T)), f"your z{n} does not depend on b{n}"
    shapes = {"x": (2,), "y": (2,), "W1": (2, 2), "b1": (2,), "W2": (2, 2), "b2": (2,)}
    try:
        check_backward(error, backward_as_printed, shapes, wrt=["W1", "b1", "W2", "b2"])
    except AssertionError as reason:
        raise AssertionError(
            f"the backward pass, here called “by hand”, is not that of your z1 and z2: mend those\n{reason}"
        ) from None


if __name__ == "__main__":
    tell(
        test_the_two_passes_belong_together,
        "rows for outputs or rows for inputs, either will do. Both passes have to mean the same.",
    )
