"""Derivatives as functions: right up to the third, by PyTorch and mpmath; nested without confusion; built as in JAX."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Graph, Op, Value, exp, grad, gradients, hessian, hvp, jacobian, jvp, ops, sin, value_and_grad, vjp
from autograd.testing.strategies import OPERATIONS, Expression, expressions, finite_floats
from tests.helpers.oracles import ORACLES, Oracle

mpmath = pytest.importorskip("mpmath", reason="the oracle for higher derivatives")

# Right


@pytest.mark.parametrize("oracle", [o for o in ORACLES.values() if o.arity == 1], ids=lambda o: o.op.name)
@pytest.mark.parametrize("point", [0.3, 1.1, 2.5])
def test_the_first_three_derivatives_of_every_operation_are_those_of_mpmath(oracle: Oracle, point: float) -> None:
    outside = {"acosh": point < 1, "asin": point > 1, "acos": point > 1, "atanh": point > 1, "round": point == 2.5}
    if outside.get(oracle.op.name):
        pytest.skip("not in its domain, or where it jumps")
    derivative: Callable[..., Any] = oracle.op
    for order in range(4):
        with mpmath.workdps(50):
            exact = mpmath.diff(oracle.exact, mpmath.mpf(point), order)
        assert derivative(point) == pytest.approx(float(exact), rel=1e-13, abs=1e-15)
        derivative = grad(derivative)


@pytest.mark.parametrize("op", [ops.divide, ops.power, ops.multiply], ids=lambda op: op.name)
def test_mixed_derivatives_up_to_the_third_are_those_of_mpmath(op: Op) -> None:
    point = [1.3, 2.2]
    third = grad(lambda p: hessian(lambda q: op(q[0], q[1]))(p)[0][1])(point)
    second = hessian(lambda p: op(p[0], p[1]))(point)
    with mpmath.workdps(50):
        exact = {
            orders: float(mpmath.diff(ORACLES[op.name].exact, tuple(map(mpmath.mpf, point)), orders))
            for orders in [(2, 0), (1, 1), (0, 2), (2, 1), (1, 2)]
        }
    assert second[0] == pytest.approx([exact[2, 0], exact[1, 1]], rel=1e-13)
    assert second[1] == pytest.approx([exact[1, 1], exact[0, 2]], rel=1e-13)
    assert third == pytest.approx([exact[2, 1], exact[1, 2]], rel=1e-13)


NOT_METHODS = {ops.softplus, ops.gelu, ops.silu}  # of a tensor
TORCH_METHODS = tuple(op for op in OPERATIONS if op.name in ORACLES and op not in NOT_METHODS)


@given(expressions(TORCH_METHODS, max_operations=5, numbers=finite_floats(2.0), smooth=True))
def test_three_derivatives_of_random_expressions_are_those_of_torch(expression: Expression) -> None:
    torch = pytest.importorskip("torch", reason="the oracle for derivatives of whole expressions")
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in expression.point]
    theirs = expression(*tensors)
    ours: Callable[..., Any] = expression
    for _ in range(3):
        ours = grad(ours)
        (theirs,) = torch.autograd.grad(theirs + 0 * tensors[0], tensors[0], create_graph=True, materialize_grads=True)
        # What is recorded for our derivative tells how large the numbers are that it is the sum of.
        recorded = ours(*map(Value, expression.point))
        sizes = [abs(node.data) for node in Graph(recorded)] if isinstance(recorded, Value) else [1.0]
        assert ours(*expression.point) == pytest.approx(theirs.item(), rel=1e-10, abs=1e-12 * max(sizes))


def rosenbrock(p: Any) -> Any:
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def test_the_hessian_of_rosenbrocks_valley_is_the_one_in_the_books() -> None:
    x, y = -1.2, 1.0
    expected = [[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200.0]]
    for row, theirs in zip(hessian(rosenbrock)([x, y]), expected, strict=True):
        assert row == pytest.approx(theirs, rel=1e-15)


@given(expressions(max_operations=5, numbers=finite_floats(2.0), smooth=True), st.data())
def test_products_with_the_jacobian_and_the_hessian_are_those_products(
    expression: Expression, data: st.DataObject
) -> None:
    point = list(expression.point)
    v = data.draw(st.lists(finite_floats(2.0), min_size=len(point), max_size=len(point)))

    def f(p: list[Any]) -> Any:
        return expression(*p)

    value, slopes = value_and_grad(f)(point)
    forward_value, along = jvp(f, (point,), (v,))
    backward_value, pull_back = vjp(f, point)
    curvature = hessian(f)(point)
    size = 1e-12 * max(1.0, *map(abs, [s for row in curvature for s in row] + slopes)) ** 2
    assert value == forward_value == backward_value == expression(*expression.point)
    assert pull_back(1.0) == (slopes,)
    assert along == pytest.approx(math.fsum(s * t for s, t in zip(slopes, v, strict=True)), rel=1e-9, abs=size)
    for ours, row in zip(hvp(f, (point,), (v,)), curvature, strict=True):
        assert ours == pytest.approx(math.fsum(s * t for s, t in zip(row, v, strict=True)), rel=1e-9, abs=size)


def test_newtons_method_is_at_the_bottom_of_the_valley_when_gradient_descent_is_on_its_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="the demo's picture (extra: train)")
    from demos import newton

    newton.main(quick=True, out=tmp_path)
    heights = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["7", "0", "7.28"] in heights
    assert ["1000", "0.0707"] in heights
    assert (tmp_path / "newton.png").read_bytes().startswith(b"\x89PNG")


def polar(r: Any, angle: Any) -> list[Any]:
    return [r * ops.cos(angle), r * ops.sin(angle), r]


def test_functions_of_many_numbers_that_return_many_have_jacobians_by_rows_and_by_columns() -> None:
    r, angle = 2.0, 0.6
    c, s = math.cos(angle), math.sin(angle)
    value, d_angle = jvp(polar, (r, angle), (0.0, 1.0))
    assert value == [r * c, r * s, r]
    assert d_angle == [-r * s, r * c, 0.0]
    value, pull_back = vjp(polar, r, angle)
    assert value == [r * c, r * s, r]
    assert pull_back([0.0, 1.0, 0.0]) == (s, r * c)
    assert pull_back([0.0, 0.0, 3.0]) == (3.0, 0.0)


# Nested


def test_one_derivatives_variable_is_not_mistaken_for_anothers() -> None:
    # Siskind & Pearlmutter, "Perturbation confusion and referential transparency" (2005), section 3, and variations.
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * x * y * y)(x))(2.0) == 24.0  # d/dx (2x²y at y = x) = 6x²
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,)) == (1.0, 1.0)
    assert grad(lambda x: x * jvp(lambda y: x * y, (x,), (1.0,))[1])(3.0) == 6.0
    assert jvp(lambda x: x * grad(lambda y: x * y)(x), (3.0,), (1.0,)) == (9.0, 6.0)
    assert jvp(lambda x: jvp(lambda y: x * y, (1.0,), (x,))[1], (3.0,), (1.0,)) == (9.0, 6.0)  # x is the tangent
    assert grad(lambda x: vjp(lambda y: x * y, x)[1](x)[0])(3.0) == 6.0


def test_derivatives_of_any_order_come_by_nesting() -> None:
    f: Callable[..., Any] = sin
    for order in range(9):
        assert f(0.7) == pytest.approx(math.sin(0.7 + order * math.pi / 2), rel=1e-14)
        f = grad(f)


def test_a_derivative_that_depends_on_further_values_is_a_value_and_can_be_trained_on() -> None:
    network = nn.MLP(1, [2, 1], hidden="tanh", rng=random.Random(0))

    def slope(x: float) -> Any:
        return grad(lambda x: network([x]))(x)

    loss = (slope(0.5) - 2.0) ** 2
    assert all(parameter.grad == 0 for parameter in network.parameters())  # so far nothing has been accumulated
    loss.backward()
    step = 1e-6
    for parameter in network.parameters():
        start = parameter.data
        parameter.data = start + step
        above = ((slope(0.5) - 2.0) ** 2).data
        parameter.data = start - step
        below = ((slope(0.5) - 2.0) ** 2).data
        parameter.data = start
        assert parameter.grad == pytest.approx((above - below) / (2 * step), abs=1e-7)


def test_gradients_are_values_to_be_differentiated_again_and_change_no_grad() -> None:
    x, y, c = Value(2.0, "x"), Value(3.0, "y"), Value(4.0, "c")
    root = x * x * y + c
    slopes = gradients(root)
    assert (x.grad, y.grad, c.grad) == (0.0, 0.0, 0.0)
    assert {leaf.label: slope.data for leaf, slope in slopes.items()} == {"x": 12.0, "y": 4.0, "c": 1.0}
    assert all(isinstance(slope, Value) for slope in slopes.values())
    slopes[x].backward()
    assert (x.grad, y.grad) == (6.0, 4.0)
    assert gradients(gradients(slopes[x])[y])[x].data == 2.0


def test_factors_of_one_are_not_recorded() -> None:
    x = Value(2.0)
    slope = gradients(3 * x + x * x)[x]
    assert [node.op for node in Graph(slope)].count(ops.multiply) == 0
    assert slope.data == 7.0


def test_a_long_chain_is_differentiated_without_recursion() -> None:
    def f(x: Any) -> Any:
        for _ in range(20_000):
            x = x + 2.5e-5 * x * x
        return x

    first = grad(f)(0.5)
    assert first == pytest.approx(1 / (1 - 0.25) ** 2, rel=1e-4)  # x' = x² from 0.5, for a time of ½: x/(1 − x/2)


# Built as its argument


def test_a_gradient_is_built_as_the_argument_is_and_made_of_plain_numbers() -> None:
    def f(p: Any, scale: float) -> Any:
        return scale * (p[0] * p[1][0] + p[1][1] ** 2)

    value, slopes = value_and_grad(f)([2, (3.0, True)], 10.0)
    assert value == 70.0
    assert slopes == [30.0, (20.0, 20.0)]
    assert isinstance(value, float)
    assert hessian(f)([2.0, (3.0, 1.0)], 10.0) == [[0.0, (10.0, 0.0)], ([10.0, (0.0, 0.0)], [0.0, (0.0, 20.0)])]
    assert grad(lambda x: x)(3) == 1.0


def test_numpy_arrays_give_arrays() -> None:
    np = pytest.importorskip("numpy", reason="arrays as arguments")
    a = np.asarray([[2.0, 1.0], [0.0, 3.0]])
    x, v = np.asarray([1.0, 2.0]), np.asarray([1.0, -1.0])

    def form(x: Any) -> Any:
        return x @ a @ x

    assert grad(form)(x).tolist() == ((a + a.T) @ x).tolist()
    assert hessian(form)(x).tolist() == (a + a.T).tolist()
    assert hvp(form, (x,), (v,)).tolist() == ((a + a.T) @ v).tolist()
    value, pull_back = vjp(lambda x: np.exp(a @ x), x)
    assert value.dtype == float
    np.testing.assert_allclose(pull_back(v)[0], (v * np.exp(a @ x)) @ a, rtol=1e-15)
    assert hessian(lambda m: (m * m).sum())(np.ones((2, 2))).shape == (2, 2, 2, 2)


def test_what_does_not_depend_on_the_argument_has_a_derivative_of_zero() -> None:
    assert value_and_grad(lambda x: 3)([1.0, 2.0]) == (3.0, [0.0, 0.0])
    assert hessian(lambda x: 2 * x)(1.0) == 0.0
    assert jvp(lambda x: [1.0, x], (5.0,), (2.0,)) == ([1.0, 5.0], [0.0, 2.0])
    assert vjp(lambda x, y: y, 1.0, 2.0)[1](3.0) == (0.0, 3.0)
    assert vjp(lambda x: [x, x], 1.0)[1]([3.0, 4.0]) == (7.0,)


# What it does not take

trig = Op("trig", "t", math.sin, (lambda out, x: math.cos(x),))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: grad(lambda x: [x])(1.0),
            TypeError,
            r"returns one number; this one returned list \[Value.*jacobian, jvp and vjp",
        ),
        (lambda: grad(lambda x: None)(1.0), TypeError, "returns one number; this one returned NoneType"),
        (lambda: grad(exp)("1"), TypeError, "expected a real number, got str '1'"),
        (lambda: grad(exp)({"x": "1"}), TypeError, "expected a real number, got str '1'"),
        (lambda: grad(exp)({1.0}), TypeError, "expected a real number, got set"),
        (lambda: grad(exp, argnums=1)(1.0), ValueError, "argnums names the argument 1, of 1 passed by position"),
        (lambda: grad(exp, argnums=(0, -1))(1.0), ValueError, r"names an argument once, got \(0, -1\)"),
        (lambda: grad(exp, argnums="0")(1.0), TypeError, "an int or a tuple of ints, .* got '0'"),  # type: ignore[arg-type]
        (lambda: grad(exp, argnums=True)(1.0), TypeError, "an int or a tuple of ints, .* got True"),
        (lambda: grad(math.exp)(1.0), TypeError, "use v.exp"),
        (lambda: jvp(lambda x: "x", (1.0,), (1.0,)), TypeError, "expected a real number, got str 'x'"),
        (lambda: jvp(exp, (1.0,), ([1.0, 2.0],)), ValueError, "a tangent for each number.*1 in all, got 2"),
        (lambda: jvp(exp, (1.0,), ("1",)), TypeError, "expected a real number, got str '1'"),
        (lambda: vjp(polar, 1.0, 2.0)[1](1.0), ValueError, "each one that the function returned, 3 in all, got 1"),
        (lambda: grad(grad(trig))(1.0), TypeError, r"partial derivative 0 of Op\('trig'\) takes plain numbers only"),
    ],
)
def test_what_cannot_be_differentiated_is_named(call: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_an_operation_with_a_derivative_for_plain_numbers_only_can_still_be_differentiated_once() -> None:
    assert grad(trig)(0.5) == math.cos(0.5)


# Namedtuples.


class Point(NamedTuple):
    x: Any
    y: Any


class Line(Point):
    """A namedtuple's subclass, whose constructor takes one argument."""

    def __new__(cls, ends: Any) -> Line:
        return super().__new__(cls, *ends)


