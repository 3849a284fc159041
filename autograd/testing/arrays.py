"""NumPy code, run on arrays of Values: what `check_backward` derives a forward pass with.

An `Array` looks like an ndarray to the code that it is given to. NumPy hands its functions over by its own protocols,
``__array_ufunc__`` and ``__array_function__``, and each of them is run on an object array of Values, so that the engine
has the derivatives. Beside that every array remembers the call that it came from: a graph of arrays, as they are
written, which is what a mistake in a backward pass is explained in.

>>> import numpy as np
>>> trace = Trace()
>>> x = trace.input("x", np.array([1.0, 2.0]))
>>> y = np.exp(x).sum()
>>> y.values.item().backward()
>>> [value.grad for value in x.values] == np.exp([1.0, 2.0]).tolist()
True
"""

from __future__ import annotations

import builtins
import functools
import math
import operator
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd import ops
from autograd.engine import Value
from autograd.graph import Graph
from autograd.operation import Op

TO_ASSIGN = (
    "to assign into an array of any shape, make it by np.zeros_like(x, shape=...), x being an input of floats or "
    "computed from one"
)


class CannotFollowError(TypeError):
    """What the code does to an array cannot be recorded."""


class Node:
    """One array of a forward pass, and the call that made it.

    Attributes:
        op: the name of the NumPy function; "input" or "constant" where there is none.
        parents: the arrays that went in.
        value: the numbers.
        site: where in the code the call stands, the same for every turn of a loop.
        name: what the forward pass calls it; empty where it has no name.
        settings: keyword arguments, such as ``axis``.
        operands: all arguments, Nodes in the place of arrays.
        elementwise: whether each number comes from those in the same place alone.
    """

    __slots__ = ("call", "elementwise", "local", "name", "op", "operands", "parents", "settings", "site", "value")

    def __init__(
        self, op: str, value: Any, parents: Sequence[Node] = (), call: Callable[..., Any] | None = None
    ) -> None:
        self.op, self.value, self.parents, self.call = op, value, tuple(parents), call
        self.site: tuple[Any, ...] = ()
        self.name = ""
        self.settings: dict[str, Any] = {}
        self.operands: tuple[Any, ...] = tuple(parents)
        self.elementwise = False
        self.local: list[Any] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the numbers."""
        return tuple(self.value.shape)

    def jacobians(self) -> list[Any]:
        """∂value/∂parent for each parent, as a matrix: a row for each number here, a column for each there."""
        if self.local is None:
            self.local = self.jacobians_at([parent.value for parent in self.parents])[1]
        return self.local

    def jacobians_at(self, inputs: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The value and the matrices where other numbers go in."""
        assert self.call is not None
        leaves = [_values(x) for x in inputs]
        results = _values(self.call(*leaves))
        where = {}
        for i, array in enumerate(leaves):
            for j, leaf in enumerate(array.flat):
                where[leaf] = (i, j)
        found = [np.zeros((results.size, array.size)) for array in leaves]
        for row, result in enumerate(results.flat):
            graph = Graph(result)
            graph.backward()
            for leaf in graph.leaves:
                if leaf in where:  # and no number by itself, as those that tril leaves out
                    i, j = where[leaf]
                    found[i][row, j] = leaf.grad
                leaf.grad = 0.0
        return data(results), found


def _values(x: Any) -> Any:
    """An object array with a Value in each place: those that are there, new ones for plain numbers."""
    array = np.asarray(x, dtype=object)
    out = np.empty(array.shape, dtype=object)
    for i, y in enumerate(array.flat):
        out.flat[i] = y if isinstance(y, Value) else Value(float(y))
    return out


def data(array: Any) -> Any:
    """The numbers in an object array of Values."""
    out = np.empty(np.shape(array))
    for i, y in enumerate(np.asarray(array, dtype=object).flat):
        out.flat[i] = y.data if isinstance(y, Value) else y
    return out


