"""Backpropagation, in one sitting.

A `Value` is a number that remembers how it was made: the operation, its parents (the Values that went in) and, for each
parent, the local derivative: how much the output moves when that parent alone moves. Local derivatives are plain
numbers, worked out while the expression is computed. All of them together are a graph, and backpropagation is one walk
over it, from the result back to the leaves, with one line at its heart, the chain rule:

    parent.grad += local_grad * node.grad

The walk goes in reverse topological order: a node propagates only after every node that uses it, when its gradient is
complete.

>>> x, y = Value(2.0, "x"), Value(-3.0, "y")
>>> z = x * y + x
>>> z.backward()
>>> z.data, x.grad, y.grad        # ∂z/∂x = y + 1, ∂z/∂y = x
(-4.0, -2.0, 2.0)

The rules of differentiation are a table, in `ops`; this file is the machinery that applies them, and a `Graph`, in
`graph`, keeps what has been ordered here, to visit it again. `_evaluate` repeats the hottest rules as plain
arithmetic, for speed, and a test holds each to its entry in the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from autograd import ops, walk
from autograd.arithmetic import ABSENT, Arithmetic
from autograd.ops import Op, is_number, number, text

ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE = ops.add, ops.subtract, ops.multiply, ops.divide, ops.negative
POWER, RELU, SIGMOID, CONSTANT = ops.power, ops.relu, ops.sigmoid, ops.constant
NAN = float("nan")


class Value(Arithmetic):
    """A number in a computation graph: ``Value(data, label="")``.

    ``data`` is a real number (an int, a float, a NumPy scalar, anything with ``__float__``) and ``label`` a name to
    print and draw it with; anything else is a TypeError. ``< <= > >=`` compare the data, so that ``max`` and ``sorted``
    work; ``==`` and ``hash`` go by identity, for a Value is a node of a graph, and two nodes can hold the same number.

    >>> 2 * Value(3.0, "x")
    Value(data=6.0, grad=0.0)
    """

    # Most operations have one or two parents, so each has a slot, and its local derivative another; the rare further
    # ones wait in _more. A tuple of parents would read better and take twice the time.
    __slots__ = (
        "_adjoint", "_data", "_grad", "_label", "_left", "_left_local", "_mark", "_more", "_op", "_right",
        "_right_local",
    )  # fmt: skip

    def __init__(self, data: Any, label: str = "") -> None:
        try:
            computed = self._left is not None
        except AttributeError:  # plain Python has nothing there yet
            computed = False
        if computed:
            raise TypeError(f"{self!r} was computed from others and cannot be made again: write Value({data!r:.80})")
        self._data, self._grad, self._label = number(data), 0.0, text(label)
        self._op: Any = None
        self._left: Any = None
        self._right: Any = None
        self._more: Any = None
        self._left_local = self._right_local = 0.0
        self._adjoint = 0.0  # the gradient accumulated during this backward pass
        self._mark = 0  # the number of the walk that listed this node last

    @property
    def data(self) -> float:
        """The number itself. Assign to a leaf, and `Graph.forward` brings what was made from it up to date."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        self._data = number(data)

    @property
    def grad(self) -> float:
        """∂root/∂self for the root that ``backward`` was called on; a leaf adds its gradients up over the calls."""
        return self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = number(grad)

    @property
    def label(self) -> str:
        """The name to print and draw this value with; empty where it has none."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = text(label)

    @property
    def op(self) -> Op | None:
        """The operation that made this value; None for a leaf, `ops.constant` for a plain number in an expression."""
        return self._op

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values that went into the operation, in order."""
        return tuple([parent for parent, _ in edges(self)])

    @property
    def local_grads(self) -> tuple[float, ...]:
        """∂self/∂parent, for each of `parents`."""
        return tuple([local_grad for _, local_grad in edges(self)])

    def backward(self, gradient: Any = 1.0) -> None:
        """Backpropagate from here: every Value that this one was made from gets its gradient, gradient · ∂self/∂value.

        ``gradient`` is this value's own: ∂L/∂self, where an L was computed from it elsewhere. What is no real number,
        True and False included, is a TypeError. For gradients to differentiate again there is `gradients`.
        """
        backpropagate(topological_order(self), gradient)

    def _apply(self, op: Op, x: Any, y: Any) -> Any:
        if isinstance(x, Value) and isinstance(y, Value):
            return _record(op, x, y, None)
        if y is ABSENT:
            return _record(op, self, None, None)
        other = y if x is self else x
        if not isinstance(other, Value) and not is_number(other):
            return _refuse(other)
        return _record(op, _as_node(x), _as_node(y), None)

    def __apply_op__(self, op: Op, inputs: tuple[Any, ...]) -> Value:
        """How an operation takes Values: ``op(x, y, z)`` ends here."""
        left, *rest = inputs
        more: list[Edge] = []
        for x in rest[1:]:
            more.append((_as_node(x), 0.0))
        return _record(op, _as_node(left), _as_node(rest[0]) if rest else None, tuple(more) or None)

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        return f"Value(data={self._data}, grad={self._grad}{label})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Leaves, and so networks, can be copied and pickled; so can constants, which stay constants."""
        if self._op is CONSTANT:
            return _constant, (self._data,), (None, {"grad": self._grad, "label": self._label})
        if self._left is None:
            return type(self), (self._data, self._label), (None, {"grad": self._grad})
        raise TypeError(
            f"{self!r} was computed from others, and a copy would have to copy its whole graph: copy or pickle the "
            "leaves or the network and compute it again, or take v.data, the plain number"
        )

    def __dealloc__(self) -> None:  # compiled only, and then what frees a chain of any length without recursion
        release_parents(self)  # type: ignore[name-defined]  # noqa: F821 (it is in engine.pxd)


