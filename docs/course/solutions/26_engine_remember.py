"""Your own engine, step 2 of 5: numbers that remember.

A new `Number` now keeps its parents, which are the two that it was made from, and a local derivative for each: how much
it moves when that one alone moves. Fill in the two local derivatives of a sum, and the two of a product.
"""

from autograd import ops
from autograd.testing import check_engine
from autograd.testing.answers import tell
from autograd.testing.strategies import expressions


class Number:
    def __init__(self, data, parents=(), local_grads=()):
        self.data, self.parents, self.local_grads = data, parents, local_grads

    def __add__(self, other):
        other = as_number(other)
        local_grads = (1.0, 1.0)
        return Number(self.data + other.data, (self, other), local_grads)

    def __mul__(self, other):
        other = as_number(other)
        local_grads = (other.data, self.data)
        return Number(self.data * other.data, (self, other), local_grads)

    __radd__, __rmul__ = __add__, __mul__


def as_number(x):
    return x if isinstance(x, Number) else Number(x)


def slope(output, x):
    """The sum over all paths from the output back to x of the products of the local derivatives along them."""
    if output is x:
        return 1.0
    return sum(local * slope(parent, x) for parent, local in zip(output.parents, output.local_grads, strict=True))


def test_numbers_remember():
    for made in (Number(1.0) + Number(2.0), Number(1.0) * Number(2.0)):
        assert made.local_grads is not ..., "fill in the blank in local_grads: a pair, such as (0.0, 0.0)"
        assert isinstance(made.local_grads, tuple | list), f"two parents, two local derivatives; got {made.local_grads}"
    check_engine(Number, expressions([ops.add, ops.multiply]), lambda xs, output: [slope(output, x) for x in xs])


if __name__ == "__main__":
    tell(test_numbers_remember, "the graph is there, with a number on every edge.")
