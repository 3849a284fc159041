"""What a Markdown page claims, as something to run: its Python, and its commands."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(r"^```(.*)$", re.MULTILINE)


def code_blocks(page: Path, language: str) -> list[str]:
    """The contents of the page's code blocks in this language."""
    parts = FENCE.split(page.read_text("utf-8"))  # text, "python", code, "", text, "sh", code, "", text ...
    assert parts[3::4] == [""] * (len(parts) // 4), f"{page}: a code block is not closed"
    return [code for named, code in zip(parts[1::4], parts[2::4], strict=True) if named.strip() == language]


def run_python(page: Path) -> str:
    """Run the page's Python from top to bottom, as one session, and return what came out otherwise than it says."""
    session = FENCE.sub("", page.read_text("utf-8"))  # as many lines as before, so that failures have the right number
    test = doctest.DocTestParser().get_doctest(session, {"__name__": "__main__"}, page.name, str(page), 0)
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    return "".join(report)


def commands(page: Path) -> list[list[str]]:
    """The words of every command on the page, in its sentences and in blocks of commands."""
    lines = re.findall(r"`(python -m [^`]+)`", page.read_text("utf-8"))
    lines += [line for block in code_blocks(page, "sh") for line in block.strip().splitlines()]
    return [shlex.split(command) for line in lines for command in line.split("&&")]
