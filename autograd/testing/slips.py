"""Slips in a backward pass through scalars, without NumPy, for a browser: what people do wrong, and what comes of it.

>>> from autograd import Value
>>> a = Value(2.0, "a")
>>> b = a * a
>>> d = b * (b + a)
>>> b.label, d.label = "b", "d"
>>> for text, gradients in list(slips(d))[:3]:
...     print(f"a.grad {gradients[a]:g}, b.grad {gradients[b]:g}: {text}")
a.grad 20, b.grad 4: b lacks what it gets from d
a.grad 28, b.grad 6: b lacks what it gets from b + a
a.grad 40, b.grad 10: a lacks what it gets from b + a
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import autograd.ops as ops
from autograd.engine import Value
from autograd.formula import ATOM, TEXT, name, rule, write
from autograd.graph import Graph
from autograd.node import edges

Gradients: TypeAlias = dict[Value, float]
"""The gradient of each value."""

NOT_ADDED = "= in place of +=: of several contributions, only the last is left"
TOO_SOON = "in a wrong order: each value propagates as soon as it is reached, before its gradient is complete"
NOT_SUBTRACTED = "a sign lost: the second operand of a difference taken with +1 in place of −1"
NOT_CHAINED = "local derivatives alone: each is to be multiplied by the grad of what was made from the value"
NOT_DERIVED = "that is the number of the value itself, its data; asked for is its gradient"


def slips(root: Value) -> Iterator[tuple[str, Gradients]]:
    """Each slip, and the gradient of every value that comes of it; the likely ones first."""
    seen = _Seen(root)
    yield from _not_added_up(seen)
    yield from _factor_for_the_other(seen)
    yield from _left_out(seen)
    yield from _of_quotients_and_squares(seen)
    if sum(value.op is ops.subtract for value in seen.values) > 1:
        yield NOT_SUBTRACTED, backpropagate(seen.graph, without_sign)
    yield NOT_CHAINED, backpropagate(seen.graph, upstream=lambda grad: 1.0)
    yield "the sign of the whole is lost", {value: -grad for value, grad in backpropagate(seen.graph).items()}
    yield NOT_DERIVED, {value: value.data for value in seen.values}


class _Seen:
    """A graph, with what all slips are written in.

    Attributes:
        values: all but constants.
        names: what each is called; ``atoms`` the same, in parentheses where it is a sum, say.
        ways: a consumer and which of its parents, for every edge, from the root on.
    """

    def __init__(self, root: Value) -> None:
        self.root, self.graph = root, Graph(root)
        self.values = [value for value in self.graph if value.op is not ops.constant]
        self.names = {value: name(value) for value in self.graph}
        self.atoms = {value: name(value, within=ATOM) for value in self.graph}
        known = set(self.values)
        self.ways = [(v, i) for v in reversed(self.values) for i, parent in enumerate(v.parents) if parent in known]

    def local(self, value: Value, i: int) -> str:
        """A local derivative, as one writes it."""
        return f"∂{self.atoms[value]}/∂{self.atoms[value.parents[i]]}"

    def instead(self, of: tuple[Value, int], number: float) -> Gradients:
        """The gradients with another number in the place of a local derivative."""
        return backpropagate(self.graph, lambda value, i, local_grad: number if (value, i) == of else local_grad)


def _not_added_up(seen: _Seen) -> Iterator[tuple[str, Gradients]]:
    """Where a value gets more than one contribution."""
    names = seen.names
    users = {value: [user for user, i in seen.ways if user.parents[i] is value] for value in seen.values}
    several = {
        value: " and ".join(
            f"twice from {names[user]}" if users[value].count(user) > 1 else f"from {names[user]}"
            for user in dict.fromkeys(users[value])
        )
        for value in seen.values
        if len(users[value]) > 1
    }
    if not several:
        return
    parts = " and ".join(f"to {names[value]} ({where})" for value, where in several.items())
    more = f". More than one contribution comes {parts}"
    for value, i in seen.ways:
        parent = value.parents[i]
        what = "one of the two parts that it gets" if users[parent].count(value) > 1 else "what it gets"
        if parent in several:
            yield f"{names[parent]} lacks {what} from {names[value]}", seen.instead((value, i), 0.0)
    for first in (False, True):
        yield NOT_ADDED + more, backpropagate(seen.graph, add=False, first=first)
    yield TOO_SOON + more, propagate_too_soon(seen.root)


def _factor_for_the_other(seen: _Seen) -> Iterator[tuple[str, Gradients]]:
    """Where the derivative of a product is taken as the factor itself."""
    for value, i in seen.ways:
        x = value.parents[i]
        if value.op is ops.multiply and value.parents[0] is not value.parents[1]:
            text = f"{seen.local(value, i)} is taken as {seen.names[x]}; of a product it is the other factor"
            yield f"{text}, {seen.names[value.parents[1 - i]]}", seen.instead((value, i), x.data)


def _left_out(seen: _Seen) -> Iterator[tuple[str, Gradients]]:
    """Where a local derivative, or a part of it, is left out."""
    for value, i in seen.ways:
        local_grad, x, written = value.local_grads[i], value.parents[i], write(rule(value, i, TEXT).parts, seen.atoms)
        if value.op is ops.divide and i == 1:
            written = f"−{seen.atoms[value.parents[0]]} / {seen.atoms[x]}²"
            without_square = local_grad * x.data
            yield (
                f"the square of {seen.local(value, i)} = {written} is left out",
                seen.instead((value, i), without_square),
            )
        of_rule = f"{seen.local(value, i)} = {written}"
        if local_grad < 0 or written.startswith("−"):
            yield f"the sign of {of_rule} is lost", seen.instead((value, i), -local_grad)
        if value.op is ops.power and value.parents[1].data == 2:
            yield f"the 2 of {of_rule} is left out", seen.instead((value, i), local_grad / 2)
        if written not in ("1", "−1", "(−1)"):
            yield f"the factor {of_rule} is left out", seen.instead((value, i), 1.0)


def _of_quotients_and_squares(seen: _Seen) -> Iterator[tuple[str, Gradients]]:
    """Where the rule of a product is taken for a quotient's, or the square for its derivative."""
    names, atoms = seen.names, seen.atoms
    for value, i in seen.ways:
        if value.op not in (ops.divide, ops.power):
            continue
        x, other, reciprocal = value.parents[i], value.parents[1 - i], value.local_grads[0]
        right = f"1 / {atoms[other]}" if i == 0 else f"−{atoms[other]} / {atoms[x]}²"
        taken: dict[str, float] = {}
        if value.op is ops.divide:
            taken[f"{names[other]}, as in a product"] = other.data
            if i == 0:
                taken |= {names[x]: x.data, f"1 / {atoms[other]}²": reciprocal * reciprocal}
            else:
                taken |= {f"−{atoms[other]}": -other.data, f"−{atoms[other]} · {atoms[x]}": -other.data * x.data}
                taken |= {f"−1 / {atoms[x]}²": -reciprocal * reciprocal}
        elif i == 0 and other.data == 2:
            right = f"2 · {atoms[x]}"
            taken[f"{names[value]}, the square itself"] = value.data
        for text, local_grad in taken.items():
            yield f"{seen.local(value, i)} is taken as {text}; it is {right}", seen.instead((value, i), local_grad)


