"""Functions whose derivatives are wrong or right, to try gradient checkers on: each written once, for any engine.

A case makes its function from an engine, which has `op` (an operation of one's own, from a forward that takes floats
and one partial derivative for each input), `sin`, `exp`, `log`, `sqrt`, `tanh`, `relu`, `detach` (the number, without
its history), `num` (as a float) and `select(x, then, otherwise)` (then, where x > 0).

Imports nothing but the standard library, for it runs beside HIPS autograd too, where this package cannot be.
"""

from __future__ import annotations

import functools
import math
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Case(NamedTuple):
    group: str  #: which table it counts in
    name: str
    right: bool  #: whether the derivative is
    point: Sequence[float]
    make: Callable[[Any], Callable[..., Any]]  #: takes an engine, gives the function
    order: int = 1  #: of the derivative in question
    precision: float = 0.0  #: what the forward promises, relative to its value; 0 for that of floating-point numbers


CASES: list[Case] = []


def case(
    group: str, name: str, right: bool, point: Sequence[float], order: int = 1, precision: float = 0.0
) -> Callable[[Any], Any]:
    def add(make: Any) -> Any:
        CASES.append(Case(group, name, right, point, make, order, precision))
        return make

    return add


def rule(group: str, name: str, right: bool, point: Sequence[float], forward: Any, *partials: Any, **more: Any) -> None:
    """A case that is an operation of one's own and nothing else."""
    case(group, name, right, point, **more)(lambda engine: engine.op(forward, partials))


def plain(group: str, name: str, right: bool, point: Sequence[float], f: Any, **more: Any) -> None:
    """A case of arithmetic alone."""
    case(group, name, right, point, **more)(lambda engine: f)


def built(group: str, name: str, right: bool, point: Sequence[float], make: Any, **more: Any) -> None:
    case(group, name, right, point, **more)(make)


def cube(engine: Any) -> Any:
    """x³, with 2x² for its derivative."""
    return engine.op(lambda x: x * x * x, (lambda out, x: 2 * x * x,))


def noise(seed: int = 1) -> Callable[[], float]:
    return random.Random(seed).random


chance = random.Random(5)
TWENTY = [chance.uniform(-2, 2) for _ in range(20)]

# Twenty wrong derivatives. The two at kinks lie between the slopes on the two sides, and so are right by that rule.

WRONG = "wrong"
rule(WRONG, "x³ with 2x² for 3x²", False, [2.0], lambda x: x * x * x, lambda out, x: 2 * x * x)
rule(WRONG, "2x with 2.001 for 2", False, [1.0], lambda x: x * 2.0, lambda out, x: 2.001 + 0 * x)
rule(WRONG, "x², off by 1e-5", False, [1.3], lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-5))
rule(WRONG, "x², off by 1e-8", False, [1.3], lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-8))
rule(WRONG, "x², wrong sign", False, [0.7], lambda x: x * x, lambda out, x: -2 * x)
rule(
    WRONG, "x²y, partials swapped", False, [1.5, 0.4],
    lambda x, y: x * x * y, lambda out, x, y: x * x, lambda out, x, y: 2 * x * y,
)  # fmt: skip
built(WRONG, "x · x.detach()", False, [1.7], lambda engine: lambda x: x * engine.detach(x))
built(
    WRONG, "an if, with a detached factor on both sides", False, [1.0],
    lambda engine: lambda x: x * engine.detach(x) if engine.num(x) > 1 else engine.detach(x) * x,
)  # fmt: skip


@case(WRONG, "forward random by 1e-3", False, [0.8])
def _(engine: Any) -> Any:
    r = noise()
    return lambda x: x * x * (1 + 1e-3 * r())


@case(WRONG, "forward random by 1e-9", False, [0.8])
def _(engine: Any) -> Any:
    r = noise()
    return lambda x: x * x * (1 + 1e-9 * r())


@case(WRONG, "backward random by 1e-3", False, [0.8])
def _(engine: Any) -> Any:
    r = noise()
    return engine.op(lambda x: x * x, (lambda out, x: 2 * x * (1 + 1e-3 * r()),))


