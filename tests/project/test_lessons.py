"""What the course's pages show as files is run as files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.markdown import ROOT, code_blocks, run_python

COURSE = ROOT / "docs" / "course"


def file_on(page: str, name: str) -> str:
    """The file of this name that the page shows."""
    blocks = [block.strip().partition("\n\n") for block in code_blocks(COURSE / page, "{code-block} python")]
    [text] = [code for options, _, code in blocks if options == f":caption: {name}"]
    return text + "\n"


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_teachers_file_grades_what_is_handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not run_python(COURSE / "teaching.md")  # which writes what was handed in
    (tmp_path / "test_handed_in.py").write_text(file_on("teaching.md", "test_handed_in.py"), "utf-8")
    result = run("-m", "pytest", "-q", "-r", "N", "-p", "no:cacheprovider", "test_handed_in.py", folder=tmp_path)
    assert "1 failed, 1 passed" in result.stdout
    assert result.stdout.count("W: by hand it is transposed") == 1
    points = {name: json.loads((tmp_path / "handed-in" / f"{name}.json").read_text("utf-8")) for name in ("ada", "ben")}
    assert [points["ada"]["points"], points["ben"]["points"]] == [3, 1]
    (tmp_path / "table.py").write_text(file_on("teaching.md", "table.py"), "utf-8")
    run("table.py", folder=tmp_path)
    table = (tmp_path / "class.csv").read_text("utf-8")
    assert table == "name,W,b,points,out of\nada,2.0,1.0,3.0,3.0\nben,0.0,1.0,1.0,3.0\n"


@pytest.mark.slow
def test_the_teachers_exercise_says_what_is_missing_wrong_and_right(tmp_path: Path) -> None:
    exercise = file_on("teaching.md", "my_exercise.py")
    before, between, after = exercise.split("...  # your line")
    for answers, told in (
        (("...", "..."), "Not yet: fill in the blank in grows_with_width"),
        (("width", "height"), "Not yet: ∂L/∂width is "),
        (("height", "width"), "Right: "),
    ):
        (tmp_path / "my_exercise.py").write_text(before + answers[0] + between + answers[1] + after, "utf-8")
        assert run("my_exercise.py", folder=tmp_path).stdout.startswith(told)


def test_an_exercise_that_is_wrong_is_told_so_without_a_trace_of_ours() -> None:
    for exercise in (COURSE / "exercises" / name for name in ("18_one_layer.py", "29_engine_order.py")):
        result = run(str(exercise), folder=ROOT)
        assert result.stdout.startswith("Not yet: fill in the blank")
        assert not result.stderr


def test_pytorch_takes_over_in_the_last_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="the package torch is missing (extra: torch)")
    import numpy as np

    from autograd import Value, compile

    w, b, x, t = Value(0.4, "w"), Value(0.3, "b"), Value(0.0, "x"), Value(0.0, "t")
    L = 0.5 * ((w * x + b).sigmoid() - t) ** 2
    xs, ts = np.array([-1.0, 0.5, 2.0, 3.0]), np.array([0.0, 1.0, 1.0, 0.0])
    names = {"L": L, "w": w, "b": b, "x": x, "t": t, "xs": xs, "ts": ts}
    [handed_over] = code_blocks(COURSE / "09-arrays.md", "{code-block} python")
    exec(handed_over, names)
    _, gradients = compile(L, inputs=[w, b, x, t], wrt=[w, b])(0.4, 0.3, xs, ts)
    for tensor, gradient in zip((names["weight"], names["bias"]), gradients, strict=True):
        torch.testing.assert_close(tensor.grad.item(), float(gradient), rtol=1e-12, atol=0.0)  # type: ignore[attr-defined]
