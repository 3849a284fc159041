"""Carrying a recorded graph over to PyTorch: the same operations on tensors, which PyTorch differentiates.

With ``loss`` recorded from Values ``w`` and ``x``,

    f = to_torch(loss, inputs=[w, x])
    weight = torch.tensor(w.data, dtype=torch.float64, requires_grad=True)
    f(weight, torch.tensor(x.data, dtype=torch.float64)).backward()

leaves in ``weight.grad`` what ``loss.backward()`` leaves in ``w.grad``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, reduce
from typing import Any

from autograd import ops
from autograd.compiler.arrays import on_arrays, primitives
from autograd.compiler.program import Program, compile, forward_on_arrays, program_of
from autograd.compiler.trace import Trace
from autograd.engine import Value
from autograd.operation import Op
from autograd.transforms import local_grads

#: PyTorch's own functions for what the table makes of others, where their derivatives are the table's.
NATIVE: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "power": lambda torch: operator.pow,
    "relu": lambda torch: torch.relu,
    "sigmoid": lambda torch: torch.sigmoid,
    "softplus": lambda torch: lambda x: -torch.nn.functional.logsigmoid(-x),
    "square": lambda torch: torch.square,
    "maximum": lambda torch: lambda *xs: torch.maximum(*tensors(torch, xs)),
    "minimum": lambda torch: lambda *xs: torch.minimum(*tensors(torch, xs)),
}


def tensors(torch: Any, xs: Sequence[Any]) -> list[Any]:
    """The operands as tensors; at least one is."""
    like = next(x for x in xs if isinstance(x, torch.Tensor))
    return [torch.as_tensor(x, dtype=like.dtype) for x in xs]


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

    bound = lru_cache(lambda dtype: _bind(program, _Host(torch, dtype)))

    def function(*tensors: Any) -> Any:
        if len(tensors) != len(program.inputs):
            raise TypeError(f"{program!r} takes {len(program.inputs)} tensor(s), got {len(tensors)}")
        for x in tensors:
            if not isinstance(x, torch.Tensor) or not x.is_floating_point():
                raise TypeError(
                    f"expected a tensor of floats, as torch.tensor(0.5, dtype=torch.float64), got {x!r:.80}"
                )
        dtype = reduce(torch.promote_types, [x.dtype for x in tensors] or [torch.float64])
        value = bound(dtype)(*tensors)[0]
        value = torch.as_tensor(value, dtype=dtype)  # a float where no tensor went in
        return value.clone() if any(value is x for x in tensors) else value

    return function


class _Host:
    """The operations on PyTorch's tensors of one type: its own functions, and what brings the table's derivatives."""

    def __init__(self, torch: Any, dtype: Any) -> None:
        self.torch, self.dtype = torch, dtype
        self.functions = on_arrays(torch, dtype) | {name: in_torch(torch) for name, in_torch in NATIVE.items()}
        self.functions_of: dict[tuple[Op, int], Any] = {}

    def own(self, op: Op) -> Callable[..., Any]:
        """An operation with the derivatives that it says it has, on tensors and plain numbers."""

        def apply(*xs: Any) -> Any:
            if (op, len(xs)) not in self.functions_of:
                self.functions_of[op, len(xs)] = self._function_of(op, len(xs))
            return self.functions_of[op, len(xs)].apply(*[self.torch.as_tensor(x, dtype=self.dtype) for x in xs])

        return apply

    def _function_of(self, op: Op, arity: int) -> Any:
        """What PyTorch calls a function: how to compute an operation on so many inputs, and how to go backward."""
        made = op not in primitives()  # of others; where it is not, it is what `arrays` has for what PyTorch has not
        compute = forward_on_arrays(op, self.functions, lambda x: None) if made else self.functions[op.name]
        rules = _partials(op, arity).bind(self.functions, self.own)

        def forward(ctx: Any, *xs: Any) -> Any:
            out = compute(*xs)
            ctx.save_for_backward(out, *xs)
            return out

        def backward(ctx: Any, upstream: Any) -> Any:
            _, local_grads = rules(*ctx.saved_tensors)
            return tuple([upstream * local_grad for local_grad in local_grads])

        methods = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
        return type("Own", (self.torch.autograd.Function,), methods)


def _bind(program: Program, host: _Host) -> Callable[..., Any]:
    """A program as a function of tensors.

    What PyTorch has no function for takes its derivatives from the table: it would find others in what an operation is
    made of, as 0 for the sigmoid's at 0, which is a choice of two flat pieces there.
    """
    from autograd.compiler.rules import is_primitive  # costs a millisecond that `import autograd` need not pay

    made = {op.name: op for op in ops.TABLE if op.partials and op.name in program.names - NATIVE.keys()}
    table = {name: host.own(op) for name, op in made.items() if not is_primitive(op) or not hasattr(host.torch, name)}
    return program.bind(host.functions | table, host.own)


def _partials(op: Op, arity: int) -> Program:
    """The partial derivatives of an operation on so many inputs, as a program that takes the output and them."""
    trace = Trace()
    out, *xs = [trace.input(f"x{index}") for index in range(arity + 1)]
    partials = [
        trace.line(None, [local], trace.names.new(f"d{x.name}"))
        for x, local in zip(xs, local_grads(op, out, xs, range(arity)), strict=True)
    ]
    return program_of(trace, [out, *xs], xs, out, partials)
