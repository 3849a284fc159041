"""What each operation is, said by libraries that nobody here wrote: mpmath for digits, PyTorch for special points.

An oracle's derivative is mpmath's own central difference at 30 digits and more, so that no rule of differentiation is
written down twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from autograd import Graph, Op, Value, ops

mpmath = pytest.importorskip("mpmath", reason="the oracle for digits")
mpf = mpmath.mpf

UNIT = 2.0**-53  #: the unit roundoff: a correctly rounded operation is within this of the exact result, relatively
TINY = math.ulp(0.0)  #: the least subnormal, and the spacing of the numbers near 0
LIBM = (
    2.0  #: units that exp, log, pow, sin, cos, tan, log1p are off by, at most: glibc states 1 ulp, and 1 ulp ≤ 2 units
)
LIBM_TANH = 4.0  #: tanh; glibc states 2 ulps
WORST = 2 * LIBM + 1  #: units that any operation's value is off by


class Oracle(NamedTuple):
    """An operation, as mpmath and PyTorch have it, and how near to it floating point must come.

    The bounds are relative, in units of 2⁻⁵³, and follow from counting roundings. They hold where nothing overflows or
    is subnormal on the way. A derivative is held to its bound relative to ``scale``, which is the derivative itself but
    where the rule subtracts from 1, and so loses digits that the derivative has and the output has not.
    """

    op: Op
    exact: Callable[..., Any]
    torch: str
    value_bound: float
    derivative_bound: Callable[..., float]
    scale: Callable[..., float] = lambda derivative, *inputs: abs(derivative)
    relative_step: bool = False  #: whether the function changes over lengths of the size of x, or else of 1
    low: float = -math.inf  #: the open interval that the inputs are from
    high: float = math.inf

    @property
    def arity(self) -> int:
        return len(self.op.partials)

    def value(self, *inputs: float) -> Any:
        """f(*inputs), to at least 30 digits."""
        with mpmath.workdps(enough_digits(inputs)):
            return self.exact(*map(mpf, inputs))

    def derivative(self, index: int, *inputs: float) -> Any:
        """∂f/∂inputs[index], by mpmath's central difference, to at least 30 digits."""
        x = [mpf(value) for value in inputs]

        def along(t: Any) -> Any:
            return self.exact(*x[:index], t, *x[index + 1 :])

        with mpmath.workdps(enough_digits(inputs)):
            step = mpmath.ldexp(abs(x[index]) if self.relative_step and x[index] else mpf(1), -100)
            return mpmath.diff(along, x[index], h=step)


def enough_digits(inputs: tuple[float, ...]) -> int:
    """Thirty, and the zeros before or after the point of each input, which cancel in a difference or a period."""
    return 30 + sum(abs(int(math.log10(abs(x)))) for x in inputs if x != 0)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x))


def constant(bound: float) -> Callable[..., float]:
    return lambda *inputs: bound


def power_bound(index: int, x: float, y: float) -> float:
    """∂/∂x is y · x^(y−1), where rounding y − 1 is worth |(y−1) log x| units; ∂/∂y is x^y · log x."""
    if index == 1:
        return LIBM + LIBM + 1
    rounded = 0.0 if Fraction(y) - 1 == Fraction(y - 1) else abs((y - 1) * math.log(x))
    return rounded + LIBM + 1


def _unary(op: Op, exact: Any, value_bound: float, derivative_bound: float, torch: str = "", **rest: Any) -> Oracle:
    return Oracle(op, exact, torch or op.name, value_bound, constant(derivative_bound), **rest)


def of_output(derivative: float, x: float) -> float:
    return 1.0 if x > 0 else math.exp(x)


