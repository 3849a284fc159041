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

import builtins
import math
import operator
from collections.abc import Callable
from functools import reduce, wraps
from typing import Any

from autograd.operation import Op, by_name

__all__ = [
    "absolute", "acos", "acosh", "add", "asin", "asinh", "at_most", "atan", "atan2", "atanh", "cbrt", "ceil",
    "clip", "constant", "cos", "cosh", "divide", "elu", "erf", "erfc", "exp", "exp2", "expm1", "floor",
    "floor_divide", "gelu", "heaviside", "hypot", "leaky_relu", "less", "log", "log1p", "log2", "log10", "logaddexp",
    "logsigmoid", "maximum", "minimum", "multiply", "negative", "power", "ratio", "reciprocal", "relu",
    "remainder", "round", "sigmoid", "sign", "silu", "sin", "sinh", "softplus", "sqrt", "square", "subtract", "tan",
    "tanh", "weighted_sum", "where", "xlogy",
]  # fmt: skip


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """``then`` if the condition holds, else ``otherwise``; a symbol's condition is written down, not decided."""
    return condition.where(then, otherwise) if hasattr(condition, "where") else then if condition else otherwise


def is_zero(x: Any) -> Any:
    """Whether ``x`` is 0, for a rule: on a Value ``x == 0`` compares identity, and on a symbol it is never asked."""
    return abs(x) <= 0


# The hosts' own functions. What Python's math module raises for, IEEE 754 has a number for.


