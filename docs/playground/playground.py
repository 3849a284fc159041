"""What a program in the playground can show beside text: tables, curves, boundaries, pictures, pages; and clicks.

A line that stands alone shows what it gives, as at Python's prompt: ``draw_dot(L)``, a `Graph`, a network. The rest is
here. A plot or table whose title is already there takes the other's place, so that one in a loop moves.

>>> from playground import plot
>>> plot([0.5, 0.3, 0.2], title="loss")         # doctest: +SKIP
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd import Graph, Value

__all__ = ["boundary", "clicked", "plot", "repeat", "show", "table"]

WIDTH, HEIGHT = 420, 280  # of a plot, in pixels
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 24, 34  # the margins of what is drawn within
CELLS, MARGIN = 30, 0.5  # how finely a plane is shaded, and how far it goes beyond its points
ORANGE, BLUE = "#b4520f", "#1f6fb5"
SHADES = {0.0: ("#f9d9c0", "#cfe3f6"), 0.25: ("#f4b98c", "#a3cbef"), 0.75: ("#ee9a5a", "#74b0e6")}  # from |height|
DASHES = ["", "7 4", "2 4"]

# What the page and this module know of each other.
send: Callable[[dict[str, Any]], None] = print
repeated: Callable[[], object] | None = None
_clicks: list[tuple[list[float], float]] = []
_wanted = False  # whether the program asks for clicks


def show(thing: Any, title: str = "") -> None:
    """Show a picture, a page, a graph, a network; anything else as text."""
    bundle = _describe(thing)
    for kind in ("text/html", "image/svg+xml"):
        if kind in bundle:
            alt = title or bundle.get("text/plain") or f"{type(thing).__name__}"
            send({"type": "show", "kind": kind, "content": bundle[kind], "title": title, "alt": alt})
            return
    print(bundle.get("text/plain", repr(thing)))


def table(rows: Iterable[Sequence[Any]], columns: Sequence[str] = (), title: str = "") -> None:
    """Show rows as a table, under the names of the columns."""
    cells = [[str(cell) for cell in row] for row in rows]
    send({"type": "show", "kind": "table", "content": [list(columns), *cells], "title": title, "alt": title or "Table"})


def plot(curves: Sequence[float] | Mapping[str, Sequence[float]], title: str = "", log: bool = False) -> None:
    """Draw numbers over 0, 1, 2, ...: one curve, or several by name; with ``log`` on a logarithmic scale.

    What is not finite, or not positive on such a scale, leaves a gap.
    """
    named = dict(curves) if isinstance(curves, Mapping) else {"": curves}
    paths = {}
    for name, numbers in named.items():
        ys = [float(getattr(number, "data", number)) for number in numbers]
        paths[name] = [math.log10(y) if log and y > 0 else math.nan if log else y for y in ys]
    heights = [y for ys in paths.values() for y in ys if math.isfinite(y)]
    if not heights:
        raise ValueError("there is nothing to plot: no number is finite" + (" and positive" if log else ""))
    longest = max(len(ys) for ys in paths.values())
    x_ticks, y_ticks = _ticks(0, max(longest - 1, 1), whole=True), _ticks(min(heights), max(heights), whole=log)
    frame = _Frame(0, max(longest - 1, 1), min([*heights, y_ticks[0]]), max([*heights, y_ticks[-1]]))
    parts = frame.axes(x_ticks, y_ticks, (lambda y: f"1e{y:g}") if log else (lambda y: f"{y:.6g}"))
    colors = [ORANGE, BLUE, "#1a1a1a"]
    for i, (name, ys) in enumerate(paths.items()):
        look = f'stroke="{colors[i % 3]}" stroke-dasharray="{DASHES[i % 3]}"'
        parts.append(f'<path d="{frame.path(ys)}" fill="none" stroke-width="2" {look}/>')
        if name:
            x = LEFT + i * (WIDTH - LEFT) // len(paths)
            parts.append(f'<path d="M{x} 11h24" stroke-width="2" fill="none" {look}/>')
            parts.append(f'<text x="{x + 30}" y="15" font-size="12">{html.escape(name)}</text>')
    last = ", ".join(f"{name or 'the curve'} ends at {ys[-1]:.6g}" for name, ys in named.items() if len(ys))
    picture = {"content": _svg(parts), "title": title, "alt": f"{title or 'Plot'}: {last}"}
    send({"type": "show", "kind": "image/svg+xml"} | picture)


def boundary(
    model: Callable[[list[Value]], Any],
    data: Sequence[tuple[Sequence[float], float]],
    title: str = "",
    threshold: float = 0.0,
) -> None:
    """Draw where a model of two inputs is above the threshold, orange, and below, blue, and the points of the data.

    The model is recorded once, and replayed for every cell. Where a program asks for what was `clicked`, the picture
    takes clicks.
    """
    x, y = Value(0.0), Value(0.0)
    graph = Graph(model([x, y]))
    (left, right), (low, high) = (
        (min(numbers) - MARGIN, max(numbers) + MARGIN) for numbers in zip(*[point for point, _ in data], strict=True)
    )
    frame = _Frame(left, right, low, high)
    width, height = (right - left) / CELLS, (high - low) / CELLS
    parts = []
    for row in range(CELLS):
        y.data = low + (row + 0.5) * height
        colors = []
        for column in range(CELLS):
            x.data = left + (column + 0.5) * width
            colors.append(_shade(graph.forward() - threshold))
        top, bottom = frame.y(low + (row + 1) * height), frame.y(low + row * height)
        start = 0
        for column in range(1, CELLS + 1):
            if column == CELLS or colors[column] != colors[start]:  # neighbours of one color are one rectangle
                a, b = frame.x(left + start * width), frame.x(left + column * width)
                size = f'width="{b - a + 0.3:.1f}" height="{bottom - top + 0.3:.1f}"'
                parts.append(f'<rect x="{a:.1f}" y="{top:.1f}" {size} fill="{colors[start]}"/>')
                start = column
    right_ones = 0
    for point, target in data:
        above = target > threshold
        x.data, y.data = point
        right_ones += (graph.forward() > threshold) == above
        a, b = frame.x(point[0]), frame.y(point[1])
        shape = f"M{a - 5:.1f} {b + 4:.1f}h10l-5 -9z" if above else f"M{a - 4:.1f} {b - 4:.1f}h8v8h-8z"
        color = ORANGE if above else BLUE
        parts.append(f'<path d="{shape}" fill="{color}" stroke="#ffffff" stroke-width="1"/>')
    parts += frame.axes(_ticks(left, right), _ticks(low, high), lambda number: f"{number:.6g}", grid=False)
    alt = f"{title or 'Boundary'}: {right_ones} of {len(data)} points are on the right side"
    picture: dict[str, Any] = {"content": _svg(parts), "title": title, "alt": alt}
    if _wanted:
        box = [LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM]
        picture["plane"] = {"left": left, "right": right, "low": low, "high": high, "box": box}
    send({"type": "show", "kind": "image/svg+xml"} | picture)


def repeat(step: Callable[[], object]) -> None:
    """Call ``step`` again and again once the program has ended, until it returns True or someone presses Stop.

    Between two calls the page takes note of clicks.
    """
    global repeated
    if not callable(step):
        raise TypeError(f"repeat takes a function, got {type(step).__name__}: write repeat(step), not repeat(step())")
    repeated = step


def clicked() -> list[tuple[list[float], float]]:
    """The points added to a `boundary` since last asked, as (point, side): side is 1 for orange, −1 for blue."""
    global _wanted
    _wanted = True
    clicks = list(_clicks)
    _clicks.clear()
    return clicks


def add_click(x: float, y: float, side: float) -> None:
    """The page tells of a click."""
    _clicks.append(([x, y], side))


def begin() -> None:
    """A program begins: forget the one before."""
    global repeated, _wanted
    repeated, _wanted = None, False
    _clicks.clear()


def show_result(thing: Any) -> None:
    """Show what a line gives, as Python's prompt does: nothing for None."""
    if thing is not None:
        show(thing) if not isinstance(thing, str) else print(repr(thing))


