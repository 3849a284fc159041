"""Six operations, and the local derivatives of each: how much the output moves when one input moves alone.

The first is done. For two inputs write both, the one for x first.
"""

from autograd import ops
from autograd.testing.answers import check_answers, check_filled


def of_sum(x, y):  # x + y
    return 1, 1


def of_product(x, y):  # x · y
    return y, x


def of_difference(x, y):  # x − y
    return 1, -1


def of_quotient(x, y):  # x / y
    return 1 / y, -x / y**2


def of_square(x):  # x²
    return 2 * x


def of_sigmoid(s):  # s = σ(x): write it with the output s
    return s * (1 - s)


def test_local_derivatives() -> None:
    check_filled(of_product, of_difference, of_quotient, of_square, of_sigmoid)
    x, y, s = 3.0, 4.0, 0.25
    for operation, answer, op, mistakes in (
        ("x + y", of_sum(x, y), ops.add, []),
        ("x · y", of_product(x, y), ops.multiply, [("swapped: when x moves by 1, x · y moves by y", (x, y))]),
        ("x − y", of_difference(x, y), ops.subtract, [("when y rises, x − y falls", (1, 1))]),
        (
            "x / y",
            of_quotient(x, y),
            ops.divide,
            [
                ("when y rises, x / y falls: there is a minus", (1 / y, x / y**2)),
                ("1 / y has the derivative −1 / y², with a square", (1 / y, -x / y)),
                ("the x on top stays: x / y has −x / y² for y", (1 / y, -1 / y**2)),
                ("those are the two of x · y", (y, x)),
            ],
        ),
    ):
        assert isinstance(answer, (tuple, list)) and len(answer) == 2, (
            f"{operation} has two inputs: return two numbers, a, b"
        )
        right = op.local_grads(op(x, y), [x, y])
        names = [f"the local derivative of {operation} for {letter}" for letter in "xy"]
        check_answers(
            dict(zip(names, answer, strict=True)),
            dict(zip(names, right, strict=True)),
            [(reason, dict(zip(names, wrong, strict=True))) for reason, wrong in mistakes],
        )
    check_answers(
        {"the derivative of x²": of_square(x)},
        {"the derivative of x²": 2 * x},
        [
            ("the 2 is left out", {"the derivative of x²": x}),
            ("that is x² itself", {"the derivative of x²": x * x}),
            ("the x is left out", {"the derivative of x²": 2}),
        ],
    )
    check_answers(
        {"the derivative of σ": of_sigmoid(s)},
        {"the derivative of σ": s * (1 - s)},
        [
            ("the factor 1 − s is left out", {"the derivative of σ": s}),
            ("the factor s is left out", {"the derivative of σ": 1 - s}),
            ("a plus in place of a minus", {"the derivative of σ": s * (1 + s)}),
        ],
    )


if __name__ == "__main__":
    test_local_derivatives()
    print("Right: with these six, and the chain rule, a network can learn.")
