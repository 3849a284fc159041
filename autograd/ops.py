"""The rules: every operation's value and its partial derivatives, each written once.

A rule is ordinary arithmetic. ``exp`` is its own derivative, so its entry says ``out``; the product's partial
derivatives are each other's factor, so its entry says ``y`` and ``x``. Because nothing in a rule asks what a number
*is*, the same line runs on floats (to backpropagate), on Values (for derivatives of derivatives) and on symbols (to
write a program down):

>>> sigmoid(0.0), sigmoid.partials[0](0.5, 0.0)     # σ(0) and σ′(0) = σ(0)·(1 − σ(0))
(0.5, 0.25)

Numbers are IEEE-754 doubles throughout. Python raises at ``1 / 0.0``, ``math.exp(1000)`` and ``math.log(0)``; here they
are what the standard says, inf, inf and −inf, and what is not a real number, as ``(-2.0) ** 0.5``, is nan. A rule that
divides or raises to a power therefore says ``divide`` and ``power``, not ``/`` and ``**``. Where mathematics leaves a
choice (relu at its kink, ``0 ** 0``) the derivative is PyTorch's.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

__all__ = [
    "Op", "absolute", "add", "constant", "cos", "divide", "exp", "heaviside", "log", "multiply", "negative", "number",
    "power", "relu", "sigmoid", "sign", "sin", "softplus", "sqrt", "subtract", "tan", "tanh", "where",
]  # fmt: skip


class Op:
    """An operation: what it computes from its inputs, and its partial derivative with respect to each of them.

    Args:
        name: the name that it goes by, in errors and in derived programs.
        symbol: a short text to draw it with.
        forward: takes the inputs, as floats; returns the output.
        partials: one function for each input. Each takes the output and then the inputs, and returns
            ∂output/∂input. Written with arithmetic and with operations of this package (``autograd.exp``, not
            ``math.exp``), it can be differentiated again and compiled.

    Raises:
        TypeError: where ``partials`` is not a tuple of functions.

    An operation is called like the function that it is, on Values or on plain numbers:

    >>> from autograd import Op, Value
    >>> cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad
    (8.0, 12.0)
    """

    __slots__ = ("forward", "name", "partials", "symbol")

    def __init__(
        self, name: str, symbol: str, forward: Callable[..., Any], partials: tuple[Callable[..., Any], ...]
    ) -> None:
        if not isinstance(partials, tuple) or not all(map(callable, partials)):
            raise TypeError(
                f"Op {name!r} takes its partials as a tuple of functions (out, *inputs), one for each input, "
                f"not {partials!r}; for one input write partials=(function,)"
            )
        self.name, self.symbol, self.forward, self.partials = name, symbol, forward, partials

    def __call__(self, *inputs: Any) -> Any:
        """Apply the operation: to plain numbers, or to whatever knows how to take an operation (Values do)."""
        if len(inputs) != len(self.partials):
            raise TypeError(f"{self.name} takes {len(self.partials)} input(s), got {len(inputs)}")
        for x in inputs:
            if type(x) is not float and hasattr(x, "__apply_op__"):
                return x.__apply_op__(self, inputs)
        return self.forward(*map(number, inputs))

    def __repr__(self) -> str:
        return f"Op({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """The operations of this module are copied and pickled by name; others by their parts."""
        if globals().get(self.name) is self:
            return _by_name, (self.name,)
        return Op, (self.name, self.symbol, self.forward, self.partials)


def _by_name(name: str) -> Any:
    return globals()[name]


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
    if type(x) is float or is_number(x):
        return float(x)
    raise TypeError(f"expected a real number, got {type(x).__name__} {x!r:.80}")


def text(x: Any) -> str:
    """``x``, where it is text; a TypeError that says what came where it is not."""
    if isinstance(x, str):
        return x
    raise TypeError(f"expected a label as text, got {type(x).__name__} {x!r:.80}")


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """``then`` if the condition holds, else ``otherwise``; a symbol's condition is written down, not decided."""
    return condition.where(then, otherwise) if hasattr(condition, "where") else then if condition else otherwise