class Trace:
    """One run of a forward pass.

    Args:
        noise: a relative error, with a random sign, of every number that is computed: how much rounding matters.
        turn: 1, or -1 for the other choice wherever two numbers are equally large.
    """

    def __init__(self, noise: float = 0.0, seed: int = 0, turn: int = 1) -> None:
        self.nodes: list[Node] = []
        self.noise, self._chance, self.turn = noise, random.Random(seed), turn
        self._ranks: dict[Value, int] = {}
        self.tie = False  # whether the larger of two equal numbers was asked for
        self.whole = True  # whether all that was computed is in the graph of arrays
        self.reason = ""  # why it could not be followed

    def input(self, name: str, x: Any) -> Array:
        """An array to differentiate with respect to."""
        node = Node("input", np.asarray(x, dtype=float))
        node.name, node.site = name, ("input", name)
        self.nodes.append(node)
        return Array(self, _values(node.value), node)

    def constant(self, x: Any) -> Array:
        """An array of plain numbers."""
        node = Node("constant", np.asarray(x, dtype=float))
        self.nodes.append(node)
        return Array(self, _values(node.value), node)

    def record(
        self, op: str, call: Callable[..., Any], parents: Sequence[Array], operands: Any = None, **settings: Any
    ) -> Array:
        """The call on these arrays: a new array, and its node. ``call`` takes object arrays of Values."""
        values = _values(call(*[parent.values for parent in parents]))
        if self.noise:
            for i, y in enumerate(values.flat):
                values.flat[i] = self._moved(y)
        node = Node(op, data(values), [parent.node for parent in parents], call)
        node.settings = settings
        node.elementwise = settings.pop("elementwise", False)
        if operands is not None:
            node.operands = tuple([_node(x) for x in operands])
        node.site = (*_site(), len(parents))  # s + x is of one array where s is 0 still, in a loop's first turn
        self.nodes.append(node)
        return Array(self, values, node)

    def _moved(self, y: Value) -> Value:
        """The same number, off by the noise; so are derivatives that are computed from it, as in out·(1 − out)."""
        factor = 1 + self._chance.choice((-1, 1)) * self.noise
        op = y.op
        if op is None or not y.parents:
            return y * factor
        moved: Value = Op(op.name, op.symbol, lambda *x: op.forward(*x) * factor, op.partials)(*y.parents)
        return moved

    def rank(self, x: Any) -> float:
        """Of numbers that are equal, the one with the larger rank is taken as larger, in every max and min alike."""
        return self.turn * (self._ranks.setdefault(x, -len(self._ranks)) if isinstance(x, Value) else -math.inf)

    def refuse(self, what: str) -> NoReturn:
        """Say what cannot be followed."""
        self.reason = self.reason or what
        raise CannotFollowError(what)


def _site() -> tuple[Any, ...]:
    """Where in the code that is traced the call stands: in each function on the way, which line and column."""
    frame: Any = sys._getframe(1)
    site = []
    while frame is not None and frame.f_code is not run.__code__:
        if frame.f_globals.get("__name__") not in (__name__, "numpy.lib.mixins"):
            site.append((frame.f_code.co_filename, frame.f_code.co_firstlineno, _position(frame)))
        elif frame.f_code.co_name in _STEPS:
            site.append((frame.f_code.co_name, 0, _position(frame)))  # such as a mean within a variance
        frame = frame.f_back
    return tuple(site)


