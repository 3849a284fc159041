"""A test that can fail.

L = ½·(y − t)² with y = σ(w·x) has the gradient (y − t)·y·(1 − y)·x with respect to w. Below are four ways to get it
wrong, and each of them is right at some points. Choose one point at which all four are found out: a dict with a number
for each of x, t and w, such as {"x": 1.0, "t": 0.0, "w": 0.0}.
"""

import math

from autograd.testing.answers import tell

point = {"x": 2.0, "t": 1.0, "w": 0.5}


def right(x, t, y):
    return (y - t) * y * (1 - y) * x


WRONG = {
    "the factor x is forgotten": lambda x, t, y: (y - t) * y * (1 - y),
    "the factor y·(1 − y) is forgotten": lambda x, t, y: (y - t) * x,
    "y stands in the place of 1 − y": lambda x, t, y: (y - t) * y * y * x,
    "the target is forgotten": lambda x, t, y: y * y * (1 - y) * x,
}


def test_the_point_tells_right_from_wrong():
    assert point is not ..., "fill in the blank in point: a dict such as {'x': 1.0, 't': 0.0, 'w': 0.0}"
    assert isinstance(point, dict) and set(point) == {"x", "t", "w"}, (
        f"write a dict with a number for each of x, t and w, such as {{'x': 1.0, 't': 0.0, 'w': 0.0}}; got {point}"
    )
    x, t, w = float(point["x"]), float(point["t"]), float(point["w"])
    y = 1 / (1 + math.exp(-w * x))
    for mistake, gradient in WRONG.items():
        assert not math.isclose(gradient(x, t, y), right(x, t, y), abs_tol=1e-9), (
            f"at {point} nobody notices that {mistake}: both ways give {right(x, t, y):.6g}, with y = {y:.6g}"
        )


if __name__ == "__main__":
    tell(
        test_the_point_tells_right_from_wrong,
        "numbers like 0 and 1 hide mistakes. Numbers that are nothing special show them.",
    )
