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
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.testing.array_slips import array_slips, forward_slips
from autograd.testing.examples import DETOUR, MISFITS, WHOLE, Example, Slip, View, slope_of
from autograd.testing.rounding import SUBNORMAL
from autograd.testing.wording import listed, name_parts, right_line, write, write_atom

NEAR = 1e-7  # as near as that, relatively, two gradients are the same
ROUNDED = 1e-14  # and what is as small beside the largest number of a gradient may be the rounding of a 0
MANY = 1.5e6  # nor is anything, where a matrix of local derivatives would have more numbers than that
KINDS = 4  # so many ways to broadcast are looked at
PAIRS = 200  # so many slips, the simplest ones, are tried two at a time


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
    """How much an example tells: most where masks are open here and closed there, numbers generic, axes long."""
    lengths = view.dims.values()
    choices = [node for node in view.active if node.op in ("maximum", "minimum", "where") and node.elementwise]
    flat = sum(np.ptp(slope_of(node, 0)) == 0 for node in choices if node.value.size)
    return -int(flat), int(view.example.generic), int(min(lengths, default=1) > 1), len(set(lengths)), sum(lengths)


def _stretched(view: View) -> frozenset[Any]:
    """Where broadcasting stretches an array in this example, and along which axes."""
    return frozenset(
        (node.site, k, tuple(i for i, n in enumerate(parent.shape[::-1]) if n == 1 and node.shape[::-1][i] > 1))
        for node in view.active
        if node.elementwise
        for k, parent in enumerate(node.parents)
        if parent.shape != node.shape
    )


class _Candidate(NamedTuple):
    """A slip that may be the reason.

    Attributes:
        slip: which.
        covered: the gradients that it explains.
        against: how many others it would change, and not to what they are.
    """

    slip: Slip
    covered: list[str]
    against: int


