"""The rules as the engine runs them, generated: to change one, edit its row in `ops`.

Generated from ops.py by `python -m autograd.compiler.rules`. Do not edit.
A rule of one input does not look at the second, whose derivative is 0. Where Python raises, as at ``1 / 0.0``, the
entry in the table is asked. The compiled build has the same rules in `_rules.pxd`, where nothing raises.
"""

# ruff: noqa
# fmt: off
from __future__ import annotations

from math import acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, erf, erfc, exp, expm1, fmod, inf, log, log10, log1p, log2, nan, sin, sinh, sqrt, tan, tanh
from typing import Any

from autograd import ops

ceil = ops.ceil.forward
floor = ops.floor.forward
pow = ops.pow.forward
round = ops.round.forward


def add_rule(x: float, y: float) -> tuple[float, float, float]:
    return x + y, 1.0, 1.0


def subtract_rule(x: float, y: float) -> tuple[float, float, float]:
    return x - y, 1.0, -1.0


def multiply_rule(x: float, y: float) -> tuple[float, float, float]:
    return x * y, y, x


def divide_rule(x: float, y: float) -> tuple[float, float, float]:
    out = x / y
    return out, 1.0 / y, -(out / y)


def negative_rule(x: float, y: float) -> tuple[float, float, float]:
    return -x, -1.0, 0.0


def power_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x * x
    out = t1 if y == 2.0 else (x if y == 1.0 else pow(x, y))
    t2 = y - 1.0
    return out, 0.0 if abs(y) <= 0.0 else y * (t1 if t2 == 2.0 else (x if t2 == 1.0 else pow(x, t2))), out * log(x) if x > 0.0 else ((0.0 if y >= 0.0 else out * -inf) if abs(x) <= 0.0 else out * nan)


def absolute_rule(x: float, y: float) -> tuple[float, float, float]:
    return abs(x), 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0


def square_rule(x: float, y: float) -> tuple[float, float, float]:
    return x * x, 2.0 * x, 0.0


def reciprocal_rule(x: float, y: float) -> tuple[float, float, float]:
    out = 1.0 / x
    return out, -(out * out), 0.0


def exp_rule(x: float, y: float) -> tuple[float, float, float]:
    out = exp(x)
    return out, out, 0.0


def exp2_rule(x: float, y: float) -> tuple[float, float, float]:
    out = 4.0 if x == 2.0 else (2.0 if x == 1.0 else pow(2.0, x))
    return out, out * 0.6931471805599453, 0.0


def expm1_rule(x: float, y: float) -> tuple[float, float, float]:
    out = expm1(x)
    return out, out + 1.0, 0.0


def log_rule(x: float, y: float) -> tuple[float, float, float]:
    return log(x), 1.0 / x, 0.0


def log1p_rule(x: float, y: float) -> tuple[float, float, float]:
    return log1p(x), 1.0 / (1.0 + x), 0.0


def log2_rule(x: float, y: float) -> tuple[float, float, float]:
    return log2(x), 1.0 / (x * 0.6931471805599453), 0.0


def log10_rule(x: float, y: float) -> tuple[float, float, float]:
    return log10(x), 1.0 / (x * 2.302585092994046), 0.0


def sqrt_rule(x: float, y: float) -> tuple[float, float, float]:
    out = sqrt(x)
    return out, 0.5 / out, 0.0


def cbrt_rule(x: float, y: float) -> tuple[float, float, float]:
    out = cbrt(x)
    return out, 1.0 / (3.0 * (out * out)), 0.0


def sin_rule(x: float, y: float) -> tuple[float, float, float]:
    return sin(x), cos(x), 0.0


def cos_rule(x: float, y: float) -> tuple[float, float, float]:
    return cos(x), -sin(x), 0.0


def tan_rule(x: float, y: float) -> tuple[float, float, float]:
    out = tan(x)
    return out, 1.0 + out * out, 0.0


def asin_rule(x: float, y: float) -> tuple[float, float, float]:
    return asin(x), 1.0 / sqrt(1.0 - x * x), 0.0


def acos_rule(x: float, y: float) -> tuple[float, float, float]:
    return acos(x), -1.0 / sqrt(1.0 - x * x), 0.0


def atan_rule(x: float, y: float) -> tuple[float, float, float]:
    return atan(x), 1.0 / (1.0 + x * x), 0.0


def atan2_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x * x + y * y
    t2 = 0.0 if abs(t1) <= 0.0 else 1.0 / t1
    return atan2(x, y), y * t2, -x * t2


def sinh_rule(x: float, y: float) -> tuple[float, float, float]:
    return sinh(x), cosh(x), 0.0


