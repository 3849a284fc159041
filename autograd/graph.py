"""A graph, kept: everything that a result was made from, ordered once, to compute again and again.

Recording makes a node for every number. Where the computation stays the same and only the leaves change, as in a
training loop, a `Graph` computes it again, and goes back, with the nodes and the order that are there. It can also tell
of every single step of backpropagation, which is what the pages of `stepper` are made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd import ahead
from autograd.engine import Order, Value, backpropagate, begin, recompute, take_over, topological_order, watchers
from autograd.node import edges
from autograd.ops import constant
from autograd.tape import Tape, tape_of


class Step(NamedTuple):
    """One step of backpropagation, along one edge: ``parent.grad += node.grad · ∂node/∂parent``."""

    node: Value
    parent: Value
    local_grad: float  #: ∂node/∂parent, the other operands held
    upstream: float  #: node.grad, complete by now
    contribution: float  #: local_grad · upstream, what is added to parent.grad
    grad: float  #: parent.grad so far, this contribution included


def _is_leaf(node: Value) -> bool:
    return node.op is None  # a constant's is `constant`


class Graph:
    """All the Values that ``root`` was made from, ordered once: leaves first, parents before what was made from them.

    Keep it to compute the same expression again without recording it anew:

    >>> from autograd import Graph, Value
    >>> x = Value(3.0, "x")
    >>> graph = Graph(x * x + 1)
    >>> x.data = 5.0
    >>> graph.forward()
    26.0
    >>> graph.backward()
    >>> x.grad
    10.0

    ``len`` counts the Values, iterating yields them in order; a root that is not a Value is a TypeError. Graphs that
    share Values are not to be ordered or run in two threads at once.
    """

    __slots__ = ("_current", "_order", "_tape")
    _order: Order

    def __init__(self, root: Value) -> None:
        if not isinstance(root, Value):
            raise TypeError(f"a Graph is made from its root, a Value, got {type(root).__name__} {root!r:.80}")
        self._order = topological_order(root)
        self._current = True
        self._tape: Tape | None = None  # made at the first forward

    @property
    def root(self) -> Value:
        """The Value that the graph leads to."""
        return self._order.root

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The Values that nothing went into, as parameters, inputs and targets; constants are left out."""
        return tuple(filter(_is_leaf, self._order.leaves))

    def __len__(self) -> int:
        return len(self._order.leaves) + len(self._order.inner)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._order.leaves + self._order.inner)

    def __repr__(self) -> str:
        return f"Graph({self.root!r}, {len(self)} nodes)"

    @property
    def tape(self) -> Tape:
        """The statements by which it is computed again. ``print`` shows them.

        Where its ``pays`` is False the nodes are visited one by one: where there is an operation of your own, and on a
        chain of single operations, on which statements are no faster.
        """
        if self._tape is None:
            self._tape = tape_of(self._order)
        return self._tape

    def forward(self) -> float:
        """Compute everything again from the leaves' present data, and return the root's."""
        self._current = False
        if self._tape is None:
            self._tape = tape_of(self._order)
        if self._tape.pays:
            self._tape.forward()
        else:
            if ahead.tapes:
                take_over(self._order)
            recompute(self._order)
        self._current = True
        return self._order.root._data

    def backward(self, gradient: Any = 1.0) -> None:
        """Give every Value its gradient, ``grad``, as `Value.backward` does. Leaves add it to what they have.

        Whatever interrupts it, Ctrl-C included, the leaves' gradients are then as they were before, or complete.
        """
        if not self._current:
            self.forward()  # the last one failed or was interrupted
        if type(gradient) is not float or watchers:
            gradient = begin(self._order.root, gradient)
        if self._tape is not None and self._tape.number:
            self._tape.backward(gradient)
        else:
            if ahead.tapes:
                take_over(self._order)
            backpropagate(self._order, gradient)

    def forward_backward(self, gradient: Any = 1.0) -> float:
        """`forward` and `backward` in one call, which returns the root's data: what a training step is made of.

        >>> from autograd import Value
        >>> w = Value(3.0, "w")
        >>> graph = Graph(w * w)
        >>> for _ in range(3):
        ...     w.grad = 0.0
        ...     loss = graph.forward_backward()
        ...     w.data -= 0.25 * w.grad
        ...     print(loss, w.data)
        9.0 1.5
        2.25 0.75
        0.5625 0.375
        """
        self.forward()
        self.backward(gradient)
        return self._order.root._data

    def steps(self, gradient: float = 1.0) -> Iterator[Step]:
        """Backpropagate step by step, beside the graph: nothing in it changes. Steps to constants are left out.

        An operand that comes twice has two steps, one for each place:

        >>> from autograd import Value
        >>> a = Value(3.0, "a")
        >>> for step in Graph(a * a).steps():
        ...     print(f"a.grad += {step.local_grad} · {step.upstream}, now {step.grad}")
        a.grad += 3.0 · 1.0, now 3.0
        a.grad += 3.0 · 1.0, now 6.0
        """
        grads = dict.fromkeys(self, 0.0)
        grads[self._order.root] = gradient
        for node in reversed(self._order.inner):
            for parent, local_grad in edges(node):
                contribution = local_grad * grads[node]
                grads[parent] += contribution
                if parent.op is not constant:
                    yield Step(node, parent, local_grad, grads[node], contribution, grads[parent])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """A notebook shows the picture."""
        from autograd.viz import draw

        return draw.show(self)
