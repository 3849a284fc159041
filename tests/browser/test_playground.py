"""The playground in headless Chromium, served from the built documentation, with nothing else to be asked for.

It takes what the page's tests take, and npm with what it has fetched. A request to any other place fails the test.
"""

from __future__ import annotations

import http.server
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.markdown import ROOT
from tests.helpers.page import CHROMIUM, PICTURES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SOURCES = ROOT / "docs" / "playground"

if not os.environ.get("CI"):
    if shutil.which("npm") is None:
        pytest.skip("the playground's tests need npm, which builds it", allow_module_level=True)
    if CHROMIUM is None:
        pytest.skip("the browser tests need Chromium: apt-get install chromium", allow_module_level=True)
    pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "glassgrad[browser]"')
    pytest.importorskip("furo", reason="the theme of the documentation, of which the playground is a part")


def load(path: Path) -> Any:
    """A script of the documentation, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MENU: dict[str, str] = {
    example["name"]: example["program"] for example in load(SOURCES / "build.py").read_menu()
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built by its one command."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", str(ROOT / "docs"), str(folder)]
    result = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where ``docs/serve.py`` serves it."""
    server = load(ROOT / "docs" / "serve.py").make_server(site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


Open = Callable[..., "Page"]


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the page. A test that provokes something clears it."""
    return []


@pytest.fixture
def show(browser: Browser, address: str, problems: list[str]) -> Iterator[Open]:
    """Opens the playground. In the end nothing may have gone wrong in it, and nothing asked for from elsewhere."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []

    def note_request(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            elsewhere.append(request.url)

    def open_page(place: str = "", width: int = 1400, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.on("request", note_request)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.goto(f"{address}playground/{place}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
    assert elsewhere == []


def wait(page: Page, state: str = "ready") -> None:
    page.locator(f"html[data-state={state}]").wait_for(state="attached")


def write(page: Page, program: str) -> None:
    """Open a program in the place of what is there, as a file."""
    page.locator("#status").evaluate("status => { status.textContent = '' }")
    page.locator("#file").set_input_files({"name": "a.py", "mimeType": "text/x-python", "buffer": program.encode()})
    page.get_by_text("a.py is open").wait_for()


def run(page: Page, program: str | None = None) -> str:
    """Run a program, or what is in the editor, to its end, and return its text."""
    if program is not None:
        write(page, program)
    page.get_by_role("button", name="Run").click()
    wait(page)
    return results(page)


def results(page: Page) -> str:
    return page.locator("#results").inner_text()


def printed(page: Page) -> list[str]:
    return "\n".join(page.locator("#results pre.out").all_inner_texts()).splitlines()


def run_in_cpython(program: str, folder: Path, frames: int) -> list[dict[str, Any]]:
    """What comes of a program in this Python: the messages that the page would be sent."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from session import Session; messages = []\n"
        "session = Session(messages.append)\n"
        "sys.meta_path.insert(0, sys.meta_path.pop())\n"  # what the playground lacks is lacking here
        "if session.run(sys.stdin.read()):\n"
        "    for _ in range(int(sys.argv[2])):\n"
        "        if not session.again(): break\n"
        "json.dump([m for m in messages if m.get('kind') != 'file'], sys.stdout)\n"
    )
    command = [sys.executable, "-c", code, str(SOURCES), str(frames)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    pipes: dict[str, Any] = {"input": program, "capture_output": True, "text": True, "encoding": "utf-8"}
    result = subprocess.run(command, cwd=folder, env=environment, check=True, **pipes)
    messages: list[dict[str, Any]] = json.loads(result.stdout)
    return messages


@pytest.mark.parametrize("name", MENU)
def test_an_example_of_the_menu_shows_what_it_does_in_cpython(name: str, show: Open, tmp_path: Path) -> None:
    page = show()
    page.locator("#examples").select_option(name)
    page.get_by_role("button", name="Run").click()
    if name == "moons":  # which goes on until it is stopped
        page.get_by_text("epoch 100:").wait_for()
        page.get_by_role("button", name="Stop").click()
    wait(page)
    messages = run_in_cpython(MENU[name], tmp_path, frames=100 if name == "moons" else 1000)
    expected = "".join(message["text"] for message in messages if message["type"] == "text").splitlines()
    assert printed(page)[: len(expected)] == expected
    assert len(expected) >= (0 if name == "derivation" else 1)
    errors = [message["text"] for message in messages if message["type"] == "error"]
    assert page.locator("pre.problem").all_inner_texts() == errors
    last = {message["title"] or i: message for i, message in enumerate(messages) if message["type"] == "show"}
    shown = [message for message in last.values() if message["kind"] != "text/html"]
    assert page.locator("#results img").count() + page.locator("#results table").count() == len(shown)
    for image, message in zip(
        page.locator("#results img").all(),
        [message for message in shown if message["kind"] == "image/svg+xml"],
        strict=True,
    ):
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        if name != "moons":
            assert image.get_attribute("alt") == message["alt"]
    for message in shown:
        if message["kind"] == "table":
            cells = page.locator("#results tr").evaluate_all(
                "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
            )
            assert cells == message["content"]
    for _ in (message for message in last.values() if message["kind"] == "text/html"):
        live = page.frame_locator("#results iframe")
        live.get_by_role("button", name="Next").first.click()
        assert live.locator("h1").inner_text()
    page.screenshot(path=picture(f"example-{name}"))


def picture(name: str) -> Path:
    PICTURES.mkdir(exist_ok=True)
    return PICTURES / f"playground-{name}.png"


def test_the_worked_examples_have_their_last_digit(show: Open) -> None:
    page = show("#example=one_two_one")
    text = run(page)
    for number in ("0.5183606401800915", "0.13434887664395717", "0.00912393080327576", "0.0805558319701087"):
        assert number in text
    page.locator("#examples").select_option("one_one_one")
    text = run(page)
    for number in ("-0.006445672678900978", "0.4006445672678901", "0.7048779400938787", "0.20783656031705777"):
        assert number in text


def test_a_click_adds_a_point_and_so_does_a_key(show: Open) -> None:
    page = show("#example=moons")
    page.get_by_role("button", name="Run").click()
    plane = page.locator(".plane")
    plane.click(position={"x": 200, "y": 100})
    plane.click(position={"x": 150, "y": 150}, modifiers=["Shift"])
    plane.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("63 points").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    wait(page)


def test_stop_ends_an_endless_loop_and_the_page_is_ready_again(show: Open) -> None:
    page = show()
    write(page, "x = 1\nprint('begun')\nwhile True:\n    pass")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("begun").wait_for()
    page.get_by_role("button", name="Stop").click()
    assert "Stopped. The program's variables are gone" in results(page)
    assert page.get_by_role("button", name="Run").is_enabled()
    assert "begun" not in run(page, "try:\n    x\nexcept NameError:\n    print('gone')")
    assert results(page) == "gone"


def test_every_run_begins_with_nothing(show: Open) -> None:
    page = show()
    assert run(page, "x = 1\nx") == "1"
    assert "NameError: name 'x' is not defined" in run(page, "x")


def test_a_million_lines_do_not_freeze_the_page(show: Open) -> None:
    page = show()
    wait(page)
    write(page, "for i in range(1_000_000):\n    print('line', i)")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("are not shown").wait_for()
    page.locator("#examples").focus()  # while it prints, the page answers
    waits = page.evaluate(
        """async () => {
            const waits = [];
            for (let i = 0; i < 20; i++) {
                const start = performance.now();
                await new Promise((go) => setTimeout(go, 20));
                waits.push(performance.now() - start);
            }
            return waits;
        }"""
    )
    assert max(waits) < 2000, waits
    wait(page)
    text = results(page)
    assert text.rstrip().endswith("line 999999")
    lines = text.splitlines()
    hidden = int(re.findall(r"… ([\d,]+) lines before", text)[0].replace(",", ""))
    assert hidden + len(lines) - 1 == 1_000_000
    assert lines[1] == f"line {hidden}"
    assert len(lines) <= 5001


def test_what_was_printed_before_a_loop_that_says_nothing_is_shown(show: Open) -> None:
    page = show()
    write(page, "for i in range(50):\n    print(i)\nwhile True:\n    pass")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("49", exact=False).wait_for()
    page.get_by_role("button", name="Stop").click()
    wait(page)


ERRORS = {
    "raises": ("from autograd import Value\n\ndef f(x):\n    return Value(x)\n\nf('a')", 4, "TypeError: "),
    "recurses": ("def f(x):\n    return f(x + 1)\n\nf(0)", 2, "RecursionError: maximum recursion depth exceeded"),
    "loses a gradient": ("import math\nfrom autograd import Value\nmath.exp(Value(1.0))", 3, "take v.data"),
    "is no Python": ("x = 1\ny = (2 +", 2, "SyntaxError: "),
    "asks": ("name = input('? ')", 1, "nobody can answer input() here"),
    "imports NumPy": ("import numpy as np", 1, "NumPy is not in the playground"),
    "imports Matplotlib": ("\nfrom matplotlib import pyplot", 2, "from playground import plot"),
    "imports what nobody knows": ("import nonsense", 1, "No module named 'nonsense'"),
    "draws a png": ("from autograd import *\ndraw_dot(Value(1.0)).pipe('png')", 2, "makes no png: take svg"),
}


@pytest.mark.parametrize("what", ERRORS)
def test_an_error_is_shown_at_its_line_in_the_words_of_the_package(what: str, show: Open) -> None:
    program, line, words = ERRORS[what]
    page = show()
    text = run(page, program)
    assert words in text
    assert "session.py" not in text
    assert words in page.locator(".cm-problem").inner_text()
    number = page.locator(".cm-wrong").evaluate(
        "line => [...line.parentNode.querySelectorAll('.cm-line')].indexOf(line) + 1"
    )
    assert number == line
    assert page.locator("#status").inner_text() == f"An error in line {line}."
    assert run(page, "1 + 1") == "2"
    assert page.locator(".cm-problem").count() == 0


def test_a_recursion_beyond_the_stack_of_the_browser_is_survived(show: Open, problems: list[str]) -> None:
    page = show()
    run(page, "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    f()\nf()")
    assert page.locator(".problem").count() == 1
    problems.clear()
    assert run(page, "1 + 1") == "2"


def test_the_program_is_in_the_address_and_is_not_run_before_one_says_so(show: Open) -> None:
    program = "print('ζ + ½', 6 * 7)\n"
    first = show()
    write(first, program)
    first.get_by_role("button", name="Share").click()
    first.get_by_text("address").first.wait_for()
    first.wait_for_url("**#code=*")
    second = show(first.url.partition("playground/")[2])
    wait(second)
    assert "came with the address" in second.locator("#status").inner_text() or second.url
    assert second.locator("#results").inner_text() == ""
    assert second.locator(".cm-line").first.inner_text() == program.strip()
    assert run(second) == "ζ + ½ 42"


def test_an_address_that_was_cut_off_is_told_of(show: Open) -> None:
    page = show("#code=S0lEQVQ")
    assert "cannot be read" in results(page)
    wait(page)


def test_a_program_is_saved_and_opened_again(show: Open, tmp_path: Path) -> None:
    page = show()
    write(page, "print('saved')")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
    download.value.save_as(tmp_path / "mine.py")
    assert (tmp_path / "mine.py").read_text() == "print('saved')"
    write(page, "")
    page.locator("#file").set_input_files(tmp_path / "mine.py")
    page.get_by_text("mine.py is open").wait_for()
    assert run(page) == "saved"


def test_files_that_the_program_writes_are_shown_and_can_be_saved(show: Open, tmp_path: Path) -> None:
    page = show()
    run(
        page,
        "import nn\nfrom autograd import *\nfrom autograd.viz.draw import write_picture\n"
        "write_picture(draw_dot(Value(1.0) * 2), 'two.svg')\nnn.one_one_one().save('net.json')",
    )
    assert page.locator("#results img").count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Save net.json").click()
    download.value.save_as(tmp_path / "net.json")
    assert json.loads((tmp_path / "net.json").read_text())["layers.0.neurons.0.w.0"] == 0.4


def test_graphs_and_networks_show_themselves(show: Open) -> None:
    page = show()
    run(page, "import nn\nfrom autograd import *\nx = Value(2.0, 'x')\nGraph(x * x)\nnn.MLP(2, [2, 1])\nx\n'text'")
    assert page.locator("#results img").count() == 2
    assert "Value(data=2.0, grad=0.0, label='x')" in results(page)
    assert "'text'" in results(page)


def test_hypothesis_is_there(show: Open) -> None:
    page = show()
    text = run(
        page,
        "from hypothesis import given, strategies\n@given(strategies.integers())\n"
        "def test(n):\n    assert n < 1000\ntest()",
    )
    assert "test(\n    n=1000" in text


ATTEMPTS = {
    "fetch": "from js import fetch\nanswer = fetch('ELSEWHERE')",
    "a request that waits": "from js import XMLHttpRequest\nrequest = XMLHttpRequest.new()\n"
    "request.open('GET', 'ELSEWHERE', False)\nrequest.send()",
    "a socket": "from js import WebSocket\nWebSocket.new('ELSEWHERE'.replace('http', 'ws'))",
    "a script": "from pyodide.code import run_js\nrun_js('import(\"ELSEWHERE\")')",
    "a picture": """
from playground import show
class Picture:
    def _repr_mimebundle_(self):
        picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="ELSEWHERE"/></svg>'
        return {"image/svg+xml": picture}
show(Picture())
""",
    "a page": """
from playground import show
class Page:
    def _repr_html_(self):
        return '''<img src="ELSEWHERE"><link rel="stylesheet" href="ELSEWHERE"><script>
            try { parent.document.title = "caught" } catch { }
            fetch("ELSEWHERE"); new Image().src = "ELSEWHERE"; location = "ELSEWHERE";
            try { top.location = "ELSEWHERE" } catch { }
        </script>'''
show(Page())
""",
}


@pytest.mark.parametrize("how", ATTEMPTS)
def test_nothing_that_a_program_tries_reaches_another_place(
    how: str, browser: Browser, address: str, problems: list[str]
) -> None:
    reached: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    elsewhere = f"http://127.0.0.1:{server.server_port}/"
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{address}playground/")
    run(page, ATTEMPTS[how].replace("ELSEWHERE", elsewhere))
    page.wait_for_timeout(1000)
    assert page.title() == "glassgrad: the playground"
    assert page.url.startswith(address)
    context.close()
    server.shutdown()
    server.server_close()
    assert reached == []


def test_all_of_it_can_be_done_by_keyboard(show: Open) -> None:
    page = show()
    wait(page)

    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    tab_to("#run")
    page.keyboard.press("Enter")
    wait(page)
    assert "w.grad = 0.1175" in results(page)
    tab_to("#examples")
    page.keyboard.type("The diamond")
    page.get_by_text("The diamond: a reaches d").wait_for()
    tab_to(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.type("print('typed')")
    page.keyboard.press("Control+Enter")
    page.get_by_text("typed", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.locator(".cm-content:focus").count() == 0
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("while True: pass")
    page.keyboard.press("Control+Enter")
    wait(page, "running")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    tab_to("#stop")
    page.keyboard.press("Enter")
    page.get_by_text("Stopped.", exact=False).first.wait_for()
    wait(page)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1400, 900, "light"), (390, 844, "dark")])
def test_it_fits_the_screen_and_has_no_accessibility_fault(width: int, height: int, scheme: Any, show: Open) -> None:
    axe = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
    faults: dict[str, Any] = {}
    page = show("", width, height, color_scheme=scheme)

    def look(name: str) -> None:
        page.screenshot(path=picture(f"{name}-{scheme}-{width}"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        result = axe.run(page)
        faults.update({f"{name}: {fault['id']}": fault["nodes"] for fault in result.response["violations"]})
        assert result.response["passes"]

    wait(page)
    look("start")
    for name in ("one_two_one", "xor", "derivation"):
        page.locator("#examples").select_option(name)
        run(page)
        look(name)
    assert faults == {}


class Links(HTMLParser):
    """The links of a page that open the playground."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if "playground/index.html#code=" in address:
            self.found.append(address.partition("#")[2])


def links(page: Path) -> list[str]:
    parser = Links()
    parser.feed(page.read_text("utf-8"))
    return parser.found


def test_every_example_of_the_documentation_runs_in_the_playground(site: Path, show: Open) -> None:
    """Of a page, whose examples build on each other, the last; of a docstring each."""
    programs = {}
    for file in sorted(site.rglob("*.html")):
        found = links(file)
        if found:
            kept = found if file.parent.name == "api" else found[-1:]
            programs.update({f"{file.stem} {i}": code for i, code in enumerate(kept)})
    assert len(programs) > 40
    page = show()
    wait(page)
    failed = {}
    for name, code in programs.items():
        page.evaluate("code => { location.hash = code }", code)
        page.get_by_text("came with the address").wait_for()
        run(page)
        if page.locator(".problem").count() and "fill in the blank" not in results(page):  # as an exercise says
            failed[name] = results(page)[-500:]
    assert failed == {}
