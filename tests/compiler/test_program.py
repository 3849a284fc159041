"""`compile`: what the source says, and that the program gives what the graph gives, for numbers and for arrays."""

from __future__ import annotations

import ast
import keyword
import math
import pickle
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd.compiler.arrays
import autograd.compiler.program
import nn
from autograd import Graph, Op, Program, Value, compile, exp, grad, log, ops
from autograd.testing.strategies import Expression, expressions
from tests.helpers.numbers import same

np = pytest.importorskip("numpy", reason="programs of arrays")


# What it says


def test_the_source_of_the_1_2_1_network_reads_like_the_equations_derived_by_hand() -> None:
    network, x, t = nn.one_two_one(), Value(1.0, "x"), Value(0.0, "t")
    loss = nn.half_squared_error(network([x]), t)
    loss.label = "L"
    program = compile(loss, [x, t, *network.parameters()], wrt=network.parameters())
    assert program.source == "\n".join(
        [
            "def program(x, t, w1, w2, w3, w4):",
            "    # forward",
            "    z1 = w1 * x",
            "    h1 = sigmoid(z1)",
            "    z2 = w2 * x",
            "    h2 = sigmoid(z2)",
            "    z3 = w3 * h1 + w4 * h2",
            "    y = sigmoid(z3)",
            "    t1 = y - t",
            "    L = 0.5 * power(t1, 2)",
            "    # backward",
            "    dL_dy = 0.5 * (2 * t1)",
            "    dL_dz3 = dL_dy * (y * (1 - y))",
            "    dL_dw4 = dL_dz3 * h2",
            "    dL_dh2 = dL_dz3 * w4",
            "    dL_dz2 = dL_dh2 * (h2 * (1 - h2))",
            "    dL_dw2 = dL_dz2 * x",
            "    dL_dw3 = dL_dz3 * h1",
            "    dL_dh1 = dL_dz3 * w3",
            "    dL_dz1 = dL_dh1 * (h1 * (1 - h1))",
            "    dL_dw1 = dL_dz1 * x",
            "    return L, (dL_dw1, dL_dw2, dL_dw3, dL_dw4)",
        ]
    )
    assert (program.inputs, program.wrt) == (("x", "t", "w1", "w2", "w3", "w4"), ("w1", "w2", "w3", "w4"))


def source(root: Value, inputs: list[Value] | None = None, wrt: list[Value] | None = None) -> str:
    return "; ".join(line.strip() for line in compile(root, inputs, wrt).source.splitlines()[1:])


def test_the_source_runs_elsewhere_after_two_imports_and_then_takes_keywords() -> None:
    x, y = Value(2.0, "x"), Value(-3.0, "y")
    program = compile(x**y + abs(x % y) / y)
    assert {"inf", "nan", "where", "sign", "floor_divide"} <= program.names
    names: dict[str, Any] = {}
    exec(f"from math import inf, nan\nfrom autograd.ops import *\n{program.source}", names)
    assert repr(names["program"](y=-3.0, x=2.0)) == repr(program(2.0, -3.0))


def test_only_the_derivatives_asked_for_are_in_the_source() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    root = (w * x).sin() * x.exp()
    assert source(root, [w, x], []) == "# forward; out = sin(w * x) * exp(x); return out, ()"
    assert source(root, [w, x], [w]) == (
        "# forward; t1 = w * x; t2 = exp(x); out = sin(t1) * t2; # backward; dout_dw = t2 * cos(t1) * x; "
        "return out, (dout_dw,)"
    )


def test_a_subexpression_that_comes_up_twice_is_computed_once() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert source((x * y).tanh() + (x * y).exp(), [x, y], []).count("x * y") == 1


def test_a_leaf_that_is_no_input_is_a_constant_with_its_present_data() -> None:
    x, c = Value(2.0, "x"), Value(3.0, "c")
    root = x * c + c * c
    c.data = 5.0
    assert source(root, [x], []) == "# forward; out = x * 5 + 25; return out, ()"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 1e300, 0.1, -3.0, 5e-324])
def test_every_number_is_written_so_that_it_is_read_back_as_it_was(number: float) -> None:
    x = Value(2.0)
    value, (slope,) = compile(x * number)(-1.5)
    assert same(value, -1.5 * number)
    assert slope == number or slope != slope
    assert same(compile(Value(number) * 1.0, [])()[0], number)


