"""What is generated from the table is what the table says."""

from __future__ import annotations

import os

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
