"""Pictures: what is drawn is the graph, any text comes out as itself, and a program to draw with is found."""

from __future__ import annotations

import errno
import itertools
import math
import random
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Graph, Op, Value, ops
from autograd._files import write_whole
from autograd.viz.draw import THEMES, draw_dot, write_picture
from nn.draw import draw_network

graphviz = pytest.importorskip("graphviz", reason="the package graphviz is missing (extra: draw)")
dot_command = pytest.importorskip("graphviz.backend.dot_command")

NO_STROKE = ("none", "transparent")  # Graphviz before 3.0 writes the latter
SVG = "{http://www.w3.org/2000/svg}"
OPERATIONS = [ops.add, ops.subtract, ops.multiply, ops.divide, ops.power, ops.sigmoid, ops.exp, ops.absolute]

numbers = st.floats(-3, 3).map(lambda x: round(x, 2))
# What XML can hold, and lines only as "\n" separates them.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], include_characters="\n\t"), max_size=20
)


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    """The root of a small random graph, after backward."""
    values = [Value(x, f"x{i}") for i, x in enumerate(draw(st.lists(numbers, min_size=1, max_size=3)))]
    for op in draw(st.lists(st.sampled_from(OPERATIONS), max_size=8)):
        inputs = [draw(st.sampled_from(values)) for _ in range(op.arity or 0)]
        if draw(st.booleans()) and len(inputs) == 2:
            inputs[1] = draw(numbers)  # type: ignore[call-overload]
        values.append(op(*inputs))
    values[-1].backward()
    return values[-1]


