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
    cancels: Callable[..., float] = lambda *inputs: 0.0  #: units that its value may be off by besides, at a point

    def bound(self, *inputs: float) -> float:
        """How far its value may be off, in units."""
        return self.value_bound + self.cancels(*inputs)

    @property
    def arity(self) -> int:
        return self.op.arity or 0

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


def _logaddexp(x: Any, y: Any) -> Any:
    return mpmath.log(mpmath.exp(x) + mpmath.exp(y))


def logaddexp_cancels(x: float, y: float) -> float:
    """The larger may be negative, and cancel log1p(e), which has the error of e: of exp, and of x − y rounded.

    Where the sum is too small for a double, nothing cancels.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return 0.0
    with mpmath.workdps(enough_digits((x, y))):
        part, whole = mpmath.log1p(mpmath.exp(-abs(mpf(x) - mpf(y)))), abs(_logaddexp(mpf(x), mpf(y)))
        return float(part * (2 * LIBM + 1 + abs(mpf(x) - mpf(y))) / whole) if whole else 0.0


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


def _gelu(x: Any) -> Any:
    return x * mpmath.ncdf(x)


def at_least_one(derivative: float, *inputs: float) -> float:
    return max(1.0, abs(derivative))


def of_the_point(derivative: float, *inputs: float) -> float:
    return max(1.0, abs(derivative), *map(abs, inputs))


def difference(index: int, x: float, y: float) -> float:
    """The slope is σ of the difference, and rounding that is worth |x − y| units."""
    return 12 + abs(x - y)


# Where a derivative is 1/√(1 − x²) or the like, the difference loses the digits that x² has beyond a double's; so its
# bound is for |x| ≤ ½, or for the x where nothing cancels. WORST is for what multiplies and adds a few of the above.
MORE = (
    _unary(ops.square, lambda x: x * x, 1, 0, relative_step=True),
    _unary(ops.reciprocal, lambda x: 1 / x, 1, 3, relative_step=True),
    _unary(ops.exp2, lambda x: mpf(2) ** x, LIBM, LIBM + 2, low=-1000.0, high=1000.0),
    _unary(ops.expm1, mpmath.expm1, LIBM, LIBM + 1, scale=at_least_one, high=709.0),
    _unary(ops.log2, lambda x: mpmath.log(x, 2), LIBM, 3, relative_step=True, low=0.0),
    _unary(ops.log10, mpmath.log10, 2 * LIBM, 3, relative_step=True, low=0.0),
    _unary(ops.cbrt, mpmath.cbrt, 2 * LIBM, 4 * LIBM + 3, relative_step=True, low=0.0),
    _unary(ops.asin, mpmath.asin, LIBM, 5, low=-0.5, high=0.5),
    _unary(ops.acos, mpmath.acos, LIBM, 5, low=-0.5, high=0.5),
    _unary(ops.atan, mpmath.atan, LIBM, 4),
    Oracle(ops.atan2, mpmath.atan2, "atan2", LIBM, constant(6), relative_step=True),
    _unary(ops.sinh, mpmath.sinh, 2 * LIBM, 2 * LIBM, low=-700.0, high=700.0),
    _unary(ops.cosh, mpmath.cosh, 2 * LIBM, 2 * LIBM, low=-700.0, high=700.0),
    _unary(ops.asinh, mpmath.asinh, 2 * LIBM, 5),
    _unary(ops.acosh, mpmath.acosh, 2 * LIBM, 12, low=1.5),
    _unary(ops.atanh, mpmath.atanh, 2 * LIBM, 5, low=-0.5, high=0.5),
    _unary(ops.erf, mpmath.erf, LIBM, 2 * LIBM + 4, low=-5.0, high=5.0, scale=at_least_one),
    _unary(ops.erfc, mpmath.erfc, 5 * LIBM, 2 * LIBM + 4, low=-5.0, high=5.0, scale=at_least_one),
    _unary(ops.floor, mpmath.floor, 0, 0),
    _unary(ops.ceil, mpmath.ceil, 0, 0),
    _unary(ops.round, mpmath.nint, 0, 0),
    Oracle(ops.maximum, max, "maximum", 0, constant(0), relative_step=True),
    Oracle(ops.minimum, min, "minimum", 0, constant(0), relative_step=True),
    Oracle(ops.hypot, mpmath.hypot, "hypot", 6, constant(8), relative_step=True),
    Oracle(ops.logaddexp, _logaddexp, "logaddexp", 12, difference, cancels=logaddexp_cancels),
    Oracle(ops.xlogy, lambda x, y: x * mpmath.log(y), "xlogy", LIBM + 1, constant(LIBM), relative_step=True, low=0.0),
    _unary(ops.leaky_relu, lambda x: x if x > 0 else x * mpf(0.01), 1, 2, relative_step=True),
    _unary(ops.elu, lambda x: x if x > 0 else mpmath.expm1(x), LIBM, LIBM, scale=at_least_one, high=709.0),
    _unary(ops.logsigmoid, lambda x: -_softplus(-x), 2 * LIBM + 1, LIBM + 2),
    _unary(ops.silu, lambda x: x * _sigmoid(x), LIBM + 3, 20, scale=of_the_point),
    _unary(ops.gelu, _gelu, 40, 40, low=-5.0, high=5.0, scale=at_least_one),
)

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
        _unary(ops.log1p, mpmath.log1p, LIBM, 2, relative_step=True, low=-1.0),
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
        *MORE,
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
    if op is ops.cbrt:  # PyTorch has none
        return torch.sign(inputs[0]) * abs(inputs[0]) ** (1 / 3)
    function = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    return function(*inputs, *[torch.zeros_like(inputs[0])] * (op is ops.softplus))


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
