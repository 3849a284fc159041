"""A recorded graph as a program: the equations of its value and of its gradients, in Python.

`compile` runs the rules of `ops` once more, this time on symbols, and writes down what they say: the equations that one
would derive by hand, named after the labels of the Values.

>>> from autograd import Value, compile
>>> w, x, t = Value(0.4, "w"), Value(0.5, "x"), Value(1.0, "t")
>>> y = (w * x).sigmoid()
>>> y.label = "y"
>>> L = 0.5 * (y - t) ** 2
>>> L.label = "L"
>>> program = compile(L, inputs=[w, x, t], wrt=[w])
>>> print(program.source)
def program(w, x, t):
    # forward
    y = sigmoid(w * x)
    t1 = y - t
    L = 0.5 * power(t1, 2)
    # backward
    dL_dy = 0.5 * (2 * t1)
    dL_dw = dL_dy * (y * (1 - y)) * x
    return L, (dL_dw,)

Called with numbers it gives what a `Graph` gives. Called with arrays it computes a whole batch at once, in the library
that the arrays come from.

What was recorded is one run. An ``if`` in the code that made the graph was decided then, and the program has the branch
that was taken and no other; relu and abs are operations, and choose anew for every number.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from autograd import _rules
from autograd.compiler.arrays import array_namespace, copied, is_array, on_arrays
from autograd.compiler.trace import CONSTANTS, OPERATIONS, Symbol, Trace
from autograd.engine import Value
from autograd.graph import Graph
from autograd.operation import Op, number
from autograd.transforms import adjoints

MOST_NODES = 100_000  # 2 s and 300 MB to write and compile 68,000, and longer than anybody reads


def _forward_on_floats(op: Op) -> Callable[..., float]:
    """What an operation computes: by the engine's rule, which is faster than the table where that is made of others."""
    forward: Callable[..., float] = op.forward
    return (lambda x, y=0.0: _rules.apply(op.code, x, y)[0]) if op.code else forward


ON_FLOATS = {name: _forward_on_floats(op) for name, op in OPERATIONS.items()}