class _Search:
    def __init__(self, wrong: Sequence[str], views: Sequence[View], shown: Mapping[str, Example]) -> None:
        self.wrong, self.views, self.shown = list(wrong), list(views), shown
        self.names = [name for name in views[0].example.right if name in views[0].inputs]
        # The one that slips are thought up at: the largest, so that no axis is 1 and nothing looks like something else.
        self.model = max(views, key=_worth)
        self.model.siblings = self.views
        name_parts(self.model)
        found = list(array_slips(self.model))
        # Where one of two arrays is broadcast and in the other example the other, each has slips of its own.
        known = {(slip.text, frozenset(slip.sites())) for slip in found}
        kinds = {_stretched(self.model)}
        for view in sorted(views, key=_worth, reverse=True):
            if view.example.wrong and len(kinds) < KINDS and _stretched(view) not in kinds:
                kinds.add(_stretched(view))
                view.siblings = self.views
                name_parts(view)
                found += [slip for slip in array_slips(view) if (slip.text, frozenset(slip.sites())) not in known]
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
            hand, tolerance, found = view.example.hand, view.example.tolerance, _with(view, slips)
            if not all(_same(found.get(x), hand[x], tolerance[x]) for x in names if x in hand):
                return False
            told |= {x for x in names if not _same(found.get(x), view.right[x], tolerance.get(x, 0.0))}
        return told == set(names)

    def lines(self) -> dict[tuple[str, ...], list[str]]:
        """What is said of the wrong gradients, for each group that has one reason."""
        said: dict[tuple[str, ...], list[str]] = {
            (name,): [text] for name in self.wrong if (text := self.near(name) or self.shaped(name))
        }
        left = [name for name in self.wrong if (name,) not in said]
        candidates = {name: [slip for slip in self.slips if self.explains(slip, name)] for name in left}
        if not all(candidates.values()):
            forward = list(forward_slips(self.model))
            for name in left:
                candidates[name] += [slip for slip in forward if self.explains(slip, name)]
        if places := self.swapped(left, candidates):
            here = ", ".join(f"∂L/∂{other} for ∂L/∂{name}" for name, other in places.items())
            said[tuple(places)] = [f"{listed(list(places))}: by hand they are swapped, {here}"]
            left = [name for name in left if name not in places]
        while chosen := self.likeliest(left, candidates):
            covered = chosen[0].covered
            said[tuple(covered)] = self.say(covered, [one.slip for one in chosen], not chosen[0].against)
            left = [name for name in left if name not in covered]
        for group, slips in self.pairs(left):
            said[tuple(group)] = self.say(group, slips, True, both=True)
            left = [name for name in left if name not in group]
        if left:
            unknown = f"{listed(left)}: no slip that is known gives these numbers at every point tried"
            said[tuple(left)] = [unknown, *self.right_until(left)]
        return said

    def right_until(self, left: Sequence[str]) -> list[str]:
        """To where the way back to all of these is right, if a gradient that is right comes from there."""
        view = self.model
        for node in view.active:
            right = [name for name in self.names if name not in self.wrong and node in view.tangents(name)]
            around = view.around(node.site)
            only = all(node in view.tangents(name) and view.inputs[name] not in around for name in left)
            if right and only and node is not view.root:
                way = f"the way back to ∂L/∂{write_atom(node)}: what is wrong comes after that"
                return [f"{listed(right)} {'is' if len(right) == 1 else 'are'} right, and so is {way}"]
        return []

    def swapped(self, left: Sequence[str], candidates: Mapping[str, Sequence[Slip]]) -> dict[str, str]:
        """In the place of which gradients others came, each in another's, unless each has a slip that explains it."""
        places = {
            name: other
            for name, other in itertools.permutations(left, 2)
            if all(
                _same(view.right[other], view.example.hand[name], view.example.tolerance[name])
                for view in self.views
                if name in view.example.hand
            )
        }
        explained = all(candidates[name] for name in places)
        return places if places.keys() == set(places.values()) and not explained else {}

    def near(self, name: str) -> str:
        """What is said of a gradient that is nearly right everywhere: that looks like any slip without effect."""
        off = 0.0
        for view in self.views:
            if (hand := view.example.hand.get(name)) is not None:
                right = view.right[name]
                if not _same(right, hand, view.example.tolerance[name]):
                    return ""
                off = max(off, np.max(np.abs(hand - right), initial=0.0) / np.max(np.abs(right), initial=SUBNORMAL))
        return (
            f"{name}: by hand it is off by {off:.0e} of its largest number at most: no slip that is known is as small"
        )

    def shaped(self, name: str) -> str:
        """What is said of right numbers in another shape, such as a sum leaves without keepdims."""
        for view in self.views:
            hand, right = view.example.hand.get(name), view.right[name]
            if hand is None or hand.size != right.size or hand.shape == right.shape:
                return ""
            if not _same(right, hand.reshape(right.shape), view.example.tolerance[name]):
                return ""
        return f"{name}: by hand its numbers are right, and its shape is not: keepdims says whether a summed axis stays"

    def likeliest(self, left: Sequence[str], candidates: Mapping[str, Sequence[Slip]]) -> list[_Candidate]:
        """Of the slips that explain the most gradients at once, the likeliest: several where they are as likely."""
        every = []
        for slip in {id(slip): slip for name in left for slip in candidates[name]}.values():
            covered = [name for name in left if any(slip is other for other in candidates[name])]
            spoilt = [name for name in self.names if name not in self.wrong and not self.explains(slip, name)]
            moved = [name for name in left if name not in covered and self._moves(slip, name)]
            every.append(_Candidate(slip, covered, len(spoilt) + len(moved)))
        if not every:
            return []
        # A path that is the only one leaves nothing: then that says no more than that the gradient is 0.
        hands = [view.example.hand[name] for view in self.views for name in left if name in view.example.hand]
        nothing = not any(hand.any() for hand in hands)

        def cost(one: _Candidate) -> float:
            return one.slip.cost + 0.6 * (nothing and one.slip.kind == "path")

        def widest(some: Sequence[_Candidate]) -> list[_Candidate]:
            most = max((len(one.covered) for one in some), default=0)
            return [one for one in some if len(one.covered) == most]

        pool, wide = widest([one for one in every if not one.against]), widest(every)
        if not pool or (
            len(pool[0].covered) < len(wide[0].covered) and min(map(cost, wide)) < min(map(cost, pool)) + 1
        ):
            pool = wide
        least = [one for one in pool if cost(one) <= min(map(cost, pool))]
        return [one for one in least if one.covered == least[0].covered]

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
            effects = [_with(view, [slip]) for view in self.views[:3]]
            if all(effects):
                every = [(name, g) for gradients in effects for name, g in gradients.items()]
                key = tuple((name, g.shape, tuple(f"{x:.8e}" for x in g.reshape(-1))) for name, g in every)
                pool.setdefault(key, slip)
        simple = list(pool.values())
        factors = [slip for slip in simple if slip.kind == "factor"][:24]
        tried: list[tuple[int, float, list[str], tuple[Slip, ...]]] = []
        for slips in itertools.chain(itertools.combinations(simple, 2), itertools.combinations(factors, 3)):
            if len(set().union(*(slip.sites() for slip in slips))) < len(slips):
                continue
            try:
                if any(_within(view, *two) for two in itertools.permutations(slips, 2)):
                    continue
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
        paths = [slip for slip in slips if slip.kind == "path"][1:]
        slips = [slip for slip in slips if both or not any(slip is path for path in paths)]
        # ∂z/∂w and ∂(w · x)/∂w, where z is w · x + b, are one derivative: it is named once.
        said = {slip.text if both else slip.text.split(" in the place of ∂")[0]: slip for slip in reversed(slips)}
        texts = [self._text(slip, names) for slip in said.values()][:-4:-1]
        who = listed(names)
        lines = [f"{who}: by hand it {(' and it ' if both else ', or it ').join(texts)}"]
        if slips[0].kind in ("number", "input"):
            return lines
        places = slips if both else self._alike(slips[0], names)
        # The root's own is given.
        starts = [self._first_wrong() if slip.target is self.model.root else slip.target for slip in places]
        wrong = {name for name in self.names if starts[0] in self.model.tangents(name)}
        target = starts[0] if clean or wrong == set(self.wrong) else self._first_wrong()
        if target in self.model.consumers and (both or len(starts) == 1):
            shown = write(target)
            followers = [name for name in self.names if name in self.wrong and name != shown]
            below = [name for name in followers if target in self.model.tangents(name)]
            if set(names) <= set(below) and shown not in self.wrong:
                follow = f"; {listed(below)} follow{'s' if len(below) == 1 else ''} from it" if below else ""
                lines.append(f"the first wrong gradient on the way back is ∂L/∂{write_atom(target)}{follow}")
        asked = [
            x.right or right_line(self.model, start)
            for x, start in zip(places, starts, strict=True)
            if x.right or (start in self.model.consumers and (start.op != "input" or start.name in self.names))
        ]
        if right := [line for line in dict.fromkeys(asked) if line][:3]:
            lines.append(f"right is {listed(right)}")
        return lines

    def _alike(self, slip: Slip, names: Sequence[str]) -> list[Slip]:
        """The same slip at all arrays where it may have been made just as well, from the loss on."""
        kept = [name for name in self.names if name in names or name not in self.wrong]
        places = {
            other.target: other
            for other in self.slips
            if other.text == slip.text and all(self.explains(other, name) for name in kept)
        }
        places.pop(self.model.root, None)
        nearest = [places[node] for node in reversed(self.model.active) if node in places]
        return nearest if len(nearest) > 1 else [slip]

    def _text(self, slip: Slip, names: Sequence[str]) -> str:
        """What is said of a slip, with its number, and with the path that it is on where others lead around it."""
        view = next((view for view in self.views if view.example is self.shown.get(names[0])), None)
        if slip.number is not None and view is not None:
            return f"{slip.text}, which is {slip.number(view):.6g} here"
        around = self.model.around(slip.target.site)
        if not slip.parts or not any(self.model.inputs[name] in around for name in names):
            return slip.text
        head, colon, tail = slip.text.partition(":")
        site, place, _ = slip.parts[0]
        through = write(self.model.find(site) if place != DETOUR else slip.target)
        return slip.text if through in slip.text else f"{head} on the path through {through}{colon}{tail}"

    def _first_wrong(self) -> Any:
        """Of what the first wrong gradient is: the first value behind the loss that leads to no right one."""
        for node in reversed(self.model.active):
            leads = [name for name in self.names if node in self.model.tangents(name)]
            if node is not self.model.root and leads and all(name in self.wrong for name in leads):
                return node
        return None


def _with(view: View, slips: Sequence[Slip]) -> dict[str, Any]:
    """The gradients with these slips; none where shapes do not go together."""
    try:
        return view.gradients(slips)
    except MISFITS:
        return {}


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
    if np.shape(tolerance) != np.shape(hand):
        tolerance = np.nanmax(tolerance, initial=0.0)
    floor = ROUNDED * np.max(np.abs(hand), initial=0.0, where=np.isfinite(hand))
    close = np.abs(x - hand) <= NEAR * np.minimum(np.abs(x), np.abs(hand)) + np.maximum(tolerance, floor)
    return bool(np.all(close | np.isnan(tolerance)))


def _equal(x: Any, y: Any, tolerance: Any) -> bool:
    return np.shape(x) == np.shape(y) and bool(np.all(np.abs(x - y) <= tolerance))
