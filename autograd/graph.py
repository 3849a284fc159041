"""A graph, kept: everything that a result was made from, ordered once, to compute again and again.

Recording makes a node for every number. Where the computation stays the same and only the leaves change, as in a
training loop, a `Graph` computes it again, and goes back, with the nodes and the order that are there. It can also tell
of every single step of backpropagation, which is what the pages of `stepper` are made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd.engine import Value, backpropagate, edges, recompute, topological_order
from autograd.ops import constant


class Step(NamedTuple):
    """One step of backpropagation, along one edge: ``parent.grad += node.grad · ∂node/∂parent``."""

    node: Value
    parent: Value
    local_grad: float  #: ∂node/∂parent, the other operands held
    upstream: float  #: node.grad, complete by now
    contribution: float  #: local_grad · upstream, what is added to parent.grad
    grad: float  #: parent.grad so far, this contribution included


class Graph:
    """All the Values that ``root`` was made from, ordered once: leaves first, parents before what was made from them.

    Keep it to compute the same expression again without recording it anew:

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

    __slots__ = ("_current", "_order")

    def __init__(self, root: Value) -> None:
        if not isinstance(root, Value):
            raise TypeError(f"a Graph is made from its root, a Value, got {type(root).__name__} {root!r:.80}")
        self._order = topological_order(root)
        self._current = True

    @property
    def root(self) -> Value:
        """The Value that the graph leads to."""
        return self._order.root

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The Values that nothing went into, as parameters, inputs and targets; constants are left out."""
        return tuple([leaf for leaf in self._order.leaves if leaf.op is None])

    def __len__(self) -> int:
        return len(self._order.leaves) + len(self._order.inner)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._order.leaves + self._order.inner)

    def forward(self) -> float:
        """Compute everything again from the leaves' present data, and return the root's."""
        self._current = False
        recompute(self._order)
        self._current = True
        return self._order.root.data

    def backward(self, gradient: Any = 1.0) -> None:
        """Give every Value its gradient, ``grad``, as `Value.backward` does. Leaves add it to what they have.

        Whatever interrupts it, Ctrl-C included, the leaves' gradients are then as they were before, or complete.
        """
        if not self._current:
            self.forward()  # the last one failed or was interrupted
        backpropagate(self._order, gradient)

    def steps(self, gradient: float = 1.0) -> Iterator[Step]:
        """Backpropagate step by step, beside the graph: nothing in it changes. Steps to constants are left out.

        An operand that comes twice has two steps, one for each place:

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