def test_factors_of_one_and_double_negations_are_left_out() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert source(x**1.0 - -(y * 1.0), [x, y], [y]) == (
        "# forward; out = x + y; # backward; dout_dy = 1.0; return out, (dout_dy,)"
    )


def test_long_sums_and_deep_nests_are_broken_into_lines() -> None:
    xs = [Value(float(i), f"x{i}") for i in range(100)]
    root = nn.mean_squared_error(xs, [0.0] * 100)
    for _ in range(1000):
        root = root.sin()
    text = compile(root, xs).source
    assert max(map(len, text.splitlines())) <= 200
    assert max(map(len, text.splitlines())) >= 80


def test_a_recorded_derivative_is_a_graph_too_and_compiles() -> None:
    x = Value(2.0, "x")
    assert source(grad(lambda x: x**3 + x)(x), [x]) == (
        "# forward; out = 1 + 3 * power(x, 2); # backward; dout_dx = 3 * (2 * x); return out, (dout_dx,)"
    )


# Names


def calls_and_names(program: Program) -> None:
    """Nothing is in the source but arithmetic on names, and calls of the operations."""
    module = ast.parse(program.source)
    allowed = (
        ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.Tuple, ast.Name, ast.Load,
        ast.Store, ast.Constant, ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.operator, ast.unaryop, ast.cmpop,
    )  # fmt: skip
    for node in ast.walk(module):
        assert isinstance(node, allowed)
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            assert node.func.id in {*autograd.compiler.trace.OPERATIONS, "abs"}


HOSTILE = [
    "x; import os", "lambda", "None", "__import__('os').abort()", "sigmoid", "abs", "where", "program", "nan", "",
    "a b", "1x", "x\n    raise SystemExit", "🙂", '"""', "x", "x", "ﬁ", "fi", "__debug__", "__builtins__", "out", "t1",
    "x1", "dout_dx", "x_2", "W1[0,2]", "∂L/∂w", "\ud800", "w₁", "σ" * 99, "match", "_", "#", "\\", "{x}",
    "%s", "\0",
]  # fmt: skip


@pytest.mark.slow
@given(st.lists(st.one_of(st.text(), st.sampled_from(HOSTILE)), min_size=3, max_size=3), st.text())
@example(["sigmoid", "sigmoid_2", "dout_dsigmoid"], "sigmoid")
@example(["x", "x", "x"], "x")
def test_no_label_changes_what_a_program_does(labels: list[str], name: str) -> None:
    x, y = Value(0.5, labels[0]), Value(-1.5, labels[1])
    product = x * y
    product.label = labels[2]
    root = product.sigmoid() + abs(product) * y
    root.label = name
    program = compile(root, [x, y])
    calls_and_names(program)
    root.backward()
    assert program(0.5, -1.5) == (root.data, (x.grad, y.grad))


def test_all_hostile_labels_at_once() -> None:
    leaves = [Value(float(i + 1), label) for i, label in enumerate(HOSTILE)]
    root = nn.mean_squared_error(leaves, [0.0] * len(leaves))
    program = compile(root, leaves)
    calls_and_names(program)
    assert len(set(program.inputs)) == len(HOSTILE)
    root.backward()
    assert program(*[leaf.data for leaf in leaves]) == (root.data, tuple(leaf.grad for leaf in leaves))
    assert not any(keyword.iskeyword(name) for name in program.inputs)


def test_labels_that_are_nearly_names_become_names() -> None:
    leaves = [Value(0.0, label) for label in ("W1[0,2]", "b₁", "∂L/∂w", "learning rate")]
    assert compile(leaves[0], leaves).inputs == ("W1_0_2", "b1", "L_w", "learning_rate")


# Numbers

floats = st.floats()


@given(expressions(numbers=floats), st.data())
def test_a_program_of_floats_gives_the_bits_that_the_graph_gives(expression: Expression, data: st.DataObject) -> None:
    leaves, root = expression.record()
    program = compile(root, leaves)
    graph = Graph(root)
    for _ in range(2):
        value, gradients = program(*[leaf.data for leaf in leaves])
        assert same(value, graph.forward())
        for leaf in leaves:
            leaf.grad = 0.0
        graph.backward()
        for leaf, gradient in zip(leaves, gradients, strict=True):
            assert same(gradient + 0.0, leaf.grad)  # the graph sums from +0, so a zero may have another sign there
            leaf.data = data.draw(floats)


