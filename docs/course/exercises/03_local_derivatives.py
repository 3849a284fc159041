"""Six operations, and the local derivatives of each: how much the output moves when one input moves alone.

The first is done. For two inputs write both, the one for x first.
"""

from autograd import ops
from autograd.testing.answers import check_answers, check_filled, tell


def of_sum(x, y):  # x + y
    return 1, 1


def of_product(x, y):  # x · y
    return ...  # your line


def of_difference(x, y):  # x − y
    return ...  # your line


def of_quotient(x, y):  # x / y
    return ...  # your line


def of_square(x):  # x²
    return ...  # your line


def of_sigmoid(s):  # s = σ(x): write it with the output s
    return ...  # your line


def test_local_derivatives() -> None:
    check_filled(of_product, of_difference, of_quotient, of_square, of_sigmoid)
    x, y, s = 3.0, 4.0, 0.25
    for operation, answer, op, for_x, for_y in (
        ("x + y", of_sum(x, y), ops.add, {}, {}),
        (
            "x · y",
            of_product(x, y),
            ops.multiply,
            {"swapped: when x moves by 1, x · y moves by y": x, "when x moves by 1, x · y moves by y": 1},
            {"swapped: when y moves by 1, x · y moves by x": y, "when y moves by 1, x · y moves by x": 1},
        ),
        (
            "x − y",
            of_difference(x, y),
            ops.subtract,
            {"when x rises, x − y rises": -1},
            {"when y rises, x − y falls": 1},
        ),
        (
            "x / y",
            of_quotient(x, y),
            ops.divide,
            {
                "that is the one of x · y; x / y moves by 1 / y": y,
                "the x is too much: when x moves by 1, x / y moves by 1 / y": x / y,
                "the divisor stays: when x moves by 1, x / y moves by 1 / y": 1,
                "when x rises, x / y rises: there is no minus, and no square": -x / y**2,
                "that is 1 / x; the x on top moves, and the y below stays": 1 / x,
            },
            {
                "when y rises, x / y falls: there is a minus": x / y**2,
                "1 / y has the derivative −1 / y², with a square": -x / y,
                "the y alone is squared: −x / y²": -((x / y) ** 2),
                "the x on top stays: x / y has −x / y² for y": -1 / y**2,
                "that is the one of x · y; here y divides, and dividing by more makes less": x,
                "that is 1 / x: the x on top stays there, and 1 / y has the derivative −1 / y²": 1 / x,
                "that is x / y itself; 1 / y has the derivative −1 / y²": x / y,
                "there is a minus and a square: 1 / y has the derivative −1 / y²": 1 / y,
                "there is a minus, and the x on top stays": 1 / y**2,
            },
        ),
    ):
        assert isinstance(answer, (tuple, list)) and len(answer) == 2, (
            f"{operation} has two inputs: return two numbers, a, b"
        )
        for letter, one, right, mistakes in zip(
            "xy", answer, op.local_grads(op(x, y), [x, y]), (for_x, for_y), strict=True
        ):
            name = f"the local derivative of {operation} for {letter}"
            check_answers(
                {name: one},
                {name: right},
                [(reason, {name: wrong}) for reason, wrong in mistakes.items()],
                {name: f"how far does {operation} move for each unit that {letter} moves, if {letter} moves alone?"},
            )
    check_answers(
        {"the derivative of x²": of_square(x)},
        {"the derivative of x²": 2 * x},
        [
            ("the 2 is left out", {"the derivative of x²": x}),
            ("that is x² itself", {"the derivative of x²": x * x}),
            ("the x is left out", {"the derivative of x²": 2}),
        ],
        {"the derivative of x²": "x² is x · x: each of the two factors brings the other one"},
    )
    check_answers(
        {"the derivative of σ": of_sigmoid(s)},
        {"the derivative of σ": s * (1 - s)},
        [
            ("the factor 1 − s is left out", {"the derivative of σ": s}),
            ("the factor s is left out", {"the derivative of σ": 1 - s}),
            ("a plus in place of a minus", {"the derivative of σ": s * (1 + s)}),
        ],
        {"the derivative of σ": "it is in the last line of the table: s, times what is missing from s to 1"},
    )


if __name__ == "__main__":
    tell(test_local_derivatives, "with these six, and the chain rule, a network can learn.")
