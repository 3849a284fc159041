"""What adapters make of PyTorch's and JAX's functions computes what these do, and is held to its own forward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="backward passes for arrays")

from autograd.testing import check_backward  # noqa: E402
from autograd.testing.adapters import Adapted, jax_function, torch_function, torch_module  # noqa: E402

pytestmark = pytest.mark.slow

X, W, B = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.25]]), np.array([[0.3, -0.7, 1.1]]), np.array([0.25])


def in_pytorch(factor: float) -> Adapted:
    torch = pytest.importorskip("torch", reason="functions of PyTorch's")

    class Cube(torch.autograd.Function):  # type: ignore
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return factor * upstream * ctx.saved_tensors[0] ** 2

    return torch_function(Cube)


def in_jax(factor: float) -> Adapted:
    jax = pytest.importorskip("jax", reason="functions of JAX's")
    cube = jax.custom_vjp(lambda x: x**3)
    cube.defvjp(lambda x: (x**3, x), lambda x, upstream: (factor * upstream * x**2,))
    return jax_function(cube)


@pytest.mark.parametrize("cube", [in_pytorch, in_jax])
def test_a_function_is_held_to_differences_of_its_own_forward_pass(cube: Callable[[float], Adapted]) -> None:
    np.testing.assert_allclose(cube(3.0).forward(X), X**3, rtol=1e-15)
    check_backward(*cube(3.0), {"x": (2,)}, examples=3)
    with pytest.raises(AssertionError, match=r"(?s)by central differences.*x: by hand it is twice too large"):
        check_backward(*cube(6.0), {"x": (2,)}, examples=3)


def test_a_module_computes_with_the_parameters_that_it_is_given_and_keeps_its_own() -> None:
    torch = pytest.importorskip("torch", reason="modules of PyTorch's")
    module = torch.nn.Linear(3, 1)
    before = module.weight.tolist()
    linear = torch_module(module, "x")
    np.testing.assert_allclose(linear.forward(x=X, weight=W, bias=B), X @ W.T + B, rtol=1e-15)
    check_backward(*linear, {"x": (2, 3), "weight": (1, 3), "bias": (1,)}, examples=3)
    assert module.weight.tolist() == before