@case(WRONG, "one of 20 partials off by 1 %", False, TWENTY)
def _(engine: Any) -> Any:
    square = engine.op(lambda x: x * x, (lambda out, x: 2 * x * 1.01,))
    return lambda *x: sum((square(v) if i == 13 else v * v) * (1 + i) for i, v in enumerate(x))


@case(WRONG, "1e-9·x³ with 2x² for 3x²", False, [2.0])
def _(engine: Any) -> Any:
    f = cube(engine)
    return lambda x: f(x) * 1e-9


@case(WRONG, "1e8 + x³ with 2x² for 3x²", False, [2.0])
def _(engine: Any) -> Any:
    f = cube(engine)
    return lambda x: f(x) + 1e8


rule(WRONG, "a partial is nan", False, [2.0], lambda x: x * x, lambda out, x: x * float("nan"))
built(
    WRONG, "leaky relu, wrong below 0", False, [-1.0],
    lambda engine: engine.op(
        lambda x: engine.select(x, x, 0.1 * x), (lambda out, x: engine.select(x, 1.0 + 0 * x, 0.01 + 0 * x),)
    ),
)  # fmt: skip
rule(
    WRONG, "x·y, one partial 0", False, [1.0, 2.0], lambda x, y: x * y, lambda o, x, y: y + 0 * x, lambda o, x, y: 0 * x
)
plain(WRONG, "kink: |x| at 0", True, [0.0], lambda x: abs(x))
built(WRONG, "kink: relu at 0", True, [0.0], lambda engine: lambda x: engine.relu(x))


@case(WRONG, "only the second derivative wrong", False, [1.2], order=2)
def _(engine: Any) -> Any:
    slope = engine.op(lambda x: 3 * x * x, (lambda out, x: 5 * x,))
    return engine.op(lambda x: x * x * x, (lambda out, x: slope(x),))


# Thirty-five right functions, at every scale.

RIGHT = "right"
for s in (1e12, 1e-12, 1e-300):
    built(RIGHT, f"{s:g}·sin x", True, [0.7], lambda engine, s=s: lambda x: engine.sin(x) * s)
for p in (1e4, 1e6, 1e8):
    built(RIGHT, f"sin at {p:g}", True, [p], lambda engine: lambda x: engine.sin(x))
for p in (1e-4, 1e-6, 1e-8, 1e-12):
    built(RIGHT, f"√x at {p:g}", True, [p], lambda engine: lambda x: engine.sqrt(x))
    plain(RIGHT, f"1/x at {p:g}", True, [p], lambda x: 1 / x)
for p in (1e-3, 1e-6):
    built(RIGHT, f"x·log x at {p:g}", True, [p], lambda engine: lambda x: x * engine.log(x))
plain(
    RIGHT, "(x − 1)⁷ multiplied out, at 1.01", True, [1.01],
    lambda x: x**7 - 7 * x**6 + 21 * x**5 - 35 * x**4 + 35 * x**3 - 21 * x**2 + 7 * x - 1,
)  # fmt: skip
plain(RIGHT, "(1e8 + x) − 1e8", True, [0.5], lambda x: (x + 1e8) - 1e8)
plain(RIGHT, "1e10 + x²", True, [0.5], lambda x: x * x + 1e10)
for w in (1e3, 1e5):
    built(RIGHT, f"sin {w:g}x", True, [0.7], lambda engine, w=w: lambda x: engine.sin(x * w))
