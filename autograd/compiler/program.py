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

Called with numbers it gives what a `Graph` gives. Called with arrays it goes over a whole batch at once, in the library
that the arrays come from.

What was recorded is one run. An ``if`` in the code that made the graph was decided then, and the program has the branch
that was taken and no other; relu and abs are operations, and choose anew for every number.
"""

from __future__ import annotations

import builtins
import keyword
import math
import numbers
import operator
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from autograd import ops
from autograd.arithmetic import Arithmetic
from autograd.engine import Value
from autograd.graph import Graph
from autograd.ops import Op, is_number, number
from autograd.transforms import adjoints

MOST_NODES = 100_000  # 2 s and 300 MB to write and compile 68,000, and longer than anybody reads
LONGEST = 24  # the most names, numbers and operations to a line, where neither a label nor sharing ends it earlier

# What a symbol can do beside the operations of `ops`: be compared, and choose.
COMPARISONS = {
    symbol: Op(symbol, symbol, compare, ())
    for symbol, compare in [
        ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge),
        ("==", operator.eq), ("!=", operator.ne),
    ]
}  # fmt: skip
WHERE = Op("where", "where", ops.where, ())

OPERATIONS = {op.name: op for op in [*vars(ops).values(), WHERE] if isinstance(op, Op)}
ON_FLOATS = {name: op.forward for name, op in OPERATIONS.items()}
CONSTANTS = {"abs": abs, "nan": math.nan, "inf": math.inf}

COMPARISON, SUM, PRODUCT, NEGATIVE, ATOM = range(5)  # precedence: how tightly a piece of text holds together
INFIX = {ops.add: ("+", SUM), ops.subtract: ("-", SUM), ops.multiply: ("*", PRODUCT)} | {
    op: (symbol, COMPARISON) for symbol, op in COMPARISONS.items()
}


class Symbol(Arithmetic):
    """A number that is not known yet: what is done to it is written down."""

    __slots__ = ("inputs", "name", "op", "trace")

    def __init__(self, trace: Trace, op: Op | None, inputs: tuple[Any, ...], name: str = "") -> None:
        self.trace, self.op, self.inputs, self.name = trace, op, inputs, name

    def _unary(self, op: Op) -> Any:
        return self.trace.apply(op, (self,))

    def _binary(self, op: Op, x: Any, y: Any) -> Any:
        known = all(isinstance(z, Symbol) or is_number(z) for z in (x, y))
        return self.trace.apply(op, (x, y)) if known else NotImplemented

    def __apply_op__(self, op: Op, inputs: Sequence[Any]) -> Any:
        return self.trace.apply(op, inputs)

    def where(self, then: Any, otherwise: Any) -> Any:
        """`ops.where`, with this as the condition."""
        return self.trace.apply(WHERE, (self, then, otherwise))

    def __lt__(self, other: Any) -> Any:
        return self._binary(COMPARISONS["<"], self, other)

    def __le__(self, other: Any) -> Any:
        return self._binary(COMPARISONS["<="], self, other)

    def __gt__(self, other: Any) -> Any:
        return self._binary(COMPARISONS[">"], self, other)

    def __ge__(self, other: Any) -> Any:
        return self._binary(COMPARISONS[">="], self, other)

    def __eq__(self, other: Any) -> Any:
        return self._binary(COMPARISONS["=="], self, other)

    def __ne__(self, other: Any) -> Any:
        return self._binary(COMPARISONS["!="], self, other)

    __hash__ = Arithmetic.__hash__

    def __bool__(self) -> bool:
        raise TypeError(
            "a program has no number yet to decide an `if` by; autograd.ops.where(condition, a, b) has both"
        )


class Names:
    """Gives out names that Python takes, each once. A label is a suggestion: none gets into the source as it is."""

    def __init__(self) -> None:
        self.taken = {"program", *OPERATIONS, *CONSTANTS, *keyword.kwlist}
        self.count: Counter[str] = Counter()

    def new(self, label: str, otherwise: str = "t") -> str:
        """A name like the label; ``otherwise`` and a number where there is nothing in it to make a name from."""
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label[:40])).strip("_")
        stem = f"{name}_" if name.isidentifier() else otherwise
        while not name.isidentifier() or name in self.taken:
            self.count[stem] += 1
            name = f"{stem}{self.count[stem]}"
        self.taken.add(name)
        return name


class Trace:
    """The symbols of a program in the order in which they came up, each expression once."""

    def __init__(self) -> None:
        self.names = Names()
        self.symbols: list[Symbol] = []
        self.known: dict[tuple[Any, ...], Symbol] = {}
        self.forward = 0  # how many of the symbols are of the forward pass
        self.own: dict[str, Op] = {}  # users' operations, by the names that the source has for them

    def input(self, label: str) -> Symbol:
        """A parameter of the program."""
        return Symbol(self, None, (), self.names.new(label, "x"))

    def apply(self, op: Op, inputs: Sequence[Any]) -> Any:
        """The symbol for ``op(*inputs)``, or what it comes to where that is the same to the bit."""
        inputs = [x if isinstance(x, Symbol) else number(x) for x in inputs]
        if not any(isinstance(x, Symbol) for x in inputs):
            return number(op.forward(*inputs))
        if op is ops.multiply:
            for x, y in (inputs, inputs[::-1]):
                if isinstance(x, float) and abs(x) == 1:
                    return y if x == 1 else -y
        if op is ops.negative and inputs[0].op is ops.negative:
            return inputs[0].inputs[0]
        if op is ops.power and isinstance(inputs[1], float) and inputs[1] == 1:
            return inputs[0]
        if op in (ops.add, ops.subtract) and isinstance(inputs[1], Symbol) and inputs[1].op is ops.negative:
            return self.apply(ops.subtract if op is ops.add else ops.add, (inputs[0], *inputs[1].inputs))
        key = (id(op), *[id(x) if isinstance(x, Symbol) else repr(x) for x in inputs])
        if key not in self.known:
            self.known[key] = self.line(op, inputs)
        return self.known[key]

    def line(self, op: Op | None, inputs: Sequence[Any], name: str = "") -> Symbol:
        """A new symbol; without an operation, its one input under one more name."""
        self.symbols.append(Symbol(self, op, tuple(inputs), name))
        return self.symbols[-1]

    def program(
        self, inputs: Sequence[Symbol], wrt: Sequence[Symbol], value: Symbol, gradients: Sequence[Symbol]
    ) -> Program:
        """The source that leads to the results: a line for each symbol in it that is named, shared or long."""
        uses = Counter(map(id, [value, *gradients]))
        for symbol in reversed(self.symbols):
            if id(symbol) in uses:
                uses.update(map(id, symbol.inputs))
        texts = {id(x): (x.name, ATOM, 1) for x in inputs}  # how a symbol is written, its precedence, its length

        def text(x: Any, precedence: int, whole: bool) -> str:
            if not isinstance(x, Symbol):
                return literal(x, whole)
            return texts[id(x)][0] if texts[id(x)][1] >= precedence else f"({texts[id(x)][0]})"

        lines = ["# forward"]
        for index, symbol in enumerate(self.symbols):
            if index == self.forward:
                lines.append("# backward")
            if id(symbol) not in uses:
                continue
            op, precedence = symbol.op, ATOM
            if op in INFIX:
                sign, precedence = INFIX[op]
                left, right = symbol.inputs
                line = f"{text(left, precedence, True)} {sign} {text(right, precedence + 1, True)}"
            elif op is ops.negative:
                line, precedence = f"-{text(symbol.inputs[0], NEGATIVE, True)}", NEGATIVE
            else:
                whole = op is ops.divide or op is ops.power
                line = ", ".join([text(x, COMPARISON, whole) for x in symbol.inputs])
                line = line if op is None else f"{self.function(op)}({line})"
            length = 1 + sum([texts[id(x)][2] if isinstance(x, Symbol) else 1 for x in symbol.inputs])
            if symbol.name or uses[id(symbol)] > 1 or length > LONGEST:
                symbol.name = symbol.name or self.names.new("")
                lines.append(f"{symbol.name} = {line}")
                line, precedence, length = symbol.name, ATOM, 1
            texts[id(symbol)] = line, precedence, length

        names = [x.name for x in inputs]
        results = [f"{x.name}," if len(gradients) == 1 else x.name for x in gradients]
        body = "\n".join([*lines, listing(f"return {value.name}, (", results, ")")])
        source = f"{listing('def program(', names, '):')}\n{textwrap.indent(body, '    ')}"
        return Program(source, tuple(names), tuple([x.name for x in wrt]), self.own)

    def function(self, op: Op) -> str:
        """The name that the source calls an operation by."""
        if OPERATIONS.get(op.name) is op:
            return "abs" if op is ops.absolute else op.name
        for name, own in self.own.items():
            if own is op:
                return name
        name = self.names.new(op.name, "op")
        self.own[name] = op
        return name


def literal(x: float, whole: bool) -> str:
    """A number as text; 2.0 as ``2`` where arithmetic makes a float of it again."""
    if not math.isfinite(x):
        return "nan" if x != x else "inf" if x > 0 else "-inf"
    return str(int(x)) if whole and x.is_integer() and abs(x) < 1e6 and repr(x) != "-0.0" else repr(x)


def listing(before: str, names: Iterable[str], after: str) -> str:
    """Names between brackets, with lines to themselves where they are many."""
    line = ", ".join(names)
    if len(before + line + after) <= 100:
        return before + line + after
    return f"{before}\n{textwrap.fill(line, 100, initial_indent='    ', subsequent_indent='    ')}\n{after}"


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

    def __call__(self, *inputs: Any) -> Any:
        """The value, and a tuple of the gradients in the order of ``wrt``."""
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


def _on_floats(op: Op) -> Callable[..., float]:
    return lambda *inputs: number(op.forward(*inputs))


@lru_cache
def _derive_forward(op: Op) -> Program | None:
    """What an operation of the user's own computes, where that can be written down."""
    trace = Trace()
    inputs = [trace.input("") for _ in op.partials]
    try:
        out = trace.line(None, [op.forward(*inputs)], trace.names.new("out"))
        return trace.program(inputs, [], out, [])
    except Exception:  # it is not made of arithmetic and operations; perhaps it knows arrays by itself
        return None


