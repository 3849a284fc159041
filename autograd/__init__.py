"""A scalar autograd engine made of glass: every number, operation and derivative can be read, drawn and tested.

>>> from autograd import Value
>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> y = (w * x).sigmoid()
>>> y.backward()
>>> print(f"y = {y:.4f}, ∂y/∂w = {w.grad:.4f}")
y = 0.7311, ∂y/∂w = 0.3932
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd._install import COMPILED, warn_of_hips_autograd
from autograd.anomaly import detect_anomaly
from autograd.arithmetic import dot
from autograd.engine import Value
from autograd.graph import Graph, Step
from autograd.operation import Op
from autograd.ops import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logsigmoid,
    maximum,
    minimum,
    reciprocal,
    relu,
    round,
    sigmoid,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    tan,
    tanh,
    xlogy,
)  # fmt: skip
from autograd.transforms import grad, gradients, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:
    from autograd.compiler.program import Program, compile
    from autograd.compiler.torch import to_torch
    from autograd.testing.gradcheck import gradcheck
    from autograd.viz.draw import draw_dot
    from autograd.viz.stepper import write_stepper

__all__ = [
    "COMPILED",
    "Graph",
    "Op",
    "Program",
    "Step",
    "Value",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clip",
    "compile",
    "cos",
    "cosh",
    "detect_anomaly",
    "dot",
    "draw_dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "gelu",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logsigmoid",
    "maximum",
    "minimum",
    "reciprocal",
    "relu",
    "round",
    "sigmoid",
    "silu",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "to_torch",
    "value_and_grad",
    "vjp",
    "write_stepper",
    "xlogy",
]

__version__ = "0.2.0"

# What stands on the engine takes longer to import than the engine. It is imported when it is first asked for.
_LATER = {
    "Program": "compiler.program",
    "compile": "compiler.program",
    "compiler": "compiler",
    "draw_dot": "viz.draw",
    "gradcheck": "testing.gradcheck",
    "testing": "testing",
    "to_torch": "compiler.torch",
    "viz": "viz",
    "write_stepper": "viz.stepper",
}

if not TYPE_CHECKING:  # a type checker would take it for a module that has any attribute

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module 'autograd' has no attribute {name!r}")
        module = import_module(f"autograd.{_LATER[name]}")
        return globals().setdefault(name, getattr(module, name, module))

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})


warn_of_hips_autograd(__path__[0])
