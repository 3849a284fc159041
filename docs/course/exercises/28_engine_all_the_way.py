"""Your own engine, step 4 of 5: all the way back.

`backward` begins at the output and goes on until no number is left: it takes one that waits, lets it propagate, and has
others wait in turn. Fill in the gradient that the output begins with, and who is to wait after `number` has propagated.

The check tries expressions in which every computed number is used once. The others come in the last step.
"""

from autograd import Graph, ops
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
        self.grad = ...  # your line
        waiting = [self]
        while waiting:
            number = waiting.pop()
            number.propagate()
            waiting += ...  # your line


def as_number(x):
    return x if isinstance(x, Number) else Number(x)


def uses_each_once(expression):
    _, output = expression.record()
    used = [parent for value in Graph(output) for parent in value.parents if parent.parents]
    return len(used) == len(set(used))


def test_all_the_way_back():
    check_engine(Number, expressions([ops.add, ops.multiply]).filter(uses_each_once))


if __name__ == "__main__":
    tell(test_all_the_way_back, "where no computed number is used twice, that is backpropagation.")
