"""What went wrong in a backward pass, for arrays or scalars: the slip that gives just these wrong numbers.

The forward pass is known as a graph. So is the right backward pass, and every slip that one makes in it can be made
here on purpose: a factor left out, a path, a sum over the wrong axis, another array in its place. Each `Slip` is
tried on examples of many shapes. One that gives the gradients that came by hand, at every one of them, right ones
included, is the explanation; where several do, all are named.

Scalars are arrays without axes here, so that a derivation for scalars and a backward pass for arrays are explained by
the same slips.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import autograd.formula as formula
import autograd.ops as ops
from autograd.engine import Value
from autograd.graph import Graph
from autograd.operation import Op
from autograd.testing.arrays import ELEMENTWISE, Node

NEAR = 1e-7  # as near as that, relatively, two gradients are the same
LARGE = 300  # with more arrays than that, those that are another's factor by mistake are not looked for
MANY = 1.5e6  # nor is anything, where a matrix of local derivatives would have more numbers than that
KINDS = 4  # so many ways to broadcast are looked at
PAIRS = 200  # so many slips, the simplest ones, are tried two at a time
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
        place: which node it is at, to show the right line.
    """

    parts: tuple[tuple[Any, int, Change], ...]
    cost: float
    text: str
    target: Any
    forward: Any = None  # in place of a changed backward pass another forward one: at which site, and the call there
    number: Any = None  # of a view: the factor that is missing, where it is one number
    right: str = ""  # what is right, where it is not as the forward pass has it, step by step

    def sites(self) -> set[tuple[Any, int]]:
        """Where it is, without what is done there."""
        return {(site, operand) for site, operand, _ in self.parts}


class MismatchError(Exception):
    """Shapes that do not go together: what is done there would have raised."""


