"""check_backward accepts right backward passes of NumPy code as one writes it, and explains wrong ones."""

from __future__ import annotations

import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="backward passes for arrays")

from autograd.testing import Exercise, _submission, array_slips, check_backward, diagnosis, grade  # noqa: E402
from autograd.testing.arrays import CannotFollowError, Trace, run  # noqa: E402

LABELS: Any = lambda n, k: st.lists(st.integers(0, k - 1), min_size=n, max_size=n).map(np.array)  # noqa: E731


def rejected(*arguments: Any, **named: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        check_backward(*arguments, **named)
    return str(caught.value)


# NumPy code that is followed: its gradients are those of differences.

X, V, INDICES = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.25]]), np.array([0.3, -0.7, 1.1]), np.array([0, 2, 0])


def assigned(x: Any) -> Any:
    out = np.zeros_like(x)
    for i in range(len(x)):
        out[i, 1:] = x[i, 1:] * x[i, :1]
    out[0] += 2 * x[1]
    out[1, 2] = 3.0
    return out


def added(x: Any) -> Any:
    out = np.ones_like(x)
    np.add.at(out, (np.array([1, 1]), INDICES[:2]), x[:, 0])
    out -= x / 3
    return out


def filled(x: Any) -> Any:
    out = np.empty_like(x)
    out.fill(2.0)
    np.multiply(x[0], x[1], out=out)
    total = np.zeros_like(x[0])
    np.add.reduce(x, out=total)
    return total * out + np.exp(x, where=x > 0, out=np.ones_like(x))


def expit(x: Any) -> Any:
    special = pytest.importorskip("scipy.special")
    return special.expit(x) + special.xlogy(x, 2.0 + x * x)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "matrix products": lambda x: x @ x.T @ x + np.dot(x, V)[:, None] - x.T[0][:, None],
    "vectors": lambda x: np.outer(x[0], x[1]) + np.inner(x[0], x[1]) + x[0].dot(V) + V @ x.T @ np.ones(2) - (x @ V)[0],
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x) + np.einsum("ij,j->i", x, V)[0],
    "elementwise": lambda x: np.exp(x) - np.log(x * x + 1) + np.tanh(x) * np.sin(x) / np.cos(x / 4) + np.sqrt(np.abs(x)),
    "powers": lambda x: x**2 + x**3 - 2.0**x + np.square(x) + np.reciprocal(x) + np.power(np.abs(x), 1.5),
    "logarithms": lambda x: np.log1p(x * x) + np.expm1(x) + np.log2(np.abs(x)) + np.log10(x * x) + np.logaddexp(x, 0.3),
    "hyperbolic": lambda x: np.sinh(x) + np.cosh(x) + np.exp2(x) - np.negative(x) + +x,
    "maximum in log": lambda x: np.log(np.maximum(x, 0.1)) + np.minimum(x, V) + np.fmax(x, -x),
    "clip": lambda x: np.clip(x, -1, 1) * x + x.clip(0.1, 0.6),
    "where": lambda x: np.where(x > 0, x, 0.01 * x) + np.where(x > 1, 1.0, x**2),
    "masks": lambda x: x * (x > 0) + x[x > 0].sum() + (x >= 0.6).mean() * x,
    "sums": lambda x: x.sum(axis=0) + np.sum(x) + x.sum(axis=1, keepdims=True) + np.mean(x, axis=0),
    "variances": lambda x: np.var(x, axis=0) + x.std(axis=1, keepdims=True) + np.var(x, ddof=1) + x.mean(1, keepdims=True),
    "norms": lambda x: np.linalg.norm(x, axis=1) + np.linalg.norm(x),
    "extremes": lambda x: x.max(axis=0) - np.min(x, axis=1, keepdims=True) + x[np.arange(2), x.argmax(axis=1)][:, None],
    "shapes": lambda x: x.reshape(3, 2) @ x + x.ravel()[:3] + np.transpose(x).reshape(-1)[3:] + x.flatten()[::2],
    "joined": lambda x: np.concatenate([x, 2 * x])[1:3] + np.stack([x[0], x[1] ** 2]) + np.vstack([x[1], V]) * np.hstack([x, x])[:, 1:4],
    "more axes": lambda x: (x[:, None, :] * x[None]).sum(axis=2) @ x + np.squeeze(x[None], 0) + np.expand_dims(x, 0)[0],
    "broadcast": lambda x: np.broadcast_to(x[0], (2, 3)) * x + np.tile(V, (2, 1)) * x + np.repeat(x[:1], 2, axis=0),
    "indices": lambda x: x[:, INDICES] + x[[1, 0]] * x[..., ::-1] + np.take(x, [2, 1, 0], axis=1) + x[-1],
    "assigned": assigned,
    "added": added,
    "filled": filled,
    "conditions": lambda x: (x if x.sum() else -x) ** 2 + np.where(x, 1.0, 0.0) + x[np.where(x)][:3] + np.where(x > 0)[0][:3],
    "of no numbers": lambda x: x[:, :0].sum(axis=1)[:, None] + x[:0].sum() + x,
    "on the way": lambda x: np.asarray(x) * x + np.atleast_1d(x.sum()) + x.flat[2] + sum(x.flat) + np.ones(3, x.dtype),
    "averages": lambda x: np.average(x) + np.average(x, 0, X * X) + np.average(x, 1, V)[:, None],
    "moved": lambda x: np.roll(x, 1, axis=1) + np.flip(x, 0) * x + np.cumsum(x, axis=1) + np.diff(x, axis=0) + np.swapaxes(x, 0, 1).T,
    "sorted": lambda x: np.sort(x, axis=1) * V + np.average(x, axis=1, weights=[1, 2, 3])[:, None] + np.tril(x) + np.pad(x, 1)[1:3, 1:4],
    "split": lambda x: np.split(x, 2)[0] * np.split(x, [1])[1] + np.trace(x @ x.T) + np.prod(x[:, :2]),
    "rows": lambda x: sum(row**2 for row in x) + len(x) * x[0] + float(x.shape[0]) * x.size * x.ndim,
    "reduced": lambda x: np.add.reduce(x, axis=0) + np.maximum.reduce(x) + np.multiply.outer(x[:, 0], V)[0],
    "written": lambda x: np.multiply(x, 2, out=np.zeros_like(x)) + np.full_like(x, 2.0) * x + np.ones_like(x, dtype=int),
    "methods": lambda x: x.copy().astype(float) + x.item(2) + x[0, 1].item() * x.swapaxes(0, 1).T + x.mT.T + x.diagonal().sum(),
    "SciPy's": expit,
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numpy_code_on_arrays_of_values_has_its_numbers_and_its_slopes(name: str) -> None:
    function = FUNCTIONS[name]
    weights = np.cos(np.arange(np.size(function(X)))).reshape(np.shape(function(X)))
    trace = Trace()
    x = trace.input("x", X)
    values = x.values
    y = run(function, [x], {})
    np.testing.assert_allclose(y.node.value, function(X), rtol=1e-12)
    np.sum(y.values * weights).backward()
    found = np.array([v.grad for v in values.flat]).reshape(X.shape)
    for place in np.ndindex(*X.shape):
        ahead, behind = X.copy(), X.copy()
        ahead[place] += 1e-5
        behind[place] -= 1e-5
        slope = ((function(ahead) - function(behind)) * weights).sum() / 2e-5
        assert found[place] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("function", "jacobian"),
    [
        (np.cosh, np.diag(np.sinh(X.ravel()))),
        (lambda x: x.T, np.eye(6)[[0, 3, 1, 4, 2, 5]]),
        (np.tril, np.diag(np.tril(np.ones((2, 3))).ravel())),
        (lambda x: x.sum(axis=0), np.hstack([np.eye(3), np.eye(3)])),
    ],
)
def test_a_node_knows_how_each_of_its_numbers_depends_on_each_that_went_in(function: Any, jacobian: Any) -> None:
    (found,) = function(Trace().input("x", X)).node.jacobians()
    np.testing.assert_allclose(found, jacobian, rtol=1e-14)


def test_the_larger_of_two_equal_numbers_is_undecided_but_for_that_of_x_and_0_which_is_0() -> None:
    for function, undecided in ((np.maximum, True), (np.fmin, True), (lambda x, y: np.maximum(x, 0) + y, False)):
        trace = Trace()
        x, y = trace.input("x", np.zeros(2)), trace.input("y", np.zeros(2))
        leaves = x.values
        function(x, y).sum().values.item().backward()
        assert trace.tie is undecided
        assert undecided or [leaf.grad for leaf in leaves] == [0.0, 0.0]


