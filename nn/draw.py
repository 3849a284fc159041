"""Networks as pictures of their neurons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

from autograd import Graph, Value, ops
from autograd.formula import format_number
from autograd.viz.draw import THEMES, check_choice, escape, fit_cells, new_digraph, picture_or_reason

if TYPE_CHECKING:
    import graphviz

ROOMY, MOST_IN_WORDS = 92, 12  # points from one neuron to the next, and in how tall a layer a neuron has room for words
NARROW = 28  # points from one neuron to the next where it has not
LINE = 14  # points that a line of text takes


def draw_network(network: Any, loss: Value | None = None, theme: str = "light") -> graphviz.Digraph:
    """An `nn.MLP` as its neurons, each with its nonlinearity and bias, and its weights as lines between them.

    A line is orange where the weight is positive, blue and dashed where it is negative, and the thicker the larger the
    weight. What has no room is left out: the weights' numbers where two would touch, and what is written in the neurons
    where more than 12 are in a layer.

    Args:
        network: the network.
        loss: what was computed from one example, after ``backward``: each neuron then shows its output a, and
            δ = ∂loss/∂z, the gradient of its weighted sum.
        theme: light or dark.

    Raises:
        ValueError: where the network has more than 1,000 weights, or the theme is unknown.
        ImportError, RuntimeError: as `draw_dot` does.

    >>> from nn import one_two_one
    >>> '"w2.0.0" [label=0.3 ' in draw_network(one_two_one(), theme="dark").source      # w3
    True
    """
    check_choice("theme", theme, THEMES)
    colors = THEMES[theme]
    layers = [layer.neurons for layer in network.layers]
    weights = [w.data for neurons in layers for neuron in neurons for w in neuron.w]
    if len(weights) > 1000:
        raise ValueError(
            f"a network of {len(weights):,} weights is too large to read as one picture; 1,000 is the limit"
        )
    dot = new_digraph("svg", "LR", colors)
    dot.engine = "neato"  # which leaves things where they are pinned
    dot.attr(inputscale="72", outputorder="edgesfirst", splines="line")
    dot.attr("node", style="filled", color=colors["line"], fillcolor=colors["value"], fixedsize="true", fontsize="10")
    dot.attr("edge", arrowhead="none")
    sizes = [len(layers[0][0].w), *[len(neurons) for neurons in layers]]
    columns = [_column(i, size, max(sizes)) for i, size in enumerate(sizes)]
    found = _found(loss, [label for neurons in layers for neuron in neurons for label in neuron.labels])
    names = _input_names(loss, layers[0][0].w)
    for k, place in enumerate(columns[0]):
        dot.node(f"x{k}", _words([names[k]], sizes[0]), pos=_pinned(place), shape="box", **_size(sizes[0], 0.4))
    largest = max((abs(w) for w in weights if math.isfinite(w)), default=0.0) or 1.0
    for i, neurons in enumerate(layers, 1):
        before = [f"{f'n{i - 1}.' if i > 1 else 'x'}{k}" for k in range(sizes[i - 1])]
        along = _where_numbers_fit(columns[i - 1], columns[i])
        for j, (neuron, place) in enumerate(zip(neurons, columns[i], strict=True)):
            lines = [neuron.labels[1], neuron.nonlin]
            if neuron.labels[1] in found:
                lines.append(f"a = {format_number(found[neuron.labels[1]].data, 3)}")
            summed = neuron.labels[neuron.nonlin == "linear"]
            if summed in found:
                lines.append(f"δ = {format_number(found[summed].grad, 3)}")
            if neuron.b is not None:
                lines.append(f"b = {format_number(neuron.b.data, 3)}")
            name = f"n{i}.{j}"
            dot.node(name, _words(lines, sizes[i]), pos=_pinned(place), shape="circle", **_size(sizes[i], 1.12))
            for k, w in enumerate(neuron.w):
                look = {"color": colors["plus"]} if w.data > 0 else {"color": colors["minus"], "style": "dashed"}
                size = abs(w.data) / largest if math.isfinite(w.data) else 1.0
                dot.edge(before[k], name, penwidth=f"{0.5 + 3 * size:.2f}", **look)
                if along is not None:
                    x, y = _between(columns[i - 1][k], place, along)
                    look = {"shape": "plain", "fillcolor": colors["background"], "fontsize": "10", "class": "weight"}
                    number = format_number(w.data, 3)
                    dot.node(f"w{i}.{j}.{k}", number, pos=_pinned((x, y)), fixedsize="false", **look)
    return fit_cells(dot)


Place = tuple[float, float]


def _column(i: int, size: int, largest: int) -> list[Place]:
    """Where the neurons of a layer stand, the first at the top, in points."""
    apart = ROOMY if size <= MOST_IN_WORDS else NARROW
    width = max(210, 32 * min(largest, MOST_IN_WORDS))
    return [(width * i, apart * ((size - 1) / 2 - k)) for k in range(size)]


def _where_numbers_fit(sources: Sequence[Place], targets: Sequence[Place]) -> float | None:
    """How far along their lines the weights' numbers touch neither one another nor a neuron; None where they would."""
    margin = int(100 * 0.7 * ROOMY / (targets[0][0] - sources[0][0]))
    best = max(range(margin, 101 - margin), key=lambda percent: _closest(sources, targets, percent / 100))
    return best / 100 if _closest(sources, targets, best / 100) >= LINE else None


