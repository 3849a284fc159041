"""Answers of learners: blanks, numbers, reasons."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograd.testing.answers import check_answers, check_filled, tell


def test_right_answers_pass_in_silence() -> None:
    check_answers({"a": 1, "b": 0.1 + 0.2}, right={"a": 1, "b": 0.3, "c": 5})


def test_what_is_not_filled_in_is_named_whatever_the_rest() -> None:
    with pytest.raises(AssertionError, match="fill in the blanks: a, c"):
        check_answers({"a": ..., "b": 7, "c": ...}, right={"a": 1, "b": 2, "c": 3})


def test_a_name_that_is_not_there_is_told_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell(lambda: σ(1), "never")  # type: ignore[name-defined]  # noqa: F821
    told = capsys.readouterr().out
    assert re.fullmatch(r"Not yet: Python stops at line \d+, `.*`\nNameError: name 'σ' is not defined\n", told)


def test_what_is_written_as_in_mathematics_is_told_how_python_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    x: Any = 2.0
    tell(lambda: x ^ 2, "never")
    assert capsys.readouterr().out.endswith("; a power is written **\n")
    tell(lambda: x(3), "never")
    assert capsys.readouterr().out.endswith("; a product is written *\n")
    tell(lambda: x[3], "never")
    assert "product" not in capsys.readouterr().out


def test_what_is_no_number_is_shown() -> None:
    with pytest.raises(AssertionError, match="a is to be a number, and it is '1'"):
        check_answers({"a": "1"}, right={"a": 1})
    with pytest.raises(AssertionError, match=r"it is \(3, 6\): write a decimal point, not a comma"):
        check_answers({"a": (3, 6)}, right={"a": 3.6})


def test_a_mistake_that_gives_all_answers_is_told_before_those_that_give_one() -> None:
    mistakes = [("one", {"a": 5}), ("all", {"a": 5, "b": 6})]
    with pytest.raises(AssertionError, match=r"a is not 5, b is not 6\nlikely cause: all$"):
        check_answers({"a": 5, "b": 6}, {"a": 1, "b": 2}, mistakes)
    with pytest.raises(AssertionError, match=r"a is not 5\nlikely cause: one$"):
        check_answers({"a": 5, "b": 7}, {"a": 1, "b": 7}, mistakes)
    with pytest.raises(AssertionError, match=r"a is not 5\nlikely cause: one\nor all\nb is not 8$"):
        check_answers({"a": 5, "b": 8}, {"a": 1, "b": 7}, mistakes)


def test_without_a_reason_the_hint_is_told_and_the_right_number_is_not() -> None:
    with pytest.raises(AssertionError) as error:
        check_answers({"a": 5, "b": -6}, {"a": 1234, "b": 4321}, hints={"a": "look at b"})
    assert str(error.value) == "a is not 5\nlook at b\nb is not −6"


def test_a_function_that_was_filled_in_passes() -> None:
    def slope(x: float) -> float:
        return x

    check_filled(slope)


def test_what_python_cannot_compute_is_not_yet_right_and_shown_with_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def by_hand() -> object:
        return int("2(a − t)")

    tell(by_hand, "so it is.")
    line = by_hand.__code__.co_firstlineno + 1
    said = capsys.readouterr().out
    assert said.startswith(
        f'Not yet: Python stops at line {line}, `return int("2(a − t)")`\nValueError: invalid literal'
    )


def test_what_is_not_installed_is_no_mistake_of_a_learner() -> None:
    def check() -> None:
        raise ModuleNotFoundError("no Hypothesis")

    with pytest.raises(ModuleNotFoundError):
        tell(check, "so it is.")
