"""What the two worked examples have in common: both are worked by hand and by the engine, compared, and drawn."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

import nn
from autograd import Graph, Value, draw_dot, write_stepper
from autograd.viz.draw import write_picture
from nn import deltas

LEARNING_RATE = 0.1

console = Console(highlight=False)


def backpropagate(network: nn.MLP, x: float, t: float) -> dict[str, Value]:
    """The values behind the network's loss, after backpropagation, by their names in the documents; the loss is L."""
    loss = nn.half_squared_error(network([Value(x, "x")]), Value(t, "t"))
    loss.label = "L"
    loss.backward()
    return {value.label: value for value in Graph(loss) if value.label}


def compare(by_hand: deltas.Pass, values: dict[str, Value]) -> None:
    """Print every quantity and its gradient, by hand and by the engine."""
    table = new_table("", "by hand", "by the engine", "difference")
    for name, hand in by_hand.values.items():
        add_row(table, name, hand, values[name].data)
    table.add_section()
    for name, hand in by_hand.gradients.items():
        add_row(table, f"∂L/∂{name}", hand, values[name].grad)
    console.print(table)


def update(network: nn.MLP, by_hand: deltas.Pass) -> None:
    """Make one step of gradient descent, by hand and by the engine, and print what becomes of the parameters."""
    console.print(f"One step of gradient descent, W − η·∂L/∂W with η = {LEARNING_RATE}:\n")
    parameters = {parameter.label: parameter for parameter in network.parameters()}
    before = {name: parameter.data for name, parameter in parameters.items()}
    nn.SGD(parameters.values(), LEARNING_RATE).step()
    table = new_table("", "before", "after, by hand", "after, by the engine", "difference")
    for name, hand in deltas.step(before, by_hand.gradients, LEARNING_RATE).items():
        add_row(table, name, hand, parameters[name].data, repr(before[name]))
    console.print(table)


def draw(name: str, loss: Value, network: nn.MLP, out: Path) -> None:
    """Write the graph as SVG, as PNG, the width of a slide, and as a page to touch, and say where."""
    picture = draw_dot(loss, model=network)
    write_picture(picture, out / f"{name}.svg")
    picture.attr(size="16,9!", dpi="100")  # 1600 × 900 pixels at most
    write_picture(picture, out / f"{name}.png")
    write_stepper(loss, out / f"{name}.html")
    files = f"{out / name}.svg and .png.\nA page that steps through it is {out / name}.html."
    console.print(f"The graph with these numbers is drawn in {files}\n", soft_wrap=True)


def new_table(*columns: str) -> Table:
    """An empty table: names in the first column, numbers in the others."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    return table


def add_row(table: Table, name: str, hand: float, engine: float, *before: str) -> None:
    """A number by hand and by the engine, with every digit, and the difference."""
    difference = f"{engine - hand:.0e}" if engine != hand else "0"
    table.add_row(name, *before, repr(hand), repr(engine), difference)