def _position(frame: Any) -> Any:
    """Where in the source: the number of an instruction changes when Python makes a faster one of it."""
    return _positions(frame.f_code)[frame.f_lasti // 2]


@functools.lru_cache(maxsize=256)
def _positions(code: Any) -> list[Any]:
    return list(code.co_positions())


_STEPS = {"var", "std", "norm", "clip", "logsumexp"}


def run(function: Callable[..., Any], arguments: Sequence[Any], named: dict[str, Any]) -> Any:
    """The function's result. Arrays that it has names for keep them."""
    code = getattr(function, "__code__", None)
    inputs = {x.node.name for x in (*arguments, *named.values()) if isinstance(x, Array)}
    before = sys.getprofile()

    def watch(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            for name, x in frame.f_locals.items():
                if isinstance(x, Array) and not x.node.name and name not in inputs:  # X = X / 255 is no input
                    x.node.name = name

    sys.setprofile(watch)
    try:
        return function(*arguments, **named)
    finally:
        sys.setprofile(before)


def _node(x: Any) -> Any:
    return x.node if isinstance(x, Array) else x


def larger(trace: Trace, sign: int) -> Callable[[Any, Any], Any]:
    """max or min of two. Where a constant 0 is as large as x, the slope of max(x, 0) is 0: that of relu."""

    def choose(x: Any, y: Any) -> Any:
        if sign * (x if not isinstance(x, Value) else x.data) > sign * (y if not isinstance(y, Value) else y.data):
            return x
        if y > x or y < x:
            return y
        for one, other in ((x, y), (y, x)):
            if isinstance(one, Value) and not isinstance(other, Value) and sign > 0 and other == 0:
                return other
        trace.tie = True
        return x if sign * trace.rank(x) > sign * trace.rank(y) else y

    return choose


def absolute(trace: Trace) -> Callable[[Any], Any]:
    """|x|, which has two slopes at 0."""

    def choose(x: Any) -> Any:
        if isinstance(x, Value) and x.data == 0:
            trace.tie = True
            return x if trace.turn < 0 else ops.absolute(x)
        return ops.absolute(x)

    return choose


def _xlogy(x: Any, y: Any) -> Any:
    return x * _value(y).log() if (x.data if isinstance(x, Value) else x) else 0.0


def _value(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(float(x))


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "true_divide": operator.truediv, "power": operator.pow, "float_power": operator.pow, "negative": operator.neg,
    "positive": operator.pos, "absolute": ops.absolute, "fabs": ops.absolute, "exp": ops.exp, "log": ops.log,
    "sqrt": ops.sqrt, "sin": ops.sin, "cos": ops.cos, "tan": ops.tan, "tanh": ops.tanh, "expit": ops.sigmoid,
    "square": lambda x: x**2, "reciprocal": lambda x: 1 / x, "log1p": lambda x: (1 + x).log(),
    "expm1": lambda x: x.exp() - 1, "log2": lambda x: x.log() / float(np.log(2)),
    "log10": lambda x: x.log() / float(np.log(10)), "exp2": lambda x: 2**x,
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2, "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "logaddexp": lambda x, y: y + (x - y if isinstance(x - y, Value) else Value(x - y)).softplus(),
    "log_expit": lambda x: -(-x).softplus(), "xlogy": _xlogy, "cbrt": lambda x: x ** (1 / 3),
}  # fmt: skip
FLAT = {
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "isfinite", "isnan", "isinf", "signbit",
    "logical_and", "logical_or", "logical_not", "sign", "floor", "ceil", "rint", "trunc", "heaviside",
}  # fmt: skip
"""Functions with no slope: of the numbers alone."""

ORDERS = {"less", "less_equal", "greater", "greater_equal"}
"""Where a number is just what it is compared with, it is at the edge between two slopes."""

MOVES = {
    "reshape", "transpose", "ravel", "swapaxes", "moveaxis", "squeeze", "expand_dims", "broadcast_to", "concatenate",
    "stack", "hstack", "vstack", "dstack", "column_stack", "repeat", "tile", "flip", "fliplr", "flipud", "roll",
    "rot90",
    "diag", "diagonal", "trace", "take", "take_along_axis", "pad", "outer", "inner", "dot", "vdot", "matmul", "einsum",
    "tensordot", "kron", "cumsum", "cumprod", "tril", "triu", "atleast_1d", "atleast_2d", "atleast_3d", "prod",
    "append", "delete", "insert", "block", "diff", "rollaxis", "resize", "compress", "copy", "matrix_transpose",
    "permute_dims", "matvec", "vecmat", "vecdot", "linalg.matmul", "linalg.outer", "linalg.matrix_transpose", "concat",
}  # fmt: skip
"""Functions that NumPy computes on object arrays as they are."""

NUMBERS_ONLY = {
    "argmax", "argmin", "argsort", "argwhere", "nonzero", "flatnonzero", "shape", "ndim", "size", "array_equal",
    "allclose",
    "isclose", "round", "around", "unique", "searchsorted", "count_nonzero", "all", "any", "array_equiv",
    "argpartition",
    "result_type", "iscomplexobj", "isrealobj", "sign", "may_share_memory", "shares_memory", "array_repr", "array_str",
}  # fmt: skip


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """An ndarray to those who compute with it: Values within, and a node in the graph of arrays."""

    __slots__ = ("node", "trace", "values")

    def __init__(self, trace: Trace, values: Any, node: Node) -> None:
        self.trace, self.values, self.node = trace, values, node

    # What one asks an ndarray.

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(self.values.size)

    @property
    def dtype(self) -> Any:
        return np.dtype(float)

    @property
    def T(self) -> Array:
        return self.transpose()

    @property
    def mT(self) -> Array:
        return np.swapaxes(self, -1, -2)  # type: ignore

    @property
    def flat(self) -> Array:
        return np.ravel(self)  # type: ignore

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Array]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Array({self.node.value!r})"

    def __format__(self, spec: str) -> str:
        return format(self.node.value[()] if not self.ndim else self.node.value, spec)

    def __bool__(self) -> bool:
        return bool(self.node.value)

    def __float__(self) -> float:
        return float(self.trace.refuse("float(), math's functions and assignment into an array of floats lose the "
                                       f"gradient: write np.exp for math.exp; {TO_ASSIGN}"))  # fmt: skip

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if dtype is None or np.dtype(dtype).kind == "O":
            self.trace.whole = False
            return self.values
        return self.trace.refuse(f"an array of floats cannot hold it: {TO_ASSIGN}")

    def __getitem__(self, index: Any) -> Array:
        index = _numbers(index)
        return self._call("getitem", lambda x: x[index], index=index)

    def __setitem__(self, index: Any, x: Any) -> None:
        index = _numbers(index)
        if isinstance(x, Array):
            parents: list[Array] = [self, x]
        else:
            parents, plain = [self], x

        def assign(old: Any, *new: Any) -> Any:
            out = old.copy()
            out[index] = new[0] if new else plain
            return out

        result = self.trace.record("setitem", assign, parents, index=index)
        self.values, self.node = result.values, result.node

    # Methods, each the function of the same name.

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            function: Any = getattr(np, name)
            return lambda *arguments, **named: function(self, *arguments, **named)
        raise AttributeError(f"an ndarray of floats has no {name!r} that can be followed")

    def reshape(self, *shape: Any, order: str = "C") -> Array:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)  # type: ignore

    def transpose(self, *axes: Any) -> Array:
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)  # type: ignore

    def dot(self, other: Any) -> Array:
        return np.dot(self, other)  # type: ignore

    def flatten(self) -> Array:
        return np.ravel(self)  # type: ignore

    def astype(self, dtype: Any, **_: Any) -> Any:
        return self if np.dtype(dtype).kind == "f" else self.node.value.astype(dtype)

    def item(self, *index: int) -> Array:
        return self.ravel()[index[0] if index else 0]  # type: ignore

    def fill(self, x: Any) -> None:
        self[...] = x

    def copy(self) -> Array:
        return self._call("copy", lambda x: x.copy())

    def _call(self, op: str, call: Callable[..., Any], **settings: Any) -> Array:
        return self.trace.record(op, call, [self], **settings)

    # NumPy's protocols.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        trace, name = self.trace, ufunc.__name__
        out = named.pop("out", None)
        if method == "at" and name in ("add", "subtract"):
            target, index, x = inputs
            sign = 1 if name == "add" else -1
            target[...] = _scatter(target, _numbers(index), x, sign)
            return None
        named.pop("dtype", None)
        if method == "reduce":
            reduced = {"add": sum_of, "maximum": max_of, "minimum": min_of}.get(name)
            if reduced is None:
                trace.refuse(f"np.{name}.reduce")
            named.setdefault("axis", 0)
            return self._out(reduced(*inputs, **named), out)
        if method == "outer" and name == "multiply":
            shapes = [np.ndim(x) if not isinstance(x, Array) else x.ndim for x in inputs]
            left = inputs[0].reshape(inputs[0].shape + (1,) * shapes[1])
            return self._out(left * inputs[1], out)
        if method != "__call__":
            trace.refuse(f"np.{name}.{method}")
        where = named.pop("where", None)
        if named and set(named) - {"casting", "order", "subok"}:
            trace.refuse(f"np.{name} with {', '.join(named)}")
        if name in FLAT:
            result = ufunc(*_numbers(inputs))
            if name in ORDERS and sum(isinstance(x, Array) for x in inputs) == 1:
                at_edge = np.equal(*_numbers(inputs))
                trace.tie = trace.tie or bool(at_edge.any())
                result = result ^ (at_edge & (trace.turn < 0))
            return result
        if name in ("matmul", "matvec", "vecmat", "vecdot"):
            return self._out(_moved(trace, ufunc, name, inputs, {}), out)
        if name in ("maximum", "minimum", "fmax", "fmin"):
            function: Any = larger(trace, 1 if name in ("maximum", "fmax") else -1)
        elif name in ("absolute", "fabs"):
            function = absolute(trace)
        elif name in ELEMENTWISE:
            function = ELEMENTWISE[name]
        else:
            trace.refuse(f"np.{name} has no rule here")
        result = _elementwise(trace, name, np.frompyfunc(function, len(inputs), 1), inputs)
        if where is not None:
            if out is None:
                trace.refuse(f"np.{name} with where= and no out=")
            target = out[0] if isinstance(out, tuple) else out
            result = select(trace, where, result, target)
        return self._out(result, out)

    def _out(self, result: Array, out: Any) -> Array:
        """``a += b`` and ``out=``: the array that is written to is the result from now on."""
        if out is None:
            return result
        [target] = out if isinstance(out, tuple) else (out,)
        if not isinstance(target, Array):
            self.trace.refuse(f"writing a result into an array of floats: {TO_ASSIGN}")
        if target.shape != result.shape:
            result = np.broadcast_to(result, target.shape)  # type: ignore
        target.values, target.node = result.values, result.node
        return target

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        trace, name = self.trace, function.__name__
        if "linalg" in function.__module__:
            name = {"norm": "norm"}.get(name, f"linalg.{name}")
        if name in _OWN:
            return _OWN[name](*arguments, **named)
        if name in NUMBERS_ONLY:
            return function(*_numbers(arguments), **_numbers(named))
        if name in MOVES:
            named = {key: x for key, x in named.items() if key != "dtype"}
            return _moved(trace, function, name, arguments, named)
        return trace.refuse(f"np.{name} is not among the functions that are followed")


