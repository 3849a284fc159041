"""Backpropagation as a page that one can touch.

`write_stepper` writes one HTML file, which needs nothing but a browser: the graph as a picture, the forward and the
backward pass one step at a time, the chain rule of each step in symbols and numbers, and what comes of it where values
propagate too soon. Every number that the graph starts from can be changed, and everything else follows. On the page ∂
is for local derivatives only; what a value has accumulated is its ``grad``.

The page knows no derivative of its own: its operations are derived from the rules in `ops`, as are its formulas (see
``autograd.formula``), and the places of the boxes come from Graphviz. What it knows of a graph is in ``description``;
its script is put together from the modules beside this file.
"""

from __future__ import annotations

import functools
import html
import json
import os
import re
from pathlib import Path
from typing import Any

from autograd._files import write_whole
from autograd.engine import Value
from autograd.graph import Graph
from autograd.viz.stepper.description import describe, diamond, goes_wrong, laid_out

#: The modules of the page's script, each importing only from those before it.
MODULES = ("state", "picture", "words", "modes", "keep", "page")


def write_stepper(root: Value, path: str | os.PathLike[str]) -> None:
    """Write a page that steps through backpropagation from ``root``: one HTML file, whole or not at all.

    Labels name the values on the page; values without are v1, v2 and so on. Gradients that the values already hold do
    not matter and do not change.

    Raises:
        ValueError: where the graph has more than 1,000 values, too many to look at.
        ImportError, RuntimeError: where graphviz, or a program to lay the graph out, is missing.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> write_stepper((w * x).sigmoid(), "step.html")    # doctest: +SKIP
    """
    write_whole(path, _page(root).encode(errors="xmlcharrefreplace"))


def _page(root: Value) -> str:
    """The whole page as text."""
    data = laid_out(describe(Graph(root)))
    if not all(goes_wrong(data, order) for order in ("depth", "breadth")):
        data["diamond"] = diamond()
    page = _text("page.html")
    style = re.sub(r"\s*/\*.*?\*/", "", _text("page.css"), flags=re.DOTALL)
    for place, content in {
        "STYLE-HASH": _hash(style),
        "SCRIPT-HASH": _hash(_script()),
        "TITLE": html.escape(f"Backpropagation from {data['nodes'][data['root']]['name']}"),
        "STYLE": style,
        "SCRIPT": _script(),
        "DATA": _embed(data),  # the last, since what a label holds is not to be searched for places
    }.items():
        page = page.replace(f"<!--{place}-->", content)
    return page


@functools.cache
def _script() -> str:
    """The operations and the modules as one script: without imports, exports and types, which are for developers."""
    script = "".join(_text(f"{name}.js") for name in MODULES)
    script = re.sub(r"^import [^;]*;\n", "", script, flags=re.MULTILINE)
    script = re.sub(r"^export ", "", script, flags=re.MULTILINE)
    script = re.sub(r"^ *(/\*\*(?:[^*]|\*(?!/))*\*/|// @ts-.*)\n", "", script, flags=re.MULTILINE)
    script = re.sub(r"/\*\*.*?\*/ ", "", script)
    script = re.sub(r"^(  )+", lambda indent: "\t" * (len(indent[0]) // 2), script, flags=re.MULTILINE)  # fewer bytes
    from autograd.compiler import javascript  # which `import autograd` has no need of

    return javascript.source() + script


def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(text: str) -> str:
    """The hash by which the page's security policy knows its own script and style, and runs no other."""
    import base64
    import hashlib  # slow to import, and needed by pages alone

    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embed(data: Any) -> str:
    """JSON that nothing in it can end: inside a script element, ``<`` alone could begin something else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair is no text
