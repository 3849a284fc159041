"""Networks as pictures of their neurons."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd.viz.draw import THEMES, check_choice, escape, new_digraph, picture_or_reason

if TYPE_CHECKING:
    import graphviz


def draw_network(network: Any, theme: str = "light") -> graphviz.Digraph:
    """An `nn.MLP` as its neurons, each with its nonlinearity and bias, and its weights as lines between them.

    A line is orange where the weight is positive, blue and dashed where it is negative, and the thicker the larger the
    weight; where there are few, they are written out.

    Raises:
        ValueError: where the network has more than 1,000 weights, or the theme is unknown.
        ImportError, RuntimeError: as `draw_dot` does.

    >>> from nn import one_two_one
    >>> '"n1.0" -> "n2.0" [label=" 0.3 "' in draw_network(one_two_one(), theme="dark").source      # w3
    True
    """
    check_choice("theme", theme, THEMES)
    colors = THEMES[theme]
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    weights = [w.data for neuron in neurons for w in neuron.w]
    if len(weights) > 1000:
        raise ValueError(
            f"a network of {len(weights):,} weights is too large to read as one picture; 1,000 is the limit"
        )
    dot = new_digraph("svg", "LR", colors)
    dot.attr(ranksep=f"{max(0.8, max(len(layer.neurons) for layer in network.layers) / 4)}", splines="line")
    dot.attr("node", style="filled", color=colors["line"], fillcolor=colors["value"])
    largest = max((abs(w) for w in weights if math.isfinite(w)), default=0.0) or 1.0
    sources = [f"x{k}" for k in range(len(neurons[0].w))]
    _stack(dot, sources)
    for i, layer in enumerate(network.layers, 1):
        names = [f"n{i}.{j}" for j in range(len(layer.neurons))]
        _stack(dot, names)
        for name, neuron in zip(names, layer.neurons, strict=True):
            bias = "" if neuron.b is None else f"<BR/>b = {neuron.b.data:.3g}"
            label = escape(neuron.labels[1])
            heading = f"<B>{label}</B><BR/>" if label else ""
            dot.node(name, f"<{heading}{neuron.nonlin}{bias}>", shape="circle")
            for source, w in zip(sources, neuron.w, strict=True):
                look = {"color": colors["plus"]} if w.data > 0 else {"color": colors["minus"], "style": "dashed"}
                size = abs(w.data) / largest if math.isfinite(w.data) else 1.0
                number = f" {w.data:.3g} " if len(weights) <= 30 else ""
                dot.edge(source, name, number, penwidth=f"{0.5 + 3 * size:.2f}", arrowhead="none", **look)
        sources = names
    return dot


def show(network: Any) -> dict[str, str]:
    """What a notebook shows a network as."""
    return picture_or_reason(repr(network), lambda: draw_network(network))


def _stack(dot: graphviz.Digraph, names: list[str]) -> None:
    """Put nodes one below the other, in order."""
    with dot.subgraph() as column:
        column.attr(rank="same")
        column.node(names[0])
        for name, following in pairwise(names):
            column.edge(name, following, style="invis")
