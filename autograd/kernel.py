"""What runs a tape's program: one loop over numbers. The compiled build has it in kernel.pxd, in C.

A program is whole numbers: an instruction, and the places of the numbers that it works on.

    SUM      out, start, n, then n pairs     out = ((start + x0·y0) + x1·y1) + …
    SCALED   out, start, n, then n pairs     the same in LANES lanes: x is as many neighbours, y one number for all
    PAIRED   out, start, n, then n pairs     the same in LANES lanes: x and y are as many neighbours each
    GATHER   out, then LANES places          copies numbers together, to be neighbours
    RULE     out, code, n, left, right, x, dx, y, dy
             n times an operation of one or two operands, and its local derivatives; dx and dy are 1 for neighbours
"""

from __future__ import annotations

from autograd import _rules
from autograd.engine import Value

SUM, SCALED, PAIRED, GATHER, RULE = range(5)
LANES = 8


def ints(count: int, x: int) -> list[int]:
    """Room for so many whole numbers, each of them x to begin with."""
    return [x] * count


def floats(count: int) -> list[float]:
    """Room for so many numbers."""
    return [0.0] * count


def put(program: list[int], x: int) -> None:
    """One more whole number for a program."""
    program.append(x)


def put_number(s: list[float], place: int, x: float) -> None:
    """Put a number in its place."""
    s[place] = x


def number(s: list[float], place: int) -> float:
    """What is there."""
    return s[place]


def load(leaves: tuple[Value, ...], places: list[int], s: list[float]) -> None:
    """Read the leaves' data."""
    for leaf, place in zip(leaves, places, strict=True):
        s[place] = leaf._data


def accumulate(leaves: tuple[Value, ...], places: list[int], s: list[float]) -> None:
    """Add to the leaves' gradients: all, whatever interrupts it, or none."""
    grads = [leaf._grad + s[place] for leaf, place in zip(leaves, places, strict=False)]
    try:
        for leaf, grad in zip(leaves, grads, strict=True):
            leaf._grad = grad
    except BaseException:
        for leaf, grad in zip(leaves, grads, strict=True):
            leaf._grad = grad
        raise


def run(program: list[int], s: list[float]) -> None:
    """Run a program over the numbers in s."""
    at, end = 0, len(program)
    while at < end:
        instruction, out, start, n = program[at : at + 4]
        at += 4
        if instruction == SUM:
            total = s[start]
            for i in range(at, at + 2 * n, 2):
                total += s[program[i]] * s[program[i + 1]]
            s[out] = total
            at += 2 * n
        elif instruction == SCALED:
            totals = [s[start]] * LANES
            for i in range(at, at + 2 * n, 2):
                x, y = program[i], s[program[i + 1]]
                totals = [total + a * y for total, a in zip(totals, s[x : x + LANES])]
            s[out : out + LANES] = totals
            at += 2 * n
        elif instruction == PAIRED:
            totals = [s[start]] * LANES
            for i in range(at, at + 2 * n, 2):
                x, y = program[i], program[i + 1]
                totals = [total + a * b for total, a, b in zip(totals, s[x : x + LANES], s[y : y + LANES])]
            s[out : out + LANES] = totals
            at += 2 * n
        elif instruction == GATHER:
            s[out : out + LANES] = [s[i] for i in program[at - 2 : at + LANES - 2]]
            at += LANES - 2
        else:
            left, right, x, dx, y, dy = program[at : at + 6]
            at += 6
            for i in range(n):
                s[out + i], s[left + i], s[right + i] = _rules.apply(start, s[x + i * dx], s[y + i * dy])
