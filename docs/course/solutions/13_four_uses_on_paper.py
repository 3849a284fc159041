"""Work this by hand, in an order in which no value propagates before its gradient is complete.

    a = 5, b = −2
    c = a − b
    d = b + c
    e = c + d
    L = e · e

First compute c, d, e and L. Then go back: what are the gradients of c, a and b?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

c_grad = 24 * 1 + 24 * 1
a_grad = 48 * 1
b_grad = 48 * (-1) + 24 * 1


def test_gradients() -> None:
    make_exercise(seed=5, parameters=2).check(c=c_grad, a=a_grad, b=b_grad)


if __name__ == "__main__":
    tell(test_gradients, "e, then d, and c only then, since d is made from c.")
