"""``python -m benchmarks.backward``: checkers of backward passes, on mistakes planted in them and on right ones.

Needs ``python -m pip install -e ".[test,torch]"`` and JAX. HIPS autograd, which is imported as ``autograd`` too, is
installed from the package index into an environment made for the purpose and removed. Writes results.md beside this file.
"""

from __future__ import annotations

import datetime
import json
import platform
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import autograd
from autograd._files import write_whole
from benchmarks import report
from benchmarks.backward.trial import TRIALS, Trial, said
from benchmarks.checkers.__main__ import table

HERE = Path(__file__).parent
HIPS = "autograd==1.9.1"


def others(python: str | Path, name: str) -> list[bool]:
    command = [str(python), "-E", "with_others.py", name]
    result = subprocess.run(command, cwd=HERE, check=True, capture_output=True)
    found: list[bool] = json.loads(result.stdout)
    return found


def hips() -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", HIPS, "hypothesis"], check=True)
        return others(python, "hips")


def word(trial: Trial, accepted: bool) -> str:
    if trial.right:
        return "accepted" if accepted else "**refused**"
    return "**missed**" if accepted else "caught"


def rows(reports: Sequence[str], columns: Sequence[Sequence[bool]]) -> list[list[str]]:
    """A row for each case: what was said of it, and what the others made of it."""
    found = []
    for trial, text, *accepted in zip(TRIALS, reports, *columns, strict=True):
        ours = word(trial, not text)
        if not trial.right:
            ours = trial.reason(text) or f"{ours}, not named"
        found.append([trial.by, trial.name, ours.replace("|", "\\|"), *[word(trial, one) for one in accepted]])
    return found


def main() -> None:
    reports, seconds = [], []
    for trial in TRIALS:
        start = time.process_time()
        reports.append(said(trial))
        seconds.append(time.process_time() - start)
    columns = [others(sys.executable, "torch"), others(sys.executable, "jax"), hips()]
    heads = ["glassgrad", f"PyTorch {version('torch').partition('+')[0]}", f"JAX {version('jax')}", f"HIPS {HIPS[10:]}"]
    wrong = [i for i, trial in enumerate(TRIALS) if not trial.right]
    right = [i for i, trial in enumerate(TRIALS) if trial.right]
    ours = [not text for text in reports]
    named = sum(bool(TRIALS[i].named(reports[i])) for i in wrong)
    total = [
        [
            f"caught of {len(wrong)} wrong ones",
            *[str(sum(not column[i] for i in wrong)) for column in (ours, *columns)],
        ],
        ["and named", str(named), "–", "–", "–"],
        [
            f"refused of {len(right)} right ones",
            *[str(sum(not column[i] for i in right)) for column in (ours, *columns)],
        ],
    ]
    lines = table(["", *heads], total)
    arrays = [seconds[i] for i in wrong if TRIALS[i].kind == "array"]
    build = "compiled" if autograd.COMPILED else "plain Python"
    lines += [
        "",
        f"Processor time of `check_backward`: {max(seconds[i] for i in right):.1f} s at most for a right one, "
        f"{max(arrays):.1f} s at most for a wrong one ({build} build, CPython {platform.python_version()}, "
        f"{report.processor()}, {datetime.date.today()}).",
        "",
    ]
    lines += table(["planted by", "mistake", *heads], rows(reports, columns))
    text = "\n".join(lines) + "\n"
    print(text)
    write_whole(HERE / "results.md", text.encode())


if __name__ == "__main__":
    main()
