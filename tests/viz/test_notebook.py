"""Notebooks: a page in a frame, pictures as wide as the cell, and what a Value says of itself."""

from __future__ import annotations

import html
import inspect
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd.viz
import nn
from autograd import Graph, Value, draw_dot
from autograd.arithmetic import describers

pytest.importorskip("graphviz", reason="the package graphviz is missing (extra: draw)")


class Printer:
    """What IPython hands to `_repr_pretty_`."""

    def text(self, text: str) -> None:
        self.shown = text


def shown(value: Value) -> str:
    printer = Printer()
    value._repr_pretty_(printer, False)
    return printer.shown


def test_who_came_last_describes_a_value() -> None:
    describers.append(lambda value: f"mine: {value.data}")
    try:
        assert shown(Value(2.0)) == "mine: 2.0"
    finally:
        describers.pop()
    assert shown(Value(2.0)) == repr(Value(2.0))


def test_a_page_is_shown_in_a_frame_that_reaches_nothing_outside() -> None:
    page = autograd.viz.stepper(Value(2.0, "x") * 3)
    (attributes,) = re.findall("<iframe (.*)></iframe>", page._repr_html_(), re.DOTALL)
    assert 'sandbox="allow-scripts"' in attributes
    assert "allow-same-origin" not in attributes
    assert "width: 100%" in attributes
    (source,) = re.findall('srcdoc="([^"]*)"', attributes)
    assert html.unescape(source) == page.page
    assert page.page.lstrip().lower().startswith("<!doctype html>")


@given(st.text(max_size=20))
def test_no_label_ends_the_frame(label: str) -> None:
    shown = autograd.viz.stepper(Value(2.0, label) * Value(3.0, '"></iframe><script>'))._repr_html_()
    assert len(re.findall("<[^>]*>", re.sub('"[^"]*"', "", shown))) == 2, "the frame begins and ends, and no more"


def test_the_package_that_writes_the_page_is_still_imported_from() -> None:
    from autograd.viz.stepper import write_stepper

    assert write_stepper is autograd.write_stepper
    assert inspect.ismodule(sys.modules["autograd.viz.stepper"])


def test_a_wide_picture_takes_the_width_of_the_cell_and_a_small_one_its_own() -> None:
    network = nn.one_two_one()
    loss = nn.half_squared_error(network([1.0]), 0.0)
    for wide in (draw_dot(loss), Graph(loss)):
        picture = wide._repr_mimebundle_()["image/svg+xml"]
        assert re.search("<svg[^>]* viewBox=", picture)
        assert not re.search("<svg[^>]* width=", picture)
    for small in (draw_dot(Value(1.0)), network):
        assert re.search("<svg[^>]* width=", small._repr_mimebundle_()["image/svg+xml"])


def test_a_value_shows_its_number_its_gradient_and_what_made_it() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    y = w * x + 1
    y.label = "y"
    y.backward()
    assert shown(y) == "Value(data=2.0, grad=1.0, label='y')  # w · x + 1"
    assert shown(y.exp()).endswith("# exp(y)")
    assert shown(w) == repr(w)


def test_the_arguments_and_the_public_names_are_known() -> None:
    assert list(inspect.signature(Value).parameters) == ["data", "label"]
    assert inspect.signature(Value).parameters["label"].default == ""
    public = {name for name in dir(Value(1.0)) if not name.startswith("_")}
    assert {"backward", "data", "grad", "label", "op", "parents", "local_grads", "exp", "relu"} <= public

    class Other(Value):
        def __init__(self, unit: str) -> None:
            super().__init__(1.0, unit)

    assert list(inspect.signature(Other).parameters) == ["unit"]


def test_a_misspelt_name_is_suggested_the_right_one() -> None:
    import subprocess

    code = "from autograd import Value; Value(1.0).backwards()"
    error = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr
    assert "Did you mean: 'backward'?" in error


def test_a_formula_is_shown_as_any_object_is() -> None:
    from autograd.formula import TEXT, Formula, Written

    formula: Any = Formula(1.0, Written(("x",)), TEXT)
    assert shown(formula) == repr(formula)