MISFITS = (MismatchError, ValueError, IndexError, TypeError, ZeroDivisionError)
"""What a slip raises where its shapes do not fit."""


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
        on = set(self.active)
        for node in self.active:
            for k, parent in enumerate(node.parents):
                if parent in on:
                    self.consumers[parent].append((node, k))
        self._on = on
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
            if node.op == "input":
                found |= {f"{name}.shape[{i}]" if i else f"len({name})": n for i, n in enumerate(node.shape)}
                found[f"{name}.size"] = node.value.size
        return {**self.dims, **found}

    def contribution(self, node: Any, k: int, g: Any) -> Any:
        """What a node with this gradient adds to that of its k-th parent."""
        return (g.reshape(-1) @ node.jacobians()[k]).reshape(node.parents[k].shape)

    def gradients(self, slips: Sequence[Slip], keep: dict[Any, Any] | None = None) -> dict[str, Any]:
        """The gradients by name, with these slips on the way.

        Raises:
            MismatchError: where shapes do not go together any more.
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
            if node not in grads:
                continue
            g = grads.pop(node)
            for change in changes.get((node.site, WHOLE), ()):
                g = change(self, node, g, g)
            if (name := node.name) and self.inputs.get(name) is node:
                found[name] = g
            if node.op == "input":
                continue
            if np.shape(g) != node.shape:
                raise MismatchError
            for start, change in detours.get(node.site, ()):
                other = self.find(start, node)
                more = change(self, node, g, g)
                grads[other] = grads[other] + more if other in grads else more
            if keep is not None:
                keep[node] = g
            for k, parent in enumerate(node.parents):
                if parent not in self._on:
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
            if more or len(nodes) != 1 or nodes[0] not in self._on:
                return self.gradients([slip])[name]
            node, leaf = nodes[0], self.inputs[name]
            g = self._gradient(node)
            if operand == DETOUR:
                target = self.find(site[1], node)
                before = np.zeros(target.shape)
            elif operand == WHOLE:
                before, target = g, node
            else:
                target = node.parents[operand]
                if target not in self._on:
                    return self.right[name]
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

    def _gradient(self, node: Any) -> Any:
        name = node.name
        if name and self.inputs.get(name) is node:
            return self.right[name]
        if node in self.adjoint:
            return self.adjoint[node]
        raise MismatchError

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

    def between(self, node: Any, ancestor: Any) -> Any:
        """∂node/∂ancestor as a matrix, over all ways between them; None where there is none."""
        key = (node, ancestor)
        if key not in self._between:
            rows = {node: np.eye(node.value.size)}
            for other in reversed(self.active):
                if other in rows and other is not ancestor and other.op != "input":
                    for k, parent in enumerate(other.parents):
                        if parent in self._on:
                            part = rows[other] @ other.jacobians()[k]
                            rows[parent] = rows[parent] + part if parent in rows else part
            self._between |= {(node, other): matrix for other, matrix in rows.items()}
            self._between.setdefault(key, None)
        return self._between[key]

    def find(self, site: Any, near: Any = None) -> Any:
        """The node at a site; in a loop, the one of the same turn as another node, or the nearest before it."""
        nodes = self.by_site.get(site)
        if not nodes:
            raise MismatchError
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
            if copied.value.shape != node.shape:
                raise MismatchError
            new[node] = copied
        result = View(self.example, [new[node] for node in self.nodes], new[self.root])
        self._between[key] = result
        return result


def explain(
    wrong: Sequence[str], examples: Sequence[Example], shown: Mapping[str, Example]
) -> dict[tuple[str, ...], list[str]]:
    """Of gradients that are wrong, which slip it is, the first gradient that it spoils, the right line.

    Those that one slip explains are together, and what is said of them is lines of text.

    Args:
        wrong: the names of the gradients that are not right somewhere.
        examples: points to explain them at, wrong ones and right ones.
        shown: for each name the example that the report shows.
    """
    usable = [example for example in examples if example.hand]
    wrong = [name for name in wrong if any(name in example.wrong and name in example.hand for example in usable)]
    if not wrong:
        return {}
    if any(node.value.size * parent.value.size > MANY for e in usable for node in e.nodes for parent in node.parents):
        return {tuple(wrong): ["the arrays are too large to say why: try it with names, such as 'n', for their axes"]}
    views = [View(example) for example in usable]
    views.sort(key=lambda view: (not view.example.wrong, *[-x for x in _worth(view)]))
    with np.errstate(all="ignore"):
        return _Search(wrong, views, shown).lines()


def _worth(view: View) -> tuple[int, ...]:
    """How much an example tells: most where the numbers are generic, no axis is 1, and no two are as long."""
    lengths = view.dims.values()
    return int(view.example.generic), int(min(lengths, default=1) > 1), len(set(lengths)), sum(lengths)


def _stretched(view: View) -> frozenset[Any]:
    """Where broadcasting stretches an array in this example, and along which axes."""
    return frozenset(
        (node.site, k, tuple(i for i, n in enumerate(parent.shape[::-1]) if n == 1 and node.shape[::-1][i] > 1))
        for node in view.active
        if node.elementwise
        for k, parent in enumerate(node.parents)
        if parent.shape != node.shape
    )


class _Search:
    def __init__(self, wrong: Sequence[str], views: Sequence[View], shown: Mapping[str, Example]) -> None:
        self.wrong, self.views, self.shown = list(wrong), list(views), shown
        self.names = [name for name in views[0].example.right if name in views[0].inputs]
        # The one that slips are thought up at: the largest, so that no axis is 1 and nothing looks like something else.
        self.model = max(views, key=_worth)
        self.model.siblings = self.views
        _name_numbers(self.model)
        found = list(_slips(self.model))
        # Where one of two arrays is broadcast and in the other example the other, each has slips of its own.
        known = {(slip.text, frozenset(slip.sites())) for slip in found}
        kinds = {_stretched(self.model)}
        for view in sorted(views, key=_worth, reverse=True):
            if view.example.wrong and len(kinds) < KINDS and _stretched(view) not in kinds:
                kinds.add(_stretched(view))
                view.siblings = self.views
                _name_numbers(view)
                found += [slip for slip in _slips(view) if (slip.text, frozenset(slip.sites())) not in known]
        self.slips = sorted(found, key=lambda slip: slip.cost)

    def explains(self, slip: Slip, name: str) -> bool:
        """Whether the slip gives the gradient that came by hand, everywhere."""
        told = False
        for view in self.views:
            if name not in view.example.hand:
                continue
            predicted, tolerance = view.predicted(slip, name), view.example.tolerance[name]
            if not _same(predicted, view.example.hand[name], tolerance):
                return False
            told = told or (name in view.example.wrong and not _equal(predicted, view.right[name], tolerance))
        return told or name not in self.wrong

    def together(self, slips: Sequence[Slip], names: Sequence[str]) -> bool:
        """The same for several slips at once and several gradients. Slips that undo each other explain nothing."""
        told = set()
        for view in self.views:
            try:
                found = view.gradients(slips)
            except MISFITS:
                return False
            for name in names:
                hand = view.example.hand.get(name)
                if hand is not None and not _same(found[name], hand, view.example.tolerance[name]):
                    return False
                if not _same(found[name], view.right[name], view.example.tolerance.get(name, 0.0)):
                    told.add(name)
        return told == set(names)

    def lines(self) -> dict[tuple[str, ...], list[str]]:
        said: dict[tuple[str, ...], list[str]] = {}
        left = list(self.wrong)
        candidates: dict[str, list[Slip]] = {}
        for name in left:
            candidates[name] = [slip for slip in self.slips if self.explains(slip, name)]
        if not all(candidates.values()):
            forward = list(_forward_slips(self.model))
            for name in left:
                candidates[name] += [slip for slip in forward if self.explains(slip, name)]
        while left:
            every = {id(slip): slip for name in left for slip in candidates[name]}
            if not every:
                break
            scored = []
            for slip in every.values():
                covered = [name for name in left if any(slip is other for other in candidates[name])]
                spoilt = [name for name in self.names if name not in self.wrong and not self.explains(slip, name)]
                alone = [name for name in left if name not in covered and self._moves(slip, name)]
                scored.append((slip, covered, len(covered) - 1.5 * len(spoilt) - len(alone), len(spoilt) + len(alone)))
            # A path that is the only one leaves nothing: then that says no more than that the gradient is 0.
            nothing = all(
                not view.example.hand[name].any() for view in self.views for name in left if name in view.example.hand
            )

            def cost(entry: Any, nothing: bool = nothing) -> float:
                return float(entry[0].cost + 0.6 * (nothing and "lacks the path" in entry[0].text))

            most = max(len(covered) for _, covered, _, _ in scored)
            clean = [entry for entry in scored if not entry[3]]
            pool = [e for e in clean if len(e[1]) == max(len(c[1]) for c in clean)] if clean else []
            if not pool or len(pool[0][1]) < most:
                wide = [entry for entry in scored if len(entry[1]) == most]
                if not pool or min(map(cost, wide)) < min(map(cost, pool)) + 1:
                    pool = wide
            least = min(map(cost, pool))
            chosen = [entry for entry in pool if cost(entry) <= least]
            covered = chosen[0][1]
            chosen = [entry for entry in chosen if entry[1] == covered]
            said[tuple(covered)] = self.say(covered, [entry[0] for entry in chosen], chosen[0][3] == 0)
            left = [name for name in left if name not in covered]
        for group, slips in self.pairs(left):
            said[tuple(group)] = self.say(group, slips, True, both=True)
            left = [name for name in left if name not in group]
        if left:
            said[tuple(left)] = [f"{_and(left)}: no slip that is known gives these numbers at every point tried"]
        return said

    def _moves(self, slip: Slip, name: str) -> bool:
        """Whether the slip changes a gradient at all."""
        view = self.views[0]
        predicted = view.predicted(slip, name)
        return not _same(predicted, view.right[name], view.example.tolerance.get(name, 0.0))

    def pairs(self, left: Sequence[str]) -> Iterator[tuple[list[str], list[Slip]]]:
        """Two slips at once, or three factors."""
        if not left or not self.views[0].example.nodes:
            return
        view = self.views[0]
        hands, tolerance = view.example.hand, view.example.tolerance
        pool: dict[Any, Slip] = {}  # one of those that come to the same
        for slip in self.slips:
            if slip.cost > 2 or slip.forward is not None or len(pool) >= PAIRS:
                continue
            try:
                effects = [effect for view in self.views[:3] for effect in view.gradients([slip]).items()]
            except MISFITS:
                continue
            key = tuple((name, g.shape, tuple(f"{x:.8e}" for x in g.reshape(-1))) for name, g in effects)
            pool.setdefault(key, slip)
        simple = list(pool.values())
        factors = [slip for slip in simple if "the factor" in slip.text][:24]
        tried: list[tuple[int, float, list[str], tuple[Slip, ...]]] = []
        for slips in itertools.chain(itertools.combinations(simple, 2), itertools.combinations(factors, 3)):
            if len(set().union(*(slip.sites() for slip in slips))) < len(slips):
                continue
            if any(_within(view, *two) for two in itertools.permutations(slips, 2)):
                continue
            try:
                found = view.gradients(slips)
            except MISFITS:
                continue
            group = [name for name in left if name in hands and _same(found[name], hands[name], tolerance[name])]
            if group:
                spoilt = [
                    name
                    for name in self.names
                    if name not in self.wrong and name in hands and not _same(found[name], hands[name], tolerance[name])
                ]
                tried.append((len(spoilt) - len(group), sum(slip.cost for slip in slips), group, slips))
        remaining = list(left)
        for _, _, group, slips in sorted(tried, key=lambda entry: entry[:2]):
            wanted = [name for name in group if name in remaining]
            if wanted == group and self.together(slips, group):
                yield group, list(slips)
                remaining = [name for name in remaining if name not in group]

    def say(self, names: Sequence[str], slips: Sequence[Slip], clean: bool, both: bool = False) -> list[str]:
        """What is said of these gradients."""
        # One path has many places to leave it out at; the one nearest to the loss stands for all.
        paths = [slip for slip in slips if "lacks the path" in slip.text][1:]
        slips = [slip for slip in slips if both or not any(slip is path for path in paths)]
        texts = list(dict.fromkeys(self._with_number(slip, names[0]) for slip in slips))[:3]
        who = _and(names)
        lines = [f"{who}: by hand it {(' and it ' if both else ', or it ').join(texts)}"]
        first = slips[0]
        target = first.target if clean else self._first_wrong()
        if target is not None and target in self.model.consumers:
            shown = _written(target)
            followers = [name for name in self.names if name in self.wrong and name != shown]
            below = [name for name in followers if target in self.model.tangents(name)]
            if set(names) <= set(below) and shown not in self.wrong:
                follow = f"; {_and(below)} follow{'s' if len(below) == 1 else ''} from it" if below else ""
                lines.append(f"the first wrong gradient on the way back is ∂L/∂{_atom(target)}{follow}")
        right = first.right or (first.target in self.model.consumers and right_line(self.model, first.target))
        if right:
            lines.append(f"right is {right}")
        return lines

    def _with_number(self, slip: Slip, name: str) -> str:
        view = next((view for view in self.views if view.example is self.shown.get(name)), None)
        return (
            slip.text if slip.number is None or view is None else f"{slip.text}, which is {slip.number(view):.6g} here"
        )

    def _first_wrong(self) -> Any:
        """Of what the first wrong gradient is: the first value, from the loss, that leads to no right one."""
        for node in reversed(self.model.active):
            leads = [name for name in self.names if node in self.model.tangents(name)]
            if leads and all(name in self.wrong for name in leads):
                return node
        return None


def _within(view: View, slip: Slip, detour: Slip) -> bool:
    """Whether a slip is on the way that another one leaves out as a whole."""
    for ends, operand, _ in detour.parts:
        if operand != DETOUR:
            continue
        end, start = (view.find(site) for site in ends)
        for site, place, _ in slip.parts:
            node = view.find(site[0] if place == DETOUR else site)
            inside = view.between(end, node) is not None and view.between(node, start) is not None
            if inside and node is not start and not (node is end and place == WHOLE):
                return True
    return False


def _same(x: Any, hand: Any, tolerance: Any) -> bool:
    if x is None or np.shape(x) != np.shape(hand):
        return False
    allowed = NEAR * np.maximum(np.abs(x), np.abs(hand)) + (
        tolerance if np.shape(tolerance) == np.shape(hand) else np.nanmax(tolerance, initial=0.0)
    )
    close = np.abs(x - hand) <= allowed
    return bool(np.all(close | np.isnan(tolerance) if np.shape(tolerance) == np.shape(hand) else close))


def _equal(x: Any, y: Any, tolerance: Any) -> bool:
    return np.shape(x) == np.shape(y) and bool(np.all(np.abs(x - y) <= tolerance))


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# The slips.


def _constant(factor: float) -> Change:
    return lambda view, node, g, right: right * factor


def _at(node: Any, place: int, own: float = 0.0) -> Callable[..., Slip]:
    """Makes slips at one place: in what a node adds to the gradient of one of its parents, or in its own (`WHOLE`)."""
    target = node if place == WHOLE else node.parents[place]

    def slip(cost: float, text: str, change: Change, number: Any = None) -> Slip:
        return Slip(((node.site, place, change),), cost + own, text, target, number=number)

    return slip


def _slips(view: View) -> Iterator[Slip]:
    """Everything that might have gone wrong, as seen at one example."""
    for node in _one_of_each_site(reversed(view.active)):
        yield from _whole(view, node)
        yield from _without_target(view, node)
        if node.op == "input":
            continue
        for k, parent in enumerate(node.parents):
            if parent in view._on:
                yield from _edge(view, node, k)
    yield from _chains(view)


def _one_of_each_site(nodes: Iterable[Any]) -> list[Any]:
    """The first of those that one call in a loop has made."""
    found: dict[Any, Any] = {}
    for node in nodes:
        found.setdefault(node.site, node)
    return list(found.values())


def _whole(view: View, node: Any) -> Iterator[Slip]:
    """Slips in the whole gradient of one array."""
    is_input, name = node.op == "input", _written(node)
    interesting = is_input or node is view.root or bool(node.name) or len(view.consumers[node]) > 1
    own = 0.0 if is_input else 0.3 if node.name else 0.5

    slip = _at(node, WHOLE, own)

    if not is_input and node is not view.root:
        beside = any(len(view.consumers[parent]) > 1 for parent in node.parents if parent in view.consumers)
        lost = ": it is left out, or overwritten where it should be added" if beside else ""
        yield slip((0.9 if node.name else 1.05) - own, f"lacks the path through {name}{lost}", _constant(0.0))
    if not interesting:
        return
    yield slip(1, "has the wrong sign", _constant(-1.0))
    yield slip(1, "is twice too large", _constant(2.0))
    yield slip(1, "is half of what it should be", _constant(0.5))
    if is_input:
        yield slip(1.3, "is 0 where it should not be", _constant(0.0))
        for times, text in ((3.0, "is three times too large"), (1 / 3, "is a third of what it should be")):
            yield slip(2, text, _constant(times))
    for dim in view.dims:
        yield slip(1.5, f"is {dim} times too large: the mean over {dim} is forgotten",
                   lambda v, n, g, right, dim=dim: right * v.dims[dim])  # fmt: skip
        yield slip(1.5, f"is {dim} times too small: a mean over {dim} is taken once too often",
                   lambda v, n, g, right, dim=dim: right / v.dims[dim])  # fmt: skip
    if node is view.root and view.example.upstream is not None:
        yield slip(0.0, "ignores the upstream gradient", lambda v, n, g, right: np.ones_like(g))
        yield slip(2, "takes the mean of the upstream gradient", lambda v, n, g, right: np.full_like(g, np.mean(g)))
    if len(node.shape) == 2:
        yield slip(1, "is transposed", lambda v, n, g, right: right.T)
    for axis, length in enumerate(node.shape):
        if length < 2 and not view.dims:
            continue
        for by in (1, -1):
            yield slip(2.5, f"is off by one along axis {axis}",
                       lambda v, n, g, right, axis=axis, by=by: np.roll(right, by, axis))  # fmt: skip
            yield slip(2.5, f"is off by one along axis {axis}",
                       lambda v, n, g, right, axis=axis, by=by: _shifted(right, axis, by))  # fmt: skip
        for place, which in ((0, "first"), (-1, "last")):
            yield slip(2, f"lacks the {which} row along axis {axis}, which is left at 0",
                       lambda v, n, g, right, axis=axis, place=place: _without(right, axis, place))  # fmt: skip
        yield slip(2.2, f"is summed over axis {axis} where it should not be",
                   lambda v, n, g, right, axis=axis: right.sum(axis))  # fmt: skip
        yield slip(2.3, f"is summed over axis {axis} where it should not be",
                   lambda v, n, g, right, axis=axis: right * 0 + right.sum(axis, keepdims=True))  # fmt: skip
    if is_input and len(view.consumers[node]) > 1:
        yield from _only_one(view, node)
    if len(view.nodes) <= LARGE:
        yield from _multiplied(view, node, own)


def _only_one(view: View, node: Any) -> Iterator[Slip]:
    """What is overwritten where it should be added."""
    ways = list(dict.fromkeys((consumer.site, k) for consumer, k in view.consumers[node]))
    if len(ways) > 2:
        for kept in ways:
            parts = tuple((site, k, _constant(0.0)) for site, k in ways if (site, k) != kept)
            through = _written(view.find(kept[0]))
            yield Slip(parts, 2, f"is overwritten where it should be added up: only the path through {through} is left",
                       node)  # fmt: skip

    def overwritten(backwards: bool) -> Change:
        def change(v: View, n: Any, g: Any, right: Any) -> Any:
            out = np.zeros(right.size)
            for consumer, k in v.consumers[n][:: -1 if backwards else 1]:
                matrix = consumer.jacobians()[k]
                written = (matrix != 0).any(axis=0)
                out[written] = (v._gradient(consumer).reshape(-1) @ matrix)[written]
            return out.reshape(right.shape)

        return change

    for backwards in (False, True):
        yield Slip(((node.site, WHOLE, overwritten(backwards)),), 1.7,
                   "is overwritten where it should be added up: the paths to it overlap", node)  # fmt: skip


def _multiplied(view: View, node: Any, own: float) -> Iterator[Slip]:
    """Another array of the graph is a factor by mistake."""
    slip = _at(node, WHOLE, own)
    for other in _others(view, node.shape):
        name = _written(other)
        yield slip(2, f"has once too often the factor {name}",
                   lambda v, n, g, right, site=other.site: right * v.value(site, n))  # fmt: skip
        if other.shape == node.shape:
            for said, function in (
                (f"{name}·(1 − {name})", lambda x: x * (1 - x)),
                (f"1 − {name}²", lambda x: 1 - x * x),
                (f"exp({name})", np.exp),
                (f"p·(1 − p), p being exp({name})", lambda x: np.exp(x) * (1 - np.exp(x))),
            ):
                yield slip(2.5, f"has once too often the factor {said}",
                           lambda v, n, g, right, site=other.site, f=function: right * f(v.value(site, n)))  # fmt: skip
        if not node.shape:
            yield slip(2.6, f"is divided by {name}",
                       lambda v, n, g, right, site=other.site: right / v.value(site, n))  # fmt: skip


def _shifted(x: Any, axis: int, by: int) -> Any:
    """Moved along an axis; what is moved in is 0."""
    moved = np.roll(x, by, axis)
    return _without(moved, axis, 0 if by > 0 else -1)


def _without(x: Any, axis: int, place: int) -> Any:
    out = x.copy()
    index: list[Any] = [slice(None)] * x.ndim
    index[axis] = place
    out[tuple(index)] = 0.0
    return out


def _edge(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in what one array adds to the gradient of one of its operands."""
    parent, name = node.parents[k], _written(node)
    several = len(view.consumers[parent]) > 1

    slip = _at(node, k)

    if several:
        lost = ": it is left out, or overwritten where it should be added"
        yield slip(0.95 if node.name else 1.06, f"lacks the path through {name}{lost}", _constant(0.0))
        yield slip(1.6, f"has the wrong sign on the path through {name}", _constant(-1.0))
        yield slip(1.6, f"is twice too large on the path through {name}", _constant(2.0))
        yield slip(1.6, f"is half of what it should be on the path through {name}", _constant(0.5))
        if len(parent.shape) == 2 and parent.shape[0] == parent.shape[1]:
            yield slip(1.8, f"is transposed on the path through {name}", lambda v, n, g, right: right.T)
    turns = view.by_site[node.site]
    if len(turns) > 1:
        for which, place in (("first", 0), ("last", -1)):
            yield slip(1.8, f"is overwritten in a loop where it should be added up: only the {which} turn is left",
                       lambda v, n, g, right, place=place: right * (n is v.by_site[n.site][place]))  # fmt: skip
            yield slip(1.9, f"lacks the {which} turn of the loop",
                       lambda v, n, g, right, place=place: right * (n is not v.by_site[n.site][place]))  # fmt: skip
    if node.elementwise:
        yield from _of_elements(view, node, k)
    if node.op in ("matmul", "dot", "einsum", "matvec", "vecmat", "inner", "tensordot", "outer"):
        yield from _of_products(view, node, k)
    if node.op in ("sum", "mean", "max", "min"):
        yield from _of_reductions(view, node, k)
    if node.op in ("getitem", "take"):
        yield from _of_slices(view, node, k)
    if node.op == "transpose" and len(parent.shape) == 2:
        yield slip(1, "is transposed", lambda v, n, g, right: right.T)


