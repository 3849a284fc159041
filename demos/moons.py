"""Two moons: micrograd's demo network, 2-16-16-1, learns to tell two interleaved half circles apart."""

from __future__ import annotations

import math
import random
from pathlib import Path

from tqdm import tqdm

import nn
from demos import plots

EPOCHS = 100


def make_moons(n: int, noise: float, rng: random.Random) -> list[tuple[list[float], int]]:
    """``n`` points on two interleaved half circles, as (point, ±1), each moved a little at random."""
    data = []
    for i in range(n):
        angle = math.pi * (i // 2) / (n // 2 - 1)
        x, y = math.cos(angle), math.sin(angle)
        if i % 2:
            x, y = 1 - x, 0.5 - y
        data.append(([x + rng.gauss(0, noise), y + rng.gauss(0, noise)], 1 if i % 2 else -1))
    return data


def main(quick: bool, out: Path) -> None:
    """Train on 100 points, until all are right where it has to be quick, and draw the boundary."""
    data = make_moons(100, noise=0.1, rng=random.Random(1337))
    model = nn.MLP(2, [16, 16, 1], rng=random.Random(1337))
    print(f"{len(model.parameters())} parameters, {len(data)} points, at most {EPOCHS} epochs.")
    # ½·λ·W² in the loss, summed over the parameters; micrograd's demo adds 10⁻⁴·W².
    optimizer = nn.SGD(model.parameters(), lr=1.0, weight_decay=2e-4)

    def accuracy() -> float:
        return [(model(point).data > 0) == (side > 0) for point, side in data].count(True) / len(data)

    def watch(history: nn.History) -> bool:
        epoch = len(history.loss)
        if epoch == 1 or epoch % 10 == 0:
            tqdm.write(f"epoch {epoch:3}: loss {history.loss[-1]:.4f}, accuracy {accuracy():.0%}")
        return quick and accuracy() == 1

    history = nn.fit(
        model, data, nn.hinge, optimizer, EPOCHS,
        schedule=lambda epoch: 1.0 - 0.9 * epoch / EPOCHS, callbacks=[watch],
    )  # fmt: skip
    summary = f"{accuracy():.0%} of the training points right after {len(history.loss)} epochs"
    print(f"{summary}.")

    figure, (plane, curve) = plots.new_figure(2)
    points, positive = [point for point, _ in data], [side > 0 for _, side in data]
    plots.draw_plane(plane, model, points, positive, names=("−1", "1"))
    plane.set(title="Where the network changes its mind", xlabel="x[0]", ylabel="x[1]")
    history.plot(curve)
    curve.set(title=summary, ylabel="loss (hinge)")
    curve.set_ylim(bottom=0)
    plots.save(figure, out / "moons.png")
