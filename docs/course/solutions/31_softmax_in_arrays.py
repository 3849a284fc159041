"""The last layer of a classifier, in arrays.

S has a row of scores for each example, one score for each class, and Y has a 1 at the right class of each example and
else 0. Softmax makes probabilities P of the scores, and the loss is the mean of −log of the right ones. Its gradient is
famous for being short. Fill it in.

It takes NumPy: run it with `python`.
"""

import numpy as np
from hypothesis import strategies as st

from autograd.testing import check_backward
from autograd.testing.answers import tell


def softmax(S):
    E = np.exp(S)
    return E / E.sum(axis=1, keepdims=True)


def forward(S, Y):
    return -np.sum(Y * np.log(softmax(S))) / len(S)


def backward(S, Y):
    P = softmax(S)
    gradient_of_S = (P - Y) / len(S)
    assert gradient_of_S is not ..., "fill in the blank in gradient_of_S"
    return {"S": gradient_of_S}


def right_classes(n, classes):
    """How Hypothesis is to draw Y: a list of n classes, and for each a row with a single 1."""
    return st.lists(st.integers(0, classes - 1), min_size=n, max_size=n).map(lambda which: np.eye(classes)[which])


def test_the_gradient_of_the_scores():
    backward(np.zeros((2, 3)), np.eye(3)[:2])
    try:
        check_backward(forward, backward, {"S": ("n", "classes"), "Y": right_classes}, wrt=["S"])
    except AssertionError as reason:  # its rules are those of each step, and what is asked for is shorter
        lines = [line for line in str(reason).splitlines() if not line.startswith(("right is", "the first wrong"))]
        lines.append("begin with one example, whose loss is −log p = log Σ exp(s) − s[right]; then take the mean of n")
        raise AssertionError("\n".join(lines)) from None


if __name__ == "__main__":
    tell(test_the_gradient_of_the_scores, "what the network says, minus what is so.")
