"""Backpropagation as a page that one steps through.

`write_stepper` writes one HTML file, which needs nothing but a browser: the graph as a picture, the forward and the
backward pass one step at a time, the chain rule of each step in symbols and numbers, and what comes of it where values
propagate too soon. On the page ∂ is for local derivatives only; what a value has accumulated is its ``grad``. The page
knows no derivative: the steps are those of `Graph.steps`, the formulas come from the rules in `ops` (see
``autograd.formula``), and the places of the boxes from Graphviz.
"""

from __future__ import annotations

import html
import json
import math
import os
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograd import ops
from autograd._files import write_whole
from autograd.engine import Value
from autograd.formula import Parts, columns_of, derivative, made_from, name_values, shorten, write
from autograd.graph import Graph, Step
from autograd.viz.draw import THEMES, new_digraph

MOST_VALUES = 1000


def write_stepper(root: Value, path: str | os.PathLike[str]) -> None:
    """Write a page that steps through backpropagation from ``root``: one HTML file, whole or not at all.

    Labels name the values on the page; values without are v1, v2 and so on. Gradients that the values already hold do
    not matter and do not change.

    Raises:
        ValueError: where the graph has more than 1,000 values, too many to look at.
        ImportError, RuntimeError: where graphviz, or a program to lay the graph out, is missing.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> write_stepper((w * x).sigmoid(), "step.html")    # doctest: +SKIP
    """
    write_whole(path, _page(root).encode(errors="xmlcharrefreplace"))


def _page(root: Value) -> str:
    """The whole page as text."""
    data = _describe(Graph(root))
    page, style, script = [
        Path(__file__).with_name(name).read_text("utf-8") for name in ("page.html", "page.css", "page.js")
    ]
    for place, content in {
        "STYLE-HASH": _hash(style),
        "SCRIPT-HASH": _hash(script),
        "TITLE": html.escape(f"Backpropagation from {data['nodes'][data['root']]['name']}"),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _embed(data),  # the last, since what a label holds is not to be searched for places
    }.items():
        page = page.replace(f"<!--{place}-->", content)
    return page


