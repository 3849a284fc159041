"""Work this by hand, in an order in which no value propagates before its gradient is complete.

    a = 1, b = 2, c = −3, d = −4
    e = b + c
    f = a − e
    g = d · e
    h = g + f
    L = h²

First compute e, f, g, h and L. Then go back: what are the gradients of a, b, c and d?
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

a_grad = ...  # your line
b_grad = ...  # your line
c_grad = ...  # your line
d_grad = ...  # your line


def test_gradients() -> None:
    make_exercise(seed=4, parameters=4).check(a=a_grad, b=b_grad, c=c_grad, d=d_grad)


if __name__ == "__main__":
    tell(test_gradients, "e waits for f and for g.")