class Program:
    """What `compile` returns. Call it for the value and the gradients: ``value, gradients = program(*inputs)``.

    Attributes:
        source: the program, as Python to read, print and keep.
        inputs: the names of its parameters, in order.
        wrt: the names of those that ``gradients`` is with respect to, in order.

    Inputs are numbers, and then so are the results; or some of them are arrays, of one library that keeps the Array
    API standard (NumPy 2 and JAX do, and PyTorch and Dask by way of array-api-compat). Arrays broadcast as they do in
    that library, and the equations hold for each element by itself: the value is one loss for each example. The
    gradients are those of the sum of these losses, each in its input's shape: for a parameter that is one number, one
    number, summed over the batch; for an input that differs from example to example, an array. For the gradients of the
    mean, divide by the number of examples.

    >>> import numpy as np
    >>> from autograd import Value, compile
    >>> w, x = Value(0.0, "w"), Value(0.0, "x")
    >>> program = compile((w * x).sin(), inputs=[w, x])
    >>> value, (dw, dx) = program(0.0, np.asarray([1.0, 2.0, 3.0]))
    >>> value.shape, dw.shape, dx.shape
    ((3,), (), (3,))
    >>> float(dw)       # (x · cos 0), summed
    6.0

    What is returned is the caller's own: no array shares memory with an input or with another result.

    A program can be pickled and sent to other processes, and ``jax.jit`` and ``jax.vmap`` take it. Dividing by zero and
    overflow give inf and nan, about which NumPy warns as ``numpy.errstate`` tells it to.

    Raises:
        TypeError: where the number of inputs is wrong, or one is neither a number nor an array of real numbers.
    """

    def __init__(self, source: str, inputs: tuple[str, ...], wrt: tuple[str, ...], own: dict[str, Op]) -> None:
        self.source, self.inputs, self.wrt, self._own = source, inputs, wrt, own
        self._code = builtins.compile(source, "<program>", "exec")
        self._on_floats = self.bind(ON_FLOATS, _on_floats)

    def bind(
        self, functions: dict[str, Callable[..., Any]], own: Callable[[Op], Callable[..., Any]]
    ) -> Callable[..., Any]:
        """The source as a function, with these for the names in it; ``own`` gives them for users' own operations."""
        scope: dict[str, Any] = {"__builtins__": {}, **CONSTANTS, **functions}
        scope.update({name: own(op) for name, op in self._own.items()})
        exec(self._code, scope)
        function: Callable[..., Any] = scope["program"]
        return function

    @property
    def names(self) -> set[str]:
        """Every name that the source has from elsewhere, and so those of its operations."""
        return {name for code in self._code.co_consts if hasattr(code, "co_names") for name in code.co_names}

    def __call__(self, /, *inputs: Any, **named: Any) -> Any:
        """The value, and a tuple of the gradients in the order of ``wrt``. Inputs go by position or by name."""
        if named:
            rest = self.inputs[len(inputs) :]
            if set(named) != set(rest):
                raise TypeError(f"{self!r} wants {', '.join(rest) or 'no more'}, got {', '.join(named)}")
            inputs += tuple([named[name] for name in rest])
        if len(inputs) != len(self.inputs):
            raise TypeError(f"{self!r} takes {len(self.inputs)} input(s), got {len(inputs)}")
        if set(map(type, inputs)) <= {float}:
            return self._on_floats(*inputs)
        if any(map(is_array, inputs)):
            return self._call_on_arrays(inputs)
        return self._on_floats(*map(number, inputs))

    def _call_on_arrays(self, inputs: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
        arrays = [x for x in inputs if is_array(x)]
        xp = array_namespace(*arrays)
        for x in arrays:
            if not xp.isdtype(x.dtype, ("bool", "integral", "real floating")):
                raise TypeError(f"{self!r} takes arrays of real numbers, got one of {x.dtype}")
        floating = [x.dtype for x in arrays if xp.isdtype(x.dtype, "real floating")]
        dtype = xp.result_type(*floating) if floating else xp.asarray(0.0).dtype

        def as_array(x: Any) -> Any:
            if not is_array(x):
                return xp.asarray(number(x), dtype=dtype)
            return x if x.dtype in floating else xp.asarray(x, dtype=dtype)

        arguments = dict(zip(self.inputs, map(as_array, inputs), strict=True))
        functions = on_arrays(xp, dtype)
        shared = list(arrays)
        function = self.bind(functions, lambda op: forward_on_arrays(op, functions, shared.append))
        value, gradients = function(*arguments.values())
        value = as_array(value)

        def in_shape(gradient: Any, x: Any) -> Any:
            """Summed over the axes that the input was broadcast along."""
            if not is_array(gradient) and gradient == 0:
                return xp.zeros_like(x)
            if not is_array(gradient) or gradient.shape != value.shape:
                gradient = gradient * xp.ones_like(value)
            new = value.ndim - x.ndim
            axes = [i for i in range(value.ndim) if i < new or (x.shape[i - new] == 1 and value.shape[i] != 1)]
            return xp.reshape(xp.sum(gradient, axis=tuple(axes)), x.shape) if axes else gradient

        held = {id(x): x for x in shared}

        def own(result: Any) -> Any:
            """The caller's own, to change at will: no array that came in, or that another result is."""
            if id(result) in held:
                result = copied(result, xp)
            held[id(result)] = result
            return result

        gradients = [in_shape(g, arguments[name]) for g, name in zip(gradients, self.wrt, strict=True)]
        return own(value), tuple(map(own, gradients))

    def __repr__(self) -> str:
        return f"Program({', '.join(self.inputs)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.source, self.inputs, self.wrt, self._own)


def program_of(
    trace: Trace, inputs: Sequence[Symbol], wrt: Sequence[Symbol], value: Symbol, gradients: Sequence[Symbol]
) -> Program:
    """What was traced, as a program."""
    source = trace.source(inputs, value, gradients)
    return Program(source, tuple([x.name for x in inputs]), tuple([x.name for x in wrt]), trace.own)


def _on_floats(op: Op) -> Callable[..., float]:
    return lambda *inputs: number(op.forward(*inputs))


@lru_cache
def _derive_forward(op: Op, arity: int) -> Program | None:
    """What an operation of the user's own computes from so many inputs, where that can be written down."""
    trace = Trace()
    inputs = [trace.input("") for _ in range(arity)]
    try:
        out = trace.line(None, [op.forward(*inputs)], trace.names.new("out"))
        return program_of(trace, inputs, [], out, [])
    except Exception:  # it is not made of arithmetic and operations; perhaps it knows arrays by itself
        return None


def forward_on_arrays(
    op: Op, functions: dict[str, Callable[..., Any]], share: Callable[[Any], None]
) -> Callable[..., Any]:
    """An operation of the user's own on arrays: what it is made of, with these functions, or as it is.

    ``share`` is told of each array that others may hold too: what comes out of an operation that runs as it is may be
    what went in, or a view of it, or something that it keeps.
    """

    @lru_cache
    def derived(arity: int) -> Callable[..., Any] | None:
        program = _derive_forward(op, arity)
        return program and program.bind(functions, lambda op: forward_on_arrays(op, functions, share))

    def forward(*inputs: Any) -> Any:
        function = derived(len(inputs))
        if function is not None:
            return function(*inputs)[0]
        try:
            out = op.forward(*inputs)
        except Exception as error:
            raise TypeError(
                f"{op!r} takes plain numbers only, not arrays: {error}. For arrays its forward is made of arithmetic, "
                "operations (autograd.exp, not math.exp), and autograd.ops.where to choose"
            ) from error
        share(out)
        return out

    return forward


def compile(root: Value, inputs: Iterable[Value] | None = None, wrt: Iterable[Value] | None = None) -> Program:
    """The program of a recorded graph: the equations of ``root`` and of its gradients.

    It is called with a number or an array for each input, by position or by name. Over a batch the gradients are those
    of the sum of the losses (see `Program`). To run its ``source`` elsewhere, on numbers, write
    ``from autograd.ops import *`` above it, and where it has inf or nan ``from math import inf, nan``; an operation of
    your own it calls by its name.

    Args:
        root: what to compute, usually a loss.
        inputs: the leaves that become the program's parameters, in order. A leaf that is not among them is a constant,
            with the data that it has now. Unless given, all of the graph's, in the order of ``Graph(root).leaves``.
        wrt: the inputs to differentiate with respect to, in order; all of them unless given.

    Raises:
        TypeError: where the root is not a Value, an input is not a leaf, or an operation of the user's own has a
            derivative that cannot be written down.
        ValueError: where an input comes twice, ``wrt`` has something that is not an input, or the graph is too large.

    >>> from autograd import Value
    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> program = compile(x * y + x, inputs=[x, y])
    >>> program.inputs
    ('x', 'y')
    >>> program(2.0, 3.0), program(y=3.0, x=2.0)
    ((8.0, (4.0, 2.0)), (8.0, (4.0, 2.0)))
    """
    graph = Graph(root)
    if len(graph) > MOST_NODES:
        raise ValueError(
            f"a graph of {len(graph):,} Values is too large to be written as source: a program takes at most "
            f"{MOST_NODES:,}. Graph(root).forward() and .backward() run it at any size; where it is a sum over many "
            "examples, record one of them, compile that, and call the program with arrays"
        )
    leaves = list(graph.leaves if inputs is None else inputs)
    targets = leaves if wrt is None else list(wrt)
    _check(leaves, targets)
    trace = Trace()
    symbols, value = _forward(trace, graph, leaves)
    gradients = _backward(trace, root, symbols, value, targets)
    return program_of(trace, [symbols[x] for x in leaves], [symbols[x] for x in targets], value, gradients)


def _check(leaves: Sequence[Any], targets: Sequence[Any]) -> None:
    """Whether these can be the inputs of a program, and what it is differentiated with respect to."""
    for x in leaves:
        if not isinstance(x, Value) or x.op is not None:
            raise TypeError(f"the inputs of a program are leaves, Values that nothing was computed for, got {x!r:.80}")
    if len(set(leaves)) < len(leaves):
        raise ValueError("an input of a program is given once, and one of these came twice")
    for x in targets:
        if not any(x is leaf for leaf in leaves):
            raise ValueError(
                f"a program is differentiated with respect to its inputs, and {x!r:.80} is not one of them"
            )


def _forward(trace: Trace, graph: Graph, leaves: Sequence[Value]) -> tuple[dict[Value, Any], Symbol]:
    """A symbol for every node that depends on an input, a number for any other; and the root's symbol."""
    symbols: dict[Value, Any] = {leaf: trace.input(leaf.label) for leaf in leaves}
    for node in graph:
        op, parents = node.op, node.parents
        if node not in symbols:
            symbols[node] = trace.apply(op, [symbols[x] for x in parents]) if op and parents else node.data
            if isinstance(symbols[node], Symbol) and not symbols[node].name and node.label:
                symbols[node].name = trace.names.new(node.label)
    value = symbols[graph.root]
    if not isinstance(value, Symbol):
        value = trace.line(None, [value])
    value.name = value.name or trace.names.new(graph.root.label or "out")
    trace.forward = len(trace.symbols)
    return symbols, value


def _backward(
    trace: Trace, root: Value, symbols: dict[Value, Any], value: Symbol, targets: Sequence[Value]
) -> list[Symbol]:
    """The gradients' symbols, named ``dL_dw``; those of labelled nodes on the way are named too."""
    forward = set(map(id, trace.symbols))

    def is_new(x: Any) -> bool:
        return isinstance(x, Symbol) and not x.name and id(x) not in forward

    def name(node: Value) -> str:
        return trace.names.new(f"d{value.name}_d{symbols[node].name}")

    grads = adjoints(symbols, targets, {root: 1.0})
    for node in reversed(symbols):
        if is_new(grads.get(node)) and symbols[node].name and symbols[node].op is not None:
            grads[node].name = name(node)
    gradients = []
    for x in targets:
        gradient = grads.get(x, 0.0)
        if not is_new(gradient):
            gradient = trace.line(None, [gradient])
        gradient.name = name(x)
        gradients.append(gradient)
    return gradients
