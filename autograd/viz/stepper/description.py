"""What a page knows of a graph, as JSON: its values and edges, the order of the steps, and where everything is drawn.

Numbers are those that Python computed. To compute others the page has the operations of the table in its script; an
operation of a user's own travels as data, a list of statements that are made of those.
"""

from __future__ import annotations

import functools
import json
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd import ops
from autograd.compiler.trace import COMPARISONS, WHERE, Symbol, Trace
from autograd.engine import Value
from autograd.formula import Parts, columns_of, derivative, made_from, name_values, shorten, write
from autograd.graph import Graph
from autograd.operation import Op, number
from autograd.viz.draw import THEMES, new_digraph

MOST_VALUES = 1000
DECISIONS = {WHERE, *COMPARISONS.values()}


def describe(graph: Graph) -> dict[str, Any]:
    """The graph for its page. Values and edges go by their numbers.

    Raises:
        ValueError: where the graph has more than 1,000 values, constants not counted.
    """
    size = sum(value.op is not ops.constant for value in graph)
    if size > MOST_VALUES:
        raise ValueError(
            f"a graph of {size:,} values is too large to step through, the limit being {MOST_VALUES:,}: "
            "step through a part of it, from an inner value"
        )
    names = name_values(graph)
    numbers = {value: i for i, value in enumerate(names)}
    captions = {value: shorten(name, 16) for value, name in names.items()}
    own = OwnOperations()

    def tokens(parts: Parts) -> list[str | int]:
        return [part if isinstance(part, str) else numbers[part] for part in parts]

    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    edge_numbers: dict[Value, list[int]] = {}
    for value, name in names.items():
        node: dict[str, Any] = {
            "name": name,
            "caption": captions[value],
            "op": value.op.name if value.op is not None else "",
            "formula": tokens(made_from(value)),
            "short": shorten(write(made_from(value), captions), 26),
            "data": json_number(value.data),
        }
        edge_numbers[value] = []
        if value.op is not None and value.parents:
            node["rule"] = own.key(value.op, len(value.parents))
            node["inputs"] = [numbers.get(parent, str(json_number(parent.data))) for parent in value.parents]
        for i, (parent, local_grad) in enumerate(zip(value.parents, value.local_grads, strict=True)):
            if parent in numbers:
                edge_numbers[value].append(len(edges))
                edge: dict[str, Any] = {"node": numbers[value], "parent": numbers[parent], "slot": i}
                edge |= {"local": json_number(local_grad), "rule": tokens(derivative(value, i))}
                if _depends_on_size(value, i):
                    edge["decided"] = 1
                edges.append(edge)
        nodes.append(node)
    orders = {
        "topological": [edge for value in reversed(names) for edge in edge_numbers[value]],
        "depth": list(_without_waiting(graph.root, edge_numbers, depth_first=True)),
        "breadth": list(_without_waiting(graph.root, edge_numbers, depth_first=False)),
    }
    return {
        "root": numbers[graph.root], "nodes": nodes, "edges": edges, "orders": orders, "own": own.programs,
        "still": own.unknown,
    }  # fmt: skip


@functools.cache
def diamond() -> dict[str, Any]:
    """The smallest graph on which the order matters, for pages of graphs on which it happens not to."""
    a = Value(2, "a")
    b = a * a
    c = b + a
    d = b * c
    b.label, c.label, d.label = "b", "c", "d"
    return laid_out(describe(Graph(d)))


def goes_wrong(description: dict[str, Any], order: str) -> bool:
    """Whether a value propagates in this order before all contributions to it have arrived."""
    edges = description["edges"]
    waiting = [0] * len(description["nodes"])
    for edge in edges:
        waiting[edge["parent"]] += 1
    for i in description["orders"][order]:
        if waiting[edges[i]["node"]]:
            return True
        waiting[edges[i]["parent"]] -= 1
    return False


