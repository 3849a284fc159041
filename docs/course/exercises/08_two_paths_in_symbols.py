"""L = x·σ(x), in two steps:

    y = σ(x)
    L = x·y

x is used twice: by y, and by L itself. What is the gradient of L with respect to x?
In your line write y where you mean σ(x).
"""

import math

from autograd import grad
from autograd.testing.answers import check_answers, check_filled, tell


def backward(x):
    y = 1 / (1 + math.exp(-x))
    x_grad = ...  # your line
    return x_grad


def test_gradient() -> None:
    check_filled(backward)
    for x in (0.5, -1.5):
        y = 1 / (1 + math.exp(-x))
        slope = y * (1 - y)
        name = f"x.grad at x = {x:g}"
        mistakes = {
            "the path through y is left out: x is used by y too": y,
            "the use of x by L itself is left out": x * slope,
            "the use of x by L itself is left out, and so is ∂L/∂y = x on the path through y": slope,
            "on the path through y the factor ∂L/∂y = x is left out": y + slope,
            "on the path through y the factor ∂y/∂x = y·(1 − y) is left out": y + x,
            "∂y/∂x is taken as y; it is y·(1 − y)": y + x * y,
            "∂y/∂x is taken as 1 − y; it is y·(1 − y)": y + x * (1 - y),
            "the use of x by L itself brings ∂L/∂x = y, the other factor, and not x": x + x * slope,
            "∂L/∂x = y and ∂L/∂y = x are swapped: for each it is the other factor": x + y * slope,
            "the two parts are added, not subtracted": y - x * slope,
            "the two parts are added, not multiplied": y * x * slope,
        }
        check_answers(
            {name: backward(x)},
            right={name: float(grad(lambda x: x * x.sigmoid())(x))},
            mistakes=[(reason, {name: number}) for reason, number in mistakes.items()],
            hints={name: "x has two uses: one part by L itself, one through y, and they are added"},
        )


if __name__ == "__main__":
    tell(test_gradient, "one part along each path, and a plus between them.")
