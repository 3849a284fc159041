"""Your own engine, step 5 of 5: the order.

Where a computed number is used twice, it may propagate only after everything that was made from it has. `order` finds
such an order. `visit` puts a number into the list `done`, and every number that it was made from before it. Fill in its
three lines, and the order in which `backward` goes through the numbers.
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

    def backward(self):
        self.grad = 1.0
        first_to_last = ...  # your line
        for number in first_to_last:
            number.propagate()


def as_number(x):
    return x if isinstance(x, Number) else Number(x)


def order(output):
    """The output and all that it was made from, each once, and each after its parents."""
    done, seen = [], set()

    def visit(number):
        if number not in seen:
            seen.add(number)
            ...  # your line

    visit(output)
    return done


def test_the_order():
    x = Number(2.0)
    try:
        done = order(x * x)
    except Exception:
        done = None  # the check tells why
    assert done != [], "fill in the blank in visit: done is still empty"
    assert not done or len(done) == len(set(done)), "a number is in done twice: is done.append within the loop?"
    check_engine(Number, expressions([ops.add, ops.multiply]))


if __name__ == "__main__":
    tell(test_the_order, "this is an autograd engine, and all of it is yours.")
