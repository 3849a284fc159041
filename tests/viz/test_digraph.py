"""What lays pictures out where no program can be started: viz.js, as a page makes it known, here a stand-in for it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autograd import Value, draw_dot

pytest.importorskip("graphviz", reason="what describes pictures")


class Refusal(Exception):
    """An error in JavaScript, as Pyodide has them."""

    message = "syntax error in line 1"


class Viz:
    """viz.js: lays out whatever is a graph of Graphviz's language."""

    formats = ("svg", "json0")

    def renderString(self, source: str, options: dict[str, str]) -> str:
        if not source.startswith("digraph {"):
            raise Refusal
        return f"<{options['format']} by {options['engine']}>"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Python in a browser: no program can be started, and JavaScript's names are a module. Returns that module."""
    names: Any = ModuleType("js")
    names.viz, names.Object = Viz(), SimpleNamespace(fromEntries=None)
    bridge: Any = ModuleType("pyodide.ffi")
    bridge.JsException, bridge.to_js = Refusal, lambda thing, dict_converter: thing
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "js", names)
    monkeypatch.setitem(sys.modules, "pyodide", ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", bridge)
    return names


def test_in_a_browser_the_page_s_graphviz_lays_pictures_out(browser: Any) -> None:
    dot = draw_dot(Value(1.0))
    assert dot.pipe(encoding="utf-8") == "<svg by dot>"
    assert dot.pipe("json0", engine="neato") == b"<json0 by neato>"
    assert dot._repr_mimebundle_() == {"image/svg+xml": "<svg by dot>"}


@pytest.mark.parametrize("cleanup", [False, True])
def test_in_a_browser_a_picture_is_rendered_to_a_file(cleanup: bool, browser: Any, tmp_path: Path) -> None:
    path = draw_dot(Value(1.0)).render(tmp_path / "graph", cleanup=cleanup)
    assert Path(path).read_text() == "<svg by dot>"
    assert (tmp_path / "graph").exists() != cleanup


def test_a_page_without_graphviz_is_told_how_to_bring_it(browser: Any) -> None:
    del browser.viz
    with pytest.raises(RuntimeError, match=r"globalThis\.viz = await Viz\.instance\(\)"):
        draw_dot(Value(1.0))


def test_in_a_browser_a_format_that_there_is_not_is_refused(browser: Any) -> None:
    with pytest.raises(ValueError, match="makes no png: take svg"):
        draw_dot(Value(1.0)).pipe(format="png")


def test_what_graphviz_says_in_a_browser_is_handed_on(browser: Any) -> None:
    dot = draw_dot(Value(1.0))
    dot.name = '"'
    dot.body.clear()
    dot.comment = "no graph"
    with pytest.raises(RuntimeError, match="Graphviz refuses the picture: syntax error in line 1"):
        dot.pipe()
