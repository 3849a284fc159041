"""L = x·σ(x), in two steps:

    y = σ(x)
    L = x·y

x is used twice: by y, and by L itself. What is the gradient of L with respect to x?
"""

import math

from autograd import Value
from autograd.testing import assert_same_gradients
from autograd.testing.answers import check_filled


def backward(x: float) -> dict[str, float]:
    y = 1 / (1 + math.exp(-x))
    x_grad = y + x * y * (1 - y)
    return {"x": x_grad}


def loss(x: Value) -> Value:
    y = x.sigmoid()
    result = x * y
    y.label, result.label = "y", "L"
    return result


def test_gradient() -> None:
    check_filled(backward)
    assert_same_gradients(loss, backward)


if __name__ == "__main__":
    test_gradient()
    print("Right: one part along each path, and a plus between them.")
