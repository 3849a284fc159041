"""The operations on arrays, in whatever library the arrays come from, by way of the Array API standard."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from autograd import ops
from autograd.operation import Op


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


def copied(x: Any, xp: Any) -> Any:
    """An array like ``x`` with memory of its own; ``x`` itself where arrays cannot be changed."""
    if xp.__name__ == "jax.numpy":
        return x
    return x.clone() if hasattr(x, "clone") else xp.asarray(x, copy=True)  # torch.asarray would warn of lost gradients


NAMES = {"absolute": "abs"}  #: what the standard calls by another name than `ops`


def on_arrays(xp: Any, dtype: Any) -> dict[str, Callable[..., Any]]:
    """The operations on arrays of the library ``xp``, elementwise: its own functions, and what `ops` makes of them."""

    def where(condition: Any, then: Any, otherwise: Any) -> Any:
        if isinstance(condition, bool):
            return xp.asarray(then if condition else otherwise, dtype=dtype)
        full = xp.asarray(condition, dtype=dtype) * 0
        return xp.where(condition, *[x if is_array(x) else full + x for x in (then, otherwise)])

    def choose(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        """`where`, without working out what a plain condition leaves out."""
        if isinstance(condition, bool):
            return then() if condition else otherwise()
        return where(condition, then(), otherwise())

    def fmod(x: Any, y: Any) -> Any:
        rest = xp.remainder(abs(x), abs(y))
        return where(x < 0, -rest, rest)

    def cbrt(x: Any) -> Any:
        size = abs(x)
        root = size ** (1 / 3)
        near = root - (root - size / where(size > 0, root * root, 1.0)) / 3  # one step of Newton's
        return where(size < math.inf, where(x < 0, -near, near), x)

    functions: dict[str, Callable[..., Any]] = {
        "divide": operator.truediv, "pow": operator.pow, "abs": abs, "where": where, "choose": choose,
        "fmod": fmod, "cbrt": cbrt,
    }  # fmt: skip
    for op in primitives():
        name = NAMES.get(op.name, op.name)
        if name not in ("divide", "pow", "abs") and hasattr(xp, name):
            functions[name] = getattr(xp, name)
    exec(derived(), scope := dict[str, Any](functions, nan=math.nan, inf=math.inf))
    made = {name: scope[name] for name in derived().co_names if name in scope and name not in functions}
    return made | functions


@lru_cache
def primitives() -> tuple[Op, ...]:
    """The operations that are a library's own functions."""
    from autograd.compiler.rules import is_primitive

    return tuple([op for op in ops.TABLE if op.partials and is_primitive(op)])


@lru_cache
def derived() -> CodeType:
    """All others of the table, as functions of arrays in source; and erf and erfc for where a library has neither."""
    from autograd.compiler import special
    from autograd.compiler.rules import ARRAYS, Rule

    made = [op for op in ops.TABLE if op.partials and op not in primitives()]
    made += [Op(op.name, "", getattr(special, op.name), op.partials) for op in (ops.erf, ops.erfc)]
    lines = []
    for rule in map(Rule, made):
        lines.append(f"def {rule.op.name}({', '.join([x.name for x in rule.inputs])}):")
        lines += [f"    {line}" for line in rule.lines(ARRAYS, [rule.value])]
    return compile("\n".join(lines), "<operations>", "exec")
