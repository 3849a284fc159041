"""The slope of a function from its values alone, and how far off that is at most: numerical differentiation.

A difference quotient over a step h is off for two reasons: the curve is no line, and the values are not exact. The
first error falls with h, the second grows as noise/h. So quotients are taken over steps each a quarter of the last,
and extrapolated to h = 0 (Richardson, as in Ridders's method); a `Slopes` takes the step at which the sum is least.

How exact the values are is measured, not assumed: what remains of f at narrower steps, beyond the smooth curve that the
wider ones have found, is noise. A function with no noise, and none but smooth bends, has its slope to some 12 digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from autograd.testing.rounding import rounding

ORDERS = 5  # how many extrapolations at most: more of them would gain nothing against rounding
MORE_ROWS = 3  # that many steps beyond the best one, for a look at the noise
CAUTION = 2  # noise is taken to be that many times what was seen of it
CLEAR = 1e-3  # a slope known to this part of itself is known
ROUGHLY = 1e-2  # to this part, it is known roughly
QUICKLY = 1e-6  # and to this part, without a look at all other steps


class Slope(NamedTuple):
    """A slope, and how far off it is at most."""

    slope: float
    error: float
    step: float = 0.0

    def admits(self, slope: float, tolerance: float = 0.0) -> bool:
        """Whether it may be that."""
        return math.isfinite(slope) and abs(slope - self.slope) <= self.error + tolerance

    def is_clear(self, part: float = CLEAR) -> bool:
        """Whether it is known to a small part of itself."""
        return self.error <= part * abs(self.slope)


class Disagreement(NamedTuple):
    """What differences say in place of the derivative given."""

    found: str
    remark: str = ""
    by: str = "central differences"


class _Row(NamedTuple):
    """What one step gives: entry m of each list is extrapolated from m + 1 rows."""

    step: float
    slopes: list[float]
    bends: list[float]  # the slope to the right less that to the left: 0 in the limit, but for a kink
    noise: float
    rise: float  # to the right
    fall: float  # to the left


class Slopes:
    """The difference quotients of a function at one point, over smaller and smaller steps.

    >>> slopes = Slopes(math.sin(1.0), 1e-16)
    >>> for right, left in steps(1.0):
    ...     slopes.add(right - 1, 1 - left, math.sin(right), math.sin(left))
    ...     if slopes.are_enough():
    ...         break
    >>> f"{slopes.best().slope:.13f}, and cos 1 is {math.cos(1):.13f}"
    '0.5403023058681, and cos 1 is 0.5403023058681'

    Args:
        here: the function's value at the point.
        off: how far the value at the point is off by rounding.
        precision: how far they are off at most, relative to the largest one near the point, as far as is known.
    """

    def __init__(self, here: float, off: float, precision: float = 0.0) -> None:
        self.here, self.rounding, self.precision = here, off, precision
        self.rows: list[_Row] = []
        self._contiguous, self._largest = 0, abs(here)
        self._least, self._least_at = math.inf, 0

    def add(self, ahead: float, behind: float, above: float, below: float) -> None:
        """The function's values that far ahead of the point and behind it; not finite where it has none."""
        if not (math.isfinite(above) and math.isfinite(below)):
            self._contiguous = 0
            return
        rise, fall = above - self.here, self.here - below
        right, left = rise / ahead, fall / behind
        slopes, bends = [(right * behind + left * ahead) / (ahead + behind)], [right - left]
        if self._contiguous:
            last, ratio = self.rows[-1], ratio_of_steps(self.precision)
            for m in range(1, min(self._contiguous, ORDERS) + 1):
                slopes.append(slopes[-1] + (slopes[-1] - last.slopes[m - 1]) / (ratio ** (2 * m) - 1))
                bends.append(bends[-1] + (bends[-1] - last.bends[m - 1]) / (ratio ** (2 * m - 1) - 1))
        self._largest = max(self._largest, abs(above), abs(below))
        noise = max(self.rounding, self.precision * self._largest, rounding(max(abs(above), abs(below))))
        self.rows.append(_Row(ahead, slopes, bends, noise, rise, fall))
        self._contiguous += 1
        k = len(self.rows) - 1
        for m in range(len(slopes) - 1):
            if (error := self._scatter(k, m) + abs(bends[m + 1]) + noise / ahead) < self._least:
                self._least, self._least_at = error, k

    def are_enough(self) -> bool:
        """Whether smaller steps would gain nothing, if values are as exact as they are said to be."""
        if not self.rows:
            return False
        return self.rows[-1].noise / self.rows[-1].step >= self._least and len(self.rows) > self._least_at + MORE_ROWS

    def _scatter(self, k: int, m: int) -> float:
        """How far apart the two are that the extrapolation is from."""
        last, row = self.rows[k - 1].slopes, self.rows[k].slopes
        if m == 0:
            return abs(row[0] - last[0])
        return max(abs(row[m] - row[m - 1]), abs(row[m] - last[m - 1]))

    def all(self) -> Iterator[Slope]:
        """The slope that each step and each order of extrapolation gives, with its error."""
        for k, row in enumerate(self.rows):
            for m in range(len(row.slopes) - 1):
                error = self._scatter(k, m) + abs(row.bends[m + 1]) + row.noise / row.step
                if not error < math.inf:
                    continue
                noise = 0.0
                for later in self.rows[k + 1 :]:
                    if len(later.slopes) > m + 1:
                        rest = abs(later.slopes[m] - row.slopes[m]) + abs(later.bends[m + 1])
                        noise = max(noise, rest * later.step)
                yield Slope(row.slopes[m], error + CAUTION * noise / row.step, row.step)

    def best(self) -> Slope | None:
        """The one with the least error; None where the function has no values to tell from."""
        return min(self.all(), key=_error, default=None)

    def settles(self, slope: float, tolerance: float) -> bool:
        """Whether that is the slope, and is known so well that there is nothing more to look for."""
        best = self.best()
        return (
            best is not None
            and best.admits(slope, tolerance)
            and (best.is_clear(QUICKLY) or best.error <= 100 * self.rounding / self.rows[0].step)
        )

    def disagreement(self, slope: float, tolerance: float) -> Disagreement | None:
        """What the slope is by differences, where it is not this one.

        Raises:
            ValueError: where differences tell nothing of it.
        """
        best = self.best()
        if best is None:
            raise ValueError("there are no finite values on both sides of it, however near: check inside the domain")
        if self.settles(slope, tolerance):
            return None
        if not best.is_clear():
            if jump := self.jump():
                sizes = [f"{size:.6g}" for size in jump]
                return Disagreement(f"a jump of {_sides(*sizes)}", "where f jumps it has no derivative", "differences")
            if kink := self.kink():
                low, high = sorted(kink)
                if low.slope - low.error - tolerance <= slope <= high.slope + high.error + tolerance:
                    return None
                sides = [digits(side.slope, side.error) for side in kink]
                remark = "at a kink only what lies between the two is right"
                return Disagreement(_sides(*sides), remark, "differences")
        # The longest steps are the best where shorter ones only make it worse, as at the edge of √.
        row = self.rows[1]
        rough = best.step >= row.step and best.error > max(abs(row.rise), abs(row.fall), 1000 * row.noise) / row.step
        if best.admits(slope, tolerance) and not rough:
            return None
        # At another scale it may have another slope, as a staircase has: either is right.
        known = [other for other in self.all() if other.error <= CLEAR * max(abs(other.slope), abs(best.slope))]
        others = [other for other in known if abs(other.slope - best.slope) > best.error + other.error]
        other = min(others, key=_error, default=None)
        if other is not None and other.admits(slope, tolerance):
            return None
        if rough and other is None:
            raise ValueError(
                "differences do not settle on a slope, for f is too rough or too steep there: check at another point; "
                "where f computes to a limited precision, say to which by precision="
            )
        seen = other if rough and other is not None else best
        agrees = any(known.is_clear(ROUGHLY) and known.admits(slope, tolerance) for known in self.all())
        remark = "over longer steps they agree with it: if f computes to a limited precision, say so by precision="
        return Disagreement(digits(seen.slope, seen.error), remark if agrees else "")

    def kink(self) -> tuple[Slope, Slope] | None:
        """The slopes to the left and to the right, where they stay apart however near one looks."""
        best = None
        for k, row in enumerate(self.rows):
            for m in range(len(row.slopes) - 1):
                last = self.rows[k - 1]
                error = self._scatter(k, m) + abs(row.bends[m + 1] - last.bends[m]) + 4 * row.noise / row.step
                for later in self.rows[k + 1 :]:
                    if len(later.slopes) > m + 1:
                        rest = abs(later.slopes[m] - row.slopes[m]) + abs(later.bends[m + 1] - row.bends[m + 1])
                        error = max(error, CAUTION * rest * later.step / row.step)
                if error < (math.inf if best is None else best[2]):
                    best = row.slopes[m], row.bends[m + 1] / 2, error
        if best is None or not abs(best[1]) > 4 * best[2]:
            return None
        slope, half, error = best
        return Slope(slope - half, error), Slope(slope + half, error)

    def jump(self) -> tuple[float, float] | None:
        """How far the function jumps to the left and to the right of the point, where it does."""
        last = self.rows[-6:]
        jumps = []
        for changes in [row.fall for row in last], [row.rise for row in last]:
            sizes = [abs(change) for change in changes]
            stays = min(sizes) > max(sizes) / 2 and min(sizes) > 16 * last[-1].noise
            jumps.append(changes[-1] if stays else 0.0)
        return (jumps[0], jumps[1]) if len(last) == 6 and any(jumps) else None


