"""``python -m demos check``: the slips of both documents are found by trying."""

from __future__ import annotations

import pytest

from tests.helpers.markdown import ROOT

pytest.importorskip("rich", reason="the package rich is missing (extra: demos)")

from hypothesis import given
from hypothesis import strategies as st

from demos import check, transposed

FORWARD, BACKWARD = transposed.PLACES[:1], transposed.PLACES[1:]
widths = st.integers(1, 3)


@given(sizes=st.tuples(widths, widths, widths), data=st.data())
def test_transposed_either_forward_or_backward_the_equations_are_right(
    sizes: tuple[int, int, int], data: st.DataObject
) -> None:
    turned = data.draw(st.sampled_from([FORWARD, BACKWARD]))
    assert transposed.wrong(data.draw(transposed.examples(*sizes, turned)), turned) == ""


def test_where_every_layer_has_one_neuron_the_equations_are_right_as_printed() -> None:
    assert transposed.counterexample((1, 1, 1), (), 100) is None


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 3, 2), (2, 2, 2), (3, 2, 1), (1, 2, 1)])
def test_elsewhere_they_are_rejected_and_what_is_transposed_is_found_by_trying(sizes: tuple[int, int, int]) -> None:
    example = transposed.counterexample(sizes, (), 100)
    assert example is not None
    assert transposed.wrong(example)
    right = transposed.what_to_transpose(sizes, 100)
    assert {FORWARD, BACKWARD} <= set(right)
    if 1 not in sizes:
        assert right == [FORWARD, BACKWARD]


def test_square_matrices_hide_it_from_every_shape() -> None:
    example = transposed.counterexample((2, 2, 2), (), 100)
    assert example is not None
    by_hand, engine = transposed.gradients(example), transposed.by_the_engine(example)
    assert {name: g.shape for name, g in by_hand.items()} == {name: g.shape for name, g in engine.items()}
    assert "by hand it is" in transposed.wrong(example)


@pytest.mark.slow
def test_the_demo_shows_both_slips(capsys: pytest.CaptureFixture[str]) -> None:
    check.main(quick=True, out=ROOT)
    output = " ".join(capsys.readouterr().out.split())
    assert "by hand it lacks the factor ∂y/∂z3 = σ′(z3)" in output
    assert "Accepted on a 1-1-1 network" in output
    for name in ("2-3-2", "2-2-2"):
        _, _, found = output.partition(f"Rejected on a {name} network:")
        assert found.partition(" - ")[2].startswith(
            "W in the forward pass transposed, the rest as printed "
            "- W2 in δ1, ∂L/∂W2, ∂L/∂W1 transposed, the rest as printed"
        )
