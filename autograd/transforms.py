"""Functions of functions: from a function, its derivative, which is a function too; as in JAX and HIPS autograd.

>>> from autograd import grad, hessian
>>> def cube(x):
...     return x * x * x
>>> grad(cube)(2.0), grad(grad(cube))(2.0), grad(grad(grad(cube)))(2.0)
(12.0, 12.0, 6.0)
>>> hessian(lambda p: p[0] * p[0] * p[1])([3.0, 5.0])
[[10.0, 6.0], [6.0, 0.0]]

A derivative of a derivative needs no rules of its own. The rules of `ops` are arithmetic: run on Values in place of
numbers, they record what they compute, and what is recorded can be differentiated again.

``grad`` and those like it differentiate with respect to the first argument, or to those that ``argnums`` names by
their places: an int for one, a tuple of ints for several, and then the result is a tuple. An argument is a number, or
numbers in lists, tuples, dicts, dataclasses and NumPy arrays, nested as one likes. Arguments passed by keyword reach
the function as they are. All of this is as in JAX.

The result is built as the argument is, of plain numbers. Where it depends on other Values too, ones that were passed in
or that the function refers to, it is built of Values, so that no gradient is lost: that is how ``grad(grad(f))`` works,
and how a network can be trained on its own derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from functools import reduce
from operator import add
from typing import Any, TypeVar

from autograd import ops
from autograd.arithmetic import Arithmetic
from autograd.engine import Value
from autograd.graph import Graph
from autograd.operation import Op, is_number, number

Result = TypeVar("Result")


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """``grad(f)(x, ...)`` is the gradient of ``f(x, ...)``, which is one number, with respect to x.

    Where f returns anything else, calling it is a TypeError; that goes for `value_and_grad` and `hessian` too. In f,
    ``x == 2.0`` is False and ``bool(x)`` True, whatever x is, for x is a Value there: ask ``x.data``.

    >>> grad(lambda w, x: (w[0] * x + w[1]).relu())([2.0, 1.0], 3.0)
    [3.0, 1.0]
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)

    Raises:
        TypeError: by the function, where ``argnums`` has something that is no int.
        ValueError: by the function, where ``argnums`` names an argument that is not there, or one twice.
    """
    return lambda *arguments, **named: value_and_grad(f, argnums)(*arguments, **named)[1]


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., tuple[Any, Any]]:
    """``value_and_grad(f)(x, ...)`` is ``f(x, ...)`` and its gradient with respect to x, from one run of f.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    def value_and_gradient(*arguments: Any, **named: Any) -> tuple[Any, Any]:
        variables, arguments = _choose(arguments, argnums)
        return _done(variables, _value_and_gradient(f(*arguments, **named), variables))

    return value_and_gradient


def hessian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """``hessian(f)(x, ...)`` has the second derivatives of ``f(x, ...)``: in x, a gradient in the place of each number.

    >>> hessian(lambda x: x**3)(2.0)
    12.0
    """

    def second_derivatives(*arguments: Any, **named: Any) -> Any:
        variables, arguments = _choose(arguments, argnums)
        gradient = grad(f, argnums)(*arguments, **named)
        return _done(variables, each(lambda first: _value_and_gradient(first, variables)[1], gradient))

    return second_derivatives


def jacobian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """``jacobian(f)(x, ...)`` has all first derivatives of ``f(x, ...)``: a gradient in the place of each number of it.

    f returns one number or many. It runs once. Then the derivatives are found in one pass forward for each number in x,
    or in one pass backward for each number that f returned, whichever are fewer.

    >>> jacobian(lambda p: [p[0] * p[1], p[0] + p[1], p[1]])([2.0, 5.0])
    [[5.0, 2.0], [1.0, 1.0], [0.0, 1.0]]
    """

    def first_derivatives(*arguments: Any, **named: Any) -> Any:
        variables, arguments = _choose(arguments, argnums)
        value = each(_number, f(*arguments, **named))
        nodes = _nodes(value, variables)
        inputs, outputs = _flat(variables), _flat(value)
        if len(inputs) < len(outputs):
            columns = {x: _tangents(nodes, {x: 1.0}) for x in inputs}
            return _done(variables, each(lambda y: each(lambda x: columns[x].get(y, 0.0), variables), value))
        rows = {y: adjoints(nodes, inputs, {y: 1.0}) for y in outputs if isinstance(y, Value)}
        return _done(variables, each(lambda y: each(lambda x: rows.get(y, {}).get(x, 0.0), variables), value))

    return first_derivatives


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)`` and how fast it changes as the primals move along the tangents, in one pass forward.

    f returns one number, or numbers in lists, tuples and arrays. This is the Jacobian times a vector, without the
    Jacobian, and costs about as much as f however many numbers f returns.

    >>> jvp(lambda r, s: [r * s, r + s], (2.0, 5.0), (1.0, 0.0))
    ([10.0, 7.0], [5.0, 1.0])

    Raises:
        ValueError: where the tangents are not as many numbers as the primals.
    """
    variables = each(_variable, tuple(primals))
    value = each(_number, f(*variables))
    nodes = _nodes(value, variables)
    tangent_of = _tangents(nodes, _pair(variables, tangents, "a tangent for each number in the primals"))
    return _done(variables, (each(lambda y: nodes.get(y, y), value), each(lambda y: tangent_of.get(y, 0.0), value)))


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """``f(*primals)``, and the function that takes a vector, built like it, through backpropagation to the primals.

    f returns one number, or numbers in lists, tuples and arrays. This is a vector times the Jacobian, without the
    Jacobian, and costs about as much as f however many numbers f takes.

    >>> value, pull_back = vjp(lambda r, s: [r * s, r + s], 2.0, 5.0)
    >>> pull_back([1.0, 0.0])
    (5.0, 2.0)

    Raises:
        ValueError: by the function, where its vector is not as many numbers as f returned.
    """
    variables = each(_variable, primals)
    value = each(_number, f(*variables))
    nodes = _nodes(value, variables)

    def pull_back(cotangents: Any) -> tuple[Any, ...]:
        seeds = _pair(value, cotangents, "a number for each one that the function returned")
        grads = adjoints(nodes, _flat(variables), seeds)
        return tuple(each(lambda x: grads.get(x, 0.0), variables))

    return _done(variables, (each(lambda y: nodes.get(y, y), value), pull_back))


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of f times a vector, without the Hessian: how fast the gradient changes along the tangents.

    >>> hvp(lambda p: p[0] * p[0] * p[1], ([3.0, 5.0],), ([1.0, 0.0],))
    [10.0, 6.0]
    """
    return jvp(grad(f), primals, tangents)[1]


