"""The worked examples as ``python -m demos`` runs them: figures, slip, pictures, and the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.markdown import ROOT

pytest.importorskip("rich", reason="the package rich is missing (extra: demos)")
pytest.importorskip("graphviz", reason="the package graphviz is missing (extra: draw)")


def demos(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demos", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """What ``python -m demos`` prints, and the folder that it was called in."""
    folder = tmp_path_factory.mktemp("demos")
    return demos("--quick", folder=folder), folder


def test_both_worked_examples_print_the_documents_figures(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    output = run[0].stdout
    assert (run[0].returncode, run[0].stderr) == (0, "")
    for quantity, figures in {
        "y": ["0.5183606401800915"] * 2,
        "L": ["0.13434887664395717"] * 2,
        "∂L/∂w1": ["0.009123930803275759", "0.00912393080327576"],
        "a2": ["0.6537856677259561"] * 2,
        "∂L/∂W1": ["-0.006445672678900978"] * 2,
        "∂L/∂b1": ["-0.012891345357801957"] * 2,
        "∂L/∂W2": ["-0.04877940093878772"] * 2,
        "∂L/∂b2": ["-0.07836560317057768"] * 2,
        "W1": ["0.4", "0.4006445672678901", "0.4006445672678901"],
        "b1": ["0.3", "0.3012891345357802", "0.3012891345357802"],
        "W2": ["0.7", "0.7048779400938787", "0.7048779400938787"],
        "b2": ["0.2", "0.20783656031705777", "0.20783656031705777"],
    }.items():
        rows = [line.split() for line in output.splitlines()]
        assert any(row[: len(figures) + 1] == [quantity, *figures] for row in rows), quantity


def test_the_slip_is_shown_named_and_rejected(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    output = run[0].stdout
    assert "σ′(z3) = 0.24966288689217722" in output
    assert "0.0365450 × 0.2496629 = 0.0091239" in output
    text = " ".join(output.split())
    assert "The document's code is rejected: ∂L/∂w" in text
    assert "by hand it lacks the factor ∂y/∂z3 = σ′(z3)" in text
    counterexamples = re.findall(r"at (x=\S+ t=\S+ w1=\S+ w2=\S+ w3=\S+ w4=\S+)", text)
    assert counterexamples
    for counterexample in counterexamples:
        assert set(re.findall(r"=([^,\s]+)", counterexample)) <= {"0.0", "1.0", "-1.0"}, "a minimal one"
    assert "The delta equations, which have the factor, are right at all 100 points" in text


def test_the_pictures_are_where_the_output_says(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    output, folder = run[0].stdout, run[1] / "pictures"
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{suffix}" for name in ("one_two_one", "one_one_one") for suffix in ("svg", "png", "html")
    }
    for name in ("one_two_one", "one_one_one"):
        assert f"{Path('pictures', name)}.svg and .png" in output
        assert f"{Path('pictures', name)}.html" in output
        assert (folder / f"{name}.html").read_text("utf-8").startswith("<!doctype html>")
        png = (folder / f"{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG")
        width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
        assert width == 1600, "as wide as a slide"
        assert height <= 900


def test_the_output_fits_80_columns(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    assert max(map(len, run[0].stdout.splitlines())) <= 80


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["check", "--quick"], ["house_prices"], ["--help"]])
def test_what_is_piped_fits_80_columns(arguments: list[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the package matplotlib is missing (extra: demos)")
    output = demos(*arguments, folder=tmp_path).stdout
    assert output
    assert max(map(len, output.splitlines())) <= 80
    assert not re.search(r"(?<![\w−-])-\d+\.\d+ =", output), "one kind of minus"


def test_an_unknown_name_lists_the_demos_and_exits_with_2(tmp_path: Path) -> None:
    result = demos("nothing", folder=tmp_path)
    assert result.returncode == 2
    assert "there is no demo 'nothing'" in result.stderr
    assert "one_one_one, one_two_one" in result.stderr
    assert not list(tmp_path.iterdir())


def test_help_tells_what_each_demo_shows(tmp_path: Path) -> None:
    from demos.__main__ import find_demos

    found = find_demos()
    assert {"one_two_one", "one_one_one"} <= found.keys()
    assert all(found.values())
    output = " ".join(demos("--help", folder=tmp_path).stdout.split())
    assert all(f"{name} {shows}" in output for name, shows in found.items())


def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "rich.py").write_text("raise ModuleNotFoundError('No module named rich', name='rich')")
    result = subprocess.run(
        [sys.executable, "-m", "demos", "one_one_one"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "needs the package rich" in result.stderr
    assert 'python -m pip install -e ".[demos]"' in result.stderr