def cosh_rule(x: float, y: float) -> tuple[float, float, float]:
    return cosh(x), sinh(x), 0.0


def tanh_rule(x: float, y: float) -> tuple[float, float, float]:
    out = tanh(x)
    return out, 1.0 - out * out, 0.0


def asinh_rule(x: float, y: float) -> tuple[float, float, float]:
    return asinh(x), 1.0 / sqrt(x * x + 1.0), 0.0


def acosh_rule(x: float, y: float) -> tuple[float, float, float]:
    return acosh(x), 1.0 / sqrt(x * x - 1.0), 0.0


def atanh_rule(x: float, y: float) -> tuple[float, float, float]:
    return atanh(x), 1.0 / (1.0 - x * x), 0.0


def erf_rule(x: float, y: float) -> tuple[float, float, float]:
    return erf(x), 1.1283791670955126 * exp(-x * x), 0.0


def erfc_rule(x: float, y: float) -> tuple[float, float, float]:
    return erfc(x), -1.1283791670955126 * exp(-x * x), 0.0


def floor_rule(x: float, y: float) -> tuple[float, float, float]:
    return floor(x), 0.0, 0.0


def ceil_rule(x: float, y: float) -> tuple[float, float, float]:
    return ceil(x), 0.0, 0.0


def round_rule(x: float, y: float) -> tuple[float, float, float]:
    return round(x), 0.0, 0.0


def maximum_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x < y
    return x if x >= y else (y if t1 else x + y), (1.0 - (1.0 if t1 else 0.0)) * (1.0 - 0.5 * (1.0 if x <= y else 0.0)), (1.0 - (1.0 if y < x else 0.0)) * (1.0 - 0.5 * (1.0 if y <= x else 0.0))


def minimum_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x <= y
    return x if t1 else (y if x > y else x + y), (1.0 - (1.0 if y < x else 0.0)) * (1.0 - 0.5 * (1.0 if y <= x else 0.0)), (1.0 - (1.0 if x < y else 0.0)) * (1.0 - 0.5 * (1.0 if t1 else 0.0))


def hypot_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = abs(x)
    t2 = abs(y)
    t3 = t1 + t2
    t4 = t1 if t1 >= t2 else (t2 if t1 < t2 else t3)
    out = inf if t1 == inf else (inf if t2 == inf else t4 * sqrt(1.0 + (t1 if t1 <= t2 else (t2 if t1 > t2 else t3)) / (1.0 if abs(t4) <= 0.0 else t4) * ((t1 if t1 <= t2 else (t2 if t1 > t2 else t3)) / (1.0 if abs(t4) <= 0.0 else t4))))
    return out, x / out, y / out


def logaddexp_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x - y
    t2 = exp(-abs(t1))
    t3 = y - x
    t4 = exp(-abs(t3))
    return x + 0.6931471805599453 if x == y else (x if x >= y else (y if x < y else x + y)) + log1p(t2), (1.0 if t1 >= 0.0 else t2) / (1.0 + t2), (1.0 if t3 >= 0.0 else t4) / (1.0 + t4)


def xlogy_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = abs(x) <= 0.0
    t2 = log(y)
    return 0.0 if t1 else x * t2, t2, 0.0 if t1 else x / y


def remainder_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = fmod(x, y)
    t2 = t1 + y
    t3 = t1 > 0.0
    t4 = y < 0.0
    t5 = t1 < 0.0
    t6 = y > 0.0
    t7 = x / y
    t8 = (x - t1) / y
    t9 = t8 - 1.0
    return (t2 if t6 else t1) if t5 else ((t2 if t4 else t1) if t3 else t1), 1.0, -(t7 if abs(y) <= 0.0 else (0.0 * t7 if abs(round(((t9 if t6 else t8) if t5 else ((t9 if t4 else t8) if t3 else t8)))) <= 0.0 else round(((t9 if t6 else t8) if t5 else ((t9 if t4 else t8) if t3 else t8)))))


def floor_divide_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x / y
    t2 = fmod(x, y)
    t3 = (x - t2) / y
    t4 = t3 - 1.0
    return t1 if abs(y) <= 0.0 else (0.0 * t1 if abs(round(((t4 if y > 0.0 else t3) if t2 < 0.0 else ((t4 if y < 0.0 else t3) if t2 > 0.0 else t3)))) <= 0.0 else round(((t4 if y > 0.0 else t3) if t2 < 0.0 else ((t4 if y < 0.0 else t3) if t2 > 0.0 else t3)))), 0.0, 0.0


def sigmoid_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = exp(-abs(x))
    out = (1.0 if x >= 0.0 else t1) / (1.0 + t1)
    return out, out * (1.0 - out), 0.0


