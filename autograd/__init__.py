"""A scalar autograd engine made of glass: every number, operation and derivative can be read, drawn and tested.

>>> from autograd import Value
>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> y = (w * x).sigmoid()
>>> y.backward()
>>> print(f"y = {y:.4f}, ∂y/∂w = {w.grad:.4f}")
y = 0.7311, ∂y/∂w = 0.3932
"""

from autograd._install import COMPILED, warn_of_hips_autograd
from autograd.anomaly import detect_anomaly
from autograd.compiler.program import Program, compile
from autograd.compiler.torch import to_torch
from autograd.engine import Value
from autograd.graph import Graph, Step
from autograd.ops import Op, cos, exp, log, relu, sigmoid, sin, softplus, sqrt, tan, tanh
from autograd.testing import gradcheck
from autograd.transforms import grad, gradients, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.viz.draw import draw_dot
from autograd.viz.stepper import write_stepper

__all__ = [
    "COMPILED",
    "Graph",
    "Op",
    "Program",
    "Step",
    "Value",
    "compile",
    "cos",
    "detect_anomaly",
    "draw_dot",
    "exp",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "log",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "to_torch",
    "value_and_grad",
    "vjp",
    "write_stepper",
]

__version__ = "0.1.0"

warn_of_hips_autograd(__path__[0])
