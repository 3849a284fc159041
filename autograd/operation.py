"""An operation: its name, its value and its partial derivatives. And what it is applied to: real numbers.

The operations themselves are rows of the table in `ops`; users make their own with `Op`.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Partials: TypeAlias = tuple[Callable[..., Any], ...] | Callable[..., Sequence[Any]]


class Op:
    """An operation: what it computes from its inputs, and its partial derivative with respect to each of them.

    Args:
        name: the name that it goes by, in errors and in derived programs.
        symbol: a short text to draw it with.
        forward: takes the inputs, as floats; returns the output.
        partials: one function for each input. Each takes the output and then the inputs, and returns
            ∂output/∂input. Or, for an operation of any number of inputs, one function in all, which returns a list of
            these. Written with arithmetic and with operations of this package (``autograd.exp``, not ``math.exp``), it
            can be differentiated again and compiled.

    Raises:
        TypeError: where ``partials`` is neither a tuple of functions nor a function.

    An operation is called like the function that it is, on Values or on plain numbers:

    >>> from autograd import Op, Value
    >>> cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad
    (8.0, 12.0)
    >>> mean = Op("mean", "μ", lambda *x: sum(x) / len(x), partials=lambda out, *x: [1 / len(x)] * len(x))
    >>> mean(Value(2.0), Value(3.0), 7.0, 4.0).local_grads
    (0.25, 0.25, 0.25, 0.25)
    """

    __slots__ = ("code", "forward", "name", "partials", "symbol")

    def __init__(self, name: str, symbol: str, forward: Callable[..., Any], partials: Partials | None = None) -> None:
        if not callable(partials) and not (isinstance(partials, tuple) and all(map(callable, partials))):
            raise TypeError(
                f"Op {name!r} takes its partials as a tuple of functions (out, *inputs), one for each input, "
                f"not {partials!r}; for one input write partials=(function,), for any number of them one function "
                "that returns a list"
            )
        self.name, self.symbol, self.forward = name, symbol, forward
        self.partials: Any = partials
        self.code = 0  # its place in TABLE, by which `_rules` knows it; an operation of a user's own has none

    @property
    def arity(self) -> int | None:
        """How many inputs it takes; None where that is any number."""
        return len(self.partials) if isinstance(self.partials, tuple) else None

    def __call__(self, *inputs: Any) -> Any:
        """Apply the operation: to plain numbers, or to whatever knows how to take an operation (Values do)."""
        if isinstance(self.partials, tuple) and len(inputs) != len(self.partials):
            takes = len(self.partials)
            why = "" if self.code else f": it was made with {takes} partial(s), and wants one for each input"
            raise TypeError(f"{self.name} takes {takes} input(s), got {len(inputs)}{why}")
        return self.apply(inputs)

    def apply(self, inputs: Sequence[Any]) -> Any:
        """The operation on a list or a tuple of inputs, as many as it takes."""
        for x in inputs:
            takes = None if type(x) is float else getattr(x, "__apply_op__", None)
            if takes is not None:
                return takes(self, inputs)
        return self.forward(*map(number, inputs))

    def local_grads(self, out: Any, inputs: Sequence[Any]) -> list[Any]:
        """∂out/∂input for each of the inputs, in the kind of number that they are.

        >>> from autograd.ops import multiply
        >>> multiply.local_grads(6.0, [2.0, 3.0])
        [3.0, 2.0]
        """
        if isinstance(self.partials, tuple):
            found: list[Any] = []
            for partial in self.partials:
                found.append(partial(out, *inputs))
            return found
        local_grads = self.partials(out, *inputs)
        if not isinstance(local_grads, (list, tuple)) or len(local_grads) != len(inputs):
            raise TypeError(
                f"the partials of {self.name} are one function, so it returns a list of {len(inputs)}, one for each "
                f"input, not {local_grads!r:.80}; a function that gives one number is written partials=(function,)"
            )
        return list(local_grads)

    def __repr__(self) -> str:
        return f"Op({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """The operations of the table are copied and pickled by name; others by their parts."""
        if by_name.get(self.name) is self:
            return _named, (self.name,)
        return Op, (self.name, self.symbol, self.forward, self.partials)


by_name: dict[str, Op] = {}  # the operations of the table, which puts them here


def _named(name: str) -> Op:
    return by_name[name]


def is_number(x: Any) -> bool:
    """Whether ``x`` is one real number: anything with ``__float__`` but text, complex numbers, times, arrays with axes.

    An array without axes is what is in it.
    """
    if isinstance(x, (float, int)):
        return True
    if _kind(x) == "O" and not getattr(x, "ndim", 0):
        x = x.item()
    return (
        (hasattr(x, "__float__") or hasattr(x, "__index__"))
        and not isinstance(x, (str, bytes))
        and (isinstance(x, numbers.Real) or not isinstance(x, numbers.Complex))
        and not getattr(x, "ndim", 0)
        and _kind(x) not in ("S", "T", "U", "M", "m", "c", "O")
    )


def _kind(x: Any) -> Any:
    """The letter that NumPy has for what an array holds: S, T and U text, M and m times, c complex, O any object."""
    dtype = getattr(x, "dtype", None)
    return "c" if getattr(dtype, "is_complex", False) else getattr(dtype, "kind", None)  # is_complex is PyTorch's


def number(x: Any) -> float:
    """``x`` as a float, where it is a real number; a TypeError that says what came where it is not.

    >>> number(3), number(True)
    (3.0, 1.0)
    >>> number("3")
    Traceback (most recent call last):
    TypeError: expected a real number, got str '3'
    """
    if type(x) is float:
        return x
    if is_number(x):
        if getattr(x, "requires_grad", False):  # PyTorch's
            raise TypeError(f"PyTorch's gradient of {x!r:.80} would be lost: take x.item(), the plain number")
        return float(x)
    raise TypeError(f"expected a real number, got {type(x).__name__} {x!r:.80}")


def text(x: Any) -> str:
    """``x``, where it is text; a TypeError that says what came where it is not."""
    if isinstance(x, str):
        return x
    raise TypeError(f"expected a label as text, got {type(x).__name__} {x!r:.80}")
