"""The 1-1-1 network, with biases, by hand and by the engine, and one training step."""

from __future__ import annotations

from pathlib import Path

import nn
from demos import worked
from nn import deltas


def main(quick: bool, out: Path) -> None:
    """Print every quantity both ways, make one step, and draw the graph."""
    worked.console.rule("The 1-1-1 network")
    worked.console.print("\nx = 0.5, t = 1; a1 = σ(W1·x + b1), a2 = σ(W2·a1 + b2), L = ½(t − a2)²\n")
    network, by_hand = nn.one_one_one(), deltas.one_one_one(x=0.5, t=1)
    values = worked.backpropagate(network, x=0.5, t=1)
    worked.compare(by_hand, values)
    worked.draw("one_one_one", values["L"], network, out)
    worked.update(network, by_hand)
