"""Where things stand in the pictures of `draw`: in which column, and in what order from top to bottom.

Graphviz is good at distances and curves, and knows nothing of neurons. So columns and order are decided here. The order
is the one in which the expression reads: a walk from the root that takes operands as they stand. A computed value is
three columns after the last of its operands: one for local derivatives, one for its operation. A leaf stands as near to
its first use as it can; in a network, at the head of its layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from autograd import ops
from autograd.engine import Value

Edge: TypeAlias = tuple[Value, int]
"""A value and the number of one of its operands."""


class Layout(NamedTuple):
    """Places: of each value, and of the number on each edge."""

    columns: dict[Value | Edge, int]
    order: dict[Value | Edge, int]  #: how far down
    entering: set[Edge]  #: the edges that lead into a layer


def join_inputs(values: Sequence[Value], layer_of: Mapping[Value, int]) -> dict[Value, dict[int, Value]]:
    """Each value with those of its operands that are drawn; of equal constants that multiply leaves, the first."""
    drawn = set(values)
    first: dict[tuple[str, int | None], Value] = {}
    operands: dict[Value, dict[int, Value]] = {node: {} for node in values}
    for node in values:
        parents = node.parents
        of_leaf = node.op is ops.multiply and any(parent.op is None for parent in parents)
        for i, parent in enumerate(parents):
            if parent.op is ops.constant and of_leaf:
                joined = first.setdefault((repr(parent.data), layer_of.get(node)), parent)
                if joined is not parent:
                    operands.pop(parent, None)
                parent = joined
            if parent in drawn:
                operands[node][i] = parent
    return operands


def lay_out(root: Value, operands: Mapping[Value, Mapping[int, Value]], layer_of: Mapping[Value, int]) -> Layout:
    """Find a place for values, which come in topological order, each with those of its operands that are drawn."""
    edges = [(node, i, parent) for node, parents in operands.items() for i, parent in parents.items()]
    entering = {(node, i) for node, i, parent in edges if layer_of.get(node) not in (None, layer_of.get(parent))}
    columns: dict[Value | Edge, int] = {}
    heads = dict.fromkeys(layer_of.values(), 0)
    for _ in range(len(heads) + 1):  # each time, one layer more has found its place
        for node in operands:
            columns[node] = heads.get(layer_of.get(node, -1), 0) + (3 if node.parents else 0)
        for node, i, parent in edges:
            if (node, i) in entering:
                heads[layer_of[node]] = max(heads[layer_of[node]], columns[parent] + 2)
            leaving = parent in layer_of and node not in layer_of
            columns[node] = max(columns[node], columns[parent] + (4 if leaving else 3))
    uses: dict[Value | Edge, int] = {}
    for node, i, parent in edges:
        columns[node, i] = heads[layer_of[node]] if (node, i) in entering else columns[node] - 2
        if not parent.parents and parent not in layer_of:
            before = columns[node, i] - (2 if (node, i) in entering else parent.op is not ops.constant)
            uses[parent] = min(uses.get(parent, before), before)
    return Layout(columns | uses, _reading_order(root, operands), entering)


def _reading_order(root: Value, operands: Mapping[Value, Mapping[int, Value]]) -> dict[Value | Edge, int]:
    """Values and edges, counted as a walk from the root comes to them; a value after its operands."""
    order: dict[Value | Edge, int] = {}
    path = [(root, 0)]
    while path:
        node, i = path.pop()
        if node in order:
            continue
        if i == len(node.parents):
            order[node] = len(order)
            continue
        order[node, i] = len(order)
        path.append((node, i + 1))
        if i in operands[node]:
            path.append((operands[node][i], 0))
    return order