Edge: TypeAlias = tuple[Value, float]


def _refuse(x: Any) -> Any:
    """Let Python ask an operand that is no number, such as an array; text, None and complex numbers are errors."""
    return number(x) if x is None or isinstance(x, (str, bytes, complex)) else NotImplemented


def _as_node(x: Any) -> Value:
    return x if isinstance(x, Value) else _constant(number(x))


def _constant(x: float) -> Value:
    """A node for a plain number in an expression."""
    node = Value.__new__(Value)
    node._op, node._left, node._right, node._more = CONSTANT, None, None, None
    node._grad = node._adjoint = node._left_local = node._right_local = 0.0
    node._data, node._label, node._mark = x, "", 0
    return node


def _record(op: Op, left: Value, right: Value | None, more: tuple[Edge, ...] | None) -> Value:
    """A new node for the operation applied to these parents."""
    node = Value.__new__(Value)
    node._op, node._left, node._right, node._more = op, left, right, more
    node._grad = node._adjoint = node._left_local = node._right_local = 0.0
    node._label, node._mark = "", 0
    _evaluate(node)
    return node


def _evaluate(node: Value) -> None:
    """Work out a node's data and local derivatives from its parents' data."""
    x = node._left._data
    y = 0.0 if node._right is None else node._right._data
    if node._op is ADD:
        node._data, node._left_local, node._right_local = x + y, 1.0, 1.0
    elif node._op is MULTIPLY:
        node._data, node._left_local, node._right_local = x * y, y, x
    elif node._op is SUBTRACT:
        node._data, node._left_local, node._right_local = x - y, 1.0, -1.0
    elif node._op is DIVIDE and y != 0:
        node._data, node._left_local, node._right_local = x / y, 1.0 / y, -(x / y / y)
    elif node._op is NEGATIVE:
        node._data, node._left_local = -x, -1.0
    elif node._op is POWER and y == 2:
        node._data, node._left_local = x * x, 2.0 * x
        node._right_local = x * x * math.log(x) if x > 0 else 0.0 if x == 0 else NAN
    elif node._op is RELU:
        node._data, node._left_local = 0.0 if x < 0 else x, 0.0 if x <= 0 else 1.0
    elif node._op is SIGMOID:
        e = math.exp(-abs(x))
        node._data = (1.0 if x >= 0 else e) / (1.0 + e)
        node._left_local = node._data * (1.0 - node._data)
    else:
        _apply_rule(node)


def _apply_rule(node: Value) -> None:
    """The same, by the operation's entry in the table."""
    _check(node._op, Op)
    inputs: list[float] = []
    for parent, _ in edges(node):
        inputs.append(parent._data)
    data = number(node._op.forward(*inputs))
    local_grads: list[float] = []
    for partial in node._op.partials:
        local_grads.append(number(partial(data, *inputs)))
    if node._more is not None:
        node._more = tuple(zip([parent for parent, _ in node._more], local_grads[2:], strict=True))
    if node._right is not None:
        node._right_local = local_grads[1]
    node._data, node._left_local = data, local_grads[0]


