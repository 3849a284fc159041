"""Values in NumPy's object arrays, in matrix notation, and beside NumPy's numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from autograd import Value, ops

np = pytest.importorskip("numpy", reason="Values in object arrays")


def values(*data: float) -> Any:
    return np.array([Value(x) for x in data])


def data(array: Any) -> Any:
    return np.vectorize(lambda value: value.data, otypes=[float])(array)


def grad(array: Any) -> Any:
    return np.vectorize(lambda value: value.grad, otypes=[float])(array)


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "int64", "int8", "uint32", "bool_"])
def test_a_numpy_number_is_a_number_on_either_side(kind: str) -> None:
    n: Any = getattr(np, kind)(1)
    computations: list[Callable[[Value], Any]] = [
        lambda v: n * v,
        lambda v: v * n,
        lambda v: n + v - n,
        lambda v: n - v + 2 * v - n,
        lambda v: v / n,
        lambda v: v**n,
        lambda v: n / v * v * v,
    ]
    for compute in computations:
        v = Value(3.0)
        result = compute(v)
        assert type(result) is Value
        result.backward()
        assert (result.data, v.grad) == (3.0, 1.0)
    assert (n ** Value(3.0)).data == 1.0
    assert Value(n).data == 1.0
    assert type(Value(n).data) is float


@pytest.mark.parametrize(
    "x", [3, 3.5, True, Fraction(1, 4), Decimal("0.5"), "3", b"3", 3 + 0j, None, [], {}, np.float32(2), np.int8(-1)]
)
def test_an_array_without_axes_is_a_number_where_what_is_in_it_is_one(x: Any) -> None:
    arrays = [np.array(x)] if not isinstance(x, list) else []
    arrays.append(np.empty((), object))
    arrays[-1][()] = x
    for array in arrays:
        try:
            number = Value(x).data
        except TypeError:
            with pytest.raises(TypeError, match="expected a real number, got ndarray"):
                Value(array)
            with pytest.raises(TypeError):
                ops.exp(array)
        else:
            assert Value(array).data == number
            assert (Value(0.0) + Value(array)).data == number


@pytest.mark.parametrize("x", [np.datetime64(3, "s"), np.timedelta64(3, "ns"), np.array([1.0]), np.array("3", "T")])
def test_text_times_and_arrays_with_axes_are_no_numbers(x: Any) -> None:
    in_a_box = np.empty((), object)
    in_a_box[()] = x
    nested = np.empty((), object)
    nested[()] = nested
    for thing in (x, in_a_box, nested):
        with pytest.raises(TypeError, match="expected a real number"):
            Value(thing)


def test_a_complex_tensor_is_no_number_and_a_real_one_is() -> None:
    torch = pytest.importorskip("torch", reason="tensors")
    assert Value(torch.tensor(2.0)).data == 2.0
    with pytest.raises(TypeError, match="expected a real number, got Tensor"):
        Value(torch.tensor(2 + 0j))


def test_comparisons_with_numpy_numbers_are_those_of_the_data() -> None:
    v, two = Value(3.0), np.float64(2)
    assert two < v
    assert v > two
    assert not v <= two
    assert (values(1.0, 3.0) < np.float64(2)).tolist() == [True, False]


def test_a_value_times_an_array_is_an_array_of_values() -> None:
    v = Value(2.0)
    array = np.array([1.0, -3.0])
    for product in (v * array, array * v):
        assert product.shape == (2,)
        assert data(product).tolist() == [2.0, -6.0]
    (v * array + array / v).sum().backward()
    assert v.grad == -2.0 - (-2.0) / 4


def test_a_matrix_product_has_the_gradients_of_matrix_calculus() -> None:
    x, w = np.array([[1.0, -2.0, 0.5]]), values(1, 2, 3, 4, 5, 6).reshape(3, 2)
    y = x @ w
    assert data(y).tolist() == [[-2.5, -3.0]]
    y.sum().backward()
    assert grad(w).tolist() == [[1.0, 1.0], [-2.0, -2.0], [0.5, 0.5]]
    assert data(np.einsum("ij,jk->ik", x, w)).tolist() == [[-2.5, -3.0]]


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tan", "tanh"])
def test_a_numpy_function_of_an_array_of_values_records_the_operation(name: str) -> None:
    array = values(0.25, 0.5)
    result = getattr(np, name)(array)
    assert [v.op.name for v in result] == [name, name]
    assert getattr(np, name)(array[0]).op.name == name


def test_the_usual_reductions_work() -> None:
    array = values(1.0, -2.0, 4.0)
    assert (array.sum().data, array.mean().data, array.prod().data) == (3.0, 1.0, -8.0)
    assert (array.max().data, array.min().data, array.argmax()) == (4.0, -2.0, 2)
    assert data(np.abs(array)).tolist() == [1.0, 2.0, 4.0]
    assert data(np.maximum(array, 0)[:1]).tolist() == [1.0]
    assert data(np.square(array)).tolist() == [1.0, 4.0, 16.0]
    assert (array @ array).data == 21.0


def test_an_array_of_values_does_not_turn_into_an_array_of_floats_by_itself() -> None:
    with pytest.raises(TypeError, match="its gradient would be lost"):
        np.array([Value(1.0)], dtype=float)
    with pytest.raises(TypeError, match="its gradient would be lost"):
        np.zeros(1)[:] = Value(1.0)


def test_numpys_numbers_are_gradients_to_start_from_and_its_truth_values_are_not() -> None:
    v = Value(3.0)
    (2 * v).backward(np.float32(0.5))
    (2 * v).backward(np.int64(2))
    assert v.grad == 1.0 + 4.0
    with pytest.raises(TypeError, match="a number, as in"):
        v.backward(np.bool_(True))


def test_an_array_is_no_number() -> None:
    with pytest.raises(TypeError, match="expected a real number, got ndarray"):
        Value(np.array([1.0]))
    assert Value(np.array(2.0)).data == 2.0


def test_the_first_documents_code_runs_on_arrays_of_values() -> None:
    # Its lines as they stand, with 1/(1 + exp(−x)) for scipy's expit, and Values for weights.
    def sigmoid(x: Any) -> Any:
        return 1 / (1 + np.exp(-x))

    x = np.array([[1.0]])
    y_true = np.array([[0.0]])
    w1 = values(0.5, -0.5).reshape(1, 2)
    w2 = values(0.3, -0.3).reshape(2, 1)
    z1 = x @ w1
    a1 = sigmoid(z1)
    z2 = a1 @ w2
    y_pred = sigmoid(z2)
    loss = 0.5 * (y_pred - y_true) ** 2

    loss.item().backward()
    # The figures in 30-digit arithmetic, rounded; each is a handful of roundings from there.
    assert loss.item().data == pytest.approx(0.13434887664395717, rel=1e-15)
    assert grad(w1).ravel() == pytest.approx([0.00912393080327576, -0.00912393080327576], rel=2e-15)
    assert grad(w2).ravel() == pytest.approx([0.08055583197010868, 0.04885958190853007], rel=2e-15)


def test_the_second_documents_code_runs_on_values() -> None:
    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    x, y_true = 0.5, 1
    W1, b1, W2, b2 = (Value(v) for v in (0.4, 0.3, 0.7, 0.2))
    z1 = W1 * x + b1
    a1 = sigmoid(z1)
    z2 = W2 * a1 + b2
    a2 = sigmoid(z2)
    loss = 0.5 * (y_true - a2) ** 2

    loss.backward()
    assert f"Forward pass -> a2: {a2:.6f}, Loss: {loss:.6f}" == "Forward pass -> a2: 0.653786, Loss: 0.059932"
    assert [W1.grad, b1.grad, W2.grad, b2.grad] == pytest.approx(
        [-0.006445672678900978, -0.012891345357801957, -0.04877940093878772, -0.07836560317057768], rel=2e-15
    )
