"""Derivatives that are wrong are refused, and right ones accepted, as the published table says of every one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.checkers import with_glassgrad
from benchmarks.checkers.cases import CASES, Case
from tests.helpers.markdown import ROOT

GROUPS = list(dict.fromkeys(case.group for case in CASES))
RESULTS = (ROOT / "benchmarks" / "checkers" / "results.md").read_text("utf-8").replace("\\|", "∣")
ROWS = [line.strip("| ").split(" | ") for line in RESULTS.splitlines()]
PUBLISHED = {(row[0], row[1].replace("∣", "|")): row[2:] for row in ROWS if len(row) == 5 and row[0] in GROUPS}


def name(case: Case) -> str:
    return f"{case.group}: {case.name}, {case.point[0]:g}"


def refuses(check: Any, case: Case) -> bool:
    try:
        check(case)
    except Exception:
        return True
    return False


@pytest.mark.parametrize("case", CASES, ids=name)
def test_gradcheck_catches_what_is_wrong_and_accepts_what_is_right(case: Case) -> None:
    if case.right:
        with_glassgrad.check(case)
    else:
        with pytest.raises(AssertionError, match=r"by backpropagation and|another number each time"):
            with_glassgrad.check(case)


@pytest.mark.parametrize("group", GROUPS)
def test_pytorch_does_what_the_table_says(group: str) -> None:
    pytest.importorskip("torch", reason="the other side of the table")
    from benchmarks.checkers import with_torch

    refused: dict[str, list[bool]] = {}
    for case in CASES:
        if case.group == group:
            refused.setdefault(case.name, []).append(refuses(with_torch.check, case))
    for case_name, each in refused.items():
        ours, theirs, _ = PUBLISHED[group, case_name]
        if len(each) > 1:
            assert (ours, theirs) == (f"0 of {len(each)} refused", f"{sum(each)} of {len(each)} refused"), case_name
        else:
            assert ours in ("caught", "accepted"), case_name
            assert (theirs in ("caught", "**refused**")) == each[0], case_name


def test_the_readme_says_what_the_table_adds_up_to() -> None:
    single = [said for said in PUBLISHED.values() if not said[0].endswith(" refused")]
    caught, missed, accepted, refused = (
        [[said[column] for said in single].count(word) for column in range(3)]
        for word in ("caught", "**missed**", "accepted", "**refused**")
    )
    wrong, right = caught[0] + missed[0], accepted[0] + refused[0]
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    first = f"Of {wrong} wrong derivatives `gradcheck` catches {caught[0]}, PyTorch's {caught[1]} and HIPS autograd's"
    assert (
        f"{first} {caught[2]}; of {right} right ones it refuses {refused[0]}, they {refused[1]} and {refused[2]} ("
        in readme
    )


def test_every_case_is_in_the_table_and_nothing_else() -> None:
    assert PUBLISHED.keys() == {(case.group, case.name) for case in CASES}
