"""Examples that a wrong backward pass is explained with, as graphs: what is right there, and what comes of a slip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import autograd.formula as formula
import autograd.ops as ops
from autograd.engine import Value
from autograd.graph import Graph
from autograd.testing.arrays import Node

WHOLE = -1  # the place of a slip in the whole gradient of an array, rather than in what one consumer adds to it
DETOUR = -2  # and of one in what an array adds to another one further back, over all ways between the two

Change: TypeAlias = Callable[..., Any]
"""From the example's view, a node, its gradient, and what is right: what comes of the slip."""


@dataclass(eq=False)
class Example:
    """A point at which the two backward passes were compared.

    Attributes:
        nodes: the graph of arrays, in order; none where the forward pass could not be followed.
        root: the one that is the result.
        upstream: its gradient; None where it is 1.
        dims: how long the axes with names are.
        generic: whether the numbers are no special ones.
        right: the gradients by name.
        hand: those that came by hand; empty where the backward pass raised.
        tolerance: how far they may be apart.
        wrong: the names of those that are not the same.
    """

    nodes: list[Any]
    root: Any
    upstream: Any
    dims: dict[str, int]
    generic: bool
    right: dict[str, Any]
    hand: dict[str, Any]
    tolerance: dict[str, Any]
    wrong: set[str] = field(default_factory=set)


class Slip(NamedTuple):
    """One way to go wrong.

    Attributes:
        parts: where: the site of a node, which of its operands (or `WHOLE`), and what is done there.
        cost: the smaller, the more likely.
        text: what is said of it, after "it".
        target: what the first wrong gradient is of.
        forward: in place of a changed backward pass another forward one: at which site, and the call there.
        number: of a view: the factor that is missing, where it is one number.
        right: what is right, where it is not as the forward pass has it, step by step.
        kind: "path" or "factor" where one is left out, "number" where one comes in that may do so anywhere, "input"
            where it is right for other inputs.
    """

    parts: tuple[tuple[Any, int, Change], ...]
    cost: float
    text: str
    target: Any
    forward: Any = None
    number: Any = None
    right: str = ""
    kind: str = ""

    def sites(self) -> set[tuple[Any, int]]:
        """Where it is, without what is done there."""
        return {(site, operand) for site, operand, _ in self.parts}


MISFITS = (ValueError, LookupError, TypeError, ZeroDivisionError)
"""What a slip raises where its shapes do not fit, or where it is not on the way."""