@given(finite_floats(100), finite_floats(100))
def test_a_namedtuple_is_what_a_tuple_of_its_numbers_is(x: float, y: float) -> None:
    def f(p: Any) -> Any:
        return p[0] * p[0] * p[1][0] + p[1][1]

    plain = (x, (y, 2.0))
    for named in (Point(x, Point(y, 2.0)), Point(x, Line((y, 2.0)))):
        inner = type(named.y)
        gradient = grad(f)(named)
        assert gradient == grad(f)(plain)
        assert (type(gradient), type(gradient.y)) == (Point, inner)
        assert value_and_grad(f)(named) == value_and_grad(f)(plain)
        assert hessian(f)(named) == hessian(f)(plain)
        assert type(hessian(f)(named).y.x) is Point
        assert hvp(f, (named,), (named,)) == hvp(f, (plain,), (plain,))
        value, tangent = jvp(lambda p: Point(f(p), p.x), (named,), (named,))
        assert (type(value), type(tangent)) == (Point, Point)
        _, pull_back = vjp(f, named)
        (gradient,) = pull_back(1.0)
        assert gradient == grad(f)(plain)
        assert type(gradient) is Point


# The same as in JAX: which arguments, and what they are built of.


def mixed(a: Any, b: Any, scale: Any = 1.0) -> Any:
    """A number from numbers in containers, in arithmetic alone."""
    return scale * (a["v"] * a["u"][0] * b[0] + a["u"][1] ** 3 * b[1] / (b[0] * b[0] + 1.0))


