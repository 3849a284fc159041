"""Work this by hand. One path leads from each number to L.

    a = −1, b = −3, c = 3
    d = c − a
    e = b²
    f = d²
    L = e · f

First compute d, e, f and L. Then go back: what are the gradients of a, b and c?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

a_grad = ...  # your line
b_grad = ...  # your line
c_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=2146, parameters=3, single_path=True).check(a=a_grad, b=b_grad, c=c_grad)


if __name__ == "__main__":
    tell(test_gradients, "a and c have the same size and opposite signs, as in every difference.")
