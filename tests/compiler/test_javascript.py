"""The rules in JavaScript give the engine's numbers, in Node.js, which has the functions that Chromium has."""

from __future__ import annotations

import itertools
import shutil
import subprocess

import pytest

from autograd import Op, ops
from autograd.compiler.javascript import source
from tests.helpers.numbers import same
from tests.helpers.oracles import ORACLES, UNIT
from tests.helpers.special_values import POINTS

NODE = shutil.which("node")
EXACT = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "negative",
    "absolute",
    "sqrt",
    "relu",
    "heaviside",
    "sign",
    "square",
    "reciprocal",
} | {
    "floor",
    "ceil",
    "round",
    "maximum",
    "minimum",
    "clip",
    "remainder",
    "floor_divide",
    "leaky_relu",
    "less",
    "at_most",
    "ratio",
}


def literal(x: float) -> str:
    return repr(x).replace("inf", "Infinity").replace("nan", "NaN")


@pytest.mark.slow
@pytest.mark.skipif(NODE is None, reason="JavaScript needs Node.js to run in")
@pytest.mark.parametrize("op", ops.TABLE[1:], ids=lambda op: op.name)
def test_a_rule_in_javascript_gives_the_engines_numbers_at_special_points_too(op: Op) -> None:
    points = list(itertools.product([*POINTS, 0.3, -1.7, 2.0, 7.25], repeat=len(op.partials)))
    inputs = ",".join([f"[{','.join(map(literal, point))}]" for point in points])
    text = "map(x => Object.is(x, -0) ? '-0' : x).join(' ')"
    run = f"for (const p of [{inputs}]) console.log(OPERATIONS.{op.name}.rule(...p).{text})"
    assert NODE is not None
    command = subprocess.run([NODE, "-"], input=source() + run, capture_output=True, text=True, check=True)
    answers = command.stdout.replace("Infinity", "inf").splitlines()
    for point, answer in zip(points, answers, strict=True):
        out = op.forward(*point)
        expected = [out, *[partial(out, *point) for partial in op.partials]]
        for theirs, ours in zip(map(float, answer.split()), expected, strict=True):
            if op.name in EXACT:
                assert same(theirs, ours), (point, answer, expected)
            else:
                # The functions of both are within a few units, and a derivative multiplies and adds a few of them.
                bound = 8 * max(ORACLES[op.name].value_bound, 2) * UNIT * max(abs(ours), 1e-300)
                assert same(theirs, ours) or abs(theirs - ours) <= bound, (point, answer, expected)
