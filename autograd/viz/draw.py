"""Pictures of computation graphs, by Graphviz.

`draw_dot` turns the graph behind a value into a `graphviz.Digraph`: every value a box with its label, data and
gradient, every operation a circle, and on each edge into an operation the local derivative that backpropagation
multiplies by. What a box is can be told without color. A leaf has sharp corners and a heavy border, or a light one
where it is known to be an input and no parameter; what was computed has round corners, and the root a double border; a
constant, which takes no gradient, is a bare number in a dashed border. Color adds the gradients: orange where positive,
blue where negative, deeper where larger.

The package `graphviz` describes the picture, and a program lays it out: the system's ``dot`` where there is one, else
the one in the wheel `graphviz-pure`; in a browser viz.js (``digraph``). Package and wheel come with
``python -m pip install "glassgrad[draw]"``.
"""

from __future__ import annotations

import html
import math
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd._files import write_whole
from autograd.engine import Value, edges
from autograd.graph import Graph
from autograd.viz.digraph import make_digraph

if TYPE_CHECKING:
    import graphviz

#: The colors of a picture, by what they are for. ``ink`` is the text on all of them but the ``operation``.
THEMES = {
    "light": {
        "background": "#ffffff", "ink": "#1a1a1a", "line": "#5c6670", "value": "#ffffff", "leaf": "#fff4cc",
        "operation": "#3b4856", "symbol": "#ffffff", "layer": "#f2f4f7", "positive": "#f28e4b", "negative": "#6aaee8",
        "plus": "#b4520f", "minus": "#1f6fb5",
    },
    "dark": {
        "background": "#15191f", "ink": "#f2f2f2", "line": "#94a1b0", "value": "#232a33", "leaf": "#4a4220",
        "operation": "#c3ccd6", "symbol": "#15191f", "layer": "#1c222a", "positive": "#a84a0c", "negative": "#1f62a8",
        "plus": "#f0a060", "minus": "#7ab8f0",
    },
}  # fmt: skip

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    precision: int = 4,
    theme: str = "light",
    model: Any = None,
    max_nodes: int = 1000,
) -> graphviz.Digraph:
    """The graph behind ``root`` as a picture: a notebook shows it, `write_picture` and ``.render`` write it.

    Args:
        root: the value whose graph is drawn.
        format: what ``.render`` and ``.pipe`` make unless told otherwise: svg, png or another that Graphviz knows.
        rankdir: which way the data flows: LR, from left to right, or TB, RL, BT.
        precision: how many significant digits numbers are given with.
        theme: light or dark.
        model: the network that ``root`` was computed with, if the picture is to group values by its layers, and to
            tell its parameters from inputs and targets: an `nn.Module`, or whatever has ``parameters`` and ``groups``.
        max_nodes: how many values are drawn at most.

    Returns:
        A `graphviz.Digraph`, open to change. The i-th value of ``Graph(root)`` is the node ``v{i}``, and the operation
        that made it ``op{i}``. In SVG a class says what each is: leaf, input, constant, computed, root, operation.

    Raises:
        ValueError: where the graph has more than ``max_nodes`` values, or an option is unknown.
        ImportError: where the package graphviz is missing.
        RuntimeError: where there is no program to lay the picture out with.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.backward()
    >>> draw_dot(y).source.count("v0 -> op1")       # x enters the product twice
    2
    """
    check_choice("theme", theme, THEMES)
    check_choice("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    colors = THEMES[theme]
    graph = Graph(root)
    if len(graph) > max_nodes:
        raise ValueError(
            f"a graph of {len(graph):,} values is too large to read as one picture, where {max_nodes:,} is the limit: "
            f"draw a part of it, from an inner value, or pass max_nodes={len(graph)}"
        )
    dot = new_digraph(format, rankdir, colors)
    shade = _shades(graph, colors)
    layer_of = _find_layers(graph, model)
    inputs = set() if model is None else set(graph.leaves) - set(model.parameters())
    names = {node: f"v{i}" for i, node in enumerate(graph)}
    for node, name in names.items():
        if node.op is ops.constant:
            rows = [("", node.data, "")]
        else:
            rows = [("data", node.data, ""), ("grad", node.grad, shade(node.grad))]
        dot.node(name, _text(escape(node.label), rows, precision), **_look(node, node is root, node in inputs, colors))
        if node.op is not None and node.parents:
            op = name.replace("v", "op")
            symbol = escape(node.op.symbol)
            dot.node(op, f"<{symbol}>" if symbol else "", **_operation_look(colors))
            for parent, local_grad in edges(node):
                through = "" if parent.op is ops.constant else f" {local_grad:.{precision}g} "
                enters = node in layer_of and layer_of[node] != layer_of.get(parent)
                dot.edge(names[parent], op, through, minlen="2" if enters else "1")
            dot.edge(op, name)
    for i in sorted(set(layer_of.values())):
        with dot.subgraph(name=f"cluster{i}") as group:
            group.attr(label=f"layer {i}", style="filled,rounded", color=colors["layer"], labeljust="l", fontsize="12")
            for node, name in names.items():
                if layer_of.get(node) == i:
                    group.node(name)
                    if node.parents:
                        group.node(name.replace("v", "op"))
    return dot


def show(graph: Graph) -> dict[str, str]:
    """What a notebook shows a `Graph` as."""
    return picture_or_reason(f"Graph of {len(graph):,} values from {graph.root!r}", lambda: draw_dot(graph.root))


def picture_or_reason(text: str, draw: Callable[[], graphviz.Digraph]) -> dict[str, str]:
    """A picture for a notebook, or what keeps it from being one, and text."""
    try:
        return {"image/svg+xml": draw().pipe(format="svg", encoding="utf-8"), "text/plain": text}
    except Exception as problem:  # whatever is amiss with the installation, there is something to show
        return {"text/plain": f"{text}\n(no picture: {problem})"}


def write_picture(dot: graphviz.Digraph, path: str | os.PathLike[str]) -> None:
    """Write a picture, whole or not at all, in the format that the path ends with: ``.svg``, ``.png`` and so on."""
    write_whole(path, dot.pipe(format=Path(path).suffix.removeprefix(".")))


def check_choice(option: str, name: str, choices: Collection[str]) -> None:
    """Raise a ValueError that names the choices, where this is none of them."""
    if name not in choices:
        raise ValueError(f"unknown {option} {name!r}: choose one of {', '.join(choices)}")


def new_digraph(format: str, rankdir: str, colors: dict[str, str]) -> graphviz.Digraph:
    """An empty picture."""
    font = {"fontname": "Arial", "fontcolor": colors["ink"]}
    return make_digraph(
        format=format,
        graph_attr=font
        | {"rankdir": rankdir, "bgcolor": colors["background"], "nodesep": "0.15", "ranksep": "0.16", "pad": "0.1"},
        node_attr=font | {"shape": "box", "fontsize": "11", "margin": "0.06,0.04", "height": "0", "width": "0"},
        edge_attr=font | {"fontsize": "10", "color": colors["line"], "arrowsize": "0.6"},
    )


def _find_layers(graph: Graph, model: Any) -> dict[Value, int]:
    """The layer of a network that a value is in, as a parameter, as what a neuron computes, or on the way between."""
    labels, made_by = set(), dict.fromkeys(graph, 0)
    for i, (parameters, computed) in enumerate(model.groups() if model is not None else (), 1):
        labels |= set(computed)
        made_by |= dict.fromkeys(parameters, i)
    for node in graph:
        made_by[node] = max([made_by[node], *(made_by[parent] for parent in node.parents)])
    layer_of, on_the_way = {}, set()
    for node in reversed(list(graph)):
        if made_by[node] and (node.label in labels or node in on_the_way):
            layer_of[node] = made_by[node]
            on_the_way |= set(node.parents)
    return layer_of


def _look(node: Value, is_root: bool, is_input: bool, colors: dict[str, str]) -> dict[str, str]:
    """How a value is drawn, by what it is."""
    look = {"color": colors["line"], "fillcolor": colors["value"], "style": "filled,rounded", "class": "computed"}
    if node.op is ops.constant:
        look |= {"style": "dashed", "class": "constant"}
    elif is_input:
        look |= {"style": "filled", "class": "input"}
    elif node.op is None:
        look |= {"fillcolor": colors["leaf"], "style": "filled", "penwidth": "2.5", "class": "leaf"}
    if is_root:
        look |= {"peripheries": "2", "class": look["class"] + " root"}
    return look


def _operation_look(colors: dict[str, str]) -> dict[str, str]:
    """How an operation is drawn."""
    paint = {"color": colors["operation"], "fillcolor": colors["operation"], "fontcolor": colors["symbol"]}
    size = {"width": "0.3", "height": "0.3", "margin": "0.04,0", "fontsize": "13"}
    return paint | size | {"shape": "ellipse", "style": "filled", "class": "operation"}


def _shades(graph: Graph, colors: dict[str, str]) -> Callable[[float], str]:
    """A function from a gradient to the color behind it, which pales over four powers of ten below the largest."""
    largest = max((abs(node.grad) for node in graph if math.isfinite(node.grad)), default=0.0)

    def shade(grad: float) -> str:
        if not grad or math.isnan(grad):
            return ""
        depth = 1.0 if abs(grad) >= largest else max(0.15, 1 + (math.log10(abs(grad)) - math.log10(largest)) / 4)
        return _blend(colors["value"], colors["positive" if grad > 0 else "negative"], depth)

    return shade


def _blend(start: str, end: str, depth: float) -> str:
    """The color that lies ``depth`` of the way, 0 to 1, from one color to another."""
    pairs = zip(bytes.fromhex(start[1:]), bytes.fromhex(end[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * depth) for a, b in pairs).hex()


def _text(label: str, rows: list[tuple[str, float, str]], precision: int) -> str:
    """What a value's box says, as one of Graphviz's HTML-like labels."""
    lines = [f"<TR><TD><B>{label}</B></TD></TR>"] if label else []
    for name, number, shade in rows:
        background = f' BGCOLOR="{shade}"' if shade else ""
        name = f'<FONT POINT-SIZE="8">{name}</FONT><BR/>' if name else ""
        lines.append(f"<TR><TD{background}>{name}{number:.{precision}g}</TD></TR>")
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(lines)}</TABLE>>'


def escape(text: str) -> str:
    """Text that comes out as itself in an HTML-like label; a tab as a space, what no XML may hold as �."""
    text = text.replace("\t", " ")  # Graphviz drops tabs, and takes a label of nothing else for a syntax error
    lines = [html.escape(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", line)) for line in text.splitlines()]
    return "<BR/>".join(lines).replace("\\", "\\\\")