def test_an_array_of_values_prints_its_numbers_and_what_is_no_number_of_floats_is_plain() -> None:
    x = Trace().input("x", X)
    assert (repr(x), f"{x}", f"{x[0, 0]:.2f}") == (f"Array({X!r})", f"{X}", "0.50")
    assert type(x.astype(int)) is np.ndarray


@pytest.mark.filterwarnings("ignore:'where' used without 'out'")
@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: math.exp(x[0, 0]), r"float\(\), math's functions and assignment into an array of floats lose"),
        (lambda x: np.array(x, dtype=float), "an array of floats cannot hold it: .* make it by np.zeros_like"),
        (
            lambda x: np.add(x, 1, out=np.zeros((2, 3))),
            "writing a result into an array of floats: .* make it by np.zeros_like",
        ),
        (lambda x: np.exp(x, where=x > 0), "np.exp with where= and no out="),
        (lambda x: np.add(x, x, signature="dd->d"), "np.add with signature"),
        (lambda x: np.hypot.reduce(x), "np.hypot.reduce"),
        (lambda x: np.add.accumulate(x), "np.add.accumulate"),
        (lambda x: np.arctan(x), "np.arctan has no rule here"),
        (lambda x: np.linalg.norm(x, 1), "np.linalg.norm with ord=1"),
        (lambda x: x.tolist(), "an ndarray of floats has no 'tolist' that can be followed"),
    ],
)
def test_what_cannot_be_followed_is_named(function: Any, says: str) -> None:
    function(X.copy())  # NumPy does it
    with pytest.raises((CannotFollowError, AttributeError), match=says):
        function(Trace().input("x", X))


# What is right is accepted.


def loss(X: Any, y: Any, w: Any, b: Any) -> Any:
    return np.mean((np.tanh(X @ w + b) - y) ** 2)


def right(X: Any, y: Any, w: Any, b: Any) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) / len(y) * (1 - a * a)
    return {"w": X.T @ dz, "b": dz.sum(), "X": np.outer(dz, w), "y": -2 * (a - y) / len(y)}


SHAPES = {"X": ("n", "d"), "y": ("n",), "w": ("d",), "b": ()}


def test_a_right_backward_pass_is_accepted_in_every_layout_and_dtype_and_with_no_examples_at_all() -> None:
    check_backward(
        loss,
        right,
        SHAPES,
        layouts=("contiguous", "transposed", "strided"),
        dtypes=("float64", "float32"),
        sizes={"n": (0, 3)},
    )


def test_gradients_may_come_as_a_tuple_or_alone() -> None:
    check_backward(loss, lambda X, y, w, b: tuple(right(X, y, w, b)[name] for name in SHAPES), SHAPES)
    check_backward(loss, lambda X, y, w, b: right(X, y, w, b)["w"], SHAPES, wrt=["w"])
    check_backward(loss, lambda X, y, w, b: [right(X, y, w, b)[name] for name in ("w", "b")], SHAPES, ["w", "b"])


def test_axes_that_are_broadcast_are_tried() -> None:
    def summed(x: Any, y: Any, upstream: Any) -> Any:
        def to(g: Any, shape: Any) -> Any:
            return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)

        return {"x": to(upstream * y, x.shape), "y": to(upstream * x, y.shape)}

    shapes = {"x": ("n", "k"), "y": ("n", "k")}
    check_backward(lambda x, y: x * y, summed, shapes, broadcast=["y"])

    def plain(x: Any, y: Any, upstream: Any) -> Any:
        return {"x": upstream * y, "y": upstream * x}

    check_backward(lambda x, y: x * y, plain, shapes)
    assert "is not summed over the axis along which y" in rejected(lambda x, y: x * y, plain, shapes, broadcast=["y"])


def test_numbers_and_whole_arguments_are_drawn_as_one_says() -> None:
    def picked(P: Any, labels: Any) -> Any:
        return -np.mean(np.log(P[np.arange(len(labels)), labels]))

    def backward(P: Any, labels: Any) -> Any:
        assert (P > 0).all()
        dP = np.zeros_like(P)
        dP[np.arange(len(labels)), labels] = -1 / P[np.arange(len(labels)), labels] / len(labels)
        return dP

    check_backward(picked, backward, {"P": ("n", "k"), "labels": LABELS}, numbers={"P": st.floats(0.1, 1)})
    check_backward(lambda x, c: c * x**2, lambda x, c, up: 2 * c * x * up, {"x": (2,), "c": 3}, wrt=["x"])
    check_backward(np.sin, lambda x, up: np.cos(x) * up, {"x": st.just(np.array([0.5, 1.0]))})


def test_zeros_do_not_pass_for_small_gradients() -> None:
    tiny = rejected(lambda x: 1e-12 * np.sum(x**2), lambda x: np.zeros_like(x), {"x": ("n",)})
    assert "x: by hand it is 0 where it should not be" in tiny


def test_a_mistake_in_the_ninth_digit_is_seen_and_the_rounding_of_single_precision_is_not() -> None:
    def off(by: float) -> Any:
        return lambda x: 2 * x * (1 + by)

    check_backward(lambda x: np.sum(x**2), off(1e-15), {"x": ("n",)})
    rejected(lambda x: np.sum(x**2), off(1e-9), {"x": ("n",)})
    check_backward(lambda x: np.sum(x**2), off(1e-9), {"x": ("n",)}, dtypes=["float32"])


def test_saturation_is_no_slip() -> None:
    check_backward(
        lambda x: np.sum(np.tanh(x) ** 2),
        lambda x: 2 * np.tanh(x) / np.cosh(x) ** 2,
        {"x": ("n",)},
        numbers=st.floats(-12, 12, allow_subnormal=False),
    )


def test_ties_of_a_maximum_are_passed_over_and_relu_at_0_is_judged() -> None:
    corners = st.sampled_from([0.0, 1.0, -1.0])
    check_backward(np.max, lambda x: (x == x.max()) * 1.0, {"x": ("n",)}, numbers=st.floats(-1, 1))
    check_backward(lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0) * 1.0, {"x": ("n",)}, numbers=corners)
    text = rejected(lambda x: np.sum(np.maximum(x, 0)), lambda x: (x >= 0) * 1.0, {"x": ("n",)})
    assert "slope of 1 where x is 0" in text
    assert "0.0" in text


def cross_entropy(S: Any, labels: Any) -> Any:
    M = S - S.max(axis=1, keepdims=True)
    return -np.mean((M - np.log(np.exp(M).sum(axis=1, keepdims=True)))[np.arange(len(S)), labels])


def of_cross_entropy(S: Any, labels: Any) -> Any:
    P = np.exp(S - S.max(axis=1, keepdims=True))
    return (P / P.sum(axis=1, keepdims=True) - np.eye(S.shape[1])[labels]) / len(S)


@pytest.mark.slow
def test_a_tie_is_judged_where_the_gradient_is_the_same_whichever_is_taken() -> None:
    inputs = {"S": ("n", "k"), "labels": LABELS}

    def doubled(S: Any, labels: Any) -> Any:
        tied = (S.max(axis=1, keepdims=True) == S).sum(axis=1, keepdims=True) > 1
        return of_cross_entropy(S, labels) * np.where(tied, 2, 1)

    check_backward(cross_entropy, of_cross_entropy, inputs, ["S"])
    rejected(cross_entropy, doubled, inputs, ["S"])
    few = st.sampled_from([1.0, 2.0])
    both = {"x": ("n",), "y": ("n",)}
    rejected(lambda x, y: np.maximum(x, y) + np.minimum(x, y), lambda x, y, up: (up, up * (x != y)), both, numbers=few)
    check_backward(lambda x, y: np.sum(np.maximum(x, y) + np.maximum(y, x)), lambda x, y: (2.0 * (x >= y), 2.0 * (x < y)),
                   both, numbers=few)  # fmt: skip


@pytest.mark.slow
def test_a_mask_of_relu_that_is_left_out_is_one_reason_where_every_path_is_closed_too() -> None:
    def normal(A: Any) -> Any:
        return (A - A.mean(axis=1, keepdims=True)) / np.sqrt(A.var(axis=1, keepdims=True) + 1e-5)

    def forward(A: Any, g: Any, beta: Any, W: Any, labels: Any) -> Any:
        Z = g * normal(A) + beta
        H = np.maximum(Z, 0)
        return cross_entropy(H @ W, labels)

    def backward(A: Any, g: Any, beta: Any, W: Any, labels: Any) -> Any:
        N = normal(A)
        dZ = of_cross_entropy(np.maximum(g * N + beta, 0) @ W, labels) @ W.T
        return {"g": (dZ * N).sum(axis=0), "beta": dZ.sum(axis=0)}

    inputs = {"A": ("n", "h"), "g": ("h",), "beta": ("h",), "W": ("h", "k"), "labels": LABELS}
    *_, reason, first, right = rejected(forward, backward, inputs, ["g", "beta"]).splitlines()
    assert reason == "g and beta: by hand it lacks the factor ∂H/∂Z = relu′(Z)"
    assert first == "the first wrong gradient on the way back is ∂L/∂Z; g and beta follow from it"
    assert right == "right is ∂L/∂Z = ∂L/∂H · relu′(Z)"