_METHODS = {
    "sum", "mean", "var", "std", "max", "min", "prod", "argmax", "argmin", "argsort", "ravel", "squeeze", "swapaxes",
    "cumsum", "cumprod", "clip", "diagonal", "trace", "repeat", "take", "all", "any", "round", "nonzero",
}  # fmt: skip


def _plain(trace: Trace, x: Any) -> Any:
    array = np.asarray(x)
    if array.dtype == object:
        trace.whole = False  # Values that have left the graph of arrays
        return array
    return array.astype(float).astype(object)


def _numbers(x: Any) -> Any:
    """The numbers alone, wherever there are arrays."""
    if isinstance(x, Array):
        return x.node.value
    if isinstance(x, (tuple, list)):
        return type(x)([_numbers(y) for y in x])
    if isinstance(x, dict):
        return {key: _numbers(y) for key, y in x.items()}
    return x


def _arrays(x: Any) -> list[Array]:
    if isinstance(x, Array):
        return [x]
    if isinstance(x, dict):
        x = list(x.values())
    return [array for y in x for array in _arrays(y)] if isinstance(x, (tuple, list)) else []


def _replaced(x: Any, new: Iterator[Any]) -> Any:
    if isinstance(x, Array):
        return next(new)
    if isinstance(x, (tuple, list)):
        return type(x)([_replaced(y, new) for y in x])
    if isinstance(x, dict):
        return {key: _replaced(y, new) for key, y in x.items()}
    return x