def _hash(text: str) -> str:
    """The hash by which the page's security policy knows its own script and style, and runs no other."""
    import base64
    import hashlib  # slow to import, and needed by pages alone

    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embed(data: Any) -> str:
    """JSON that nothing in it can end: inside a script element, ``<`` alone could begin something else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair is no text


def _describe(graph: Graph) -> dict[str, Any]:
    """What the page shows: nodes, edges, and the steps of each order. Values and edges go by their numbers."""
    size = sum(value.op is not ops.constant for value in graph)
    if size > MOST_VALUES:
        raise ValueError(
            f"a graph of {size:,} values is too large to step through, the limit being {MOST_VALUES:,}: "
            "step through a part of it, from an inner value"
        )
    names = name_values(graph)
    numbers = {value: i for i, value in enumerate(names)}
    captions = {value: shorten(name, 16) for value, name in names.items()}

    def tokens(parts: Parts) -> list[str | int]:
        return [part if isinstance(part, str) else numbers[part] for part in parts]

    nodes = [
        {
            "name": name,
            "caption": captions[value],
            "op": value.op.name if value.op is not None else "",
            "formula": tokens(made_from(value)),
            "short": shorten(write(made_from(value), captions), 26),
            "data": _json_number(value.data),
        }
        for value, name in names.items()
    ]
    edges: list[dict[str, Any]] = []
    edges_of: dict[Value, list[int]] = {value: [] for value in names}
    for value in names:
        for i, parent in enumerate(value.parents):
            if parent in numbers:
                edges_of[value].append(len(edges))
                local_grad = _json_number(value.local_grads[i])
                rule = tokens(derivative(value, i))
                edges.append({"node": numbers[value], "parent": numbers[parent], "local": local_grad, "rule": rule})

    def numbered(steps: Iterable[Step]) -> list[list[Any]]:
        edge_numbers = {value: iter(numbers) for value, numbers in edges_of.items()}
        return [
            [next(edge_numbers[step.node]), *map(_json_number, (step.upstream, step.contribution, step.grad))]
            for step in steps
        ]

    orders = {
        "topological": numbered(graph.steps()),
        "depth": numbered(_steps_without_waiting(graph.root, depth_first=True)),
        "breadth": numbered(_steps_without_waiting(graph.root, depth_first=False)),
    }
    return {"root": numbers[graph.root], "nodes": nodes, "edges": edges, "orders": orders} | _lay_out(nodes, edges)


def _steps_without_waiting(root: Value, depth_first: bool) -> Iterator[Step]:
    """Backpropagation in a wrong order: every value propagates what it has as soon as the walk reaches it.

    The topological order of `Graph.steps` reaches a value only after every value that uses it.
    """
    grads = defaultdict(float, {root: 1.0})
    found = deque([root])
    visited = set()
    while found:
        node = found.pop() if depth_first else found.popleft()
        if node in visited:
            continue
        visited.add(node)
        edges = [edge for edge in zip(node.parents, node.local_grads, strict=True) if edge[0].op is not ops.constant]
        for parent, local_grad in edges:
            contribution = local_grad * grads[node]
            grads[parent] += contribution
            yield Step(node, parent, local_grad, grads[node], contribution, grads[parent])
        found.extend(parent for parent, _ in (reversed(edges) if depth_first else edges))


def _lay_out(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> dict[str, Any]:
    """Find a place for every box and a path for every edge, which are put into the nodes and edges, in pixels."""
    dot = new_digraph("json0", "TB", THEMES["light"])
    large = len(nodes) > 100
    dot.attr("graph", nodesep="0.25", ranksep="0.5" if large else "0.3")
    if large:  # a tidier picture would take minutes, where values are used far from where they are made
        dot.attr("graph", nslimit="1", nslimit1="1", mclimit="0.3")
    dot.attr("node", fixedsize="true", label="")
    dot.attr("edge", arrowhead="none", fontsize="14")
    for i, node in enumerate(nodes):
        caption = columns_of(f"{node['caption']} = {node['short']}" if node["short"] else node["caption"])
        node["width"], node["height"] = max(146, 7 * caption + 24), 56
        dot.node(str(i), width=str(node["width"] / 72), height=str(node["height"] / 72))
    for i, edge in enumerate(edges):
        room = "" if large else f" {float(edge['local']):.6g} "  # for the number on the edge
        dot.edge(str(edge["parent"]), str(edge["node"]), room, id=str(i))
    plan = json.loads(dot.pipe(encoding="utf-8"))
    _, _, width, height = map(float, plan["bb"].split(","))

    def point(text: str) -> list[float]:
        x, y = map(float, text.split(","))
        return [round(x, 1), round(height - y, 1)]  # Graphviz counts y upwards

    for box in plan["objects"]:
        nodes[int(box["name"])]["x"], nodes[int(box["name"])]["y"] = point(box["pos"])
    for line in plan.get("edges", ()):
        edge = edges[int(line["id"])]
        knots = [point(knot) for knot in line["pos"].split()]
        start, *curve = [f"{x},{y}" for x, y in knots]
        edge["path"] = f"M{start}C{' '.join(curve)}"
        edge["x"], edge["y"] = point(line["lp"]) if "lp" in line else _middle(knots)
    return {"width": width, "height": height}


def _middle(knots: list[list[float]]) -> list[float]:
    """The middle of a path of Bézier curves, for the number on an edge: half way along the curve that is half way."""
    first = 3 * (len(knots) // 6)  # the curves share their ends: of n curves, there are 3 n + 1 knots
    if len(knots) // 3 % 2 == 0:
        return knots[first]
    return [round((a + 3 * b + 3 * c + d) / 8, 1) for a, b, c, d in zip(*knots[first : first + 4], strict=True)]


def _json_number(number: float) -> float | str:
    """A number as JSON has it, which knows neither infinity nor nan: those as JavaScript's Number() reads them."""
    return number if math.isfinite(number) else str(number).replace("nan", "NaN").replace("inf", "Infinity")
