"""Newton's method beside gradient descent: what second derivatives are good for, on Rosenbrock's curved valley.

Gradient descent knows how steep the surface is, but not for how far: a step that is short enough for the steep walls
creeps along the flat floor. Newton's method asks how the slope changes, too, by the Hessian H, and goes to the lowest
point of the parabola that has the same value, slope and curvature: p − H⁻¹·∇f.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from autograd import grad, hessian
from demos import plots

Point: TypeAlias = list[float]

START, MINIMUM = [-1.2, 1.0], [1.0, 1.0]
LEARNING_RATE = 0.002  # at 0.0022 it bounces from wall to wall, and is higher after 5,000 steps


def valley(p: Any) -> Any:
    """Rosenbrock's function (1 − x)² + 100·(y − x²)²: 0 at (1, 1), and nearly so all along y = x²."""
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def gradient_step(p: Point) -> Point:
    """Downhill, by a fixed multiple of the slope."""
    return [x - LEARNING_RATE * slope for x, slope in zip(p, grad(valley)(p), strict=True)]


def newton_step(p: Point) -> Point:
    """To where the parabola through value, slope and curvature has its least value."""
    slopes = grad(valley)(p)
    (a, b), (c, d) = hessian(valley)(p)
    determinant = a * d - b * c  # Cramer's rule
    return [
        p[0] - (d * slopes[0] - b * slopes[1]) / determinant,
        p[1] - (a * slopes[1] - c * slopes[0]) / determinant,
    ]


def descend(step: Callable[[Point], Point], steps: int) -> list[Point]:
    """The points that the steps lead through."""
    path = [START]
    for _ in range(steps):
        path.append(step(path[-1]))
    return path


def main(quick: bool, out: Path) -> None:
    """Go both ways from the same point, print the heights and draw the paths."""
    by_gradient, by_newton = descend(gradient_step, 1000 if quick else 5000), descend(newton_step, 7)
    print("  step  Newton's method   gradient descent")
    for step in [*range(len(by_newton)), 10, 100, 1000, 5000]:
        if step < len(by_gradient):
            newton = f"{valley(by_newton[step]):<16.3g}" if step < len(by_newton) else " " * 16
            print(f"{step:6d}  {newton}  {valley(by_gradient[step]):.3g}")

    figure, (surface, heights) = plots.new_figure(2, width=6.0, height=4.8)
    x, y = np.meshgrid(np.linspace(-1.6, 1.6, 400), np.linspace(-3.6, 2.2, 400))
    surface.contourf(x, y, np.log10(valley([x, y]) + 1e-3), levels=24, cmap="Greys", alpha=0.4)
    for name, path, color, marker in (
        ("gradient descent", by_gradient, plots.BLUE, ","),
        ("Newton's method", by_newton, plots.ORANGE, "o"),
    ):
        surface.plot(*zip(*path, strict=True), marker=marker, markersize=5, color=color, label=name)
        heights.plot([valley(p) for p in path], marker=marker, markersize=5, color=color, label=name)
    for step, point in enumerate(by_newton[:5]):
        surface.annotate(str(step), point, xytext=(9, -10), textcoords="offset points", color=plots.ORANGE)
    surface.plot(*MINIMUM, marker="*", markersize=14, color="black", linestyle="none", label="minimum")
    surface.set(title="The way down Rosenbrock's valley", xlabel="x", ylabel="y")
    surface.legend(loc="lower center")
    heights.set(title="Height after each step", xlabel="step", xscale="symlog", yscale="log", ylim=(1e-20, 1e5))
    heights.legend(loc="lower left")
    plots.save(figure, out / "newton.png")
