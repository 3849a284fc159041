"""The cases, on PyTorch: ``torch.autograd.gradcheck`` as it comes, and ``gradgradcheck`` for second derivatives."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.checkers.cases import Case


class Engine:
    sin, exp, log, sqrt, tanh, relu = torch.sin, torch.exp, torch.log, torch.sqrt, torch.tanh, torch.relu

    @staticmethod
    def op(forward: Any, partials: tuple[Any, ...]) -> Any:
        class Own(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *inputs: torch.Tensor) -> torch.Tensor:
                out = torch.tensor(forward(*(x.item() for x in inputs)), dtype=torch.float64)
                ctx.save_for_backward(out, *inputs)
                return out

            @staticmethod
            def backward(ctx: Any, *upstream: torch.Tensor) -> Any:
                return tuple(upstream[0] * partial(*ctx.saved_tensors) for partial in partials)

        own: Any = Own  # apply has no types
        return lambda *inputs: own.apply(*inputs) if any(map(torch.is_tensor, inputs)) else forward(*inputs)

    @staticmethod
    def detach(x: Any) -> Any:
        return x.detach() if torch.is_tensor(x) else x

    @staticmethod
    def num(x: Any) -> float:
        return float(x.item())

    @staticmethod
    def select(x: Any, then: Any, otherwise: Any) -> Any:
        return then if x > 0 else otherwise


def check(case: Case) -> None:
    f = case.make(Engine)
    inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in case.point]
    torch.autograd.gradcheck(f, inputs)
    if case.order == 2:
        torch.autograd.gradgradcheck(f, inputs)