@pytest.mark.slow
def test_a_mask_of_relu_that_is_open_at_0_is_named_where_generic_numbers_leave_all_of_it_open() -> None:
    def forward(Z: Any, W: Any, labels: Any) -> Any:
        return cross_entropy(np.maximum(Z, 0) @ W, labels)

    def backward(Z: Any, W: Any, labels: Any) -> Any:
        return of_cross_entropy(np.maximum(Z, 0) @ W, labels) @ W.T * (Z >= 0)

    text = rejected(forward, backward, {"Z": ("n", "h"), "W": ("h", "k"), "labels": LABELS}, ["Z"])
    assert "Z: by hand it has a slope of 1 where Z is 0: its mask should be Z > 0, for relu′(0) is 0" in text


def test_relu_written_as_a_product_with_a_mask_is_relu() -> None:
    text = rejected(lambda Z: np.sum(Z * (Z > 0)), lambda Z: (Z <= 0) * 1.0, {"Z": ("n", "h")})
    assert text.endswith("right is ∂L/∂Z = relu′(Z)")


def copied(z: Any) -> Any:
    a = z.copy()
    a[a < 0] = 0
    return np.sum(a)


@pytest.mark.parametrize(
    ("forward", "left", "right"),
    [
        (lambda z: np.sum(np.where(z < 0, 0, z)), 0, 1),
        (lambda z: np.sum(np.where(z >= 0, z, 0)), 0, 1),
        (lambda z: np.sum(z * (z > 0)), 0, 1),
        (copied, 0, 1),
        (lambda z: np.sum(np.abs(z)), -1, 1),
        (lambda z: np.sum(np.where(z > 0, z, 0.01 * z)), 0.01, 1),
        (lambda z: np.sum(np.where(z > 0, 2 * z, 1)), 0, 2),
    ],
)
def test_where_a_number_is_just_what_it_is_compared_with_either_slope_will_do(
    forward: Any, left: float, right: float
) -> None:
    for at_edge in (left, right):
        check_backward(forward, lambda z, x=at_edge: np.where(z < 0, left, np.where(z > 0, right, x)), {"z": ("n",)})
    rejected(forward, lambda z: np.where(z < 0, right, left), {"z": ("n",)})


@pytest.mark.parametrize("bias", [2.0, 8.0, 14.0])
def test_the_textbook_slope_of_a_sigmoid_that_is_nearly_1_is_right(bias: float) -> None:
    """Its 1 − f is off by 2⁻⁵³/(1 − f) of itself; a bias that is a float64 keeps single precision from showing it."""
    z = np.float64(bias)

    def squashed(w: Any) -> Any:
        return 1 / (1 + np.exp(-(z - 2.0 * w)))

    def slope(w: Any) -> Any:
        return -2.0 * squashed(w) * (1 - squashed(w))

    check_backward(lambda w: np.sum(squashed(w)), slope, {"w": ("n",)})
    rejected(lambda w: np.sum(squashed(w)), lambda w: slope(w) * 1.0001, {"w": ("n",)})


def test_the_rounding_of_a_0_is_not_wrong_where_every_path_is_closed() -> None:
    def backward(x: Any, w: Any, off: float) -> Any:
        return {"x": np.where(x > 0, w, w + off - w), "w": np.maximum(x, 0) + 1}

    def forward(x: Any, w: Any) -> Any:
        return np.sum(np.maximum(x, 0) * w + w)

    both = {"x": ("n",), "w": ("n",)}
    check_backward(forward, lambda x, w: backward(x, w, 2.0**-53), both)
    rejected(forward, lambda x, w: backward(x, w, 1e-9), both)


# Where the forward pass cannot be followed, differences are the oracle.


def test_differences_stand_in_where_the_forward_pass_cannot_be_followed() -> None:
    def plain(x: Any) -> Any:
        out = np.zeros(len(x))
        for i in range(len(x)):
            out[i] = x[i] ** 2
        return out.sum()

    check_backward(plain, lambda x: 2 * x, {"x": ("n",)}, examples=10)
    text = rejected(plain, lambda x: -2 * x, {"x": ("n",)}, examples=10)
    assert "by hand and" in text
    assert "central differences" in text
    assert "make it by np.zeros_like(x, shape=...)" in text
    assert "x: by hand it has the wrong sign" in text
    inverse = rejected(lambda x: np.linalg.inv(x + 5 * np.eye(2)).sum(), lambda x: 2 * x, {"x": (2, 2)}, examples=3)
    assert "linalg.inv is not among the functions that are followed" in inverse


def test_the_advice_for_assignment_can_be_followed_where_no_input_has_the_shape_that_is_wanted() -> None:
    def padded(x: Any) -> Any:
        out = np.zeros_like(x, shape=(len(x) + 1, 2))
        out[1:, 0] = x**2
        return out.sum()

    assert "central differences" not in rejected(padded, lambda x: -2 * x, {"x": ("n",)}, examples=10)
    check_backward(padded, lambda x: 2 * x, {"x": ("n",)}, examples=10)

    def of_a_number(c: Any) -> Any:
        out = np.zeros_like(c, shape=3)
        for i in range(3):
            out[i] = c**i
        return out

    check_backward(of_a_number, lambda c, upstream: upstream @ [0, 1, 2 * c], {"c": ()}, examples=10)


def test_a_view_that_is_written_to_is_noticed() -> None:
    def through_a_view(x: Any) -> Any:
        y = 1 * x
        row = y[0]
        row *= 3
        return y.sum()

    def backward(x: Any) -> Any:
        g = np.ones_like(x)
        g[0] = 3
        return g

    check_backward(through_a_view, backward, {"x": ("n", 2)}, examples=5)


def test_another_forward_pass_may_be_the_reference() -> None:
    check_backward(
        lambda x: np.linalg.inv(x[None, None])[0, 0],
        lambda x: -1 / x**2,
        {"x": ()},
        reference=lambda x: 1 / x,
        numbers=st.floats(0.5, 2),
    )
    for reference in (np.cos, lambda x: np.sin(x).sum()):
        with pytest.raises(AssertionError, match="reference gives"):
            check_backward(np.sin, lambda x, up: up * np.cos(x), {"x": (2,)}, reference=reference)


# What is wrong is shown at the smallest shape, and can be pasted.


def test_one_counterexample_shows_all_that_is_wrong_at_the_smallest_shape() -> None:
    def wrong(X: Any, y: Any, w: Any, b: Any) -> Any:
        gradients = right(X, y, w, b)
        return {"w": gradients["w"] * len(y), "b": gradients["b"] * len(y)}

    text = rejected(loss, wrong, SHAPES, ["w", "b"])
    lines = text.splitlines()
    assert text.count("\nat\n") == 1
    assert [line[:10] for line in lines[:2]] == ["∂L/∂w[0] i", "∂L/∂b is -"]
    scope: dict[str, Any] = {"np": np}
    pasted = [line.strip() for line in lines if line.startswith("    ")]
    exec("\n".join(pasted), scope)
    assert scope["X"].shape == (2, 1)
    assert "w and b: by hand it lacks the factor 1/n: the mean is forgotten" in text


def test_a_backward_pass_that_raises_for_some_shapes_is_explained_by_others() -> None:
    def product(A: Any, B: Any) -> Any:
        return A @ B

    def wrong(A: Any, B: Any, upstream: Any) -> Any:
        return {"A": upstream @ B, "B": A.T @ upstream}

    text = rejected(product, wrong, {"A": ("n", "k"), "B": ("k", "m")})
    assert "backward(A, B, upstream) raised ValueError: matmul" in text
    assert "A: by hand it has B where B transposed belongs" in text
    assert "right is ∂L/∂A = upstream @ B.T" in text
    assert "B: by hand" not in text


def test_two_slips_in_two_gradients_are_both_named() -> None:
    def wrong(X: Any, y: Any, w: Any, b: Any) -> Any:
        gradients = right(X, y, w, b)
        return {"w": -gradients["w"], "b": gradients["b"] / 2}

    text = rejected(loss, wrong, SHAPES, ["w", "b"])
    assert "w: by hand it has the wrong sign" in text
    assert "b: by hand it is half of what it should be" in text