class View:
    """An example, with all that is asked of it again and again."""

    def __init__(self, example: Example, nodes: Sequence[Any] | None = None, root: Any = None) -> None:
        self.example, self.dims = example, example.dims
        self.nodes = list(example.nodes if nodes is None else nodes)
        self.root = example.root if nodes is None else root
        if not self.nodes:  # nothing is known of the way: each gradient stands for itself
            for name, g in example.right.items():
                node = Node("input", g)
                node.name, node.site = name, ("input", name)
                self.nodes.append(node)
        self.by_site: dict[Any, list[Any]] = {}
        for node in self.nodes:
            self.by_site.setdefault(node.site, []).append(node)
        self.inputs = {node.name: node for node in self.nodes if node.op == "input" or node.name in example.right}
        needed: set[Any] = {self.root}
        for node in reversed(self.nodes):
            if node in needed:
                needed.update(node.parents)
        leads = {node for node in self.nodes if node.op == "input"}
        for node in self.nodes:
            if node.op != "input" and any(parent in leads for parent in node.parents):
                leads.add(node)
        self.active = [node for node in self.nodes if node in leads and (node in needed or self.root is None)]
        self.consumers: dict[Any, list[tuple[Any, int]]] = {node: [] for node in self.nodes}
        self.on = set(self.active)
        for node in self.active:
            for k, parent in enumerate(node.parents):
                if parent in self.on:
                    self.consumers[parent].append((node, k))
        self.siblings: list[View] = [self]  # the other examples
        self._tangents: dict[str, dict[Any, Any]] = {}
        self._between: dict[tuple[Any, Any], Any] = {}
        if self.root is None:
            self.seed: dict[Any, Any] = {self.inputs[name]: g for name, g in example.right.items()}
        else:
            upstream = np.ones(self.root.shape) if example.upstream is None else np.asarray(example.upstream)
            self.seed = {self.root: upstream.reshape(self.root.shape)}
        self.adjoint: dict[Any, Any] = {}
        self.right = self.gradients((), keep=self.adjoint)

    def lengths(self) -> dict[str, int]:
        """How long the axes are: those with names, then those of the inputs, as one writes them in NumPy."""
        found: dict[str, int] = {}
        for name, node in self.inputs.items():
            found |= {f"{name}.shape[{i}]" if i else f"len({name})": n for i, n in enumerate(node.shape)}
            found[f"{name}.size"] = node.value.size
        return {**self.dims, **found}

    def contribution(self, node: Any, k: int, g: Any) -> Any:
        """What a node with this gradient adds to that of its k-th parent."""
        return (g.reshape(-1) @ node.jacobians()[k]).reshape(node.parents[k].shape)

    def gradients(self, slips: Sequence[Slip], keep: dict[Any, Any] | None = None) -> dict[str, Any]:
        """The gradients by name, with these slips on the way.

        Raises:
            ValueError: where shapes do not go together any more.
        """
        changes: dict[tuple[Any, int], list[Change]] = {}
        detours: dict[Any, list[tuple[Any, Change]]] = {}
        for slip in slips:
            for site, operand, change in slip.parts:
                if operand == DETOUR:
                    detours.setdefault(site[0], []).append((site[1], change))
                else:
                    changes.setdefault((site, operand), []).append(change)
        found: dict[str, Any] = {name: np.zeros(node.shape) for name, node in self.inputs.items()}
        grads = dict(self.seed)
        node: Any
        for node in reversed(self.active):
            g = grads.pop(node)
            for change in changes.get((node.site, WHOLE), ()):
                g = change(self, node, g, g)
            if (name := node.name) and self.inputs.get(name) is node:
                found[name] = g
            if keep is not None:
                keep[node] = g
            if node.op == "input":
                continue
            if np.shape(g) != node.shape:
                raise ValueError("shapes do not go together")
            for start, change in detours.get(node.site, ()):
                other = self.find(start, node)
                more = change(self, node, g, g)
                grads[other] = grads[other] + more if other in grads else more
            for k, parent in enumerate(node.parents):
                if parent not in self.on:
                    continue
                part = self.contribution(node, k, g)
                for change in changes.get((node.site, k), ()):
                    part = change(self, node, g, part)
                grads[parent] = grads[parent] + part if parent in grads else part
        return found

    def predicted(self, slip: Slip, name: str) -> Any:
        """The gradient of one input, with this slip on the way; None where shapes do not go together."""
        try:
            if slip.forward is not None:
                return self.changed(slip).right[name]
            [(site, operand, change), *more] = slip.parts
            nodes = self.by_site.get(site[0] if operand == DETOUR else site, [])
            if more or len(nodes) != 1 or nodes[0] not in self.on:
                return self.gradients([slip])[name]
            node, leaf = nodes[0], self.inputs[name]
            g = self.adjoint[node]
            if operand == DETOUR:
                target = self.find(site[1], node)
                before = np.zeros(target.shape)
            elif operand == WHOLE:
                before, target = g, node
            else:
                target = node.parents[operand]
                before = self.contribution(node, operand, g)
            after = change(self, node, g, before)
            if target is leaf:
                alone = operand == WHOLE or (operand != DETOUR and len(self.consumers[leaf]) == 1)
                return after if alone else self.right[name] - before + after
            tangent = self.tangents(name).get(target)
            if tangent is None:
                return self.right[name]
            if np.shape(after) != target.shape:
                return None
            return self.right[name] + ((after - before).reshape(-1) @ tangent).reshape(leaf.shape)
        except MISFITS:
            return None

    def tangents(self, name: str) -> dict[Any, Any]:
        """∂node/∂input as a matrix, for each node that the input leads to."""
        if name not in self._tangents:
            leaf = self.inputs[name]
            found = {leaf: np.eye(leaf.value.size)}
            for node in self.active:
                for k, parent in enumerate(node.parents):
                    if parent in found and node.op != "input":
                        part = node.jacobians()[k] @ found[parent]
                        found[node] = found[node] + part if node in found else part
            self._tangents[name] = found
        return self._tangents[name]

    def around(self, site: Any) -> set[Any]:
        """The nodes from which a way leads to the result that does not lead through a site."""
        found: set[Any] = set()
        for node in reversed(self.active):
            if node.site != site and (node is self.root or any(other in found for other, _ in self.consumers[node])):
                found.add(node)
        return found

    def between(self, node: Any, ancestor: Any) -> Any:
        """∂node/∂ancestor as a matrix, over all ways between them; None where there is none."""
        key = (node, ancestor)
        if key not in self._between:
            rows = {node: np.eye(node.value.size)}
            for other in reversed(self.active):
                if other in rows and other is not ancestor and other.op != "input":
                    for k, parent in enumerate(other.parents):
                        if parent in self.on:
                            part = rows[other] @ other.jacobians()[k]
                            rows[parent] = rows[parent] + part if parent in rows else part
            self._between |= {(node, other): matrix for other, matrix in rows.items()}
            self._between.setdefault(key, None)
        return self._between[key]

    def find(self, site: Any, near: Any = None) -> Any:
        """The node at a site; in a loop, the one of the same turn as another node, or the nearest before it."""
        nodes = self.by_site[site]
        if len(nodes) == 1 or near is None:
            return nodes[0]
        others = self.by_site[near.site]
        return nodes[min(others.index(near), len(nodes) - 1)]

    def at(self, site: Any) -> list[Any]:
        """The nodes at a site: several in a loop, none where this example does not come there."""
        return self.by_site.get(site, [])

    def value(self, site: Any, near: Any = None) -> Any:
        """The numbers of the node at a site."""
        return self.find(site, near).value

    def changed(self, slip: Slip) -> View:
        """The same example, with another forward pass."""
        key = ("forward", id(slip.forward))
        if key in self._between:
            return self._between[key]  # type: ignore
        new: dict[Any, Any] = {}
        for node in self.nodes:
            if node.op == "input" or not node.parents:
                new[node] = node
                continue
            site, instead = slip.forward
            call = instead(node) if node.site == site else node.call
            copied = Node(node.op, None, [new[parent] for parent in node.parents], call)
            copied.value, copied.local = copied.jacobians_at([parent.value for parent in copied.parents])
            copied.site, copied.name, copied.settings = node.site, node.name, node.settings
            copied.operands = tuple([new.get(x, x) if isinstance(x, Node) else x for x in node.operands])
            copied.elementwise = node.elementwise
            new[node] = copied
        result = View(self.example, [new[node] for node in self.nodes], new[self.root])
        self._between[key] = result
        return result


