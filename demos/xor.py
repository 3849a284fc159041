"""XOR: what no single neuron can do, two hidden ones and an output can, and the picture shows how."""

from __future__ import annotations

import random
from pathlib import Path

import nn
from demos import plots

DATA = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]


def main(quick: bool, out: Path) -> None:
    """Train a 2-2-1 network on the four cases, print what it answers, and draw what its hidden layer sees."""
    model = nn.MLP(2, [2, 1], hidden="tanh", output="sigmoid")
    nn.init.xavier_uniform(model, random.Random(1))
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    history = nn.fit(model, DATA, nn.binary_cross_entropy, optimizer, epochs=100 if quick else 300)

    print(f"The loss fell from {history.loss[0]:.4f} to {history.loss[-1]:.4f} in {len(history.loss)} epochs.")
    for inputs, target in DATA:
        print(f"{inputs[0]:.0f} xor {inputs[1]:.0f}: {model(inputs):.4f}, and should be {target:.0f}")

    hidden, output = model.layers
    figure, (plane, bent, curve) = plots.new_figure(3)
    points = [x for x, _ in DATA]
    positive = [target == 1 for _, target in DATA]
    plots.draw_plane(plane, model, points, positive, threshold=0.5)
    plane.set(title="The inputs: no straight line parts them", xlabel="x[0]", ylabel="x[1]")
    bent_points = [[h.data for h in hidden(x)] for x in points]
    plots.draw_plane(bent, output, bent_points, positive, threshold=0.5)
    for x, place in zip(points, bent_points, strict=True):
        text = f"{x[0]:.0f}, {x[1]:.0f}"
        plane.annotate(text, x, xytext=(8, 8), textcoords="offset points")
        bent.annotate(text, place, xytext=(8, 8 - 22 * x[0]), textcoords="offset points")
    bent.set(title="What the hidden layer makes of them: one does", xlabel="a1[0]", ylabel="a1[1]")
    history.plot(curve)
    curve.set(title="The loss", ylabel="binary cross-entropy", yscale="log")
    plots.save(figure, out / "xor.png")
