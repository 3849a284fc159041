"""The notebooks of ``demos`` as pages: taken from there, without what they were committed with, and run anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).parent
PAGES = HERE / "notebooks"  # made anew at every build, and not kept


def _take(app: Sphinx, config: object) -> None:
    """Write each notebook, without its outputs, where Sphinx finds it."""
    PAGES.mkdir(exist_ok=True)
    for notebook in sorted((HERE.parent / "demos").glob("*.ipynb")):
        content = json.loads(notebook.read_text("utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        page = PAGES / notebook.name
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
    path = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)  # for their kernels


def setup(app: Sphinx) -> dict[str, Any]:
    """Make this an extension of Sphinx."""
    app.connect("config-inited", _take)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
