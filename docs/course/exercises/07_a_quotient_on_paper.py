"""Work this by hand. One path leads from each number to L.

    a = 2, b = 3
    c = b²
    d = c / a
    L = d²

First compute c, d and L. Then go back: what are the gradients of a and b?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

a_grad = ...  # your line
b_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=1699, parameters=2, single_path=True).check(a=a_grad, b=b_grad)


if __name__ == "__main__":
    tell(test_gradients, "what is divided by has a minus in its local derivative.")
