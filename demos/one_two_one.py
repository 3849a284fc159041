"""The 1-2-1 network by hand and by the engine, one training step, and the slip in its document's code."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import nn
from demos import worked
from demos.slip import backward_as_printed
from demos.worked import console
from nn import deltas

WEIGHTS = ("w1", "w2", "w3", "w4")
POINTS = st.fixed_dictionaries({name: st.floats(-10, 10) for name in ("x", "t", *WEIGHTS)})


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
    find_slip("The document's code", backward_as_printed, examples=100 if quick else 1000)
    find_slip("With σ′(z3) put back", lambda **at: deltas.one_two_one(**at).gradients, examples=100 if quick else 1000)


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
        "One need not suspect a slip to find it. Hypothesis looks for a point at which a\n"
        "derivation and the engine disagree, and then for the simplest one:\n"
    )


def find_slip(what: str, by_hand: Callable[..., dict[str, float]], examples: int) -> None:
    """Print the simplest point that Hypothesis finds at which a backward pass done by hand and the engine disagree."""

    def slips(point: dict[str, float]) -> list[str]:
        hand, engine = by_hand(**point), by_engine(**point)
        return [
            f"∂L/∂{w} is {engine[w]}, not {hand[w]}"
            for w in WEIGHTS
            if not math.isclose(hand[w], engine[w], rel_tol=1e-9, abs_tol=1e-12)
        ]

    search = settings(max_examples=examples, derandomize=True, database=None, deadline=None)
    try:
        point = find(POINTS, lambda point: bool(slips(point)), settings=search)
    except NoSuchExample:
        console.print(f"    {what}: not one among {examples:,} points.\n")
    else:
        console.print(f"    {what}: rejected.\n    At {', '.join(f'{name} = {x:g}' for name, x in point.items())}")
        for slip in slips(point):
            console.print(f"    {slip}.\n")


def by_engine(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
    """∂L/∂ each weight, by the engine."""
    network = nn.one_two_one(w1, w2, w3, w4)
    nn.half_squared_error(network([x]), t).backward()
    return {parameter.label: parameter.grad for parameter in network.parameters()}