@pytest.mark.slow
def test_of_two_slips_on_one_way_back_the_first_is_told_as_the_first_and_both_have_their_right_lines() -> None:
    def forward(X: Any, T: Any, W: Any, V: Any, b: Any) -> Any:
        A = np.tanh(X @ W)
        Y = A @ V + b
        return np.mean((Y - T) ** 2) / 2

    def backward(X: Any, T: Any, W: Any, V: Any, b: Any) -> Any:
        A = np.tanh(X @ W)
        delta = A @ V + b - T  # neither divided by n nor, on the way to W, times tanh′
        return {"W": X.T @ (delta @ V.T), "V": A.T @ delta, "b": delta.sum(axis=0)}

    shapes = {"X": ("n", "d"), "T": ("n", 1), "W": ("d", "h"), "V": ("h", 1), "b": (1,)}
    text = rejected(forward, backward, shapes, ["W", "V", "b"])
    assert text.count("the first wrong gradient on the way back is ∂L/∂((Y − T) ** 2); W, V and b follow from it") == 2
    assert "right is ∂L/∂((Y − T) ** 2) = 0.5 / n and ∂L/∂(X @ W) = ∂L/∂A · (1 − A · A)" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "over", "says"),
    [
        (1, lambda h: h, "has the wrong sign on the path through v"),
        (-1, lambda h: 1, "lacks the factor 1/h on the path through v: the mean is forgotten"),
    ],
)
def test_a_slip_in_one_of_several_terms_is_said_to_be_on_its_path(sign: int, over: Any, says: str) -> None:
    def forward(X: Any, g: Any) -> Any:
        mu = X.mean(axis=1, keepdims=True)
        v = ((X - mu) ** 2).mean(axis=1, keepdims=True)
        return (g * (X - mu) / np.sqrt(v + 1e-5)).sum()

    def backward(X: Any, g: Any) -> Any:
        s = 1 / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
        N = (X - X.mean(axis=1, keepdims=True)) * s
        return {"X": s * (g - g.mean() + sign * N * (g * N).sum(axis=1, keepdims=True) / over(len(g)))}

    text = rejected(forward, backward, {"X": ("n", "h"), "g": ("h",)}, ["X"], sizes={"n": (1, 3), "h": (3, 5)})
    assert f"X: by hand it {says}\n" in text


def test_a_slip_in_every_turn_of_a_loop_is_on_no_path_of_its_own() -> None:
    def forward(x: Any, w: Any) -> Any:
        h = 0 * w
        for t in range(3):
            h = np.tanh(w * h + x[t])
        return h

    def backward(x: Any, w: Any) -> Any:
        h = [0.0]
        for t in range(3):
            h.append(np.tanh(w * h[-1] + x[t]))
        g, dw = 1.0, 0.0
        for t in reversed(range(3)):
            g *= -(1 - h[t + 1] ** 2)
            dw, g = dw + g * h[t], g * w
        return {"w": dw}

    assert "has the wrong sign\n" in rejected(forward, backward, {"x": (3,), "w": ()}, ["w"]) + "\n"


def test_nothing_is_said_of_the_first_wrong_gradient_where_it_may_be_one_or_another() -> None:
    def forward(X: Any, W: Any, b: Any, w: Any) -> Any:
        A = X @ W + b
        H = np.maximum(A, 0)
        return np.mean(H @ w)

    def backward(X: Any, W: Any, b: Any, w: Any) -> Any:
        D = -np.outer(np.ones(len(X)) / len(X), w) * (X @ W + b > 0)
        return {"W": X.T @ D, "b": D.sum(axis=0)}

    inputs = {"X": ("n", "d"), "W": ("d", "h"), "b": ("h",), "w": ("h",)}
    *_, reason, right = rejected(forward, backward, inputs, ["W", "b"]).splitlines()
    assert reason == "W and b: by hand it has the wrong sign"
    assert right == "right is ∂L/∂H = outer(1 / n, w) and ∂L/∂A = ∂L/∂H · relu′(A)"


# What is said is of the case that is shown, in words that hold for all.

TARGETS: dict[str, Any] = {
    "one-hot": LABELS,
    "Y": lambda n, k: st.lists(st.integers(0, k - 1), min_size=n, max_size=n).map(lambda rows: np.eye(k)[rows]),
}
SOME = st.lists(st.floats(0.5, 2), min_size=1, max_size=9).map(np.array)


@pytest.mark.parametrize(
    ("forward", "backward", "inputs", "says"),
    [
        (lambda x: np.mean(x**2), lambda x: 2 * x, SOME, "lacks the factor 1/len(x): the mean is forgotten"),
        (lambda x: np.sum(x**2) / len(x), lambda x: 2 * x, SOME, "lacks the factor 1/len(x)"),
        (lambda x: np.sum(x**2) / (2 * len(x)), lambda x: 2 * x, ("n",), "lacks the factor 1/(2·n)"),
        (lambda x: np.mean(x**2), lambda x: 2 * x / x.shape[1], ("n", "k"), "right is ∂L/∂x = (1 / (n·k)) · 2 · x"),
        (lambda x: np.mean(x**2, axis=0), lambda x, up: 2 * x * up, ("n", 2), "lacks the factor 1/n"),
    ],
)
def test_a_number_that_is_another_one_in_every_example_is_written_by_the_lengths_of_axes(
    forward: Any, backward: Any, inputs: Any, says: str
) -> None:
    assert says in rejected(forward, backward, {"x": inputs})


def test_a_sum_that_a_loop_adds_up_from_0_is_explained() -> None:
    def loss(x: Any) -> Any:
        total = 0
        for t in range(len(x)):
            total = total + (t + 1) * x[t] ** 2 / len(x)
        return total

    text = rejected(loss, lambda x: -2 * x * (np.arange(len(x)) + 1) / len(x), {"x": ("n",)})
    assert "x: by hand it has the wrong sign" in text


def test_a_number_is_written_by_the_lengths_of_axes_where_some_of_these_are_0() -> None:
    def loss(x: Any) -> Any:
        return np.sum(x**2) / max(1, len(x))

    text = rejected(loss, lambda x: 2 * x, {"x": ("n", "k")}, sizes={"n": (0, 3)})
    assert "x: by hand it lacks the factor 1/n" in text


def test_a_mean_is_counted_right_where_there_are_more_axes_than_lengths() -> None:
    shapes = {"A": ("n", "d"), "B": ("d", "h"), "C": ("h", "k"), "D": ("k", "m")}

    def backward(A: Any, B: Any, C: Any, D: Any) -> Any:
        return np.outer((A @ B @ C).sum(axis=0), np.ones(D.shape[1])) / len(A)

    text = rejected(lambda A, B, C, D: np.mean(A @ B @ C @ D), backward, shapes, ["D"])
    assert "D: by hand it is m times too large: the mean over m is forgotten" in text
    assert "right is ∂L/∂D = ((A @ B) @ C).T @ (1 / (n·m))" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["P", "softmax(Z)"])
@pytest.mark.parametrize("over", [" / n", ""])
@pytest.mark.parametrize("target", TARGETS)
def test_a_target_that_is_not_subtracted_is_named(target: str, over: str, name: str) -> None:
    def softmax(Z: Any) -> Any:
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)

    def loss(X: Any, W: Any, Y: Any) -> Any:
        Z = X @ W
        rows = Y if target == "Y" else np.eye(W.shape[1])[Y]
        if name == "P":
            P = softmax(Z)
            return -np.sum(rows * np.log(P)) / len(X)
        return np.mean(np.log(np.exp(Z).sum(axis=1)) - (rows * Z).sum(axis=1))

    def backward(X: Any, W: Any, Y: Any) -> Any:
        return X.T @ softmax(X @ W) / (len(X) if over else 1)

    text = rejected(loss, backward, {"X": ("n", "d"), "W": ("d", "k"), "Y": TARGETS[target]}, ["W"])
    assert f"W: by hand it has {name}{over} in the place of ({name} − {target}) / n: the target" in text
    assert ("and the mean are forgotten" in text) == (not over)
    assert "lacks the path" not in text
    assert f"right is ∂L/∂Z = ({name} − {target}) / n" in text