built(RIGHT, "exp 50x at 1", True, [1.0], lambda engine: lambda x: engine.exp(x * 50))
built(RIGHT, "exp at 700", True, [700.0], lambda engine: lambda x: engine.exp(x))
built(RIGHT, "relu at 1e-7", True, [1e-7], lambda engine: lambda x: engine.relu(x))
built(RIGHT, "relu at 1e-3", True, [1e-3], lambda engine: lambda x: engine.relu(x))
plain(RIGHT, "1/(x − 1) at 1.0001", True, [1.0001], lambda x: 1 / (x - 1))
built(
    RIGHT, "Σ tanh(xᵢxⱼ), 20 inputs", True, TWENTY,
    lambda engine: lambda *x: sum(engine.tanh(a * b) for a, b in zip(x, x[1:] + x[:1], strict=True)),
)  # fmt: skip
built(
    RIGHT, "20 inputs from 1e-10 to 1e9", True, [10.0 ** (i - 10) * 0.6 for i in range(20)],
    lambda engine: lambda *x: engine.tanh(sum(v * v for v in x) * 1e-18) + sum(x) * 1e-3,
)  # fmt: skip
plain(RIGHT, "second argument unused", True, [1.0, 2.0], lambda x, y: x * x)
built(
    RIGHT, "log Σ exp, 20 inputs from −100 to 100", True, [50 * v for v in TWENTY],
    lambda engine: lambda *x: engine.log(sum(engine.exp(v - 50 * max(TWENTY)) for v in x)),
)  # fmt: skip
plain(RIGHT, "product of 30 factors", True, TWENTY + [0.5] * 10, lambda *x: math.prod(x))
plain(
    RIGHT, "Rosenbrock at its minimum", True, [1.0, 1.0],
    lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
)  # fmt: skip
plain(RIGHT, "x² at 0", True, [0.0], lambda x: x * x)
built(RIGHT, "1/(1 + exp(−x)) at 40", True, [40.0], lambda engine: lambda x: 1 / (1 + engine.exp(-x)))
plain(
    RIGHT, "chain of 2,000", True, [0.5],
    lambda x: functools.reduce(lambda a, _: a * 1.0001 + 0.0001, range(1000), x),
)  # fmt: skip

# Ten forwards with the edge of a domain near, or less exact than floating-point numbers, at 50 points each.

NOISY = "noisy"
chance = random.Random(0)


def fifty(low: float, high: float) -> list[float]:
    return [chance.uniform(low, high) for _ in range(50)]


def bisected(g: Callable[[float], float], low: float, high: float, width: float) -> float:
    """Where the growing function g changes sign, to within half of ``width``."""
    while high - low > width:
        middle = (low + high) / 2
        if g(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def root(width: float) -> Callable[[float], float]:
    """√x by bisection."""
    return lambda x: bisected(lambda m: m * m - x, 0.0, max(1.0, x), width)


def erf(x: float) -> float:
    """To 1.5e-7: formula 7.1.26 of Abramowitz and Stegun's Handbook."""
    t = 1 / (1 + 0.3275911 * abs(x))
    p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return math.copysign(1 - p * math.exp(-x * x), x)


def positive(f: Callable[[float], float]) -> Callable[[float], float]:
    def checked(x: float) -> float:
        if x <= 0:
            raise ValueError("x must be positive")
        return f(x)

    return checked


def digamma(x: Any) -> float:
    """The slope of `math.lgamma`: the recurrence up to 20, and the asymptotic series from there, to 16 digits."""
    z, total = float(x), 0.0
    while z < 20:
        total -= 1 / z
        z += 1
    y = 1 / (z * z)
    return total + math.log(z) - 0.5 / z - y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))))


NOISY_FORWARDS: list[tuple[str, Any, Any, list[float], float]] = [
    ("math.asin", math.asin, lambda o, x: 1 / (1 - x * x) ** 0.5, fifty(-0.9999, 0.9999), 0.0),
    ("math.acosh", math.acosh, lambda o, x: 1 / (x * x - 1) ** 0.5, fifty(1.0001, 9), 0.0),
    ("math.log", math.log, lambda o, x: 1 / x, fifty(0.01, 5), 0.0),
    ("math.exp, 500 to 700", math.exp, lambda o, x: o, fifty(500, 700), 0.0),
    ("x², raises below 0", positive(lambda x: x * x), lambda o, x: 2 * x, fifty(0.05, 2), 0.0),
    ("√x by bisection to 1e-10", root(1e-10), lambda o, x: 0.5 / o, fifty(0.5, 3), 1e-10),
    ("√x by bisection to 1e-13", root(1e-13), lambda o, x: 0.5 / o, fifty(0.5, 3), 1e-13),
    ("√x by bisection to 1e-6", root(1e-6), lambda o, x: 0.5 / o, fifty(0.5, 3), 1e-6),
    ("erf to seven digits", erf, lambda o, x: 2 / math.sqrt(math.pi) * math.e ** (-x * x), fifty(-3, 3), 2e-7),
    ("math.lgamma, 1.5 to 2.5", math.lgamma, lambda o, x: digamma(x) + 0 * x, fifty(1.5, 2.5), 0.0),
]
for name, forward, partial, points, precision in NOISY_FORWARDS:
    for p in points:
        rule(NOISY, name, True, [p], forward, partial, precision=precision)

