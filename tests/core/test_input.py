"""Bad input: the error says what came and what was wanted, at the line that passed it; nothing is left half-done."""

# mypy: disable-error-code="arg-type, call-arg, call-overload, list-item, operator, comparison-overlap"

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

import autograd
import nn
from autograd import (
    Graph,
    Op,
    Value,
    draw_dot,
    exp,
    grad,
    gradcheck,
    hessian,
    hvp,
    jvp,
    log,
    relu,
    sigmoid,
    to_torch,
    value_and_grad,
    vjp,
    write_stepper,
)
from autograd.testing import assert_same_gradients, gradgradcheck
from autograd.testing.strategies import expressions
from nn import deltas

x, v = Value(1.0, "x"), Value(2.0, "v")
y = x * v
net = nn.MLP(2, [2, 1])
parameters = net.parameters()
sgd = nn.SGD(parameters, 0.1)
NO_NUMBER = "expected a real number, got "
LOST = "a Value does not turn into a plain number by itself, since its gradient would be lost"

CASES: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    # Value
    ("Value(text)", lambda: Value("a"), TypeError, NO_NUMBER + "str 'a'"),
    ("Value(digits)", lambda: Value("3"), TypeError, NO_NUMBER + "str '3'"),
    ("Value(bytes)", lambda: Value(b"1"), TypeError, NO_NUMBER + "bytes b'1'"),
    ("Value(None)", lambda: Value(None), TypeError, NO_NUMBER + "NoneType None"),
    ("Value(complex)", lambda: Value(1j), TypeError, NO_NUMBER + "complex 1j"),
    ("Value(list)", lambda: Value([1.0]), TypeError, NO_NUMBER + r"list \[1.0\]"),
    ("Value(Value)", lambda: Value(x), TypeError, LOST),
    ("Value()", lambda: Value(), TypeError, r"(missing|at least) 1 (required )?positional argument"),
    ("Value(huge int)", lambda: Value(10**400), OverflowError, "int too large to convert to float"),
    ("Value(label=int)", lambda: Value(1, 3), TypeError, "expected a label as text, got int 3"),
    ("Value.data = text", lambda: setattr(x, "data", "a"), TypeError, NO_NUMBER + "str 'a'"),
    ("Value.grad = None", lambda: setattr(x, "grad", None), TypeError, NO_NUMBER + "NoneType None"),
    ("Value.label = None", lambda: setattr(x, "label", None), TypeError, "expected a label as text, got NoneType None"),
    ("Value + text", lambda: x + "a", TypeError, NO_NUMBER + "str 'a'"),
    ("Value * text", lambda: x * "a", TypeError, NO_NUMBER + "str 'a'"),
    ("text * Value", lambda: "a" * x, TypeError, NO_NUMBER + "str 'a'"),
    ("bytes - Value", lambda: b"a" - x, TypeError, NO_NUMBER + "bytes b'a'"),
    ("Value - None", lambda: x - None, TypeError, NO_NUMBER + "NoneType None"),
    ("Value / complex", lambda: x / 1j, TypeError, NO_NUMBER + "complex 1j"),
    ("complex ** Value", lambda: 1j**x, TypeError, NO_NUMBER + "complex 1j"),
    (
        "Value + object",
        lambda: x + object(),
        TypeError,
        r"unsupported operand type\(s\) for \+: '(autograd\.engine\.)?Value' and 'object'",
    ),
    (
        "object + Value",
        lambda: object() + x,
        TypeError,
        r"unsupported operand type\(s\) for \+: 'object' and '(autograd\.engine\.)?Value'",
    ),
    (
        "Value + dict",
        lambda: x + {},
        TypeError,
        r"unsupported operand type\(s\) for \+: '(autograd\.engine\.)?Value' and 'dict'",
    ),
    ("Value < text", lambda: x < "a", TypeError, "'<' not supported between instances of 'float' and 'str'"),
    (
        "Value << 2",
        lambda: x << 2,
        TypeError,
        r"unsupported operand type\(s\) for <<: '(autograd\.engine\.)?Value' and 'int'",
    ),
    ("float(Value)", lambda: float(x), TypeError, LOST),
    ("int(Value)", lambda: int(x), TypeError, LOST),
    ("math.floor(Value)", lambda: math.floor(x), TypeError, LOST),
    ("'%.4f' % Value", lambda: "%.4f" % cast(Any, x), TypeError, LOST),  # noqa: UP031
    ("complex(Value)", lambda: complex(x), TypeError, LOST),
    ("math.exp(Value)", lambda: math.exp(x), TypeError, r"use v\.exp\(\) and the like"),
    ("math.sqrt(Value)", lambda: math.sqrt(x), TypeError, LOST),
    ("list[Value]", lambda: [1, 2][x], TypeError, LOST),
    ("range(Value)", lambda: range(x), TypeError, LOST),
    ("format(Value, 'd')", lambda: f"{x:d}", ValueError, "Unknown format code 'd' for object of type 'float'"),
    # functions and operations
    ("exp(text)", lambda: exp("a"), TypeError, NO_NUMBER + "str 'a'"),
    ("sigmoid(None)", lambda: sigmoid(None), TypeError, NO_NUMBER + "NoneType None"),
    ("relu(list)", lambda: relu([1.0]), TypeError, NO_NUMBER + r"list \[1.0\]"),
    ("log(complex)", lambda: log(1j), TypeError, NO_NUMBER + "complex 1j"),
    ("exp()", lambda: exp(), TypeError, r"exp takes 1 input\(s\), got 0"),
    ("exp(x, x)", lambda: exp(x, x), TypeError, r"exp takes 1 input\(s\), got 2"),
    ("Op without", lambda: Op("f", "f", abs), TypeError, "takes its partials as a tuple of functions"),
    ("Op partials", lambda: Op("f", "f", abs, [abs]), TypeError, r"Op 'f' takes its partials as a tuple"),
    # Graph
    ("Graph(None)", lambda: Graph(None), TypeError, "made from its root, a Value, got NoneType None"),
    ("Graph(number)", lambda: Graph(3.0), TypeError, "made from its root, a Value, got float 3.0"),
    ("Graph(list)", lambda: Graph([x]), TypeError, r"made from its root, a Value, got list \["),
    # transforms
    ("grad of text", lambda: grad(lambda x: x)("a"), TypeError, NO_NUMBER + "str 'a'"),
    ("grad of a list", lambda: grad(lambda x: [x])(1.0), TypeError, "one number; this one returned list"),
    ("grad of nothing", lambda: grad(lambda x: None)(1.0), TypeError, "one number; this one returned NoneType None"),
    ("value_and_grad", lambda: value_and_grad(lambda x: "a")(1.0), TypeError, "this one returned str 'a'"),
    ("hessian of a list", lambda: hessian(lambda x: [x])(1.0), TypeError, "one number; this one returned list"),
    ("jvp tangents", lambda: jvp(lambda x: x, (1.0,), (1.0, 2.0)), ValueError, r"1 in all, got 2: \(1.0, 2.0\)"),
    ("jvp of text", lambda: jvp(lambda x: x, ("a",), (1.0,)), TypeError, NO_NUMBER + "str 'a'"),
    ("vjp cotangents", lambda: vjp(lambda x: x, 1.0)[1]([1.0, 2.0]), ValueError, r"1 in all, got 2: \[1.0, 2.0\]"),
    ("hvp tangents", lambda: hvp(lambda x: x, (1.0,), ()), ValueError, r"1 in all, got 0: \(\)"),
    # testing
    (
        "gradcheck(f, 1.0)",
        lambda: gradcheck(abs, 1.0),
        TypeError,
        r"a sequence of numbers, got float 1.0; for one write \(x,\)",
    ),
    ("gradcheck(f, text)", lambda: gradcheck(abs, ["a"]), TypeError, NO_NUMBER + "str 'a'"),
    ("gradcheck of a list", lambda: gradcheck(lambda x: [x], [1.0]), TypeError, r"returns one number, got \[Value"),
    ("gradgradcheck", lambda: gradgradcheck(lambda x: "a", [1.0]), TypeError, "returns one number, got 'a'"),
    ("hand, unknown", lambda: assert_same_gradients(lambda x: x, lambda x: {"z": 1}), ValueError, r"no values \['z'\]"),
    ("expressions", lambda: expressions(["sin"]), TypeError, r"operations are Ops like autograd\.sin.*got \['sin'\]"),
    # programs and pictures
    ("compile(number)", lambda: autograd.compile(3.0), TypeError, "a Value, got float 3.0"),
    ("compile inputs", lambda: autograd.compile(y, [1.0]), TypeError, "the inputs of a program are leaves.*got 1.0"),
    (
        "compile wrt",
        lambda: autograd.compile(y, [x], [y]),
        ValueError,
        r"Value\(data=2.0, grad=0.0\) is not one of them",
    ),
    ("to_torch(number)", lambda: to_torch(3.0), TypeError, "a Value, got float 3.0"),
    ("draw_dot(number)", lambda: draw_dot(3.0), TypeError, "a Value, got float 3.0"),
    ("draw_dot rankdir", lambda: draw_dot(y, rankdir="XX"), ValueError, "unknown rankdir 'XX': choose one of LR, TB"),
    ("draw_dot depth", lambda: draw_dot(y, depth="3"), TypeError, "depth is a whole number, got str '3'"),
    ("draw_dot format", lambda: draw_dot(y, format="nope"), ValueError, "unknown format: 'nope'"),
    ("write_stepper", lambda: write_stepper(3.0, "x.html"), TypeError, "a Value, got float 3.0"),
    # nn
    ("MLP nin", lambda: nn.MLP(0, [1]), ValueError, "at least 1 input, got nin=0"),
    ("MLP nin text", lambda: nn.MLP("2", [1]), ValueError, "at least 1 input, got nin='2'"),
    ("MLP nin float", lambda: nn.MLP(2.0, [1]), ValueError, "at least 1 input, got nin=2.0"),
    ("MLP nouts", lambda: nn.MLP(1, []), ValueError, r"at least 1 layer, got nouts=\[\]"),
    ("MLP nouts int", lambda: nn.MLP(1, 3), ValueError, "at least 1 layer, got nouts=3"),
    ("MLP nout", lambda: nn.MLP(1, [0]), ValueError, "at least 1 neuron, got nout=0"),
    (
        "MLP output",
        lambda: nn.MLP(1, [1], output="elu"),
        ValueError,
        "unknown nonlinearity 'elu'; there are linear, relu",
    ),
    ("network(number)", lambda: net(3.0), TypeError, r"a sequence of inputs, got float 3.0; wrap it as \[x\]"),
    ("network([one])", lambda: net([1.0]), ValueError, r"takes 2 input\(s\), got 1"),
    ("network(text)", lambda: net(["a", "b"]), TypeError, NO_NUMBER + "str 'a'"),
    ("loss lengths", lambda: nn.mean_squared_error([v, x], [1.0]), ValueError, "a target for each output, got 2 and 1"),
    ("loss of nothing", lambda: nn.mean_squared_error([], []), ValueError, "a target for each output, got 0 and 0"),
    ("loss target text", lambda: nn.mean_squared_error([v], "yes"), TypeError, NO_NUMBER + "str 'yes'"),
    ("v * list", lambda: v * [1.0], TypeError, r"for a list, write \[v \* x for x in xs\]"),
    ("loss target", lambda: nn.half_squared_error(v, "a"), TypeError, NO_NUMBER + "str 'a'"),
    ("cross-entropy", lambda: nn.binary_cross_entropy(Value(0.5), None), TypeError, NO_NUMBER + "NoneType None"),
    ("no probability", lambda: nn.binary_cross_entropy(Value(1.5), 1), ValueError, "1, got.*=1.5, .*: let.* sigmoid"),
    ("none of two", lambda: nn.binary_cross_entropy([Value(0.5), -0.5], [1, 0]), ValueError, "got an output of -0.5"),
    ("hinge target", lambda: nn.hinge(v, "a"), TypeError, NO_NUMBER + "str 'a'"),
    ("softmax class", lambda: nn.softmax_cross_entropy([v, x], 2), ValueError, "one of 2 classes, got 2"),
    ("softmax class 3", lambda: nn.softmax_cross_entropy([v, x], 3), ValueError, "one of 2 classes, got 3"),
    ("softmax class 1.5", lambda: nn.softmax_cross_entropy([v, x], 1.5), ValueError, "one of 2 classes, got 1.5"),
    ("softmax Value", lambda: nn.softmax_cross_entropy(v, 0), TypeError, "a list of logits is wanted.*got Value"),
    ("deltas, loss", lambda: deltas.one_one_one(0, 0, loss="absolute"), ValueError, "unknown loss 'absolute'"),
    ("SGD of a network", lambda: nn.SGD(net, 0.1), TypeError, r"Values, as network.parameters\(\) gives.*got MLP"),
    ("SGD of numbers", lambda: nn.SGD([1.0], 0.1), TypeError, "an optimizer takes Values.*got float"),
    ("SGD of nothing", lambda: nn.SGD([], 0.1), ValueError, "at least one parameter, got none"),
    ("SGD lr", lambda: nn.SGD(parameters, "a"), TypeError, NO_NUMBER + "str 'a'"),
    ("load nothing", lambda: net.load_state_dict({}), KeyError, "the state is not of this network: missing"),
    ("load None", lambda: net.load_state_dict(None), TypeError, "a state is a dict of numbers by path, got NoneType"),
    (
        "load, one text",
        lambda: net.load_state_dict(net.state_dict() | {"layers.1.neurons.0.b": "a"}),
        TypeError,
        NO_NUMBER + "str 'a'",
    ),
    (
        "fit nothing",
        lambda: nn.fit(net, [], nn.hinge, sgd, 1),
        ValueError,
        r"training takes len\(data\) of at least 1, got 0",
    ),
    (
        "fit no pairs",
        lambda: nn.fit(net, [1], nn.hinge, sgd, 1),
        TypeError,
        "pairs of an input and its target.*got int 1",
    ),
    ("fit epochs", lambda: nn.fit(net, [([1, 2], 1)], nn.hinge, sgd, 0), ValueError, "epochs of at least 1, got 0"),
]


