"""What is generated from the table is what the table says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Op, _rules, ops
from autograd.compiler.rules import generated
from tests.helpers.numbers import same

every_operation = pytest.mark.parametrize("op", ops.TABLE[1:], ids=lambda op: op.name)


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_a_generated_file_is_what_the_generator_makes_of_the_table(path: object) -> None:
    committed, made = {path: path.read_text("utf-8") for path in generated()}, generated()
    assert committed[path] == made[path], "run: python -m autograd.compiler.rules"  # type: ignore[index]


@every_operation
@given(x=st.floats(), y=st.floats())
def test_the_plain_rules_give_the_bits_of_the_table(op: Op, x: float, y: float) -> None:
    inputs = (x, y)[: len(op.partials)]
    out = op.forward(*inputs)
    expected = [out, *[partial(out, *inputs) for partial in op.partials], 0.0][:3]
    assert all(map(same, _rules.apply(op.code, x, y), expected))


def test_a_code_is_a_place_in_the_table_and_an_operation_of_ones_own_has_none() -> None:
    assert [op.code for op in ops.TABLE] == list(range(len(ops.TABLE)))
    assert Op("own", "", lambda x: x, (lambda out, x: 1.0,)).code == ops.constant.code == 0