def test_a_target_of_a_logistic_loss_that_is_not_subtracted_is_named() -> None:
    def loss(z: Any, y: Any) -> Any:
        return np.mean(np.log(1 + np.exp(z)) - y * z)

    text = rejected(loss, lambda z, y: 1 / (1 + np.exp(-z)) / len(z), {"z": ("n",), "y": ("n",)}, ["z"])
    assert "z: by hand it has σ(z) / n in the place of (σ(z) − y) / n: the target y is forgotten" in text


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_what_goes_into_an_activation_is_named_in_its_place_whether_or_not_it_has_a_line_of_its_own(
    f: Any, lines: int
) -> None:
    def one(X: Any, W: Any, v: Any) -> Any:
        return np.sum(f(X @ W) @ v)

    def two(X: Any, W: Any, v: Any) -> Any:
        H = f(X @ W)
        return np.sum(H @ v)

    def three(X: Any, W: Any, v: Any) -> Any:
        Z = X @ W
        H = f(Z)
        return np.sum(H @ v)

    shapes = {"X": ("n", "d"), "W": ("d", "h"), "v": ("h",)}
    text = rejected((one, two, three)[lines - 1], lambda X, W, v: (X @ W).sum(axis=0), shapes, ["v"])
    assert f"v: by hand it has {'Z' if lines == 3 else 'X @ W'} in the place of {'H' if lines > 1 else ''}" in text
    if f is ACTIVATIONS["sigmoid"]:
        z = "Z" if lines == 3 else "(X @ W)"

        def slope_of_z(X: Any, W: Any, v: Any) -> Any:
            Z = X @ W
            return X.T @ (np.outer(np.ones(len(X)), v) * Z * (1 - Z))

        text = rejected((one, two, three)[lines - 1], slope_of_z, shapes, ["W"])
        assert f"W: by hand it has {z}·(1 − {z}) in the place of" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("slope", "said"),
    [
        (lambda z, a: 1.0, "lacks the factor ∂a/∂z = σ′(z)"),
        (lambda z, a: 1 - a, "has 1 − a in the place of ∂a/∂z = σ′(z)"),
        (lambda z, a: a, "has a in the place of ∂a/∂z = σ′(z)"),
        (lambda z, a: a * (1 + a), "has a·(1 + a) in the place of ∂a/∂z = σ′(z)"),
        (lambda z, a: 1 - a * a, "has 1 − a² in the place of ∂a/∂z = σ′(z)"),
        (lambda z, a: np.exp(-a) / (1 + np.exp(-a)) ** 2, "has σ′(a) in the place of ∂a/∂z = σ′(z)"),
    ],
)
def test_a_sigmoid_written_out_is_one_operation_for_whoever_goes_wrong_in_it(slope: Any, said: str) -> None:
    def forward(x: Any, W: Any, b: Any, t: Any) -> Any:
        z = W @ x + b
        a = 1 / (1 + np.exp(-z))
        return np.sum((a - t) ** 2) / 2

    def backward(x: Any, W: Any, b: Any, t: Any) -> Any:
        z = W @ x + b
        a = 1 / (1 + np.exp(-z))
        d = (a - t) * slope(z, a)
        return {"W": np.outer(d, x), "b": d}

    text = rejected(forward, backward, {"x": ("i",), "W": ("o", "i"), "b": ("o",), "t": ("o",)}, ["W", "b"])
    assert f"W and b: by hand it {said}" in text
    assert "right is ∂L/∂z = ∂L/∂a · a · (1 − a)" in text


# What is no backward pass is an error that says what came and what was wanted.


@pytest.mark.parametrize(
    ("returned", "error", "says"),
    [
        ({}, AssertionError, "that of w, b is not there: it returned {}"),
        ({"w": 1.0}, AssertionError, "that of b is not there: it returned w"),
        ({"w": 1.0, "b": None}, AssertionError, "that of b is None"),
        ({"w": 1.0, "b": 1.0, "c": 1.0}, AssertionError, r"gradients of \['c'\]; there are the inputs"),
        ((1.0, 2.0, 3.0), AssertionError, "a tuple of 3; wanted are 2: the gradients of w, b"),
        ((1.0, None), AssertionError, "None for b"),
        (None, TypeError, "a dict by name or a tuple in this order, got NoneType None"),
        ({"w": "abc", "b": 1.0}, AssertionError, "∂L/∂w came as str 'abc', an array of numbers was wanted"),
        ({"w": np.zeros((1, 1, 7)), "b": 1.0}, AssertionError, r"∂L/∂w has the shape \(1, 1, 7\) by hand, and w has"),
    ],
)
def test_what_is_not_returned_is_an_error(returned: Any, error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        check_backward(loss, lambda X, y, w, b: returned, SHAPES, wrt=["w", "b"])


@pytest.mark.parametrize("right", [0.0, 1.0, 2.0])
def test_a_forward_pass_that_is_random_is_refused(right: float) -> None:
    noise = np.random.default_rng(1)
    with pytest.raises(ValueError, match="gives another result when it is called again"):
        check_backward(lambda x: 2 * np.sum(x * (noise.random(x.shape) > 0.5)), lambda x: right + 0 * x, {"x": ("n",)})


def test_arguments_that_make_no_sense_are_refused() -> None:
    for named, error, says in (
        ({"wrt": ["v"]}, ValueError, r"no input \['v'\] to check"),
        ({"wrt": "w"}, TypeError, r"write \['w'\]"),
        ({"wrt": []}, ValueError, "nothing to check"),
        ({"layouts": ["odd"]}, ValueError, "layouts are some of"),
        ({"layouts": True}, ValueError, "layouts are some of"),
        ({"broadcast": True}, TypeError, "broadcast lists the inputs"),
        ({"dtypes": "float64"}, ValueError, "dtypes are some of"),
        ({"broadcast": ["v"]}, ValueError, "to broadcast"),
    ):
        with pytest.raises(error, match=says):
            check_backward(loss, right, SHAPES, **named)
    with pytest.raises(TypeError, match=r"the shape of x is a tuple of axes: for one axis write \('n',\), got \['n'\]"):
        check_backward(np.sum, np.ones_like, {"x": ["n"]})
    with pytest.raises(TypeError, match="is to return its result alone, an array or a number, got 2 things"):
        check_backward(lambda x: (np.sum(x), x), np.ones_like, {"x": ("n",)})
    with pytest.raises(TypeError, match="takes the upstream gradient"):
        check_backward(np.sin, lambda x: np.cos(x), {"x": (3,)})
    with pytest.raises(ValueError, match="nothing could be compared"):
        check_backward(lambda x: np.log(0 * x).sum(), lambda x: x, {"x": (3,)})
    with pytest.raises(ValueError, match="shapes") as caught:
        check_backward(lambda x, y: (x + y).sum(), lambda x, y: (x, y), {"x": (2,), "y": (3,)})
    assert "raised by the forward pass at x (2,), y (3,)" in caught.value.__notes__[0]


def test_numpy_is_not_imported_before_it_is_needed() -> None:
    program = (
        "import sys, autograd.testing; print([m for m in sys.modules if m in ('numpy', 'hypothesis', 'torch', 'jax')])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


SLOPES: dict[str, tuple[Any, Any]] = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
}


@pytest.mark.parametrize("left_out", ["nothing", "f", "g"])
@pytest.mark.parametrize("names", [("tanh", "sin"), ("sin", "exp"), ("exp", "tanh")])
def test_a_two_layer_network_is_accepted_and_each_of_its_slopes_is_missed(
    names: tuple[str, str], left_out: str
) -> None:
    (f, df), (g, dg) = (SLOPES[name] for name in names)

    def network(x: Any, W1: Any, W2: Any) -> Any:
        z1 = W1 @ x
        a1 = f(z1)
        z2 = W2 @ a1
        a2 = g(z2)
        return a2.sum()

    def backward(x: Any, W1: Any, W2: Any) -> Any:
        z1 = W1 @ x
        z2 = W2 @ f(z1)
        d2 = np.ones_like(z2) if left_out == "g" else dg(z2)
        d1 = W2.T @ d2 * (1 if left_out == "f" else df(z1))
        return {"W1": np.outer(d1, x), "W2": np.outer(d2, f(z1))}

    shapes = {"x": ("d",), "W1": ("h", "d"), "W2": ("k", "h")}
    if left_out == "nothing":
        check_backward(network, backward, shapes, ["W1", "W2"], examples=10)
    else:
        text = rejected(network, backward, shapes, ["W1", "W2"], examples=10)
        assert f"lacks the factor {'∂a2/∂z2' if left_out == 'g' else '∂a1/∂z1'}" in text


# Points.

EXERCISE = Exercise(loss, SHAPES, {"w": 2, "b": 1}, options={"examples": 20})
HEAD = """
import numpy as np
def backward(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) / len(y) * (1 - a * a)
"""


def submitted(*lines: str, **named: Any) -> Any:
    return grade(HEAD + "\n".join(f"    {line}" for line in lines), EXERCISE, **named)


def test_a_right_submission_has_all_points_whatever_it_prints() -> None:
    found = submitted("print('{}' * 100)", "return {'w': X.T @ dz, 'b': dz.sum()}")
    assert (found.points, found.out_of) == (3, 3)
    assert submitted("return X.T @ dz, dz.sum()").points == 3


def test_each_point_that_is_lost_has_its_reason() -> None:
    found = submitted("return {'w': -X.T @ dz, 'b': dz.sum()}")
    assert (found.points, found.parts["b"].points) == (1, 1)
    assert "w: by hand it has the wrong sign" in found.parts["w"].reason
    (point,) = re.findall(r"^at (X = .*), (y = .*), (w = .*), (b = .*)$", found.parts["w"].reason, re.M)
    at: dict[str, Any] = {"np": np}
    exec("\n".join(point), at)
    scope: dict[str, Any] = {}
    exec(HEAD + "    return X.T @ dz", scope)
    assert f"{-scope['backward'](*[at[name] for name in SHAPES])[0]} by hand" in found.parts["w"].reason
    assert str(found).splitlines()[0] == "1 of 3 points"
    assert json.loads(found.json())["parts"]["w"]["out_of"] == 2
    assert submitted("return {'w': X.T @ dz}").parts["b"].reason.startswith("∂L/∂b is not returned\nat X = ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("while True: pass", "it took longer than 3 seconds"),
        ("raise KeyError('no')", "raised KeyError: 'no'"),
        ("return None", "wanted are the gradients of w, b, a dict by name or a tuple of 2, got NoneType"),
        ("import os; os._exit(1)", "its process ended before it returned gradients"),
        ("import sys; sys.exit()", "raised SystemExit"),
        ("x = [0] * 10**11", "raised MemoryError"),
        ("return {'w': object(), 'b': 0}", "raised TypeError"),
        (
            "import os\n    for i in range(3, 9):\n        try: os.write(i, b'{}}\\n')\n        except OSError: pass",
            "not JSON",
        ),
        ("import os, time; os.fork() or time.sleep(60); os._exit(1)", "it took longer than 3 seconds"),
    ],
)
def test_a_submission_may_do_what_it_likes(line: str, says: str) -> None:
    if "10**11" in line and sys.platform != "linux":
        pytest.skip("no limit of memory there")
    if "fork" in line and not hasattr(os, "fork"):
        pytest.skip("nothing is forked there")
    found = submitted(line, seconds=3.0)
    assert found.points == 0
    assert says in found.parts["w"].reason


