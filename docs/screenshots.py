"""The screenshots on these pages, made from the real page: ``python docs/screenshots.py``, with the extra ``browser``.

Look at every one of them before it is committed.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import nn
from autograd import Value, write_stepper

PICTURES = Path(__file__).with_name("pictures")


def one_two_one() -> Value:
    """The network of the first worked example."""
    loss = nn.half_squared_error(nn.one_two_one()([Value(1, "x")]), Value(0, "t"))
    loss.label = "L"
    return loss


def diamond() -> Value:
    """The smallest graph on which the order of the backward pass matters."""
    a = Value(2, "a")
    b = a * a
    c = b + a
    d = b * c
    b.label, c.label, d.label = "b", "c", "d"
    return d


#: The picture's name: the graph, where its page stands, the size of the window, and what to type as an answer.
SHOTS = {
    "stepper": (one_two_one, "#step=17", (1600, 900), ""),
    "order": (diamond, "#order=depth&step=11", (1200, 640), ""),
    "nudge": (diamond, "#mode=nudge&delta=0.25", (1200, 820), ""),
    "predict": (diamond, "#mode=predict&order=topological", (1200, 640), "1 · 6"),
    "descend": (one_two_one, "#mode=descend&eta=2", (1200, 820), ""),
}


def main() -> None:
    """Write them all."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (graph, place, (width, height), answer) in SHOTS.items():
            write_stepper(graph(), Path(folder, "step.html"))
            page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page.goto(Path(folder, "step.html").as_uri() + place)
            if answer:
                page.locator("#answer").fill(answer)
                page.locator("#answer").press("Enter")
            if name == "descend":
                for _ in range(40):
                    page.locator("#one-step").click()
            page.mouse.move(0, 0)
            page.wait_for_timeout(300)
            page.screenshot(path=PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
