"""`Value` and its `backward`: backpropagation, in one sitting.

A `Value` is a number that remembers how it was made: the operation, its parents (the Values that went in) and, for each
parent, the local derivative: how much the output moves when that parent alone moves. Local derivatives are plain
numbers, worked out while the expression is computed. All of them together are a graph, and backpropagation is one walk
over it, from the result back to the leaves, with one line at its heart, the chain rule:

    parent.grad += local_grad * node.grad

The walk goes in reverse topological order: a node propagates only after every node that uses it, when its gradient is
complete. Until then, what this walk has brought is in `_adjoint`, since `grad` may hold what earlier ones did.

>>> x, y = Value(2.0, "x"), Value(-3.0, "y")
>>> z = x * y + x
>>> z.backward()
>>> z.data, x.grad, y.grad        # ∂z/∂x = y + 1, ∂z/∂y = x
(-4.0, -2.0, 2.0)

The rules of differentiation are a table, in `ops`; this file is the machinery that applies them, and a `Graph`, in
`graph`, keeps what has been ordered here, to visit it again. `_rules` is that table once more, as source: generated,
for speed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import ahead, memory, ops, walk
from autograd.arithmetic import ABSENT, Signature, refuse
from autograd.node import Node, check, leaf_label, many_of
from autograd.operation import Op, is_number, number, text

CONSTANT, WEIGHTED_SUM = ops.constant, ops.weighted_sum


class Value(Node):
    """A number in a computation graph: ``Value(data, label="")``.

    ``data`` is a real number (an int, a float, a NumPy scalar, anything with ``__float__``) and ``label`` a name to
    print and draw it with; anything else is a TypeError. ``< <= > >=`` compare the data, so that ``max`` and ``sorted``
    work; ``==`` and ``hash`` go by identity, for a Value is a node of a graph, and two nodes can hold the same number.

    >>> 2 * Value(3.0, "x")
    Value(data=6.0, grad=0.0)
    """

    __slots__ = ()
    __signature__ = Signature(lambda data, label="": None)  # a compiled class does not know its arguments

    def __init__(self, data: Any, label: str = "", *further: Any) -> None:
        try:
            computed = self._left is not None
        except AttributeError:  # plain Python has nothing there yet
            computed = False
        if computed:
            raise TypeError(f"{self!r} was computed from others and cannot be made again: write Value({data!r:.80})")
        self._data, self._label = number(data), leaf_label(label, further)
        self._operation = self._left = self._right = self._many = None
        self._grad = self._adjoint = self._left_local = self._right_local = 0.0
        self._mark = 0  # the last walk that listed it; below 0 a tape, see `ahead`, has newer numbers than it has

    @property
    def data(self) -> float:
        """The number itself. Assign to a leaf, and `Graph.forward` brings what was made from it up to date."""
        if self._mark < 0:
            ahead.catch_up(self._mark, self)
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if self._mark < 0:
            ahead.catch_up(self._mark)
        self._data = number(data)

    @property
    def grad(self) -> float:
        """∂root/∂self for the root that ``backward`` was called on; a leaf adds its gradients up over the calls."""
        if self._mark < 0:
            ahead.catch_up(self._mark, self)
        return self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        if self._mark < 0:
            ahead.catch_up(self._mark)
        self._grad = number(grad)

    def backward(self, gradient: Any = 1.0) -> None:
        """Backpropagate from here: every Value that this one was made from gets its gradient, gradient · ∂self/∂value.

        ``gradient`` is this value's own: ∂L/∂self, where an L was computed from it elsewhere. What is no real number,
        True and False included, is a TypeError. For gradients to differentiate again there is `gradients`.
        """
        backpropagate(topological_order(self), begin(self, gradient))

    def _apply(self, op: Op, x: Any, y: Any) -> Any:
        if x is self and isinstance(y, (Value, float)):
            return _record(op, self, y if isinstance(y, Value) else _constant(y), None)
        if y is ABSENT:
            return _record(op, self, None, None)
        other = y if x is self else x
        if not isinstance(other, Value) and not is_number(other):
            return refuse(other)
        return _record(op, as_node(x), as_node(y), None)

    def __apply_op__(self, op: Op, inputs: Sequence[Any]) -> Value:
        """How an operation takes Values: ``op(x, y, z)`` ends here."""
        nodes = memory.own_tuple(inputs)  # a copy: nobody else may hold what a node frees, see `memory`
        if not memory.all_are(nodes, Value):
            nodes = memory.own_tuple(list(map(as_node, nodes)))
        if len(nodes) > 2 or op is WEIGHTED_SUM:
            return _record(op, nodes[0], None, nodes)  # the first is on the left too, which tells it from a leaf
        return _record(op, nodes[0], nodes[1] if len(nodes) == 2 else None, None)

    def _load(self) -> None:
        """Put the operands' numbers where their weighted sum is added up."""
        numbers = self._many.local_grads
        for i, parent in enumerate(self._many.parents):
            numbers[i] = parent._data

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        return f"Value(data={self.data}, grad={self.grad}{label})"

    _repr_pretty_ = Node._repr_pretty_  # IPython looks for it beside __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        """Leaves, and so networks, can be copied and pickled; so can constants, which stay constants."""
        if self._operation is CONSTANT:
            return _constant, (self._data,), (None, {"grad": self._grad, "label": self._label})
        if self._left is None:
            return type(self), (self._data, self._label), (None, {"grad": self._grad})
        raise TypeError(
            f"{self!r} was computed from others, and a copy would have to copy its whole graph: copy or pickle the "
            "leaves or the network and compute it again, or take v.data, the plain number"
        )

    def __dealloc__(self) -> None:  # compiled only, and then what frees a chain of any length without recursion
        release_parents(self)  # type: ignore[name-defined]  # noqa: F821 (it is in engine.pxd)


