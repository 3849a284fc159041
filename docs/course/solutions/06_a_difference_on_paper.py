"""Work this by hand. One path leads from each number to L.

    a = −3, b = −2, c = −3
    d = a²
    e = b − c
    f = e²
    L = d · f

First compute d, e, f and L. Then go back: what are the gradients of a, b and c?
"""

from autograd.testing.exercise import make_exercise

a_grad = 1 * (2 * -3)
b_grad = 9 * (2 * 1) * 1
c_grad = 9 * (2 * 1) * (-1)


def test_gradients() -> None:
    make_exercise(seed=4, parameters=3, single_path=True).check(a=a_grad, b=b_grad, c=c_grad)


if __name__ == "__main__":
    try:
        test_gradients()
    except AssertionError as reason:
        print(f"Not yet: {reason}")
    else:
        print("Right: b and c have the same size and opposite signs, as in every difference.")