def _moved(trace: Trace, function: Any, name: str, arguments: Any, named: Any) -> Any:
    """A function that NumPy computes on object arrays."""
    arrays = _arrays(arguments) + _arrays(named)

    def call(*given: Any) -> Any:
        new = iter(given)
        operands = [_replaced(x, new) for x in arguments]
        return function(*operands, **_replaced(named, new))

    settings = {key: x for key, x in named.items() if key not in ("out",)}
    flat = [y for x in arguments for y in (x if isinstance(x, (tuple, list)) else [x])]
    settings.pop("elementwise", None)
    return trace.record(name, call, arrays, operands=flat, **settings)


def _elementwise(
    trace: Trace, name: str, function: Callable[..., Any], operands: Sequence[Any], **settings: Any
) -> Array:
    """A function of arrays and plain numbers in which each number comes from those in the same place alone."""
    plain = [x if isinstance(x, Array) else _plain(trace, x) for x in operands]

    def call(*given: Any) -> Any:
        new = iter(given)
        return function(*[next(new) if isinstance(x, Array) else x for x in plain])

    return trace.record(name, call, _arrays(plain), operands=operands, elementwise=True, **settings)


def select(trace: Trace, condition: Any, x: Any, y: Any) -> Array:
    """np.where with a mask: elementwise, of both."""
    mask = np.asarray(_numbers(condition), dtype=bool)
    return _elementwise(trace, "where", lambda x, y: np.where(mask, x, y), (x, y), mask=mask)