def gradients(root: Value) -> dict[Value, Value]:
    """∂root/∂leaf for every leaf of the root's graph, as Values, to be differentiated again. No ``grad`` changes.

    >>> x = Value(2.0)
    >>> first = gradients(x**3)[x]
    >>> gradients(first)[x].data
    12.0
    """
    graph = Graph(root)
    nodes = {node: node.data if node.op is ops.constant else node for node in graph}
    grads = adjoints(nodes, graph.leaves, {root: 1.0})
    found = {leaf: grads.get(leaf, 0.0) for leaf in graph.leaves}
    return {leaf: x if isinstance(x, Value) else Value(x) for leaf, x in found.items()}


def _tangents(nodes: dict[Value, Any], tangent_of: dict[Any, Any]) -> dict[Any, Any]:
    """How fast every node changes, from the tangents of some: one pass forward."""
    for node, out in nodes.items():
        moving = [index for index, parent in enumerate(node.parents) if parent in tangent_of]
        for parent, local in _local_grads(node, out, nodes, moving):
            contribution = _product(tangent_of[parent], local)
            tangent_of[node] = tangent_of[node] + contribution if node in tangent_of else contribution
    return tangent_of


def adjoints(nodes: dict[Value, Any], wrt: Iterable[Value], seeds: dict[Any, Any]) -> dict[Value, Any]:
    """Backpropagation in any kind of number, from the seeds ``{root: ∂L/∂root}`` to ``wrt``.

    ``nodes`` has a graph's nodes, parents first, and the number that each stands for: a float, a Value, a symbol. Only
    nodes between the two have an adjoint. The numbers are those of the engine, inf and nan included: a factor of 0
    stays, since 0 · inf is nan. A zero may be −0 where it is recorded or written down; the engine's sums start from +0.
    """
    active = set(wrt)
    for node in nodes:
        if any(parent in active for parent in node.parents):
            active.add(node)
    grads = dict(seeds)
    for node in reversed(nodes):
        if node not in active or node not in grads:
            continue
        wanted = [index for index, parent in enumerate(node.parents) if parent in active]
        for parent, local in _local_grads(node, nodes[node], nodes, wanted):
            contribution = _product(grads[node], local)
            if parent in grads:
                grads[parent] = grads[parent] + contribution
            else:
                grads[parent] = contribution + 0.0 if isinstance(contribution, float) else contribution
    return grads


def _local_grads(
    node: Value, out: Any, nodes: Mapping[Value, Any], places: Sequence[int]
) -> Iterator[tuple[Value, Any]]:
    """The parents in these places, each with ∂node/∂parent, in the kind of number that the nodes stand for."""
    if places:
        assert node.op is not None, "a leaf has no parents"
        parents = node.parents
        found = local_grads(node.op, out, [nodes[parent] for parent in parents], places)
        yield from zip([parents[index] for index in places], found, strict=True)


def local_grads(op: Op, out: Any, inputs: Sequence[Any], places: Iterable[int]) -> Iterator[Any]:
    """∂out/∂input for the inputs in these places, in the kind of number that they are."""
    index = 0
    try:
        partials = op.partials
        if not isinstance(partials, tuple):
            partials = tuple([lambda *_, x=x: x for x in op.local_grads(out, inputs)])
        for index in places:
            local = partials[index](out, *inputs)
            yield local if isinstance(local, Arithmetic) else number(local)
    except Exception as error:
        raise TypeError(
            f"partial derivative {index} of {op!r} takes plain numbers only: {error}. To be differentiated or compiled "
            "it is made of arithmetic, operations (autograd.exp, not math.exp), and autograd.ops.where to choose"
        ) from error


