"""The notation: ``x + y`` means ``add(x, y)``, and ``x.exp()`` means ``exp(x)``.

`Arithmetic` is what Values share with the symbols that programs are derived with. It turns Python's operators into
operations. Subclasses define how an operation is applied: a Value records a node, a symbol writes a line. `dot` is the
notation of a weighted sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Self

from autograd import ops
from autograd.operation import Op, is_number, number
from autograd.ops import absolute, add, divide, multiply, negative, power, subtract

ABSENT = object()  # stands for the second input of an operation that has only one


describers: list[Callable[[Any], str]] = []  # what a notebook shows: of these, the last; see `formula`


class Signature:
    """What `inspect.signature` tells of a class as ``__signature__``. A compiled one does not know its arguments."""

    def __init__(self, like: Callable[..., None]) -> None:
        self._like = like

    def __get__(self, instance: object, owner: type) -> Any:
        if next(c for c in owner.__mro__ if "__init__" in c.__dict__).__dict__.get("__signature__") is not self:
            return None  # a subclass that takes other arguments
        import inspect  # slow, and needed by whoever asks alone

        return inspect.signature(self._like)


class Arithmetic:
    """Operators and functions for anything that an `Op` can be applied to. Subclasses define `__apply_op__`."""

    __slots__ = ()

    def _apply(self, op: Op, x: Any, y: Any) -> Any:
        """``op(x, y)``, or ``op(x)`` where y is ABSENT. NotImplemented where one is no number."""
        if y is ABSENT:
            return self.__apply_op__(op, (x,))
        other = y if x is self else x
        known = isinstance(other, Arithmetic) or is_number(other)
        return self.__apply_op__(op, (x, y)) if known else NotImplemented

    def __apply_op__(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """``op(*inputs)``, self being one of them. Called by `Op` itself, so the inputs may be anything."""
        raise TypeError(f"{type(self).__name__} does not say what an operation does to it")

    # Where one of these returns NotImplemented, Python tries the other operand's method, and then raises a TypeError.

    def __add__(self, other: Any) -> Self:
        return self._apply(add, self, other)

    def __radd__(self, other: Any) -> Self:
        return self._apply(add, other, self)

    def __sub__(self, other: Any) -> Self:
        return self._apply(subtract, self, other)

    def __rsub__(self, other: Any) -> Self:
        return self._apply(subtract, other, self)

    def __mul__(self, other: Any) -> Self:
        return self._apply(multiply, self, other)

    def __rmul__(self, other: Any) -> Self:
        return self._apply(multiply, other, self)

    def __truediv__(self, other: Any) -> Self:
        return self._apply(divide, self, other)

    def __rtruediv__(self, other: Any) -> Self:
        return self._apply(divide, other, self)

    def __floordiv__(self, other: Any) -> Self:
        return self._apply(ops.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Self:
        return self._apply(ops.floor_divide, other, self)

    def __mod__(self, other: Any) -> Self:
        return self._apply(ops.remainder, self, other)

    def __rmod__(self, other: Any) -> Self:
        return self._apply(ops.remainder, other, self)

    def __pow__(self, other: Any) -> Self:
        return self._apply(power, self, other)

    def __rpow__(self, other: Any) -> Self:
        return self._apply(power, other, self)

    def __pos__(self) -> Self:
        return self

    def __neg__(self) -> Self:
        return self._apply(negative, self, ABSENT)

    def __abs__(self) -> Self:
        return self._apply(absolute, self, ABSENT)

    def exp(self) -> Self:
        """e to the power of this."""
        return self._apply(ops.exp, self, ABSENT)

    def log(self) -> Self:
        """The natural logarithm: −inf at 0, nan below."""
        return self._apply(ops.log, self, ABSENT)

    def sqrt(self) -> Self:
        """The square root: nan below 0."""
        return self._apply(ops.sqrt, self, ABSENT)

    def sin(self) -> Self:
        """The sine, of radians."""
        return self._apply(ops.sin, self, ABSENT)

    def cos(self) -> Self:
        """The cosine, of radians."""
        return self._apply(ops.cos, self, ABSENT)

    def tan(self) -> Self:
        """The tangent, of radians."""
        return self._apply(ops.tan, self, ABSENT)

    def tanh(self) -> Self:
        """The hyperbolic tangent, from −1 to 1."""
        return self._apply(ops.tanh, self, ABSENT)

    def sigmoid(self) -> Self:
        """The logistic function σ(x) = 1 / (1 + e⁻ˣ), from 0 to 1."""
        return self._apply(ops.sigmoid, self, ABSENT)

    def relu(self) -> Self:
        """The rectifier max(x, 0); its derivative at 0 is 0."""
        return self._apply(ops.relu, self, ABSENT)

    def softplus(self) -> Self:
        """log(1 + eˣ), the smooth relu, without its overflow."""
        return self._apply(ops.softplus, self, ABSENT)

    def log1p(self) -> Self:
        """log(1 + x), to the last digits of a small x."""
        return self._apply(ops.log1p, self, ABSENT)

    def expm1(self) -> Self:
        """eˣ − 1, to the last digits of a small x."""
        return self._apply(ops.expm1, self, ABSENT)

    def log2(self) -> Self:
        """The logarithm to base 2."""
        return self._apply(ops.log2, self, ABSENT)

    def log10(self) -> Self:
        """The logarithm to base 10."""
        return self._apply(ops.log10, self, ABSENT)

    def sinh(self) -> Self:
        """The hyperbolic sine."""
        return self._apply(ops.sinh, self, ABSENT)

    def cosh(self) -> Self:
        """The hyperbolic cosine."""
        return self._apply(ops.cosh, self, ABSENT)

    def asin(self) -> Self:
        """The angle whose sine this is; nan where there is none."""
        return self._apply(ops.asin, self, ABSENT)

    def acos(self) -> Self:
        """The angle whose cosine this is; nan where there is none."""
        return self._apply(ops.acos, self, ABSENT)

    def atan(self) -> Self:
        """The angle whose tangent this is."""
        return self._apply(ops.atan, self, ABSENT)

    def erf(self) -> Self:
        """The error function, from −1 to 1."""
        return self._apply(ops.erf, self, ABSENT)

    def floor(self) -> Self:
        """The next whole number below; its derivative is 0."""
        return self._apply(ops.floor, self, ABSENT)

    def ceil(self) -> Self:
        """The next whole number above; its derivative is 0."""
        return self._apply(ops.ceil, self, ABSENT)

    def square(self) -> Self:
        """x·x."""
        return self._apply(ops.square, self, ABSENT)

    def reciprocal(self) -> Self:
        """1/x."""
        return self._apply(ops.reciprocal, self, ABSENT)

    def gelu(self) -> Self:
        """x·Φ(x), Φ being the normal distribution."""
        return self._apply(ops.gelu, self, ABSENT)

    def silu(self) -> Self:
        """x·σ(x)."""
        return self._apply(ops.silu, self, ABSENT)

    # Comparisons and formats look at the number alone.

    @property
    def data(self) -> float:
        """The number behind this, where there is one."""
        raise TypeError(f"a {type(self).__name__} has no number")

    def __lt__(self, other: Any) -> bool:
        return self.data < (other.data if isinstance(other, Arithmetic) else other)

    def __le__(self, other: Any) -> bool:
        return self.data <= (other.data if isinstance(other, Arithmetic) else other)

    def __gt__(self, other: Any) -> bool:
        return self.data > (other.data if isinstance(other, Arithmetic) else other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= (other.data if isinstance(other, Arithmetic) else other)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook, or IPython, shows."""
        printer.text(describers[-1](self) if describers else repr(self))

    def __index__(self) -> NoReturn:
        """float() and math.exp() fall back to __index__; refuse, or the gradient is lost."""
        raise TypeError(
            f"a {type(self).__name__} does not turn into a plain number by itself, since its gradient would be lost: "
            "take v.data for the plain number, or use v.exp() and the like, which keep the gradient; for a list, write "
            "[v * x for x in xs]"
        )


