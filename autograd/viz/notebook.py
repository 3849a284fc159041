"""What a notebook shows of a page and of a picture, without an extension: all of it, within the width of the cell."""

from __future__ import annotations

import html
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from autograd.engine import Value
from autograd.viz.stepper import write_stepper


class Stepper:
    """The page of `write_stepper` as an object. At the end of a notebook's cell it is shown, in a sandboxed frame.

    Attributes:
        page: the page's HTML.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def _repr_html_(self) -> str:
        """A frame as wide as the cell. The page in it can run its script, and can reach nothing outside."""
        style = "width: 100%; height: 44rem; max-height: 85vh; border: 1px solid #8884; border-radius: .5rem"
        source = html.escape(self.page)
        return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{source}" title="{self._title}"></iframe>'

    def __repr__(self) -> str:
        return f"<{html.unescape(self._title)}: a notebook shows the page, and write_stepper writes it to a file>"

    @property
    def _title(self) -> str:
        found = re.search("<title>(.*?)</title>", self.page, re.DOTALL)
        return found[1].replace('"', "&quot;") if found else "Backpropagation"


def stepper(root: Value) -> Stepper:
    """A page that steps through backpropagation from ``root``, to be shown in a notebook.

    Raises:
        ValueError, ImportError, RuntimeError: as `write_stepper` does.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> stepper((w * x).sigmoid())
    <Backpropagation from L: a notebook shows the page, and write_stepper writes it to a file>
    """
    with TemporaryDirectory() as folder:
        page = Path(folder, "step.html")
        write_stepper(root, page)
        return Stepper(page.read_text("utf-8"))
