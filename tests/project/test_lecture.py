"""Code of micrograd's lecture and of microgpt runs on our Values with the imports swapped, and nothing else.

What the code does is here, in our words. The code itself runs too, where there is a folder of it: set the environment
variable GLASSGRAD_NOTEBOOKS to one with the notebooks of karpathy/nn-zero-to-hero (lectures/micrograd) and of
karpathy/micrograd, its test_engine.py, and microgpt.py with its input.txt. ``pytest -rP`` prints the counts.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import random
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import nn
from autograd import Graph, Value
from autograd.testing.strategies import Expression, expressions

FOLDER = os.environ.get("GLASSGRAD_NOTEBOOKS")
FOUND = sorted(Path(FOLDER).glob("*.*")) if FOLDER else []


def neuron() -> tuple[list[Value], Value]:
    """The lecture's neuron, with the intermediate results that it names, inputs first."""
    x1, x2, w1, w2 = Value(2.0, label="x1"), Value(0.0, label="x2"), Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    both = x1w1 + x2w2
    n = both + b
    return [x1, x2, w1, w2, b, x1w1, x2w2, both, n], n.tanh()


def test_the_lectures_trace_finds_nodes_and_edges() -> None:
    nodes, edges = set(), set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    inner, o = neuron()
    build(o)
    assert nodes == {*inner, o}
    assert len(edges) == 9
    assert sorted(v._op for v in nodes) == [""] * 5 + ["*", "*", "+", "+", "tanh"]


@pytest.mark.parametrize(
    ("value", "sign"),
    [
        (Value(1.0), ""),
        (Value(1.0) + 1, "+"),
        (Value(1.0) - 1, "-"),
        (-Value(1.0), "-"),
        (Value(1.0) * 2, "*"),
        (Value(1.0) / 2, "/"),
        (Value(1.0) ** 2, "**"),
        (Value(1.0).relu(), "ReLU"),
        (Value(1.0).exp(), "exp"),
        ((Value(1.0) * 2).parents[1], ""),
    ],
)
def test_op_is_the_sign_as_micrograd_writes_it(value: Value, sign: str) -> None:
    assert value._op == sign


def test_prev_has_each_parent_once_and_a_leaf_has_none() -> None:
    x = Value(3.0)
    assert (x * x)._prev == {x}
    assert x._prev == set()


@pytest.mark.parametrize("name", ["_prev", "_op"])
def test_the_two_are_read_only(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Value(1.0), name, "+")


@pytest.mark.parametrize("value", [Value(1.0), Value(1.0) + 1])
def test_a_function_backward_of_a_node_is_an_error_that_names_propagate(value: Value) -> None:
    with pytest.raises(AttributeError, match=r"no function _backward.*v\.propagate\(\).*v\.backward\(\).*autograd\.Op"):
        value._backward()
    with pytest.raises(AttributeError, match=r"v\.propagate\(\)"):
        value._backward = lambda: None


@pytest.mark.parametrize(
    "further", [("x", "+"), ((Value(1.0),), "+"), ((Value(1.0), Value(2.0)),), (set(), "", "x"), ([], ()), ((), (1, 1))]
)
def test_making_a_value_with_children_is_an_error_that_names_the_way_here(further: Any) -> None:
    with pytest.raises(TypeError, match=r"makes a leaf, which has no children and no operator.*a \+ b or a\.tanh\(\)"):
        Value(2.0, *further)


@given(expressions())
def test_propagating_by_hand_from_the_end_gives_the_bits_that_backward_gives(expression: Expression) -> None:
    _, root = expression.record()
    graph = Graph(root)
    root.backward()
    wanted = [repr(node.grad) for node in graph]
    for node in graph:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(list(graph)):
        node.propagate()
    assert [repr(node.grad) for node in graph] == wanted


def test_by_hand_in_the_lectures_order_and_in_the_wrong_one() -> None:
    inner, o = neuron()
    x1, _, w1, w2, b, x1w1, x2w2, both, n = inner
    o.grad = 1.0
    for node in (o, n, b, both, x2w2, x1w1):
        node.propagate()
    assert [round(v.grad, 6) for v in (x1, w1, w2, b)] == [-1.5, 1.0, 0.0, 0.5]

    a = Value(2.0)
    b = a * a
    c = b + a
    d = b * c
    d.grad = 1.0
    for node in (d, b, c):  # b before c, which uses it
        node.propagate()
    assert a.grad == 28.0  # 6·4 + 4, without the 4·4 that came to b too late


