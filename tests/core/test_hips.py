"""What HIPS autograd's own tests ask of functions of functions, on real scalars, asked of ours in our words.

Each test of its test_wrappers, test_direct, test_graphs, test_jacobian, test_core, test_list, test_tuple and test_dict
that takes real scalars is here under its name, or in `NOT_HERE` with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograd import cos, exp, grad, hessian, jacobian, jvp, sin, tan, tanh, value_and_grad

NOT_HERE = {
    "test_direct: test_holomorphic_grad": "numbers are real",
    "test_wrappers: test_wrapped_name_and_docs": "what grad returns is a plain function, without the name of the other",
    "test_core: test_eq, test_neq": "of Values they go by identity, which changes with no number",
    "test_wrappers: test_grad_and_aux": "there is no grad_and_aux",
    "test_wrappers: test_deprecated_quick_grad_check_wrapper": "deprecated there; here there is testing.gradcheck",
    "test_list: test_isinstance": "no list type of our own: a list is a list",
    "test_tuple: test_isinstance": "no tuple type of our own: a tuple is a tuple",
    "test_dict: test_isinstance": "no dict type of our own: a dict is a dict",
}


def check(f: Callable[..., Any], *point: float, orders: int = 2) -> None:
    """The derivative in each argument is near the difference quotient; and so is the derivative's, and so on."""
    for index, x in enumerate(point):
        h = 1e-5
        up, down = ([*point[:index], y, *point[index + 1 :]] for y in (x + h, x - h))
        numerically = (f(*up) - f(*down)) / (2 * h)
        assert grad(f, index)(*point) == pytest.approx(numerically, rel=1e-4, abs=1e-4)
        if orders > 1:
            check(grad(f, index), *point, orders=orders - 1)


def five(a: Any, b: Any, c: Any, d: Any, e: Any, f: float = 1.1, g: float = 9.0) -> Any:
    return a + sin(b) + (exp(c) + exp(-c)) / 2 + cos(d) + tan(e) + f + g


AT, NAMED = (0.5, -0.3, 0.2, -1.1, 0.7), {"f": 0.6, "g": -0.1}


def packed(d_b: Any) -> Any:
    return five(AT[0], d_b[1], AT[2], d_b[0], AT[4], **NAMED)


def return_both() -> None:
    assert value_and_grad(lambda x: 3.0 * x**3.2)(1.7) == (3.0 * 1.7**3.2, grad(lambda x: 3.0 * x**3.2)(1.7))


def multigrad() -> None:
    assert grad(five, argnums=[3, 1])(*AT, **NAMED) == grad(packed)((AT[3], AT[1]))


def value_and_multigrad() -> None:
    value, gradient = value_and_grad(five, argnums=[3, 1])(*AT, **NAMED)
    assert value == five(*AT, **NAMED)
    assert gradient == grad(five, argnums=[3, 1])(*AT, **NAMED)


def multigrad_onearg() -> None:
    packed = grad(lambda xy: xy[0] + sin(xy[1]))((0.3, 0.4))
    assert grad(lambda x, y: x + sin(y), argnums=[0])(0.3, 0.4) == (packed[0],)


def elementwise_grad_multiple_args() -> None:
    f = lambda a, b: a + sin(a) + (exp(b) + exp(-b)) / 2  # noqa: E731
    slopes = [grad(f, 1)(0.9, b) for b in (0.1, 0.2)]
    assert slopes == pytest.approx([math.sinh(0.1), math.sinh(0.2)])


def a_partial() -> None:
    assert grad(partial(lambda x, y: x * y, y=3.0))(1.0) == 3


def make_jvp() -> None:
    assert jvp(lambda x: sin(x) * 3, (0.3,), (2.0,)) == pytest.approx((3 * math.sin(0.3), 6 * math.cos(0.3)))


def wobbly(x: Any) -> Any:
    return (x + sin(x**2)) * x


def complex_output() -> None:
    with pytest.raises(TypeError):
        grad(lambda x: x * (1.0 + 0.2j))(1.0)


def identity() -> None:
    assert (grad(lambda x: x)(2.0), grad(grad(lambda x: x))(2.0)) == (1, 0)


def other_args() -> None:
    check(grad(grad(lambda x, y: sin(sin(x) + sin(y)))), 0.3, 0.4, orders=1)


def other_args2() -> None:
    check(grad(lambda x, y: sin(sin(x) + sin(y)), 1), 0.3, 0.4)


def scalar_to_vector() -> None:
    assert jacobian(lambda x: np.array([x, x**2, x**3]))(0.7) == pytest.approx(np.array([1.0, 1.4, 3 * 0.49]))


def stacked_grads() -> None:
    def f(x: Any) -> Any:
        return grad(lambda y: exp(y) * tanh(x[0]))(x[1])

    assert jacobian(lambda x: [f(x)])([0.3, 0.4])[0] == grad(f)([0.3, 0.4])


def higher_order() -> None:
    check(lambda x: hessian(lambda y: sin(y) * y)(x), 0.3, orders=1)


def nested_higher_order() -> None:
    def outer(x: Any) -> Any:
        return sum(sin(g) for g in grad(lambda y: y[0] * y[1])((x, x)))

    check(outer, 5.0, orders=3)


def getter(container: Any) -> None:
    read = lambda c: c[0] + c[1] + c[1]  # noqa: E731
    assert grad(read)(container(enumerate([0.5, 0.6, 0.7]))) == container(enumerate([1.0, 2.0, 0.0]))


def grads(container: Any) -> None:
    def f(x: Any) -> Any:
        g = grad(lambda c: sin(c[0]) + cos(c[1]))(container(enumerate([x, 2 * x, x])))
        return g[0] + sin(g[0]) + sin(g[1])

    check(f, 0.3)