def forward_on_arrays(
    op: Op, functions: dict[str, Callable[..., Any]], share: Callable[[Any], None]
) -> Callable[..., Any]:
    """An operation of the user's own on arrays: what it is made of, with these functions, or as it is.

    ``share`` is told of each array that others may hold too: what comes out of an operation that runs as it is may be
    what went in, or a view of it, or something that it keeps.
    """
    derived = _derive_forward(op)

    def forward(*inputs: Any) -> Any:
        try:
            out = op.forward(*inputs)
        except Exception as error:
            raise TypeError(
                f"{op!r} takes plain numbers only, not arrays: {error}. For arrays its forward is made of arithmetic, "
                "operations (autograd.exp, not math.exp), and autograd.ops.where to choose"
            ) from error
        share(out)
        return out

    if derived is None:
        return forward
    function = derived.bind(functions, lambda op: forward_on_arrays(op, functions, share))
    return lambda *inputs: function(*inputs)[0]


def copied(x: Any, xp: Any) -> Any:
    """An array like ``x`` with memory of its own; ``x`` itself where arrays cannot be changed."""
    if xp.__name__ == "jax.numpy":
        return x
    return x.clone() if hasattr(x, "clone") else xp.asarray(x, copy=True)  # torch.asarray would warn of lost gradients


