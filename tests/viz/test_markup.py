"""Mermaid, TikZ and LaTeX: what is written is the graph, whatever its labels, and the real tools take it."""

from __future__ import annotations

import html
import itertools
import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Graph, Op, Value, ops
from autograd.formula import tex
from autograd.viz.markup import latex, mermaid, tikz

HOSTILE = [
    '"];\nclick v0 "javascript:alert(1)" -- end subgraph %%{init: {}}%%',
    "</pre><script>alert(1)</script><img src=x onerror=alert(1)>",
    "1. #quot; #35; &amp; `code` **bold** _it_ ~ | {x} [y] (z)",
    "\\input{/etc/passwd} $x^2$ % & # _ ^ ~ { } \\\\ -- --- << >> ?` !` '' ``",
    "\\end{tikzpicture}\\immediate\\write18{ls}",
    "σ′(z₃)·∂L/∂w² ≤ −1 ÷ √2",
]

labels = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


def worked_example(which: str) -> tuple[Value, list[Value]]:
    network, x, t = (nn.one_two_one(), 1.0, 0.0) if which == "one_two_one" else (nn.one_one_one(), 0.5, 1.0)
    loss = nn.half_squared_error(network([Value(x, "x")]), Value(t, "t"))
    loss.label = "L"
    loss.backward()
    return loss, network.parameters()


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    """The root of a small random graph, after backward."""
    values = [Value(draw(st.integers(-3, 3)), f"x{i}") for i in range(draw(st.integers(1, 3)))]
    for op in draw(st.lists(st.sampled_from([ops.add, ops.subtract, ops.multiply, ops.sin, ops.negative]), max_size=7)):
        values.append(op(*[draw(st.sampled_from(values)) for _ in op.partials]))
    values[-1].backward()
    return values[-1]


def edges_of(root: Value) -> Counter[tuple[str, str]]:
    names = {value: i for i, value in enumerate(Graph(root))}
    edges = Counter((f"v{names[p]}", f"op{i}") for value, i in names.items() for p in value.parents)
    return edges + Counter((f"op{i}", f"v{i}") for value, i in names.items() if value.parents)


@given(graphs())
def test_both_draw_the_edges_of_the_graph(root: Value) -> None:
    arrows = re.findall(r'^ +(\w+) (?:-- "[^"]*" )?--> (\w+)$', mermaid(root), re.MULTILINE)
    assert Counter(arrows) == edges_of(root)
    arrows = re.findall(r"\\draw \((\w+)\) (?:--|to.*?) \((\w+)\);", re.sub(r"node\[.*?\] \{.*?\} ", " ", tikz(root)))
    assert Counter(arrows) == edges_of(root)


@given(graphs())
def test_no_two_boxes_of_tikz_lie_on_one_another(root: Value) -> None:
    places = [tuple(map(float, place)) for place in re.findall(r" at \(([-\d.]+),([-\d.]+)\)", tikz(root))]
    for (x, y), (other_x, other_y) in itertools.combinations(places, 2):
        assert abs(x - other_x) >= 1 or abs(y - other_y) >= 0.6


@given(graphs(), st.data())
def test_the_chain_rule_over_all_paths_is_the_gradient(root: Value, data: st.DataObject) -> None:
    leaf = data.draw(st.sampled_from([value for value in Graph(root) if value.op is None]))
    if leaf is root:
        assert latex(root, leaf).count("&= 1") == 1
        return
    text = latex(root, leaf)
    last = text.splitlines()[-2]
    total = sum(step.contribution for step in Graph(root).steps() if step.parent is leaf)
    assert math.isclose(number(last.removeprefix("&= ")), total, rel_tol=1e-5, abs_tol=1e-9)
    numeric = re.split(r" \\\\\n(?:&= |\\frac[^\n]*&= )", text)[-2 if text.count("\n&= ") > 2 else -1]
    terms = numeric.removesuffix("\n\\end{align*}").split(" \\\\\n&\\quad + ")
    by_hand = sum(math.prod(number(factor.strip("()")) for factor in term.split(r" \cdot ")) for term in terms)
    assert math.isclose(by_hand, total, rel_tol=1e-3, abs_tol=1e-3 * sum(abs(x) for x in [1.0, total]))