def test_relu_and_abs_choose_anew_for_every_number_and_an_if_was_decided_when_recorded() -> None:
    def f(x: Value) -> Value:
        return x.relu() + abs(x) + (10 * x if x > 0 else x)

    program = compile(f(Value(1.0)))
    assert program(2.0) == (24.0, (12.0,))
    assert program(-2.0) == (0.0 + 2.0 - 20.0, (0.0 - 1.0 + 10.0,))


def test_whatever_is_one_real_number_is_an_input() -> None:
    program = compile(Value(1.0) / 2)
    for number in (3, True, np.float32(3), np.int64(3)):
        value, (slope,) = program(number)
        assert (type(value), type(slope)) == (float, float)
        assert (value, slope) == (float(number) / 2, 0.5)


def test_a_program_survives_pickling() -> None:
    x = Value(1.0, "x")
    program = compile(x.sigmoid() * x)
    copy = pickle.loads(pickle.dumps(program))
    assert copy(0.3) == program(0.3)
    assert repr(copy) == "Program(x)"


# Arrays


def to_numpy(x: Any) -> Any:
    return np.asarray(x)


def array_api_strict(x: Any) -> Any:
    return pytest.importorskip("array_api_strict", reason="the strictest keeper of the Array API").asarray(x)


def torch(x: Any) -> Any:
    pytest.importorskip("array_api_compat", reason="PyTorch keeps the Array API by way of it")
    return pytest.importorskip("torch", reason="programs of PyTorch tensors").asarray(x)


def jax(x: Any) -> Any:
    jax = pytest.importorskip("jax", reason="programs of JAX arrays")
    jax.config.update("jax_enable_x64", True)
    return jax.numpy.asarray(x)


def dask(x: Any) -> Any:
    pytest.importorskip("array_api_compat", reason="Dask keeps the Array API by way of it")
    dask = pytest.importorskip("dask.array", reason="programs of Dask arrays")
    return dask.from_array(x, chunks=2)


every_library = pytest.mark.parametrize("library", [to_numpy, array_api_strict, torch, jax, dask])


def everything(x: Value, y: Value, w: Value) -> Value:
    """A function with every operation in it, and one of nobody's."""
    leaky = Op("leaky", "l", lambda x: ops.where(x < 0, 0.1 * x, x), (lambda out, x: ops.where(x < 0, 0.1, 1.0),))
    a = x * y + x / (y * y + 1) - w**3 + (x * x + 1) ** y + abs(x - y).sqrt()
    b = x.exp() * y.sin() + (w * x).cos() * w.tan() + (x * x + 1).log() + leaky(x) * leaky(y)
    total: Value = a.tanh() + b.sigmoid() * (x - w).relu() + (-y).softplus()
    return total


@every_library
def test_arrays_of_any_library_give_what_their_elements_give_and_gradients_in_their_inputs_shapes(
    library: Callable[[Any], Any],
) -> None:
    program = compile(everything(*(inputs := [Value(1.0), Value(2.0), Value(3.0)])), inputs)
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(3, 1)), rng.normal(size=4), 0.7
    arrays = library(x), library(y)
    run = sys.modules["jax"].jit(program) if library is jax else program
    value, gradients = run(*arrays, w)
    one_by_one = [[program(xi, yj, w) for yj in y] for xi in x[:, 0]]
    expected = np.array([[value for value, _ in row] for row in one_by_one])
    dx, dy, dw = (np.array([[gradients[k] for _, gradients in row] for row in one_by_one]) for k in range(3))
    assert type(value) is type(library(x))
    np.testing.assert_allclose(np.asarray(value), expected, rtol=1e-13)
    for gradient, theirs in zip(gradients, (dx.sum(1, keepdims=True), dy.sum(0), dw.sum()), strict=True):
        assert np.asarray(gradient).shape == theirs.shape
        np.testing.assert_allclose(np.asarray(gradient), theirs, rtol=1e-12)


@every_library
def test_derivatives_that_are_plain_numbers_are_summed_over_the_batch_too(library: Callable[[Any], Any]) -> None:
    w, x, unused = Value(2.0, "w"), Value(3.0, "x"), Value(5.0, "unused")
    value, (dw, dx, nothing) = compile(w + 2 * x, [w, x, unused])(1.0, library(np.ones((2, 3))), library(np.ones(7)))
    assert np.asarray(value).tolist() == [[3.0] * 3] * 2
    assert np.asarray(dw) == 6.0
    assert np.asarray(dx).tolist() == [[2.0] * 3] * 2
    assert np.asarray(nothing).tolist() == [0.0] * 7


