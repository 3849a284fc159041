"""Hypothesis strategies: random numbers and expressions, to test an engine or a derivation with.

A property that holds for every expression is worth more than any list of examples, and Hypothesis looks for the one
expression where it does not hold. Here is the claim that gradients are linear, tried on a hundred expressions:

>>> import math
>>> from hypothesis import given
>>> from autograd.testing import strategies
>>> @given(strategies.expressions(smooth=True))
... def test_twice_the_function_has_twice_the_gradient(expression):
...     x, y = expression.record()
...     y.backward()
...     x2, y2 = expression.record()
...     (2 * y2).backward()
...     for v, v2 in zip(x, x2, strict=True):
...         assert math.isclose(v2.grad, 2 * v.grad, abs_tol=1e-300)      # doubling is exact but for subnormals
>>> test_twice_the_function_has_twice_the_gradient()

What is drawn shrinks to something short, and prints as Python that can be pasted into a test, as
``Expression(lambda x, y: (a := x * y) + a.sin(), (1.0, 0.5))``. It is written with operators and with methods like
``x.exp()``, so it runs on the Values of other engines too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd import ops
from autograd.engine import Value
from autograd.formula import SIGNS, python
from autograd.graph import Graph
from autograd.operation import Op

try:
    from hypothesis import Phase, settings
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'autograd.testing.strategies needs Hypothesis: python -m pip install "glassgrad[test]"', name=error.name
    ) from error

#: The operations that `expressions` draws from unless told otherwise: all that are operators or methods of a Value.
OPERATIONS = tuple([op for op in ops.TABLE if op in SIGNS or op is ops.absolute or hasattr(Value, op.name)])


def repeatable(examples: int) -> settings:
    """How the checks of this package draw: the same examples each time, shrunk.

    Not Hypothesis's phase `explain`, whose tracing takes most of the time where something is wrong.
    """
    phases = (Phase.generate, Phase.shrink)
    return settings(max_examples=examples, derandomize=True, database=None, deadline=None, phases=phases)


def finite_floats(bound: float = 10.0) -> SearchStrategy[float]:
    """Floats from −bound to bound, neither nan nor subnormal: numbers that ordinary arithmetic does not spill over.

    Shrinks towards 0, and to whole numbers.

    >>> from hypothesis import find
    >>> find(finite_floats(), lambda x: x > 1.5)
    2.0
    """
    return st.floats(-bound, bound, allow_subnormal=False)


def values(
    numbers: SearchStrategy[float] | None = None, labels: SearchStrategy[str] | None = None
) -> SearchStrategy[Value]:
    """Leaves: Values that nothing went into.

    Args:
        numbers: their data; `finite_floats` unless told otherwise.
        labels: their labels; empty unless told otherwise.

    >>> from hypothesis import find
    >>> find(values(), lambda v: v.data > 1.5)
    Value(data=2.0, grad=0.0)
    """
    return st.builds(Value, finite_floats() if numbers is None else numbers, st.just("") if labels is None else labels)


class Expression:
    """A function of a few numbers, and the point to look at it.

    Args:
        function: from as many numbers or Values as ``point`` has, to one.
        point: where its inputs are.

    >>> e = Expression(lambda x, y: x * y + x, (2.0, 3.0))
    >>> inputs, output = e.record()
    >>> output.backward()
    >>> output.data, [x.grad for x in inputs]
    (8.0, [4.0, 2.0])
    >>> e
    Expression(lambda x, y: x * y + x, (2.0, 3.0))
    """

    def __init__(self, function: Callable[..., Any], point: Sequence[float]) -> None:
        self.function, self.point = function, tuple(point)

    def __call__(self, *inputs: Any) -> Any:
        """The function, of Values or of another engine's numbers that know operators and methods like ``.exp()``."""
        return self.function(*inputs)

    def record(self) -> tuple[list[Value], Value]:
        """New leaves at the point, and the root that the function makes of them."""
        leaves = [Value(x) for x in self.point]
        root = self.function(*leaves)
        return leaves, root if isinstance(root, Value) else Value(root)

    def __repr__(self) -> str:
        leaves, root = self.record()
        graph = Graph(root)
        if len(graph) > LONGEST:
            return f"<Expression of {len(graph)} values at {self.point}>"
        return f"Expression({python(leaves, graph)}, {self.point})"