def svg(root: Value, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(draw_dot(root, **options).pipe(format="svg"))


def drawn(picture: ElementTree.Element, kind: str) -> dict[str, ElementTree.Element]:
    """The elements of a kind ("node", "edge", or what a node is), by their titles."""
    groups = [g for g in picture.iter(f"{SVG}g") if kind in g.get("class", "").split()]
    return {g.findtext(f"{SVG}title", ""): g for g in groups}


def lines(element: ElementTree.Element) -> list[str]:
    """The lines of text in a drawn element; a no-break space is a space."""
    return ["".join(text.itertext()).replace("\xa0", " ") for text in element.iter(f"{SVG}text")]


def shown(number: float, digits: int = 4) -> str:
    return f"{number:.{digits}g}".replace("-", "−").replace("inf", "∞")


def boxes(root: Value) -> dict[Value, str]:
    """The node of each value. Of equal constants that multiply leaves, the first is drawn."""
    names = {value: f"v{i}" for i, value in enumerate(Graph(root))}
    first: dict[str, str] = {}
    for value in Graph(root):
        if value.op is ops.multiply and any(parent.op is None for parent in value.parents):
            for parent in value.parents:
                if parent.op is ops.constant:
                    names[parent] = first.setdefault(repr(parent.data), names[parent])
    return names


@given(graphs())
def test_every_value_is_drawn_once_with_its_label_data_and_gradient(root: Value) -> None:
    names, picture = boxes(root), svg(root)
    nodes = drawn(picture, "node")
    assert set(drawn(picture, "operation")) == {f"op{name[1:]}" for value, name in names.items() if value.parents}
    kinds = ("leaf", "constant", "computed")
    assert {title for kind in kinds for title in drawn(picture, kind)} == set(names.values())
    for value, name in names.items():
        expected = ["data", shown(value.data), "grad", shown(value.grad)]
        if value.op is ops.constant:
            expected = [shown(value.data)]
        assert lines(nodes[name]) == ([value.label] if value.label else []) + expected


@given(graphs())
def test_edges_are_the_parents_each_with_its_local_derivative(root: Value) -> None:
    names = boxes(root)
    expected: Counter[str] = Counter()
    for value, name in names.items():
        op = f"op{name[1:]}"
        if value.parents:
            expected[f"{op}->{name}"] += 1
        for i, parent in enumerate(value.parents):
            if parent.op is ops.constant:
                expected[f"{names[parent]}->{op}"] += 1
            else:
                expected[f"{names[parent]}->{op}.{i}"] += 1
                expected[f"{op}.{i}->{op}"] += 1
    picture = svg(root)
    assert (
        Counter(g.findtext(f"{SVG}title", "") for g in picture.iter(f"{SVG}g") if g.get("class") == "edge") == expected
    )
    assert {title: lines(g) for title, g in drawn(picture, "local").items()} == {
        f"op{name[1:]}.{i}": [shown(value.local_grads[i])]
        for value, name in names.items()
        for i, parent in enumerate(value.parents)
        if parent.op is not ops.constant
    }


def test_a_square_has_two_edges_from_its_base() -> None:
    x = Value(3.0, "x")
    assert draw_dot(x * x).source.count("v0 -> ") == 2


def place(element: ElementTree.Element) -> tuple[float, float]:
    """The middle of a drawn element, the second coordinate counted downwards."""
    xs, ys = zip(*((float(t.get("x", "")), float(t.get("y", ""))) for t in element.iter(f"{SVG}text")), strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def heights(root: Value, **options: Any) -> dict[str, float]:
    """How far down each labelled value is drawn."""
    return {lines(g)[0]: place(g)[1] for g in drawn(svg(root, **options), "node").values() if len(lines(g)) == 5}


@pytest.mark.slow
@pytest.mark.parametrize("grouped", [True, False])
@given(nin=st.integers(1, 3), nouts=st.lists(st.integers(1, 4), min_size=1, max_size=3))
@settings(max_examples=15)
def test_neurons_and_weights_stand_in_their_order(grouped: bool, nin: int, nouts: list[int]) -> None:
    net = nn.MLP(nin, nouts, hidden="tanh", output="tanh")
    loss = nn.half_squared_error(net([Value(1.0, f"x{i}") for i in range(nin)]), [0.0] * nouts[-1])
    down = heights(loss, model=net if grouped else None)
    for layer in range(1, len(nouts) + 1):
        for kind in "bWza":
            names = [name for name in down if name.startswith(f"{kind}{layer}[")]
            # without a model, only what is in one column is in order, as biases, sums and outputs are
            if grouped or kind != "W":
                assert sorted(names, key=down.__getitem__) == sorted(names), kind


@pytest.mark.slow
@given(st.integers(1, 3), st.integers(2, 4))
@settings(max_examples=10)
def test_inputs_stand_at_the_middle_of_their_side_and_once_if_they_are_plain_numbers(nin: int, neurons: int) -> None:
    net = nn.MLP(nin, [neurons])
    loss = nn.half_squared_error(net([1.25 + i for i in range(nin)]), [7.0] * neurons)
    numbers = [f"{1.25 + i:g}" for i in range(nin)]
    for model in (net, None):
        picture = svg(loss, model=model)
        constants = [g for g in drawn(picture, "constant").values() if lines(g)[0] in numbers]
        assert sorted(line for g in constants for line in lines(g)) == numbers
    picture = svg(loss, model=net)
    weights = [place(g)[1] for g in drawn(picture, "leaf").values()]
    inputs = [place(g)[1] for g in drawn(picture, "constant").values() if lines(g)[0] in numbers]
    box = 80
    assert abs(sum(inputs) / nin - (min(weights) + max(weights)) / 2) < box


@given(graphs())
def test_a_number_stands_on_its_edge(root: Value) -> None:
    picture = svg(root)
    numbers = {title: place(g) for title, g in drawn(picture, "local").items()}
    for group in (g for g in picture.iter(f"{SVG}g") if g.get("class") == "edge"):
        _, _, end = group.findtext(f"{SVG}title", "").partition("->")
        if end in numbers:
            (path,) = group.iter(f"{SVG}path")
            x, y = map(float, re.findall(r"-?[\d.]+", path.get("d", ""))[-2:])
            assert abs(x - numbers[end][0]) < 40
            assert abs(y - numbers[end][1]) < 12


@given(graphs(), st.integers(0, 6))
def test_the_last_levels_alone_are_drawn_and_dots_for_what_is_before(root: Value, depth: int) -> None:
    near = {root}
    for _ in range(depth):
        near |= {parent for value in near for parent in value.parents}
    constants = {parent for value in near for parent in value.parents if parent.op is ops.constant}
    names, picture = boxes(root), svg(root, depth=depth)
    kinds = ("leaf", "constant", "computed")
    assert {title for kind in kinds for title in drawn(picture, kind)} == {names[value] for value in near | constants}
    cut = {value for value in near if set(value.parents) - near - constants}
    assert {title: lines(g) for title, g in drawn(picture, "cut").items()} == {
        f"cut{names[value][1:]}": ["…"] for value in cut
    }
    assert set(drawn(picture, "local")) >= {f"op{names[value][1:]}.{len(value.parents) - 1}" for value in cut} - {
        f"op{names[value][1:]}.1" for value in cut if value.parents[-1].op is ops.constant
    }


@given(texts)
@example('"quoted" {braces} [brackets] | <b>bold</b> &amp; &#38; \\N \\G \\n \\')
@example("</script><img src=x onerror=alert(1)>")
@example("two\nlines and  two spaces ")
@example("∂L/∂w₁ · σ′(z) 😀 中文 עברית")
@example(" ")
@example("<>")
@example("\n")
@example("a -- b\n\n-")
@example("\t\t")
@example("a\tb\n\t\n\tc")
def test_any_label_and_any_symbol_come_out_as_themselves(text: str) -> None:
    x = Value(2.0, text)
    picture = svg(Op("op", text, lambda x: x, (lambda out, x: 1.0,))(x))
    expected = [
        line for line in text.replace("\xa0", " ").replace("\t", " ").split("\n") if line.strip()
    ]  # of blank ones the room is left
    (leaf,), (operation,) = drawn(picture, "leaf").values(), drawn(picture, "operation").values()
    assert [line for line in lines(leaf)[:-4] if line.strip()] == expected
    assert [line for line in lines(operation) if line.strip()] == expected
    assert {element.tag for element in picture.iter()} <= {
        SVG + tag for tag in ("svg", "g", "title", "text", "polygon", "polyline", "path", "ellipse")
    }


def test_what_xml_cannot_hold_is_shown_as_the_replacement_character() -> None:
    (leaf,) = drawn(svg(Value(1.0, "a\x00b\x1fc\ud800d\uffff") + 1), "leaf").values()
    assert lines(leaf)[0] == "a�b�c�d�"


def test_kinds_of_node_differ_without_color() -> None:
    x = Value(1.0, "x")
    y = x * 2
    picture = svg(y + x)

    def outline(kind: str) -> list[tuple[str, ...]]:
        (element, *_) = drawn(picture, kind).values()
        shapes = [
            shape for shape in element if shape.tag.removeprefix(SVG) in ("polygon", "path", "ellipse", "polyline")
        ]
        return [
            (shape.tag, shape.get("stroke-width", "1"), shape.get("stroke-dasharray", "none"))
            for shape in shapes
            if shape.get("stroke") not in NO_STROKE
        ]

    outlines = [outline(kind) for kind in ("leaf", "constant", "computed", "root", "operation")]
    assert all(outlines)
    assert all(outlines.count(one) == 1 for one in outlines), outlines


def test_gradients_are_shaded_by_sign_and_size() -> None:
    x, y, z, unused = Value(1.0, "x"), Value(1.0, "y"), Value(1.0, "z"), Value(1.0, "unused")
    root = 10 * x + 0.1 * y - 10 * z + 0 * unused
    root.backward()

    def shade(value: Value) -> tuple[int, ...] | None:
        (element,) = [leaf for leaf in drawn(svg(root), "leaf").values() if value.label in lines(leaf)]
        backgrounds = [shape.get("fill", "") for shape in element if shape.get("stroke") in NO_STROKE]
        return tuple(bytes.fromhex(backgrounds[0][1:])) if backgrounds else None

    large, small, negative = shade(x), shade(y), shade(z)
    assert shade(unused) is None
    assert large is not None
    assert small is not None
    assert negative is not None
    assert large[0] > large[2], "positive is orange"
    assert small[0] > small[2], "and so is a small one"
    assert negative[0] < negative[2], "negative is blue"
    assert sum(large) < sum(small), "the larger is the deeper"


@pytest.mark.parametrize("grad", [math.inf, -math.inf, math.nan, 5e-324, 1.7e308])
def test_any_gradient_can_be_shaded(grad: float) -> None:
    x = Value(1.0, "x")
    for other in (0.0, 1.7e308):
        x.grad, y = grad, x + 1
        y.grad = other
        (leaf,) = drawn(svg(y), "leaf").values()
        assert lines(leaf)[-1] == shown(grad)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, as WCAG 2.2 defines it."""

    def luminance(color: str) -> float:
        channels = [c / 255 for c in bytes.fromhex(color[1:])]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_network_arrives_labelled_and_grouped_by_layer_with_the_loss_outside() -> None:
    net = nn.MLP(2, [2, 1], hidden="tanh", rng=random.Random(0))
    x0, x1, t = Value(1.0, "x0"), Value(0.5, "x1"), Value(1.0, "t")
    loss = nn.half_squared_error(net([x0, x1]), t) + 0.01 * sum(w * w for w in net.parameters())
    source = draw_dot(loss, model=net).source
    values = list(Graph(loss))

    def group(i: int) -> set[Value]:
        body = source.partition(f"subgraph cluster{i} {{")[2].partition("\n\t}")[0]
        return {values[int(name)] for name in re.findall(r"\bv(\d+)", body)}

    assert {value.label for value in group(1) if value.label} == {
        *("W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]", "b1[1]", "z1[0]", "z1[1]", "a1[0]", "a1[1]")
    }
    assert {value.label for value in group(2) if value.label} == {"W2[0,0]", "W2[0,1]", "b2[0]", "a2[0]"}
    # Between the parameters and the outputs: the products, and the sums but the last, which has a name.
    assert [sorted(v.op.name for v in group(i) if v.op and not v.label) for i in (1, 2)] == [
        ["add"] * 2 + ["multiply"] * 4,
        ["add"] + ["multiply"] * 2,
    ]


def test_inputs_are_told_from_parameters() -> None:
    net = nn.one_two_one()
    loss = nn.half_squared_error(net([Value(1.0, "x")]), Value(0.0, "t"))
    picture = svg(loss, model=net)
    assert {lines(g)[0] for g in drawn(picture, "input").values()} == {"x", "t"}
    assert {lines(g)[0] for g in drawn(picture, "leaf").values()} == {"w1", "w2", "w3", "w4"}


@pytest.mark.parametrize("fused", [False, True])
def test_a_networks_inputs_have_their_labels(fused: bool) -> None:
    net = nn.MLP(3, [2, 1], fused=fused)
    x, y, z = (Value(i, name) for i, name in enumerate("xyz"))
    for of, names in (
        (net([x, y, z]), ["x", "y", "z"]),
        (net([x, 1.0, z]), ["x0", "x1", "x2"]),
        (None, ["x0", "x1", "x2"]),
    ):
        picture = drawn(ElementTree.fromstring(draw_network(net, of).pipe()), "node")
        assert [lines(g)[0] for title, g in picture.items() if title[0] == "x"] == names


def test_a_network_is_drawn_as_its_neurons_and_weights() -> None:
    net = nn.one_one_one(W2=-0.7)
    picture = ElementTree.fromstring(draw_network(net).pipe())
    neurons = {title: lines(g) for title, g in drawn(picture, "node").items() if title[0] != "w"}
    assert neurons == {"x0": ["x"], "n1.0": ["a1", "sigmoid", "b = 0.3"], "n2.0": ["a2", "sigmoid", "b = 0.2"]}
    assert [lines(g) for g in drawn(picture, "weight").values()] == [["0.4"], ["−0.7"]]
    positive, negative = drawn(picture, "edge").values()
    ((positive_line,), (negative_line,)) = (list(edge.iter(f"{SVG}path")) for edge in (positive, negative))
    assert positive_line.get("stroke-dasharray") is None
    assert negative_line.get("stroke-dasharray")
    assert float(positive_line.get("stroke-width", "1")) < float(negative_line.get("stroke-width", "1"))


def test_after_a_backward_pass_the_neurons_show_their_outputs_and_deltas() -> None:
    net = nn.MLP(2, [2, 1], hidden="tanh")
    loss = nn.half_squared_error(net([1.0, 2.0]), 0.5)
    loss.backward()
    by_label = {value.label: value for value in Graph(loss)}
    nodes = drawn(ElementTree.fromstring(draw_network(net, loss).pipe()), "node")
    assert f"a = {shown(by_label['a1[1]'].data, 3)}" in lines(nodes["n1.1"])
    assert f"δ = {shown(by_label['z1[1]'].grad, 3)}" in lines(nodes["n1.1"])
    assert f"δ = {shown(by_label['a2[0]'].grad, 3)}" in lines(nodes["n2.0"]), "of a linear neuron, z is a"
    two = loss + nn.half_squared_error(net([0.0, 1.0]), 0.5)
    assert all(not re.search("[aδ] =", draw_network(net, graph).source) for graph in (two, None)), "not of one example"


@given(st.integers(1, 20), st.lists(st.integers(1, 20), min_size=1, max_size=2))
@example(4, [10, 3])
@settings(max_examples=30)
def test_what_is_written_in_a_network_never_touches(nin: int, nouts: list[int]) -> None:
    net = nn.MLP(nin, nouts)
    nodes = drawn(
        ElementTree.fromstring(draw_network(net, net([1.0] * nin) if nouts[-1] == 1 else None).pipe()), "node"
    )
    written = {title: place(g) for title, g in nodes.items() if lines(g)}
    assert {title for title in written if title[0] != "w"} == {
        f"{name}{i}"
        for name, size in zip(["x", "n1.", "n2."], [nin, *nouts], strict=False)
        for i in range(size)
        if size <= 12
    }
    for (title, (x, y)), (other, (other_x, other_y)) in itertools.combinations(written.items(), 2):
        room = 11 if title[0] == other[0] == "w" else 40 if "w" not in title + other else 0
        if title[0] != "w" or other[0] != "w" or title.split(".")[0] == other.split(".")[0]:
            assert abs(y - other_y) >= room or abs(x - other_x) > 55, (title, other)


def test_a_network_that_has_diverged_is_drawn_all_the_same() -> None:
    net = nn.MLP(2, [2, 1])
    for parameter, data in zip(net.parameters(), [math.nan, math.inf, -math.inf], strict=False):
        parameter.data = data
    assert draw_network(net).pipe()
    for parameter in net.parameters():
        parameter.data = 0.0
    assert draw_network(net).pipe()


def test_a_network_too_large_to_read_is_refused() -> None:
    with pytest.raises(ValueError, match="1,056 weights"):
        draw_network(nn.MLP(1, [32, 32]))


@pytest.mark.parametrize("thing", [Graph(Value(2.0, "x") * 3), nn.one_one_one()], ids=["graph", "network"])
def test_a_notebook_shows_a_picture_and_where_there_is_none_text(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = thing._repr_mimebundle_(include=None, exclude=None)
    assert ElementTree.fromstring(shown["image/svg+xml"].encode()).tag == f"{SVG}svg"
    assert shown["text/plain"]
    monkeypatch.setitem(sys.modules, "graphviz", None)
    assert list(thing._repr_mimebundle_()) == ["text/plain"]
    assert 'python -m pip install "glassgrad[draw]"' in thing._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_passes_wcag_aa(theme: str) -> None:
    root = Value(0.0)
    for exponent in range(-10, 11):
        root = root + 2.0**exponent * Value(1.0, "x") - 2.0**exponent * Value(1.0, "y")
    root.backward()
    colors = THEMES[theme]
    groups = svg(root, theme=theme).iter(f"{SVG}g")
    shades = {shape.get("fill", "") for g in groups for shape in g if shape.get("stroke") in NO_STROKE}
    assert len(shades) > 20
    for background in shades | {colors[name] for name in ("background", "value", "leaf", "layer")}:
        assert contrast(colors["ink"], background) >= 4.5, f"text on {background}"
    assert contrast(colors["symbol"], colors["operation"]) >= 4.5
    for background in (colors[name] for name in ("background", "value", "leaf", "layer")):
        assert contrast(colors["line"], background) >= 3, f"borders and arrows on {background}"
    for line in ("operation", "plus", "minus"):
        assert contrast(colors[line], colors["background"]) >= 3
    assert contrast(colors["operation"], colors["layer"]) >= 3


def test_numbers_are_given_with_as_many_digits_as_asked_for() -> None:
    assert "0.3333333" in lines(svg(Value(1 / 3), precision=7))
    assert "0.33" in lines(svg(Value(1 / 3), precision=2))


def test_a_graph_too_large_to_read_is_refused_with_the_number_and_the_way_round() -> None:
    chain = Value(1.0, "x")
    for _ in range(1000):
        chain = -chain
    with pytest.raises(ValueError, match=r"1,001 values .* depth=999 .* max_nodes=1001"):
        draw_dot(chain)
    assert draw_dot(chain, depth=999).source.count(" -> ") == 3 * 1000
    assert draw_dot(chain, max_nodes=1001).source.count(" -> ") == 3 * 1000


def test_a_chain_longer_than_the_recursion_limit_is_drawn() -> None:
    chain = Value(1.0, "x")
    for _ in range(2_000):
        chain = -chain
    assert draw_dot(chain, max_nodes=2_001).source.count(" -> ") == 6_000


def test_a_picture_is_open_to_change() -> None:
    dot = draw_dot(Value(1.0, "x"))
    assert isinstance(dot, graphviz.Digraph)
    dot.node("v0", color="hotpink")
    dot.attr(label="a caption")
    picture = ElementTree.fromstring(dot.pipe())
    assert "a caption" in lines(picture)
    assert any(element.get("stroke") == "hotpink" for element in picture.iter())


@pytest.mark.parametrize("options", [{"theme": "sepia"}, {"rankdir": "up"}, {"format": "docx"}])
def test_an_unknown_option_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(options.values()))):
        draw_dot(Value(1.0), **options)  # type: ignore[arg-type]


def test_what_is_drawn_is_a_value() -> None:
    with pytest.raises(TypeError, match="Value"):
        draw_dot(3.0)  # type: ignore[arg-type]


def test_drawing_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    x = Value(1.0, "∂L/∂x · 😀")
    draw_dot((x * x).sigmoid()).pipe(format="png")
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no program to draw with but what the test puts into the folder that this returns."""
    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_a_dot_of_the_system_the_wheel_s_is_used(no_dot: Path) -> None:
    assert b"graphviz-pure" in draw_dot(Value(1.0)).pipe(format="svg")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for dot is a shell script")
def test_a_dot_of_the_system_is_preferred(no_dot: Path) -> None:
    (no_dot / "dot").write_text("#!/bin/sh\necho mine\n")
    (no_dot / "dot").chmod(0o755)
    assert draw_dot(Value(1.0)).pipe(format="svg") == b"mine\n"


def test_where_there_is_no_program_the_error_gives_the_command(no_dot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> None:
        raise PackageNotFoundError(name)

    for files in (not_installed, lambda name: None):
        monkeypatch.setattr("importlib.metadata.files", files)
        with pytest.raises(RuntimeError, match=r'python -m pip install "glassgrad\[draw\]"'):
            draw_dot(Value(1.0))


def test_where_the_package_is_missing_the_error_gives_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match=r'python -m pip install "glassgrad\[draw\]"'):
        draw_dot(Value(1.0))


def test_importing_the_package_does_not_import_graphviz() -> None:
    code = "import autograd, nn, sys; autograd.draw_dot; sys.exit('graphviz' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(autograd.__file__).parents[1])


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_picture_is_written_whole_or_not_at_all(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"picture{suffix}"
    dot = draw_dot(Value(1.0))
    write_picture(dot, path)
    before = path.read_bytes()
    assert before == dot.pipe(format=suffix[1:])
    assert list(tmp_path.iterdir()) == [path]

    def disk_full(self: Path, data: bytes) -> None:
        self.touch()
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "write_bytes", disk_full)
    with pytest.raises(OSError, match="no space"):
        write_picture(draw_dot(Value(2.0)), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="the system has no /dev/null")
def test_a_device_is_written_to_and_stays_one() -> None:
    write_whole("/dev/null", b"picture")
    assert Path("/dev/null").is_char_device()


def test_a_picture_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="txt"):
        write_picture(draw_dot(Value(1.0)), tmp_path / "picture.txt")
    assert not list(tmp_path.iterdir())