def many(a: Any, b: Any) -> Any:
    return {"y": (a["v"] * b[0], a["u"][0] * a["u"][1]), "x": mixed(a, b)}


PLACES = [0, 1, -1, (0,), (1, 0), (0, 1)]


@pytest.mark.parametrize("argnums", PLACES, ids=str)
@pytest.mark.parametrize("transform", ["grad", "value_and_grad", "hessian", "jacobian"])
@settings(max_examples=5)  # it is about what is built; JAX takes its time
@given(st.lists(finite_floats(2.0), min_size=5, max_size=5))
def test_a_derivative_is_built_as_jax_builds_it(transform: str, argnums: Any, numbers: list[float]) -> None:
    jax = pytest.importorskip("jax", reason="what the transforms are named after")
    u0, u1, v, b0, b1 = numbers
    arguments = {"v": v, "u": [u0, u1]}, (b0, b1)
    f = many if transform == "jacobian" else mixed
    keywords = {} if f is many else {"scale": 3.0}
    with jax.enable_x64(True):
        theirs = getattr(jax, transform)(f, argnums=argnums)(*arguments, **keywords)
    ours = getattr(autograd, transform)(f, argnums=argnums)(*arguments, **keywords)
    numbers_ours, shape_ours = jax.tree.flatten(ours)
    numbers_theirs, shape_theirs = jax.tree.flatten(theirs)
    assert shape_ours == shape_theirs
    assert all(type(x) is float for x in numbers_ours)
    assert numbers_ours == pytest.approx(list(map(float, numbers_theirs)), rel=1e-12, abs=1e-12)