def without_sign(value: Value, i: int, local_grad: float) -> float:
    """A local derivative, were a difference a sum."""
    return 1.0 if value.op is ops.subtract else local_grad


def backpropagate(
    graph: Graph,
    changed: Callable[[Value, int, float], float] = lambda value, i, local_grad: local_grad,
    *,
    add: bool = True,
    first: bool = False,
    upstream: Callable[[float], float] = lambda grad: grad,
) -> Gradients:
    """Backpropagation with a slip: other local derivatives or upstream gradients, or contributions not added up."""
    grads = dict.fromkeys(graph, 0.0)
    grads[graph.root] = 1.0
    for value in reversed(list(graph)):
        for i, (parent, local_grad) in enumerate(edges(value)):
            contribution = upstream(grads[value]) * changed(value, i, local_grad)
            if add:
                grads[parent] += contribution
            elif not (first and grads[parent]):
                grads[parent] = contribution
    return grads


def propagate_too_soon(root: Value) -> Gradients:
    """Backpropagation depth first: every value propagates once, as soon as the walk comes to it."""
    grads: Gradients = {root: 1.0}
    found, visited = [root], set()
    while found:
        value = found.pop()
        if value in visited:
            continue
        visited.add(value)
        for parent, local_grad in edges(value):
            grads[parent] = grads.get(parent, 0.0) + local_grad * grads[value]
        found.extend(reversed(value.parents))
    return grads