def _product(upstream: Any, local: Any) -> Any:
    """The chain rule, with factors of 1 and −1 left out."""
    if isinstance(local, float):
        return upstream if local == 1 else -upstream if local == -1 else local * upstream
    return local if isinstance(upstream, float) and upstream == 1 else upstream * local


def _choose(arguments: Sequence[Any], argnums: int | Sequence[int]) -> tuple[Any, tuple[Any, ...]]:
    """The arguments to differentiate with respect to, as variables; and all arguments, with these in their places."""
    chosen = []
    for place in [argnums] if isinstance(argnums, int) else argnums:
        if not isinstance(place, int) or isinstance(place, bool):
            raise TypeError(f"argnums is an int or a tuple of ints, the places of arguments, got {argnums!r:.80}")
        if not -len(arguments) <= place < len(arguments):
            raise ValueError(f"argnums names the argument {place}, of {len(arguments)} passed by position")
        chosen.append(place % len(arguments))
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"argnums names an argument once, got {argnums!r:.80}")
    variables = {place: each(_variable, arguments[place]) for place in chosen}
    placed = tuple([variables.get(place, argument) for place, argument in enumerate(arguments)])
    return variables[chosen[0]] if isinstance(argnums, int) else tuple(variables.values()), placed


def each(f: Callable[[Any], Any], x: Any) -> Any:
    """f of each number in x, built as x is."""
    if isinstance(x, (list, tuple)):
        return getattr(x, "_make", type(x))([each(f, y) for y in x])  # _make is how a namedtuple is built
    if isinstance(x, dict):
        in_order = sorted(x) if all(isinstance(key, str) for key in x) else x  # so that two of other orders are a pair
        results = {key: each(f, x[key]) for key in in_order}
        return {key: results[key] for key in x}
    if is_dataclass(x) and not isinstance(x, type):
        built = copy(x)
        for field in fields(x):
            object.__setattr__(built, field.name, each(f, getattr(x, field.name)))
        return built
    if getattr(x, "ndim", 0) and hasattr(x, "flat"):  # a NumPy array; where f gives arrays, their axes come last
        import numpy as np

        array = np.array([f(y) for y in x.flat])
        return array.reshape(x.shape + array.shape[1:])
    return f(x)


def _flat(x: Any) -> list[Any]:
    """The numbers in x."""
    numbers: list[Any] = []
    each(numbers.append, x)
    return numbers


def _pair(x: Any, y: Any, wanted: str) -> dict[Any, Any]:
    """The numbers in x, each with the one in y that stands in its place (or their sum, where it stands in several)."""
    xs, ys = _flat(x), _flat(y)
    if len(xs) != len(ys):
        raise ValueError(f"expected {wanted}, {len(xs)} in all, got {len(ys)}: {y!r:.80}")
    pairs: dict[Any, Any] = {}
    for key, z in zip(xs, ys, strict=True):
        pairs[key] = pairs[key] + _number(z) if key in pairs else _number(z)
    return pairs


class Variable(Value):
    """A plain number at which a function is differentiated. Once that is done, it is a constant to all others."""

    __slots__ = ("done",)
    done: bool


def _variable(x: Any) -> Value:
    """A node of its own for an argument, so that one derivative's x is not mistaken for another's."""
    if isinstance(x, Value):
        return x * 1.0
    variable = Variable(x)
    variable.done = False
    return variable


def _done(variables: Any, result: Result) -> Result:
    """The result; nobody else differentiates with respect to these variables."""
    for x in _flat(variables):
        if isinstance(x, Variable):
            x.done = True
    return result


def _number(x: Any) -> Any:
    return x if isinstance(x, Value) else number(x)


def _nodes(value: Any, variables: Any) -> dict[Value, Any]:
    """The graph of what a function returned, with what each node stands for when the derivative is computed.

    That is plain numbers where the variables are all that the graph depends on; Values, to record the derivative, where
    there are others.
    """
    roots = [y for y in _flat(value) if isinstance(y, Value)]
    if not roots:
        return {}
    graph = Graph(reduce(add, roots))
    own = set(_flat(variables))
    closed = all(leaf in own or (isinstance(leaf, Variable) and leaf.done) for leaf in graph.leaves)
    return {node: node.data if closed or node.op is ops.constant else node for node in graph}


def _value_and_gradient(value: Any, variables: Any) -> tuple[Any, Any]:
    if not isinstance(value, Value) and not is_number(value):
        raise TypeError(
            f"a gradient is that of a function which returns one number; this one returned {type(value).__name__} "
            f"{value!r:.80}. For one that returns many there are jacobian, jvp and vjp"
        )
    value = _number(value)
    nodes = _nodes(value, variables)
    grads = adjoints(nodes, _flat(variables), {value: 1.0})
    return nodes.get(value, value), each(lambda x: grads.get(x, 0.0), variables)