def ratio_of_steps(precision: float) -> float:
    """How many times each step is the next. Where short steps tell little, the long ones are taken more densely."""
    return 2.0 if precision else 4.0


def steps(x: float, precision: float = 0.0) -> Iterator[tuple[float, float]]:
    """Steps from about max(1, |x|)/4 down to what tells nothing any more, each as the points to its right and left.

    They are powers of 2, so that what is added to x and taken from it is nearly always the same.
    """
    step = 2.0 ** (math.frexp(max(1.0, abs(x)))[1] - 3)
    least = min(2.0**-80, abs(x) * 2.0**-30 or 1.0)
    while x + step > x > x - step and step >= least:
        yield x + step, x - step
        step /= ratio_of_steps(precision)


def slopes(f: Callable[[float], float], x: float, off: float, precision: float = 0.0) -> Slopes:
    """All difference quotients of f at x; a step at which f raises or is not finite says nothing."""

    def value(x: float) -> float:
        try:
            return float(f(x))
        except Exception:
            return math.nan

    found = Slopes(value(x), off, precision)
    for right, left in steps(x, precision):
        found.add(right - x, x - left, value(right), value(left))
    return found


def digits(x: float, error: float) -> str:
    """The digits of x that are not error."""
    known = math.log10(abs(x)) - math.log10(error) if x and error else math.inf
    return f"{x:.{max(1, min(15, math.floor(min(known, 15.0)) + 1))}g}"


def _sides(left: str, right: str) -> str:
    return f"{left} to the left and {right} to the right"


def _error(slope: Slope) -> float:
    return slope.error