def test_the_lectures_network_learns_with_tanh_everywhere_and_sticks_without() -> None:
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]

    def train(n: nn.MLP) -> float:
        for _ in range(20):
            loss: Any = sum((n(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
            for p in n.parameters():
                p.grad = 0.0
            loss.backward()
            for p in n.parameters():
                p.data += -0.1 * p.grad
        return float(loss.data)

    for seed in range(10):
        assert train(nn.MLP(3, [4, 4, 1], "tanh", "tanh", rng=random.Random(seed))) < 1, seed
    stuck = [train(nn.MLP(3, [4, 4, 1], rng=random.Random(seed))) for seed in range(10)]
    assert sum(abs(loss - 4) < 0.05 for loss in stuck) >= 5


# The code itself.


def swap(source: str) -> str:
    """A cell with our imports for micrograd's and for its own class Value, and without commands of the notebook's."""
    source = re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)
    source = source.replace("from micrograd import nn", "import nn")
    source = source.replace("micrograd.engine", "autograd").replace("micrograd.nn", "nn")
    for part in ast.parse(source).body:
        if isinstance(part, ast.ClassDef) and part.name == "Value":
            lines = source.splitlines()
            lines[part.lineno - 1 : part.end_lineno] = ["from autograd import Value"]
            return "\n".join(lines)
    return source


@pytest.mark.skipif(not FOUND, reason="the environment variable GLASSGRAD_NOTEBOOKS names no folder with notebooks")
@pytest.mark.parametrize("notebook", [path for path in FOUND if path.suffix == ".ipynb"], ids=lambda path: path.name)
def test_every_cell_runs_or_says_what_to_do_here(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    scope: dict[str, Any] = {}
    ran, told = 0, 0
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or not source.strip():
            continue
        if ".render(" in source and not shutil.which("dot"):
            continue  # needs the programs of Graphviz
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(swap(source), scope)
            ran += 1
        except ModuleNotFoundError as error:
            pytest.skip(f"{notebook.name} needs {error.name}")
        except (AttributeError, TypeError) as error:
            says = re.search(r"v\.propagate\(\)|has no children", str(error))
            if not says or not re.search(r"_backward|Value\(.*\(", source):
                raise
            told += 1
    sys.stdout.write(f"{notebook.name}: {ran} cells run, {told} say what to do\n")
    assert ran


@pytest.mark.skipif(not FOUND, reason="the environment variable GLASSGRAD_NOTEBOOKS names no folder with tests")
@pytest.mark.parametrize("file", [path for path in FOUND if path.name.startswith("test_")], ids=lambda path: path.name)
def test_micrograds_own_tests_pass(file: Path) -> None:
    pytest.importorskip("torch")
    scope: dict[str, Any] = {}
    exec(swap(file.read_text("utf-8")), scope)
    tests = [thing for name, thing in scope.items() if name.startswith("test_")]
    for test in tests:
        test()
    sys.stdout.write(f"{file.name}: {len(tests)} tests pass\n")
    assert tests


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # its own
@pytest.mark.skipif(not FOUND, reason="the environment variable GLASSGRAD_NOTEBOOKS names no folder with microgpt.py")
@pytest.mark.parametrize("file", [path for path in FOUND if path.name == "microgpt.py"], ids=lambda path: path.name)
def test_microgpt_gives_its_losses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three steps; its own class recurses, so not many more could be asked of both."""
    monkeypatch.chdir(file.parent)
    theirs = re.sub(r"^num_steps = \d+", "num_steps = 3", file.read_text("utf-8"), flags=re.MULTILINE)
    theirs = theirs.replace("    loss.backward()", "    loss.backward(); seen.append(loss.data)")
    theirs = theirs[: theirs.index("\ntemperature =")]
    losses: list[list[float]] = []
    for source in (theirs, swap(theirs)):
        losses.append([])
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source, {"seen": losses[-1]})
    assert len(losses[0]) == 3
    assert losses[1] == pytest.approx(losses[0], rel=1e-14)
