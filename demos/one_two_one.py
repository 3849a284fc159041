"""The 1-2-1 network by hand and by the engine, one training step, and the slip in its document's code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

import nn
from autograd.testing import assert_same_gradients
from demos import worked
from demos.slip import backward_as_printed, loss
from demos.worked import console
from nn import deltas

WEIGHTS = ("w1", "w2", "w3", "w4")


def main(quick: bool, out: Path) -> None:
    """Print every quantity both ways, draw the graph, make one step, and find the slip."""
    console.rule("The 1-2-1 network")
    console.print("\nx = 1, t = 0; h1 = σ(w1·x), h2 = σ(w2·x), y = σ(w3·h1 + w4·h2), L = ½(y − t)²\n")
    network, by_hand = nn.one_two_one(), deltas.one_two_one(x=1, t=0)
    values = worked.backpropagate(network, x=1, t=0)
    worked.compare(by_hand, values)
    worked.draw("one_two_one", values["L"], network, out)
    worked.update(network, by_hand)
    show_slip({w: values[w].grad for w in WEIGHTS}, sigma_prime=values["y"].local_grads[0])
    check("The document's code is", backward_as_printed, examples=100 if quick else 1000)
    check("The delta equations, which have the factor, are", delta_equations, examples=100 if quick else 1000)


def show_slip(by_engine: dict[str, float], sigma_prime: float) -> None:
    """Put the document's backward pass, run as printed, beside the engine's."""
    console.print("The code in the document computes other gradients than its text derives:\n")
    printed = backward_as_printed(1, 0, 0.5, -0.5, 0.3, -0.3)
    table = worked.new_table("", "the document's code", "the engine", "code ÷ engine")
    for w in WEIGHTS:
        table.add_row(f"∂L/∂{w}", f"{printed[w]:.7f}", f"{by_engine[w]:.7f}", f"{printed[w] / by_engine[w]:.7f}")
    console.print(table)
    console.print(
        f"In the hidden layer it is {printed['w1'] / by_engine['w1']:.7f} times too large, and that is 1 ÷ σ′(z3).\n"
        f"The missing factor is ∂y/∂z3 = σ′(z3) = {sigma_prime}:\n\n"
        "    the text   ∂L/∂w1 = ∂L/∂y · ∂y/∂z3 · ∂z3/∂h1 · ∂h1/∂z1 · ∂z1/∂w1\n"
        "    the code   ∂L/∂w1 = ∂L/∂y          · ∂z3/∂h1 · ∂h1/∂z1 · ∂z1/∂w1\n"
        f"               {printed['w1']:.7f} × {sigma_prime:.7f} = {printed['w1'] * sigma_prime:.7f}\n\n"
        "One need not suspect a slip to find it. Hypothesis looks for a point at which\n"
        "a derivation and the engine disagree, and then for the simplest; what is\n"
        "lacking there, autograd.testing finds in the graph.\n"
    )


def check(what: str, by_hand: Callable[..., dict[str, float]], examples: int) -> None:
    """Print whether a backward pass done by hand stands, or at which point it does not and what it lacks there."""
    try:
        assert_same_gradients(loss, by_hand, examples=examples)
    except AssertionError as error:
        console.print(f"    {what} rejected:")
        console.print(Padding(Text(str(error)), (0, 0, 1, 8), expand=False))
    else:
        console.print(f"    {what} right at all {examples:,} points.\n")


def delta_equations(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
    """∂L/∂ each weight by the closed-form delta equations."""
    gradients = deltas.one_two_one(x, t, w1, w2, w3, w4).gradients
    return {w: gradients[w] for w in WEIGHTS}