def as_list(pairs: Any) -> Any:
    return [x for _, x in pairs]


def as_tuple(pairs: Any) -> Any:
    return tuple([x for _, x in pairs])


def compare(sign: Callable[[Any, Any], Any]) -> Callable[[], None]:
    def run() -> None:
        f = lambda x, y: (x * y) if sign(x, y) else (x + y)  # noqa: E731
        assert grad(f)(0.7, 1.8) == (1.8 if sign(0.7, 1.8) else 1)
        assert grad(lambda x, y: float(sign(x, y)))(0.7, 1.8) == 0

    return run


def mod() -> None:
    check(lambda x: x % 2, 3.3)
    check(lambda x: 2 % x, 0.7)


HERE: dict[str, Callable[[], None]] = {
    "test_core: test_mod": mod,
    "test_wrappers: test_return_both": return_both,
    "test_wrappers: test_multigrad": multigrad,
    "test_wrappers: test_value_and_multigrad": value_and_multigrad,
    "test_wrappers: test_multigrad_onearg": multigrad_onearg,
    "test_wrappers: test_elementwise_grad_multiple_args": elementwise_grad_multiple_args,
    "test_wrappers: test_partial": a_partial,
    "test_wrappers: test_make_jvp": make_jvp,
    "test_direct: test_grad": lambda: check(wobbly, 1.3),
    "test_direct: test_deriv": lambda: check(lambda x: jvp(wobbly, (x,), (1.0,))[1], 1.3, orders=1),
    "test_direct: test_grad_complex_output": complex_output,
    "test_graphs: test_grad_fanout": lambda: check(lambda x: sin(sin(x) + sin(x)), 0.3),
    "test_graphs: test_grad_const": lambda: check(lambda x: 1.0, 2.0),
    "test_graphs: test_grad_identity": identity,
    "test_graphs: test_hess_vector_prod": lambda: check(lambda x, v: sin(v * grad(lambda y: sin(y / 2))(x)), 0.3, 0.2),
    "test_graphs: test_enclosing_scope_ref": lambda: check(lambda x: x * grad(lambda y: x * y)(2.0), 1.0),
    "test_graphs: test_enclosing_scope_ref_2": lambda: check(lambda x: x * grad(lambda y: y * x)(2.0), 1.0),
    "test_graphs: test_mutating_outgrad": lambda: check(lambda a: (a + (a + 1.0)) + ((a + 1.0) + 1.5), 0.3),
    "test_graphs: test_third_derivative": lambda: check(lambda x: sin(sin(x) + sin(x)), 0.3, orders=3),
    "test_graphs: test_third_derivative_other_args": other_args,
    "test_graphs: test_third_derivative_other_args2": other_args2,
    "test_jacobian: test_jacobian_scalar_to_vector": scalar_to_vector,
    "test_jacobian: test_jacobian_against_stacked_grads": stacked_grads,
    "test_jacobian: test_jacobian_higher_order": higher_order,
    "test_tuple: test_getter": lambda: getter(as_tuple),
    "test_tuple: test_grads": lambda: grads(as_tuple),
    "test_tuple: test_nested_higher_order": nested_higher_order,
    "test_list: test_getter": lambda: getter(as_list),
    "test_list: test_grads": lambda: grads(as_list),
    "test_list: test_slices": lambda: check(lambda x: sum(sin(y) for y in [x, x * x, x][1:]), 0.3),
    "test_list: test_nested_list": lambda: check(lambda x: grad(lambda c: c[0][1] * c[1])([[x, x], 2 * x])[1], 0.3),
    "test_list: test_make_list": lambda: check(lambda x: grad(lambda c: c[0] * c[1])([x, x * x])[0], 0.3),
    "test_dict: test_getter": lambda: getter(dict),
    "test_dict: test_grads": lambda: grads(dict),
    "test_dict: test_iter": lambda: check(lambda x: sum(sin(c) for c in {"a": x, "b": 2 * x}.values()), 0.3),
    "test_dict: test_items_values_keys": lambda: check(lambda x: sum(c for _, c in {"a": sin(x), "b": x}.items()), 0.3),
    "test_dict: test_get": lambda: check(lambda x: {"a": x}.get("a", 0.0) * {"a": x}.get("b", 2.0), 0.3),
    "test_dict: test_make_dict": lambda: check(lambda x: grad(lambda c: c["a"] * c["b"])({"a": x, "b": -x})["a"], 0.3),
    "test_core: test_add": lambda: check(lambda x, y: x + y, 0.7, 1.8),
    "test_core: test_sub": lambda: check(lambda x, y: x - y, 0.7, 1.8),
    "test_core: test_div": lambda: check(lambda x, y: x / y, 0.7, 1.8),
    "test_core: test_mul": lambda: check(lambda x, y: x * y, 0.7, 1.8),
    "test_core: test_pow": lambda: check(lambda x, y: x**y, 0.7, 1.8),
    "test_core: test_leq": compare(lambda x, y: x <= y),
    "test_core: test_geq": compare(lambda x, y: x >= y),
    "test_core: test_lt": compare(lambda x, y: x < y),
    "test_core: test_gt": compare(lambda x, y: x > y),
}  # fmt: skip


@pytest.mark.parametrize("name", HERE)
def test_what_it_tests_is_so_here(name: str) -> None:
    HERE[name]()


def test_what_is_not_here_has_a_reason_and_is_not_here() -> None:
    assert not HERE.keys() & NOT_HERE.keys()
    assert all(NOT_HERE.values())