def is_zero(x: Any) -> Any:
    """Whether ``x`` is 0, for a rule: on a Value ``x == 0`` compares identity, and on a symbol it is never asked."""
    return abs(x) <= 0


# What Python's math module raises for, IEEE 754 has a number for.


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    if y == 2:
        return x * x  # rounded once, where the general power may be off in the last bit
    try:
        return math.pow(x, y)
    except (OverflowError, ValueError):  # too large, or 0 to a negative power, or a negative number to a fraction
        if x < 0 and y % 1 != 0:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def _or_nan(function: Callable[[float], float]) -> Callable[[float], float]:
    """``function``, and nan where it is not defined (the square root of −1, the sine of infinity)."""

    def defined_everywhere(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return math.nan

    return defined_everywhere


def _sigmoid(x: float) -> float:
    e = math.exp(-abs(x))
    return (1 if x >= 0 else e) / (1 + e)  # 1/(1 + e⁻ˣ) and, the same fraction, eˣ/(eˣ + 1): neither overflows


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))  # log(1 + eˣ), without the overflow


# The table. `out` is the operation's output, `x` and `y` its inputs.

add = Op("add", "+", lambda x, y: x + y, (lambda out, x, y: 1.0, lambda out, x, y: 1.0))
subtract = Op("subtract", "−", lambda x, y: x - y, (lambda out, x, y: 1.0, lambda out, x, y: -1.0))
multiply = Op("multiply", "×", lambda x, y: x * y, (lambda out, x, y: y, lambda out, x, y: x))
divide: Op = Op("divide", "÷", _divide, (lambda out, x, y: divide(1.0, y), lambda out, x, y: -divide(out, y)))
negative = Op("negative", "−", lambda x: -x, (lambda out, x: -1.0,))
power: Op = Op(
    "power",
    "^",
    _power,
    (
        lambda out, x, y: where(is_zero(y), 0.0, y * power(x, y - 1)),  # x⁰ is 1 for every x: flat, even at 0
        lambda out, x, y: where(is_zero(x), where(y >= 0, 0.0, out * log(x)), out * log(x)),  # so is 0ʸ, y ≥ 0
    ),
)
absolute = Op("absolute", "|·|", abs, (lambda out, x: sign(x),))
exp = Op("exp", "exp", _exp, (lambda out, x: out,))
log: Op = Op("log", "log", _log, (lambda out, x: divide(1.0, x),))
sqrt = Op("sqrt", "√", _or_nan(math.sqrt), (lambda out, x: divide(0.5, out),))
sin = Op("sin", "sin", _or_nan(math.sin), (lambda out, x: cos(x),))
cos: Op = Op("cos", "cos", _or_nan(math.cos), (lambda out, x: -sin(x),))
tan = Op("tan", "tan", _or_nan(math.tan), (lambda out, x: 1 + out * out,))
tanh = Op("tanh", "tanh", math.tanh, (lambda out, x: 1 - out * out,))
sigmoid: Op = Op("sigmoid", "σ", _sigmoid, (lambda out, x: out * (1 - out),))
relu = Op("relu", "relu", lambda x: 0.0 if x < 0 else x, (lambda out, x: heaviside(out),))
softplus = Op("softplus", "softplus", _softplus, (lambda out, x: sigmoid(x),))

# The slopes of relu and abs are operations too, so that replaying a recorded derivative finds the jump anew.

heaviside: Op = Op("heaviside", "H", lambda x: 0.0 if x <= 0 else 1.0, (lambda out, x: 0.0,))
sign: Op = Op("sign", "sign", lambda x: float(x > 0) - float(x < 0), (lambda out, x: 0.0,))

constant = Op("constant", "", lambda: 0.0, ())  # what a plain number in an expression is marked with
