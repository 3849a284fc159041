"""Your own engine, step 3 of 5: one step back.

Every `Number` has a gradient now, 0 to begin with. `propagate` is one number's step on the way back: it hands its own
gradient on to its parents. Fill in what the gradient of a parent becomes.
"""

from autograd import ops
from autograd.testing import check_engine
from autograd.testing.answers import tell
from autograd.testing.strategies import expressions


class Number:
    def __init__(self, data, parents=(), local_grads=()):
        self.data, self.parents, self.local_grads, self.grad = data, parents, local_grads, 0.0

    def __add__(self, other):
        other = as_number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = as_number(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    __radd__, __rmul__ = __add__, __mul__

    def propagate(self):
        for parent, local_grad in zip(self.parents, self.local_grads, strict=True):
            parent.grad += local_grad * self.grad


def as_number(x):
    return x if isinstance(x, Number) else Number(x)


def one_step(inputs, output):
    output.grad = 1.0
    output.propagate()
    return [x.grad for x in inputs]


def test_one_step_back():
    x = Number(3.0)
    z = x + 2.0
    z.grad = 1.0
    try:
        z.propagate()
    except Exception:
        x.grad = None  # the check tells why
    assert x.grad != 0.0, "fill in the blank in propagate: of z = x + 2 it hands nothing on, and x.grad is still 0"
    check_engine(Number, expressions([ops.add, ops.multiply], max_operations=1), one_step)
    x, y = Number(3.0), Number(5.0)
    z = x * y
    z.grad = 2.0
    z.propagate()
    assert x.grad == 10.0, f"in z = x · y at y = 5, with z.grad = 2, x.grad came out as {x.grad}; it is 5 times 2"


if __name__ == "__main__":
    tell(test_one_step_back, "local derivative times gradient, added to what is there.")
