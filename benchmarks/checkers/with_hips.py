"""The cases, on HIPS autograd: ``check_grads`` in reverse mode. A script for an environment where that is installed.

It is imported as ``autograd``, as this package is: so it runs in an environment of its own, and says by JSON what it
made of each case.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import autograd.numpy as np
from autograd.extend import defvjp, primitive
from autograd.test_util import check_grads
from autograd.tracer import getval
from cases import CASES, Case


class Engine:
    sin, exp, log, sqrt, tanh = np.sin, np.exp, np.log, np.sqrt, np.tanh

    @staticmethod
    def op(forward: Any, partials: tuple[Any, ...]) -> Any:
        own = primitive(lambda *inputs: forward(*map(float, inputs)))
        defvjp(own, *(lambda out, *x, partial=partial: lambda g: g * partial(out, *x) for partial in partials))
        return own

    @staticmethod
    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    @staticmethod
    def detach(x: Any) -> Any:
        return getval(x)

    @staticmethod
    def num(x: Any) -> float:
        return float(getval(x))

    @staticmethod
    def select(x: Any, then: Any, otherwise: Any) -> Any:
        return then if x > 0 else otherwise


def check(case: Case) -> None:
    check_grads(case.make(Engine), modes=["rev"], order=case.order)(*case.point)


def accepts(case: Case) -> bool:
    np.random.seed(0)  # it checks in random directions
    try:
        check(case)
    except Exception:
        return False
    return True


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    print(json.dumps([accepts(case) for case in CASES]))
