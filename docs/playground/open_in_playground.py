"""The documentation's part in the playground: builds it beside the pages, and links every example in Python to it.

An example opens with those before it, which it may need: on a page all earlier ones, in a docstring those of the
docstring. Where the playground lacks a module that an example imports, there is no link; without npm, there is no
playground.
"""

from __future__ import annotations

import ast
import base64
import doctest
import re
import shutil
import sys
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

sys.path.insert(0, str(Path(__file__).parent))
from build import build

ABSENT = re.compile(
    r"\b(?:import|from) +(?:numpy|torch|jax|matplotlib|demos|micrograd|dask|subprocess|array_api_\w+)\b"
)


def to_program(example: str) -> str:
    """An example as a program: without prompts and answers; where it shows an error, the error is printed."""
    parts = []
    for part in doctest.DocTestParser().get_examples(example):
        source = re.sub(r" *# doctest:.*", "", part.source)
        if part.exc_msg is None:
            parts.append(source)
        else:
            body = "".join(f"    {line}\n" for line in source.splitlines())
            parts.append(f"try:\n{body}except Exception as error:\n    print(type(error).__name__, error, sep=': ')\n")
    return "".join(parts)


def to_address(program: str) -> str:
    """The end of an address that opens the playground with a program."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(program.encode()) + packer.flush()
    return "#code=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _add_links(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put a link below every example of a page."""
    if app.builder.format != "html" or shutil.which("npm") is None:
        return
    place = app.builder.get_relative_uri(page, "playground/index")
    sessions: dict[str, str] = {}
    for block in list(doctree.findall(lambda node: isinstance(node, (nodes.literal_block, nodes.doctest_block)))):
        text = block.astext()
        if not text.lstrip().startswith(">>> "):
            continue
        docstring = (block.source or "").partition("docstring of ")[2]
        sessions[docstring] = sessions.get(docstring, "") + to_program(text)
        session = _imports(sessions[docstring], docstring) + sessions[docstring]
        if not ABSENT.search(session):
            link = nodes.reference("", "open in the playground", refuri=place + to_address(session), internal=True)
            block.parent.insert(
                block.parent.index(block) + 1, nodes.paragraph("", "", link, classes=["open-in-playground"])
            )


def _imports(program: str, docstring: str) -> str:
    """The imports that the example of a docstring does without, since it runs in the docstring's own module."""
    module = docstring
    while module and module not in sys.modules:
        module = module.rpartition(".")[0]
    there = vars(sys.modules[module]) if module else {}
    names = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)]
    given = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    given |= {name.name.partition(".")[0] for name in ast.walk(ast.parse(program)) if isinstance(name, ast.alias)}
    lines = set()
    for name in {node.id for node in names} - given & there.keys():
        value = there[name]
        if isinstance(value, ModuleType):
            lines.add(f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}"))
        else:
            home = next(
                (package for package in ("autograd", "nn") if getattr(sys.modules[package], name, None) is value), None
            )
            lines.add(f"from {home or there['__name__']} import {name}")
    return "".join(f"{line}\n" for line in sorted(lines))


def _build(app: Sphinx, exception: Exception | None) -> None:
    """Build the playground once the pages are there."""
    if exception is not None or app.builder.format != "html":
        return
    if shutil.which("npm") is None:
        logging.getLogger(__name__).info("the playground is left out: npm, which it is built with, is missing")
    else:
        build(Path(app.outdir, "playground"))


def _link(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The role ``playground``: a link from a page beside it, where there is one, and else no more than the words."""
    linked = shutil.which("npm") is not None
    return [nodes.reference(raw, text, refuri="playground/index.html") if linked else nodes.Text(text)], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Make this an extension of Sphinx."""
    app.add_role("playground", _link)
    app.connect("doctree-resolved", _add_links)
    app.connect("build-finished", _build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
