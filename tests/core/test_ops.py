"""Each operation's value and derivatives are right, to a bound that counts its roundings; and its rule stands once."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import Op, Value, gradients, ops
from tests.helpers.numbers import NORM, norm, same
from tests.helpers.oracles import ORACLES, UNIT, Oracle, error, evaluate

OPERATIONS = {op.name: op for op in ops.TABLE if op is not ops.constant}
EDGES = (0.0, -0.0, 0.5, -0.5, 1.0, 2.0, -3.0, math.inf, -math.inf, math.nan)

every_operation = pytest.mark.parametrize("op", OPERATIONS.values(), ids=OPERATIONS)
every_oracle = pytest.mark.parametrize("oracle", ORACLES.values(), ids=ORACLES)

# The oracle computes with hundreds of digits: a thousand examples of each operation would take an hour.
few = settings(max_examples=min(150, settings().max_examples))

# From 2⁻³⁰⁰ to 2³⁰⁰: three of these can be multiplied or divided, and nothing on the way overflows or is subnormal.
magnitudes = st.floats(2.0**-300, 2.0**300)
moderate = magnitudes | magnitudes.map(lambda x: -x) | st.floats(-4, 4).filter(lambda x: x == 0 or abs(x) > 2.0**-300)


def inputs(oracle: Oracle) -> st.SearchStrategy[tuple[float, ...]]:
    """Points where the bounds of the oracle hold, and where the function has a derivative."""
    if oracle.op is ops.power:
        return st.tuples(st.floats(2.0**-30, 2.0**30), st.floats(-15, 15).filter(bool))
    exponential = (ops.exp, ops.sigmoid, ops.softplus, ops.expm1, ops.elu, ops.logaddexp, ops.logsigmoid, ops.silu)
    axis = st.floats(-700, 700) if oracle.op in exponential else moderate
    if oracle.op in (ops.floor, ops.ceil, ops.round):
        axis = st.floats(-1e6, 1e6).filter(lambda x: abs(2 * x - round(2 * x)) > 1e-9)
    elif oracle.op is ops.logaddexp:  # where the oracle, a difference of the sum, has digits left of the smaller slope
        axis = st.floats(-20, 20)
    elif oracle.low > -math.inf and oracle.high < math.inf:
        axis = st.floats(oracle.low, oracle.high, exclude_min=True, exclude_max=True)
        axis = axis.filter(lambda x: x == 0 or abs(x) > 2.0**-300)
    axis = axis.filter(lambda x: oracle.low < x < oracle.high and not (oracle.relative_step and x == 0))
    point = st.tuples(*[axis] * oracle.arity)
    return point.filter(lambda p: p[0] != p[1]) if oracle.op in (ops.maximum, ops.minimum) else point


@every_oracle
@few
@given(data=st.data())
def test_a_value_is_within_its_bound_of_the_exact_one(oracle: Oracle, data: st.DataObject) -> None:
    point = data.draw(inputs(oracle))
    exact = oracle.value(*point)
    assert error(evaluate(oracle, *point)[0], exact, abs(float(exact))) <= oracle.bound(*point)


@every_oracle
@few
@given(data=st.data())
def test_a_derivative_is_within_its_bound_of_the_exact_one(oracle: Oracle, data: st.DataObject) -> None:
    point = data.draw(inputs(oracle))
    for index, computed in enumerate(evaluate(oracle, *point)[1]):
        exact = oracle.derivative(index, *point)
        bound = oracle.derivative_bound(index, *point) + 1e-6  # the oracle's own error, in the same units
        assert error(computed, exact, oracle.scale(float(exact), *point)) <= bound


def test_every_operation_has_an_oracle_but_those_that_are_flat_or_tested_by_themselves() -> None:
    flat = {"heaviside", "sign", "less", "at_most", "floor_divide"}
    assert set(OPERATIONS) - set(ORACLES) == {*flat, "clip", "ratio", "remainder"}


def check_against_its_entry(op: Op, *point: float) -> None:
    node = op(*map(Value, point))
    assert same(node.data, op.forward(*point))
    for local_grad, expected in zip(node.local_grads, op.local_grads(node.data, point), strict=True):
        assert same(local_grad, expected)


@every_operation
@given(x=st.floats(), y=st.just(2.0) | st.floats())
def test_what_the_engine_runs_gives_the_bits_of_the_entry(op: Op, x: float, y: float) -> None:
    check_against_its_entry(op, *(x, y, x)[: (op.arity or 0)])


@every_operation
def test_what_the_engine_runs_gives_the_bits_of_the_entry_at_the_edges_too(op: Op) -> None:
    for point in itertools.product(EDGES, repeat=(op.arity or 0)):
        check_against_its_entry(op, *point)


@given(st.floats())
def test_a_square_is_the_product_bit_for_bit(x: float) -> None:
    assert same(ops.power(x, 2), x * x)
    assert same((Value(x) ** 2).data, x * x)


def test_an_operation_of_ones_own_is_not_taken_for_one_of_the_table() -> None:
    # Whatever its inputs: a second one of 2, say, does not make it a square.
    op = Op("second", "2nd", lambda x, y: y, (lambda out, x, y: 0.0, lambda out, x, y: 1.0))
    for y in EDGES:
        node = op(Value(3.0), y)
        assert same(node.data, y)
        assert node.local_grads == (0.0, 1.0)


@every_operation
@given(data=st.data())
def test_on_plain_numbers_an_operation_gives_the_same_bits_as_on_values(op: Op, data: st.DataObject) -> None:
    point = [data.draw(st.floats()) for _ in range(op.arity or 0)]
    plain = op(*point)
    assert type(plain) is float
    assert same(plain, op(*map(Value, point)).data)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sigmoid", "relu", "softplus"])
def test_a_method_records_the_operation_of_its_name(name: str) -> None:
    x = Value(0.75)
    y = getattr(x, name)()
    assert y.op is OPERATIONS[name]
    assert y.parents == (x,)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        (lambda x, y: x + y, "add"),
        (lambda x, y: x - y, "subtract"),
        (lambda x, y: x * y, "multiply"),
        (lambda x, y: x / y, "divide"),
        (lambda x, y: x**y, "power"),
    ],
    ids=["+", "-", "*", "/", "**"],
)
def test_an_operator_takes_values_and_plain_numbers_on_either_side(
    expression: Callable[[Any, Any], Any], name: str
) -> None:
    for left, right in ((Value(3.0), Value(2.0)), (Value(3.0), 2), (3, Value(2.0))):
        node = expression(left, right)
        assert node.op is OPERATIONS[name]
        assert [parent.data for parent in node.parents] == [3.0, 2.0]
        assert node.data == expression(3.0, 2.0)


def test_negation_and_absolute_value_are_operators_too() -> None:
    x = Value(-3.0)
    assert ((-x).op, (-x).data) == (ops.negative, 3.0)
    assert (abs(x).op, abs(x).data) == (ops.absolute, 3.0)


@given(st.floats(), st.floats())
def test_the_slopes_of_relu_and_abs_are_flat(x: float, y: float) -> None:
    for op in (ops.heaviside, ops.sign):
        value = Value(x)
        op(value).backward()
        assert value.grad == 0
    assert ops.heaviside(x) == (0.0 if x <= 0 else 1.0)
    assert ops.sign(x) == (1.0 if x > 0 else -1.0 if x < 0 else 0.0)


@pytest.mark.parametrize("f", [lambda x: x ** Value(0.0), lambda y: Value(0.0) ** y], ids=["x**0", "0**y"])
@pytest.mark.parametrize("x", [0.0, -0.0, 2.0])
def test_x_to_the_0_and_0_to_the_y_are_flat_in_the_derivative_that_is_recorded_too(
    f: Callable[[Any], Value], x: float
) -> None:
    leaf = Value(x)
    f(leaf).backward()
    assert gradients(f(leaf))[leaf].data == leaf.grad == 0


@given(st.floats(-500, 500))
def test_sigmoid_of_minus_x_is_one_minus_sigmoid_of_x(x: float) -> None:
    # Each is within LIBM + 2 = 4 units of exact, and 1 − σ rounds once more, all relative to at most 1.
    assert abs(ops.sigmoid(-x) - (1 - ops.sigmoid(x))) <= 9 * UNIT


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_sigmoid_and_softplus_stay_in_their_range(x: float, y: float) -> None:
    assert 0 <= ops.sigmoid(x) <= 1
    assert max(x, 0) <= ops.softplus(x) < math.inf


# Operations of one's own.


@given(*[st.floats(0.1, 10)] * 3)
def test_an_operation_of_ones_own_takes_any_number_of_inputs(x: float, y: float, z: float) -> None:
    own, built_in = [Value(v) for v in (x, y, z)], [Value(v) for v in (x, y, z)]
    NORM(*own).backward()
    norm(*built_in).backward()
    for a, b in zip(own, built_in, strict=True):
        # The built-in way multiplies by 0.5/out and then by x, twice, where the own one divides: three roundings.
        assert a.grad == pytest.approx(b.grad, rel=4 * UNIT, abs=0)


def test_an_operation_of_ones_own_takes_hundreds_of_inputs() -> None:
    total = Op("total", "Σ", lambda *x: math.fsum(x), (lambda out, *x: 1.0,) * 300)
    x = [Value(i) for i in range(300)]
    (3.0 * total(*x)).backward()
    assert [v.grad for v in x] == [3.0] * 300


def test_an_operation_of_ones_own_mixes_values_and_numbers() -> None:
    x = Value(3.0)
    y = NORM(x, 4, 12.0)
    assert y.data == 13.0
    assert [parent.op for parent in y.parents] == [None, ops.constant, ops.constant]
    assert y.local_grads == (3 / 13, 4 / 13, 12 / 13)


def test_an_operation_given_too_few_or_too_many_inputs_says_how_many_it_takes() -> None:
    with pytest.raises(TypeError, match=r"multiply takes 2 input\(s\), got 1"):
        ops.multiply(Value(1.0))
    with pytest.raises(TypeError, match=r"exp takes 1 input\(s\), got 2"):
        ops.exp(1.0, 2.0)
    with pytest.raises(TypeError, match=r"half takes 1 input\(s\), got 2: it was made with 1 partial\(s\)"):
        Op("half", "½", lambda x, y: x * y, (lambda out, x, y: y,))(Value(1.0), Value(2.0))


@pytest.mark.parametrize("partials", [[lambda out, x: 1.0], (1.0,), None], ids=repr)
def test_an_operation_whose_partials_are_no_tuple_of_functions_is_refused(partials: Any) -> None:
    with pytest.raises(TypeError, match=r"Op 'double' takes its partials as a tuple of functions \(out, \*inputs\)"):
        Op("double", "2×", lambda x: 2 * x, partials)


def test_an_operation_that_returns_no_number_is_refused_and_records_nothing() -> None:
    broken = Op("broken", "?", lambda x: "text", (lambda out, x: 1.0,))
    slopeless = Op("slopeless", "?", lambda x: x, (lambda out, x: None,))
    x = Value(1.0)
    with pytest.raises(TypeError, match="expected a real number, got str 'text'"):
        broken(x)
    with pytest.raises(TypeError, match="expected a real number, got NoneType None"):
        slopeless(x)


@pytest.mark.parametrize(
    ("partial", "error", "advice"),
    [
        (lambda x: 2 * x, TypeError, r"operation 'square' at \(0\.0,\): .*each partial the output and then the inputs"),
        (
            lambda out, x: x / out,
            ZeroDivisionError,
            r"'square' at \(0\.0,\): autograd\.ops\.divide\(x, y\) gives inf or nan",
        ),
        (lambda out, x: math.log(x), ValueError, r"'square' at \(0\.0,\)$"),
    ],
    ids=["no output", "division by 0", "outside of its domain"],
)
def test_an_error_in_an_operation_of_ones_own_says_where_it_was_raised_and_what_may_help(
    partial: Any, error: type[Exception], advice: str
) -> None:
    with pytest.raises(error) as raised:
        Op("square", "x²", lambda x: x * x, (partial,))(Value(0.0))
    assert re.search(advice, raised.value.__notes__[0])


def test_an_operation_prints_its_name() -> None:
    assert repr(ops.exp) == "Op('exp')"


@every_operation
def test_an_operation_is_copied_and_pickled_as_itself(op: Op) -> None:
    assert copy.deepcopy(op) is op
    assert pickle.loads(pickle.dumps(op)) is op


def twice(x: float) -> float:
    return 2 * x


def two(out: float, x: float) -> float:
    return 2.0


def test_an_operation_of_ones_own_is_pickled_by_its_parts() -> None:
    again = pickle.loads(pickle.dumps(Op("twice", "2×", twice, (two,))))
    assert (again.name, again.symbol, again.forward, again.partials) == ("twice", "2×", twice, (two,))


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_where_picks_by_the_condition(x: float, y: float) -> None:
    assume(x != y)
    assert ops.where(True, x, y) == x
    assert ops.where(False, x, y) == y