def _without_waiting(root: Value, edge_numbers: dict[Value, list[int]], depth_first: bool) -> Iterator[int]:
    """A wrong order: every value propagates what it has as soon as the walk reaches it.

    The topological order reaches a value only after every value that uses it.
    """
    found = deque([root])
    visited = set()
    while found:
        node = found.pop() if depth_first else found.popleft()
        if node not in visited:
            visited.add(node)
            yield from edge_numbers[node]
            parents = [parent for parent in node.parents if parent in edge_numbers]
            found.extend(reversed(parents) if depth_first else parents)


class OwnOperations:
    """The operations of a graph that are not the table's, as far as they can be written down as statements.

    A statement is an operation's key and its operands: the number of an input or of an earlier statement, or a plain
    number as text. The last statement is the result.

    Attributes:
        programs: for each of them what it computes, and its partials, which take the output before the inputs.
        unknown: the names of those that cannot be written down, and so do not move.
    """

    def __init__(self) -> None:
        self.programs: list[dict[str, Any]] = []
        self.unknown: list[str] = []
        self._keys: dict[tuple[Op, int], int] = {}

    def key(self, op: Op, inputs: int) -> str | int:
        """What a page calls an operation of so many inputs: its name, or a number where the table has no such row."""
        if op in ops.TABLE or op in DECISIONS:
            return op.name
        if (op, inputs) not in self._keys:
            self._keys[op, inputs] = len(self.programs)
            program: dict[str, Any] = {"name": op.name}
            self.programs.append(program)
            try:
                program["value"] = self._statements(op.forward, inputs)
                partials = [functools.partial(_partial, op, i) for i in range(inputs)]
                program["partials"] = [self._statements(partial, inputs + 1) for partial in partials]
            except Exception:  # it is made for floats alone
                self.unknown.append(op.name)
        return self._keys[op, inputs]

    def _statements(self, function: Callable[..., Any], inputs: int) -> list[list[Any]]:
        trace = Trace()
        symbols = [trace.input("") for _ in range(inputs)]
        trace.line(None, [function(*symbols)])
        registers = {id(symbol): i for i, symbol in enumerate([*symbols, *trace.symbols])}

        def operand(x: Any) -> int | str:
            return registers[id(x)] if isinstance(x, Symbol) else str(json_number(number(x)))

        return [
            ["" if symbol.op is None else self.key(symbol.op, len(symbol.inputs)), *map(operand, symbol.inputs)]
            for symbol in trace.symbols
        ]


def _partial(op: Op, i: int, out: Any, *inputs: Any) -> Any:
    """An operation's derivative by its i-th input. The partials are one function for each, or one for all of them."""
    return op.partials[i](out, *inputs) if isinstance(op.partials, tuple) else op.partials(out, *inputs)[i]


def _depends_on_size(value: Value, i: int) -> bool:
    """Whether the rule for ∂value/∂parent is chosen by how large a number is, so that other numbers have another."""
    assert value.op is not None, "a leaf has no parents"
    trace = Trace()
    operands = [x.data if x.op is ops.constant else trace.input("") for x in value.parents]
    try:
        _partial(value.op, i, trace.input(""), *operands)
    except Exception:  # it is made for floats alone
        return True
    return any(symbol.op in DECISIONS for symbol in trace.symbols)


def laid_out(description: dict[str, Any]) -> dict[str, Any]:
    """The description, with a place for every box and a path for every edge put into its nodes and edges, in pixels."""
    nodes, edges = description["nodes"], description["edges"]
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
    return description | {"width": width, "height": height}


def _middle(knots: Sequence[Sequence[float]]) -> list[float]:
    """The middle of a path of Bézier curves, for the number on an edge: half way along the curve that is half way."""
    first = 3 * (len(knots) // 6)  # the curves share their ends: of n curves, there are 3 n + 1 knots
    if len(knots) // 3 % 2 == 0:
        return list(knots[first])
    return [round((a + 3 * b + 3 * c + d) / 8, 1) for a, b, c, d in zip(*knots[first : first + 4], strict=True)]


def json_number(number: float) -> float | str:
    """A number as JSON has it, which knows neither infinity nor nan: those as JavaScript's Number() reads them."""
    return number if math.isfinite(number) else str(number).replace("nan", "NaN").replace("inf", "Infinity")