def test_a_submission_that_cannot_be_loaded_has_no_points(tmp_path: Any) -> None:
    assert "SyntaxError: invalid syntax (submission, line 1)" in grade("def", EXERCISE).parts["w"].reason
    assert "there is no function backward in it" in grade("x = 1", EXERCISE).parts["w"].reason
    file = tmp_path / "theirs.py"
    file.write_text(HEAD + "    return X.T @ dz, dz.sum()", "utf-8")
    assert grade(file, EXERCISE).points == 3
    assert grade(str(file), EXERCISE).points == 3
    with pytest.raises(FileNotFoundError, match=r"missing\.py"):
        grade(str(tmp_path / "missing.py"), EXERCISE)
    assert grade(file.read_text("utf-8") + "# as in right.py", EXERCISE).points == 3, (
        "text is no path, whatever it ends in"
    )


def test_what_a_submission_raises_is_said_once_with_its_line(tmp_path: Any) -> None:
    file = tmp_path / "ben.py"
    for text, line in (("    return dz / n", 6), ("    return (", 6), ("import numpi", 6)):
        file.write_text(HEAD + text, "utf-8")
        found = grade(file, EXERCISE)
        assert f"(ben.py, line {line})" in found.parts["w"].reason.splitlines()[0]
        assert found.parts["b"].reason == found.parts["w"].reason
        assert str(found).count("ben.py") == 1
        assert "\nb  0 of 1  as for w" in str(found)


def test_gradients_that_one_slip_costs_share_its_words() -> None:
    parts = submitted("dz *= len(y)", "return {'w': X.T @ dz, 'b': dz.sum()}").parts
    assert parts["w"].slip == parts["b"].slip
    assert re.fullmatch(
        "w and b: by hand .* is forgotten\nthe first wrong gradient .*; w and b follow from it", parts["w"].slip
    )
    assert parts["w"].reason.endswith(parts["w"].slip)
    assert submitted("return {'w': X.T @ dz, 'b': dz.sum()}").parts["w"].slip == ""


def in_its_process(source: str, *calls: float) -> list[Any]:
    """What the script that runs submissions answers, line by line."""
    task = {"source": source, "file": "theirs.py", "function": "backward", "wrt": ["x"], "memory": 4 << 30}
    arguments = [[{"data": [x], "dtype": "float64", "shape": []}] for x in calls]
    return [
        json.loads(line)
        for line in subprocess.run(
            [sys.executable, "-I", _submission.__file__],
            input="".join(json.dumps(line) + "\n" for line in (task, *arguments)),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    ]


def test_the_process_of_a_submission_answers_each_line_with_one_whatever_is_printed() -> None:
    source = "def backward(x):\n    print(x)\n    if x < 0: raise ValueError(f'{x} < 0')\n    return 2 * x"
    assert in_its_process(source, 3.0, -1.0) == [
        {"problem": ""},
        {"returned": {"x": {"shape": [], "data": [6.0]}}},
        {"raised": "ValueError", "text": "-1.0 < 0 (theirs.py, line 3)"},
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("1 / 0", "it cannot be loaded: ZeroDivisionError: division by zero (theirs.py, line 1)"),
        ("backward = 1", "there is no function backward in it"),
    ],
)
def test_the_process_of_a_submission_says_why_it_cannot_be_loaded(source: str, problem: str) -> None:
    assert in_its_process(source) == [{"problem": problem}]


@pytest.mark.parametrize(
    "returned", [(np.array([1, 2]), 3.0), [np.array([1, 2]), 3.0], {"w": [1, 2], "b": 3, "more": 0}]
)
def test_a_submission_may_return_a_tuple_a_list_or_a_dict(returned: Any) -> None:
    w, b = {"shape": (2,), "data": [1.0, 2.0]}, {"shape": (), "data": [3.0]}
    assert _submission.plain(returned, ["w", "b"]) == {"w": w, "b": b}
    assert _submission.plain({"w": [1, 2], "b": None}, ["w", "b"]) == {"w": w}
    assert _submission.plain(np.array([1, 2]), ["w"]) == {"w": w}
    with pytest.raises(TypeError, match="wanted are the gradients of w, b, a dict by name or a tuple of 2, got float"):
        _submission.plain(3.0, ["w", "b"])


def test_gradients_that_are_too_large_are_not_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_submission, "LARGEST", 100)
    answers = io.StringIO()
    for n in (3, 300):
        _submission.answer(answers, {"returned": [1.0] * n})
    small, large = map(json.loads, answers.getvalue().splitlines())
    assert (small["returned"], large["raised"]) == ([1.0] * 3, "MemoryError")


@pytest.mark.parametrize(
    ("off", "says"),
    [
        (1e-9, "by hand it is off by 1e-09 of its largest number at most: no slip that is known is as small"),
        (1e-8, "by hand it is off by 1e-08 of its largest number at most: no slip that is known is as small"),
        (1e-6, "no slip that is known gives these numbers"),
    ],
)
def test_two_slips_that_undo_each_other_are_no_reason(off: float, says: str) -> None:
    with pytest.raises(AssertionError, match=f"x: {says}"):
        check_backward(lambda x: np.sum(np.tanh(x)), lambda x: (1 - np.tanh(x) ** 2) * (1 + off), {"x": ("n",)})


def test_a_shape_whose_comma_is_forgotten_is_told() -> None:
    with pytest.raises(TypeError, match=r"for one axis write \('d',\), got 'd'"):
        check_backward(lambda w: np.sum(w), lambda w: {"w": w}, {"w": ("d")})


@pytest.mark.parametrize(("x", "wrt"), [(3, None), ((3,), ["w"])])
def test_a_shape_given_as_a_whole_number_is_told(x: Any, wrt: Any) -> None:
    with pytest.raises(TypeError, match=r"the shape of \w is a tuple of axes: write \(3,\), got 3"):
        check_backward(lambda x, w: np.sum(x * w), lambda x, w: {"w": x}, {"x": x, "w": 3}, wrt)


def test_a_whole_number_may_be_an_argument() -> None:
    def forward(x: Any, axis: int) -> Any:
        return np.sum(x**2, axis=axis).sum()

    check_backward(forward, lambda x, axis: {"x": 2 * x}, {"x": ("n", "m"), "axis": 0})


# Slips that are named, one in a row: the forward pass, a wrong backward pass, the inputs, what is said.

BATCHES = {"Q": ("b", "n", "d"), "K": ("b", "n", "d")}
PRODUCT, THREE = {"A": ("i", "j"), "B": ("j", "k")}, dict.fromkeys("ABC", ("n", "k"))
M = np.array([[1.0, 2.0], [3.0, -4.0], [0.5, 6.0]])


