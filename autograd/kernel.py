"""What runs a tape's program: one loop over numbers. The compiled build has it in kernel.pxd, in C.

A program is whole numbers: an instruction, and the places of the numbers that it works on.

    SUM      out, start, n, then n pairs     out = ((start + x0·y0) + x1·y1) + …
    SCALED   out, start, n, then n pairs     the same in LANES lanes: x is as many neighbours, y one number for all
    PAIRED   out, start, n, then n pairs     the same in LANES lanes: x and y are as many neighbours each
    GATHER   out, then LANES places          copies numbers together, to be neighbours
    RULE     out, code, n, left, right, x, y
             an operation of one or two operands on n neighbours each, and its local derivatives
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from autograd import _rules
from autograd.engine import Value

SUM, SCALED, PAIRED, GATHER, RULE = range(5)
Program: TypeAlias = list[tuple[Any, ...]]
LANES, VECTOR = 16, 4
NARROW = math.inf  # so many lanes are worth a pack: in plain Python, none


def ints(memory: list[Any], count: int, x: int = 0) -> list[int]:
    """Room for so many whole numbers, each x to begin with; in C it lasts as long as `memory`, which owns it."""
    return [x] * count


def program() -> list[int]:
    """A program to write."""
    return []


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
    for i, leaf in enumerate(leaves):
        s[places[i]] = leaf._data


def accumulate(leaves: tuple[Value, ...], places: list[int], s: list[float]) -> None:
    """Add to the leaves' gradients: all, whatever interrupts it, or none."""
    grads = [(leaf, leaf._grad + s[places[i]]) for i, leaf in enumerate(leaves)]
    try:
        for leaf, grad in grads:
            leaf._grad = grad
    except BaseException:
        for leaf, grad in grads:
            leaf._grad = grad
        raise


def pays(nodes: int, statements: int, rules: int, levels: int) -> bool:
    """Whether statements are faster than nodes: where they are fewer by far. On a long chain they are not."""
    return nodes >= 20 and 10 * statements <= 6 * nodes


def finished(program: list[int]) -> Program:
    """A program ready to run: here, its instructions apart."""
    instructions: list[tuple[Any, ...]] = []
    at = 0
    while at < len(program):
        instruction, out, start, n = program[at : at + 4]
        end = at + (8 if instruction == RULE else 2 + LANES if instruction == GATHER else 4 + 2 * n)
        if instruction == RULE:
            left, right, x, y = program[at + 4 : end]
            places = [(out + i, left + i, right + i, x + i, y + i) for i in range(n)]
            instructions.append((instruction, start, _rules.RULES[start], places))
        elif instruction == GATHER:
            instructions.append((instruction, out, start, program[at + 2 : end]))
        else:
            pairs = [(program[i], program[i + 1]) for i in range(at + 4, end, 2)]
            instructions.append((instruction, out, start, pairs))
        at = end
    return instructions


def run(program: Program, s: list[float]) -> None:
    """Run a program over the numbers in s."""
    for instruction, out, start, rest in program:
        if instruction == SUM:
            total = s[start]
            for x, y in rest:
                total += s[x] * s[y]
            s[out] = total
        elif instruction == RULE:
            for at, left, right, x, y in rest:
                try:
                    s[at], s[left], s[right] = start(s[x], s[y])
                except (ArithmeticError, ValueError):
                    s[at], s[left], s[right] = _rules.apply(out, s[x], s[y])
        elif instruction == GATHER:
            s[out : out + LANES] = [s[x] for x in rest]
        else:
            totals, paired = [s[start]] * LANES, instruction == PAIRED
            for x, y in rest:
                for i in range(LANES):
                    totals[i] += s[x + i] * s[y + i * paired]
            s[out : out + LANES] = totals
