"""House prices: a prediction that is too high lowers the weights that raised it, each by its share in the error.

The second document's intuition, in numbers: the price is w_size·size + w_rooms·rooms + b, the loss ½(price − paid)², so
∂L/∂w = (price − paid)·feature: the error, times what the weight was multiplied with.
"""

from __future__ import annotations

import math
from pathlib import Path

import nn
from autograd import Value
from demos import plots

LEARNING_RATE = 0.02
# size in 100 m², rooms, and what was paid, in 100,000 €
HOUSES = {"predicted too high": ([1.2, 4.0], 3.0), "predicted too low": ([0.8, 3.0], 3.6)}


def new_network() -> nn.MLP:
    """One linear neuron, with a weight for each feature and a bias."""
    network = nn.MLP(2, [1])
    for parameter, label, data in zip(network.parameters(), ("w_size", "w_rooms", "b"), (2.0, 0.25, 0.5), strict=True):
        parameter.label, parameter.data = label, data
    return network


def step(network: nn.MLP, features: list[float], paid: float) -> tuple[Value, dict[str, float]]:
    """One step of gradient descent for one house: what was predicted, and how much each parameter moved."""
    network.zero_grad()
    before = [parameter.data for parameter in network.parameters()]
    price: Value = network(features)
    nn.half_squared_error(price, paid).backward()
    nn.SGD(network.parameters(), LEARNING_RATE).step()
    return price, {p.label: p.data - data for p, data in zip(network.parameters(), before, strict=True)}


def main(quick: bool, out: Path) -> None:
    """For a house predicted too high and another predicted too low: one step, printed and drawn, and then more."""
    figure, (*steps, course) = plots.new_figure(3)
    for ax, color, (what, (features, paid)) in zip(steps, (plots.ORANGE, plots.BLUE), HOUSES.items(), strict=True):
        network = new_network()
        price, moved = step(network, features, paid)
        print(f"{what}: {price:.3f}, and {paid:.3f} was paid; after one step {network(features):.3f}")
        for (label, change), feature in zip(moved.items(), [*features, 1.0], strict=True):
            error = plots.signed(price.data - paid, 2)
            print(f"  {label:8} {plots.signed(change, 4)} = −{LEARNING_RATE} · ({error}) · {feature}")

        bars = ax.barh(list(moved), list(moved.values()), color=color)
        ax.bar_label(bars, [plots.signed(change, 4) for change in moved.values()], padding=4)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set(title=f"{what.capitalize()}: {price:.2f}, paid {paid:.2f}", xlabel="how far one step moves it")
        ax.set(xlim=(-0.12, 0.12), xticks=(-0.1, 0, 0.1))
        ax.invert_yaxis()

        prices = [price.data, *(step(network, features, paid)[0].data for _ in range(10))]
        course.plot(prices, color=color, marker="o", label=what)
        course.axhline(paid, color=color, linestyle=":")
        course.annotate(
            "paid", (10, paid), xytext=(0, math.copysign(9, paid - price.data)), textcoords="offset points",
            color=color, ha="right", va="center",
        )  # fmt: skip
    course.set(title="Step after step, each arrives at what was paid", xlabel="steps", ylabel="price in 100,000 €")
    course.legend(frameon=False)
    plots.save(figure, out / "house_prices.png")
