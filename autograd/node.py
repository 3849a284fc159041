"""A `Node`, what every `Value` is: its data, gradient, parents and local derivatives, and how they are worked out.

A `Node` has what every `Value` of the engine has: the operation that made it, its parents, and its local derivatives,
with micrograd's names for them. `Many` is where it keeps these if it has more than two parents. How nodes are recorded,
put in order and backpropagated through is the engine's business.
"""

from __future__ import annotations

from typing import Any, NoReturn, Self, TypeVar

from autograd import _rules, ahead, memory, ops
from autograd.arithmetic import Arithmetic
from autograd.operation import Op, number, text
from autograd.ops import divide, multiply, negative, power, subtract

# micrograd's signs, where they are not those that we draw.
MICROGRADS = {subtract: "-", multiply: "*", divide: "/", negative: "-", power: "**", ops.relu: "ReLU"}
WEIGHTED_SUM = ops.weighted_sum

# What may help whose own operation raises one of these.
ADVICE = {
    TypeError: ": forward takes the inputs, each partial the output and then the inputs, and they return numbers",
    ZeroDivisionError: ": autograd.ops.divide(x, y) gives inf or nan where x / y raises",
}


class Node(Arithmetic):
    """One node: how it was made, and its own step of backpropagation, by hand. `Value` is the class of all nodes."""

    # Most operations have one or two parents, so each has a slot, and its local derivative another; where there are
    # more, all are in _many, and the first in _left too. A tuple of parents would read better and take twice the time.
    __slots__ = (
        "_adjoint",  # the gradient accumulated during this backward pass
        "_data",
        "_grad",
        "_label",
        "_left",
        "_left_local",
        "_many",
        "_mark",  # the number of the walk that listed this node last; negative where a tape is ahead of it
        "_operation",
        "_right",
        "_right_local",
    )
    _adjoint: float
    _data: float
    _grad: float
    _label: str
    _left: Any
    _left_local: float
    _many: Any
    _mark: int
    _operation: Any
    _right: Any
    _right_local: float

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
        return self._operation

    @property
    def parents(self) -> tuple[Self, ...]:
        """The Values that went into the operation, in order."""
        return parents_of(self)

    @property
    def local_grads(self) -> tuple[float, ...]:
        """∂self/∂parent, for each of `parents`."""
        return tuple([local_grad for _, local_grad in edges(self)])

    def propagate(self: Any) -> None:
        """Do this node's step of backpropagation alone: add local derivative · ``grad`` to the ``grad`` of each parent.

        ``backward`` does it for all nodes, in an order in which every gradient is complete before it moves on.
        By hand, the order is yours: set the root's ``grad`` to 1, and begin there.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.grad = 1.0
        >>> y.propagate()
        >>> x.grad
        6.0
        """
        for parent, local_grad in edges(self):
            parent.grad += local_grad * self.grad

    @property
    def _prev(self: Any) -> set[Any]:
        """The parents, each once, as micrograd has them."""
        return set(self.parents)

    @property
    def _op(self: Any) -> str:
        """The operation's sign, as micrograd writes it; empty for a leaf and for a plain number."""
        return "" if self.op is None else MICROGRADS.get(self.op, self.op.symbol)

    @property
    def _backward(self) -> NoReturn:
        raise AttributeError(
            "a Value has no function _backward: its local derivatives are the numbers v.local_grads. v.propagate() "
            "does this one node by hand, v.backward() the whole graph. Operations of your own are made with autograd.Op"
        )

    @_backward.setter
    def _backward(self, function: Any) -> None:
        self._backward  # noqa: B018 (it raises)

    def _evaluate(self) -> None:
        """Work out data and local derivatives from the parents' data: what `walk.evaluate` does not itself."""
        if self._operation is WEIGHTED_SUM:
            self._load()
            self._data = add_up(self._many)
        elif self._operation.code == 0:
            self._apply_rule()
        else:
            x = self._left._data
            y = x if self._right is None else self._right._data
            self._data, self._left_local, self._right_local = _rules.apply(self._operation.code, x, y)

    def _load(self) -> None:
        """`Value` does it: as Nodes its operands would be looked through a seventh slower."""
        raise NotImplementedError

    def _apply_rule(self) -> None:
        """The same, by the rule of a user's own operation."""
        inputs: list[float] = []
        local_grads: list[float] = []
        for parent in parents_of(self):
            inputs.append(parent._data)
        try:
            data = number(self._operation.forward(*inputs))
            for local_grad in self._operation.local_grads(data, inputs):
                local_grads.append(number(local_grad))
        except Exception as error:
            advice = ADVICE.get(type(error), "")
            error.add_note(f"raised by the operation {self._operation.name!r} at {tuple(inputs)!s:.80}{advice}")
            raise
        if self._many is not None:
            for i in range(len(self._many.parents)):
                self._many.local_grads[i] = local_grads[i]
        elif self._right is not None:
            self._right_local = local_grads[1]
        self._data, self._left_local = data, local_grads[0]


