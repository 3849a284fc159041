"""The two builds, the source compiled and the source as it is: the same bits from both, and none runs unnoticed."""

from __future__ import annotations

import importlib.machinery
import inspect
import math
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import conftest
from autograd import Value, _install, engine, ops
from benchmarks.peers.glassgrad import ENGINES, Recording, plain_python
from benchmarks.work import WORK

compiled_only = pytest.mark.skipif(not autograd.COMPILED, reason="nothing is compiled here to compare with")
PACKAGE = Path(autograd.__file__).parent


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    return plain_python()


def test_the_header_of_a_test_run_says_which_build_it_tests() -> None:
    compiled = _install.ORIGIN.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES))
    assert compiled == autograd.COMPILED
    assert conftest.pytest_report_header().startswith("autograd: compiled" if compiled else "autograd: plain Python")


def test_all_of_it_is_compiled_or_none() -> None:
    for module in _install.MODULES:
        assert isinstance(module.__loader__, importlib.machinery.ExtensionFileLoader) is autograd.COMPILED


def test_a_second_copy_of_the_package_from_its_source_is_plain_python(plain: ModuleType) -> None:
    assert not plain.COMPILED
    assert plain.Value is not Value
    assert sys.modules["autograd"] is autograd


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("work", WORK, ids=[work.name for work in WORK])
def test_both_builds_give_the_same_bits(work: Any, plain: ModuleType) -> None:
    def bits(package: ModuleType) -> list[str]:
        engine: Any = Recording(package, "")
        recorded = engine.model(work.loss, work.start)
        recorded.step()
        graph = package.Graph(recorded.root)
        results = [recorded.root.data, *recorded.gradients()]
        recorded.descend(0.1)
        results += [graph.forward(), *(local_grad for value in graph for local_grad in value.local_grads)]
        graph.backward()
        return [float.hex(x) for x in [*results, *(value.grad for value in graph)]]

    assert bits(autograd) == bits(plain)


@compiled_only
@pytest.mark.parametrize("name", sorted(set(ops.__all__) - {"constant", "weighted_sum", "where"}))
@given(x=st.floats() | st.integers(-5, 5), y=st.floats() | st.integers(-5, 5))
def test_both_builds_give_the_same_bits_of_every_operation(name: str, x: float, y: float, plain: ModuleType) -> None:
    def bits(package: ModuleType) -> list[str]:
        op = getattr(package.ops, name)
        inputs = [package.Value(number) for number in (x, y, x)[: len(op.partials)]]
        node = op(*inputs)
        node.backward()
        return [float.hex(number) for number in (node.data, *node.local_grads, *(value.grad for value in inputs))]

    assert bits(autograd) == bits(plain)


NUMBERS = (0.0, -0.0, 0.5, -0.75, 1.0, 2.0, -3.0, 20.5, -710.0, 1e300, 5e-324, math.inf, -math.inf, math.nan)


def random_program(package: ModuleType, seed: int) -> list[str]:
    """Every number in a random graph over all operations: values, local derivatives and gradients, replayed too."""
    chance = random.Random(seed)

    def number() -> float:
        return chance.choice(NUMBERS) if chance.random() < 0.3 else chance.gauss(0, 3)

    leaves = [package.Value(number()) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(chance.randint(1, 12)):
        op = chance.choice(package.ops.TABLE[1:])
        nodes.append(op(*[chance.choice(nodes[-4:]) if chance.random() < 0.9 else number() for _ in op.partials]))
        if not isinstance(nodes[-1], package.Value):
            nodes.pop()
    graph = package.Graph(sum(nodes[3:], nodes[0]))
    results = []
    for _ in range(2):
        graph.backward()
        results += [x for node in graph for x in (node.data, node.grad, *node.local_grads)]
        for leaf in leaves:
            leaf.data = number()
        graph.forward()
    return [float.hex(x) for x in results]


@pytest.mark.slow
@compiled_only
def test_both_builds_give_the_same_bits_of_20_000_random_programs_over_all_operations(plain: ModuleType) -> None:
    for seed in range(20_000):
        assert random_program(autograd, seed) == random_program(plain, seed), seed


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize(
    "changed",
    [
        "engine.py",
        "engine.pxd",
        "arithmetic.py",
        "operation.py",
        "descent.py",
        "node.py",
        "walk.pxd",
        "memory.pxd",
        "_rules.pxd",
    ],
)
def test_a_source_that_has_changed_since_it_was_compiled_is_refused_with_the_command_to_run(
    changed: str, tmp_path: Path
) -> None:
    package = tmp_path / "autograd"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))

    def imported() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import autograd; print(autograd.COMPILED)"]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    assert imported().stdout == "True\n"
    os.utime(package / changed, (0, 0))  # git sets the times of files anew; only what is in them counts
    assert imported().stdout == "True\n"
    with open(package / changed, "a", encoding="utf-8") as source:
        source.write("\n")
    refused = imported()
    assert refused.returncode == 1
    assert "python -m pip install -e ." in refused.stderr
    for compiled in [*package.glob("*.so"), *package.glob("*.pyd")]:
        compiled.unlink()
    assert imported().stdout == "False\n"


def test_the_source_of_what_runs_can_be_read_from_inside() -> None:
    assert "backpropagation, in one sitting" in inspect.getsource(engine)
    assert inspect.getsourcefile(Value) == str(PACKAGE / "engine.py")
    if sys.version_info < (3, 13) or not autograd.COMPILED:  # since then a class says where it stands, and these do not
        assert inspect.getsource(Value).startswith("class Value(")
    assert (inspect.getdoc(Value.backward) or "").startswith("Backpropagate from here")
    assert list(inspect.signature(Value.backward).parameters) == ["self", "gradient"]


def test_our_engines_are_among_those_that_are_compared() -> None:
    assert {"glassgrad, plain Python"} <= {engine.name for engine in ENGINES}