def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return np.where(_numbers(condition))
    trace = next(iter(_arrays(list(choices))), None)
    if trace is None:  # of a condition alone
        return np.where(_numbers(condition), *choices)
    return select(trace.trace, condition, *choices)


def _scatter(target: Array, index: Any, x: Any, sign: int) -> Array:
    def call(old: Any, *new: Any) -> Any:
        out = old.copy()
        added = new[0] if new else np.asarray(x, dtype=object)
        places = np.arange(out.size).reshape(out.shape)[index]
        for place, y in zip(places.ravel(), np.broadcast_to(added, places.shape).flat, strict=True):
            out.flat[place] = out.flat[place] + sign * y
        return out

    return target.trace.record("add.at", call, [target, x] if isinstance(x, Array) else [target], index=index)


def _axes(x: Array, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    return tuple(a % x.ndim for a in ((int(axis),) if isinstance(axis, (int, np.integer)) else axis))


def sum_of(x: Array, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **_: Any) -> Array:
    """np.sum."""
    axes = _axes(x, axis)

    def call(values: Any) -> Any:
        return np.sum(values, axis=axes, keepdims=bool(keepdims)) if axes else values

    return x._out(x._call("sum", call, axes=axes, keepdims=bool(keepdims)), out)


def mean_of(x: Array, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **_: Any) -> Array:
    """np.mean."""
    axes = _axes(x, axis)
    count = int(np.prod([x.shape[a] for a in axes]))

    def call(values: Any) -> Any:
        return np.sum(values, axis=axes, keepdims=bool(keepdims)) / count if axes else values

    return x._call("mean", call, axes=axes, keepdims=bool(keepdims), count=count)


def _extreme(name: str, sign: int) -> Callable[..., Array]:
    def extreme(x: Array, axis: Any = None, out: Any = None, keepdims: Any = False, **_: Any) -> Array:
        axes = _axes(x, axis)
        numbers = x.node.value
        best = getattr(np, name)(numbers, axis=axes, keepdims=True)
        if ((numbers == best).sum(axis=axes) > 1).any():
            x.trace.tie = True

        def call(values: Any) -> Any:
            kept = [a for a in range(values.ndim) if a not in axes]
            rows = np.transpose(values, (*kept, *axes)).reshape([values.shape[a] for a in kept] + [-1])
            result = np.empty(rows.shape[:-1], dtype=object)
            for place in np.ndindex(*rows.shape[:-1]):
                result[place] = builtins.max(rows[place], key=lambda v: (sign * v.data, sign * x.trace.rank(v)))
            return np.expand_dims(result, axes) if keepdims else result

        return x._call(name, call, axes=axes, keepdims=bool(keepdims))

    return extreme


max_of, min_of = _extreme("max", 1), _extreme("min", -1)


def var(x: Array, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False) -> Array:
    """np.var, by its definition."""
    axes = _axes(x, axis)
    count = int(np.prod([x.shape[a] for a in axes]))
    squares = np.square(x - mean_of(x, axes, keepdims=True))
    if ddof:
        return sum_of(squares, axes, keepdims=keepdims) / (count - ddof)  # type: ignore
    return mean_of(squares, axes, keepdims=keepdims)


def std(x: Array, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False) -> Array:
    """np.std, by its definition."""
    return np.sqrt(var(x, axis, ddof=ddof, keepdims=keepdims))  # type: ignore


def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Array:
    """np.linalg.norm of vectors, and Frobenius' of matrices."""
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and x.ndim > 1):
        x.trace.refuse(f"np.linalg.norm with ord={ord!r}")
    return np.sqrt(sum_of(np.square(x), axis, keepdims=keepdims))  # type: ignore


