"""The second slip: at which sizes can it be seen?

Another document has these two passes for a network of two layers. In the forward pass a matrix W has a row for each
output, in the backward pass it is used as if it had a row for each input.

With some sizes NumPy refuses to compute, and with some a gradient comes out in another shape than its parameter: then
anybody sees that something is wrong. And with some sizes all the numbers are right. Choose sizes at which everything is
computed, every shape fits, and the numbers are wrong: the ones that get past you. Write three numbers, of inputs, of
hidden neurons and of outputs, such as (4, 3, 1).

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd.testing.answers import tell

sizes = (2, 2, 2)


def forward(x, W1, b1, W2, b2):
    a1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
    a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
    return a1, a2


def backward_as_printed(x, y, W2, a1, a2):
    delta2 = a2 - y
    delta1 = (W2 @ delta2) * a1 * (1 - a1)
    return {"W1": np.outer(x, delta1), "b1": delta1, "W2": np.outer(a1, delta2), "b2": delta2}


def backward(x, y, W2, a1, a2):
    delta2 = a2 - y
    delta1 = (W2.T @ delta2) * a1 * (1 - a1)
    return {"W1": np.outer(delta1, x), "b1": delta1, "W2": np.outer(delta2, a1), "b2": delta2}


def test_the_sizes_get_past_everything_but_the_numbers():
    assert sizes is not ..., (
        "fill in the blank in sizes: three numbers, such as (4, 3, 1), of inputs, hidden neurons, outputs"
    )
    three = isinstance(sizes, tuple | list) and len(sizes) == 3 and all(isinstance(n, int) and n > 0 for n in sizes)
    assert three, f"write three whole numbers, each at least 1, such as (4, 3, 1); got {sizes}"
    inputs, hidden, outputs = sizes
    so = f"with the sizes {inputs}, {hidden}, {outputs}"
    random = np.random.default_rng(0)
    W1, b1 = random.normal(size=(hidden, inputs)), random.normal(size=hidden)
    W2, b2 = random.normal(size=(outputs, hidden)), random.normal(size=outputs)
    x, y = random.normal(size=inputs), random.uniform(size=outputs)
    a1, a2 = forward(x, W1, b1, W2, b2)
    right = backward(x, y, W2, a1, a2)
    try:
        printed = backward_as_printed(x, y, W2, a1, a2)
    except ValueError as error:
        raise AssertionError(f"{so} NumPy refuses, and everybody sees it: {error}") from None
    for name, gradient in right.items():
        assert printed[name].shape == gradient.shape, (
            f"{so} everybody sees it: the gradient of {name} has the shape {printed[name].shape}, and {name} has "
            f"{gradient.shape}"
        )
    assert any(not np.allclose(printed[name], gradient) for name, gradient in right.items()), (
        f"{so} every gradient is right: each matrix is one number, and turned over it is the same"
    )


if __name__ == "__main__":
    tell(
        test_the_sizes_get_past_everything_but_the_numbers,
        "with square matrices everything fits, and the numbers are wrong.",
    )