def _check(x: Any, wanted: type) -> None:
    if not isinstance(x, wanted):  # compiled code lets None pass for anything
        raise TypeError(f"expected {wanted.__name__}, got {type(x).__name__} {x!r:.80}")


def edges(node: Value) -> list[Edge]:
    """The parents of a node, each with ∂node/∂parent."""
    _check(node, Value)
    edges: list[Edge] = [] if node._left is None else [(node._left, node._left_local)]
    if node._right is not None:
        edges.append((node._right, node._right_local))
    return edges if node._more is None else [*edges, *node._more]


_walk_count = 0  # how many walks there have been


class Order:
    """The root and its ancestors in topological order: leaves, then the rest. Made by `topological_order` alone."""

    __slots__ = ("inner", "leaves", "root")
    root: Value
    leaves: tuple[Value, ...]
    inner: tuple[Value, ...]


def _add_unlisted(path: list[Value], parents: tuple[Edge, ...], this_walk: int) -> bool:
    """Add the parents that are not listed yet, all at once: one by one, each would cost a look at all of them."""
    before = len(path)
    for parent, _ in parents:
        if parent._mark != this_walk:
            path.append(parent)
    return len(path) > before


def topological_order(root: Value) -> Order:
    """Put the root and its ancestors in order.

    Iterative depth-first search. Marks are walk numbers, so the marks of an interrupted walk are stale.
    """
    global _walk_count
    _check(root, Value)
    _walk_count += 1
    this_walk = _walk_count
    leaves: list[Value] = []
    inner: list[Value] = []
    path = [root]
    while path:
        node = path[-1]
        if node._left is not None and node._left._mark != this_walk:
            path.append(node._left)
        elif node._right is not None and node._right._mark != this_walk:
            path.append(node._right)
        elif node._more is not None and _add_unlisted(path, node._more, this_walk):
            pass
        else:
            path.pop()
            if node._mark != this_walk:  # else it was on the path twice
                node._mark = this_walk
                if node._left is None:
                    text(node._label)  # refuses what Value.__new__ alone has made, which compiled code takes for a leaf
                    leaves.append(node)
                else:
                    inner.append(node)
    order = Order()
    order.root, order.leaves, order.inner = root, tuple(leaves), tuple(inner)
    return order


def recompute(order: Order) -> None:
    """Bring everything up to date with the leaves' data, parents first."""
    _check(order, Order)
    walk.visit_all(order.inner, _evaluate)


def backpropagate(order: Order, gradient: Any) -> None:
    """Give every Value its gradient, in the reverse of the order; the root's is given. Leaves add it to what they have.

    All or nothing: whatever interrupts it, Ctrl-C included, the leaves' gradients are as before, or complete.
    """
    _check(order, Order)
    _check(order.root, Value)
    if type(gradient) is not float:
        if type(gradient).__name__ in ("bool", "bool_"):  # the second is NumPy's
            raise TypeError(f"the gradient that backward starts from is a number, as in backward(2.0), got {gradient}")
        gradient = number(gradient)
    for watch in watchers:
        watch(order.root, gradient)
    try:
        order.root._adjoint = gradient
        walk.visit_reversed(order.inner, _propagate)
        walk.visit_all(order.leaves, _accumulate)
    except BaseException:
        walk.visit_all(order.leaves, _forget)
        walk.visit_all(order.inner, _forget)
        raise


watchers: list[Callable[[Value, float], None]] = []  # called with the root and its gradient first; see `anomaly`


def _propagate(node: Value) -> None:
    """Chain rule. All consumers have propagated, so this gradient is complete."""
    node._grad, node._adjoint = node._adjoint, 0.0
    node._left._adjoint += node._left_local * node._grad
    if node._right is not None:
        node._right._adjoint += node._right_local * node._grad
    if node._more is not None:
        _propagate_to_more(node)


def _propagate_to_more(node: Value) -> None:
    for parent, local_grad in node._more:
        parent._adjoint += local_grad * node._grad


def _accumulate(leaf: Value) -> None:
    """Add once; adding each contribution separately would round differently."""
    leaf._grad, leaf._adjoint = leaf._grad + leaf._adjoint, 0.0


def _forget(node: Value) -> None:
    node._adjoint = 0.0