def clip(x: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **named: Any) -> Any:
    """np.clip."""
    low, high = named.get("min", a_min), named.get("max", a_max)
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def sort(x: Array, axis: int = -1, **_: Any) -> Any:
    """np.sort."""
    return np.take_along_axis(x, np.argsort(x, axis=axis), axis)


def _average(x: Array, axis: Any = None, weights: Any = None, **_: Any) -> Any:
    if weights is None:
        return mean_of(x, axis)
    weights = np.asarray(weights, dtype=float)
    if axis is not None and weights.ndim == 1:  # along that axis
        weights = weights.reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])
    return sum_of(x * weights, axis) / weights.sum(axis)


def _like(fill: Any) -> Callable[..., Any]:
    def filled(x: Array, *arguments: Any, dtype: Any = None, shape: Any = None, **_: Any) -> Any:
        full = np.full(x.shape if shape is None else shape, arguments[0] if fill is None else fill)
        if dtype is not None and np.dtype(dtype).kind != "f":
            return full.astype(dtype)
        return x.trace.constant(full.astype(float))

    return filled


def _split(x: Array, parts: Any, axis: int = 0) -> list[Array]:
    places = np.split(np.arange(x.shape[axis]), parts)
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(int(p[0]), int(p[-1]) + 1) if len(p) else slice(0, 0))] for p in places]


_OWN: dict[str, Callable[..., Any]] = {
    "sum": sum_of, "mean": mean_of, "max": max_of, "amax": max_of, "min": min_of, "amin": min_of, "var": var,
    "std": std, "norm": norm, "clip": clip, "where": _where, "sort": sort, "average": _average,
    "zeros_like": _like(0.0), "empty_like": _like(0.0), "ones_like": _like(1.0), "full_like": _like(None),
    "split": _split,
}  # fmt: skip
