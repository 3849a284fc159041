"""L = (w·x − t)², in three steps:

    p = w·x
    d = p − t
    L = d²

What is the gradient of L with respect to w? Multiply the local derivatives along the chain.
"""

from autograd import grad
from autograd.testing.answers import check_answers, check_filled, tell


def backward(w, x, t):
    p = w * x
    d = p - t
    w_grad = 2 * d * x
    return w_grad


def test_gradient() -> None:
    check_filled(backward)
    for w, x, t in ((3.0, 5.0, 8.0), (-2.0, 4.0, 1.5)):
        d = w * x - t
        name = f"w.grad at w = {w:g}, x = {x:g}, t = {t:g}"
        mistakes = {
            "the factor ∂p/∂w = x is left out": 2 * d,
            "the factor d of ∂L/∂d = 2·d is left out": 2 * x,
            "the 2 of ∂L/∂d = 2·d is left out": d * x,
            "∂L/∂d = 2·d is left out, all of it": x,
            "∂L/∂d is taken as d², which is L itself; the derivative of a square is 2·d": d * d * x,
            "∂p/∂w is taken as p, which is the product itself; for w it is the other factor, x": 2 * d * w * x,
            "∂p/∂w is taken as w; for w it is the other factor, x": 2 * d * w,
            "the sign of the whole is lost: d = p − t rises when p rises": -2 * d * x,
            "∂L/∂d = 2·d and ∂p/∂w = x are multiplied, not added": 2 * d + x,
            "∂L/∂d is taken as 2·p; it is 2·d": 2 * w * x * x,
            "the 2 of ∂L/∂d = 2·d and the factor ∂p/∂w = x are left out": d,
        }
        check_answers(
            {name: backward(w, x, t)},
            right={name: float(grad(lambda w, x=x, t=t: (w * x - t) ** 2)(w))},
            mistakes=[(reason, {name: number}) for reason, number in mistakes.items()],
            hints={name: "three local derivatives are multiplied: of the square, of the difference, of the product"},
        )


if __name__ == "__main__":
    tell(test_gradient, "2·d for the square, 1 for the difference, x for the product.")
