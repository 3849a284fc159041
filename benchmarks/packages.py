"""What the README's table and the docs say of other packages, seen on them: ``python -m benchmarks.packages``.

Each is installed into a folder of its own, since two are imported as ``micrograd`` and one as ``autograd``. PyTorch is
too large for that, and is the one of this environment. minitorch, a course, is not on the package index.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

LONG = 100_000


def chain(x: Any, length: int = LONG) -> Any:
    """A sum, link by link."""
    for _ in range(length):
        x = x + 1.0
    return x


def says(package: str, pattern: str) -> bool:
    """Whether the source of an installed package has such a word."""
    [folder] = import_module(package).__path__
    return any(re.search(pattern, file.read_text("utf-8")) for file in Path(folder).rglob("*.py"))


def micrograd() -> None:
    engine = import_module("micrograd.engine")
    x = engine.Value(3.0)
    y = x * x * x + 10 * x
    y.backward()
    assert x.grad == 37
    assert isinstance(x.grad, float), "no graph of the gradient"
    y.backward()
    assert x.grad != 74
    with pytest.raises(RecursionError):
        chain(x, 2000).backward()
    assert not says("micrograd", "gradcheck|check_grad|class Op|class Function")


def micrograd_original() -> None:
    micrograd()
    assert len(inspect.getsource(import_module("micrograd.engine")).splitlines()) == 94
    assert not says("micrograd", "import.*graphviz"), "that is in its notebook"


def micrograd_viz() -> None:
    micrograd()
    Value = import_module("micrograd.engine").Value
    x = Value(3.0, label="x")
    x.grad = 5.0
    assert re.search(r"x \| data 3\.0+ \| grad 5\.0+", x.draw_dot().source)


def mygrad() -> None:
    mg = import_module("mygrad")
    x = mg.tensor(3.0)
    y = x * x * x + 10 * x
    y.backward()
    y.backward()
    assert x.grad == 37
    assert not isinstance(x.grad, mg.Tensor), "no graph of the gradient"
    chain(x).backward()
    assert x.grad == 1
    picture = import_module("mygrad.computational_graph").build_graph(x * 2).source
    assert "Tensor(6.)" in picture
    assert "grad" not in picture

    class Cube(import_module("mygrad.operation_base").Operation):  # type: ignore[misc]
        def __call__(self, x: Any) -> Any:
            self.variables = (x,)
            return x.data**3

        def backward_var(self, grad: Any, index: int, **_: Any) -> Any:
            return grad * 3 * self.variables[0].data ** 2

    mg.execute_op(Cube, x).backward()
    assert x.grad == 27
    assert not says("mygrad", "gradcheck|check_grad|numerical_grad")


def hips_autograd() -> None:
    grad, extend = import_module("autograd").grad, import_module("autograd.extend")
    assert grad(chain)(1.0) == 1
    assert grad(grad(grad(lambda x: x**3)))(2.0) == 6
    cube = extend.primitive(lambda x: x**3)
    extend.defvjp(cube, lambda out, x: lambda upstream: upstream * 3 * x**2)
    import_module("autograd.test_util").check_grads(cube, modes=["rev"], order=1)(2.0)
    assert not says("autograd", "graphviz")
    hips_as_the_page_for_its_users_has_it()


def hips_as_the_page_for_its_users_has_it() -> None:
    """``docs/from-hips-autograd.md``: its calls, and what is different there."""
    ag: Any = import_module("autograd")
    np: Any = import_module("autograd.numpy")
    f: Any = lambda x, y: x * x * y  # noqa: E731
    square: Any = lambda x: x * x  # noqa: E731
    g, h = lambda p: p[0] * p[0] * p[1], lambda p: np.array([p[0] * p[1], p[0] + p[1]])
    p, v = np.array([3.0, 5.0]), np.array([1.0, 0.0])
    assert (ag.grad(f)(3.0, 2.0), ag.grad(f, 1)(3.0, 2.0), ag.grad_named(f, "y")(3.0, 2.0)) == (12, 9, 9)
    assert ag.grad(f, argnum=1)(3.0, 2.0) == 9
    assert ag.grad(f, [0, 1])(3.0, 2.0) == (12, 9)
    assert ag.value_and_grad(f)(3.0, 2.0) == (18, 12)
    assert ag.make_jvp(square)(3.0)(1.0) == (9, 6)
    assert ag.deriv(square)(3.0) == 6
    pull_back, value = ag.make_vjp(square)(3.0)
    assert (pull_back(1.0), value) == (6, 9)
    assert ag.make_hvp(g)(p)[0](v).tolist() == ag.hessian_vector_product(g)(p, v).tolist() == [10, 6]
    assert ag.vector_jacobian_product(h)(p, v).tolist() == [5, 3]
    assert ag.vector_jacobian_product is ag.tensor_jacobian_product
    assert ag.hessian(g)(p).tolist() == [[10, 6], [6, 0]]
    assert ag.jacobian(h)(p).tolist() == [[5, 3], [1, 1]]
    assert ag.elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0])).tolist() == [3, 12]
    assert ag.grad(lambda x: square(x) if x == 2.0 else 7 * x)(2.0) == 4
    assert ag.grad(lambda x: np.real(np.exp(1j * x)))(0.0) == 0
    assert (ag.grad(np.arctan)(1.0), ag.grad(np.logaddexp)(1.0, 1.0)) == pytest.approx((0.5, 0.5))
    assert ag.grad(lambda x: np.linalg.inv(x)[0, 0])(np.array([[2.0]])).tolist() == [[-0.25]]
    assert ag.grad(lambda x: np.real(np.fft.fft(x)[0]))(p).tolist() == [1, 1]
    assert ag.grad(import_module("autograd.scipy.stats").norm.logpdf)(1.0) == -1
    assert {"grad_and_aux", "make_ggnvp", "checkpoint"} <= set(dir(ag))
    assert {"sgd", "adam"} <= set(dir(import_module("autograd.misc.optimizers")))
    assert hasattr(import_module("autograd.misc.fixed_points"), "fixed_point")
    refused: list[tuple[Any, type[Exception]]] = [
        (lambda: ag.grad(f)(3, 2), TypeError),
        (lambda: ag.hessian(g)([3.0, 5.0]), TypeError),
        (lambda: ag.grad(np.sqrt)(0.0), ZeroDivisionError),
        (lambda: ag.multigrad_dict(f), ModuleNotFoundError),
    ]
    for call, error in refused:
        with pytest.raises(error):
            call()
    with pytest.warns(UserWarning, match="independent of input"):
        assert ag.grad(lambda x: 3.0)(1.0) == 0
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert f"{ag.grad(lambda x: x**0.5)(-2.0):.2e}" == "2.16e-17"


def pytorch() -> None:
    torch = import_module("torch")
    x = torch.tensor(3.0, requires_grad=True)
    y = x * x * x + 10 * x
    picture = import_module("torchviz").make_dot(y, params={"x": x}).source
    assert "\n ()" in picture, "the shape"
    assert "3." not in picture
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 74
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.backward()
    [slope] = torch.autograd.grad(chain(x), x)
    assert slope == 1
    slope = x**3
    for _ in range(3):
        [slope] = torch.autograd.grad(slope, x, create_graph=True)
    assert slope == 6
    assert {"Function", "gradcheck"} <= set(dir(torch.autograd))


def xad() -> None:
    adjoint = import_module("xad.adj_1st")
    x = adjoint.Real(3.0)
    with adjoint.Tape() as tape:
        tape.registerInput(x)
        tape.newRecording()
        y = chain(x)
        tape.registerOutput(y)
        y.derivative = 1.0
        tape.computeAdjoints()
        assert x.derivative == 1
        assert isinstance(x.derivative, float), "no graph of the gradient"
    assert not says("xad", "graphviz|gradcheck|check_grad")
    assert not [name for name in dir(adjoint.Tape) if "allback" in name], "those are an operation of one's own in C++"


def casadi() -> None:
    ca = import_module("casadi")
    x = ca.SX.sym("x")
    assert ca.Function("f", [x], [ca.gradient(chain(ca.sin(x)), x)])(0.0) == 1
    assert ca.Function("f", [x], [ca.gradient(ca.gradient(ca.gradient(x**3, x), x), x)])(2.0) == 6
    picture = import_module("casadi.tools.graph.graph").dotgraph(ca.sin(x)).to_string()
    assert "sin" in picture
    assert "grad" not in picture
    assert hasattr(ca, "Callback"), "an operation of one's own"
    assert not says("casadi", "gradcheck|check_grad")


PEERS = {
    "micrograd": (micrograd_original, ["micrograd==0.1.0"]),
    "micrograd-viz": (micrograd_viz, ["micrograd-viz==0.2.0", "graphviz"]),
    "MyGrad": (mygrad, ["mygrad==2.5.0", "graphviz"]),
    "autograd (HIPS)": (hips_autograd, ["autograd==1.9.1", "scipy"]),
    "PyTorch": (pytorch, ["--no-deps", "torchviz", "graphviz"]),
    "XAD": (xad, ["xad==1.5.2"]),
    "CasADi": (casadi, ["casadi==3.8.2", "pydot"]),
}


def main() -> None:
    failed = []
    for name, (_, requirements) in PEERS.items():
        if name == "PyTorch" and find_spec("torch") is None:
            print("PyTorch: not tried, since it is not installed here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *requirements]
            subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
            result = subprocess.run(
                [sys.executable, __file__, name], cwd=folder, env=os.environ | {"PYTHONPATH": folder}, check=False
            )
        print(f"{name}: {'NOT ' if result.returncode else ''}as the table says")
        failed += [name] if result.returncode else []
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if sys.argv[1:]:
        PEERS[sys.argv[1]][0]()
    else:
        main()
