"""No call from plain Python ends the interpreter: what is wrong is an exception, compiled as in plain Python."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

BEGIN = """
import faulthandler, gc
faulthandler.enable()
import autograd
from autograd import Graph, Op, Value, engine, node
x = Value(2.0)
y = x * x
graph = Graph((y + 1).exp())
half = Value.__new__(Value)
identity = Op("identity", "", lambda x: x, (lambda out, x: 1.0,))
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BEGIN + program]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "program",
    [
        "x._apply(None, x, 3)",
        "x._apply(None, x, 2.0)",
        "x._apply(autograd.ops.add, None, 2.0)",
        "x.__apply_op__(None, (x,))",
        "x.__apply_op__(autograd.ops.add, ())",
        "x.__apply_op__(autograd.ops.add, None)",
        "(half * x).backward()",
        "Graph(x * half)",
        "half.backward()",
        "identity.__class__.__new__(Op)(x)",
        "x._apply(Op.__new__(Op), x, 1)",
        "node.edges(None)",
        "node.edges(3)",
        "engine.topological_order(None)",
        "engine.recompute(None)",
        "engine.recompute([1])",
        "engine.recompute(engine.Order())",
        "engine.backpropagate(None, 1.0)",
        "engine.backpropagate(engine.Order(), 1.0)",
        "y.__init__(5.0)",
    ],
)
def test_what_is_no_operation_node_or_order_is_an_error(program: str) -> None:
    result = run(program)
    assert result.returncode == 1
    assert re.search("^(Type|Attribute|Index)Error: ", result.stderr, re.MULTILINE), result.stderr


@pytest.mark.parametrize(
    ("disturb", "outcome"),
    [
        ("node.__init__(1.0)", "error"),
        ("graph.__init__(Value(1.0))", "done"),
        ("box.clear(); gc.collect()", "done"),
        ("graph._order = None", "error"),
        ("[o.clear() for o in gc.get_objects() if type(o) is list and o and type(o[0]) is Value]", "done"),
        ("graph.forward()", "done"),
        ("graph.backward()", "done"),
    ],
)
def test_an_operation_may_do_what_it_likes_to_the_graph_that_runs_it(disturb: str, outcome: str) -> None:
    program = f"""
def forward(x):
    if box:
        node, graph = box
        box.clear()
        {disturb}
    return x
box = []
disturbing = Op("disturbing", "", forward, (lambda out, x: 1.0,))
node = disturbing(Value(2.0))
top = node
for _ in range(1000):
    top = disturbing(top) * 1.001
graph = Graph(top)
del top
box += [node, graph]
del node
held = [graph]
del graph
try:
    held[0].forward()
    print("done")
except (TypeError, AttributeError):
    print("error")
try:
    held[0].backward()
except (TypeError, AttributeError):
    pass
"""
    result = run(program)
    assert (result.returncode, result.stdout, result.stderr) == (0, outcome + "\n", "")


ABUSE = """
import itertools, random
from autograd import arithmetic, ops
def things():
    x = Value(2.0)
    graph = Graph(x * x + 1)
    return [
        None, 3, 2.5, "a", b"a", (), [], {{}}, (None,), [1], (x, 2.0), object(), lambda *a: 1.0, Value, Op,
        x, x * 3.0, Value.__new__(Value), ops.exp, ops.add, Op.__new__(Op), graph, graph._order,
        engine.Order.__new__(engine.Order), arithmetic.Arithmetic(),
        Op("f", "f", lambda *a: 1.0, ()), Op("f", "f", lambda *a: None, (lambda *a: 1.0,) * 2),
    ]
rng = random.Random({seed})
skipped = {{"__class__", "__init_subclass__", "__subclasshook__", "__getstate__", "compiled_from"}}
calls = 0
for owner in [engine, node, ops, arithmetic, *things()[15:]]:
    for name in sorted(set(dir(owner)) - skipped):
        try:
            called = getattr(owner, name)
        except Exception:
            continue
        if not callable(called) or (isinstance(called, type) and called.__module__ in ("builtins", "typing")):
            continue
        for count in range(4):
            for _ in range({tries} if count else 1):
                calls += 1
                try:
                    arguments = rng.sample(things(), count)
                    result = called(*arguments)
                    repr(result)
                    for used in (result, *arguments, owner):
                        if isinstance(used, Value):
                            (used * 2 + used).backward()
                        if isinstance(used, Graph):
                            used.forward()
                            used.backward()
                except Exception:
                    pass
print(calls)
"""


@pytest.mark.parametrize("seed", range(3))
def test_every_method_and_function_called_with_anything_ends_in_an_answer_or_an_exception(seed: int) -> None:
    result = run(ABUSE.format(seed=seed, tries=8))
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.splitlines()[-1]) > 10_000
