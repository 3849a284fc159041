"""``python -m benchmarks.checkers``: gradient checkers on derivatives that are wrong and right, and their times.

Needs ``python -m pip install -e ".[torch]"``. HIPS autograd, which is imported as ``autograd`` too, is installed from
the package index into an environment made for the purpose and removed. Writes results.md beside this file.
"""

from __future__ import annotations

import datetime
import json
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import autograd
from autograd._files import write_whole
from benchmarks import report
from benchmarks.checkers import timing, with_glassgrad, with_torch
from benchmarks.checkers.cases import CASES

HERE = Path(__file__).parent
HIPS = "autograd==1.9.1"


def accepts(check: Any) -> list[bool]:
    """Of each case, whether a checker has nothing to say against it."""
    accepted = []
    for case in CASES:
        try:
            check(case)
        except Exception:
            accepted.append(False)
        else:
            accepted.append(True)
    return accepted


def hips() -> list[bool]:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", HIPS], check=True)
        command = [python, "-E", HERE / "with_hips.py"]
        found: list[bool] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def cells(columns: Sequence[Sequence[bool]]) -> dict[tuple[str, str], list[str]]:
    """For each case, by group and name, what each checker said; for cases at many points, how often it refused them."""
    rows: dict[tuple[str, str], list[list[bool]]] = {}
    for case, *said in zip(CASES, *columns, strict=True):
        rows.setdefault((case.group, case.name), []).append(said)
    right = {(case.group, case.name): case.right for case in CASES}
    return {key: [word(right[key], one) for one in zip(*said, strict=True)] for key, said in rows.items()}


def word(right: bool, accepted: Sequence[bool]) -> str:
    if len(accepted) > 1:
        return f"{accepted.count(False)} of {len(accepted)} refused"
    if right:
        return "accepted" if accepted[0] else "**refused**"
    return "**missed**" if accepted[0] else "caught"


def summary(columns: Sequence[Sequence[bool]]) -> dict[str, list[str]]:
    """For each group, how many of its wrong cases were caught and how many of its right ones were refused."""
    rows = {}
    for group in dict.fromkeys(case.group for case in CASES):
        for right, text in ((False, "caught of the wrong ones"), (True, "refused of the right ones")):
            which = [i for i, case in enumerate(CASES) if (case.group, case.right) == (group, right)]
            if which:
                refused = [sum(not column[i] for i in which) for column in columns]
                rows[f"{group}: {text}"] = [f"{count} of {len(which)}" for count in refused]
    return rows


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def main() -> None:
    columns = [accepts(with_glassgrad.check), accepts(with_torch.check), hips()]
    heads = ["glassgrad", f"PyTorch {version('torch').partition('+')[0]}", f"HIPS {HIPS.replace('==', ' ')}"]
    times = [
        [name, f"{ours:.2f} s", f"{theirs:.2f} s", f"{ours / theirs:.2f}"] for name, ours, theirs in timing.measure()
    ]
    lines = table(["cases", *heads], [[name, *said] for name, said in summary(columns).items()])
    build = "compiled" if autograd.COMPILED else "plain Python"
    where = f"CPython {platform.python_version()}, {report.processor()}, {datetime.date.today()}"
    lines += ["", f"Processor time, medians of {timing.ROUNDS} turns in one process ({build} build, {where}):", ""]
    lines += table(["check", "glassgrad", "PyTorch", "ratio"], times)
    lines += ["", "Each case:", ""]
    lines += table(["group", "case", *heads], [[*key, *said] for key, said in cells(columns).items()])
    text = "\n".join(lines) + "\n"
    print(text)
    write_whole(HERE / "results.md", text.replace("|x|", "\\|x\\|").encode())


if __name__ == "__main__":
    main()
