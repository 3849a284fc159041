"""What `check_engine` says of engines that are right, and of the mistakes that first engines have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis.strategies import just

from autograd import Value, ops
from autograd.testing import check_engine
from autograd.testing.strategies import Expression, expressions

ALL = expressions([ops.add, ops.multiply, ops.subtract])


class Number:
    """A first engine, with as many mistakes as its subclasses plant."""

    def __init__(self, data: Any, parents: Sequence[Any] = (), local_grads: Sequence[float] = ()) -> None:
        self.data, self.parents, self.local_grads, self.grad = data, parents, local_grads, 0.0

    def make(self, x: Any, y: Any, data: Any, dx: float, dy: float) -> Any:
        return type(self)(data, (x, y), (dx, dy))

    def number(self, x: Any) -> Any:
        return x if isinstance(x, Number) else type(self)(x)

    def __add__(self, other: Any) -> Any:
        other = self.number(other)
        return self.make(self, other, self.data + other.data, *self.of_sum(self.data, other.data))

    def __mul__(self, other: Any) -> Any:
        other = self.number(other)
        return self.make(self, other, self.data * other.data, *self.of_product(self.data, other.data))

    def __sub__(self, other: Any) -> Any:
        other = self.number(other)
        return self.make(self, other, self.data - other.data, 1.0, self.of_subtrahend)

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __rsub__(self, other: Any) -> Any:
        return self.number(other) - self

    of_subtrahend = -1.0

    def of_sum(self, x: float, y: float) -> tuple[float, float]:
        return 1.0, 1.0

    def of_product(self, x: float, y: float) -> tuple[float, float]:
        return y, x

    def receive(self, contribution: float) -> None:
        self.grad += contribution

    def propagate(self) -> None:
        for parent, local_grad in zip(self.parents, self.local_grads, strict=True):
            parent.receive(local_grad * self.grad)

    def order(self) -> list[Any]:
        done: list[Any] = []

        def visit(node: Any) -> None:
            if node not in done:
                for parent in node.parents:
                    visit(parent)
                done.append(node)

        visit(self)
        return done[::-1]

    def backward(self) -> None:
        self.grad = 1.0
        for node in self.order():
            node.propagate()


def message(number: Callable[[float], Any], **options: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        check_engine(number, ALL, examples=80, **options)
    return str(caught.value)


def test_an_engine_that_is_right_passes() -> None:
    check_engine(Number, ALL)


class WithQuotients(Number):
    """Each rule as it is written on paper."""

    def __truediv__(self, other: Any) -> Any:
        other = self.number(other)
        x, y = self.data, other.data
        return self.make(self, other, x / y, 1 / y, -x / y**2)

    def __rtruediv__(self, other: Any) -> Any:
        return self.number(other) / self

    def sigmoid(self) -> Any:
        s = 1 / (1 + math.exp(-self.data))
        return type(self)(s, (self,), (s * (1 - s),))


@pytest.mark.slow
def test_an_engine_that_divides_by_a_square_passes() -> None:
    check_engine(WithQuotients, expressions([ops.multiply, ops.divide]), examples=1000)
    check_engine(WithQuotients, expressions([ops.add, ops.subtract, ops.multiply, ops.divide]), examples=1000)


def test_a_sigmoid_whose_exponential_spills_over_is_told_another_way_to_write_it() -> None:
    with pytest.raises(AssertionError, match=r"raised OverflowError: (?s:.*)for z < 0, σ\(z\) is exp\(z\) / "):
        check_engine(WithQuotients, just(Expression(lambda x: (100 * x).sigmoid(), (-8.0,))))


def test_this_engine_passes() -> None:
    check_engine(Value, expressions())


def test_where_nothing_is_finite_nothing_is_said() -> None:
    check_engine(Value, expressions([ops.exp, ops.multiply, ops.divide], max_operations=12))


def test_its_numbers_are_held_to_what_python_computes() -> None:
    class Off(Number):
        def make(self, x: Any, y: Any, data: Any, dx: float, dy: float) -> Any:
            return super().make(x, y, data + 1, dx, dy)

    for options in ({}, {"gradients": None}):
        assert message(Off, **options).startswith("f is 1.0 by your engine and 0.0 is right, for f = ")
    check_engine(Number, ALL, gradients=None)


def walk(order: Callable[[Any], list[Any]]) -> Any:
    return type("Walk", (Number,), {"order": order})


def reached(root: Any, last: bool, left: bool, again: bool) -> list[Any]:
    waiting, found = [root], []
    while waiting:
        node = waiting.pop(-1 if last else 0)
        if again or node not in found:
            found.append(node)
            waiting += node.parents if left else node.parents[::-1]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("again", [True, False])
def test_a_walk_that_does_not_wait_is_named(last: bool, again: bool) -> None:
    for left in (True, False) if last else (True,):
        text = message(walk(lambda root, left=left: reached(root, last, left, again)))  # type: ignore[misc]
        assert ("each time that it is reached" if again else "before all that was made from it") in text


@pytest.mark.slow
def test_a_gradient_that_is_replaced_and_not_added_to_is_named() -> None:
    class Replaces(Number):
        def receive(self, contribution: float) -> None:
            self.grad = contribution

    for left in (True, False):
        in_line = type("InLine", (Replaces,), {"order": lambda root, left=left: reached(root, True, left, True)})
        assert "should be added to it, by +=" in message(in_line)
    in_breadth = type("InBreadth", (Replaces,), {"order": lambda root: reached(root, False, True, True)})
    assert "should be added to it, by +=" in message(in_breadth)
    text = message(Replaces)
    assert "x + x at x = 0.0" in text
    assert "should be added to it, by +=" in text


def test_a_recursion_that_hands_on_all_that_it_has_is_named() -> None:
    class Recursive(Number):
        def backward(self, grad: float = 1.0) -> None:
            self.grad += grad
            for parent, local_grad in zip(self.parents, self.local_grads, strict=True):
                parent.backward(local_grad * self.grad)

    assert "each time that it is reached" in message(Recursive)


def test_a_walk_by_the_first_parents_alone_is_named() -> None:
    def first(root: Any) -> list[Any]:
        return [root, *(first(root.parents[0]) if root.parents else [])]

    with pytest.raises(AssertionError, match="only the first has its turn"):
        check_engine(walk(first), expressions([ops.add, ops.multiply]))


def test_an_output_whose_gradient_is_not_1_is_named() -> None:
    class Itself(Number):
        def backward(self) -> None:
            self.grad = self.data
            for node in self.order():
                node.propagate()

    assert "it should be 1" in message(Itself)


def test_a_walk_from_the_leaves_is_named() -> None:
    assert "the output alone propagates" in message(walk(lambda root: Number.order(root)[::-1]))


def test_an_output_without_a_gradient_of_its_own_is_named() -> None:
    class Unseeded(Number):
        def backward(self) -> None:
            for node in self.order():
                node.propagate()

    assert "the output's own gradient should be 1" in message(Unseeded)


@pytest.mark.slow
def test_local_derivatives_that_are_wrong_are_named() -> None:
    class Swapped(Number):
        def of_product(self, x: float, y: float) -> tuple[float, float]:
            return x, y

    class Ones(Number):
        def of_product(self, x: float, y: float) -> tuple[float, float]:
            return 1.0, 1.0

    class Plus(Number):
        of_subtrahend = 1.0

    class Sum(Number):
        def of_sum(self, x: float, y: float) -> tuple[float, float]:
            return y, x

    class SwappedSum(Number):
        def of_sum(self, x: float, y: float) -> tuple[float, float]:
            return x, y

    assert "x + y are those of x · y" in message(Sum)
    assert "x + y are x and y, and should be 1" in message(SwappedSum)
    assert "have changed places" in message(Swapped)
    assert "taken to be 1, as those of x + y are" in message(Ones)
    assert "should be −1" in message(Plus)


def test_an_upstream_gradient_that_is_left_out_is_named() -> None:
    class Local(Number):
        def propagate(self) -> None:
            for parent, local_grad in zip(self.parents, self.local_grads, strict=True):
                parent.receive(local_grad)

    assert "should multiply it by its own gradient" in message(Local)


def test_an_engine_that_goes_on_for_ever_is_stopped() -> None:
    class Endless(Number):
        def backward(self) -> None:
            waiting = [self]
            while waiting:
                waiting.pop().propagate()
                waiting += self.parents or [self]

    assert "does not come to an end" in message(Endless)
    assert "something waits that has had its turn" in message(Endless)


def test_a_mistake_that_nobody_knows_gets_no_reason() -> None:
    class Odd(Number):
        def receive(self, contribution: float) -> None:
            self.grad += contribution * 1.5

    assert "this is what comes out" not in message(Odd)


@pytest.mark.slow
def test_an_error_in_the_engine_is_told_with_its_line_and_not_with_ours() -> None:
    class OneSided(Number):
        def __rmul__(self, other: Any) -> Any:
            return NotImplemented

    class Plain(Number):
        def __add__(self, other: Any) -> Any:
            return self.make(self, other, self.data + other.data, 1.0, 1.0)

    class Itself(Number):
        def __add__(self, other: Any) -> Any:
            return type(self)(self + other)

    class Endless(Number):
        def order(self) -> list[Any]:
            return self.order()

    class Forgets(Number):
        def order(self) -> Any:
            return None

    class Unwrapped(Number):
        def number(self, x: Any) -> Any:
            return None

    text = message(OneSided)
    assert "your engine raised TypeError" in text
    assert "__radd__ or __rmul__" in text
    text = message(Plain)
    assert "in __add__, line " in text
    assert "make a number of yours from it first" in text
    assert "it calls itself, for ever" in message(Endless)
    assert "__add__ calls itself, for ever" in message(Itself)
    assert "your engine raised TypeError" in message(Forgets)
    assert "is there a return?" in message(Forgets)
    assert "a method returns what it makes: is there a return?" in message(Unwrapped)
    assert "engines.py" not in text


def test_an_error_in_a_file_that_is_nowhere_is_told_without_its_line() -> None:
    scope: dict[str, Any] = {"Number": Number}
    exec("class Nowhere(Number):\n    def propagate(self):\n        raise ValueError('no')", scope)
    assert "in propagate, line 3" in message(scope["Nowhere"]).splitlines()[-1]


def test_a_blank_that_is_left_is_told_so() -> None:
    class Blank(Number):
        def make(self, x: Any, y: Any, data: Any, dx: float, dy: float) -> Any:
            return super().make(x, y, ..., dx, dy)

    class NoGrad(Number):
        def backward(self) -> None:
            for node in self.order():
                node.grad = ...

    class Adds(Number):
        def receive(self, contribution: float) -> None:
            self.grad += ...  # type: ignore[operator]

    for engine in (Blank, NoGrad, Adds):
        assert "fill in the blank" in message(engine)


def test_what_is_no_number_is_told_so() -> None:
    class Nothing(Number):
        def make(self, x: Any, y: Any, data: Any, dx: float, dy: float) -> Any:
            return None

    class Float(Number):
        def make(self, x: Any, y: Any, data: Any, dx: float, dy: float) -> Any:
            return data

    class Text(Number):
        def backward(self) -> None:
            for node in self.order():
                node.grad = "1"

    assert "your engine computes None" in message(Nothing)
    assert "is there a return?" in message(Nothing)

    class Whole(Number):
        def backward(self) -> None:
            for node in self.order():
                node.grad = Number(1.0)

    assert "a float is wanted: take its data" in message(Whole)
    assert "the gradient of x is str '1'" in message(Text)
    assert "your engine computes float 0.0" in message(Float)
    assert "make a number of yours from it" in message(Float)


@pytest.mark.slow
def test_many_inputs_and_long_expressions_are_named_too() -> None:
    class Unseeded(Number):
        def backward(self) -> None:
            pass

    with pytest.raises(AssertionError, match="∂f/∂x"):
        check_engine(Unseeded, expressions([ops.add], max_inputs=5))
    many = expressions([ops.add], max_inputs=9, max_operations=9).filter(lambda e: len(e.point) > 3)
    with pytest.raises(AssertionError, match=r"∂f/∂x1 .* at x1 = 0.0, x2 = "):
        check_engine(Unseeded, many)