def later(x: Any) -> Any:
    y = x.T * np.arange(1.0, len(x) + 1)
    return np.sum(y**2)


def soft(x: Any) -> Any:
    a = np.log1p(np.exp(x))
    return np.sum(a**2)


def surprise(x: Any) -> Any:
    return -np.sum(np.log(1 / (1 + np.exp(-x)))) / len(x)


def squashed(x: Any) -> Any:
    h = 1 / (1 + np.exp(-x))
    return np.sum(h * h)


def branch(x: Any, w: Any) -> Any:
    y = np.exp(w) * x if len(x) > 1 else w * x
    return np.sum(y)


def difference(y: Any) -> Any:
    d = y - M[0, 0]
    return np.sum(d * d)


def probabilities(S: Any) -> Any:
    return np.exp(S) / np.sum(np.exp(S), axis=1, keepdims=True)


def safe(S: Any) -> Any:
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def behind(slope: Any) -> Any:
    """A backward pass of softmax(A @ B) with this slope of softmax."""

    def backward(A: Any, B: Any, up: Any) -> Any:
        z = slope(probabilities(A @ B), up)
        return z @ B.T, A.T @ z

    return backward


CLIPPED = {"X": ("n", "k"), "T": lambda n, k: LABELS(n, k).map(lambda labels: np.eye(k)[labels])}
NAMED: list[tuple[Any, Any, Any, str]] = [
    (lambda A, B: A @ B, lambda A, B, up: (A.T @ up, up @ B.T), PRODUCT, "A and B: by hand they are swapped, ∂L/∂B for ∂L/∂A, ∂L/∂A for ∂L/∂B"),
    (lambda A, B, C: np.sum(A * B + C * C * A), lambda A, B, C: (A, 2 * C * A, B + C * C), THREE, "A, B and C: by hand they are swapped, ∂L/∂B for ∂L/∂A, ∂L/∂C for ∂L/∂B, ∂L/∂A for ∂L/∂C"),
    (lambda A, B, C: np.sum(A * B + C * C * A), lambda A, B, C: (B + C * C, 2 * C * A, A), THREE, "B and C: by hand they are swapped, ∂L/∂C for ∂L/∂B, ∂L/∂B for ∂L/∂C"),
    (lambda A, B: np.sum(np.sin(A - B)), lambda A, B: (-np.cos(A - B), np.cos(A - B)), {"A": ("n",), "B": ("n",)}, "A and B: by hand it has the wrong sign\n"),
    (lambda A, B: A @ B, lambda A, B, up: ((B @ up.T).reshape(A.shape), A.T @ up), PRODUCT, "A: by hand it is transposed, and reshaped to fit"),
    (lambda A, B: A @ B, lambda A, B, up: ((B @ up.T), A.T @ up), PRODUCT, "A: by hand it is transposed\n"),
    (lambda Q, K: Q @ np.swapaxes(K, 1, 2), lambda Q, K, up: (up @ K, up @ Q), BATCHES, "K: by hand it has ∂L/∂(Q @ swapaxes(K, 1, 2)) transposed\nthe first wrong gradient on the way back is ∂L/∂swapaxes(K, 1, 2); K follows from it\nright is ∂L/∂swapaxes(K, 1, 2) = Q.mT @ upstream"),
    (lambda Q, K: Q @ np.swapaxes(K, 1, 2), lambda Q, K, up: (up @ K, np.swapaxes(Q, 1, 2) @ up), BATCHES, "K: by hand it is transposed\n"),
    (lambda A, B: np.einsum("ij,jk->ik", A, B), lambda A, B, up: (up @ B, A.T @ up), PRODUCT, "A: by hand it has B where B transposed belongs"),
    (lambda A, B: np.outer(A, B), lambda A, B, up: (up @ A, up.T @ A), {"A": ("n",), "B": ("n",)}, "A: by hand it has A in the place of B"),
    (lambda A: np.outer(A, M[0]), lambda A, up: -up @ M[0], {"A": ("n",)}, "A: by hand it has the wrong sign"),
    (lambda A: np.sum((A @ M) ** 2), lambda A: -2 * (A @ M) @ M.T, {"A": ("n", 3)}, "A: by hand it has the wrong sign"),
    (lambda A: np.einsum("ij,jk,lk->il", A, M, M), lambda A, up: 2 * up @ M @ M.T, {"A": ("n", 3)}, "A: by hand it is twice too large"),
    (lambda x: np.sum(x**2) * (-1 / len(x)), lambda x: 2 * x, {"x": ("n",)}, "x: by hand it lacks the factor −1/n"),
    (lambda x: np.sum(x**2) * (0.3 / len(x)), lambda x: 2 * x, {"x": ("n",)}, "x: by hand it lacks the factor 0.3/n"),
    (later, lambda x: -2 * x * (np.arange(1.0, len(x) + 1) ** 2)[:, None], {"x": ("n", "k")}, "right is ∂L/∂y = 2 · y and ∂L/∂x = (∂L/∂y · (a constant)).T"),
    (soft, lambda x: 2 * np.log1p(np.exp(x)), {"x": ("n",)}, "x: by hand it lacks the factor ∂a/∂x = softplus′(x)"),
    (lambda x: np.sum(np.maximum(x[4:], 0)) + np.sum(x**2), lambda x: x, {"x": ("n",)}, "x: by hand it is half of what it should be"),
    (lambda x: x, lambda x, up: -up, {"x": ("n",)}, "x: by hand it has the wrong sign"),
    (surprise, lambda x: 1 / (1 + np.exp(x)) / len(x), {"x": ("n",)}, "x: by hand it has the wrong sign\n"),
    (squashed, lambda x: 2 * (s := 1 / (1 + np.exp(-x))) ** 3 * (1 - s), {"x": ("n",)}, "x: by hand it has once too often the factor h\n"),
    (squashed, lambda x: 2 * (s := 1 / (1 + np.exp(-x))) ** 2 * (1 - s) / len(x), {"x": ("n",)}, "x: by hand it is divided by n: a mean once too often\n"),
    (lambda x: np.sum(np.maximum(x, 0)), lambda x: 1.0 * (x <= 0), {"x": ("n",)}, "x: by hand it has the mask of relu the wrong way round"),
    (lambda x: np.sum(np.log1p(x * x)), lambda x: -2 * x / (1 + x * x), {"x": ("n",)}, "right is ∂L/∂x = ∂log1p(x · x)/∂(x · x) · x + ∂log1p(x · x)/∂(x · x) · x"),
    (branch, lambda x, w: (np.exp(w) if len(x) > 1 else w, -x), {"x": ("n",), "w": ()}, "no slip"),
    (lambda x: 3.0, lambda x: 1 + 0 * x, {"x": ("n",)}, "x: no slip that is known"),
    (lambda x, w: np.sum(x**2), lambda x, w: (2 * x, w), {"x": ("n",), "w": ("n",)}, "w: no slip that is known"),
    (difference, lambda y: 2 * (M[0, 0] - y), {"y": ("n",)}, "y: by hand it has the wrong sign\nright is ∂L/∂d = d + d and ∂L/∂y = ∂L/∂d\n"),
    (lambda x: np.sum(1 / (1 + np.exp(-x))), lambda x: 1 / (1 + np.exp(-x)), {"x": ("n",)}, "x: by hand it has σ(x) in the place of ∂σ(x)/∂x = σ′(x)\nright is ∂L/∂x = σ(x) · (1 − σ(x))\n"),
    (lambda S, T: -np.mean(np.sum(T * np.log(probabilities(S)), axis=1)), lambda S, T: ((probabilities(S) - T) / len(S), -np.log(probabilities(S)) / len(S)), {"S": ("n", "k"), "T": ("n", "k")}, "S: by hand it takes T to add up to 1 along axis 1: "),
    (lambda x: np.sum(np.asarray(x) * x), lambda x: -2 * x, {"x": ("n",)}, "x: by hand it has the wrong sign"),
    (lambda X, b: np.sum((X + b) ** 2), lambda X, b: (2 * (X + b), np.sum(2 * (X + b), axis=0)), {"X": ("n", "k"), "b": (1, "k")}, "b: by hand its numbers are right, and its shape is not: keepdims"),
    (lambda X, T: -np.sum(T * np.log(np.maximum(safe(30 * X), 1e-12))), lambda X, T: (30 * (safe(30 * X) - T), -np.log(np.maximum(safe(30 * X), 1e-12))), CLIPPED, "X: by hand it is of a forward pass without maximum(softmax(30 · X), 1e-12)"),
    (lambda A, B: safe(A @ B), behind(lambda p, up: p * (1 - p) * up), PRODUCT, "has the diagonal of ∂softmax(A @ B)/∂(A @ B) alone"),
    (lambda A, B: safe(A @ B), behind(lambda p, up: p * (up - np.sum(p * up, 0))), PRODUCT, "is summed over the wrong axis within softmax: 0 for 1"),
    (lambda A, B: safe(A @ B), behind(lambda p, up: p * (up - np.sum(up, 1, keepdims=True))), PRODUCT, "lacks the factor softmax(A @ B) within the sum of softmax"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("forward", "backward", "inputs", "says"), NAMED)
def test_a_slip_is_named(forward: Any, backward: Any, inputs: Any, says: str) -> None:
    assert says in rejected(forward, backward, inputs) + "\n"


def test_what_the_forward_pass_stores_is_there_for_backward_in_plain_numbers() -> None:
    class Layer:
        def forward(self, x: Any) -> Any:
            self.h = np.tanh(x)
            return np.sum(self.h)

    layer = Layer()
    check_backward(layer.forward, lambda x: 1 - layer.h**2, {"x": ("n",)}, examples=10)
    assert "x: by hand it has 1 − tanh(x) in" in rejected(
        layer.forward, lambda x: 1 - layer.h, {"x": ("n",)}, examples=10
    )


def test_a_graph_of_very_many_arrays_is_explained_by_slips_that_need_no_other_array(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(array_slips, "LARGE", 3)
    assert "twice too large" in rejected(
        lambda x, w: np.sum((x * w) ** 2),
        lambda x, w: (4 * x * w * w, 4 * w * x * x),
        {"x": ("n",), "w": ("n",)},
        examples=10,
    )
    monkeypatch.setattr(diagnosis, "MANY", 3)
    assert "the arrays are too large to say why" in rejected(np.sin, lambda x, up: up, {"x": (3,)}, examples=10)


@pytest.mark.slow
def test_to_where_the_way_back_is_right_is_said_where_all_that_is_wrong_comes_from_there_alone() -> None:
    def forward(X: Any, W: Any, b: Any, more: Any) -> Any:
        Z = X @ W + b
        return np.sum(Z**2) + more * np.sum(W) if more else np.sum(Z**2)

    def backward(X: Any, W: Any, b: Any, more: Any) -> Any:
        Z = X @ W + b
        return {"W": X.T @ Z * 2 + more + 0.1 * W * W, "b": 2 * Z.sum(axis=0)}

    inputs = {"X": ("n", "d"), "W": ("d", "k"), "b": ("k",)}
    text = rejected(
        lambda X, W, b: forward(X, W, b, 0), lambda X, W, b: backward(X, W, b, 0), inputs, ["W", "b"], examples=10
    )
    assert text.endswith("tried\nb is right, and so is the way back to ∂L/∂(X @ W + b): what is wrong comes after that")
    text = rejected(
        lambda X, W, b: forward(X, W, b, 1), lambda X, W, b: backward(X, W, b, 1), inputs, ["W", "b"], examples=10
    )
    assert text.endswith("tried")


@pytest.mark.slow
def test_a_tuple_in_another_order_is_told_where_shapes_tell_it_too() -> None:
    def backward(X: Any, y: Any, w: Any, b: Any) -> Any:
        return right(X, y, w, b)["b"], right(X, y, w, b)["w"]

    assert "w and b: by hand they are swapped" in rejected(loss, backward, SHAPES, ["w", "b"], examples=10)
    once = rejected(
        loss, lambda X, y, w, b: (right(X, y, w, b)["b"], right(X, y, w, b)["b"]), SHAPES, ["w", "b"], examples=10
    )
    assert "swapped" not in once


@pytest.mark.parametrize("wrt", [None, ["x"]])
def test_whole_numbers_have_no_gradient_to_check(wrt: Any) -> None:
    with pytest.raises(ValueError, match=r"of x there is no gradient: write floats, as in np.array"):
        check_backward(lambda x: np.sum(x**2), lambda x: 3 * x, {"x": np.array([1, 2, 3])}, wrt)


def test_what_is_wrong_is_seen_where_the_forward_pass_refuses_numbers_that_are_a_little_off() -> None:
    def forward(x: Any, w: Any) -> Any:
        y = 1.0 * x
        if (y != x).any():
            raise ValueError
        return np.sum(y * w)

    inputs = {"x": ("n",), "w": ("n",)}
    check_backward(forward, lambda x, w: (w, x), inputs, examples=10)
    assert "w: by hand it has the wrong sign" in rejected(forward, lambda x, w: (w, -x), inputs, examples=10)


def test_an_input_that_is_assigned_anew_is_the_input_still() -> None:
    def forward(X: Any) -> Any:
        X = 2 * X
        return np.sum(X**2)

    check_backward(forward, lambda X: 8 * X, {"X": ("n",)}, examples=10)
    assert "X: by hand it is half of what it should be" in rejected(
        forward, lambda X: 4 * X, {"X": ("n",)}, examples=10
    )


def test_a_mistake_that_does_not_come_again_is_shown_where_it_was_seen() -> None:
    calls = 0

    def backward(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x if calls <= 10 else 2 * x

    assert "∂L/∂x[0] is 0.58 by hand and 1.16" in rejected(lambda x: np.sum(x**2), backward, {"x": ("n",)}, examples=10)


@pytest.mark.slow
def test_points_where_a_slope_is_not_finite_or_two_are_passed_over() -> None:
    corners = st.sampled_from([0.0, 1.0, 4.0])
    check_backward(
        lambda x: np.sum(np.sqrt(x)), lambda x: 0.5 / np.sqrt(x), {"x": ("n",)}, numbers=corners, examples=20
    )
    rejected(lambda x: np.sum(np.sqrt(x)), lambda x: 1 / np.sqrt(x), {"x": ("n",)}, numbers=corners, examples=20)

    def plain(x: Any) -> Any:
        return math.fabs(x)

    check_backward(plain, lambda x: 1.0 if x >= 0 else -1.0, {"x": ()}, numbers=corners, examples=20)
    rejected(plain, lambda x: -1.0 if x >= 0 else 1.0, {"x": ()}, numbers=corners, examples=20)


def test_a_backward_pass_that_takes_no_single_precision_is_checked_in_double() -> None:
    def backward(x: Any) -> Any:
        assert x.dtype == float
        return -2 * x

    assert "x: by hand it has the wrong sign" in rejected(lambda x: np.sum(x**2), backward, {"x": ("n",)}, examples=10)


@pytest.mark.slow
def test_functions_without_a_signature_are_called_in_order() -> None:
    check_backward(max, lambda x: 1.0 * (x == x.max()), {"x": ("n",)}, examples=10)
    rejected(max, lambda x: -1.0 * (x == x.max()), {"x": ("n",)}, examples=10)
    both = {"x": (), "y": ()}
    check_backward(lambda x, y: np.where(x < y, x * x / 2, x * y), min, both, ["x"], examples=10)
    rejected(lambda x, y: np.where(x < y, x * x / 2, x * y), max, both, ["x"], examples=10)


def test_a_constant_has_a_gradient_of_0() -> None:
    for constant in (lambda x: 3.0, lambda x: np.zeros_like(x).sum()):
        check_backward(constant, lambda x: 0 * x, {"x": ("n",)}, examples=10)
        rejected(constant, lambda x: 1 + 0 * x, {"x": ("n",)}, examples=10)


def test_an_array_of_no_numbers_is_shown_as_one_can_paste_it() -> None:
    def backward(x: Any) -> Any:
        return np.ones((len(x) + 1, 2))

    assert "x = np.zeros((0, 2))" in rejected(np.sum, backward, {"x": ("n", 2)}, sizes=(0, 2), examples=10)


@pytest.mark.slow
def test_a_gradient_that_is_not_always_returned_is_explained_where_it_is() -> None:
    lines = "dw = -X.T @ dz", "return {'w': dw, 'b': dz.sum()} if len(y) % 2 else {'b': dz.sum()}"
    assert "w: by hand it has the wrong sign" in submitted(*lines).parts["w"].reason


def test_what_is_right_is_not_said_of_a_gradient_that_nobody_asked_for() -> None:
    def forgets_the_target(X: Any, y: Any, w: Any) -> Any:
        return {"w": 2 * X.T @ (X @ w) / len(y)}

    shapes = {"X": ("n", "d"), "y": ("n",), "w": ("d",)}
    with pytest.raises(AssertionError) as caught:
        check_backward(lambda X, y, w: np.mean((X @ w - y) ** 2), forgets_the_target, shapes, wrt=["w"])
    assert str(caught.value).endswith("\nw: by hand it is of a forward pass without y in X @ w − y")