@every_library
def test_whole_numbers_in_arrays_are_taken_as_real_ones(library: Callable[[Any], Any]) -> None:
    x = Value(1.0)
    value, (slope,) = compile(x.relu() / 2)(library(np.asarray([-1, 0, 3])))
    assert np.asarray(value).tolist() == [0.0, 0.0, 1.5]
    assert np.asarray(slope).tolist() == [0.0, 0.0, 0.5]


def test_arrays_keep_their_precision() -> None:
    w, x = Value(1.0), Value(1.0)
    value, (dw, dx) = compile((w * x).sigmoid(), [w, x])(0.1, np.ones(3, dtype=np.float32))
    assert value.dtype == dw.dtype == dx.dtype == np.float32


SPECIAL = [0.0, -0.0, 1.0, -1.0, 40.0, -40.0, 800.0, -800.0, 5e-324, math.inf, -math.inf, math.nan]
UNARY = [op for op in ops.TABLE if op.arity == 1]


@pytest.mark.parametrize("library", [to_numpy, array_api_strict, torch])
@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_special_values_in_arrays_are_what_they_are_in_numbers(op: Op, library: Callable[[Any], Any]) -> None:
    program = compile(op(x := Value(1.0)), [x])
    with np.errstate(all="ignore"):
        value, (slope,) = program(library(np.asarray(SPECIAL)))
    off = 5e-324 if library is torch else 0.0  # it takes what is subnormal for 0
    for number, ours, ours_slope in zip(SPECIAL, np.asarray(value), np.asarray(slope), strict=True):
        theirs, (theirs_slope,) = program(number)
        np.testing.assert_allclose(ours, theirs, rtol=1e-14, atol=off)
        np.testing.assert_allclose(ours_slope, theirs_slope, rtol=1e-14, atol=off)


SHAPES = [(), (1,), (3,), (2, 1), (2, 3)]
WINDOW = Op("window", "w", lambda x: np.asarray(x)[...], (lambda out, x: 1.0,))  # a view of what went in


def in_memory(library: Callable[[Any], Any], shape: tuple[int, ...]) -> Any:
    return library(np.full(shape, 2.0))


@pytest.mark.parametrize(
    "library",
    [
        to_numpy,
        array_api_strict,
        pytest.param(torch, marks=pytest.mark.skipif(find_spec("torch") is None, reason="programs of PyTorch tensors")),
    ],
)
@given(expression=expressions(max_operations=4), data=st.data())
@example(expression=Expression(lambda x: x, (0.0,)), data=None)
@example(expression=Expression(lambda x, y: x * y, (0.0, 0.0)), data=None)
@example(expression=Expression(lambda x, y: (x + y) ** 2, (0.0, 0.0)), data=None)
@example(expression=Expression(lambda x: x.exp(), (0.0,)), data=None)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_result_can_be_changed_and_no_input_and_no_other_result_changes_with_it(
    library: Callable[[Any], Any], expression: Expression, data: st.DataObject | None
) -> None:
    leaves, root = expression.record()
    shapes = [data.draw(st.sampled_from(SHAPES)) if data else (3,) for _ in leaves]
    arrays = [in_memory(library, shape) for shape in shapes]
    value, gradients = compile(root, leaves)(*arrays)
    everything = [*arrays, value, *gradients]
    for index in range(len(arrays), len(everything)):
        others = everything[:index] + everything[index + 1 :]
        if not isinstance(everything[index], np.generic):  # which cannot be changed
            before = [np.asarray(x).copy() for x in others]
            everything[index][...] = 7.0
            for x, y in zip(others, before, strict=True):
                np.testing.assert_array_equal(np.asarray(x), y)


@pytest.mark.parametrize("root", [lambda x: WINDOW(x), lambda x: WINDOW(WINDOW(x)), lambda x: WINDOW(x) * x])
def test_what_an_operation_that_runs_as_it_is_gives_back_may_be_a_view_and_is_copied(root: Any) -> None:
    x = Value(1.0)
    a = np.ones(3)
    value, (slope,) = compile(root(x), [x])(a)
    assert not any(np.shares_memory(*pair) for pair in [(a, value), (a, slope), (value, slope)])