def test_a_jacobian_is_the_same_forward_and_backward() -> None:
    def wide(p: Any) -> Any:
        return [p[0].sin() * p[1], p[0] / p[1], 7.0]

    assert jacobian(wide)([1.0, 2.0]) == [grad(lambda p, i=i: wide(p)[i])([1.0, 2.0]) for i in range(3)]
    assert jacobian(lambda p: wide(p)[:1])([1.0, 2.0]) == jacobian(wide)([1.0, 2.0])[:1]
    assert jacobian(lambda p: 7.0)([1.0]) == [0.0]


@dataclass(frozen=True)
class Parameters:
    w: Any
    b: Any = 0.0


@given(finite_floats(2.0), finite_floats(2.0), finite_floats(2.0))
def test_a_dataclass_and_a_dict_are_what_a_list_of_their_numbers_is(w0: float, w1: float, b: float) -> None:
    def line(w: Any, b: Any) -> Any:
        return (w[0] * w[1] + b) * b

    dw, db = grad(line, argnums=(0, 1))([w0, w1], b)
    assert grad(lambda p: line(p.w, p.b))(Parameters([w0, w1], b)) == Parameters(dw, db)
    assert grad(lambda p: line(p["w"], p["b"]))({"w": [w0, w1], "b": b}) == {"w": dw, "b": db}
    shuffled = {"b": 1.0, "w": [0.0, 0.0]}  # a tangent is found by its name, whatever the order
    assert jvp(lambda p: line(p["w"], p["b"]), ({"w": [w0, w1], "b": b},), (shuffled,))[1] == db


def test_derivatives_in_several_arguments_nest_and_are_plain_numbers() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * x * x * y * y

    mixed: list[Callable[..., Any]] = [
        grad(grad(f, 0), 1),
        grad(grad(f, 1), 0),
        lambda x, y: jvp(grad(f, 0), (x, y), (0.0, 1.0))[1],
    ]
    mixed += [lambda x, y: jacobian(grad(f, 0), 1)(x, y), lambda x, y: vjp(lambda z: grad(f, 0)(x, z), y)[1](1.0)[0]]
    for derivative in mixed:
        assert type(derivative(2.0, 5.0)) is float
        assert derivative(2.0, 5.0) == 120
    assert grad(grad(grad(f, 1), 0), 0)(2.0, 5.0) == 120
    w = Value(5.0)
    assert isinstance(grad(grad(f, 0), 0)(2.0, w), Value)  # here it depends on a Value of somebody's