def _host(
    function: Callable[..., float], poles: dict[float, float] | None = None, odd: bool = False
) -> Callable[..., float]:
    """``function`` of the math module where it has a value; at a pole ±inf, on overflow too, and nan elsewhere."""

    @wraps(function)
    def defined_everywhere(*x: float) -> float:
        try:
            return function(*x)
        except ValueError:
            return poles.get(x[0], math.nan) if poles else math.nan
        except OverflowError:
            return math.copysign(math.inf, x[0]) if odd else math.inf

    return defined_everywhere


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _pow(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except (OverflowError, ValueError):  # too large, or 0 to a negative power, or a negative number to a fraction
        if x < 0 and y % 1 != 0:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """A function to whole numbers, that leaves the sign of a zero, infinity and nan as they are."""
    return lambda x: math.copysign(function(x), x) if math.isfinite(x) else x + 0.0


def _nearest(x: float) -> int:
    return builtins.round(x)


def _larger(x: Any, y: Any) -> Any:
    """1 where x is larger than y, ½ where they are equal: the slope of `maximum`."""
    return (1 - less(x, y)) * (1 - 0.5 * at_most(x, y))


def _hypot(large: Any, small: Any) -> Any:
    """√(large² + small²), without overflow."""
    share = divide(small, where(is_zero(large), 1.0, large))
    return large * sqrt(1 + share * share)


def _inverse(x: Any) -> Any:
    """1/x, and 0 where x is 0."""
    return where(is_zero(x), 0.0, divide(1.0, x))


def _toward(r: Any, y: Any, other_sign: Any, same_sign: Any) -> Any:
    """The one where a remainder r and the divisor y differ in sign, the other where they do not."""
    other_way = where(r > 0, where(y < 0, other_sign, same_sign), same_sign)
    return where(r < 0, where(y > 0, other_sign, same_sign), other_way)


def _quotient(x: Any, y: Any, q: Any) -> Any:
    """The whole number that q is but for rounding, one less where the remainder has not the sign of y."""
    whole = round(_toward(fmod(x, y), y, q - 1, q))
    return where(is_zero(whole), 0 * divide(x, y), whole)


LN2, LN10 = math.log(2), math.log(10)

# The table. `out` is the operation's output, `x` and `y` its inputs.

add = Op("add", "+", lambda x, y: x + y, (lambda out, x, y: 1.0, lambda out, x, y: 1.0))
subtract = Op("subtract", "−", lambda x, y: x - y, (lambda out, x, y: 1.0, lambda out, x, y: -1.0))
multiply = Op("multiply", "×", lambda x, y: x * y, (lambda out, x, y: y, lambda out, x, y: x))
divide: Op = Op("divide", "÷", _divide, (lambda out, x, y: divide(1.0, y), lambda out, x, y: -divide(out, y)))
negative = Op("negative", "−", lambda x: -x, (lambda out, x: -1.0,))
power: Op = Op(
    "power",
    "^",
    lambda x, y: where(y == 2, x * x, where(y == 1, x, pow(x, y))),  # a square is rounded once
    (
        lambda out, x, y: where(is_zero(y), 0.0, y * power(x, y - 1)),  # x⁰ is 1 for every x: flat, even at 0
        lambda out, x, y: where(  # so is 0ʸ, y ≥ 0
            x > 0, out * log(x), where(is_zero(x), where(y >= 0, 0.0, out * -math.inf), out * math.nan)
        ),
    ),
)
pow: Op = Op("pow", "^", _pow, power.partials)  # the host's own, off in the last bit of a square: for `power` alone
absolute = Op("absolute", "|·|", abs, (lambda out, x: sign(x),))
square = Op("square", "²", lambda x: x * x, (lambda out, x: 2 * x,))
reciprocal = Op("reciprocal", "1/", lambda x: divide(1.0, x), (lambda out, x: -(out * out),))
exp = Op("exp", "exp", _host(math.exp), (lambda out, x: out,))
exp2 = Op("exp2", "2^", lambda x: power(2.0, x), (lambda out, x: out * LN2,))
expm1 = Op("expm1", "expm1", _host(math.expm1), (lambda out, x: out + 1,))
log: Op = Op("log", "log", _host(math.log, {0.0: -math.inf}), (lambda out, x: divide(1.0, x),))
log1p = Op("log1p", "log1p", _host(math.log1p, {-1.0: -math.inf}), (lambda out, x: divide(1.0, 1 + x),))
log2 = Op("log2", "log2", _host(math.log2, {0.0: -math.inf}), (lambda out, x: divide(1.0, x * LN2),))
log10 = Op("log10", "log10", _host(math.log10, {0.0: -math.inf}), (lambda out, x: divide(1.0, x * LN10),))
sqrt = Op("sqrt", "√", _host(math.sqrt), (lambda out, x: divide(0.5, out),))
cbrt = Op("cbrt", "∛", math.cbrt, (lambda out, x: divide(1.0, 3 * (out * out)),))
sin = Op("sin", "sin", _host(math.sin), (lambda out, x: cos(x),))
cos: Op = Op("cos", "cos", _host(math.cos), (lambda out, x: -sin(x),))
tan = Op("tan", "tan", _host(math.tan), (lambda out, x: 1 + out * out,))
asin = Op("asin", "asin", _host(math.asin), (lambda out, x: divide(1.0, sqrt(1 - x * x)),))
acos = Op("acos", "acos", _host(math.acos), (lambda out, x: divide(-1.0, sqrt(1 - x * x)),))
atan = Op("atan", "atan", math.atan, (lambda out, x: divide(1.0, 1 + x * x),))
atan2 = Op(  # the angle of the point (y, x), its height first, as everywhere
    "atan2",
    "atan2",
    math.atan2,
    (lambda out, x, y: y * _inverse(x * x + y * y), lambda out, x, y: -x * _inverse(x * x + y * y)),
)
sinh: Op = Op("sinh", "sinh", _host(math.sinh, odd=True), (lambda out, x: cosh(x),))
cosh: Op = Op("cosh", "cosh", _host(math.cosh), (lambda out, x: sinh(x),))
tanh = Op("tanh", "tanh", math.tanh, (lambda out, x: 1 - out * out,))
asinh = Op("asinh", "asinh", math.asinh, (lambda out, x: divide(1.0, sqrt(x * x + 1)),))
acosh = Op("acosh", "acosh", _host(math.acosh), (lambda out, x: divide(1.0, sqrt(x * x - 1)),))
atanh = Op(
    "atanh", "atanh", _host(math.atanh, {1.0: math.inf, -1.0: -math.inf}), (lambda out, x: divide(1.0, 1 - x * x),)
)
erf = Op("erf", "erf", math.erf, (lambda out, x: 2 / math.sqrt(math.pi) * exp(-x * x),))
erfc = Op("erfc", "erfc", math.erfc, (lambda out, x: -2 / math.sqrt(math.pi) * exp(-x * x),))
floor = Op("floor", "⌊·⌋", _whole(math.floor), (lambda out, x: 0.0,))
ceil = Op("ceil", "⌈·⌉", _whole(math.ceil), (lambda out, x: 0.0,))
round = Op("round", "round", _whole(_nearest), (lambda out, x: 0.0,))  # halves to the even neighbour

# Of two. The slopes of what depends on which is larger, or where a jump is, are operations too (see below).

maximum: Op = Op(
    "maximum",
    "max",
    lambda x, y: where(x >= y, x, where(x < y, y, x + y)),  # of which one is nan
    (lambda out, x, y: _larger(x, y), lambda out, x, y: _larger(y, x)),
)
minimum: Op = Op(
    "minimum",
    "min",
    lambda x, y: where(x <= y, x, where(x > y, y, x + y)),
    (lambda out, x, y: _larger(y, x), lambda out, x, y: _larger(x, y)),
)
clip = Op(  # x, but at least y and at most z
    "clip",
    "clip",
    lambda x, y, z: minimum(maximum(x, y), z),
    (
        lambda out, x, y, z: at_most(y, x) * at_most(x, z),
        lambda out, x, y, z: less(x, y) * less(y, z),
        lambda out, x, y, z: maximum(less(z, x), less(z, y)),
    ),
)
hypot = Op(
    "hypot",
    "hypot",
    lambda x, y: where(
        abs(x) == math.inf,
        math.inf,
        where(abs(y) == math.inf, math.inf, _hypot(maximum(abs(x), abs(y)), minimum(abs(x), abs(y)))),
    ),
    (lambda out, x, y: divide(x, out), lambda out, x, y: divide(y, out)),
)
logaddexp = Op(
    "logaddexp",
    "logaddexp",
    lambda x, y: where(x == y, x + LN2, maximum(x, y) + log1p(exp(-abs(x - y)))),
    (lambda out, x, y: sigmoid(x - y), lambda out, x, y: sigmoid(y - x)),
)
xlogy = Op(  # 0 where x is 0: what cannot happen adds nothing to a loss, however improbable it was held to be
    "xlogy",
    "x·log y",
    lambda x, y: where(is_zero(x), 0.0, x * log(y)),
    (lambda out, x, y: log(y), lambda out, x, y: ratio(x, y)),
)
fmod = Op("fmod", "fmod", _host(math.fmod), (lambda out, x, y: 1.0, lambda out, x, y: -round(divide(x - out, y))))
remainder: Op = Op(  # with the sign of y, as Python's %
    "remainder",
    "%",
    lambda x, y: _toward(fmod(x, y), y, fmod(x, y) + y, fmod(x, y)),
    (lambda out, x, y: 1.0, lambda out, x, y: -floor_divide(x, y)),
)
floor_divide: Op = Op(
    "floor_divide",
    "//",
    lambda x, y: where(is_zero(y), divide(x, y), _quotient(x, y, divide(x - fmod(x, y), y))),
    (lambda out, x, y: 0.0, lambda out, x, y: 0.0),
)

# What networks are made with.

sigmoid: Op = Op(  # 1/(1 + e⁻ˣ) and, the same fraction, eˣ/(eˣ + 1): neither overflows
    "sigmoid",
    "σ",
    lambda x: divide(where(x >= 0, 1.0, exp(-abs(x))), 1 + exp(-abs(x))),
    (lambda out, x: out * (1 - out),),
)
relu = Op("relu", "relu", lambda x: where(x < 0, 0.0, x), (lambda out, x: heaviside(out),))
softplus = Op("softplus", "softplus", lambda x: relu(x) + log1p(exp(-abs(x))), (lambda out, x: sigmoid(x),))
logsigmoid = Op("logsigmoid", "log σ", lambda x: minimum(x, 0.0) - log1p(exp(-abs(x))), (lambda out, x: sigmoid(-x),))
leaky_relu = Op(
    "leaky_relu", "leaky", lambda x: where(x > 0, x, 0.01 * x), (lambda out, x: 0.01 + 0.99 * relu(sign(x)),)
)
elu = Op("elu", "elu", lambda x: where(x > 0, x, expm1(x)), (lambda out, x: exp(-relu(-x)),))
silu = Op("silu", "silu", lambda x: x * sigmoid(x), (lambda out, x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),))
gelu = Op(  # x·Φ(x); its derivative is Φ(x) + x·φ(x)
    "gelu",
    "gelu",
    lambda x: x * (0.5 * erfc(-x * math.sqrt(0.5))),
    (lambda out, x: 0.5 * erfc(-x * math.sqrt(0.5)) + x * (math.sqrt(0.5 / math.pi) * exp(-0.5 * x * x)),),
)

