"""Names: a transformer, in scalars, learns to spell first names and makes up new ones.

It is the decoder that large language models are made of (Vaswani et al. 2017; with normalisation before each block, as
in GPT-2), at the smallest size that shows all its parts: letters become vectors, one block of attention lets each
position look at those before it, a little network thinks about what was found, and what comes out says which letter
comes next. About 6,000 Values for each name, every one of them open to inspection.
"""

from __future__ import annotations

import math
import random
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any, TypeAlias

from matplotlib.colors import PowerNorm
from matplotlib.patches import Rectangle
from tqdm import tqdm

import nn
from autograd import Value, dot, maximum
from demos import plots

Vector: TypeAlias = list[Value]
Matrix: TypeAlias = list[Vector]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
END = len(LETTERS)  # the token before the first letter and after the last
WIDTH, HEADS, LENGTH = 16, 4, 12


def total(terms: Vector) -> Value:
    """The sum, beginning with the first term."""
    return reduce(add, terms)


def softmax(x: Vector) -> Vector:
    """Positive numbers that sum to 1, in proportion to exp(x)."""
    largest = reduce(maximum, x)
    exps = [(value - largest).exp() for value in x]
    norm = 1 / total(exps)
    return [e * norm for e in exps]


def normalize(x: Vector) -> Vector:
    """x, brought to a root mean square of 1."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [value * scale for value in x]


class Transformer(nn.Module):
    """From the tokens so far to the logits of the next, at every position."""

    def __init__(self, rng: random.Random) -> None:
        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(rng.gauss(0, 0.1)) for _ in range(columns)] for _ in range(rows)]

        self.token, self.position = matrix(len(LETTERS) + 1, WIDTH), matrix(LENGTH, WIDTH)
        self.query, self.key, self.value, self.mix = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.expand, self.contract = matrix(2 * WIDTH, WIDTH), matrix(WIDTH, 2 * WIDTH)
        self.output = matrix(len(LETTERS) + 1, WIDTH)

    def __call__(self, tokens: list[int]) -> Matrix:
        """The logits after each token. A position sees itself and those before it, and nothing that comes later."""
        keys: Matrix = []
        values: Matrix = []
        logits = []
        for token, position in zip(tokens, self.position, strict=False):
            x = [a + b for a, b in zip(self.token[token], position, strict=True)]
            z = normalize(x)
            keys.append(multiply(self.key, z))
            values.append(multiply(self.value, z))
            found = attend(multiply(self.query, z), keys, values)
            x = [a + b for a, b in zip(x, multiply(self.mix, found), strict=True)]
            thought = multiply(self.contract, [a.relu() for a in multiply(self.expand, normalize(x))])
            x = [a + b for a, b in zip(x, thought, strict=True)]
            logits.append(multiply(self.output, normalize(x)))
        return logits


def multiply(matrix: Matrix, x: Vector) -> Vector:
    """The matrix times x."""
    return [dot(row, x) for row in matrix]


def attend(query: Vector, keys: Matrix, values: Matrix) -> Vector:
    """For each head, the mean of the values, weighed by how well their keys match the query."""
    found = []
    size = WIDTH // HEADS
    for start in range(0, WIDTH, size):
        part = slice(start, start + size)
        weights = softmax([dot(query[part], key[part]) / math.sqrt(size) for key in keys])
        found += [dot(weights, [value[i] for value in values]) for i in range(start, start + size)]
    return found


def cross_entropy(logits: Matrix, targets: list[int]) -> Value:
    """How surprised the model is by each next token, on average."""
    losses = [nn.softmax_cross_entropy(row, target) for row, target in zip(logits, targets, strict=True)]
    return total(losses) / len(losses)


def sample(model: Transformer, rng: random.Random, temperature: float = 0.7) -> str:
    """A new name, letter by letter; the lower the temperature, the more like the commonest."""
    tokens = [END]
    while len(tokens) < LENGTH:
        logits = model(tokens)[-1]
        weights = [math.exp((logit.data - max(logits).data) / temperature) for logit in logits]
        token = rng.choices(range(len(weights)), weights)[0]
        if token == END:
            break
        tokens.append(token)
    return "".join(LETTERS[token] for token in tokens[1:])


def draw_expectations(ax: Any, model: Transformer, name: str) -> None:
    """For each beginning of the name, how probable the model holds each letter to be the next, or the end (·)."""
    probabilities = [[p.data for p in softmax(row)] for row in model([END, *map(LETTERS.index, name)])]
    image = ax.imshow(probabilities, cmap="Blues", norm=PowerNorm(0.5, 0, 1), aspect="auto")
    ax.figure.colorbar(image, label="probability")
    ax.set_xticks(range(len(LETTERS) + 1), [*LETTERS, "·"])
    ax.set_yticks(range(len(name) + 1), [f"{name[:i]}…" for i in range(len(name) + 1)])
    for row, letter in enumerate([*map(LETTERS.index, name), END]):
        ax.add_patch(Rectangle((letter - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=plots.ORANGE, linewidth=1.5))
    ax.set(title=f"What it expects next, spelling {name} (framed: what comes)")


def main(quick: bool, out: Path) -> None:
    """Learn the names of names.txt, make up new ones, and draw the loss and what the model expects."""
    names = (Path(__file__).with_name("names.txt")).read_text("utf-8").split()
    spelled = [[END, *map(LETTERS.index, name), END] for name in names]
    data = [(tokens[:-1], tokens[1:]) for tokens in spelled]
    rng = random.Random(42)
    model = Transformer(rng)
    epochs = 4 if quick else 20
    print(f"{len(names)} names, {len(model.parameters())} parameters, {epochs} epochs.")
    print(f"Before: {', '.join(sample(model, rng) for _ in range(6))}")

    def show(history: nn.History) -> None:
        made_up = ", ".join(sample(model, rng) for _ in range(4))
        tqdm.write(f"epoch {len(history.loss):2}: loss {history.loss[-1]:.3f}  {made_up}")

    optimizer = nn.Adam(model.parameters(), lr=0.01, betas=(0.9, 0.99))
    history = nn.fit(
        model, data, cross_entropy, optimizer, epochs,
        batch_size=2, schedule=nn.schedules.linear(0.01, 0.001, epochs), callbacks=[show], seed=42,
    )  # fmt: skip
    made_up = [sample(model, rng) for _ in range(20)]
    print(f"After: {', '.join(name if name in names else name.upper() for name in made_up)}")
    print("(names that were not in the list in capitals)")

    figure, (curve, heat) = plots.new_figure(2, width=6)
    history.plot(curve)
    guess = math.log(len(LETTERS) + 1)
    curve.axhline(guess, color="gray", linestyle=":")
    curve.annotate("guessing: log 27", (1, guess), xytext=(0, 4), textcoords="offset points", color="gray")
    curve.set(title="How surprised it is by each next letter", ylabel="loss (cross-entropy)")
    draw_expectations(heat, model, "amelia")
    plots.save(figure, out / "names.png")
