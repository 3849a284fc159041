"""Write a function that measures the slope of any f at x: take a small step h to both sides, and see how f moves.

It is to work for every f. The check tries it on a square, a sine and an exponential.
"""

import math
from collections.abc import Callable
from typing import Any

from autograd import grad
from autograd.testing.answers import check_answers, check_filled, tell


def slope(f: Callable[[Any], Any], x: float, h: float = 1e-4) -> float:
    return (f(x + h) - f(x - h)) / (2 * h)


def test_slope() -> None:
    check_filled(slope)
    h = 1e-4
    for name, f, x in (
        ("x² at 3", lambda x: x * x, 3.0),
        ("sin(x) at 1", lambda x: math.sin(x) if isinstance(x, float) else x.sin(), 1.0),
        ("exp(x) at −1", lambda x: math.exp(x) if isinstance(x, float) else x.exp(), -1.0),
    ):
        both, one, left = f(x + h) - f(x - h), f(x + h) - f(x), f(x) - f(x - h)
        check_answers(
            {f"the slope of {name}": slope(f, x)},
            right={f"the slope of {name}": float(grad(f)(x))},
            mistakes=[
                (reason, {f"the slope of {name}": wrong})
                for reason, wrong in (
                    ("it is divided by h: from x − h to x + h it is 2h", both / h),
                    ("`/ 2 * h` divides by 2 and multiplies by h: it takes parentheses, / (2 * h)", both / 2 * h),
                    (
                        "the division comes first: the difference takes parentheses, (f(x + h) - f(x - h)) / (2 * h)",
                        f(x + h) - f(x - h) / (2 * h),
                    ),
                    ("the difference has to be divided by how far apart the two points are", both),
                    ("the sign is lost: it is f to the right minus f to the left", -both / (2 * h)),
                    ("a step to one side is off by about h: take one to both sides", one / h),
                    ("a step to the left alone is off by about h: take one to both sides", left / h),
                    ("a step to one side, divided by a step to both", one / (2 * h)),
                )
            ],
            hints={f"the slope of {name}": "how far does f move from x − h to x + h, for each unit of x?"},
        )


if __name__ == "__main__":
    tell(test_slope, "the difference of f over the difference of x.")
