"""The page that steps through backpropagation, as far as it can be read without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograd import Graph, Op, Value, write_stepper
from autograd.formula import derivative, made_from, name_values, write
from autograd.viz.draw import THEMES
from tests.helpers.graphs import diamond, one_two_one, shared

pytest.importorskip("graphviz", reason="the stepper lays its graphs out with graphviz")

HOSTILE = '</script><img src=x onerror=alert(1)><!-- & \u2028\u2029 "quotes" \\ {0} \n\x00 和 🎉 \ud800'


class Page(HTMLParser):
    """The elements of a page, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("id") or tag
        self.texts[self.inside] = ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside] += data

    @property
    def data(self) -> Any:
        return json.loads(self.texts["data"])


def page_of(root: Value, folder: Path) -> Page:
    write_stepper(root, folder / "step.html")
    return Page((folder / "step.html").read_text("utf-8"))


def test_the_steps_on_the_page_are_the_engines(tmp_path: Path) -> None:
    root = one_two_one()
    data = page_of(root, tmp_path).data
    name = {i: node["name"] for i, node in enumerate(data["nodes"])}
    names = name_values(Graph(root))
    edges = [data["edges"][number] for number in data["orders"]["topological"]]
    shown = [(name[edge["node"]], name[edge["parent"]], edge["local"]) for edge in edges]
    assert shown == [(names[s.node], names[s.parent], s.local_grad) for s in Graph(root).steps()]
    assert {node["name"]: node["data"] for node in data["nodes"]} == {names[v]: v.data for v in names}


def test_a_page_for_the_1_2_1_network_is_small(tmp_path: Path) -> None:
    write_stepper(one_two_one(), tmp_path / "step.html")
    assert (tmp_path / "step.html").stat().st_size < 120_000


