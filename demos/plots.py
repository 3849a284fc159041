"""What the demos that plot have in common: figures, a network's output over the plane, and files written whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from autograd import Graph, Value
from autograd._files import write_whole

BLUE, ORANGE = "#0072B2", "#D55E00"  # told apart by the colour-blind too (Okabe and Ito)
MARGIN, CELLS = 0.5, 60  # how far a plane goes beyond its points, and how finely it is shaded


def new_figure(columns: int, width: float = 5.0, height: float = 4.2) -> tuple[Figure, Sequence[Any]]:
    """A figure with this many square-ish pictures in a row."""
    figure = Figure(figsize=(width * columns, height), dpi=120, layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    return figure, axes


def draw_plane(
    ax: Any,
    function: Callable[[list[Value]], Value],
    points: Sequence[Sequence[float]],
    positive: Sequence[bool],
    threshold: float = 0.0,
    names: tuple[str, str] = ("0", "1"),
) -> None:
    """Shade the plane by how far the function is from the threshold, draw the line where it is there, and the points.

    The function is recorded once, and then replayed for every cell. The legend says which target has which marker.
    """
    x, y = Value(0.0), Value(0.0)
    graph = Graph(function([x, y]))
    columns, rows = (
        [min(c) - MARGIN + (max(c) - min(c) + 2 * MARGIN) * i / CELLS for i in range(CELLS + 1)]
        for c in zip(*points, strict=True)
    )
    heights: list[list[float]] = []
    for y.data in rows:
        heights.append([])
        for x.data in columns:
            heights[-1].append(math.tanh(graph.forward() - threshold))
    extreme = max(abs(height) for row in heights for height in row)
    ax.contourf(columns, rows, heights, levels=20, cmap="PuOr_r", vmin=-2.5 * extreme, vmax=2.5 * extreme)
    ax.contour(columns, rows, heights, levels=[0.0], colors="black", linewidths=1.5)
    for wanted, color, marker, name in (False, BLUE, "o", names[0]), (True, ORANGE, "^", names[1]):
        shown = [point for point, is_positive in zip(points, positive, strict=True) if is_positive == wanted]
        ax.scatter(
            *zip(*shown, strict=True),
            c=color,
            marker=marker,
            s=40,
            edgecolors="white",
            linewidths=0.8,
            zorder=3,
            label=name,
        )
    ax.legend(title="target", loc="lower left")


def signed(number: float, digits: int) -> str:
    """A number with its sign, the minus being the one that the axes have."""
    return f"{number:+.{digits}f}".replace("-", "−")


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG, whole or not at all, and say where."""
    content = BytesIO()
    figure.savefig(content, format="png")
    write_whole(path, content.getvalue())
    print(f"The picture is {path}.")
