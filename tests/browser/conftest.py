"""The stepper's page in a real browser: headless Chromium, driven by Playwright as a user would, by mouse and keys.

    python -m pip install -e ".[browser]"; apt-get install chromium
    python -m pytest tests/browser

Without them these tests are skipped, but never where the environment variable CI is set. They leave screenshots in
``pictures/``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd import Value, write_stepper
from tests.helpers.page import CHROMIUM, Show

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INSTALL = 'python -m pip install "glassgrad[browser]"'


@pytest.fixture(scope="package")  # Playwright keeps an event loop running, in which other tests could start none
def browser() -> Iterator[Browser]:
    if not os.environ.get("CI"):
        for module in ("playwright", "axe_playwright_python", "graphviz"):
            pytest.importorskip(module, reason=f"the browser tests need {module}: {INSTALL}")
        if CHROMIUM is None:
            pytest.skip("the browser tests need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        assert CHROMIUM is not None, "Chromium is missing: apt-get install chromium"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens the page for a root. In the end nothing may have gone wrong in it, and nothing asked for from elsewhere."""
    contexts = []
    problems: list[str] = []
    requests: list[str] = []

    def open_page(root: Value, width: int = 1600, height: int = 900, at: str = "", **options: Any) -> Page:
        write_stepper(root, tmp_path / "step.html")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((tmp_path / "step.html").as_uri() + at)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
    own = (tmp_path / "step.html").as_uri()
    assert [url for url in requests if url.split("#")[0] != own and not url.startswith(("data:", "blob:"))] == []
