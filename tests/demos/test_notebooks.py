"""The notebooks run from a clean kernel, and what they show is what they were committed with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.markdown import ROOT

nbclient = pytest.importorskip("nbclient", reason="the package nbclient is missing (extra: notebooks)")
nbformat = pytest.importorskip("nbformat", reason="the package nbformat is missing (extra: notebooks)")
pytest.importorskip("ipykernel", reason="the package ipykernel is missing (extra: notebooks)")
pytest.importorskip("graphviz", reason="the package graphviz is missing (extra: draw)")

NOTEBOOKS = sorted((ROOT / "demos").glob("*.ipynb"))


def shown(notebook: Any) -> list[list[tuple[str, str]]]:
    """What each cell shows: its text, and that there is a picture where there is one, whichever Graphviz drew it.

    Of a cell tagged nbval-ignore-output, as where Hypothesis may find another counterexample, only the kind counts.
    """

    def text(cell: Any, content: str) -> str:
        ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
        return "" if ignored else re.sub("0x[0-9a-f]+", "0x", content)

    return [
        [(output.output_type, text(cell, output.get("text", ""))) for output in cell.get("outputs", [])]
        + [
            (kind, text(cell, content) if kind == "text/plain" else "")
            for output in cell.get("outputs", [])
            for kind, content in output.get("data", {}).items()
        ]
        for cell in notebook.cells
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_was_committed_with(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    committed = shown(notebook)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=resources, coalesce_streams=True
    ).execute()  # what is printed arrives in pieces where the machine is busy
    assert shown(notebook) == committed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_small_and_free_of_errors(path: Path) -> None:
    assert path.stat().st_size < 100_000
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), "run once, from top to bottom"
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
