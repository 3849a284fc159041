"""Work this by hand. Count the arrows that leave a and c: each brings a part.

    a = 2, b = −2
    c = a²
    d = c − b
    e = c / a
    L = e · d

First compute c, d, e and L. Then go back: what are the gradients of c, a and b?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

c_grad = ...  # your line
a_grad = ...  # your line
b_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=1, parameters=2).check(c=c_grad, a=a_grad, b=b_grad)


if __name__ == "__main__":
    tell(test_gradients, "a has two parts too, one through c and one through e.")