def expressions(
    operations: Sequence[Op] = OPERATIONS,
    max_inputs: int = 3,
    max_operations: int = 8,
    numbers: SearchStrategy[float] | None = None,
    smooth: bool = False,
) -> SearchStrategy[Expression]:
    """Random expressions, with shared subexpressions, and a point to look at each.

    Args:
        operations: what they are made of; operations of your own too.
        max_inputs: the most inputs that one has, at least 1.
        max_operations: the most operations that are drawn, before what is left unused is joined to one result.
        numbers: the point, and the plain numbers in the expression; `finite_floats` unless told otherwise.
        smooth: whether to keep every operation at least 0.1 away from the edge of its domain and from its kinks, and
            every number and local derivative within ±1000, so that finite differences can be trusted.

    Raises:
        TypeError: where ``operations`` has something that is no `Op`, or one without inputs, or of any number of them.
        ValueError: where ``max_inputs`` is not at least 1.

    Shrinks towards few operations on small whole numbers.

    >>> from hypothesis import find
    >>> find(expressions([ops.multiply]), lambda e: e.record()[1].op is ops.multiply)
    Expression(lambda x: x * x, (0.0,))
    """
    if max_inputs < 1:
        raise ValueError(f"an expression has at least 1 input, got max_inputs={max_inputs}")
    if not all(isinstance(op, Op) and op.arity for op in operations):
        raise TypeError(f"operations are Ops like autograd.sin, with inputs, got {operations!r:.200}")
    plain = finite_floats() if numbers is None else numbers

    binary = [op for op in operations if op.arity == 2]

    @st.composite
    def draw_expression(draw: st.DrawFn) -> Expression:
        leaves = [Value(draw(plain)) for _ in range(draw(st.integers(1, max_inputs)))]
        nodes, unused = list(leaves), list[Value]()

        def apply(op: Op, operands: list[Any]) -> None:
            node = op(*operands)
            if not smooth or _is_smooth(node):
                nodes.append(node)
                unused[:] = [*(other for other in unused if other not in operands), node]

        for _ in range(draw(st.integers(0, max_operations)) if operations else 0):
            op = draw(st.sampled_from(operations))
            newest_first = st.sampled_from(nodes[::-1])
            operands: list[Any] = [draw(newest_first)]
            operands += [draw(st.one_of(newest_first, plain)) for _ in range(1, op.arity or 0)]
            apply(op, operands if draw(st.booleans()) else operands[::-1])
        for _ in unused[1:]:  # join the loose ends
            if binary and len(unused) > 1:
                apply(draw(st.sampled_from(binary)), unused[:-3:-1])
        used = set(Graph(nodes[-1]))
        inputs = [leaf for leaf in leaves if leaf in used]
        return Expression(_function(inputs, nodes[-1]), [leaf.data for leaf in inputs])

    return draw_expression()


LONGEST = 500  # what can be written on a line, and by a function that recurses
MARGIN, BOUND = 0.1, 1e3

#: How far an operation's inputs are from where it has no derivative.
DISTANCE_FROM_EDGE: dict[Op, Callable[..., float]] = {
    ops.absolute: abs,
    ops.relu: abs,
    ops.sign: abs,
    ops.heaviside: abs,
    ops.log: lambda x: x,
    ops.sqrt: lambda x: x,
    ops.power: lambda x, y: x if y else 0.0,  # at y = 0 the rule says that x⁰ is flat, and its own slope is lost
    ops.divide: lambda x, y: abs(y),
    ops.tan: lambda x: abs(math.cos(x)),
    ops.log1p: lambda x: 1 + x,
    ops.log2: lambda x: x,
    ops.log10: lambda x: x,
    ops.cbrt: abs,
    ops.reciprocal: abs,
    ops.asin: lambda x: 1 - abs(x),
    ops.acos: lambda x: 1 - abs(x),
    ops.atanh: lambda x: 1 - abs(x),
    ops.acosh: lambda x: x - 1,
    ops.floor: lambda x: abs(x - ops.round(x)),
    ops.ceil: lambda x: abs(x - ops.round(x)),
    ops.round: lambda x: 0.5 - abs(x - ops.round(x)),
    ops.floor_divide: lambda x, y: min(abs(y), abs(x / y - ops.round(x / y))) if y else 0.0,
    ops.remainder: lambda x, y: min(abs(y), abs(x / y - ops.round(x / y))) if y else 0.0,
    ops.maximum: lambda x, y: abs(x - y),
    ops.minimum: lambda x, y: abs(x - y),
    ops.clip: lambda x, y, z: min(abs(x - y), abs(x - z), abs(y - z)),
    ops.less: lambda x, y: abs(x - y),
    ops.at_most: lambda x, y: abs(x - y),
    ops.leaky_relu: abs,
    ops.elu: abs,
    ops.atan2: math.hypot,
    ops.hypot: math.hypot,
    ops.xlogy: min,
}


def _is_smooth(node: Value) -> bool:
    inputs = [parent.data for parent in node.parents]
    distance = DISTANCE_FROM_EDGE[node.op](*inputs) if node.op in DISTANCE_FROM_EDGE else math.inf
    return distance >= MARGIN and all(abs(x) <= BOUND for x in (node.data, *node.local_grads))


#: The operations that Python has an operator for.
PYTHON_OPERATORS: dict[Op, Callable[..., Any]] = {
    ops.add: operator.add, ops.subtract: operator.sub, ops.multiply: operator.mul, ops.divide: operator.truediv,
    ops.power: operator.pow, ops.floor_divide: operator.floordiv, ops.remainder: operator.mod,
    ops.negative: operator.neg, ops.absolute: abs,
}  # fmt: skip


def _function(leaves: list[Value], root: Value) -> Callable[..., Any]:
    """What was recorded, as a function of the leaves."""
    graph = Graph(root)

    def replay(*inputs: Any) -> Any:
        results = dict(zip(leaves, inputs, strict=True))
        for node in graph:
            if node.op is ops.constant:
                results[node] = node.data
            elif node.op is not None:
                results[node] = _apply(node.op, [results[parent] for parent in node.parents])
        return results[root]

    return replay


def _apply(op: Op, inputs: list[Any]) -> Any:
    if not all(isinstance(x, float) for x in inputs):
        if op in PYTHON_OPERATORS:
            return PYTHON_OPERATORS[op](*inputs)
        if len(inputs) == 1 and hasattr(inputs[0], op.name):
            return getattr(inputs[0], op.name)()
    return op(*inputs)
