"""One step of gradient descent: where does a parameter go?

Write the new number of a parameter, from the old one, its gradient and the learning rate. The check takes a step with
it on the 1-1-1 network, and looks whether the loss falls.
"""

import nn
from autograd import Value
from autograd.testing.answers import check_answers, check_filled, tell


def moved(parameter: float, gradient: float, learning_rate: float) -> float:
    return parameter - learning_rate * gradient


def test_step() -> None:
    check_filled(moved)
    network, rate = nn.one_one_one(), 0.1
    loss = nn.half_squared_error(network([Value(0.5)]), Value(1.0))
    loss.backward()
    parameters = network.parameters()
    before = {p.label: (p.data, p.grad) for p in parameters}

    def numbers(step):
        return {name: step(p, g, rate) for name, (p, g) in before.items()}

    nn.SGD(parameters, lr=rate).step()
    check_answers(
        numbers(moved),
        right={p.label: p.data for p in parameters},
        mistakes=[
            (
                "that goes up: against the gradient the loss falls, with it it grows",
                numbers(lambda p, g, rate: p + rate * g),
            ),
            ("the learning rate is left out", numbers(lambda p, g, rate: p - g)),
            (
                "that is the gradient's part alone, without the number to start from",
                numbers(lambda p, g, rate: -rate * g),
            ),
            (
                "the parameter is in it twice: the step is the learning rate times the gradient",
                numbers(lambda p, g, rate: p - rate * g * p),
            ),
            (
                "that is the step alone, and it goes up: start from the number, and go against the gradient",
                numbers(lambda p, g, rate: rate * g),
            ),
            ("that is the gradient, not the new number", numbers(lambda p, g, rate: g)),
            ("the gradient is left out", numbers(lambda p, g, rate: p - rate)),
            ("the gradient is left out: it says which way, and how far", numbers(lambda p, g, rate: p * rate)),
            (
                "the gradient is divided by; a large gradient is to move its parameter farther",
                numbers(lambda p, g, rate: p - rate / g),
            ),
            ("nothing moved", numbers(lambda p, g, rate: p)),
            (
                "parentheses: only the gradient is multiplied by the learning rate",
                numbers(lambda p, g, rate: rate * (p - g)),
            ),
        ],
        hints=dict.fromkeys(
            before, "start from the number, and go against its gradient, the learning rate times as far"
        ),
    )
    assert nn.half_squared_error(network([Value(0.5)]), Value(1.0)).data < loss.data, "the loss has to fall"


if __name__ == "__main__":
    tell(test_step, "all four parameters moved, and the loss fell from 0.0599 to 0.0591.")
