"""A loss L depends on a number w. At w = 3 the loss is 4, and the gradient of L with respect to w is −4.

Now w goes up by 0.1. About what is L then, going by the gradient?
"""

from autograd import jvp
from autograd.testing.answers import check_answers, tell

L_after = ...  # your line


def loss(w):
    return (w - 5) ** 2


def test_prediction() -> None:
    now, change = jvp(loss, [3.0], [0.1])
    mistakes = {
        "that is how much L changes; what is L then?": change,
        "the sign is lost, and that is how much L changes; what is L then?": -change,
        "the sign is lost: the gradient is negative, so L falls when w rises": now - change,
        "w moves by 0.1, not by 1, so L moves by 0.1 times the gradient": now + 10 * change,
        "that is L itself at 3.1; the gradient comes near it, not quite there": loss(3.1),
    }
    check_answers(
        {"L_after": L_after},
        right={"L_after": now + change},
        mistakes=[(reason, {"L_after": number}) for reason, number in mistakes.items()],
        hints={"L_after": "the change of L is about the gradient times the change of w"},
    )


if __name__ == "__main__":
    tell(test_prediction, "the new value is the old one and the gradient times the nudge. In truth it is 3.61.")