def one_of_each_site(nodes: Iterable[Any]) -> list[Any]:
    """The first of those that one call in a loop has made."""
    found: dict[Any, Any] = {}
    for node in nodes:
        found.setdefault(node.site, node)
    return list(found.values())


def slope_of(node: Any, k: int) -> Any:
    """∂node/∂parent for each number, where each comes from one number."""
    return node.jacobians()[k].sum(axis=1).reshape(node.shape)


def scalar_example(
    leaves: Mapping[str, Value], root: Value, hand: Mapping[str, float], right: Mapping[str, float],
    tolerance: Mapping[str, float], wrong: Iterable[str], generic: bool,
) -> Example:  # fmt: skip
    """A graph of Values as a graph of arrays without axes. Gradients may be asked of any of its values."""
    made: dict[Value, Any] = {}
    names = {value: name for name, value in leaves.items()}
    order = list(Graph(root))
    nodes: list[Any] = []
    for index, value in enumerate(order):
        if value.op is None or value.op is ops.constant:
            node = Node("input" if value in names else "constant", np.array(value.data))
        else:
            op = value.op
            node = Node(
                op.name, np.array(value.data), [made[p] for p in value.parents], np.frompyfunc(op, len(op.partials), 1)
            )
            node.local = [np.array([[x]]) for x in value.local_grads]
            node.elementwise = True
            node.settings["local"] = [formula.local_derivative(value, k) for k in range(len(value.parents))]
            short = {v: formula.name(v, within=formula.ATOM) for v in (value, *value.parents)}
            node.settings["rule"] = [
                formula.write(formula.derivative(value, k), short) for k in range(len(value.parents))
            ]
            node.settings["text"] = formula.name(value)
        node.name = names.get(value, value.label)
        node.site = ("value", index)
        made[value] = node
        nodes.append(node)
    as_array = {name: np.array(x, dtype=float) for name, x in hand.items()}
    example = Example(
        nodes, made[root], None, {}, generic, {name: np.array(x) for name, x in right.items()}, as_array,
        {name: np.array(x) for name, x in tolerance.items()},
    )  # fmt: skip
    example.wrong = set(wrong)
    return example