def _closest(sources: Sequence[Place], targets: Sequence[Place], along: float) -> float:
    """How far apart the nearest two numbers are, one above the other."""
    heights = sorted(_between(source, target, along)[1] for source in sources for target in targets)
    return min((b - a for a, b in pairwise(heights)), default=math.inf)


def _between(source: Place, target: Place, along: float) -> Place:
    return source[0] + (target[0] - source[0]) * along, source[1] + (target[1] - source[1]) * along


def _found(loss: Value | None, labels: list[str]) -> dict[str, Value]:
    """The values of these labels, if there is one of each: the graph of one example, and not of several."""
    wanted = [
        value for value in ([] if loss is None else Graph(loss)) if value.label in labels and value.op is not None
    ]
    by_label = {value.label: value for value in wanted if value.label and value.op is not ops.constant}
    return by_label if len(by_label) == len(wanted) else {}


def _input_names(loss: Value | None, weights: list[Value]) -> list[str]:
    """The labels of what the first neuron's weights are multiplied by, if all have one: else x0, x1, …, or x alone."""
    found: dict[int, str] = {}
    for node in [] if loss is None else Graph(loss):
        factors = node.parents[len(node.parents) % 2 :]  # a weighted sum may begin with a bias
        for parent, other in [pair for i in range(0, len(factors), 2) for pair in permutations(factors[i : i + 2])]:
            found |= {k: other.label for k, w in enumerate(weights) if w is parent and other.label}
    names = [f"x{k}" for k in range(len(weights))] if len(weights) > 1 else ["x"]
    return [found[k] for k in range(len(weights))] if len(found) == len(weights) else names


def _words(lines: list[str], size: int) -> str:
    """What is written in a neuron, the first line bold; nothing where there is no room."""
    if size > MOST_IN_WORDS:
        return ""
    heading, *rest = map(escape, lines)
    return f"<{'<BR/>'.join([f'<B>{heading}</B>'] * bool(heading) + rest)}>"


def _size(size: int, inches: float) -> dict[str, str]:
    inches = inches if size <= MOST_IN_WORDS else 0.3
    return {"width": f"{inches}", "height": f"{inches}"}


def _pinned(place: Place) -> str:
    return f"{place[0]:.1f},{place[1]:.1f}!"


def show(network: Any) -> dict[str, str]:
    """What a notebook shows a network as."""
    return picture_or_reason(repr(network), lambda: draw_network(network))