def number(text: str) -> float:
    mantissa, _, exponent = text.partition(r" \times 10^{")
    return float(f"{mantissa}e{exponent.rstrip('}') or 0}")


def test_a_worked_example_is_written_with_its_formulas() -> None:
    loss, parameters = worked_example("one_two_one")
    text = latex(loss, parameters[0])
    assert r"\frac{\partial y}{\partial z_{3}}" in text, "the factor that the document's code leaves out"
    assert r"&= 0.5 \cdot (2 \cdot v_{3}) \cdot 1 \cdot (y \cdot (1 - y)) \cdot 1 \cdot w_{3}" in text
    assert text.endswith("&= 0.00912393\n\\end{align*}")


def test_division_powers_and_roots_have_their_forms_in_latex() -> None:
    x, y = Value(4.0, "x"), Value(-2.0, "speed of light")
    text = latex((x.sqrt() / y) ** 2 + abs(y).exp(), x)
    assert r"\sqrt{x} = 2" in text
    assert r"\frac{v_{1}}{\text{speed of light}}" in text
    assert "^{2}" in text
    assert r"\operatorname{exp}(" in latex(abs(y).exp(), y)
    assert r"|\text{speed of light}|" in latex(abs(y).exp(), y)


def test_what_has_no_path_or_too_many_is_refused() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    with pytest.raises(ValueError, match="not made from"):
        latex(x * x, y)
    power = x
    for _ in range(6):
        power = power * power
    with pytest.raises(ValueError, match="64 paths"):
        latex(power, x)
    chain = x
    for _ in range(300):
        chain = chain + y
    with pytest.raises(ValueError, match="601 values"):
        tikz(sum([Value(1.0) for _ in range(300)], x))
    with pytest.raises(ValueError, match="900 edges is more than Mermaid draws"):
        mermaid(chain)


def test_blanks_are_left_for_what_is_to_be_worked_out() -> None:
    loss, _ = worked_example("one_one_one")
    for text in (mermaid(loss, blank=True), tikz(loss, blank=True)):
        assert not re.search(r"grad \$?[-−]?\d", text)
        assert len(re.findall(r"data \$?[-−]?\d", text)) == 6, "four parameters, the input and the target"


