"""How fast the stepper's page follows a number that is changed: milliseconds from the change to the page laid out anew.

    python -m pip install -e ".[browser]"; apt-get install chromium
    python -m benchmarks.page

60 frames a second leave 16.7 ms for each, 10 leave 100.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from autograd import Graph, Value, write_stepper

CHANGE = """(mode) => {
    enter(mode);
    if (mode === "step") step(graph.end);
    const times = [];
    for (let i = 0; i < 60; i++) {
        const begin = performance.now();
        change(graph.leaves[i % graph.leaves.length], 0.1 + i / 100);
        render();
        document.body.getBoundingClientRect();  // with the layout that it leads to
        times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b);
}"""


def graph_of(size: int) -> Value:
    values = [Value(0.1 + i / size) for i in range(size // 10)]
    while len(values) < size - 1:
        values.append(values[-1] * values[-size // 10] if len(values) % 2 else values[-1].tanh())
    return values[-1] + values[0]


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    print("values   mode     median ms   95 % ms   frames a second")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for size in (100, 300, 1000):
            root = graph_of(size)
            write_stepper(root, Path(folder, "step.html"))
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(Path(folder, "step.html").as_uri())
            for mode in ("step", "nudge", "descend"):
                times = page.evaluate(CHANGE, mode)
                median, late = times[len(times) // 2], times[len(times) * 95 // 100]
                print(f"{len(Graph(root)):6}   {mode:8} {median:9.1f} {late:9.1f} {1000 / median:17.0f}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
