"""`draw_dot`: pictures of computation graphs, by Graphviz.

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

import functools
import html
import math
import os
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd._files import write_whole
from autograd.engine import Value
from autograd.formula import format_number
from autograd.graph import Graph
from autograd.node import edges
from autograd.viz.digraph import make_digraph
from autograd.viz.layout import join_inputs, lay_out

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

ROOM_IN_CELL = 500  # points that surely fit into the width of a notebook's cell

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    precision: int = 4,
    theme: str = "light",
    model: Any = None,
    depth: int | None = None,
    blank: bool = False,
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
        depth: how many operations away from ``root`` a value may be, None for any; dots stand for what is left out.
        blank: whether there are question marks for what is to be worked out: data, gradients and local derivatives.
        max_nodes: how many values are drawn at most.

    Returns:
        A `graphviz.Digraph`, open to change. The i-th value of ``Graph(root)`` is the node ``v{i}``, the operation
        that made it ``op{i}``, and the local derivative with respect to its k-th operand ``op{i}.{k}``. In SVG a class
        says what each is: leaf, input, constant, computed, root, operation, local, cut. Equal numbers that multiply
        leaves in one layer, as the inputs of a network do, are one constant.

    Raises:
        ValueError, TypeError: where there are more than ``max_nodes`` values to draw, or an option is none.
        ImportError: where the package graphviz is missing.
        RuntimeError: where there is no program to lay the picture out with.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.backward()
    >>> draw_dot(y).source.count("v0 -> ")       # x enters the product twice
    2
    """
    check_choice("theme", theme, THEMES)
    check_choice("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    colors = THEMES[theme]
    graph = Graph(root)
    layer_of = _find_layers(graph, model)
    operands = join_inputs(_last_levels(graph, depth, max_nodes), layer_of)
    layout = lay_out(root, operands, layer_of)
    inputs = set() if model is None else set(graph.leaves) - set(model.parameters())
    names = {node: f"v{i}" for i, node in enumerate(graph)}
    dot = new_digraph(format, rankdir, colors)
    shade = _shades(graph, colors)
    columns: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)  # by layer and number
    sides: dict[str, tuple[int, int]] = {}  # for each input the column that it is to stand at the middle of

    def add(name: str, layer: int | None, column: int, order: int, text: str, look: dict[str, str]) -> None:
        columns[layer or 0, column].append((order, name))
        dot.node(name, text, **look)

    for node, parents in operands.items():
        layer, column, order, op = layer_of.get(node), layout.columns[node], layout.order[node], f"op{names[node][1:]}"
        text = _text(escape(node.label), _rows(node, shade, precision, blank))
        add(names[node], layer, column, order, text, _look(node, node is root, node in inputs, colors))
        if node.op is None or not node.parents:
            continue
        symbol = escape(node.op.symbol)
        add(op, layer, column - 1, order, f"<{symbol}>" if symbol else "", _operation_look(colors))
        cut = op.replace("op", "cut")
        if len(parents) < len(node.parents):
            order = min(layout.order[node, i] for i in range(len(node.parents)) if i not in parents)
            add(cut, layer, column - 3, order, "…", {"shape": "plain", "fontsize": "20", "class": "cut"})
        for i, (whole, local_grad) in enumerate(edges(node)):
            parent, local, enters = parents.get(i), f"{op}.{i}", (node, i) in layout.entering
            weight = "1" if enters else "20" if parent in layer_of else "5"  # the heavier, the straighter
            if whole.op is ops.constant and not enters:
                dot.edge(names[parent] if parent else cut, op, weight=weight)
                continue
            text, look = _local(whole, local_grad, precision, blank)
            add(local, layer, layout.columns.get((node, i), column - 2), layout.order[node, i], text, look)
            apart = "2" if enters or (parent in layer_of and layer is None) else "1"
            if enters and parent and not parent.parents:
                sides[names[parent]] = layer or 0, layout.columns[node, i]
            if parent:
                dot.edge(names[parent], local, arrowhead="none", weight=weight, minlen=apart)
            else:
                dot.edge(cut, local, arrowhead="none", style="dashed")
            dot.edge(local, op, weight=weight)
        dot.edge(op, names[node], weight="20")
    _fix_order(dot, columns, rankdir, colors)
    _center(dot, columns, sides)
    return fit_cells(dot)


def _last_levels(graph: Graph, depth: int | None, max_nodes: int) -> list[Value]:
    """The values at most so many operations before the root, in topological order."""
    for name, count in (("depth", depth), ("max_nodes", max_nodes)):
        if not isinstance(count, int | None):
            raise TypeError(f"{name} is a whole number, got {type(count).__name__} {count!r:.80}")
    level = {graph.root: 0}
    found = deque([graph.root])
    while found:
        node = found.popleft()
        for parent in node.parents:
            if parent not in level:
                level[parent] = level[node] + 1
                found.append(parent)
    values = [node for node in graph if depth is None or level[node] <= depth + (node.op is ops.constant)]
    if len(values) > max_nodes:
        sizes = Counter(level.values())
        fits = [deep for deep, size in enumerate(accumulate(sizes[i] for i in range(len(sizes)))) if size <= max_nodes]
        raise ValueError(
            f"a graph of {len(values):,} values is too large to read as one picture, where {max_nodes:,} is the limit: "
            f"draw its end, by depth={max(fits, default=0)} or less, a part of it, from an inner value, or all of it, "
            f"by max_nodes={len(values)}"
        )
    return values


