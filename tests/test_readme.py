"""The README's code blocks: Python and commands that run (`test_docs` has both), output that is what comes out."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.markdown import ROOT, code_blocks, commands

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")


def test_two_commands_set_up_and_test_a_fresh_clone() -> None:
    # .ci/run takes them from here, and runs them in a fresh virtual environment
    found = re.findall(r"^python -m (?:pip install|pytest).*$", TEXT, re.MULTILINE)
    assert found == ['python -m pip install -e ".[test]" && python -m demos', "python -m pytest"]


def test_every_code_block_is_of_a_kind_that_is_tested() -> None:
    languages = {language.strip() for language in re.findall(r"^```(.+)$", TEXT, re.MULTILINE)}
    assert languages <= {"python", "sh", "console"}
    assert TEXT.count("\n```") == 2 * len(re.findall(r"^```.+$", TEXT, re.MULTILINE)), "a block that names no language"


def run(command: str | list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    return subprocess.run(
        command, shell=isinstance(command, str), cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )


def test_a_command_prints_what_is_shown_below_it(tmp_path: Path) -> None:
    for block in code_blocks(README, "console"):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, shown = re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", session, re.DOTALL).groups()  # type: ignore[union-attr]
            result = run(command, tmp_path)
            assert result.stdout.rstrip() == shown.rstrip(), result.stderr


def test_an_expression_on_the_command_line_runs_as_shown(tmp_path: Path) -> None:
    for words in commands(README):
        if words[:3] == ["python", "-m", "autograd"]:
            result = run([sys.executable, *words[1:]], tmp_path)
            assert result.returncode == 0, result.stderr
            for option, file in itertools.pairwise(words):
                if option in ("--svg", "--png", "--html", "--source"):
                    assert (tmp_path / file).stat().st_size > 0


def test_every_picture_and_file_that_it_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT) + re.findall(r'(?:src|srcset|href)="([^"#]+)"', TEXT):
        assert target.startswith("https://") or (ROOT / target).exists(), target
