"""Which program turns a picture's description into SVG or PNG: the system's ``dot``, graphviz-pure's, or the browser's.

The package `graphviz` describes pictures, and starts a program to lay them out. In a browser, where Python runs in
WebAssembly (Pyodide), no program can be started; there it is viz.js, Graphviz in WebAssembly, that does it. A page
makes it known by the global name ``viz``::

    globalThis.viz = await Viz.instance();      // of the npm package @viz-js/viz
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import graphviz

INSTALL = 'python -m pip install "glassgrad[draw]"'


def make_digraph(**attributes: Any) -> graphviz.Digraph:
    """An empty `graphviz.Digraph` with these attributes, which something on this machine can lay out.

    Raises:
        ImportError: where the package graphviz is missing.
        RuntimeError: where there is nothing to lay the picture out with.
    """
    try:
        import graphviz
        from graphviz.backend import dot_command
    except ImportError:
        raise ImportError(f"pictures need the package graphviz, which is missing: {INSTALL}") from None
    dot = graphviz.Digraph(**attributes)
    if sys.platform == "emscripten":
        viz = _find_in_browser()
        dot.pipe, dot.render = functools.partial(_pipe, viz, dot), functools.partial(_render, dot)
        return dot
    if shutil.which(dot_command.DOT_BINARY) is None:
        dot_command.DOT_BINARY = _find_pure()
    if Path(dot_command.DOT_BINARY).stem == "graphviz-pure":
        # It tells standard error that it guesses the width of ×, σ and whatever else is not ASCII.
        dot.pipe, dot.render = functools.partial(dot.pipe, quiet=True), functools.partial(dot.render, quiet=True)
    return dot


def _find_pure() -> Path:
    """The program that the wheel graphviz-pure brings."""
    from importlib import metadata

    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        files = []
    programs = [Path(file.locate()) for file in files if file.stem == "graphviz-pure"]
    if not programs:
        raise RuntimeError(f"pictures need Graphviz's program dot, and there is none on the PATH: {INSTALL}")
    return programs[0].resolve()


def _find_in_browser() -> Any:
    """The viz.js that the page, or the worker, has made known."""
    import js  # type: ignore[import-not-found]  # the browser's global names, a module that Pyodide has

    viz = getattr(js, "viz", None)
    if viz is None:
        raise RuntimeError(
            "pictures in a browser need viz.js, Graphviz in WebAssembly, under the global name viz: "
            "in JavaScript, globalThis.viz = await Viz.instance(), of the npm package @viz-js/viz"
        )
    return viz


def _pipe(
    viz: Any,
    dot: graphviz.Digraph,
    format: str | None = None,
    *,
    engine: str | None = None,
    encoding: str | None = None,
    **_: Any,
) -> str | bytes:
    """`graphviz.Digraph.pipe` by viz.js."""
    import js
    from pyodide.ffi import JsException, to_js  # type: ignore[import-not-found]

    format = format or dot.format
    if format not in viz.formats:
        raise ValueError(f"in a browser, Graphviz makes no {format}: take svg")
    try:
        options = to_js({"format": format, "engine": engine or dot.engine}, dict_converter=js.Object.fromEntries)
        text: str = viz.renderString(dot.source, options)
    except JsException as error:
        raise RuntimeError(f"Graphviz refuses the picture: {error.message}") from None
    return text if encoding else text.encode()


def _render(
    dot: graphviz.Digraph,
    filename: str | os.PathLike[str] | None = None,
    directory: str | os.PathLike[str] | None = None,
    *,
    cleanup: bool = False,
    format: str | None = None,
    **options: Any,
) -> str:
    """`graphviz.Digraph.render`: the source in a file, the picture in another beside it."""
    source = dot.save(filename, directory=directory)
    picture = f"{source}.{format or dot.format}"
    content = dot.pipe(format or dot.format, engine=options.get("engine"))
    Path(picture).write_bytes(content)
    if cleanup:
        Path(source).unlink()
    return picture