@given(labels)
def test_any_label_stays_one_line_of_text_in_mermaid(label: str) -> None:
    text = mermaid(Value(1.0, label) * Value(2.0, "w"))
    assert len(text.splitlines()) == len(mermaid(Value(1.0) * Value(2.0, "w")).splitlines())
    (box,) = re.findall(r'^    v0\["([^"]*)"\]:::leaf$', text, re.MULTILINE)
    shown = [html.unescape(re.sub(r"#(\d+);", r"&#\1;", line)) for line in box.split("<br>")[:-2]]
    expected = [re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", line) for line in label.splitlines()]
    assert [line.replace("\t", " ") for line in expected] == shown or "\ufffd" in "".join(shown)


@given(labels)
def test_any_label_is_text_in_tex(label: str) -> None:
    text = tex(label)
    commands = set(re.findall(r"\\([a-zA-Z]+)", text))
    allowed = re.findall(r"\w+", "textbackslash textasciitilde textasciicircum textless textgreater textbar")
    symbols = {command for command in commands if command not in allowed}
    assert all(f"${chr(92)}{symbol}$" in text for symbol in symbols)
    plain = re.sub(r"\\[{}$&#%_]|\$[^$]*\$|\\[a-z]+\{\}|\{.\}", "", text)
    assert not set(plain) & set("\\{}$&#%_^~")


# The real tools. They are no part of what one installs, so where one is missing the test says so and is skipped.


@pytest.fixture(scope="module")
def drawn_by_mermaid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[str]]]:
    """Draws a text by the npm package mermaid in Chromium, and returns the lines of text in the picture."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Mermaid is tried in a browser (extra: browser)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    npm = shutil.which("npm")
    if chromium is None or npm is None:
        pytest.skip("Mermaid is tried by the npm package mermaid in Chromium: npm or Chromium is missing")
    folder = tmp_path_factory.mktemp("mermaid")
    install = [npm, "install", "mermaid@11", "--no-audit", "--no-fund", "--prefix", str(folder)]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"npm could not install mermaid: {installed.stderr[-300:]}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.add_script_tag(path=str(folder / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"))
        page.evaluate("mermaid.initialize({startOnLoad: false})")

        def draw(text: str) -> list[str]:
            script = "async text => { document.body.innerHTML = (await mermaid.render('graph', text)).svg }"
            page.evaluate(script, text)
            lines: list[str] = page.locator("body").inner_text().splitlines()
            assert page.locator("svg script, svg img, svg a").count() == 0
            assert not dialogs
            return [line.strip() for line in lines if line.strip()]

        yield draw
        browser.close()


def test_mermaid_draws_both_worked_examples(drawn_by_mermaid: Callable[[str], list[str]]) -> None:
    for which, expected in {
        "one_two_one": ["w1", "data 0.5", "grad 0.009124", "L", "data 0.1343", "σ", "0.2497"],
        "one_one_one": ["W1", "data 0.4", "grad −0.006446", "L", "data 0.05993", "σ", "0.2263"],
    }.items():
        loss, _ = worked_example(which)
        lines = Counter(drawn_by_mermaid(mermaid(loss)))
        assert not Counter(expected) - lines, which
        values = [value for value in Graph(loss) if value.op is not ops.constant]
        assert sum(lines[line] for line in lines if line.startswith("data ")) == len(values)


@pytest.mark.parametrize("label", HOSTILE)
def test_mermaid_shows_a_hostile_label_as_text(label: str, drawn_by_mermaid: Callable[[str], list[str]]) -> None:
    root = Op("op", label, lambda x: x, (lambda out, x: 1.0,))(Value(2.0, label))
    lines = drawn_by_mermaid(mermaid(root))
    for line in label.splitlines():
        assert [" ".join(shown.split()) for shown in lines].count(" ".join(line.split())) == 2


def test_latex_sets_both_worked_examples_and_hostile_labels(tmp_path: Path) -> None:
    pdflatex, pdftotext = shutil.which("pdflatex"), shutil.which("pdftotext")
    if pdflatex is None or pdftotext is None:
        pytest.skip("TikZ and LaTeX are tried by pdflatex and pdftotext, of which one is missing")
    parts = []
    for which in ("one_two_one", "one_one_one"):
        loss, parameters = worked_example(which)
        parts += [tikz(loss), *[latex(loss, parameter) for parameter in parameters]]
    for label in HOSTILE:
        x = Value(2.0, label)
        root = Op(label, label, lambda x: x, (lambda out, x: 1.0,))(x)
        parts += [tikz(root), latex(root, x)]
    head = r"\documentclass{article}\usepackage[paperwidth=90cm,paperheight=150cm]{geometry}\usepackage{amsmath,tikz}"
    (tmp_path / "all.tex").write_text("\n\n".join([head, r"\begin{document}", *parts, r"\end{document}"]), "utf-8")
    run = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert ran.returncode == 0, ran.stdout[-2000:]
    text = subprocess.run([pdftotext, "-layout", "all.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout
    squeezed = re.sub(r"\s", "", text.decode())
    for piece in (
        "grad0.009124",
        "0.00912393",
        "<script>alert(1)</script>",
        "write18{ls}",
        "/etc/passwd",
        "#quot;#35;&amp;",
    ):
        assert piece in squeezed, piece