def is_array(x: Any) -> bool:
    """Whether ``x`` is an array of any library; NumPy's scalars, which have a shape too, are numbers."""
    return hasattr(x, "shape") and not isinstance(x, numbers.Real)


def array_namespace(*arrays: Any) -> Any:
    """The functions of the library that the arrays come from, as the Array API standard has them."""
    try:
        from array_api_compat import array_namespace
    except ImportError:
        namespaces = {x.__array_namespace__() if hasattr(x, "__array_namespace__") else None for x in arrays}
        if len(namespaces) == 1 and None not in namespaces:
            return namespaces.pop()
        kinds = sorted({f"{type(x).__module__}.{type(x).__name__}" for x in arrays})
        raise TypeError(
            f"a program takes arrays of one library that keeps the Array API standard, got {' and '.join(kinds)}; "
            'for PyTorch and Dask, which do so in part: python -m pip install "glassgrad[scale]"'
        ) from None
    return array_namespace(*arrays)


def on_arrays(xp: Any, dtype: Any) -> dict[str, Callable[..., Any]]:
    """The operations on arrays of the library ``xp``, elementwise, by the formulas of `ops`."""

    def where(condition: Any, then: Any, otherwise: Any) -> Any:
        full = xp.asarray(condition, dtype=dtype) * 0
        return xp.where(condition, *[x if is_array(x) else full + x for x in (then, otherwise)])

    def relu(x: Any) -> Any:
        return where(x < 0, 0.0, x)

    def sigmoid(x: Any) -> Any:
        e = xp.exp(-abs(x))
        return where(x >= 0, 1.0, e) / (1 + e)

    return {name: getattr(xp, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh")} | {
        "divide": operator.truediv,
        "power": operator.pow,
        "where": where,
        "relu": relu,
        "sigmoid": sigmoid,
        "softplus": lambda x: relu(x) + xp.log1p(xp.exp(-abs(x))),
        "step": lambda x: where(x <= 0, 0.0, 1.0),
        "sign": lambda x: where(x > 0, 1.0, where(x < 0, -1.0, 0.0)),
    }


def compile(root: Value, inputs: Iterable[Value] | None = None, wrt: Iterable[Value] | None = None) -> Program:
    """The program of a recorded graph: the equations of ``root`` and of its gradients.

    Args:
        root: what to compute, usually a loss.
        inputs: the leaves that become the program's parameters, in order; all of the graph's unless given. A leaf that
            is not among them is a constant, with the data that it has now.
        wrt: the inputs to differentiate with respect to; all of them unless given.

    Raises:
        TypeError: where the root is not a Value, an input is not a leaf, or an operation of the user's own has a
            derivative that cannot be written down.
        ValueError: where an input comes twice, ``wrt`` has something that is not an input, or the graph is too large.

    >>> from autograd import Value
    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> program = compile(x * y + x, inputs=[x, y])
    >>> program(2.0, 3.0)
    (8.0, (4.0, 2.0))
    """
    graph = Graph(root)
    if len(graph) > MOST_NODES:
        raise ValueError(
            f"a graph of {len(graph):,} Values is too large to be written as source: a program takes at most "
            f"{MOST_NODES:,}. Graph(root).forward() and .backward() run it at any size; or, where it goes over many "
            "examples, record one of them, compile that, and call the program with arrays"
        )
    leaves = list(graph.leaves if inputs is None else inputs)
    targets = leaves if wrt is None else list(wrt)
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

    trace = Trace()
    symbols: dict[Value, Any] = {leaf: trace.input(leaf.label) for leaf in leaves}
    for node in graph:
        op, parents = node.op, node.parents
        if node not in symbols:
            symbols[node] = trace.apply(op, [symbols[x] for x in parents]) if op and parents else node.data
            if isinstance(symbols[node], Symbol) and not symbols[node].name and node.label:
                symbols[node].name = trace.names.new(node.label)
    value = symbols[root]
    if not isinstance(value, Symbol):
        value = trace.line(None, [value])
    value.name = value.name or trace.names.new(root.label or "out")
    trace.forward = len(trace.symbols)
    forward = set(map(id, trace.symbols))

    def is_new(x: Any) -> bool:
        return isinstance(x, Symbol) and not x.name and id(x) not in forward

    def derivative(node: Value) -> str:
        return trace.names.new(f"d{value.name}_d{symbols[node].name}")

    grads = adjoints(symbols, targets, {root: 1.0})
    for node in reversed(symbols):
        if is_new(grads.get(node)) and symbols[node].name and symbols[node].op is not None:
            grads[node].name = derivative(node)
    gradients = []
    for x in targets:
        gradient = grads.get(x, 0.0)
        if not is_new(gradient):
            gradient = trace.line(None, [gradient])
        gradient.name = derivative(x)
        gradients.append(gradient)
    return trace.program([symbols[x] for x in leaves], [symbols[x] for x in targets], value, gradients)
