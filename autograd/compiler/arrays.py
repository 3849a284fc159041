"""The operations on arrays, in whatever library the arrays come from, by way of the Array API standard."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any


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
        "heaviside": lambda x: where(x <= 0, 0.0, 1.0),
        "sign": lambda x: where(x > 0, 1.0, where(x < 0, -1.0, 0.0)),
    }