@pytest.mark.parametrize(
    ("f", "copies"),
    [
        (lambda x, y: x, 1),  # the value is what came in; the slopes are made of 1 and 0
        (lambda x, y: x * y, 2),  # each slope is what came in
        (lambda x, y: x.exp() + 0 * y, 0),
        (lambda x, y: (x + y) ** 2, 1),  # the two slopes are one array
        (lambda x, y: x.sin() * y, 0),
    ],
)
def test_nothing_is_copied_that_is_the_callers_already(
    f: Callable[[Value, Value], Value], copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = []
    original = autograd.compiler.arrays.copied

    def counted(x: Any, xp: Any) -> Any:
        copied.append(x)
        return original(x, xp)

    monkeypatch.setattr(autograd.compiler.program, "copied", counted)
    x, y = Value(1.0), Value(1.0)
    program = compile(f(x, y), [x, y])
    program(np.ones(3), np.ones(3))
    assert len(copied) == copies
    copied.clear()
    program(np.ones(3, int), np.ones(3, int))  # what was made of whole numbers is nobody else's
    assert len(copied) == min(copies, 1 if f(x, y).op is ops.power else 0)


def test_arrays_that_cannot_change_are_not_copied() -> None:
    x, a = Value(1.0), jax([1.0, 2.0])
    assert compile(x, [x])(a)[0] is a


def test_training_in_place_is_training() -> None:
    w, b = Value(0.5), Value(0.5)
    program = compile((w + b - 1.0) ** 2, inputs=[w, b])
    parameters = np.asarray([3.0, 5.0]), np.asarray([1.0, 2.0])
    for _ in range(50):
        _, gradients = program(*parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            gradient *= -0.1
            parameter += gradient
    np.testing.assert_allclose(parameters, [[1.5, 2.0], [-0.5, -1.0]], rtol=1e-8)


def test_sigmoid_and_softplus_of_arrays_overflow_nowhere_on_the_way() -> None:
    x = Value(1.0)
    value, (slope,) = compile(x.sigmoid() + x.softplus())(np.asarray([-1e308, -800.0, 800.0, 1e308]))  # no warning
    assert value.tolist() == [0.0, 0.0, 801.0, 1e308]
    assert slope.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_jax_compiles_and_vectorizes_a_program() -> None:
    x, w = jax([0.5, -1.0, 2.0]), 0.3
    import jax as jax_module

    a, b = Value(1.0), Value(1.0)
    program = compile((a * b).tanh(), [a, b])
    value, (dx, dw) = program(x, w)
    jitted_value, (jitted_dx, jitted_dw) = jax_module.jit(program)(x, w)
    np.testing.assert_allclose(jitted_value, value, rtol=1e-14)
    np.testing.assert_allclose(jitted_dx, dx, rtol=1e-14)
    np.testing.assert_allclose(jitted_dw, dw, rtol=1e-14)
    each_value, (_, each_dw) = jax_module.vmap(program, in_axes=(0, None))(x, w)  # a gradient for each example
    np.testing.assert_allclose(each_value, value, rtol=1e-14)
    np.testing.assert_allclose(each_dw.sum(), dw, rtol=1e-14)


def test_numpy_needs_nothing_installed_beside_it_and_what_does_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    program = compile(Value(1.0).exp())
    assert program(np.zeros(2))[0].tolist() == [1.0, 1.0]

    class Tensor:
        shape = (2,)

    with pytest.raises(TypeError, match=r"Tensor; for PyTorch and Dask.*glassgrad\[scale\]"):
        program(Tensor())


# Operations of the user's own


def test_an_operation_of_the_users_own_is_called_in_the_program_and_its_derivative_is_written_out() -> None:
    cube = Op("cube", "x³", lambda x: x * x * x, (lambda out, x: 3 * x * x,))
    x = Value(2.0, "x")
    program = compile(cube(x) + cube(2 * x), [x])
    assert "cube(x)" in program.source
    assert "3 * x * x" in program.source
    assert program(2.0) == (72.0, (108.0,))
    value, (slope,) = program(np.asarray([1.0, 2.0]))
    assert (value.tolist(), slope.tolist()) == ([9.0, 72.0], [27.0, 108.0])


def test_a_derivative_can_ask_for_any_comparison() -> None:
    def derivative(out: Any, x: Any) -> Any:
        where = ops.where
        return where(x == 0, 1.0, where(x != 1, where(x < 2, 2.0, where(x >= 4, 3.0, where(x > 3, 4.0, x))), 5.0))

    stairs = Op("x; import os", "", lambda x: 0 * x, (derivative,))
    program = compile(stairs(x := Value(0.0)), [x])
    calls = [program(number)[1][0] for number in (0.0, 1.0, 1.5, 4.0, 3.5, 2.5)]
    assert calls == [1.0, 5.0, 2.0, 3.0, 4.0, 2.5]
    assert program(np.asarray([0.0, 1.0, 1.5, 4.0, 3.5, 2.5]))[1][0].tolist() == calls


def test_operations_of_one_name_are_kept_apart() -> None:
    one, two = (Op("exp", "e", lambda x, k=k: k * x, (lambda out, x, k=k: k,)) for k in (2.0, 3.0))
    x = Value(1.0, "x")
    assert compile(one(x) + two(x) + exp(x), [x])(0.0) == (1.0, (6.0,))


def test_a_derivative_that_asks_for_the_number_is_refused_by_name_and_told_what_to_write() -> None:
    kinked = Op("kinked", "k", lambda x: max(x, 0.0), (lambda out, x: 1.0 if x > 0 else 0.0,))
    with pytest.raises(TypeError, match=r"partial derivative 0 of Op\('kinked'\).*autograd\.ops\.where"):
        compile(kinked(Value(1.0)))
    smooth = Op("smooth", "s", math.sin, (lambda out, x: math.cos(x),))
    with pytest.raises(TypeError, match=r"Op\('smooth'\).*autograd\.exp, not math\.exp"):
        compile(smooth(Value(1.0)))


def test_an_operation_that_computes_with_plain_numbers_alone_says_so_when_it_gets_an_array() -> None:
    smooth = Op("smooth", "s", math.sin, (lambda out, x: ops.cos(x),))
    program = compile(smooth(Value(1.0)))
    assert program(0.0) == (0.0, (1.0,))
    with pytest.raises(TypeError, match=r"Op\('smooth'\) takes plain numbers only, not arrays"):
        program(np.zeros(2))
    arctan = Op("arctan", "arctan", np.arctan, (lambda out, x: 1 / (1 + x * x),))
    value, (slope,) = compile(arctan(Value(1.0)))(np.zeros(2))
    assert (value.tolist(), slope.tolist()) == ([0.0, 0.0], [1.0, 1.0])


# What it does not take


def bad_calls() -> dict[str, tuple[Callable[[], Any], type[Exception], str]]:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    z = x * y
    program = compile(z, [x, y])
    return {
        "a root that is a number": (lambda: compile(1.0), TypeError, "a Graph is made from its root"),  # type: ignore[arg-type]
        "an input that was computed": (lambda: compile(z + 1, [z]), TypeError, "leaves.*got Value"),
        "an input that is a number": (lambda: compile(z, [x, 2.0]), TypeError, "leaves.*got 2.0"),  # type: ignore[list-item]
        "an input twice": (lambda: compile(z, [x, y, x]), ValueError, "twice"),
        "wrt that is no input": (lambda: compile(z, [x], [y]), ValueError, "Value.*is not one of them"),
        "too few numbers": (lambda: program(1.0), TypeError, r"Program\(x, y\) takes 2 input\(s\), got 1"),
        "a name too many": (lambda: program(1.0, y=2.0, z=3.0), TypeError, r"Program\(x, y\) wants y, got y, z"),
        "a name twice": (lambda: program(1.0, 2.0, y=3.0), TypeError, r"Program\(x, y\) wants no more, got y"),
        "a name too few": (lambda: program(y=3.0), TypeError, r"Program\(x, y\) wants x, y, got y"),
        "a string": (lambda: program(1.0, "2"), TypeError, "expected a real number, got str '2'"),
        "a list": (lambda: program(1.0, [2.0]), TypeError, r"expected a real number, got list \[2.0\]"),
        "a list among arrays": (lambda: program(np.ones(2), [2.0]), TypeError, "expected a real number, got list"),
        "a Value": (lambda: program(1.0, y), TypeError, "v.data for the plain number"),
        "complex arrays": (lambda: program(1.0, np.ones(2, complex)), TypeError, "real numbers, got one of complex"),
        "arrays of objects": (lambda: program(1.0, np.asarray([x])), TypeError, "real numbers, got one of object"),
        "shapes that do not broadcast": (lambda: program(np.ones(2), np.ones(3)), ValueError, "broadcast"),
    }


@pytest.mark.parametrize("name", bad_calls())
def test_what_a_program_does_not_take_is_named(name: str) -> None:
    call, kind, message = bad_calls()[name]
    with pytest.raises(kind, match=message):
        call()


def test_a_graph_too_large_for_source_is_refused_and_told_the_ways_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autograd.compiler.program, "MOST_NODES", 10)
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"graph of 13 Values.*at most 10.*Graph\(root\).*arrays"):
        compile(sum([x] * 11, log(x)))
