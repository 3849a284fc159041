"""What the engines are given to do, each piece written once, with any engine's numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from benchmarks.peers import Loss


class Work(NamedTuple):
    name: str
    about: str
    needs: tuple[str, ...]  #: the functions that the loss calls
    loss: Loss
    start: list[float]  #: the parameters to begin with

    def suits(self, engine: Any) -> bool:
        return getattr(engine, "only", self.name) == self.name and (
            hasattr(engine, "only") or all(hasattr(engine, function) for function in self.needs)
        )


def one_two_one(engine: Any, parameters: Sequence[Any]) -> Any:
    w1, w2, w3, w4 = parameters
    x, t, sigmoid = engine.number(1.0), engine.number(0.0), engine.sigmoid
    y = sigmoid(w3 * sigmoid(w1 * x) + w4 * sigmoid(w2 * x))
    return 0.5 * (y - t) ** 2


def one_by_one(xs: Sequence[Any], ys: Sequence[Any], bias: Any) -> Any:
    """bias + Σ x·y, an operation for each product and each sum, for engines that have none for the whole."""
    return sum((x * y for x, y in zip(xs, ys, strict=True)), bias)


DEMO_LAYERS = [*pairwise([2, 16, 16, 1])]  # inputs and outputs of each


def demo_numbers() -> tuple[list[float], list[tuple[float, float]], list[float]]:
    """micrograd's demo: the parameters to begin with, a neuron's bias behind its weights; points in two classes."""
    chance = random.Random(1337)
    start = [
        x for nin, nout in DEMO_LAYERS for _ in range(nout) for x in [*(chance.uniform(-1, 1) for _ in range(nin)), 0.0]
    ]
    points = [(chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(100)]
    return start, points, [1.0 if x * y > 0 else -1.0 for x, y in points]


def micrograd_demo() -> Work:
    """micrograd's demo: a 2-16-16-1 network, ReLU within, on 100 points in two classes; hinge loss, L2 penalty."""
    start, points, labels = demo_numbers()

    def loss(engine: Any, parameters: Sequence[Any]) -> Any:
        following, dot = iter(parameters), getattr(engine, "dot", one_by_one)
        layers = [[(_take(following, nin), next(following)) for _ in range(nout)] for nin, nout in DEMO_LAYERS]
        losses = []
        for point, label in zip(points, labels, strict=True):
            x = [engine.number(number) for number in point]
            for layer in layers:
                x = [dot(weights, x, bias) for weights, bias in layer]
                if layer is not layers[-1]:
                    x = [engine.relu(z) for z in x]
            losses.append(engine.relu(1 + -label * x[0]))
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * dot(parameters, parameters, 0)

    return Work("demo", "micrograd's demo step: 2-16-16-1, 100 points, hinge loss", ("relu",), loss, start)


def transformer() -> Work:
    """A character-level transformer of one layer and four heads learns one name, in the manner of microgpt."""
    chance = random.Random(1337)
    width, heads, text = 16, 4, "\nemma\n"
    characters = "\nabcdefghijklmnopqrstuvwxyz"
    shapes = {
        "tokens": (len(characters), width),
        "positions": (len(text), width),
        "query": (width, width),
        "key": (width, width),
        "value": (width, width),
        "mix": (width, width),
        "wider": (4 * width, width),
        "narrower": (width, 4 * width),
        "logits": (len(characters), width),
    }
    start = [chance.gauss(0, 0.08) for rows, columns in shapes.values() for _ in range(rows * columns)]

    def linear(matrix: Sequence[Sequence[Any]], x: Sequence[Any]) -> list[Any]:
        return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]

    def normalize(x: Sequence[Any]) -> list[Any]:
        scale = (sum(xi * xi for xi in x) * (1.0 / len(x)) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def softmax(engine: Any, x: Sequence[Any]) -> list[Any]:
        exponentials = [engine.exp(xi) for xi in x]
        total = sum(exponentials)
        return [e / total for e in exponentials]

    def loss(engine: Any, parameters: Sequence[Any]) -> Any:
        following = iter(parameters)
        weights = {name: [_take(following, n) for _ in range(m)] for name, (m, n) in shapes.items()}
        keys: list[list[Any]] = []
        values: list[list[Any]] = []
        losses = []
        for position, (character, target) in enumerate(pairwise(text)):
            embedding = weights["tokens"][characters.index(character)]
            x = [t + p for t, p in zip(embedding, weights["positions"][position], strict=True)]
            normal = normalize(x)
            query = linear(weights["query"], normal)
            keys.append(linear(weights["key"], normal))
            values.append(linear(weights["value"], normal))
            attended: list[Any] = []
            for head in range(heads):
                part = slice(head * width // heads, (head + 1) * width // heads)
                scores = [
                    sum(q * k for q, k in zip(query[part], key[part], strict=True)) * (width / heads) ** -0.5
                    for key in keys
                ]
                attention = softmax(engine, scores)
                attended += [
                    sum(a * v for a, v in zip(attention, column, strict=True))
                    for column in zip(*(value[part] for value in values), strict=True)
                ]
            x = [a + b for a, b in zip(x, linear(weights["mix"], attended), strict=True)]
            hidden = [engine.relu(h) for h in linear(weights["wider"], normalize(x))]
            x = [a + b for a, b in zip(x, linear(weights["narrower"], hidden), strict=True)]
            probabilities = softmax(engine, linear(weights["logits"], x))
            losses.append(-engine.log(probabilities[characters.index(target)]))
        return sum(losses) * (1.0 / len(losses))

    return Work(
        "transformer",
        "a character transformer, 1 layer, 4 heads, width 16, 5 characters",
        ("relu", "exp", "log"),
        loss,
        start,
    )


def chain(length: int) -> Loss:
    """One number times another, over and over."""

    def loss(engine: Any, parameters: Sequence[Any]) -> Any:
        (x,) = parameters
        y = x
        for _ in range(length):
            y = y * x
        return y

    return loss


def tree(size: int) -> Loss:
    """A sum in pairs. A third of the nodes are numbers, a third their products with the parameter, a third the sums."""

    def loss(engine: Any, parameters: Sequence[Any]) -> Any:
        (x,) = parameters
        level = [x * engine.number(1.0) for _ in range(size // 3)]
        while len(level) > 1:
            level = [*map(_add, level[::2], level[1::2]), *level[len(level) & ~1 :]]
        return level[0]

    return loss


def _add(x: Any, y: Any) -> Any:
    return x + y


def _take(numbers: Iterator[Any], count: int) -> list[Any]:
    return [next(numbers) for _ in range(count)]


WORK = [
    Work("1-2-1", "the 1-2-1 network, forward and backward", ("sigmoid",), one_two_one, [0.5, -0.5, 0.3, -0.3]),
    micrograd_demo(),
    transformer(),
]
GROWTH: dict[str, Callable[[int], Loss]] = {"chain": chain, "tree": tree}
