"""What the lessons are made of, beside their text: exercises and pages to touch.

    ```{exercise} 09_two_paths_on_paper
    ```

shows the question, the file with its blanks, how to run it, and the solution behind a click. One that is worked on
paper has its graph, and the way to the solution.

    ```{live} diamond
    :place: mode=nudge
    ```

shows a page on which the graph of this name, among those below, can be stepped through and changed.
"""

from __future__ import annotations

import ast
import html
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from drawn import diamond
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import nn
from autograd import Value, draw_dot, write_stepper
from autograd.testing.exercise import Exercise, make_exercise
from open_in_playground import ABSENT, to_address

HERE = Path(__file__).parent
LABELS = "The graph of this exercise, to be filled in", "The graph, with all values and gradients"
LIVE = "live"  # the folder of the pages to touch


def parabola() -> Value:
    """One number, and what is computed from it."""
    w = Value(3.0, "w")
    loss = (w - 5) ** 2
    loss.label = "L"
    return loss


def chain() -> Value:
    """A chain: one path."""
    x = Value(2.0, "x")
    u = 3 * x
    v = u + 1
    loss = v**2
    u.label, v.label, loss.label = "u", "v", "L"
    return loss


def one_one_one() -> Value:
    """The network of lesson 5."""
    x, t = Value(0.5, "x"), Value(1.0, "t")
    w1, b1, w2, b2 = nn.one_one_one().parameters()
    z1 = w1 * x + b1  # as the lesson writes it; a neuron begins with the bias
    a1 = z1.sigmoid()
    z2 = w2 * a1 + b2
    a2 = z2.sigmoid()
    loss = nn.half_squared_error(a2, t)
    z1.label, a1.label, z2.label, a2.label, loss.label = "z1", "a1", "z2", "a2", "L"
    return loss


def one_two_one() -> Value:
    """The network with two hidden neurons."""
    loss = nn.half_squared_error(nn.one_two_one()([Value(1.0, "x")]), Value(0.0, "t"))
    loss.label = "L"
    return loss


GRAPHS: dict[str, Callable[[], Value]] = {
    graph.__name__: graph for graph in (parabola, chain, diamond, one_one_one, one_two_one)
}


class LivePage(SphinxDirective):
    """A page to touch, within this one, and a link to have it alone."""

    required_arguments = 1
    option_spec = {"place": directives.unchanged, "height": directives.positive_int}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """What stands on the page."""
        name = self.arguments[0]
        if name not in GRAPHS:
            raise self.error(f"there is no graph {name!r}: there are {', '.join(GRAPHS)}")
        place = self.options.get("place", "")
        address = f"{'../' * self.env.docname.count('/')}{LIVE}/{name}.html{f'#{place}' if place else ''}"
        height = self.options.get("height", 640)
        frame = (
            f'<iframe class="live" src="{html.escape(address)}" height="{height}" loading="lazy" '
            f'title="The graph {name}, to step through and to change"></iframe>\n'
            f'<p class="live-link"><a href="{html.escape(address)}">the same page by itself</a></p>'
        )
        return [nodes.raw("", frame, format="html")]


class ExerciseFile(SphinxDirective):
    """An exercise: what is asked, the file, how to run it, and the solution folded away."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """What stands on the page."""
        stem = self.arguments[0]
        asked, answers = HERE / "course" / "exercises" / f"{stem}.py", HERE / "course" / "solutions.toml"
        for file in (asked, answers):
            self.env.note_dependency(str(file))
        source = asked.read_text("utf-8")
        text, *rest = source.split("...  # your line")
        written = tomllib.loads(answers.read_text("utf-8"))[stem]
        solved = text + "".join(answer + part for answer, part in zip(written, rest, strict=True))
        number, _, words = stem.partition("_")
        head = nodes.rubric("", f"Exercise {int(number)}: {words.replace('_', ' ')}", ids=[f"exercise-{int(number)}"])
        box = nodes.container("", head, classes=["exercise"])
        self.state.document.note_explicit_target(head)
        box += self._question(ast.get_docstring(ast.parse(source)) or "", str(asked))
        paper = paper_exercise(source)
        if paper is not None:
            box += nodes.raw(
                "",
                f'<div class="graph" tabindex="0" role="img" aria-label="{LABELS[0]}">{_svg(paper, blank=True)}</div>',
                format="html",
            )
        box += _code(_to_be_filled_in(source))
        box += self._how_to_run(source, asked)
        way = [] if paper is None else [_text("\n".join([*paper.forward(), "", *paper.backward()]))]
        if paper is not None:
            way.append(
                nodes.raw(
                    "",
                    f'<div class="graph" tabindex="0" role="img" aria-label="{LABELS[1]}">{_svg(paper)}</div>',
                    format="html",
                )
            )
        box += [
            nodes.raw("", "<details><summary>Solution</summary>", format="html"),
            _code(_to_be_filled_in(solved)),
            *way,
            nodes.raw("", "</details>", format="html"),
        ]
        return [box]

    def _question(self, text: str, source: str) -> list[nodes.Node]:
        body = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), source), self.content_offset, body)
        return list(body.children)

    def _how_to_run(self, source: str, file: Path) -> nodes.Node:
        line = nodes.paragraph(classes=["how-to-run"])
        line += nodes.Text("Run ")
        line += nodes.literal("", f"python {file.relative_to(HERE.parent).as_posix()}")
        whole = download_reference("", "", reftarget=f"/{file.relative_to(HERE).as_posix()}")
        whole += nodes.Text("the file")
        line += [nodes.Text(" ("), whole, nodes.Text(")")]
        if shutil.which("npm") and not ABSENT.search(source):
            place = self.env.app.builder.get_relative_uri(self.env.docname, "playground/index")
            link = nodes.reference("", "open in the playground", refuri=place + to_address(source), internal=True)
            line += [nodes.Text(", or "), link]
        return line


def paper_exercise(source: str) -> Exercise | None:
    """The exercise on paper that a file asks for, where it is one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "make_exercise":
            return make_exercise(**{word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg})
    return None


def _svg(exercise: Exercise, blank: bool = False) -> str:
    text: str = draw_dot(exercise.root, blank=blank).pipe(format="svg", encoding="utf-8")
    return re.sub(r' id="[^"]*"', "", text[text.index("<svg") :])  # a page has many


def _to_be_filled_in(source: str) -> str:
    """The file without its question and without its check, which would give the answer away."""
    code = re.sub(r'\A""".*?"""\s*', "", source, flags=re.DOTALL)
    before = re.split(r"^(?:def test_|def loss\b)", code, maxsplit=1, flags=re.MULTILINE)[0]
    return re.sub(r"\A(?:(?:from|import) .*\n|\n)+", "", before).strip("\n")


def _code(text: str) -> nodes.Node:
    return nodes.literal_block(text, text, language="python")


def _text(text: str) -> nodes.Node:
    return nodes.literal_block(text, text, language="text")


def _write_pages(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir, LIVE)
        folder.mkdir(exist_ok=True)
        for name, graph in GRAPHS.items():
            write_stepper(graph(), folder / f"{name}.html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Make this an extension of Sphinx."""
    app.add_directive("exercise", ExerciseFile)
    app.add_directive("live", LivePage)
    app.connect("build-finished", _write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