def _slope(node: Any, k: int) -> Any:
    """∂node/∂parent for each number, where each comes from one number."""
    return node.jacobians()[k].sum(axis=1).reshape(node.shape)


def _summed(x: Any, shape: tuple[int, ...]) -> Any:
    """Added up over the axes that broadcasting has stretched."""
    if x.ndim < len(shape):
        raise MismatchError
    x = x.sum(axis=tuple(range(x.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    x = x.sum(axis=stretched, keepdims=True) if stretched else x
    if x.shape != shape:
        raise MismatchError
    return x


def _of_elements(view: View, node: Any, k: int) -> Iterator[Slip]:
    parent = node.parents[k]
    slope = _slope(node, k)

    slip = _at(node, k)

    def here(v: View) -> float:
        return float(_slope(v.find(node.site), k))

    trivial = bool(np.all(slope == 1.0))
    constant = slope.size > 0 and all(
        np.all(_slope(other, k) == slope.flat[0]) for sibling in view.siblings for other in sibling.at(node.site)
    )
    if not trivial:
        factor = _factor(node, k)
        cost = 1.0 if not constant else 1.5
        if constant and np.all(slope == -1.0):
            yield slip(1.6, "has the wrong sign",
                       lambda v, n, g, right: _summed(g, n.parents[k].shape))  # fmt: skip
        else:
            number = here if "local" in node.settings else None
            if np.ptp(slope) == 0 and (size := _length(view, node, k)):
                factor, number = size, None
            yield slip(cost, f"lacks the factor {factor}",
                       lambda v, n, g, right: _summed(g, n.parents[k].shape), number)  # fmt: skip
            yield slip(cost + 0.2, f"has once too often the factor {factor}",
                       lambda v, n, g, right: _summed(g * _slope(n, k) ** 2, n.parents[k].shape), number)  # fmt: skip
            yield slip(cost + 1.2, f"is divided by the factor {factor} where it should be multiplied by it",
                       lambda v, n, g, right: _summed(g / _slope(n, k), n.parents[k].shape))  # fmt: skip
    if node.op in ("multiply", "divide") and len(node.parents) == 2:
        yield from _swapped(view, node, k)
    if parent.shape != node.shape:
        yield from _not_summed(view, node, k)
    if len(view.nodes) <= LARGE and node.shape != parent.shape:
        for other in _others(view, node.shape):
            yield slip(2.4, f"is multiplied by {_written(other)}",
                       lambda v, n, g, right, site=other.site:
                       _summed(g * _slope(n, k) * v.value(site, n), n.parents[k].shape))  # fmt: skip
    if node.op == "where" and "mask" in node.settings:
        yield slip(1.5, f"lacks the mask of {_written(node)}", lambda v, n, g, right: _summed(g, n.parents[k].shape))


def _symbol(view: View, numbers: Callable[[View], Sequence[float]]) -> str:
    """A number that is another one in every example, by the lengths of axes: 1/n, 2·n, √d, n·k; empty where it is none.

    What is said of a mistake is shown beside another example than the one it was thought up at.
    """
    found = [(number, sibling.lengths()) for sibling in view.siblings for number in numbers(sibling)]
    if len({number for number, _ in found}) < 2 or not all(np.isfinite(number) and number for number, _ in found):
        return ""
    named = itertools.chain.from_iterable(itertools.combinations(view.dims, count) for count in (1, 2, 3))
    others = [(axis,) for axis in view.lengths() if all(axis in lengths for _, lengths in found)]
    for axes in (*named, *others):
        for power in (-1.0, 1.0, -0.5, 0.5):
            ratios = [number / math.prod(lengths[axis] for axis in axes) ** power for number, lengths in found]
            if np.allclose(ratios, ratios[0], rtol=1e-12, atol=0):
                product = "·".join(axes)
                root = f"√({product})" if "·" in product else f"√{product}"
                return _ratio(ratios[0], root if abs(power) < 1 else product, power < 0)
    return ""


def _ratio(factor: float, length: str, below: bool) -> str:
    """A number times a length, or divided by it."""
    if factor < 0:
        return f"−{_ratio(-factor, length, below)}"
    above, times = f"{factor:.6g}", f"{1 / factor:.6g}"
    if not below:
        return length if above == "1" else f"{above}·{length}"
    if times.isdigit():
        above, length = "1", length if times == "1" else f"{times}·{length}"
    return f"{above}/({length})" if "·" in length else f"{above}/{length}"


def _length(view: View, node: Any, k: int) -> str:
    """A local derivative that is one number, by the lengths of axes; empty where it is something else."""

    def slopes(v: View) -> list[float]:
        all_of = [_slope(other, k) for other in v.at(node.site)]
        return [x.flat[0] if x.size and np.ptp(x) <= 1e-12 * abs(x.flat[0]) else math.nan for x in all_of]

    return _symbol(view, slopes)


class _Number(float):
    """A number of the forward pass that is another one in another example, as it is written."""

    text = "…"


def _name_numbers(view: View) -> None:
    """Write the numbers of the forward pass that are not the same in every example by the lengths of axes."""

    def is_number(x: Any) -> bool:
        return not hasattr(x, "op") and isinstance(x, (int, float, np.number, np.ndarray)) and np.size(x) == 1

    for node in view.nodes:
        for i, x in enumerate(node.operands):
            if not is_number(x) or isinstance(x, (bool, _Number)):
                continue

            def numbers(v: View, site: Any = node.site, i: int = i) -> list[float]:
                return [_number_of(n.operands[i]) for n in v.at(site) if is_number(n.operands[i])]

            if len({number for sibling in view.siblings for number in numbers(sibling)}) > 1:
                named = _Number(_number_of(x))
                named.text = _symbol(view, numbers) or named.text
                node.operands = (*node.operands[:i], named, *node.operands[i + 1 :])


def _others(view: View, shape: tuple[int, ...] | None = None) -> Iterator[Any]:
    """The arrays with a name; those that have this shape, or broadcast to it, where one is given."""
    for other in _one_of_each_site(node for node in view.nodes if node.name and node.op != "constant"):
        try:
            if shape is None or np.broadcast_shapes(other.shape, shape) == shape:
                yield other
        except ValueError:
            continue


def _swapped(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Another array in the place of the other factor."""
    partner = node.parents[1 - k]
    if node.op == "divide" and k == 1:
        return
    if partner.op == "getitem" and node.op == "multiply":
        for axis in range(len(partner.parents[0].shape)):
            for by in (1, -1):

                def moved(v: View, n: Any, g: Any, right: Any, axis: int = axis, by: int = by) -> Any:
                    part = n.parents[1 - k]
                    whole = part.parents[0].value
                    return _summed(g * np.roll(whole, by, axis)[part.settings["index"]], n.parents[k].shape)

                base = _written(partner.parents[0])
                yield Slip(((node.site, k, moved),), 1.6, f"takes {base} off by one along axis {axis}", node.parents[k])
    if len(view.nodes) > LARGE:
        return
    for other in _instead(view, partner, _others(view, node.shape)):

        def change(v: View, n: Any, g: Any, right: Any, site: Any = other.site) -> Any:
            x = v.value(site, n)
            return _summed(g * x if n.op == "multiply" else g / x, n.parents[k].shape)

        yield Slip(((node.site, k, change),), 2, f"has {_written(other)} in the place of {_written(partner)}",
                   node.parents[k])  # fmt: skip


def _not_summed(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in adding up over an axis that broadcasting has stretched."""
    parent = node.parents[k]
    name = _written(parent)

    def slip(cost: float, text: str, of: Callable[..., Any]) -> Slip:
        def change(v: View, n: Any, g: Any, right: Any) -> Any:
            return of(g * _slope(n, k), n.parents[k].shape)

        return Slip(((node.site, k, change),), cost, text, parent)

    yield slip(1.2, f"is not summed over the axis along which {name} is broadcast", lambda e, shape: e)
    yield slip(1.4, f"is averaged where it should be summed over the axis along which {name} is broadcast",
               lambda e, shape: _summed(e, shape) * (math.prod(shape) / max(e.size, 1)))  # fmt: skip
    for axis in range(len(node.shape)):
        yield slip(1.3, f"is summed over the wrong axis: {axis}", lambda e, shape, axis=axis: e.sum(axis))
        yield slip(1.7, f"is summed over axis {axis} with keepdims, so that it has an axis too many",
                   lambda e, shape, axis=axis: e.sum(axis, keepdims=True))  # fmt: skip
        yield slip(1.5, f"is summed over the wrong axis: {axis}, and repeated or cut to fit",
                   lambda e, shape, axis=axis: np.resize(e.sum(axis), shape))  # fmt: skip
        yield slip(1.7, f"is averaged over the wrong axis: {axis}", lambda e, shape, axis=axis: e.mean(axis))
        for place, which in ((0, "first"), (-1, "last")):
            yield slip(1.8, f"takes the {which} row alone where it should be summed over axis {axis}",
                       lambda e, shape, axis=axis, place=place: e.take(place, axis))  # fmt: skip
    yield slip(1.6, "is summed over all axes", lambda e, shape: e.sum())


def _of_products(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in a matrix product: transposes, and other arrays in the place of a factor."""
    parent = node.parents[k]
    plain = node.op in ("matmul", "dot", "matvec", "vecmat") and len(node.operands) == 2
    # Which operand of the call the parent is.
    place = next((i for i, x in enumerate(node.operands) if x is parent and (i == k or len(node.parents) == 1)), None)
    partner: Any = None
    if plain and place is not None:
        partner = node.operands[1 - place]
    elif len(node.parents) == 2:
        partner = node.parents[1 - k]
    if partner is None:
        return
    name = _written(partner)

    def of(n: Any) -> Any:
        other = n.operands[1 - place] if plain and place is not None else n.parents[1 - k]
        return np.asarray(other.value if hasattr(other, "value") else other, dtype=float)

    def with_other(n: Any, g: Any, other: Any) -> Any:
        """What would be right if the partner were another array."""
        if plain and max(len(n.shape), other.ndim, len(n.parents[k].shape)) <= 2:
            return _matmul_backward(place, n.parents[k].value, other, g)
        if len(n.parents) != 2 or other.shape != n.parents[1 - k].shape:
            raise MismatchError
        inputs = [p.value for p in n.parents]
        inputs[1 - k] = other
        matrix = n.jacobians_at(inputs)[1][k]
        return (g.reshape(-1) @ matrix).reshape(n.parents[k].shape)

    slip = _at(node, k)

    if np.ndim(of(node)) >= 2:
        yield slip(1, f"has {name} where {name} transposed belongs: {name} is transposed once too often or too rarely",
                   lambda v, n, g, right: with_other(n, g, np.swapaxes(of(n), -1, -2)))  # fmt: skip
    yield slip(1.4, f"lacks the factor {name}", lambda v, n, g, right: g)
    if len(node.shape) == 2 and len(parent.shape) == 2:
        yield slip(1.9, f"has ∂L/∂{_atom(node)} transposed",
                   lambda v, n, g, right: _matmul_backward(place, n.parents[k].value, of(n), g.T) if plain
                   else with_other(n, g.T, of(n)))  # fmt: skip
        yield slip(1, "is transposed", lambda v, n, g, right: right.T)
    yield slip(2.6, f"has an elementwise product with {name} for the matrix product", lambda v, n, g, right: g * of(n))
    if len(view.nodes) > LARGE:
        return
    for other in _instead(view, partner, _others(view)):
        if len(other.shape) == np.ndim(of(node)) and (view.dims or other.shape == of(node).shape):
            yield slip(2, f"has {_written(other)} in the place of {name}",
                       lambda v, n, g, right, site=other.site: with_other(n, g, v.value(site, n)))  # fmt: skip


def _instead(view: View, array: Any, others: Iterable[Any]) -> list[Any]:
    """What may stand in the place of an array: others, and what it is an activation of, which may have no name."""
    before = _before_activation(view, array) if array in view._on else None
    found = [other for other in others if other.site != getattr(array, "site", None)]
    return found if before is None or before in found else [*found, before]


def _matmul_backward(place: int | None, x: Any, other: Any, g: Any) -> Any:
    """The gradient of one factor of a product of matrices or vectors."""
    if place == 0:
        if other.ndim == 1:
            return g * other if x.ndim == 1 else np.outer(g, other)
        return other @ g if x.ndim == 1 else g @ other.T
    if other.ndim == 1:
        return g * other if x.ndim == 1 else np.outer(other, g)
    return other.T @ g


def _of_reductions(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in a sum, a mean, a maximum or a minimum."""
    yield from (_of_extremes(node, k) if node.op in ("max", "min") else _of_sums(view, node, k))


def _of_sums(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in a sum or a mean: how many they are, and along which axis."""
    slip, many = _at(node, k), _count(view, node)

    def count(n: Any) -> int:
        return int(max(1, n.parents[0].value.size // max(1, n.value.size)))

    if node.op == "mean":
        yield slip(1, f"lacks the factor 1/{many}: the mean is forgotten", lambda v, n, g, right: right * count(n))
        yield slip(1.2, f"is divided by {many} once too often: the mean is taken twice",
                   lambda v, n, g, right: right / count(n))  # fmt: skip
        for dim in view.dims:
            yield slip(1.6, f"is divided by {dim} where the mean is over {many}",
                       lambda v, n, g, right, dim=dim: right * count(n) / v.dims[dim])  # fmt: skip
    else:
        yield slip(1.2, f"is divided by {many}: a mean once too often", lambda v, n, g, right: right / count(n))
    for axis, wrong in _wrong_axes(node):
        yield slip(1.6, f"is spread {wrong}", lambda v, n, g, right, axis=axis:
                   _spread(n, g, (axis,)) / (count(n) if n.op == "mean" else 1))  # fmt: skip


def _of_extremes(node: Any, k: int) -> Iterator[Slip]:
    """Slips in a maximum or a minimum: its mask, and along which axis it is."""
    slip = _at(node, k)
    yield slip(1.4, f"lacks the mask of {_written(node)}: only the {node.op} itself has a gradient",
               lambda v, n, g, right: _spread(n, g, n.settings["axes"]).copy())  # fmt: skip
    for axis, wrong in _wrong_axes(node):
        for along in (*node.settings["axes"], axis):
            yield slip(1.6, f"has the {node.op} taken {wrong}", lambda v, n, g, right, axis=axis, along=along:
                       _is_extreme(n, axis) * _spread(n, g, (along,)))  # fmt: skip


def _wrong_axes(node: Any) -> Iterator[tuple[int, str]]:
    """The axes along which a reduction is not, where it is along one alone."""
    axes = node.settings["axes"]
    for axis in range(len(node.parents[0].shape)):
        if len(axes) == 1 and axis not in axes:
            yield axis, f"over the wrong axis: {axis} for {axes[0]} in {_written(node)}"


def _spread(n: Any, g: Any, axes: tuple[int, ...]) -> Any:
    """The gradient of a reduction at every number that went in, as if it had been along these axes."""
    shape = n.parents[0].shape
    kept = np.reshape(g, [length for axis, length in enumerate(shape) if axis not in n.settings["axes"]])
    return np.broadcast_to(np.expand_dims(kept, axes), shape)


def _is_extreme(n: Any, axis: int) -> Any:
    """Where the maximum, or the minimum, along an axis is."""
    x = n.parents[0].value
    return x == (x.max(axis, keepdims=True) if n.op == "max" else x.min(axis, keepdims=True))


def _count(view: View, node: Any) -> str:
    """Over how many numbers a mean or a sum is."""
    [parent], axes = node.parents, node.settings["axes"]
    if text := _total(view, lambda v: [n.parents[0].value.size // max(1, n.value.size) for n in v.at(node.site)]):
        return text
    whole = len(axes) == len(parent.shape)
    return f"{_atom(parent)}.size" if whole else "·".join(f"{_atom(parent)}.shape[{axis}]" for axis in axes)


def _total(view: View, counts: Callable[[View], Sequence[float]]) -> str:
    """How many they are, by the lengths of axes where they are not always as many; empty where nothing is known."""
    found = {count for sibling in view.siblings for count in counts(sibling)}
    symbol = f"{found.pop()}" if len(found) == 1 else _symbol(view, counts)
    return f"({symbol})" if "·" in symbol else symbol


def _of_slices(view: View, node: Any, k: int) -> Iterator[Slip]:
    parent, name = node.parents[k], _written(node)

    slip = _at(node, k)

    for axis in range(len(parent.shape)):
        for by in (1, -1):
            yield slip(2, f"is off by one along axis {axis}, at {name}",
                       lambda v, n, g, right, axis=axis, by=by: _shifted(right, axis, by))  # fmt: skip

    def last(v: View, n: Any, g: Any, right: Any) -> Any:
        out = np.zeros(right.size)
        rows, columns = np.nonzero(n.jacobians()[0])
        for row, column in zip(rows, columns, strict=True):
            out[column] = g.reshape(-1)[row]
        return out.reshape(right.shape)

    yield slip(1.5, f"is overwritten where it should be added up: an index comes twice in {name}", last)


# Several operations at once: activations that are written with exp, softmax, normalisation.

ACTIVATIONS: dict[str, Op] = {
    "σ": ops.sigmoid, "tanh": ops.tanh, "relu": ops.relu, "softplus": ops.softplus, "exp": ops.exp, "log": ops.log,
    "sqrt": ops.sqrt, "sin": ops.sin, "cos": ops.cos, "abs": ops.absolute,
}  # fmt: skip


def _apply(op: Op, x: Any) -> Any:
    return np.array([op.forward(float(v)) for v in np.ravel(x)]).reshape(np.shape(x))


def _derivative(op: Op, x: Any) -> Any:
    found = [op.partials[0](op.forward(float(v)), float(v)) for v in np.ravel(x)]
    return np.array(found, dtype=float).reshape(np.shape(x))


def _activation(x: Any, y: Any) -> str:
    """Which function it is that takes one array to the other."""
    if not np.size(x):
        return ""
    for name, op in ACTIVATIONS.items():
        if np.allclose(_apply(op, x), y, rtol=1e-9, atol=1e-12, equal_nan=True):
            return name
    return ""


def _without_target(view: View, node: Any) -> Iterator[Slip]:
    """Probabilities alone, where their target is subtracted from them: the gradient of a cross-entropy."""
    if not node.shape or not view.example.nodes:
        return
    for axis in (None, *(axis for axis, length in enumerate(node.shape) if length > 1)):
        p = _probabilities(node.value, axis)
        name = next((other.name for other in view.nodes if other.name and _alike(other.value, p)), "")
        name = name or (f"σ({_written(node)})" if axis is None else f"softmax({_written(node)})")
        for i in range(len(_batches(node.shape, axis))):
            target = _target(view, node, axis, i)
            known = next((x.name for x in view.nodes if x.op == "input" and _alike(x.value, target)), "")
            if not all(
                _alike(v.inputs[known].value if known else _one_hot(target), target)
                for v in view.siblings
                for n in v.at(node.site)
                for target in [_target(v, n, axis, i)]
            ):
                continue
            less = known or ("target" if axis is None else "one-hot")
            over = _total(view, lambda v, i=i, axis=axis: [_batches(n.shape, axis)[i] for n in v.at(node.site)])  # type: ignore[misc]
            full = f"{name} − {less}" if over == "1" else f"({name} − {less}) / {over}"
            for j in dict.fromkeys((i, 0)):

                def alone(v: View, n: Any, g: Any, right: Any, j: int = j, axis: Any = axis) -> Any:
                    return _probabilities(n.value, axis) / _batches(n.shape, axis)[j]

                given = name if j == 0 else f"{name} / {over}"
                forgotten = (
                    f"the target{f' {known}' if known else ''} {'is' if j == i else 'and the mean are'} forgotten"
                )
                slip = _at(node, WHOLE)(0.5, f"has {given} in the place of {full}: {forgotten}", alone)
                yield slip._replace(right=f"∂L/∂{_atom(node)} = {full}")
            break


def _target(view: View, node: Any, axis: int | None, i: int) -> Any:
    """What is subtracted from the probabilities, if the gradient is that difference, or its mean."""
    right = view.adjoint.get(node, view.right.get(node.name))
    if right is None:
        return math.nan
    return _probabilities(node.value, axis) - right * _batches(node.shape, axis)[i]


def _one_hot(target: Any) -> Any:
    """The nearest array of 0 and 1."""
    return (np.asarray(target) > 0.5) * 1.0


def _probabilities(x: Any, axis: int | None) -> Any:
    """The softmax along an axis; the sigmoid of each number where there is none."""
    if axis is None:
        return 1 / (1 + np.exp(-x))
    powers = np.exp(x - x.max(axis, keepdims=True, initial=-math.inf))
    return powers / powers.sum(axis, keepdims=True)


def _batches(shape: tuple[int, ...], axis: int | None) -> tuple[int, ...]:
    """What a sum of losses may be divided by: nothing, the rows, all but the classes, all."""
    size = math.prod(shape)
    return 1, shape[0], size // max(1, shape[axis]) if axis is not None else size, size


def _alike(x: Any, y: Any) -> bool:
    return np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=1e-9, atol=1e-9)


def _chains(view: View) -> Iterator[Slip]:
    """Slips between two arrays of one shape, with several operations on the way or one."""
    nodes = [node for node in view.active if node.value.size]
    if len(nodes) > LARGE:
        return
    count = 0
    for end in reversed(nodes):
        if end.op == "input":
            continue
        before = _before_activation(view, end)
        for start in nodes:
            if start is end or start.shape != end.shape or start.site == end.site:
                continue
            if count > 400:
                return
            direct = start in end.parents
            told = direct or start is before or (bool(end.name or end is view.root) and bool(start.name))
            matrix = view.between(end, start) if told else None
            if matrix is None:
                continue
            diagonal = bool(np.all(matrix == np.diag(np.diag(matrix))))
            if diagonal and np.ptp(np.diag(matrix)) == 0 and np.size(matrix) > 1:
                continue
            count += 1
            yield from _chain(view, start, end, diagonal, direct)


def _chain(view: View, start: Any, end: Any, diagonal: bool, direct: bool) -> Iterator[Slip]:
    """Slips in all that lies between two arrays."""
    if (start.value.size == 1 and not diagonal) or (end.elementwise is False and diagonal and start.value.size > 1):
        return
    known = _activation(start.value, end.value) if diagonal else ""
    text = f"∂{_atom(end)}/∂{_atom(start)}" + (f" = {known}′({_written(start)})" if known else "")
    several = [] if known else _factors_between(view, start, end)

    def slip(cost: float, said: str, of: Callable[..., Any]) -> Slip:
        """``of`` takes the view, the two nodes, the gradient of the later one and the matrix between them."""

        def change(v: View, n: Any, g: Any, right: Any) -> Any:
            # In place of what goes the long way to the earlier node, it gets what the slip gives.
            first = v.find(start.site, n)
            matrix = v.between(n, first)
            if matrix is None:
                raise MismatchError
            return of(v, first, n, g, matrix).reshape(first.shape) - (g.reshape(-1) @ matrix).reshape(first.shape)

        return Slip((((end.site, start.site), DETOUR, change),), cost, said, start)

    if not direct:
        cost = 1.1 + 0.3 * len(several) if diagonal else 1.9
        factors = (
            f"the factors {_and(several)}" if len(several) > 1 else f"the factor {several[0] if several else text}"
        )
        yield slip(cost, f"lacks {factors}", lambda v, s, n, g, m: g)
        if diagonal:
            yield slip(cost + 0.2, f"has once too often {factors}", lambda v, s, n, g, m: g * _diag(m, n) ** 2)
    if not diagonal:
        yield from _of_a_matrix(slip, start, end, text)
        return
    yield from _another_slope(view, slip, start, end, known, text)
    if known == "relu":
        yield from _of_a_mask(view, slip, start, end)


def _of_a_matrix(slip: Callable[..., Slip], start: Any, end: Any, text: str) -> Iterator[Slip]:
    """Where each number of the later array depends on several of the earlier one's, as in a softmax."""
    z, a = _written(start), _written(end)
    yield slip(1.5, f"has the diagonal of {text} alone: each number of {a} depends on others of {z} too",
               lambda v, s, n, g, m: g * _diag(m, n))  # fmt: skip
    for axis in range(len(start.shape)):
        if np.allclose(end.value.sum(axis=axis), 1) and end.value.min() > 0:  # softmax
            for other in [a for a in range(len(start.shape)) if a != axis] + [tuple(range(len(start.shape)))]:
                yield slip(1.4, f"is summed over the wrong axis within softmax: {other} for {axis}",
                           lambda v, s, n, g, m, other=other:
                           n.value * (g - (g * n.value).sum(axis=other, keepdims=True)))  # fmt: skip
    yield slip(1.8, f"has once too often the diagonal of {text}",
               lambda v, s, n, g, m: (g.reshape(-1) @ m).reshape(s.shape) * _diag(m, n))  # fmt: skip


def _another_slope(
    view: View, slip: Callable[..., Slip], start: Any, end: Any, known: str, text: str
) -> Iterator[Slip]:
    """Where a function is applied number by number: its derivative taken at another place, or of another function."""
    z, a = _written(start), _written(end)
    places = [(start, z)] + ([(end, a)] if end is not view.root else [])
    for other in _others(view, start.shape):
        if other.shape == start.shape and other is not start and other is not end:
            places.append((other, _written(other)))
    beside = [  # what comes before the last addition: z without its bias
        node
        for node in view.active
        if node.shape == start.shape and node is not start and not node.name and node in start.parents
    ]
    places += [(node, _written(node)) for node in beside]
    if len(view.nodes) > 60 and not (start.name and end.name):
        places = places[:2]
    for at, shown in places:
        for name, op in ACTIVATIONS.items():
            if name == known and at is start:
                continue
            if not known and (at is not start and at is not end):
                continue
            if at not in (start, end) and name != known:
                continue
            if len(np.unique(_derivative(op, at.value))) == 1 and name != known:
                continue  # no more than a constant factor
            usual = name == known or (at is start and name in ("σ", "tanh", "relu", "softplus"))
            cost = (1.3 if at in (end, *beside) or at is start else 1.7) if known and usual else 1.9
            said = f"has {name}′({shown}) in the place of {text}"
            yield slip(cost, said,
                       lambda v, s, n, g, m, op=op, site=at.site: g * _derivative(op, v.value(site, n)))  # fmt: skip
        atom = _atom(at)
        for cost, written, function in (
            (1.3, f"{atom}·(1 − {atom})", lambda x: x * (1 - x)),
            (1.3, f"1 − {atom}²", lambda x: 1 - x * x),
            (1.6, f"1 − {atom}", lambda x: 1 - x),
            (1.6, shown, lambda x: x),
            (1.5, f"1 − {atom} for its square", lambda x: 1 - np.abs(x)),
        ):
            if at not in (start, end):
                continue
            yield slip(cost, f"has {written} in the place of {text}",
                       lambda v, s, n, g, m, f=function, site=at.site: g * f(v.value(site, n)))  # fmt: skip


def _of_a_mask(view: View, slip: Callable[..., Slip], start: Any, end: Any) -> Iterator[Slip]:
    """The mask of relu: at 0, turned round, or of something else."""
    z = _written(start)
    yield slip(1.2, f"has a slope of 1 where {z} is 0: its mask should be {z} > 0, for relu′(0) is 0",
               lambda v, s, n, g, m: g * (s.value >= 0))  # fmt: skip
    yield slip(1.2, f"has the mask of relu the wrong way round: it should be {z} > 0",
               lambda v, s, n, g, m: g * (s.value < 0))  # fmt: skip
    yield slip(1.6, "has its mask taken of the gradient in the place of the input of relu",
               lambda v, s, n, g, m: g * (g > 0))  # fmt: skip
    for other in _others(view, start.shape):
        if other.shape == start.shape and other is not start and other is not end:
            yield slip(1.8, f"has the mask of {_written(other)} in the place of that of {z}",
                       lambda v, s, n, g, m, site=other.site: g * (v.value(site, n) > 0))  # fmt: skip


def _factors_between(view: View, start: Any, end: Any) -> list[str]:
    """The local derivatives on the way from one array to another, where there is one way."""
    found = []
    node = end
    while node is not start:
        ways = [
            k for k, parent in enumerate(node.parents) if parent in view._on and view.between(parent, start) is not None
        ]
        if len(ways) != 1 or not node.elementwise:
            return []
        [k] = ways
        if (_slope(node, k) != 1.0).any():
            found.append(_factor(node, k))
        node = node.parents[k]
    return found


def _diag(matrix: Any, node: Any) -> Any:
    return np.diag(matrix).reshape(node.shape)


def _forward_slips(view: View) -> Iterator[Slip]:
    """The forward pass that the backward pass has in mind is another one."""
    if not view.example.nodes or len(view.nodes) > LARGE:
        return
    for node in _one_of_each_site(node for node in view.active if node.op != "input"):
        if node.op in ("add", "subtract") and len(node.parents) == 2:
            yield from _without_term(node)
        if node.elementwise and len(node.parents) == 1:
            yield from _with_another_function(node)


def _without_term(node: Any) -> Iterator[Slip]:
    """A forward pass that lacks a term of a sum, or what is subtracted."""
    for k, term in enumerate(node.parents):
        if node.op == "subtract" and k == 0:
            continue

        def without(n: Any, k: int = k) -> Any:
            return lambda *x: np.broadcast_to(x[1 - k], n.shape) + 0 * x[k]

        text = f"is of a forward pass without {_written(term)} in {_written(node)}"
        yield Slip((), 2, text, term, (node.site, without))


def _with_another_function(node: Any) -> Iterator[Slip]:
    """A forward pass that lacks a constant factor, or has another activation."""
    [parent] = node.parents
    if node.op in ("multiply", "divide"):
        text = f"is of a forward pass without the constant factor in {_written(node)}"
        unscaled = (node.site, lambda n: (lambda x: x) if n.shape == n.parents[0].shape else n.call)
        yield Slip((), 2.2, text, parent, unscaled)
    if known := _activation(parent.value, node.value):
        for name, op in ACTIVATIONS.items():
            if name != known:
                text = f"is of a forward pass with {name} in the place of {known} in {_written(node)}"
                yield Slip((), 2.2, text, parent, (node.site, lambda n, op=op: np.frompyfunc(op, 1, 1)))


# How things are written.


def _written(node: Any, depth: int = 2) -> str:
    """The name of an array, or the call that it came from."""
    if not hasattr(node, "op"):
        if isinstance(node, _Number):
            return node.text
        x = np.asarray(node)
        return f"{x.item():.6g}" if x.size == 1 else "a constant"
    if node.name:
        return str(node.name)
    if node.op == "constant":
        return _written(node.value)
    if "text" in node.settings:
        return str(node.settings["text"])
    if depth < 0:
        return "…"
    sign = {"add": " + ", "subtract": " − ", "multiply": " · ", "divide": " / ", "matmul": " @ ", "power": " ** "}
    inner = [_written(x, depth - 1) for x in node.operands if x is not None and not isinstance(x, (tuple, dict, str))]
    if node.op in sign and len(inner) == 2:
        loose = node.op not in ("add", "subtract")
        return sign[node.op].join(f"({x})" if loose and _is_loose(x) else x for x in inner)
    if node.op == "negative":
        return f"−{inner[0]}" if not _is_loose(inner[0]) else f"−({inner[0]})"
    if node.op == "transpose" and len(inner) == 1:
        return f"{inner[0]}.T" if not _is_loose(inner[0]) else f"({inner[0]}).T"
    if node.op == "getitem":
        return f"{inner[0] if not _is_loose(inner[0]) else f'({inner[0]})'}[…]"
    if node.op in ("sum", "mean", "max", "min"):
        whole = len(node.settings["axes"]) == len(node.parents[0].shape)
        axis = "" if whole else f", axis={', '.join(map(str, node.settings['axes']))}"
        return f"{node.op}({inner[0]}{axis})"
    return f"{node.op}({', '.join(inner)})"


def _is_loose(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == " " and not depth:
            return True
    return text.startswith("−")


def _atom(node: Any) -> str:
    text = _written(node)
    return f"({text})" if _is_loose(text) else text


def _factor(node: Any, k: int) -> str:
    """∂node/∂parent, with what it is as far as that is short."""
    if "local" in node.settings:
        return str(node.settings["local"][k])
    parent = node.parents[k]
    known = _activation(parent.value, node.value) if len(node.parents) == 1 and parent.shape == node.shape else ""
    left = f"∂{_atom(node)}/∂{_atom(parent)}"
    if known:
        return f"{left} = {known}′({_written(parent)})"
    if node.op == "multiply":
        operands = list(node.operands)
        others = [x for i, x in enumerate(operands) if not ((x is parent and i == k) or (len(node.parents) == 1
                                                            and x is parent))]  # fmt: skip
        return f"{left} = {_written(others[0])}" if len(others) == 1 else left
    if node.op == "divide" and node.operands and node.operands[0] is parent:
        return f"{left} = 1/{_written(node.operands[1])}"
    return left


def right_line(view: View, node: Any) -> str:
    """How the gradient of an array is computed from those of what was made from it."""
    if (end := _activated(view, node)) is not None:
        up = _upstream(view, end, 4)
        rule = _rule(ACTIVATIONS[_activation(node.value, end.value)], node, end)
        return f"∂L/∂{_atom(node)} = {_product(up, rule)}"
    terms = [_term(view, consumer, k, 4) for consumer, k in view.consumers.get(node, [])]
    if not terms or len(terms) > 3 or "" in terms:
        return ""
    return f"∂L/∂{_atom(node)} = {' + '.join(terms)}"


def _before_activation(view: View, node: Any) -> Any:
    """The array that this one is a known function of, such as σ, by one operation or by several; None where none is."""
    behind = [node]
    for _ in range(8):
        behind = [
            parent for x in behind if x.elementwise for parent in x.parents
            if parent in view._on and parent.shape == node.shape
        ]  # fmt: skip
        behind = list(dict.fromkeys(behind))
        if found := next((x for x in behind if _activation(x.value, node.value)), None):
            return found
    return None


def _activated(view: View, node: Any) -> Any:
    """The array that is a known function of this one, where several operations make it and nothing else is made."""
    ahead = [consumer for consumer, _ in view.consumers.get(node, [])]
    for _ in range(8):
        if not ahead or not all(other.elementwise and other.shape == node.shape for other in ahead):
            return None
        if (
            len(set(ahead)) == 1
            and ahead[0] not in [x for x, _ in view.consumers[node]]
            and _activation(node.value, ahead[0].value)
        ):
            return ahead[0]
        ahead = [consumer for other in dict.fromkeys(ahead) for consumer, _ in view.consumers[other]]
    return None


def _upstream(view: View, node: Any, depth: int) -> str:
    """The gradient of an array: by its name, or by how it is computed where it has none."""
    if node is view.root:
        return "1" if view.example.upstream is None else "upstream"
    if node.name or depth < 0:
        return f"∂L/∂{_atom(node)}"
    terms = [_term(view, consumer, k, depth - 1) for consumer, k in view.consumers[node]]
    if len(terms) != 1 or not terms[0]:
        return f"∂L/∂{_atom(node)}"
    return terms[0]


def _term(view: View, node: Any, k: int, depth: int) -> str:
    """What one consumer adds to the gradient of its k-th parent, as one writes it."""
    parent = node.parents[k]
    up = _upstream(view, node, depth)
    up_atom = f"({up})" if _is_loose(up) else up
    if node.elementwise:
        slope = _slope(node, k)
        known = node.settings["rule"][k] if "rule" in node.settings else None  # a factor may be 1 here, and not be 1
        if slope.size and np.all(slope == 1.0) and known in (None, "1"):
            text = up
        elif slope.size and np.all(slope == -1.0) and known in (None, "−1", "(−1)"):
            text = f"−{up_atom}"
        else:
            text = _product(up, (np.ptp(slope) == 0 and _length(view, node, k)) or _rule_of(node, k))
        if parent.shape != node.shape:
            axes = len(node.shape) - len(parent.shape)
            over = ", ".join(map(str, range(axes))) if axes else "the broadcast axis"
            text = f"sum({text}, axis={over})" if axes else f"sum of {text} over {over}"
        return text
    if node.op == "matmul" and len(node.operands) == 2:
        place = 0 if node.operands[0] is parent and k == 0 else 1
        other = _written(node.operands[1 - place])
        other = f"({other})" if _is_loose(other) else other
        if len(node.shape) < 2 or len(parent.shape) < 2:
            shapes = [len(np.shape(x.value if hasattr(x, "value") else x)) for x in node.operands]
            if place == 1 and shapes == [2, 1]:
                return f"{other}.T @ {up_atom}"
            if place == 0 and shapes == [2, 1]:
                return f"outer({up}, {other})"
            return f"{up_atom} · {other}" if shapes == [1, 1] else ""
        return f"{up_atom} @ {other}.T" if place == 0 else f"{other}.T @ {up_atom}"
    if node.op == "transpose" and len(node.shape) == 2:
        return f"{up_atom}.T"
    if node.op == "mean":
        return f"{up_atom} / {_count(view, node)}" if up != "1" else f"1 / {_count(view, node)}"
    if node.op == "sum":
        return up
    return ""


def _rule(op: Op, parent: Any, node: Any) -> str:
    """The derivative of an activation, by the formula printer."""
    z = Value(0.5, _written(parent))
    out = op(z)
    out.label = node.name or f"{op.name}({_written(parent)})"
    return formula.write(formula.derivative(out, 0), {z: z.label, out: out.label})


def _product(up: str, factor: str) -> str:
    """The chain rule, written: parentheses where a factor is a sum or a quotient."""

    def inside(text: str) -> str:
        depth = 0
        for i, letter in enumerate(text):
            depth += (letter in "([") - (letter in ")]")
            if letter == " " and not depth and text[i : i + 3] != " · " and text[i - 2 : i + 1] != " · ":
                return f"({text})"
        return f"({text})" if text.startswith("−") else text

    return factor if up == "1" else inside(up) if factor == "1" else f"{inside(up)} · {inside(factor)}"


def _rule_of(node: Any, k: int) -> str:
    """∂node/∂parent of one elementwise operation, by the formula printer."""
    if "rule" in node.settings:
        return str(node.settings["rule"][k])
    if node.op in ELEMENTWISE and len(node.operands) <= 2:
        operands: list[Any] = []
        index = 0
        parents = list(node.parents)
        for x in node.operands:
            if parents and x is parents[0]:
                parents.pop(0)
                operands.append(Value(0.5, _written(x)))
            else:
                symbolic = isinstance(x, _Number) or _size_of(x) != 1
                operands.append(Value(0.5, _written(x)) if symbolic else _number_of(x))
        out = ELEMENTWISE[node.op](*operands)
        wanted = [i for i, x in enumerate(node.operands) if any(x is parent for parent in node.parents)][k]
        if isinstance(out, Value) and operands[wanted] in out.parents:
            out.label = node.name or _written(node)
            names = {
                x: f"({x.label})" if _is_loose(x.label) else x.label for x in (*operands, out) if isinstance(x, Value)
            }
            names |= {x: f"{x.data:.6g}" for x in out.parents if x not in names}
            index = next(i for i, x in enumerate(out.parents) if x is operands[wanted])
            return formula.write(formula.derivative(out, index), names)
    factor = _factor(node, k)
    return factor.split(" = ")[1] if " = " in factor else factor


def _size_of(x: Any) -> int:
    return int(np.size(x.value if hasattr(x, "value") else x))


def _number_of(x: Any) -> float:
    return float(np.ravel(x.value if hasattr(x, "value") else x)[0])


# Scalars.


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