ORACLES = {
    oracle.op.name: oracle
    for oracle in (
        # IEEE 754 rounds + − × ÷ and √ correctly: one unit.
        Oracle(ops.add, lambda x, y: x + y, "add", 1, constant(0)),
        Oracle(ops.subtract, lambda x, y: x - y, "sub", 1, constant(0)),
        Oracle(ops.multiply, lambda x, y: x * y, "mul", 1, constant(0), relative_step=True),
        Oracle(ops.divide, lambda x, y: x / y, "div", 1, constant(2), relative_step=True),
        Oracle(ops.power, lambda x, y: x**y, "pow", LIBM, power_bound, relative_step=True, low=0.0),
        _unary(ops.negative, lambda x: -x, 0, 0, "neg"),
        _unary(ops.absolute, abs, 0, 0, "abs", relative_step=True),
        _unary(ops.relu, lambda x: max(x, mpf(0)), 0, 0, relative_step=True),
        _unary(ops.exp, mpmath.exp, LIBM, LIBM, high=709.0),
        _unary(ops.log, mpmath.log, LIBM, 1, relative_step=True, low=0.0),
        _unary(ops.sqrt, mpmath.sqrt, 1, 2, relative_step=True, low=0.0),  # √ rounds, and so does 0.5/√
        _unary(ops.sin, mpmath.sin, LIBM, LIBM),
        _unary(ops.cos, mpmath.cos, LIBM, LIBM),
        _unary(ops.tan, mpmath.tan, LIBM, 2 * LIBM + 2),  # 1 + t²: the square doubles tan's error, and two roundings
        # 1 − t²: the square doubles tanh's error, and two roundings, all against the 1 that is subtracted from.
        _unary(ops.tanh, mpmath.tanh, LIBM_TANH, 2 * LIBM_TANH + 2, scale=lambda derivative, x: 1.0),
        # e/(1 + e) with e = exp(−|x|): exp's error, and two roundings. σ(1 − σ): that error, doubled at most, and two
        # roundings, against σ, which is what is lost where σ is nearly 1.
        _unary(ops.sigmoid, _sigmoid, LIBM + 2, 2 * (LIBM + 2) + 2, scale=of_output),
        # x + log1p(e): exp's error and log1p's, and one rounding; its derivative is σ.
        _unary(ops.softplus, _softplus, 2 * LIBM + 1, LIBM + 2, "logaddexp"),
    )
}


def error(computed: float, exact: Any, scale: float) -> float:
    """How far ``computed`` is from ``exact``, in units of 2⁻⁵³ of the scale; rounding to subnormals is free."""
    distance = abs(mpf(computed) - exact)
    return max(0.0, float((distance - 4 * TINY) / (mpf(UNIT) * (scale or 1.0))))


def evaluate(oracle: Oracle, *inputs: float) -> tuple[float, list[float]]:
    """The engine's value and derivatives, by recording and running backward."""
    values = [Value(x) for x in inputs]
    out = oracle.op(*values)
    out.backward()
    return out.data, [value.grad for value in values]


def torch_apply(op: Op, inputs: list[Any]) -> Any:
    """PyTorch's operation of that name, on tensors."""
    torch = pytest.importorskip("torch", reason="the oracle for special points")
    name = ORACLES[op.name].torch
    return getattr(torch, name)(*inputs, *[torch.zeros_like(inputs[0])] * (name == "logaddexp"))


def path_sums(root: Value) -> dict[Value, float]:
    """For each node, the sum of the sizes of all its paths' contributions: what roundings are relative to."""
    sizes = dict.fromkeys(Graph(root), 0.0) | {root: 1.0}
    for node in reversed(list(Graph(root))):
        for parent, local_grad in zip(node.parents, node.local_grads, strict=True):
            sizes[parent] += abs(local_grad) * sizes[node]
    return sizes


def roundings(root: Value) -> int:
    """How often backpropagation rounds what comes over one path, at most: no path has as many edges, to multiply on, as
    the graph has nodes, and it takes part in no more additions than the graph has edges."""
    return sum(1 + len(node.parents) for node in Graph(root))


def noise(root: Value) -> float:
    """How far the root may be off by the roundings of all nodes: to first order, each node's times what it moves."""
    sizes = path_sums(root)
    return WORST * UNIT * sum(abs(node.data) * size for node, size in sizes.items() if node.parents)