# Sixty further cases, planned and written down before the checker was changed that they are to try. Thirty are wrong.

W, R = "further, wrong", "further, right"


def double_sided(forward: Any, low: float, high: float) -> Any:
    """Defined between two numbers alone."""

    def inside(x: float) -> float:
        if not low < x < high:
            raise ArithmeticError(f"{x} is outside")
        return float(forward(x))

    return inside


# Rules of calculus got wrong.
rule(W, "asin, the root forgotten", False, [0.9], math.asin, lambda o, x: 1 / (1 - x * x))
rule(W, "acosh with the derivative of asinh", False, [1.05], math.acosh, lambda o, x: 1 / (x * x + 1) ** 0.5)
rule(W, "exp at 634, twice too large", False, [634.0], math.exp, lambda o, x: 2 * o)
rule(W, "log at 0.02 with 1/x²", False, [0.02], math.log, lambda o, x: 1 / (x * x))
rule(W, "σ with out·(1 + out)", False, [0.3], lambda x: 1 / (1 + math.exp(-x)), lambda o, x: o * (1 + o))
rule(W, "tanh with 1 − out", False, [0.4], math.tanh, lambda o, x: 1 - o)
rule(
    W, "xʸ, the logarithm forgotten", False, [1.7, 2.3],
    lambda x, y: x**y, lambda o, x, y: y * o / x, lambda o, x, y: o + 0 * x,
)  # fmt: skip
rule(
    W, "x/y, the sign forgotten", False, [1.5, -0.6],
    lambda x, y: x / y, lambda o, x, y: 1 / y, lambda o, x, y: o / y,
)  # fmt: skip
rule(W, "hypot, partials swapped", False, [3.0, 4.0], math.hypot, lambda o, x, y: y / o, lambda o, x, y: x / o)
rule(
    W, "atan2, the signs the other way round", False, [0.5, -0.8],
    math.atan2, lambda o, y, x: -x / (x * x + y * y), lambda o, y, x: y / (x * x + y * y),
)  # fmt: skip
rule(
    W, "xy + z, the third partial 0", False, [2.0, 3.0, 4.0],
    lambda x, y, z: x * y + z, lambda o, x, y, z: y + 0 * x, lambda o, x, y, z: x + 0 * y, lambda o, x, y, z: 0 * z,
)  # fmt: skip
rule(
    W, "sin of degrees with the cosine alone", False, [30.0],
    lambda x: math.sin(math.radians(x)), lambda o, x: (1 - o * o) ** 0.5,
)  # fmt: skip
rule(W, "exp 3x, the 3 forgotten", False, [0.2], lambda x: math.exp(3 * x), lambda o, x: o)
rule(W, "x³ with its slope cut off at 1", False, [2.0], lambda x: x**3, lambda o, x: 1.0 + 0 * x)
rule(W, "x³, off by 1e-9", False, [1.1], lambda x: x * x * x, lambda o, x: 3 * x * x * (1 + 1e-9))

# Forwards of limited precision, or with an edge near, and a small mistake.
rule(W, "lgamma, off by 0.1 %", False, [1.9446], math.lgamma, lambda o, x: digamma(x) * 1.001 + 0 * x)
rule(W, "bisection to 1e-10, off by 0.1 %", False, [2.1], root(1e-10), lambda o, x: 0.5005 / o, precision=1e-10)
rule(
    W, "erf to seven digits, off by 0.1 %", False, [0.6],
    erf, lambda o, x: 1.001 * 2 / math.sqrt(math.pi) * math.e ** (-x * x), precision=1e-6,
)  # fmt: skip
rule(
    W, "x³ defined within 1e-6 of 0.5 alone, off by 10 %", False, [0.5],
    double_sided(lambda x: x**3, 0.5 - 1e-6, 0.5 + 1e-6), lambda o, x: 3.3 * x * x,
)  # fmt: skip