def state() -> list[Any]:
    """All that bad input must leave alone."""
    return [repr(x), repr(v), repr(y), y.local_grads, net.state_dict(), [p.grad for p in parameters]]


@pytest.fixture(autouse=True)
def nothing_is_left_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    before = state()
    yield
    assert state() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("action", "error", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_input_is_an_error_that_says_what_came_and_what_was_wanted(
    action: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        action()
    assert caught.type is error


class Celsius:
    def __float__(self) -> float:
        return 36.6


class Index:
    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("given", "data"),
    [
        (3, 3.0),
        (True, 1.0),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 3), 1 / 3),
        (Celsius(), 36.6),
        (Index(), 7.0),
        (2**60 + 1, 2.0**60),
    ],
    ids=str,
)
def test_anything_that_turns_into_a_float_is_a_number(given: Any, data: float) -> None:
    assert (Value(given).data, type(Value(given).data)) == (data, float)
    assert (Value(1.0) * given).data == data
    assert (given * Value(1.0)).data == data
    assert autograd.softplus(given) == autograd.softplus(data)


def test_what_knows_what_to_do_with_a_value_is_asked() -> None:
    class Vector:
        def __radd__(self, other: Value) -> str:
            return f"asked with {other.data}"

    assert x + Vector() == "asked with 1.0"