def as_node(x: Any) -> Value:
    """A Value as it is, a plain number as a constant of the graph."""
    return x if isinstance(x, Value) else _constant(number(x))


def _constant(x: float) -> Value:
    """A node for a plain number in an expression."""
    node = Value.__new__(Value)
    node._operation, node._left, node._right, node._many = CONSTANT, None, None, None
    node._grad = node._adjoint = node._left_local = node._right_local = 0.0
    node._data, node._label, node._mark = x, "", 0
    return node


def _record(op: Op, left: Value, right: Value | None, many: tuple[Value, ...] | None) -> Value:
    """A new node for the operation applied to these parents."""
    if op is None:
        check(op, Op)  # refuses None, which compiled code lets pass for anything
    node = Value.__new__(Value)
    node._operation, node._left, node._right = op, left, right
    node._many = None if many is None else many_of(many)
    node._grad = node._adjoint = node._left_local = node._right_local = 0.0
    node._label, node._mark = "", 0
    if left._mark < 0:
        ahead.catch_up(left._mark, left)
    if right is not None and right._mark < 0:
        ahead.catch_up(right._mark, right)
    walk.evaluate(node)
    return node


_walk_count = 0  # how many walks there have been


class Order:
    """The root and its ancestors in topological order: leaves, then the rest. Made by `topological_order` alone."""

    __slots__ = ("inner", "leaves", "root")
    root: Value
    leaves: tuple[Value, ...]
    inner: tuple[Value, ...]


def _add_unlisted(path: list[Value], parents: tuple[Value, ...], this_walk: int) -> int:
    """Add the parents that are not listed yet, all at once, as each alone would cost a look at all; say how many."""
    before = len(path)
    for parent in reversed(parents):  # the last one that is added is visited first
        if parent._mark != this_walk:
            path.append(parent)
    return len(path) - before


def topological_order(root: Value) -> Order:
    """Put the root and its ancestors in order.

    Iterative depth-first search. Marks are walk numbers, so the marks of an interrupted walk are stale.
    """
    global _walk_count
    check(root, Value)
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
        elif node._many is not None and _add_unlisted(path, node._many.parents, this_walk):
            pass
        else:
            path.pop()
            if node._mark != this_walk:  # else it was on the path twice
                if node._mark < 0:
                    ahead.take_over(node._mark)
                node._mark = this_walk
                if node._left is None:
                    text(node._label)  # refuses what Value.__new__ alone has made, which compiled code takes for a leaf
                    leaves.append(node)
                else:
                    inner.append(node)
    order = Order()
    order.root, order.leaves, order.inner = root, tuple(leaves), tuple(inner)
    return order


def take_over(order: Order) -> None:
    """Before a graph's nodes are computed one by one: tapes that have them give them back."""
    check(order, Order)
    for node in order.inner:
        if node._mark < 0:
            ahead.take_over(node._mark)


def recompute(order: Order) -> None:
    """Bring everything up to date with the leaves' data, parents first."""
    check(order, Order)
    walk.visit_all(order.inner, walk.evaluate)


watchers: list[Callable[[Value, float], None]] = []  # called with the root and its gradient first; see `anomaly`


def begin(root: Value, gradient: Any) -> float:
    """The gradient that backpropagation starts from, as a number, shown to the watchers."""
    if type(gradient) is not float:
        if type(gradient).__name__ in ("bool", "bool_"):  # the second is NumPy's
            raise TypeError(f"the gradient that backward starts from is a number, as in backward(2.0), got {gradient}")
        gradient = number(gradient)
    for watch in watchers:
        watch(root, gradient)
    return gradient


def backpropagate(order: Order, gradient: float) -> None:
    """Give every Value its gradient, in the reverse of the order; the root's is given. Leaves add it to what they have.

    All or nothing: whatever interrupts it, Ctrl-C included, the leaves' gradients are as before, or complete.
    """
    check(order, Order)
    check(order.root, Value)
    try:
        order.root._adjoint = gradient
        walk.visit_reversed(order.inner, _propagate)
        walk.visit_all(order.leaves, _accumulate)
    except BaseException:
        walk.visit_all(order.leaves, _forget)
        walk.visit_all(order.inner, _forget)
        raise


def _propagate(node: Value) -> None:
    """Chain rule. All consumers have propagated, so this gradient is complete."""
    node._grad, node._adjoint = node._adjoint, 0.0
    if node._many is None:
        node._left._adjoint += node._left_local * node._grad
        if node._right is not None:
            node._right._adjoint += node._right_local * node._grad
    else:
        _propagate_to_many(node, node._many.parents)


def _propagate_to_many(node: Value, parents: tuple[Value, ...]) -> None:
    local_grads, grad = node._many.local_grads, node._grad
    for i, parent in enumerate(parents):
        parent._adjoint += local_grads[i] * grad


def _accumulate(leaf: Value) -> None:
    """Add once; adding each contribution separately would round differently."""
    leaf._grad, leaf._adjoint = leaf._grad + leaf._adjoint, 0.0


def _forget(node: Value) -> None:
    node._adjoint = 0.0
