"""Work this by hand. One value is used by two others.

    a = −2, b = −1, c = 4
    d = b²
    e = c − d
    f = a · d
    g = e²
    L = f · g

First compute d, e, f, g and L. Then go back: what are the gradients of a, b and c?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

a_grad = ...  # your line
b_grad = ...  # your line
c_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=8, parameters=3).check(a=a_grad, b=b_grad, c=c_grad)


if __name__ == "__main__":
    tell(test_gradients, "only b is behind a fork, and only b has something to add up.")
