"""No gradients this time, only the order.

    a = −4, b = −2, c = 4
    d = b − a
    e = c · d
    f = d − e
    g = f + d
    L = g²

In which order may the values propagate? Write a list of the names of all
that were computed, each in quotes, the first to propagate first: ["L", …].
"""

from autograd.testing.answers import tell
from autograd.testing.exercise import make_exercise

order = ...  # your line


def test_order() -> None:
    make_exercise(seed=9, parameters=3).check_order(order)


if __name__ == "__main__":
    tell(test_order, "every value comes after all that are made from it.")