def _fix_order(
    dot: graphviz.Digraph, columns: dict[tuple[int, int], list[tuple[int, str]]], rankdir: str, colors: dict[str, str]
) -> None:
    """Put each column's nodes below one another, by edges that nobody sees, and what is in a layer on its ground."""
    dot.attr(remincross="false")  # else Graphviz orders again, and against these edges
    for layer in sorted({layer for layer, _ in columns}):
        with dot.subgraph(name=f"cluster{layer}" if layer else None) as group:
            if layer:
                look = {"label": f"layer {layer}", "style": "filled,rounded", "color": colors["layer"]}
                group.attr(**look, labeljust="l", fontsize="12")
            for (of_layer, _), places in columns.items():
                if of_layer == layer:
                    # Graphviz turns a picture on its side by turning the order round, and forgets to in the layers.
                    stack(group, [name for _, name in sorted(places, reverse=layer > 0 and rankdir in ("LR", "RL"))])


def _center(
    dot: graphviz.Digraph, columns: dict[tuple[int, int], list[tuple[int, str]]], sides: dict[str, tuple[int, int]]
) -> None:
    """Have each input stand at the middle of its column, by an edge that nobody sees."""
    for name, side in sides.items():
        places = sorted(columns[side])
        dot.edge(name, places[len(places) // 2][1], style="invis", weight="10", minlen="2")


def stack(dot: graphviz.Digraph, names: Sequence[str]) -> None:
    """Put nodes into one column, one below the other."""
    with dot.subgraph() as column:
        column.attr(rank="same")
        column.node(names[0])
        for name, following in pairwise(names):
            column.edge(name, following, style="invis")


def show(graph: Graph) -> dict[str, str]:
    """What a notebook shows a `Graph` as."""
    return picture_or_reason(f"Graph of {len(graph):,} values from {graph.root!r}", lambda: draw_dot(graph.root))


def fit_cells(dot: graphviz.Digraph) -> graphviz.Digraph:
    """Have a notebook show the picture no wider than the cell."""
    dot._repr_mimebundle_ = functools.partial(_shown_in_notebook, dot)
    return dot


def _shown_in_notebook(dot: graphviz.Digraph, **_: Any) -> dict[str, str]:
    """A picture that is wide takes the width of the cell: it states none of its own, which JupyterLab would keep to."""
    svg: str = dot.pipe(format="svg", encoding="utf-8")
    size = re.search(r' width="(\d+)pt" height="\d+pt"', svg)
    return {"image/svg+xml": svg.replace(size[0], "", 1) if size and int(size[1]) > ROOM_IN_CELL else svg}


def picture_or_reason(text: str, draw: Callable[[], graphviz.Digraph]) -> dict[str, str]:
    """A picture for a notebook, or what keeps it from being one, and text."""
    try:
        return _shown_in_notebook(draw()) | {"text/plain": text}
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


def _local(parent: Value, local_grad: float, precision: int, blank: bool) -> tuple[str, dict[str, str]]:
    """What stands on an edge into an operation, and how: the local derivative, or for a constant a bend."""
    if parent.op is ops.constant:
        return "", {"shape": "point", "width": "0.01", "class": "local"}
    text = "?" if blank else format_number(local_grad, precision)
    return text, {"shape": "plain", "fontsize": "10", "class": "local"}


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


def _rows(node: Value, shade: Callable[[float], str], precision: int, blank: bool) -> list[tuple[str, str, str]]:
    """The numbers in a value's box, each with its name and the color behind it. A constant takes no gradient."""
    data = "?" if blank and node.parents else format_number(node.data, precision)
    if node.op is ops.constant:
        return [("", data, "")]
    grad = ("?", "") if blank else (format_number(node.grad, precision), shade(node.grad))
    return [("data", data, ""), ("grad", *grad)]


def _text(label: str, rows: list[tuple[str, str, str]]) -> str:
    """What a value's box says, as one of Graphviz's HTML-like labels."""
    lines = [f"<TR><TD><B>{label}</B></TD></TR>"] if label else []
    for name, number, shade in rows:
        background = f' BGCOLOR="{shade}"' if shade else ""
        name = f'<FONT POINT-SIZE="8">{name}</FONT><BR/>' if name else ""
        lines.append(f"<TR><TD{background}>{name}{number}</TD></TR>")
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(lines)}</TABLE>>'


def escape(text: str) -> str:
    """Text that comes out as itself in an HTML-like label; a tab as a space, what no XML may hold as �."""
    text = text.replace("\t", " ")  # Graphviz drops tabs, and takes a label of nothing else for a syntax error
    lines = [html.escape(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", line)) for line in text.splitlines()]
    return "<BR/>".join(lines).replace("\\", "\\\\")
