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
    graph = Graph(root)
    values = [value for value in graph if value.op is not ops.constant]
    names = {value: name(value) for value in graph}
    atoms = {value: name(value, within=ATOM) for value in graph}
    known = set(values)
    ways = [(value, i) for value in reversed(values) for i, parent in enumerate(value.parents) if parent in known]
    users = {value: [consumer for consumer, i in ways if consumer.parents[i] is value] for value in values}

    def instead(of: tuple[Value, int], number: float) -> Gradients:
        return backpropagate(graph, lambda value, i, local_grad: number if (value, i) == of else local_grad)

    several = {
        value: " and ".join(
            f"twice from {names[user]}" if users[value].count(user) > 1 else f"from {names[user]}"
            for user in dict.fromkeys(users[value])
        )
        for value in values
        if len(users[value]) > 1
    }
    if several:
        parts = " and ".join(f"to {names[value]} ({where})" for value, where in several.items())
        more = f". More than one contribution comes {parts}"
        for value, i in ways:
            parent = value.parents[i]
            what = "one of the two parts that it gets" if users[parent].count(value) > 1 else "what it gets"
            if parent in several:
                yield f"{names[parent]} lacks {what} from {names[value]}", instead((value, i), 0.0)
        for first in (False, True):
            yield NOT_ADDED + more, backpropagate(graph, add=False, first=first)
        yield TOO_SOON + more, propagate_too_soon(root)
    for value, i in ways:
        x = value.parents[i]
        if value.op is ops.multiply and value.parents[0] is not value.parents[1]:
            text = f"∂{atoms[value]}/∂{atoms[x]} is taken as {names[x]}; of a product it is the other factor"
            yield f"{text}, {names[value.parents[1 - i]]}", instead((value, i), x.data)
    for value, i in ways:
        local_grad, x, written = value.local_grads[i], value.parents[i], write(rule(value, i, TEXT).parts, atoms)
        if value.op is ops.divide and i == 1:
            written = f"−{atoms[value.parents[0]]} / {atoms[x]}²"
            yield (
                f"the square of ∂{atoms[value]}/∂{atoms[x]} = {written} is left out",
                instead((value, i), local_grad * x.data),
            )
        of_rule = f"∂{atoms[value]}/∂{atoms[x]} = {written}"
        if local_grad < 0 or written.startswith("−"):
            yield f"the sign of {of_rule} is lost", instead((value, i), -local_grad)
        if value.op is ops.power and value.parents[1].data == 2:
            yield f"the 2 of {of_rule} is left out", instead((value, i), local_grad / 2)
        if written not in ("1", "−1", "(−1)"):
            yield f"the factor {of_rule} is left out", instead((value, i), 1.0)
    for value, i in ways:
        if value.op not in (ops.divide, ops.power):
            continue
        x, other = value.parents[i], value.parents[1 - i]
        of, reciprocal = f"∂{atoms[value]}/∂{atoms[x]}", value.local_grads[0]
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
            yield f"{of} is taken as {text}; it is {right}", instead((value, i), local_grad)
    if sum(value.op is ops.subtract for value in values) > 1:
        yield NOT_SUBTRACTED, backpropagate(graph, without_sign)
    yield NOT_CHAINED, backpropagate(graph, upstream=lambda grad: 1.0)
    yield "the sign of the whole is lost", {value: -grad for value, grad in backpropagate(graph).items()}
    yield NOT_DERIVED, {value: value.data for value in values}


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
