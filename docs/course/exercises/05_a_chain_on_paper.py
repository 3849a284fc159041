"""Work this by hand. One path leads from each number to L.

    a = 2, b = 3
    c = b²
    d = c + a
    L = d²

First compute c, d and L. Then go back: what is the gradient of each value?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

d_grad = ...  # your line
c_grad = ...  # your line
a_grad = ...  # your line
b_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=2, parameters=2, single_path=True).check(d=d_grad, c=c_grad, a=a_grad, b=b_grad)


if __name__ == "__main__":
    tell(test_gradients, "each gradient is that of what was made from it, times a local derivative.")