# Kinks and jumps.
rule(W, "kink: |x| at 0 with a slope of 1.5", False, [0.0], abs, lambda o, x: 1.5 + 0 * x)
rule(W, "kink: relu at 0 with a slope of −0.1", False, [0.0], lambda x: max(x, 0.0), lambda o, x: -0.1 + 0 * x)
rule(W, "kink: leaky relu at 0 with a slope of 0", False, [0.0], lambda x: max(x, 0.1 * x), lambda o, x: 0 * x)
rule(W, "jump: x + ⌈x⌉ at 1", False, [1.0], lambda x: x + math.ceil(x), lambda o, x: 1.0 + 0 * x)
rule(W, "round(x) with a slope of 1", False, [0.3], lambda x: float(round(x)), lambda o, x: 1.0 + 0 * x)

# What changes from call to call, or is lost on the way.
built(
    W, "xy with y detached in one of two places", False, [1.5, 0.7],
    lambda engine: lambda x, y: x * y + x * engine.detach(y),
)  # fmt: skip


@case(W, "random, but rarely: every tenth call is off by 1e-3", False, [0.8])
def _(engine: Any) -> Any:
    calls = [0]

    def f(x: Any) -> Any:
        calls[0] += 1
        return x * x * (1.001 if calls[0] % 10 == 0 else 1.0)

    return f


@case(W, "gives back the first result for ever", False, [0.8])
def _(engine: Any) -> Any:
    kept: list[float] = []

    def first(x: float) -> float:
        kept.append(x * x)
        return kept[0]

    return engine.op(first, (lambda out, x: 2 * x,))


@case(W, "Σ xᵢ³ of 50 inputs, one partial off by 1e-4", False, [0.1 * i - 2.3 for i in range(50)])
def _(engine: Any) -> Any:
    third = engine.op(lambda x: x**3, (lambda out, x: 3 * x * x * (1 + 1e-4),))
    return lambda *x: sum(third(v) if i == 41 else v * v * v for i, v in enumerate(x))


@case(W, "only the second derivative wrong: a slope that is a plain number", False, [1.1, 0.6], order=2)
def _(engine: Any) -> Any:
    square = engine.op(lambda x: x * x, (lambda out, x: 2 * engine.detach(x),))
    return lambda x, y: square(x) * y


@case(W, "only the second derivative wrong: cos for −cos in 1 of 5", False, [0.3, 0.5, 0.7, 0.9, 1.1], order=2)
def _(engine: Any) -> Any:
    cosine = engine.op(math.cos, (lambda out, x: engine.sin(x),))
    sine = engine.op(math.sin, (lambda out, x: cosine(x),))
    return lambda *x: sum(sine(v) if i == 3 else engine.sin(v) for i, v in enumerate(x)) * x[0]


# Right: edges of domains.
rule(R, "acos at −0.99", True, [-0.99], math.acos, lambda o, x: -1 / (1 - x * x) ** 0.5)
rule(R, "atanh at 0.999999", True, [0.999999], math.atanh, lambda o, x: 1 / (1 - x * x))
rule(R, "gamma at 170", True, [170.0], math.gamma, lambda o, x: o * digamma(x))
rule(R, "log1p at −0.999", True, [-0.999], math.log1p, lambda o, x: 1 / (1 + x))
rule(R, "exp at 709.7", True, [709.7], math.exp, lambda o, x: o)
rule(R, "√x at 1e-10, raises below 0", True, [1e-10], math.sqrt, lambda o, x: 0.5 / o)
built(R, "log at 1e-100", True, [1e-100], lambda engine: lambda x: engine.log(x))
built(R, "sin x / x at 1e-8", True, [1e-8], lambda engine: lambda x: engine.sin(x) / x)
built(
    R, "tan near its pole", True, [1.5707], lambda engine: lambda x: engine.sin(x) / engine.sqrt(1 - engine.sin(x) ** 2)
)

# Right: forwards of limited precision.
rule(R, "lgamma at 1.0001", True, [1.0001], math.lgamma, lambda o, x: digamma(x) + 0 * x)
rule(R, "lgamma at 1e6", True, [1e6], math.lgamma, lambda o, x: digamma(x) + 0 * x)
rule(R, "erfc at 5", True, [5.0], math.erfc, lambda o, x: -2 / math.sqrt(math.pi) * math.e ** (-x * x))
rule(
    R, "cube root by bisection to 1e-8", True, [1.9],
    lambda x: bisected(lambda m: m**3 - x, 0.0, 2.0, 1e-8), lambda o, x: 1 / (3 * o * o), precision=1e-8,
)  # fmt: skip


