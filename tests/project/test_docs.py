"""The pages say what is so: their Python runs as printed, their commands exist, and Sphinx builds them in silence."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Value, draw_dot
from tests.helpers.markdown import ROOT, code_blocks, commands, run_python

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
ALL_PAGES = [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]

LONG = ("backward", "teaching", "07-testing", "testing")  # pages whose examples take a second


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow if page.stem in LONG else ()) for page in ALL_PAGES],
    ids=[name(page) for page in ALL_PAGES],
)
def test_the_python_on_a_page_gives_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in re.findall(r"^>>> import (dask|jax|torch)\b", page.read_text("utf-8"), re.MULTILINE):
        pytest.importorskip(library, reason=f"examples with {library}")
    monkeypatch.chdir(tmp_path)
    differences = run_python(page)
    assert not differences, differences


def words(picture: str) -> list[str]:
    return sorted(re.findall(r"<text[^>]*>(.*?)</text>", picture))


@pytest.mark.parametrize(("page", "picture"), [("tutorial", "neuron"), ("hand-outs", "network")])
def test_a_pages_picture_is_what_its_code_draws(
    page: str, picture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_python(DOCS / f"{page}.md")
    drawn, shown = (folder / f"{picture}.svg" for folder in (tmp_path, DOCS / "pictures"))
    assert words(drawn.read_text("utf-8")) == words(shown.read_text("utf-8"))


def test_the_front_pages_picture_is_the_first_worked_example() -> None:
    network = nn.one_two_one()
    loss = nn.half_squared_error(network([Value(1.0, "x")]), Value(0.0, "t"))
    loss.label = "L"
    loss.backward()
    drawn = draw_dot(loss, model=network).pipe(encoding="utf-8")
    assert words(drawn) == words((DOCS / "pictures" / "one_two_one.svg").read_text("utf-8"))


@pytest.mark.parametrize("page", ALL_PAGES, ids=name)
def test_no_python_on_a_page_goes_unrun(page: Path) -> None:
    for block in code_blocks(page, "python"):
        assert block.lstrip().startswith(">>> "), block


@pytest.mark.parametrize("page", ALL_PAGES, ids=name)
def test_the_commands_on_a_page_exist(page: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for command in commands(page):
        while re.match(r"[A-Z_]+=", command[0]):
            command = command[1:]
        match command:
            case ["python", "-m", "pip", "install" | "uninstall", *arguments]:
                for argument in arguments:
                    for extra in re.findall(r"(?:glassgrad|\.)\[(.*)\]", argument):
                        assert set(extra.split(",")) <= extras.keys(), command
            case ["python", "-m", "demos", *arguments]:
                names = [argument for argument in arguments if not argument.startswith("-")]
                assert all((ROOT / "demos" / f"{demo}.py").exists() for demo in names), command
            case ["python", "-m", module, *_]:
                assert module in ("coverage", "sphinx") or importlib.util.find_spec(module), command
            case [program, *_] if "/" in program:
                assert (ROOT / program).is_file(), command
            case _:
                known = "cd for . git mypy npm ruff cibuildwheel cosmic-ray cr-filter-operators cr-report"
                assert command[0] in known.split(), command


def test_the_walk_through_the_engine_shows_every_function_of_it() -> None:
    functions = set()
    for file in ("engine", "graph"):
        for thing in ast.parse((ROOT / "autograd" / f"{file}.py").read_text("utf-8")).body:
            if isinstance(thing, ast.FunctionDef):
                functions.add((file, thing.name))
            if isinstance(thing, ast.ClassDef):
                methods = [part.name for part in thing.body if isinstance(part, ast.FunctionDef)]
                functions |= {(file, f"{thing.name}.{method}") for method in methods} or {(file, thing.name)}
    page = (DOCS / "how-backward-works.md").read_text("utf-8")
    shown = set(re.findall(r"autograd/(\w+)\.py\n:pyobject: (\S+)", page))
    assert {(file, name) for file, name in shown if file in ("engine", "graph")} == functions


def test_every_public_name_is_on_the_api_pages() -> None:
    text = "\n".join(page.read_text("utf-8") for page in (DOCS / "api").glob("*.rst"))
    documented = set(re.findall(r":: ([\w.]+)", text))
    for package in (autograd, nn):
        assert {f"{package.__name__}.{name}" for name in package.__all__} <= documented


def test_what_the_page_for_its_users_says_of_micrograd_is_so() -> None:
    theirs = pytest.importorskip("micrograd.engine", reason="the engine that the page compares with").Value
    x = theirs(3.0)
    y = x * x * x + 10 * x
    y.backward()
    assert x.grad == 37.0
    y.backward()
    assert x.grad != 74.0
    chain = x
    for _ in range(2000):
        chain = chain + 1
    with pytest.raises(RecursionError):
        chain.backward()
    assert isinstance((theirs(-2.0) ** 0.5).data, complex)
    assert theirs("a").data == "a"
    with pytest.raises(AssertionError):
        x**x
    with pytest.raises(TypeError):
        max(x, y)
    assert len((x * x)._prev) == 1


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f'\nversion: "{autograd.__version__}"\n' in citation


def test_sphinx_builds_the_pages_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("furo", reason="the theme of the documentation, which the extra docs brings with Sphinx")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", str(DOCS), str(tmp_path)]
    no_npm = os.environ | {"PATH": str(tmp_path)}  # the playground has tests of its own, in tests/browser
    result = subprocess.run(build, cwd=ROOT, env=no_npm, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "the playground is left out: npm, which it is built with, is missing" in result.stdout
    assert not (tmp_path / "playground").exists()
    assert "playground/index.html" not in "".join(page.read_text("utf-8") for page in tmp_path.rglob("*.html"))
