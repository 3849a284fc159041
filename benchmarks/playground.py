"""How long the playground takes in headless Chromium: to its first result, opened anew and again, and after Stop.

    python -m benchmarks.playground

It takes the extras ``browser`` and ``docs``, Chromium, and npm. Each time is the median of several, with the lowest and
the highest, from the moment that the page is asked for, with Run pressed as soon as there is a button.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TIMES = 7


def load(path: Path) -> Any:
    """A script of the documentation, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait(page: Any, state: str = "ready") -> None:
    page.locator(f"html[data-state={state}]").wait_for(state="attached", timeout=120_000)


def run(page: Any, address: str) -> float:
    """Open the page and run its first example: the seconds until the picture is there."""
    start = time.perf_counter()
    page.goto(address)
    page.locator("#run").click()
    page.locator("#results img").wait_for(timeout=120_000)
    taken = time.perf_counter() - start
    wait(page)
    return taken


def stop(page: Any) -> float:
    """End an endless loop: the seconds until another program can run."""
    program = {"name": "a.py", "mimeType": "text/x-python", "buffer": b"while True: pass"}
    page.locator("#file").set_input_files(program)
    page.get_by_text("a.py is open").wait_for()
    page.locator("#run").click()
    wait(page, "running")
    start = time.perf_counter()
    page.locator("#stop").click()
    wait(page)
    return time.perf_counter() - start


def main() -> None:
    from playwright.sync_api import sync_playwright

    first, again, stopped = [], [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        load(ROOT / "docs" / "playground" / "build.py").build(Path(folder, "playground"))
        server = load(ROOT / "docs" / "serve.py").make_server(Path(folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/playground/"
        for _ in range(TIMES):
            with tempfile.TemporaryDirectory() as profile:  # what a browser that has never been there has kept
                chromium = playwright.chromium.launch_persistent_context(
                    profile, executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                page = chromium.pages[0]
                first.append(run(page, address))
                again.append(run(page, address))
                stopped.append(stop(page))
                chromium.close()
        server.shutdown()
    for name, times in (
        ("first result", first),
        ("opened again, first result", again),
        ("ready after Stop", stopped),
    ):
        print(f"{name}: {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    sys.exit(main())
