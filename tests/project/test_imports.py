"""Imports run one way: each floor of the house stands on those below it, function bodies included."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.helpers.markdown import ROOT

FLOORS = [
    ["autograd.operation", "autograd._files", "autograd.ahead"],
    ["autograd.ops"],
    ["autograd.arithmetic", "autograd.memory", "autograd._rules"],
    ["autograd.node"],
    ["autograd.engine", "autograd.walk"],
    ["autograd.formula", "autograd.descent"],
    ["autograd.graph", "autograd.tape", "autograd.kernel", "autograd._install"],
    ["autograd.transforms", "autograd.anomaly"],
    ["autograd.compiler"],
    ["autograd.viz"],
    ["autograd.testing"],
    ["autograd"],  # the public names
    ["nn", "autograd.cli"],
    ["autograd.__main__", "demos"],
]
UPWARD = {
    ("autograd.graph", "autograd.viz.draw"),  # a notebook asks a Graph for its picture
}

FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for top in ("autograd", "nn", "demos")
    for file in (ROOT / top).rglob("*.py")
}


def imported(file: Path) -> set[str]:
    """The modules of ours that a file imports, at its head or within a function."""
    found = set()
    for part in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        if isinstance(part, ast.ImportFrom):
            inside = {f"{part.module}.{alias.name}" for alias in part.names}
            found |= {name if name in FILES else str(part.module) for name in inside}
    return found & FILES.keys()


IMPORTS = {module: imported(file) for module, file in FILES.items()}


def floor(module: str) -> int:
    """The floor of a module: that of its own name, or of the nearest package that has one."""
    floors = {name: number for number, names in enumerate(FLOORS) for name in names}
    while module not in floors:
        assert module != "autograd"
        module = module.rpartition(".")[0]
    return floors[module]


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_from_its_own_floor_or_below(module: str) -> None:
    upward = {(module, name) for name in IMPORTS[module] if floor(name) > floor(module)}
    assert upward <= UPWARD


def test_every_module_has_a_floor_of_its_own_or_of_its_room() -> None:
    for module in FILES:
        if module.startswith("autograd."):
            assert floor(module) != floor("autograd"), module


def test_no_imports_go_in_a_circle() -> None:
    downward = {module: {name for name in names if (module, name) not in UPWARD} for module, names in IMPORTS.items()}
    assert "autograd.ops" in set(TopologicalSorter(downward).static_order())


def test_what_the_compiled_build_imports_goes_in_no_circle() -> None:
    files = {file.stem: file.read_text("utf-8") for file in (ROOT / "autograd").glob("*.pxd")}
    assert {"engine", "node", "_rules"} <= files.keys()
    downward = {}
    for module, text in files.items():
        lists = re.findall(r"^from autograd cimport (.+)$", text, re.MULTILINE)
        names = {name.strip() for names in lists for name in names.split(",")}
        names |= set(re.findall(r"^from autograd\.(\w+) cimport ", text, re.MULTILINE))
        assert all(floor(f"autograd.{name}") <= floor(f"autograd.{module}") for name in names), module
        downward[module] = names
    assert "operation" in set(TopologicalSorter(downward).static_order())


def test_every_exception_is_still_needed() -> None:
    assert {(module, name) for module, names in IMPORTS.items() for name in names} >= UPWARD


def test_importing_the_package_imports_the_engine_alone_and_the_rest_when_it_is_asked_for() -> None:
    program = """
import sys, autograd
assert {"autograd.engine", "autograd.transforms"} <= set(sys.modules)
assert not [name for name in sys.modules if name.split(".")[1:2] in (["compiler"], ["testing"], ["viz"])]
assert autograd.draw_dot is autograd.viz.draw_dot and "autograd.testing" not in sys.modules
assert all(hasattr(autograd, name) for name in autograd.__all__) and set(autograd.__all__) <= set(dir(autograd))
autograd.derivative
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.stderr.endswith("AttributeError: module 'autograd' has no attribute 'derivative'\n"), result.stderr
