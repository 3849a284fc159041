"""What the README says: its commands run, its figures are those measured, and the rest of what a test can look up.

Its Python is run by `test_docs`, and what its table says of others is tried by ``python -m benchmarks.packages``.
"""

from __future__ import annotations

import ast
import itertools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograd import Graph, Value
from benchmarks.packages import PEERS
from benchmarks.work import micrograd_demo
from tests.helpers.markdown import ROOT, commands

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")


def test_two_commands_set_up_and_test_a_fresh_clone() -> None:
    # .ci/run takes them from here, and runs them in a fresh virtual environment
    found = re.findall(r"^python -m (?:pip install|pytest).*$", TEXT, re.MULTILINE)
    assert found == ['python -m pip install -e ".[test]" && python -m demos', "python -m pytest"]


def test_the_python_that_it_asks_for_is_the_one_that_pip_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer is all it takes" in TEXT
    assert project["dependencies"] == []


def test_the_engine_has_no_closures() -> None:
    engine = ast.parse((ROOT / "autograd" / "engine.py").read_text("utf-8"))
    functions = [part for part in ast.walk(engine) if isinstance(part, ast.FunctionDef)]
    inner = [part for f in functions for part in ast.walk(f) if isinstance(part, (ast.FunctionDef, ast.Lambda))]
    assert inner == functions, "each is found in itself alone"


@pytest.mark.slow
def test_the_demo_finds_the_slip_and_names_the_factor(tmp_path: Path) -> None:
    pytest.importorskip("rich", reason="the package rich is missing (extra: demos)")
    output = run(["python", "-m", "demos", "check", "--quick"], tmp_path).stdout
    rejected, accepted = output.index("Rejected."), output.index("Accepted: at 200 points")
    assert "by hand it lacks the factor ∂y/∂z3 = σ′(z3)" in output[rejected:accepted]


def test_the_versions_in_the_table_are_those_that_were_tried() -> None:
    heads = re.findall(r"\[([\w-]+)\]\([^)]+\)(?: \(HIPS\))? ([\d.]+) \|", TEXT)
    tried = dict(re.findall(r"'([\w-]+)==([\d.]+)'", str([requirements for _, requirements in PEERS.values()])))
    assert {name.lower(): version for name, version in heads if name != "PyTorch"} == tried


def test_the_demo_step_has_as_many_values_as_it_says() -> None:
    demo = micrograd_demo()
    engine = SimpleNamespace(number=Value, relu=Value.relu)
    values = len(Graph(demo.loss(engine, [Value(x) for x in demo.start])))
    assert f"some {round(values, -3):,} values" in TEXT


def times(text: str) -> list[tuple[float, float]]:
    """Every time in a text, in seconds, and half a unit in its last digit."""
    units = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}
    found = re.findall(r"(\d+(?:\.(\d+))?) (s|ms|µs)\b", text.replace(",", ""))
    return [(float(number) * units[unit], 0.5 * 10 ** -len(digits) * units[unit]) for number, digits, unit in found]


def test_every_time_ratio_version_and_date_that_it_gives_stands_in_the_results_of_the_benchmarks() -> None:
    results = (ROOT / "benchmarks" / "results.md").read_text("utf-8")
    section = TEXT.partition("## How fast")[2].partition("\n## ")[0]
    assert len(times(section)) > 10
    for word in re.findall(r"AMD \w+|CPython [\d.]+\d|\d{4}-\d\d-\d\d", section):
        assert word in results
    for seconds, half in times(section):
        assert any(abs(measured - seconds) <= half * 1.001 for measured, _ in times(results)), seconds
    for inverse, shown, decimals in re.findall(r"\| (1/)?(\d+(?:\.(\d+))?) \|$", section, re.MULTILINE):
        ratios = re.findall(rf"\| {inverse}([\d.]+) (?=\|)", results)
        assert shown in [f"{float(ratio):.{len(decimals)}f}" for ratio in ratios], inverse + shown
    for name, version in re.findall(r"^\| \W*(\w[\w-]*) ([\d.]+)\b", section, re.MULTILINE):
        assert re.search(rf"{name.replace('PyTorch', 'torch')} {re.escape(version)}", results, re.IGNORECASE), name


def test_every_code_block_is_of_a_kind_that_is_tested() -> None:
    languages = {language.strip() for language in re.findall(r"^```(.+)$", TEXT, re.MULTILINE)}
    assert languages <= {"python", "sh"}
    assert TEXT.count("\n```") == 2 * len(re.findall(r"^```.+$", TEXT, re.MULTILINE)), "a block that names no language"


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page, of which the first word is python."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
    command = [sys.executable, *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True)


def test_an_expression_on_the_command_line_runs_as_shown(tmp_path: Path) -> None:
    for words in commands(README):
        if words[:3] == ["python", "-m", "autograd"]:
            run(words, tmp_path)
            for option, file in itertools.pairwise(words):
                if option in ("--svg", "--png", "--html", "--source"):
                    assert (tmp_path / file).stat().st_size > 0


def test_every_picture_and_file_that_it_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT):
        assert target.startswith("https://") or (ROOT / target).exists(), target
