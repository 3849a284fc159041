"""What the stepper's page shows, read from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from autograd import Graph, Value
from autograd.formula import name_values

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PICTURES = Path(__file__).parents[2] / "pictures"  # where the browser tests leave screenshots
Show = Callable[..., "Page"]


def table(page: Page) -> dict[str, list[str]]:
    """The cells that are shown, by the name that their row begins with."""
    rows: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#values tbody tr")].map((row) => [
            row.querySelector("th").innerText,
            [...row.querySelectorAll("td:not([hidden])")].map((cell) => cell.innerText)]))"""
    )
    return rows


def boxes(page: Page) -> list[list[str]]:
    """The numbers in the boxes of the picture."""
    numbers: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll(".node")].map((box) =>
            [...box.querySelectorAll(".amount")].map((text) => text.textContent))"""
    )
    return numbers


def number(text: str) -> float:
    return float(text.split()[0].replace("−", "-").replace("∞", "inf"))


def until(page: Page, condition: str) -> None:
    """Wait for a condition in JavaScript; the page's own policy forbids Playwright to wait for one itself."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never true: {condition}")


def assert_right(page: Page, root: Value) -> None:
    """Every value and gradient in the table and in the picture is the engine's, to the digits shown."""
    root.backward()
    shown = table(page)
    names = name_values(Graph(root))
    assert list(shown) == list(names.values())
    for (value, name), (_, data, grad, *_) in zip(names.items(), shown.values(), strict=True):
        assert number(data) == float(f"{value.data:.6g}"), name
        assert number(grad) == float(f"{value.grad:.6g}"), name
    assert boxes(page) == [cells[1:3] for cells in shown.values()]
