"""Carrying a recorded graph over to PyTorch: the same operations on tensors, which PyTorch differentiates.

With ``loss`` recorded from Values ``w`` and ``x``,

    f = to_torch(loss, inputs=[w, x])
    weight = torch.tensor(w.data, dtype=torch.float64, requires_grad=True)
    f(weight, torch.tensor(x.data, dtype=torch.float64)).backward()

leaves in ``weight.grad`` what ``loss.backward()`` leaves in ``w.grad``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from autograd.compiler.arrays import on_arrays
from autograd.compiler.program import compile, forward_on_arrays, program_of
from autograd.compiler.trace import Trace
from autograd.engine import Value
from autograd.ops import Op
from autograd.transforms import local_grad


def to_torch(root: Value, inputs: Iterable[Value] | None = None) -> Callable[..., Any]:
    """A recorded graph as a function of PyTorch tensors, with the same value and, by PyTorch, the same gradients.

    Args:
        root: what the function returns.
        inputs: the leaves that become its arguments, in order, as in `compile`; all of the graph's unless given.

    The arguments are tensors of floating-point numbers, float64 to see the same digits. They broadcast, so that the
    function of one example takes a batch. An operation of the user's own brings its own partial derivatives along.

    Raises:
        ModuleNotFoundError: where PyTorch is not installed.
        TypeError, ValueError: as by `compile`.
    """
    program = compile(root, inputs, wrt=())
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'to_torch needs PyTorch: python -m pip install "glassgrad[torch]"', name=error.name
        ) from error

    def function(*tensors: Any) -> Any:
        if len(tensors) != len(program.inputs):
            raise TypeError(f"{program!r} takes {len(program.inputs)} tensor(s), got {len(tensors)}")
        for x in tensors:
            if not isinstance(x, torch.Tensor) or not x.is_floating_point():
                raise TypeError(
                    f"expected a tensor of floats, as torch.tensor(0.5, dtype=torch.float64), got {x!r:.80}"
                )
        dtype = reduce(torch.promote_types, [x.dtype for x in tensors] or [torch.float64])
        # PyTorch's own where it has them, for their derivatives at the kinks.
        functions = on_arrays(torch, dtype) | {
            "relu": torch.relu,
            "sigmoid": torch.sigmoid,
            "softplus": lambda x: -torch.nn.functional.logsigmoid(-x),
        }

        def own(op: Op) -> Callable[..., Any]:
            """A user's operation: its forward, and its partial derivatives as a program."""
            trace = Trace()
            out, *xs = [trace.input(f"x{index}") for index in range(len(op.partials) + 1)]
            partials = [
                trace.line(None, [local_grad(op, i, out, xs)], trace.names.new(f"d{x.name}")) for i, x in enumerate(xs)
            ]
            rules = program_of(trace, [out, *xs], xs, out, partials)

            class Own(torch.autograd.Function):
                @staticmethod
                def forward(ctx: Any, *xs: Any) -> Any:
                    out = forward_on_arrays(op, functions, lambda x: None)(*xs)
                    ctx.save_for_backward(out, *xs)
                    return out

                @staticmethod
                def backward(ctx: Any, upstream: Any) -> Any:
                    _, local_grads = rules.bind(functions, own)(*ctx.saved_tensors)
                    return tuple([upstream * local_grad for local_grad in local_grads])

            return lambda *xs: Own.apply(*[torch.as_tensor(x, dtype=dtype) for x in xs])  # type: ignore[no-untyped-call]

        value = program.bind(functions, own)(*tensors)[0]
        value = torch.as_tensor(value, dtype=dtype)  # a float where no tensor went in
        return value.clone() if any(value is x for x in tensors) else value

    return function
