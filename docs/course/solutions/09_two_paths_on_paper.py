"""Work this by hand. Two values are used more than once: which?

    a = 2
    b = a · a
    c = b²
    d = a · b
    L = d − c

First compute b, c, d and L. Then go back: what are the gradients of b and a?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

b_grad = 1 * 2 + (-1) * (2 * 4)
a_grad = 1 * 4 + (-6) * 2 + (-6) * 2


def test_gradients() -> None:
    make_exercise(seed=12, parameters=1).check(b=b_grad, a=a_grad)


if __name__ == "__main__":
    tell(test_gradients, "every path was followed, and what they bring was added up.")