def refuse(x: Any) -> Any:
    """Let Python ask an operand that is no number, such as an array; text, None and complex numbers are errors."""
    return number(x) if x is None or isinstance(x, (str, bytes, complex)) else NotImplemented


def dot(xs: Sequence[Any], ys: Sequence[Any], bias: Any = 0) -> Any:
    """bias + Σ x·y as one operation: one node, where ``sum(x * y for ...)`` records two for each product.

    It is added up from left to right, so that the bits are the same. Without a bias the sum begins with the first
    product. Any of the operands may be Values or plain numbers; the result is a plain number where all are.

    Raises:
        ValueError: where there are not as many xs as ys.

    >>> from autograd import Value
    >>> w, x = [Value(0.5), Value(-1.0)], [4.0, 1.0]
    >>> z = dot(w, x, bias=0.25)
    >>> z.backward()
    >>> z.data, w[0].grad, w[1].grad
    (1.25, 4.0, 1.0)
    """
    if len(xs) != len(ys):
        raise ValueError(f"dot takes as many xs as ys, got {len(xs)} and {len(ys)}")
    left, right = xs if isinstance(xs, list) else list(xs), ys if isinstance(ys, list) else list(ys)
    first = not (left and isinstance(bias, (int, float)) and bias == 0)
    operands = [bias] * (first + 2 * len(left))
    for i in range(len(left)):
        operands[first + 2 * i], operands[first + 2 * i + 1] = left[i], right[i]
    return ops.weighted_sum.apply(operands)
