"""PyTorch functions and modules, and functions of JAX's, in the form that `check_backward` takes.

>>> import torch
>>> class Cube(torch.autograd.Function):
...     @staticmethod
...     def forward(ctx, x):
...         ctx.save_for_backward(x)
...         return x**3
...     @staticmethod
...     def backward(ctx, upstream):
...         (x,) = ctx.saved_tensors
...         return upstream * x**2                      # 3 is missing
>>> from autograd.testing import check_backward
>>> check_backward(lambda x: x**3, torch_function(Cube).backward, {"x": ("n",)})
Traceback (most recent call last):
AssertionError: ∂L/∂x[0] is -0.063916 by hand and -0.19174799999999997 by backpropagation
at
    x = np.array([0.58])
    upstream = np.array([-0.19])    # L is the sum of it times the output
x: by hand it is a third of what it should be
right is ∂L/∂x = upstream · 3 · x²

The forward pass of an adapter is a reference too, where there is none in NumPy; it cannot be followed into another
library, so that central differences are what the backward pass is held to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Adapted(NamedTuple):
    """A forward pass, and its backward pass, which takes the upstream gradient last where the output is no number."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


def torch_function(function: Any) -> Adapted:
    """A ``torch.autograd.Function``, whose inputs are tensors.

    Args:
        function: the class; its ``apply`` returns one tensor.
    """

    def forward(*arrays: Any) -> Any:
        return function.apply(*map(_tensor, arrays)).detach().numpy()

    def backward(*arrays: Any, upstream: Any = None) -> tuple[Any, ...]:
        return _torch_backward(function.apply, arrays, upstream)

    return Adapted(forward, backward)


def torch_module(module: Any, *inputs: str) -> Adapted:
    """A PyTorch module, as a function of its inputs and its parameters, by their names.

    Args:
        module: it stays as it is; its parameters are replaced by the arrays given.
        inputs: the names of what its ``forward`` takes, in order.

    >>> import numpy as np
    >>> import torch
    >>> from autograd.testing import check_backward
    >>> linear = torch_module(torch.nn.Linear(3, 2), "x")
    >>> def in_numpy(x, weight, bias):
    ...     return x @ weight.T + bias
    >>> check_backward(in_numpy, linear.backward, {"x": ("n", 3), "weight": (2, 3), "bias": (2,)})
    """
    import torch

    def call(named: dict[str, Any]) -> Any:
        parameters = {name: x for name, x in named.items() if name not in inputs}
        return torch.func.functional_call(module, parameters, tuple([named[name] for name in inputs]))

    def forward(**arrays: Any) -> Any:
        with torch.no_grad():
            return call({name: _tensor(x) for name, x in arrays.items()}).numpy()

    def backward(upstream: Any = None, **arrays: Any) -> dict[str, Any]:
        names = list(arrays)
        grads = _torch_backward(lambda *x: call(dict(zip(names, x, strict=True))), list(arrays.values()), upstream)
        return dict(zip(names, grads, strict=True))

    return Adapted(forward, backward)


def jax_function(function: Callable[..., Any]) -> Adapted:
    """A function of JAX's, as ``jax.custom_vjp`` makes it, from arrays to one array.

    >>> import jax
    >>> from autograd.testing import check_backward
    >>> double = jax.custom_vjp(lambda x: 2 * x)
    >>> double.defvjp(lambda x: (2 * x, None), lambda _, upstream: (2 * upstream,))
    >>> check_backward(lambda x: 2 * x, jax_function(double).backward, {"x": ("n", 2)})
    """

    def forward(*arrays: Any) -> Any:
        import jax
        import numpy as np

        with jax.enable_x64(True):
            return np.asarray(function(*arrays))

    def backward(*arrays: Any, upstream: Any = 1.0) -> tuple[Any, ...]:
        import jax
        import numpy as np

        with jax.enable_x64(True):
            value, pull_back = jax.vjp(function, *map(jax.numpy.asarray, arrays))
            found = pull_back(jax.numpy.asarray(upstream, value.dtype).reshape(value.shape))
        return tuple([None if g.dtype == jax.dtypes.float0 else np.asarray(g) for g in found])

    return Adapted(forward, backward)


def _tensor(x: Any) -> Any:
    import numpy as np
    import torch

    return torch.from_numpy(np.array(x))


def _torch_backward(function: Callable[..., Any], arrays: Sequence[Any], upstream: Any) -> tuple[Any, ...]:
    leaves = [x.requires_grad_() if x.is_floating_point() else x for x in map(_tensor, arrays)]
    output = function(*leaves)
    output.backward(None if upstream is None else _tensor(upstream).to(output.dtype).reshape(output.shape))
    return tuple([None if x.grad is None else x.grad.numpy() for x in leaves])
