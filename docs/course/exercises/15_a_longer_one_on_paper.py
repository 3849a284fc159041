"""The last one on paper, and the longest.

    a = −2, b = 1, c = 3, d = 3
    e = d − a
    f = e²
    g = d · e
    h = c · g
    i = f · b
    L = h + i

First compute e, f, g, h, i and L. Then go back: what are the gradients of a, b, c and d?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

a_grad = ...  # your line
b_grad = ...  # your line
c_grad = ...  # your line
d_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=1, parameters=4).check(a=a_grad, b=b_grad, c=c_grad, d=d_grad)


if __name__ == "__main__":
    tell(test_gradients, "from here on the engine does it, in this order, with these rules.")