def relu_rule(x: float, y: float) -> tuple[float, float, float]:
    out = 0.0 if x < 0.0 else x
    return out, 0.0 if out <= 0.0 else 1.0, 0.0


def softplus_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = exp(-abs(x))
    return (0.0 if x < 0.0 else x) + log1p(t1), (1.0 if x >= 0.0 else t1) / (1.0 + t1), 0.0


def logsigmoid_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = -x
    t2 = exp(-abs(t1))
    return (x if x <= 0.0 else (0.0 if x > 0.0 else x + 0.0)) - log1p(exp(-abs(x))), (1.0 if t1 >= 0.0 else t2) / (1.0 + t2), 0.0


def leaky_relu_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = x > 0.0
    t2 = 1.0 if t1 else (-1.0 if x < 0.0 else 0.0)
    return x if t1 else 0.01 * x, 0.01 + 0.99 * (0.0 if t2 < 0.0 else t2), 0.0


def elu_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = -x
    return x if x > 0.0 else expm1(x), exp(-(0.0 if t1 < 0.0 else t1)), 0.0


def silu_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = exp(-abs(x))
    t2 = (1.0 if x >= 0.0 else t1) / (1.0 + t1)
    return x * t2, t2 * (1.0 + x * (1.0 - t2)), 0.0


def gelu_rule(x: float, y: float) -> tuple[float, float, float]:
    t1 = 0.5 * erfc(-x * 0.7071067811865476)
    return x * t1, t1 + x * (0.3989422804014327 * exp(-0.5 * x * x)), 0.0


def heaviside_rule(x: float, y: float) -> tuple[float, float, float]:
    return 0.0 if x <= 0.0 else 1.0, 0.0, 0.0


def sign_rule(x: float, y: float) -> tuple[float, float, float]:
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0, 0.0


def less_rule(x: float, y: float) -> tuple[float, float, float]:
    return 1.0 if x < y else 0.0, 0.0, 0.0


def at_most_rule(x: float, y: float) -> tuple[float, float, float]:
    return 1.0 if x <= y else 0.0, 0.0, 0.0


def ratio_rule(x: float, y: float) -> tuple[float, float, float]:
    out = 0.0 if abs(x) <= 0.0 else x / y
    return out, 1.0 / y, -(0.0 if abs(out) <= 0.0 else out / y)

RULES = (add_rule, add_rule, subtract_rule, multiply_rule, divide_rule, negative_rule, power_rule, absolute_rule, square_rule, reciprocal_rule, exp_rule, exp2_rule, expm1_rule, log_rule, log1p_rule, log2_rule, log10_rule, sqrt_rule, cbrt_rule, sin_rule, cos_rule, tan_rule, asin_rule, acos_rule, atan_rule, atan2_rule, sinh_rule, cosh_rule, tanh_rule, asinh_rule, acosh_rule, atanh_rule, erf_rule, erfc_rule, floor_rule, ceil_rule, round_rule, maximum_rule, minimum_rule, hypot_rule, logaddexp_rule, xlogy_rule, remainder_rule, floor_divide_rule, sigmoid_rule, relu_rule, softplus_rule, logsigmoid_rule, leaky_relu_rule, elu_rule, silu_rule, gelu_rule, heaviside_rule, sign_rule, less_rule, at_most_rule, ratio_rule)  # by code; the first has none


def apply(code: int, x: float, y: float) -> tuple[float, ...]:
    """The value and the local derivatives of the operation with this code, whatever the numbers."""
    try:
        return RULES[code](x, y)
    except (ArithmeticError, ValueError):
        op = ops.TABLE[code]
        inputs = (x, y)[:len(op.partials)]
        out = op.forward(*inputs)
        return (out, *[partial(out, *inputs) for partial in op.partials], 0.0)[:3]


def evaluate(node: Any) -> None:
    """Work out a node's data and local derivatives from its parents' data."""
    code = node._operation.code
    x = node._left._data
    y = x if node._right is None else node._right._data
    if code == 1:  # add
        node._data, node._left_local, node._right_local = x + y, 1.0, 1.0
    elif code == 3:  # multiply
        node._data, node._left_local, node._right_local = x * y, y, x
    elif code == 2:  # subtract
        node._data, node._left_local, node._right_local = x - y, 1.0, -1.0
    elif code == 5:  # negative
        node._data, node._left_local, node._right_local = -x, -1.0, 0.0
    elif code == 0:
        node._evaluate()
    else:
        try:
            node._data, node._left_local, node._right_local = RULES[code](x, y)
        except (ArithmeticError, ValueError):
            node._evaluate()
