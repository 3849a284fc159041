"""The notation: ``x + y`` means ``add(x, y)``, and ``x.exp()`` means ``exp(x)``.

`Arithmetic` is what Values share with the symbols that programs are derived with. It turns Python's operators into
operations, and leaves to its heirs what applying an operation does: a Value records a node, a symbol writes a line.
"""

from __future__ import annotations

from typing import Any, NoReturn, Self

from autograd import ops
from autograd.ops import Op, absolute, add, divide, multiply, negative, power, subtract


class Arithmetic:
    """Operators and functions for anything that an `Op` can be applied to."""

    __slots__ = ()

    def _unary(self, op: Op) -> Any:
        """``op(self)``."""
        raise TypeError(f"{type(self).__name__} does not say what an operation does to it")

    def _binary(self, op: Op, x: Any, y: Any) -> Any:
        """``op(x, y)``, self being one of the two; NotImplemented where the other is not a number."""
        raise TypeError(f"{type(self).__name__} does not say what an operation does to it")

    # Where one of these returns NotImplemented, Python tries the other operand's method, and then raises a TypeError.

    def __add__(self, other: Any) -> Self:
        return self._binary(add, self, other)

    def __radd__(self, other: Any) -> Self:
        return self._binary(add, other, self)

    def __sub__(self, other: Any) -> Self:
        return self._binary(subtract, self, other)

    def __rsub__(self, other: Any) -> Self:
        return self._binary(subtract, other, self)

    def __mul__(self, other: Any) -> Self:
        return self._binary(multiply, self, other)

    def __rmul__(self, other: Any) -> Self:
        return self._binary(multiply, other, self)

    def __truediv__(self, other: Any) -> Self:
        return self._binary(divide, self, other)

    def __rtruediv__(self, other: Any) -> Self:
        return self._binary(divide, other, self)

    def __pow__(self, other: Any) -> Self:
        return self._binary(power, self, other)

    def __rpow__(self, other: Any) -> Self:
        return self._binary(power, other, self)

    def __pos__(self) -> Self:
        return self

    def __neg__(self) -> Self:
        return self._unary(negative)

    def __abs__(self) -> Self:
        return self._unary(absolute)

    def exp(self) -> Self:
        """e to the power of this."""
        return self._unary(ops.exp)

    def log(self) -> Self:
        """The natural logarithm: −inf at 0, nan below."""
        return self._unary(ops.log)

    def sqrt(self) -> Self:
        """The square root: nan below 0."""
        return self._unary(ops.sqrt)

    def sin(self) -> Self:
        """The sine, of radians."""
        return self._unary(ops.sin)

    def cos(self) -> Self:
        """The cosine, of radians."""
        return self._unary(ops.cos)

    def tan(self) -> Self:
        """The tangent, of radians."""
        return self._unary(ops.tan)

    def tanh(self) -> Self:
        """The hyperbolic tangent, from −1 to 1."""
        return self._unary(ops.tanh)

    def sigmoid(self) -> Self:
        """The logistic function σ(x) = 1 / (1 + e⁻ˣ), from 0 to 1."""
        return self._unary(ops.sigmoid)

    def relu(self) -> Self:
        """The rectifier max(x, 0); its derivative at 0 is 0."""
        return self._unary(ops.relu)

    def softplus(self) -> Self:
        """log(1 + eˣ), the smooth relu, without its overflow."""
        return self._unary(ops.softplus)

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

    def __index__(self) -> NoReturn:
        """float() and math.exp() fall back to __index__; refuse, or the gradient is lost."""
        raise TypeError(
            f"a {type(self).__name__} does not turn into a plain number by itself, since its gradient would be lost: "
            "take v.data for the number alone, or use v.exp() and the like, which keep the gradient"
        )
