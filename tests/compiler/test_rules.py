"""What is generated from the table is what the table says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Op, _rules, ops
from autograd.compiler.rules import generated
from tests.helpers.numbers import same

every_operation = pytest.mark.parametrize("op", [op for op in ops.TABLE if op.code], ids=lambda op: op.name)


@pytest.mark.parametrize("path", generated(), ids=os.path.basename)
def test_a_generated_file_is_what_the_generator_makes_of_the_table(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        assert file.read() == generated()[path], "run: python -m autograd.compiler.rules"


@every_operation
@given(x=st.floats(), y=st.floats())
def test_the_plain_rules_give_the_bits_of_the_table(op: Op, x: float, y: float) -> None:
    inputs = (x, y)[: len(op.partials)]
    out = op.forward(*inputs)
    expected = [out, *[partial(out, *inputs) for partial in op.partials], 0.0][:3]
    assert all(map(same, _rules.apply(op.code, x, y), expected))


def test_a_code_is_a_place_in_the_table_and_an_operation_of_ones_own_has_none() -> None:
    assert all(op.code == code or len(op.partials) > 2 for code, op in enumerate(ops.TABLE))
    assert ops.clip.code == 0
    assert Op("own", "", lambda x: x, (lambda out, x: 1.0,)).code == ops.constant.code == 0


ROW = """
haversine = Op("haversine", "hav", lambda x: square(sin(0.5 * x)), (lambda out, x: 0.5 * sin(x),))
"""
TRY = """
import json, math
from autograd import Value, compile, ops, to_torch
from autograd.cli.expression import ParsedExpression
from autograd.compiler import javascript
from autograd.formula import made_from, name_values, write
x = Value(0.5, "x")
y = ops.haversine(x)
y.backward()
expected = math.sin(0.25) ** 2, 0.5 * math.sin(0.5)
assert ops.haversine.code and (y.data, x.grad) == expected, (y, x)
program = compile(y, [x])
assert program(0.5) == (expected[0], (expected[1],))
assert "haversine(x)" in program.source
import numpy as np
value, (slope,) = program(np.asarray([0.5, 0.0]))
assert abs(value[0] - expected[0]) < 1e-16 and slope[1] == 0
assert "haversine: {inputs: 1" in javascript.source()
assert ParsedExpression("haversine(x)")(0.5) == expected[0]
assert write(made_from(y), name_values([x, y])) == "haversine(x)"
try:
    import torch
except ImportError:
    pass
else:
    tensor = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    to_torch(y, [x])(tensor).backward()
    assert abs(tensor.grad.item() - expected[1]) < 1e-16
"""


def test_a_row_added_to_the_table_is_known_to_every_host_after_one_command(tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="a row on arrays")
    package = tmp_path / "autograd"
    ignore = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    shutil.copytree(Path(ops.__file__).parent, package, ignore=ignore)
    table = package / "ops.py"
    text = table.read_text("utf-8").replace("\nconstant = Op(", f"{ROW}\nconstant = Op(")
    table.write_text(text.replace('"heaviside"', '"haversine", "heaviside"', 1), "utf-8")
    for command in (["-m", "autograd.compiler.rules"], ["-c", TRY]):
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
