"""L = (w·x − t)², in three steps:

    p = w·x
    d = p − t
    L = d²

What is the gradient of L with respect to w? Multiply the local derivatives along the chain.
"""

from autograd import Value
from autograd.testing import assert_same_gradients
from autograd.testing.answers import check_filled


def backward(w: float, x: float, t: float) -> dict[str, float]:
    p = w * x
    d = p - t
    w_grad = 2 * d * x
    return {"w": w_grad}


def loss(w: Value, x: Value, t: Value) -> Value:
    p = w * x
    d = p - t
    result = d**2
    p.label, d.label, result.label = "p", "d", "L"
    return result


def test_gradient() -> None:
    check_filled(backward)
    assert_same_gradients(loss, backward)


if __name__ == "__main__":
    test_gradient()
    print("Right: 2·d for the square, 1 for the difference, x for the product.")