def test_page_and_draw_dot_share_the_colors_of_leaves_and_gradients() -> None:
    style = (Path(sys.modules["autograd.viz.stepper"].__file__ or "").parent / "page.css").read_text("utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    for part, theme in ((light, "light"), (dark, "dark")):
        for variable, color in (("plus", "positive"), ("minus", "negative")):
            assert f"--{variable}: {THEMES[theme][color]};" in part
    assert THEMES["light"]["leaf"] == "#fff4cc"
    assert "--leaf: #fff4cc;" in light


def test_writing_a_page_changes_nothing_in_the_graph(tmp_path: Path) -> None:
    root = one_two_one()
    root.backward()
    before = [(v.data, v.grad, v.label) for v in Graph(root)]
    write_stepper(root, tmp_path / "step.html")
    assert [(v.data, v.grad, v.label) for v in Graph(root)] == before


@pytest.mark.parametrize("order", ["topological", "depth", "breadth"])
def test_every_order_goes_over_every_edge_once(order: str, tmp_path: Path) -> None:
    for root in (one_two_one(), shared()):
        data = page_of(root, tmp_path).data
        assert sorted(data["orders"][order]) == list(range(len(data["edges"])))


@pytest.mark.parametrize("order", ["depth", "breadth"])
def test_an_order_that_does_not_wait_goes_wrong_where_a_computed_value_is_used_twice(
    order: str, tmp_path: Path
) -> None:
    data = page_of(shared(), tmp_path).data
    grads = defaultdict(float, {data["root"]: 1.0})
    for edge in [data["edges"][number] for number in data["orders"][order]]:
        grads[edge["parent"]] += edge["local"] * grads[edge["node"]]
    # u.grad = u + (u + c) = −10.5, of which u has −4.5 when it propagates: a.grad should be −10.5·b.
    named = {data["nodes"][i]["name"]: grad for i, grad in grads.items()}
    assert named == {"L": 1.0, "u": -10.5, "v1": -6.0, "c": -6.0, "a": -4.5 * -3, "b": -4.5 * 2}


def test_a_page_carries_a_diamond_where_an_order_would_happen_to_be_right(tmp_path: Path) -> None:
    assert "diamond" not in page_of(diamond(), tmp_path).data
    carried = page_of(one_two_one(), tmp_path).data["diamond"]
    assert [node["name"] for node in carried["nodes"]] == ["a", "b", "c", "d"]
    assert carried | {"own": []} == page_of(diamond(), tmp_path).data | {"own": []}


x, y = Value(2.0, "x"), Value(3.0, "y")


def test_an_operation_that_only_takes_floats_is_shown_as_its_number_and_stands_still(tmp_path: Path) -> None:
    cube = Op("cube", "x³", lambda x: x**3, partials=(lambda out, x: 3 * math.pow(x, 2),))
    root = cube(x)
    assert write(made_from(root), name_values(Graph(root))) == "cube(x)"
    assert write(derivative(root, 0), name_values(Graph(root))) == "12"
    assert page_of(root, tmp_path).data["still"] == ["cube"]


def test_an_own_operation_travels_as_statements(tmp_path: Path) -> None:
    square = Op("square", "x²", lambda x: x * x, partials=(lambda out, x: 2 * x,))
    fourth = Op("add", "x⁴", lambda x: square(x) * square(x), partials=(lambda out, x: 4 * x * square(x),))
    data = page_of(fourth(x) + y, tmp_path).data
    assert data["still"] == []
    assert [own["name"] for own in data["own"]] == ["add", "square"]
    assert data["own"][1] == {
        "name": "square",
        "value": [["multiply", 0, 0], ["", 1]],
        "partials": [[["multiply", "2.0", 1], ["", 2]]],
    }
    assert data["own"][0]["value"] == [[1, 0], ["multiply", 1, 1], ["", 2]]
    assert [node.get("rule") for node in data["nodes"]] == [None, None, 0, "add"]  # by its number, whatever its name
    assert data["nodes"][2]["inputs"] == [0]


def test_a_rule_that_is_chosen_by_how_large_a_number_is_is_marked(tmp_path: Path) -> None:
    def decided(root: Value) -> list[bool]:
        return ["decided" in edge for edge in page_of(root, tmp_path).data["edges"]]

    assert decided(x * y + x / y) == [False] * 6
    assert decided(x**2) == [False]
    assert decided(x**y) == [True, True]


@pytest.mark.parametrize(
    "root", [Value(1.0), Value(math.nan, "x"), (Value(1.0) + 1).parents[1], Value(0.0, "x").log() * 2, x * math.inf]
)
def test_any_graph_has_a_page(root: Value, tmp_path: Path) -> None:
    assert len(page_of(root, tmp_path).data["nodes"]) >= 1


def test_labels_are_data_and_nothing_else(tmp_path: Path) -> None:
    page = page_of(Value(2, HOSTILE) * 3, tmp_path)
    assert [node["name"] for node in page.data["nodes"]] == [HOSTILE, "L"]
    assert [tag for tag, _ in page.elements if tag in ("img", "script")] == ["script", "script"]
    assert not re.search("[<>&\u2028\u2029]", page.texts["data"])
    root = Value(2, "x") * 3
    root.label = HOSTILE
    page = page_of(root, tmp_path)
    assert "</script><img src=x onerror=alert(1)>" in page.texts["title"]
    assert [tag for tag, _ in page.elements if tag in ("img", "script")] == ["script", "script"]


def test_the_page_runs_its_own_script_and_no_other_and_loads_nothing(tmp_path: Path) -> None:
    page = page_of(one_two_one(), tmp_path)
    policy = next(attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(page.texts[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    links = [a[name] for _, a in page.elements for name in ("src", "href", "srcset", "action") if name in a]
    assert links == ["data:,"]
    assert not any(name.startswith("on") or name == "style" for _, a in page.elements for name in a)


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "step.html"
    path.write_text("the one before")
    big = Value(1.0)
    for _ in range(1001):
        big = big + Value(1.0)
    with pytest.raises(ValueError, match=r"2,003 values is too large to step through, the limit being 1,000"):
        write_stepper(big, path)
    with pytest.raises(TypeError, match="a Graph is made from its root"):
        write_stepper("x", path)  # type: ignore[arg-type]
    assert path.read_text() == "the one before"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError, match=r"no[/\\]such[/\\]step.html"):
        write_stepper(x + y, tmp_path / "no" / "such" / "step.html")


def test_a_graph_of_500_values_has_a_page(tmp_path: Path) -> None:
    values = [Value(i / 500) for i in range(20)]
    while len(values) < 500:
        values.append(values[-1] * values[-20] if len(values) % 2 else values[-7].tanh())
    root = sum(values[-20:], Value(0.0))
    data = page_of(root, tmp_path).data
    assert len(data["nodes"]) > 500
    assert all({"x", "y", "width"} <= node.keys() for node in data["nodes"])
    assert all({"x", "y", "path"} <= edge.keys() for edge in data["edges"])
