"""Where memory runs out there is a MemoryError, and nothing else: no crash, and no gradient that is half of one.

``_testcapi``, a part of CPython for its own tests, makes the n-th allocation fail, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import autograd

needs_failing_allocations = pytest.mark.skipif(
    not autograd.COMPILED or find_spec("_testcapi") is None,
    reason="for the compiled build (CPython itself does not survive all of this), on a Python with _testcapi",
)

BEGIN = """
import faulthandler, gc, sys
faulthandler.enable()
gc.disable()
from _testcapi import remove_mem_hooks, set_nomemory
from autograd import Graph, Op, Value
total = Op("total", "Σ", lambda *x: sum(x), (lambda out, *x: 1.0,) * 5)
def record(leaves):
    y = leaves[0]
    for x in leaves:
        y = total(y, x * 2.0, x.tanh() * 0, -x, 2.0 ** (x * 0)) + x
    return y
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BEGIN + program]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@needs_failing_allocations
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize(
    "phase", ["record(leaves)", "Graph(root)", "root.backward()", "graph.forward()", "graph.backward()"]
)
def test_whichever_allocation_fails_gradients_are_as_before_or_complete(phase: str, for_good: bool) -> None:
    program = f"""
leaves = [Value(1.0) for _ in range(8)]
root = record(leaves)
graph = Graph(root)
graph.backward()
right = [leaf.grad for leaf in leaves]
failed = 0
for n in range(0, 400):
    for leaf in leaves:
        leaf.grad = 0.0
    result = None
    set_nomemory(n, 0 if {for_good} else n + 1)
    try:
        result = {phase}
        remove_mem_hooks()
    except MemoryError:
        remove_mem_hooks()
        failed += 1
    remove_mem_hooks()
    del result
    grads = [leaf.grad for leaf in leaves]
    assert grads in ([0.0] * 8, right), grads
    assert [leaf.data for leaf in leaves] == [1.0] * 8
    for leaf in leaves:
        leaf.grad = 0.0
    (graph if n % 2 else record(leaves)).backward()
    assert [leaf.grad for leaf in leaves] == right
print("failed", failed)
"""
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[1]) > 0 or phase == "graph.backward()"  # which may need no memory at all


@needs_failing_allocations
def test_without_memory_a_wide_and_deep_graph_is_freed_all_the_same() -> None:
    program = """
leaves = [Value(1.0) for _ in range(512)]
def root():
    values = []
    for i, leaf in enumerate(leaves):
        for _ in range(300_000 if i % 128 == 0 else 10):
            leaf = -leaf
        values.append(leaf)
    while len(values) > 1:
        values = [x + y for x, y in zip(values[::2], values[1::2])]
    return values[0]
held = [root()]
set_nomemory(0, 0)
held.pop()
remove_mem_hooks()
print(len(leaves), {sys.getrefcount(leaf) for leaf in leaves})
"""
    result = run(program)
    assert result.returncode == 0, result.stderr
    # the list, the loop's variable and getrefcount itself: the chains no longer hold their leaves
    assert result.stdout == "512 {3}\n"


@needs_failing_allocations
def test_a_memory_error_that_is_caught_leaves_memory_in_order() -> None:
    program = """
inputs = [Value(float(i)) for i in range(300)]
largest = Op("largest", "max", max, (lambda out, *x: 0.0,) * 300)
for n in range(0, 1200, 7):
    set_nomemory(n, n + 1)
    try:
        largest(*inputs)
    except MemoryError:
        pass
    remove_mem_hooks()
others = [Value(-1.0) for _ in range(100)]
print([x.data for x in inputs] == list(map(float, range(300))), {sys.getrefcount(x) for x in inputs})
"""
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "True {3}\n"


def test_the_generated_c_has_no_list_that_a_failed_allocation_breaks(tmp_path: Path) -> None:
    # Cython's list comprehension drops an item that it could not append, and then its error path drops it again.
    compiler = pytest.importorskip("Cython.Compiler.Main", reason="Cython is not here, so there is no generated C")
    package = Path(autograd.__file__).parent
    for module in ("ahead", "arithmetic", "descent", "engine", "graph", "node", "operation", "tape"):
        options = compiler.CompilationOptions(
            compiler.default_options,
            output_file=str(tmp_path / f"{module}.c"),
            compiler_directives={"annotation_typing": False, "auto_pickle": False},
        )
        compiler.compile(str(package / f"{module}.py"), options)
        code = (tmp_path / f"{module}.c").read_text("utf-8")
        broken = [line for line in code.splitlines() if "if (unlikely(__Pyx_ListComp_AppendAndDecref(" in line]
        assert all("__PYX_ERR(1," in line for line in broken), module  # file 1 is Cython's own: an array's shape


@needs_failing_allocations
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize(
    "phase",
    [
        "Graph(root).forward_backward()",
        "graph.forward_backward()",
        "[y.data, y.grad]",
        "root + y",
        pytest.param(
            "str(graph.tape)",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 12),
                reason="names are found by Python code, in which CPython from 3.12 on fails itself: Executing a cache",
            ),
        ),
    ],
)
def test_whichever_allocation_fails_a_tape_and_its_nodes_are_right_thereafter(phase: str, for_good: bool) -> None:
    program = f"""
leaves = [Value(1.0) for _ in range(8)]
def record():
    y = leaves[0] * 2.0
    z = y * 1.0
    for _ in range(3):
        for x in leaves:
            z = z + x.tanh() * y
    return y, z
y, root = record()
graph = Graph(root)
failed = 0
for n in range(0, 700):
    for i, leaf in enumerate(leaves):
        leaf.data, leaf.grad = 0.25 * i + n, 0.0
    y2, root2 = record()
    root2.backward()
    right = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    graph.forward()  # now the nodes are behind
    result = None
    set_nomemory(n, 0 if {for_good} else n + 1)
    try:
        result = {phase}
        remove_mem_hooks()
    except MemoryError:
        remove_mem_hooks()
        failed += 1
    remove_mem_hooks()
    del result
    assert [leaf.grad for leaf in leaves] in ([0.0] * 8, right)
    for leaf in leaves:
        leaf.grad = 0.0
    assert graph.forward_backward() == root2.data
    assert [leaf.grad for leaf in leaves] == right
    assert (y.data, y.grad, y.local_grads) == (y2.data, y2.grad, y2.local_grads)
assert graph.tape.pays
print("failed", failed)
"""
    result = run(program)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[1]) > 0 or phase == "graph.forward_backward()"  # which may need none