def show_file(path: Path) -> None:
    """Show a file that the program wrote: a picture or a page as what it is, and everything to be saved."""
    kind = {".svg": "image/svg+xml", ".html": "text/html"}.get(path.suffix, "")
    content: Any = path.read_text("utf-8") if kind else path.read_bytes()
    name = path.name
    words = {"title": name, "file": name, "alt": f"{name}, written by the program"}
    send({"type": "show", "kind": kind or "file", "content": content} | words)


def _describe(thing: Any) -> dict[str, str]:
    """What a notebook would show."""
    if isinstance(thing, type):
        return {"text/plain": repr(thing)}
    bundle: dict[str, str] = {}
    if hasattr(thing, "_repr_mimebundle_"):
        found = thing._repr_mimebundle_()
        bundle = dict(found[0] if isinstance(found, tuple) else found)
    if hasattr(thing, "_repr_html_"):
        bundle.setdefault("text/html", thing._repr_html_())
    return bundle


def _shade(height: float) -> str:
    """The color of a cell, deeper the farther it is from the line."""
    depth = max((depth for depth in SHADES if abs(height) >= depth), default=0.0)
    return SHADES[depth][0 if height > 0 else 1]


def _ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """Round numbers from low to high, about five."""
    span = high - low or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next((factor for factor in (1, 2, 5) if span / (step * factor) <= 5), 10)
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)] or [low]


def _svg(parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return f'{head} font-family="sans-serif" font-size="11" fill="#1a1a1a">{ground}{"".join(parts)}</svg>'


class _Frame:
    """Where numbers are in a plot."""

    def __init__(self, left: float, right: float, low: float, high: float) -> None:
        self.left, self.right = left, right if right > left else left + 1
        self.low, self.high = low, high if high > low else low + (abs(low) or 1.0)

    def x(self, x: float) -> float:
        return LEFT + (x - self.left) / (self.right - self.left) * (WIDTH - LEFT - RIGHT)

    def y(self, y: float) -> float:
        return HEIGHT - BOTTOM - (y - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def path(self, ys: Sequence[float]) -> str:
        """A line through the finite ones; of very many every so-and-so-manieth, and the last."""
        every = max(1, len(ys) // 1000)
        words, pen = [], "M"
        for i, y in enumerate(ys):
            if i % every and i + 1 < len(ys):
                continue
            if math.isfinite(y):
                words.append(f"{pen}{self.x(i):.1f} {self.y(y):.1f}")
                pen = "L"
            else:
                pen = "M"
        return "".join(words)

    def axes(
        self, x_ticks: Sequence[float], y_ticks: Sequence[float], write: Callable[[float], str], grid: bool = True
    ) -> list[str]:
        parts = [f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#5c6670"/>']
        for tick in x_ticks:
            place = self.x(tick)
            parts.append(f'<path d="M{place:.1f} {HEIGHT - BOTTOM}v5" stroke="#5c6670"/>')
            parts.append(f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tick:.6g}</text>')
        for tick in y_ticks:
            place = self.y(tick)
            line = f"M{LEFT} {place:.1f}H{WIDTH - RIGHT}" if grid else f"M{LEFT} {place:.1f}h-5"
            color = "#dfe3e8" if grid else "#5c6670"
            parts.insert(0, f'<path d="{line}" stroke="{color}"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{write(tick)}</text>')
        return parts
