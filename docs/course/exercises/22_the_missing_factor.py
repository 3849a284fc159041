"""The first slip: a factor of the chain rule that a worked example forgot.

This is the backward pass of the 1-2-1 network. The document that it is from printed

    w1: (y - t) * w3 * h1 * (1 - h1) * x
    w2: (y - t) * w4 * h2 * (1 - h2) * x

which is wrong. Put it right: write down every factor on the way from L back to w1, and back to w2.
"""

import math

from autograd.testing import assert_same_gradients
from autograd.testing.answers import tell


def forward(x, t, w1, w2, w3, w4):
    h1, h2 = (w1 * x).sigmoid(), (w2 * x).sigmoid()
    z3 = w3 * h1 + w4 * h2
    y = z3.sigmoid()
    h1.label, h2.label, z3.label, y.label = "h1", "h2", "z3", "y"
    return 0.5 * (y - t) ** 2


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def by_hand(x, t, w1, w2, w3, w4):
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    y = sigmoid(w3 * h1 + w4 * h2)
    gradient_of_w1 = ...  # your line
    gradient_of_w2 = ...  # your line
    return {"w1": gradient_of_w1, "w2": gradient_of_w2}


def test_the_gradients_of_the_hidden_layer():
    for name, gradient in by_hand(1.0, 0.0, 0.5, -0.5, 0.3, -0.3).items():
        assert gradient is not ..., f"fill in the blank in gradient_of_{name}"
    assert_same_gradients(forward, by_hand, wrt=["w1", "w2"])


if __name__ == "__main__":
    tell(
        test_the_gradients_of_the_hidden_layer,
        "∂L/∂w1 is 0.009124 at the document's numbers, and not the 0.036545 that it printed.",
    )