class Many:
    """The parents, and room for a local derivative for each. Made by `many_of` alone."""

    __slots__ = ("local_grads", "parents")
    local_grads: list[float]
    parents: tuple[Any, ...]

    def __dealloc__(self) -> None:  # compiled only
        release_numbers(self.local_grads)  # type: ignore[name-defined]  # noqa: F821 (it is in node.pxd)


def many_of(parents: tuple[Any, ...]) -> Many:
    """What a node of these parents holds, which it looks at; nobody else holds the tuple."""
    if ahead.tapes:
        for parent in parents:
            check(parent, Node)
            if parent._mark < 0:
                ahead.catch_up(parent._mark, parent)
    many = Many.__new__(Many)
    many.local_grads, many.parents = memory.numbers(len(parents)), parents
    return many


def numbers_of(many: Many) -> list[float]:
    """The local derivatives."""
    check(many, Many)
    numbers: list[float] = []
    for i in range(len(many.parents)):
        numbers.append(many.local_grads[i])
    return numbers


def add_up(many: Many) -> float:
    """A weighted sum, `ops.weighted_sum`, of the numbers that are there; then its local derivatives are.

    Each factor's local derivative is the other factor.
    """
    check(many, Many)
    numbers, count = many.local_grads, len(many.parents)
    first, total = count % 2, -0.0  # which changes no number that is added to it
    if first:
        total, numbers[0] = numbers[0], 1.0
    for i in range(first, count, 2):
        x, y = numbers[i], numbers[i + 1]
        total += x * y
        numbers[i], numbers[i + 1] = y, x
    return total


def check(x: Any, wanted: type) -> None:
    """Refuse what is no such thing. Compiled code lets None pass for anything."""
    if not isinstance(x, wanted):
        raise TypeError(f"expected {wanted.__name__}, got {type(x).__name__} {x!r:.80}")


N = TypeVar("N", bound=Node)


def parents_of(node: N) -> tuple[N, ...]:
    """The Values that went into a node, in order."""
    check(node, Node)
    if node._many is not None:
        return node._many.parents
    return () if node._left is None else (node._left,) if node._right is None else (node._left, node._right)


def edges(node: N) -> list[tuple[N, float]]:
    """The parents of a node, each with ∂node/∂parent."""
    parents = parents_of(node)
    if node._mark < 0:
        ahead.catch_up(node._mark)
    local_grads = [node._left_local, node._right_local] if node._many is None else numbers_of(node._many)
    return list(zip(parents, local_grads, strict=False))


def leaf_label(x: Any, further: tuple[Any, ...]) -> str:
    """The label of a new leaf; a TypeError that names the way here where micrograd's children and operator came."""
    if type(x) is str and not further:
        return x
    if further or isinstance(x, (tuple, list, set)):
        raise TypeError(
            "Value(data, label) makes a leaf, which has no children and no operator. What is computed from others "
            "comes from an operation, as a + b or a.tanh(); one of your own is made with autograd.Op"
        )
    return text(x)