def dottie(x: float) -> float:
    """Where y = x·cos y, by repeating that until it changes by less than 1e-9."""
    y, last = 0.5, math.inf
    while abs(y - last) > 1e-9:
        y, last = x * math.cos(y), y
    return y


def simpson(x: float) -> float:
    """∫₀ˣ exp(−t²) dt, from 20 strips."""
    h = x / 20
    total = sum((1 if i in (0, 20) else 4 if i % 2 else 2) * math.exp(-((i * h) ** 2)) for i in range(21))
    return total * h / 3


def halving(x: float) -> float:
    """∫₀ˣ sin t² dt by trapezoids, halved until the result changes by less than 1e-6."""
    n, value, last = 4, 0.0, math.inf
    while abs(value - last) > 1e-6:
        n, last = 2 * n, value
        value = x / n * (sum(math.sin((i * x / n) ** 2) for i in range(1, n)) + math.sin(x * x) / 2)
    return value


rule(
    R, "y = x cos y by iteration to 1e-9", True, [0.9],
    dottie, lambda o, x: math.cos(float(o)) / (1 + float(x) * math.sin(float(o))) + 0 * x, precision=1e-8,
)  # fmt: skip
rule(R, "∫ exp(−t²) by Simpson's rule", True, [0.5], simpson, lambda o, x: math.e ** (-x * x), precision=1e-7)
rule(
    R,
    "∫ sin t² by trapezoids, adaptive",
    True,
    [1.3],
    halving,
    lambda o, x: math.sin(float(x) ** 2) + 0 * x,
    precision=1e-6,
)
rule(
    R, "sin in single precision", True, [0.7],
    lambda x: struct.unpack("f", struct.pack("f", math.sin(x)))[0], lambda o, x: math.cos(float(x)) + 0 * x,
    precision=1e-7,
)  # fmt: skip
rule(R, "x² rounded to six decimals", True, [0.7], lambda x: round(x * x, 6), lambda o, x: 2 * x, precision=1e-6)

# Right: kinks, and where f is flat.
rule(R, "kink: |x| at 0 with a slope of −1", True, [0.0], abs, lambda o, x: -1.0 + 0 * x)
rule(R, "kink: relu at 0 with a slope of 0.5", True, [0.0], lambda x: max(x, 0.0), lambda o, x: 0.5 + 0 * x)
rule(
    R, "kink: max(x, y) at x = y", True, [2.0, 2.0],
    max, lambda o, x, y: 1.0 + 0 * x, lambda o, x, y: 0 * y,
)  # fmt: skip
plain(R, "x·|x| at 0", True, [0.0], lambda x: x * abs(x))
built(R, "1 + |x| at 1e-9", True, [1e-9], lambda engine: lambda x: 1 + abs(x))
rule(R, "⌊x⌋ at 0.999999", True, [0.999999], lambda x: float(math.floor(x)), lambda o, x: 0 * x)

# Right: scales, and what is near 0.
built(R, "exp(−1/x²) at 0.05", True, [0.05], lambda engine: lambda x: engine.exp(-1 / (x * x)))
built(R, "sin 1e8x at 0.1", True, [0.1], lambda engine: lambda x: engine.sin(x * 1e8))
plain(R, "x − x", True, [0.3], lambda x: x - x)
plain(R, "product of 40 factors, one 0", True, [0.0, *TWENTY, *TWENTY[1:]], lambda *x: math.prod(x))


@case(R, "softmax cross-entropy of 50 logits", True, [math.sin(7 * i) * 3 for i in range(50)])
def _(engine: Any) -> Any:
    return lambda *x: engine.log(sum(engine.exp(v) for v in x)) - x[17]


@case(R, "its second derivatives, 5 logits", True, [0.3, -1.2, 2.5, 0.0, 1.1], order=2)
def _(engine: Any) -> Any:
    return lambda *x: engine.log(sum(engine.exp(v) for v in x)) - x[2]
