"""Slips in a backward pass for arrays: everything that might have gone wrong, as seen at one example."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograd.testing.arrays import Node
from autograd.testing.examples import DETOUR, WHOLE, Change, Slip, View, one_of_each_site, slope_of
from autograd.testing.wording import (
    ACTIVATIONS,
    activation,
    alike,
    before_activation,
    derivative,
    listed,
    probabilities,
    softmax_axes,
    write,
    write_atom,
    write_count,
    write_factor,
    write_length,
    write_total,
)

LARGE = 300  # with more arrays than that, those that are another's factor by mistake are not looked for


TIMES = ((-1.0, "has the wrong sign"), (2.0, "is twice too large"), (0.5, "is half of what it should be"))


def array_slips(view: View) -> Iterator[Slip]:
    """Everything that might have gone wrong, as seen at one example."""
    for node in one_of_each_site(reversed(view.active)):
        yield from _whole(view, node)
        yield from _without_target(view, node)
        if node.op == "input":
            continue
        for k, parent in enumerate(node.parents):
            if parent in view.on:
                yield from _edge(view, node, k)
    yield from _chains(view)


def _constant(factor: float) -> Change:
    return lambda view, node, g, right: right * factor


def _at(node: Any, place: int, own: float = 0.0) -> Callable[..., Slip]:
    """Makes slips at one place: in what a node adds to the gradient of one of its parents, or in its own (`WHOLE`)."""
    target = node if place == WHOLE else node.parents[place]

    def slip(cost: float, text: str, change: Change, number: Any = None, kind: str = "") -> Slip:
        return Slip(((node.site, place, change),), cost + own, text, target, number=number, kind=kind)

    return slip


def _whole(view: View, node: Any) -> Iterator[Slip]:
    """Slips in the whole gradient of one array."""
    is_input, name = node.op == "input", write(node)
    interesting = is_input or node is view.root or bool(node.name) or len(view.consumers[node]) > 1
    own = 0.0 if is_input else 0.3 if node.name else 0.5
    slip = _at(node, WHOLE, own)

    if not is_input and node is not view.root:
        beside = any(len(view.consumers[parent]) > 1 for parent in node.parents if parent in view.consumers)
        lost = ": it is left out, or overwritten where it should be added" if beside else ""
        cost = (0.9 if node.name else 1.05) - own
        yield slip(cost, f"lacks the path through {name}{lost}", _constant(0.0), kind="path")
    if not interesting:
        return
    for times, text in TIMES:
        yield slip(1, text, _constant(times))
    if is_input:
        yield slip(1.3, "is 0 where it should not be", _constant(0.0))
        for times, text in ((3.0, "is three times too large"), (1 / 3, "is a third of what it should be")):
            yield slip(2, text, _constant(times))
    for dim in view.dims:
        yield slip(1.5, f"is {dim} times too large: the mean over {dim} is forgotten",
                   lambda v, n, g, right, dim=dim: right * v.dims[dim])  # fmt: skip
        yield slip(1.5, f"is {dim} times too small: a mean over {dim} is taken once too often",
                   lambda v, n, g, right, dim=dim: right / v.dims[dim], kind="number")  # fmt: skip
    if node is view.root and view.example.upstream is not None:
        yield slip(0.0, "ignores the upstream gradient", lambda v, n, g, right: np.ones_like(g))
        yield slip(2, "takes the mean of the upstream gradient", lambda v, n, g, right: np.full_like(g, np.mean(g)))
    if len(node.shape) >= 2:
        yield slip(1, "is transposed", lambda v, n, g, right: _transposed(right))
        yield slip(1.2, "is transposed, and reshaped to fit",
                   lambda v, n, g, right: _transposed(right).reshape(right.shape))  # fmt: skip
    for axis in range(len(node.shape)):
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
    yield from _multiplied(view, node, own)


def _only_one(view: View, node: Any) -> Iterator[Slip]:
    """What is overwritten where it should be added."""
    ways = list(dict.fromkeys((consumer.site, k) for consumer, k in view.consumers[node]))
    if len(ways) > 2:
        for kept in ways:
            parts = tuple((site, k, _constant(0.0)) for site, k in ways if (site, k) != kept)
            left = f"only the path through {write(view.find(kept[0]))} is left"
            yield Slip(parts, 2, f"is overwritten where it should be added up: {left}", node)

    for step in (1, -1):

        def overwritten(v: View, n: Any, g: Any, right: Any, step: int = step) -> Any:
            out = np.zeros(right.size)
            for consumer, k in v.consumers[n][::step]:
                matrix = consumer.jacobians()[k]
                written = (matrix != 0).any(axis=0)
                out[written] = (v.adjoint[consumer].reshape(-1) @ matrix)[written]
            return out.reshape(right.shape)

        yield _at(node, WHOLE)(1.7, "is overwritten where it should be added up: the paths to it overlap", overwritten)


def _multiplied(view: View, node: Any, own: float) -> Iterator[Slip]:
    """Another array of the graph is a factor by mistake."""
    slip = _at(node, WHOLE, own)
    for other in _others(view, node.shape):
        name = write(other)
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
    parent, name = node.parents[k], write(node)
    several = len(view.consumers[parent]) > 1
    slip = _at(node, k)

    if several:
        lost = ": it is left out, or overwritten where it should be added"
        yield slip(0.95 if node.name else 1.06, f"lacks the path through {name}{lost}", _constant(0.0), kind="path")
        for times, text in TIMES:
            yield slip(1.6, f"{text} on the path through {name}", _constant(times))
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
    if node.op in ("transpose", "swapaxes"):
        yield slip(1, "is transposed", lambda v, n, g, right: _transposed(right))


def _summed(x: Any, shape: tuple[int, ...]) -> Any:
    """Added up over the axes that broadcasting has stretched."""
    x = x.sum(axis=tuple(range(x.ndim - len(shape))))
    return x.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def _of_elements(view: View, node: Any, k: int) -> Iterator[Slip]:
    parent = node.parents[k]
    slope = slope_of(node, k)
    slip = _at(node, k)

    def here(v: View) -> float:
        return float(slope_of(v.find(node.site), k))

    trivial = bool(np.all(slope == 1.0))
    constant = slope.size > 0 and all(
        np.all(slope_of(other, k) == slope.flat[0]) for sibling in view.siblings for other in sibling.at(node.site)
    )
    if not trivial:
        factor = write_factor(node, k)
        cost = 1.0 if not constant else 1.5
        if constant and np.all(slope == -1.0):
            yield slip(1.6, "has the wrong sign",
                       lambda v, n, g, right: _summed(g, n.parents[k].shape))  # fmt: skip
        else:
            number = here if "local" in node.settings else None
            if size := write_length(view, node, k):
                factor, number = size, None
            yield slip(cost, f"lacks the factor {factor}",
                       lambda v, n, g, right: _summed(g, n.parents[k].shape), number, "factor")  # fmt: skip
            yield slip(cost + 0.2, f"has once too often the factor {factor}",
                       lambda v, n, g, right: _summed(g * slope_of(n, k) ** 2, n.parents[k].shape), number,
                       "number" if size else "")  # fmt: skip
            yield slip(cost + 1.2, f"is divided by the factor {factor} where it should be multiplied by it",
                       lambda v, n, g, right: _summed(g / slope_of(n, k), n.parents[k].shape))  # fmt: skip
    if node.op in ("multiply", "divide") and len(node.parents) == 2:
        yield from _swapped(view, node, k)
    if parent.shape != node.shape:
        yield from _not_summed(view, node, k)
        for other in _others(view, node.shape):
            yield slip(2.4, f"is multiplied by {write(other)}",
                       lambda v, n, g, right, site=other.site:
                       _summed(g * slope_of(n, k) * v.value(site, n), n.parents[k].shape))  # fmt: skip


def _others(view: View, shape: tuple[int, ...] | None = None) -> Iterator[Any]:
    """The arrays with a name; those that have this shape, or broadcast to it, where one is given."""
    if len(view.nodes) > LARGE:
        return
    for other in one_of_each_site(node for node in view.nodes if node.name and node.op != "constant"):
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
    slip = _at(node, k)
    if partner.op == "getitem" and node.op == "multiply":
        for axis, by in itertools.product(range(len(partner.parents[0].shape)), (1, -1)):

            def moved(v: View, n: Any, g: Any, right: Any, axis: int = axis, by: int = by) -> Any:
                part = n.parents[1 - k]
                whole = part.parents[0].value
                return _summed(g * np.roll(whole, by, axis)[part.settings["index"]], n.parents[k].shape)

            yield slip(1.6, f"takes {write(partner.parents[0])} off by one along axis {axis}", moved)
    for other in _instead(view, partner, _others(view, node.shape)):

        def change(v: View, n: Any, g: Any, right: Any, site: Any = other.site) -> Any:
            x = v.value(site, n)
            return _summed(g * x if n.op == "multiply" else g / x, n.parents[k].shape)

        yield slip(2, f"has {write(other)} in the place of {write(partner)}", change)


def _not_summed(view: View, node: Any, k: int) -> Iterator[Slip]:
    """Slips in adding up over an axis that broadcasting has stretched."""
    name = write(node.parents[k])

    def slip(cost: float, text: str, of: Callable[..., Any]) -> Slip:
        return _at(node, k)(cost, text, lambda v, n, g, right: of(g * slope_of(n, k), n.parents[k].shape))

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
    plain = node.op in ("matmul", "dot", "matvec", "vecmat")
    factors = _factors(node)
    if len(factors) != 2:
        return
    place = k if len(node.parents) == 2 else [x is parent for x in factors].index(True)
    partner = factors[1 - place]
    name = write(partner)

    def of(n: Any) -> Any:
        other = _factors(n)[1 - place]
        return other.value if isinstance(other, Node) else other.astype(float)

    def with_other(n: Any, g: Any, other: Any) -> Any:
        """What would be right if the partner were another array."""
        if plain and max(len(n.shape), other.ndim, len(n.parents[k].shape)) <= 2:
            return _matmul_backward(place, n.parents[k].value, other, g)
        inputs = [p.value for p in n.parents]
        inputs[1 - k] = other
        matrix = n.jacobians_at(inputs)[1][k]
        return (g.reshape(-1) @ matrix).reshape(n.parents[k].shape)

    slip = _at(node, k)

    if np.ndim(of(node)) >= 2:
        yield slip(1, f"has {name} where {name} transposed belongs: {name} is transposed once too often or too rarely",
                   lambda v, n, g, right: with_other(n, g, _transposed(of(n))))  # fmt: skip
    yield slip(1.4, f"lacks the factor {name}", lambda v, n, g, right: g, kind="factor")
    if len(node.shape) >= 2 and len(parent.shape) >= 2:
        yield slip(1.9, f"has ∂L/∂{write_atom(node)} transposed",
                   lambda v, n, g, right: with_other(n, _transposed(g), of(n)))  # fmt: skip
        yield slip(1, "is transposed", lambda v, n, g, right: _transposed(right))
    yield slip(2.6, f"has an elementwise product with {name} for the matrix product", lambda v, n, g, right: g * of(n))
    for other in _instead(view, partner, _others(view)):
        if len(other.shape) == np.ndim(of(node)) and (view.dims or other.shape == of(node).shape):
            yield slip(2, f"has {write(other)} in the place of {name}",
                       lambda v, n, g, right, site=other.site: with_other(n, g, v.value(site, n)))  # fmt: skip


def _factors(node: Any) -> list[Any]:
    """The arrays that a product is of: nodes and plain ones."""
    return [x for x in node.operands if isinstance(x, (Node, np.ndarray))]


def _transposed(x: Any) -> Any:
    """The last two axes of it the other way round."""
    return np.swapaxes(x, -1, -2)


def _instead(view: View, array: Any, others: Iterable[Any]) -> list[Any]:
    """What may stand in the place of an array: others, and what it is an activation of, which may have no name."""
    before = before_activation(view, array) if isinstance(array, Node) and array in view.on else None
    found = [other for other in others if other.site != getattr(array, "site", None)]
    return found if before is None or before in found else [*found, before]


def _matmul_backward(place: int, x: Any, other: Any, g: Any) -> Any:
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
    slip, many = _at(node, k), write_count(view, node)

    def count(n: Any) -> int:
        return int(max(1, n.parents[0].value.size // max(1, n.value.size)))

    if node.op == "mean":
        yield slip(1, f"lacks the factor 1/{many}: the mean is forgotten",
                   lambda v, n, g, right: right * count(n), kind="factor")  # fmt: skip
        yield slip(1.2, f"is divided by {many} once too often: the mean is taken twice",
                   lambda v, n, g, right: right / count(n), kind="number")  # fmt: skip
        for dim in view.dims:
            yield slip(1.6, f"is divided by {dim} where the mean is over {many}",
                       lambda v, n, g, right, dim=dim: right * count(n) / v.dims[dim])  # fmt: skip
    else:
        yield slip(1.2, f"is divided by {many}: a mean once too often",
                   lambda v, n, g, right: right / count(n), kind="number")  # fmt: skip
    for axis, wrong in _wrong_axes(node):
        yield slip(1.6, f"is spread {wrong}", lambda v, n, g, right, axis=axis:
                   _spread(n, g, (axis,)) / (count(n) if n.op == "mean" else 1))  # fmt: skip


def _of_extremes(node: Any, k: int) -> Iterator[Slip]:
    """Slips in a maximum or a minimum: its mask, and along which axis it is."""
    slip = _at(node, k)
    yield slip(1.4, f"lacks the mask of {write(node)}: only the {node.op} itself has a gradient",
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
            yield axis, f"over the wrong axis: {axis} for {axes[0]} in {write(node)}"


def _spread(n: Any, g: Any, axes: tuple[int, ...]) -> Any:
    """The gradient of a reduction at every number that went in, as if it had been along these axes."""
    shape = n.parents[0].shape
    kept = np.reshape(g, [length for axis, length in enumerate(shape) if axis not in n.settings["axes"]])
    return np.broadcast_to(np.expand_dims(kept, axes), shape)


def _is_extreme(n: Any, axis: int) -> Any:
    """Where the maximum, or the minimum, along an axis is."""
    x = n.parents[0].value
    return x == (x.max(axis, keepdims=True) if n.op == "max" else x.min(axis, keepdims=True))


def _of_slices(view: View, node: Any, k: int) -> Iterator[Slip]:
    parent, name = node.parents[k], write(node)
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


def _without_target(view: View, node: Any) -> Iterator[Slip]:
    """Probabilities alone, where their target is subtracted from them: the gradient of a cross-entropy."""
    if not node.shape or not view.example.nodes:
        return
    for axis in (None, *(axis for axis, length in enumerate(node.shape) if length > 1)):
        p = probabilities(node.value, axis)
        name = next((other.name for other in view.nodes if other.name and alike(other.value, p)), "")
        name = name or (f"σ({write(node)})" if axis is None else f"softmax({write(node)})")
        shaped = [] if axis is None else [x for x in view.inputs.values() if x.shape == node.shape]
        free = [x.name for x in shaped if not np.allclose(x.value.sum(axis), 1)]
        for i in range(len(_batches(node.shape, axis))):
            for x in free:

                def summed(v: View, n: Any, g: Any, right: Any, i: int = i, axis: Any = axis, x: str = x) -> Any:
                    return (probabilities(n.value, axis) - v.inputs[x].value) / _batches(n.shape, axis)[i]

                text = f"takes {x} to add up to 1 along axis {axis}: if it always does, draw it by a strategy in inputs"
                yield _at(node, WHOLE)(0.5, text, summed, kind="input")
            target = _target(view, node, axis, i)
            known = next((x.name for x in view.nodes if x.op == "input" and alike(x.value, target)), "")
            if not all(
                alike(v.inputs[known].value if known else _one_hot(target), target)
                for v in view.siblings
                for n in v.at(node.site)
                for target in [_target(v, n, axis, i)]
            ):
                continue
            less = known or ("target" if axis is None else "one-hot")
            over = write_total(view, lambda v, i=i, axis=axis: [_batches(n.shape, axis)[i] for n in v.at(node.site)])  # type: ignore[misc]
            full = f"{name} − {less}" if over == "1" else f"({name} − {less}) / {over}"
            for j in dict.fromkeys((i, 0)):

                def alone(v: View, n: Any, g: Any, right: Any, j: int = j, axis: Any = axis) -> Any:
                    return probabilities(n.value, axis) / _batches(n.shape, axis)[j]

                given = name if j == 0 else f"{name} / {over}"
                forgotten = (
                    f"the target{f' {known}' if known else ''} {'is' if j == i else 'and the mean are'} forgotten"
                )
                slip = _at(node, WHOLE)(0.5, f"has {given} in the place of {full}: {forgotten}", alone)
                yield slip._replace(right=f"∂L/∂{write_atom(node)} = {full}")
            break


def _target(view: View, node: Any, axis: int | None, i: int) -> Any:
    """What is subtracted from the probabilities, if the gradient is that difference, or its mean."""
    return probabilities(node.value, axis) - view.adjoint.get(node, math.nan) * _batches(node.shape, axis)[i]


def _one_hot(target: Any) -> Any:
    """The nearest array of 0 and 1."""
    return (np.asarray(target) > 0.5) * 1.0


def _batches(shape: tuple[int, ...], axis: int | None) -> tuple[int, ...]:
    """What a sum of losses may be divided by: nothing, the rows, all but the classes, all."""
    size = math.prod(shape)
    return 1, shape[0], size // max(1, shape[axis]) if axis is not None else size, size


def _chains(view: View) -> Iterator[Slip]:
    """Slips between two arrays of one shape, with several operations on the way or one."""
    nodes = [node for node in view.active if node.value.size]
    if len(nodes) > LARGE:
        return
    for end in reversed(nodes):
        if end.op == "input":
            continue
        before = before_activation(view, end)
        axes = softmax_axes(end)
        for start in nodes:
            if start is end or start.shape != end.shape or start.site == end.site:
                continue
            direct = start in end.parents
            told = direct or start is before or (bool(end.name or end is view.root) and bool(start.name))
            told = told or any(alike(end.value, probabilities(start.value, axis)) for axis in axes)
            matrix = view.between(end, start) if told else None
            if matrix is None:
                continue
            diagonal = bool(np.all(matrix == np.diag(np.diag(matrix))))
            if diagonal and np.ptp(np.diag(matrix)) == 0 and (np.size(matrix) > 1 or end.op == "negative"):
                continue
            yield from _chain(view, start, end, diagonal, direct)


def _chain(view: View, start: Any, end: Any, diagonal: bool, direct: bool) -> Iterator[Slip]:
    """Slips in all that lies between two arrays."""
    if (start.value.size == 1 and not diagonal) or (end.elementwise is False and diagonal and start.value.size > 1):
        return
    known = activation(start.value, end.value) if diagonal else ""
    text = f"∂{write_atom(end)}/∂{write_atom(start)}" + (f" = {known}′({write(start)})" if known else "")
    several = [] if known else _factors_between(view, start, end)

    def slip(cost: float, said: str, of: Callable[..., Any], kind: str = "") -> Slip:
        """``of`` takes the view, the two nodes, the gradient of the later one and the matrix between them."""

        def change(v: View, n: Any, g: Any, right: Any) -> Any:
            # In place of what goes the long way to the earlier node, it gets what the slip gives.
            first = v.find(start.site, n)
            matrix = v.between(n, first)
            if matrix is None:
                raise ValueError("shapes do not go together")
            return of(v, first, n, g, matrix).reshape(first.shape) - (g.reshape(-1) @ matrix).reshape(first.shape)

        return Slip((((end.site, start.site), DETOUR, change),), cost, said, start, kind=kind)

    if not direct:
        cost = 1.1 + 0.3 * len(several) if diagonal else 1.9
        factors = (
            f"the factors {listed(several)}" if len(several) > 1 else f"the factor {several[0] if several else text}"
        )
        yield slip(cost, f"lacks {factors}", lambda v, s, n, g, m: g, "factor")
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
    z, a = write(start), write(end)
    yield slip(1.5, f"has the diagonal of {text} alone: each number of {a} depends on others of {z} too",
               lambda v, s, n, g, m: g * _diag(m, n))  # fmt: skip
    for axis in softmax_axes(end):
        for other in [a for a in range(len(start.shape)) if a != axis] + [tuple(range(len(start.shape)))]:
            yield slip(1.4, f"is summed over the wrong axis within softmax: {other} for {axis}",
                       lambda v, s, n, g, m, other=other:
                       n.value * (g - (g * n.value).sum(axis=other, keepdims=True)))  # fmt: skip
        yield slip(1.4, f"lacks the factor {a} within the sum of softmax",
                   lambda v, s, n, g, m, axis=axis: n.value * (g - g.sum(axis=axis, keepdims=True)))  # fmt: skip
    form = f", {a} · (1 − {a})" if softmax_axes(end) else ""
    yield slip(1.8, f"has once too often the diagonal of {text}{form}",
               lambda v, s, n, g, m: (g.reshape(-1) @ m).reshape(s.shape) * _diag(m, n))  # fmt: skip


def _another_slope(
    view: View, slip: Callable[..., Slip], start: Any, end: Any, known: str, text: str
) -> Iterator[Slip]:
    """Where a function is applied number by number: its derivative taken at another place, or of another function."""
    ends = [start] if end is view.root else [start, end]
    # What comes before the last addition: z without its bias.
    beside = [x for x in view.active if x.shape == start.shape and x is not start and not x.name and x in start.parents]
    others = [x for x in _others(view, start.shape) if x.shape == start.shape and x not in (start, end)] + beside
    if not known or (len(view.nodes) > 60 and not (start.name and end.name)):
        others = []
    functions = {known: ACTIVATIONS[known]} if known in ("abs", "exp", "log") else ACTIVATIONS  # taken for no other
    for at in [*ends, *others]:
        for name, op in functions.items():
            if (name == known and at is start) or (name != known and at not in ends):
                continue
            if len(np.unique(derivative(op, at.value))) == 1 and name != known:
                continue  # no more than a constant factor
            usual = name == known or (at is start and name in ("σ", "tanh", "relu", "softplus"))
            cost = (1.3 if at in (start, end, *beside) else 1.7) if known and usual else 1.9
            yield slip(cost, f"has {name}′({write(at)}) in the place of {text}",
                       lambda v, s, n, g, m, op=op, site=at.site: g * derivative(op, v.value(site, n)))  # fmt: skip
    for at in ends:
        atom = write_atom(at)
        forms: list[tuple[float, str, Callable[[Any], Any]]] = [
            (1.3, f"{atom}·(1 − {atom})", lambda x: x * (1 - x)),
            (1.3, f"1 − {atom}²", lambda x: 1 - x * x),
            (1.6, f"1 − {atom}", lambda x: 1 - x),
            (1.2 if known == "σ" and at is end else 1.6, write(at), lambda x: x),  # likelier than softplus′, which is σ
        ]
        if known == "σ":
            forms.append((1.5, f"{atom}·(1 + {atom})", lambda x: x * (1 + x)))
        else:
            forms.append((1.5, f"1 − {atom} for its square", lambda x: 1 - np.abs(x)))
        for cost, said, function in forms:
            yield slip(cost, f"has {said} in the place of {text}",
                       lambda v, s, n, g, m, f=function, site=at.site: g * f(v.value(site, n)))  # fmt: skip


def _of_a_mask(view: View, slip: Callable[..., Slip], start: Any, end: Any) -> Iterator[Slip]:
    """The mask of relu: at 0, turned round, or of something else."""
    z = write(start)
    yield slip(1.2, f"has a slope of 1 where {z} is 0: its mask should be {z} > 0, for relu′(0) is 0",
               lambda v, s, n, g, m: g * (s.value >= 0))  # fmt: skip
    for below in (np.less, np.less_equal):
        yield slip(1.2, f"has the mask of relu the wrong way round: it should be {z} > 0",
                   lambda v, s, n, g, m, below=below: g * below(s.value, 0))  # fmt: skip
    yield slip(1.6, "has its mask taken of the gradient in the place of the input of relu",
               lambda v, s, n, g, m: g * (g > 0))  # fmt: skip
    for other in _others(view, start.shape):
        if other.shape == start.shape and other is not start and other is not end:
            yield slip(1.8, f"has the mask of {write(other)} in the place of that of {z}",
                       lambda v, s, n, g, m, site=other.site: g * (v.value(site, n) > 0))  # fmt: skip


def _factors_between(view: View, start: Any, end: Any) -> list[str]:
    """The local derivatives on the way from one array to another, where there is one way."""
    found = []
    node = end
    while node is not start:
        ways = [
            k for k, parent in enumerate(node.parents) if parent in view.on and view.between(parent, start) is not None
        ]
        if len(ways) != 1 or not node.elementwise:
            return []
        [k] = ways
        if (slope_of(node, k) != 1.0).any():
            found.append(write_factor(node, k))
        node = node.parents[k]
    return found


def _diag(matrix: Any, node: Any) -> Any:
    return np.diag(matrix).reshape(node.shape)


def forward_slips(view: View) -> Iterator[Slip]:
    """The forward pass that the backward pass has in mind is another one."""
    if not view.example.nodes or len(view.nodes) > LARGE:
        return
    for node in one_of_each_site(node for node in view.active if node.op != "input"):
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

        text = f"is of a forward pass without {write(term)} in {write(node)}"
        yield Slip((), 2, text, term, (node.site, without))


def _with_another_function(node: Any) -> Iterator[Slip]:
    """A forward pass that lacks a bound or a constant factor, or has another activation."""
    [parent] = node.parents
    if node.op in ("maximum", "minimum"):
        unbounded = (node.site, lambda n: (lambda x: x) if n.shape == n.parents[0].shape else n.call)
        yield Slip((), 2.1, f"is of a forward pass without {write(node)}", parent, unbounded)
    if node.op in ("multiply", "divide"):
        text = f"is of a forward pass without the constant factor in {write(node)}"
        unscaled = (node.site, lambda n: (lambda x: x) if n.shape == n.parents[0].shape else n.call)
        yield Slip((), 2.2, text, parent, unscaled)
    if known := activation(parent.value, node.value):
        for name, op in ACTIVATIONS.items():
            if name != known:
                text = f"is of a forward pass with {name} in the place of {known} in {write(node)}"
                yield Slip((), 2.2, text, parent, (node.site, lambda n, op=op: np.frompyfunc(op, 1, 1)))
