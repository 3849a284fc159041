"""From one example to many.

`compile` turns what was recorded for one example into a program that takes arrays: a number for w and for b, which all
examples share, and an array for x and for t. What comes back is an array of losses, one for each example, and the
gradients of their sum. Fill in the call, and then the gradients of the mean loss.

It takes NumPy: run it with `python`.
"""

import numpy as np

from autograd import Value, compile
from autograd.testing.answers import tell

w, b, x, t = Value(0.4, "w"), Value(0.3, "b"), Value(0.0, "x"), Value(0.0, "t")
loss = 0.5 * ((w * x + b).sigmoid() - t) ** 2
program = compile(loss, inputs=[w, b, x, t], wrt=[w, b])

xs = np.array([-1.0, 0.5, 2.0, 3.0])
ts = np.array([0.0, 1.0, 1.0, 0.0])


def mean_gradients():
    called = ...  # your line
    assert called is not ..., "fill in the blank in called: the program, called with w, b, x and t"
    losses, (dw, db) = called
    assert np.shape(losses) == (4,), f"of 4 examples there are 4 losses; got the shape {np.shape(losses)}"
    means = ...  # your line
    return means


def one_by_one():
    """The same with a loop over the examples."""
    w.grad = b.grad = 0.0
    for x, t in zip(xs, ts, strict=True):
        (0.5 * ((w * float(x) + b).sigmoid() - float(t)) ** 2).backward()
    return w.grad / len(xs), b.grad / len(xs)


def test_the_gradients_of_the_mean():
    try:
        found = mean_gradients()
    except TypeError as error:
        raise AssertionError(f"the program is called with two numbers and two arrays: {error}") from None
    assert found is not ..., "fill in the blank in means: two numbers, the gradients of w and b"
    assert isinstance(found, tuple | list) and len(found) == 2, (
        f"means are two numbers, the gradients of w and b, with a comma between them; got {found}"
    )
    for name, mine, right in zip(("w", "b"), found, one_by_one(), strict=True):
        assert np.shape(mine) == (), f"w and b are one number each, and so are their gradients; got {mine}"
        assert np.isclose(mine, right), (
            f"the gradient of {name} came out as {mine:.6g}, which is {mine / right:.4g} times as much as it is: with "
            f"a loop over the examples it is {right:.6g}"
        )


if __name__ == "__main__":
    tell(test_the_gradients_of_the_mean, "recorded once, for one example, and computed for all of them at once.")
