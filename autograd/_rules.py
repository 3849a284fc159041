"""The rules of `ops` as the engine runs them: each operation's value and local derivatives.

Generated from ops.py by `python -m autograd.compiler.rules`. Do not edit.
A rule of one input does not look at the second, whose derivative is 0. Where Python raises, as at ``1 / 0.0``, the
entry in the table is asked. The compiled build has the same rules in `_rules.pxd`, where nothing raises.
"""

# ruff: noqa: E501
# fmt: off
from __future__ import annotations

from math import cos, exp, inf, log, log1p, nan, sin, sqrt, tan, tanh
from typing import Any

from autograd import ops

pow = ops.pow.forward


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
    out = x * x if y == 2.0 else (x if y == 1.0 else pow(x, y))
    return out, 0.0 if abs(y) <= 0.0 else y * (x * x if y - 1.0 == 2.0 else (x if y - 1.0 == 1.0 else pow(x, y - 1.0))), out * log(x) if x > 0.0 else ((0.0 if y >= 0.0 else out * -inf) if abs(x) <= 0.0 else out * nan)


def absolute_rule(x: float, y: float) -> tuple[float, float, float]:
    return abs(x), 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0


def exp_rule(x: float, y: float) -> tuple[float, float, float]:
    out = exp(x)
    return out, out, 0.0


def log_rule(x: float, y: float) -> tuple[float, float, float]:
    return log(x), 1.0 / x, 0.0


def log1p_rule(x: float, y: float) -> tuple[float, float, float]:
    return log1p(x), 1.0 / (1.0 + x), 0.0


def sqrt_rule(x: float, y: float) -> tuple[float, float, float]:
    out = sqrt(x)
    return out, 0.5 / out, 0.0


def sin_rule(x: float, y: float) -> tuple[float, float, float]:
    return sin(x), cos(x), 0.0


def cos_rule(x: float, y: float) -> tuple[float, float, float]:
    return cos(x), -sin(x), 0.0


def tan_rule(x: float, y: float) -> tuple[float, float, float]:
    out = tan(x)
    return out, 1.0 + out * out, 0.0


def tanh_rule(x: float, y: float) -> tuple[float, float, float]:
    out = tanh(x)
    return out, 1.0 - out * out, 0.0


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


def heaviside_rule(x: float, y: float) -> tuple[float, float, float]:
    return 0.0 if x <= 0.0 else 1.0, 0.0, 0.0


def sign_rule(x: float, y: float) -> tuple[float, float, float]:
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0), 0.0, 0.0

RULES = (add_rule, add_rule, subtract_rule, multiply_rule, divide_rule, negative_rule, power_rule, absolute_rule, exp_rule, log_rule, log1p_rule, sqrt_rule, sin_rule, cos_rule, tan_rule, tanh_rule, sigmoid_rule, relu_rule, softplus_rule, heaviside_rule, sign_rule)  # by code; the first has none


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
    elif code == 2:  # subtract
        node._data, node._left_local, node._right_local = x - y, 1.0, -1.0
    elif code == 3:  # multiply
        node._data, node._left_local, node._right_local = x * y, y, x
    elif code == 5:  # negative
        node._data, node._left_local, node._right_local = -x, -1.0, 0.0
    elif code == 0:
        node._apply_rule()
    else:
        try:
            node._data, node._left_local, node._right_local = RULES[code](x, y)
        except (ArithmeticError, ValueError):
            node._evaluate()
