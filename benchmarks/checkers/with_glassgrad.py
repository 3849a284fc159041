"""The cases, on this package: `gradcheck`, and `gradgradcheck` where the second derivative is in question."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Op, Value, ops
from autograd.testing import gradcheck, gradgradcheck
from benchmarks.checkers.cases import Case


class Engine:
    sin, exp, log, sqrt = autograd.sin, autograd.exp, autograd.log, autograd.sqrt
    tanh, relu = autograd.tanh, autograd.relu

    @staticmethod
    def op(forward: Any, partials: tuple[Any, ...]) -> Op:
        return Op("own", "own", forward, partials)

    @staticmethod
    def detach(x: Any) -> Any:
        return x.data if isinstance(x, Value) else x

    @staticmethod
    def num(x: Any) -> float:
        return float(x.data)

    @staticmethod
    def select(x: Any, then: Any, otherwise: Any) -> Any:
        return ops.where(x > 0, then, otherwise)


def check(case: Case) -> None:
    f = case.make(Engine)
    gradcheck(f, case.point, precision=case.precision)
    if case.order == 2:
        gradgradcheck(f, case.point, precision=case.precision)
