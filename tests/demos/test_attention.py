"""One head of attention: its page, and its loss by the formula."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from autograd import Graph
from demos import attention


def test_the_loss_is_that_of_the_formula() -> None:
    x, (wq, wk, wv), u = (1.0, -0.5), (0.8, -0.6, 1.2), (0.9, -0.4)
    weights = [math.exp(wq * x[1] * wk * token) for token in x]
    h = sum(weight * wv * token for weight, token in zip(weights, x, strict=True)) / sum(weights)
    assert attention.attend().data == pytest.approx(math.log(1 + math.exp((u[1] - u[0]) * h)))


def test_every_number_of_it_has_a_name_or_one_operation() -> None:
    names = [node.label for node in Graph(attention.attend()) if node.label]
    assert len(names) == len(set(names)) == 7 + 15


def test_the_page_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attention.main(quick=True, out=tmp_path)
    assert "attention.html" in capsys.readouterr().out
    assert (tmp_path / "attention.html").read_text("utf-8").count("wq") > 1
