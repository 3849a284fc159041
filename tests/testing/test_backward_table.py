"""The published table of planted mistakes: every one is caught and named, and nothing is said of what is right."""

from __future__ import annotations

import re

import pytest

from benchmarks.backward.trial import TRIALS, Trial, said
from tests.helpers.markdown import ROOT

RESULTS = (ROOT / "benchmarks" / "backward" / "results.md").read_text("utf-8").replace("\\|", "∣")
ROWS = [line.strip("| ").split(" | ") for line in RESULTS.splitlines()]
PUBLISHED = {row[1].replace("∣", "|"): row[2].replace("∣", "|") for row in ROWS if len(row) == 6 and row[0] != "---"}


@pytest.mark.slow
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_a_planted_mistake_is_caught_and_named_and_what_is_right_is_accepted(trial: Trial) -> None:
    report = said(trial)
    assert bool(report) != trial.right, report
    if not trial.right:
        assert trial.named(report), report
        assert PUBLISHED[trial.name] == trial.reason(report)
        assert not re.search("Error|Traceback", trial.reason(report))
    else:
        assert PUBLISHED[trial.name] == "accepted"


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len([trial for trial in TRIALS if not trial.right and trial.by == "another"]) >= 20
    assert len([trial for trial in TRIALS if not trial.right]) >= 40
    assert len([trial for trial in TRIALS if trial.right]) >= 40
    assert PUBLISHED.keys() - {"mistake", ""} == {trial.name for trial in TRIALS}