# Slopes that jump, or that leave a value out, are operations, so that replaying a recorded derivative finds them anew.

heaviside: Op = Op("heaviside", "H", lambda x: where(x <= 0, 0.0, 1.0), (lambda out, x: 0.0,))
sign: Op = Op("sign", "sign", lambda x: where(x > 0, 1.0, where(x < 0, -1.0, 0.0)), (lambda out, x: 0.0,))
less: Op = Op("less", "<", lambda x, y: where(x < y, 1.0, 0.0), (lambda out, x, y: 0.0, lambda out, x, y: 0.0))
at_most: Op = Op("at_most", "≤", lambda x, y: where(x <= y, 1.0, 0.0), less.partials)
ratio: Op = Op(  # x/y, and 0 where x is 0, whatever y is
    "ratio",
    "÷",
    lambda x, y: where(is_zero(x), 0.0, divide(x, y)),
    (lambda out, x, y: divide(1.0, y), lambda out, x, y: -ratio(out, y)),
)

# A weighted sum is one operation: b + x₁·y₁ + x₂·y₂ + …, added up from left to right. Its operands are b, x₁, y₁, x₂,
# y₂ and so on; where they are even in number there is no b.


def _weighted_sum(*operands: Any) -> Any:
    first = len(operands) % 2
    return reduce(operator.add, [*operands[:first], *map(operator.mul, operands[first::2], operands[first + 1 :: 2])])


def _weighted_sum_partials(out: Any, *operands: Any) -> list[Any]:
    first = len(operands) % 2
    local_grads: list[Any] = [1.0] * first
    for x, y in zip(operands[first::2], operands[first + 1 :: 2], strict=True):
        local_grads += [y, x]
    return local_grads


weighted_sum = Op("weighted_sum", "Σ", _weighted_sum, _weighted_sum_partials)


constant = Op("constant", "", lambda: 0.0, ())  # what a plain number in an expression is marked with

by_name.update((op.name, op) for op in list(globals().values()) if isinstance(op, Op))
_NAMED = [op for name, op in by_name.items() if name in __all__ and op.arity]
TABLE: tuple[Op, ...] = (constant, *sorted(_NAMED, key=lambda op: len(op.partials) > 2))
for _code, _op in enumerate(TABLE):
    _op.code = _code if len(_op.partials) <= 2 else 0  # an operation's code is its place, where the engine has its rule
