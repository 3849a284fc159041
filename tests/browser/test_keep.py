"""What can be shared and kept: the address, a frame as SVG or PNG, a hand-out on paper; and the page in a frame."""

from __future__ import annotations

import html
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, write_stepper
from tests.helpers.graphs import diamond, one_two_one, shared
from tests.helpers.page import PICTURES, Show, boxes, table, until

LABELS = ["</script><img src=x onerror=alert(1)>", "half \ud800 of a pair, \x00 and \x1b", '"quotes" & <b>bold</b>']


def test_the_address_leads_back_to_the_same_state(show: Show) -> None:
    page = show(shared())
    page.get_by_role("button", name="depth first").click()
    page.get_by_role("textbox", name="a, value").fill("-0.1")
    page.locator("#slider").fill("6")
    until(page, "location.hash.includes('step=6')")
    address = page.url
    seen = (page.locator("#step").inner_text(), boxes(page), table(page))
    again = show(shared(), at=address[address.index("#") :])
    assert (again.locator("#step").inner_text(), boxes(again), table(again)) == seen
    assert again.get_by_role("textbox", name="a, value").input_value() == "−0.1"


@pytest.mark.parametrize(
    "at",
    [
        "#mode=nudge&leaf=2&delta=0.25", "#mode=descend&eta=0.5&moves=010", "#mode=predict", "#values=1_-inf_nan",
        "#order=breadth&step=3", "#graph=diamond&order=depth&step=11",
    ],
)  # fmt: skip
def test_an_address_is_kept_as_it_is(at: str, show: Show) -> None:
    page = show(shared() if "diamond" not in at else one_two_one(), at=at)
    page.wait_for_timeout(400)
    hash = page.evaluate("decodeURIComponent(location.hash)").replace("Infinity", "inf").replace("NaN", "nan")
    assert set(at[1:].split("&")) <= set(hash[1:].split("&"))


@pytest.mark.parametrize(
    "at",
    [
        "#", "#step=1e99", "#step=-4&order=up&mode=fly&leaf=99&delta=x&eta=nan", "#values=1_2", "#values=1_2_three",
        "#moves=2&values=%3Cimg%20src=x%20onerror=alert(1)%3E", "#%E0%A4%A", "#graph=diamond", "#values=1_2_3_4",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_does_no_harm(at: str, show: Show) -> None:
    page = show(shared(), at=at)
    assert [cells[1] for cells in table(page).values()][:3] == ["2", "−3", "1.5"]
    page.keyboard.press("End")
    assert page.locator("#position").inner_text() == "Done"


def test_following_a_link_within_the_page_changes_its_state(show: Show) -> None:
    page = show(shared())
    page.evaluate("() => { location.hash = '#step=4&order=depth'; }")
    until(page, "now.position === 4")
    assert page.locator("#order-depth").get_attribute("aria-pressed") == "true"


def test_the_address_can_be_copied(show: Show) -> None:
    page = show(diamond(), permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("ArrowRight")
    page.locator("#keep summary").click()
    page.get_by_role("button", name="Copy address").click()
    page.locator("#kept", has_text="Copied. The address leads back").wait_for()
    assert "To share it, send this file" in page.locator("#kept").inner_text()  # it is opened from disk
    assert page.evaluate("navigator.clipboard.readText()").endswith("#step=1")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_frame_is_saved_as_svg_and_png(how: str, show: Show, tmp_path: Path) -> None:
    leaf, other = Value(2, LABELS[0]), Value(3, LABELS[1])
    root = leaf * other
    root.label = LABELS[2]
    page = show(root, color_scheme="dark")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.locator("#keep summary").click()
    files = {}
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            button = page.get_by_role("button", name=f"Save {kind}")
            button.click() if how == "mouse" else button.press("Enter")
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
    drawn = ET.parse(files["SVG"]).getroot()
    tags = {element.tag.rpartition("}")[2] for element in drawn.iter()}
    assert tags == {"svg", "defs", "marker", "path", "g", "rect", "text", "tspan", "title"}
    texts = ["".join(element.itertext()) for element in drawn.iter() if element.tag.endswith("}text")]
    assert "2" in texts
    assert any(text.startswith("</script><img") for text in texts)
    assert any("Backward: from" in text for text in texts)
    assert not [name for element in drawn.iter() for name in element.attrib if name.startswith("on") or name == "style"]
    head = files["PNG"].read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    assert width == pytest.approx(2 * float(drawn.attrib["width"]), abs=2)
    assert height == pytest.approx(2 * float(drawn.attrib["height"]), abs=2)


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("", "d-start"), ("#step=2", "d-forward-2-of-3"), ("#order=depth&step=5", "d-depth-first-backward-1-of-6"),
        ("#mode=nudge&delta=-0.25", "d-nudge-a-by--0.25"), ("#mode=predict", "d-predict-backward-1-of-6"),
        ("#mode=descend", "d-descend-0"), ("#step=99", "d-done"),
    ],
)  # fmt: skip
def test_a_frame_is_named_after_what_it_shows(at: str, name: str, show: Show) -> None:
    page = show(diamond(), at=at)
    page.locator("#keep summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save SVG").click()
    assert download.value.suggested_filename == f"{name}.svg"


@pytest.mark.parametrize("label", [*LABELS, "../../x", "...", "\u202eslide.exe", "CON", "a" * 300])
def test_no_label_makes_a_strange_file_name(label: str, show: Show) -> None:
    root = Value(2.0, "x") * 3
    root.label = label
    name = show(root).evaluate("fileName()")
    assert re.fullmatch(r"\w[\w.-]*-start|start", name)
    assert len(name) <= 80


def test_a_frame_says_what_its_mode_says(show: Show) -> None:
    for at, said in (
        ("#mode=nudge&delta=0.25", "a goes from 2 to 2.25."), ("#mode=descend", "Each step moves"),
        ("#mode=predict", "How much does d contribute"),
    ):  # fmt: skip
        page = show(diamond(), at=at)
        assert said in page.evaluate("frame().text")


def test_a_saved_frame_looks_like_the_page_without_it(show: Show, browser: Any, tmp_path: Path) -> None:
    page = show(one_two_one(), at="#step=20")
    page.locator("#keep summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save SVG").click()
    download.value.save_as(tmp_path / "frame.svg")
    alone = browser.new_page(viewport={"width": 1000, "height": 1000})
    alone.goto((tmp_path / "frame.svg").as_uri())
    PICTURES.mkdir(exist_ok=True)
    alone.screenshot(path=PICTURES / "frame.png")
    fills = alone.evaluate("[...document.querySelectorAll('rect')].map((one) => getComputedStyle(one).fill)")
    stroke = alone.evaluate("[...document.querySelectorAll('rect')].map((one) => getComputedStyle(one).stroke)")
    alone.close()
    assert {"rgb(255, 244, 204)", "rgb(242, 142, 75)"} <= set(fills)  # given, and complete
    assert "rgb(179, 64, 10)" in stroke  # lit


def test_a_hand_out_has_the_whole_graph_and_every_step_on_a4_with_nothing_cut(show: Show, tmp_path: Path) -> None:
    page = show(one_two_one())
    page.pdf(path=tmp_path / "handout.pdf", prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[\s*0 0 594\.9\d* 841\.9", (tmp_path / "handout.pdf").read_bytes())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 687, "height": 1017})  # A4 at 96 dpi, without its margins
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.screenshot(path=PICTURES / "handout.png", full_page=True)
    text = page.locator("#handout").inner_text()
    assert "Given" in text
    assert "w1 = 0.5" in text
    assert text.count(".grad += ") == 17
    assert "w1.grad += z1.grad · ∂z1/∂w1 = 0.00912393 · 1 = 0.00912393" in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 687
    drawn = page.locator("#canvas svg").bounding_box()
    assert drawn is not None
    assert drawn["width"] <= 687
    assert drawn["height"] <= 1017
    for gone in ("#controls", "#options", "#words", "#modes", "#zoom"):
        assert page.locator(gone).is_hidden()
    cells: list[bool] = page.locator("#handout td, #handout p").evaluate_all(
        "all => all.map(c => c.scrollWidth > c.clientWidth + 1)"
    )
    assert not any(cells)
    assert [grad for _, grad in boxes(page)].count("—") == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#handout").inner_html() == ""


def test_a_hand_out_of_what_is_yet_to_be_predicted_asks_for_it(show: Show) -> None:
    page = show(diamond(), at="#mode=predict")
    page.locator("#answer").fill("6")
    page.locator("#answer").press("Enter")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.screenshot(path=PICTURES / "handout-predict.png", full_page=True)
    steps, sums = (page.locator(f"#handout table:nth-of-type(2) td:nth-child({i})").all_inner_texts() for i in (1, 2))
    assert steps[:3] == [
        "d.grad = 1", "b.grad += d.grad · ∂d/∂b = 1 · 6 = 6", "c.grad += d.grad · ∂d/∂c = ?",
    ]  # fmt: skip
    assert [step[-1] for step in steps[2:]] == ["?"] * 5
    assert not any(sums[2:])
    grads = page.locator("#handout table:nth-of-type(3) td:nth-child(3)").all_inner_texts()
    assert sorted(grads) == ["1", "?", "?", "?"]
    assert [grad for _, grad in boxes(page)].count("?") == 2  # of b the first contribution is in


def test_in_a_notebooks_frame_it_works_without_address_and_files(browser: Any, tmp_path: Path) -> None:
    write_stepper(diamond(), tmp_path / "step.html")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    text = html.escape((tmp_path / "step.html").read_text("utf-8"))
    page.set_content(f'<iframe sandbox="allow-scripts" width="1100" height="800" srcdoc="{text}"></iframe>')
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Next").click()
    frame.get_by_role("textbox", name="a, value").fill("3")
    frame.locator("#end").click()
    assert frame.locator("#values tr", has_text="given").locator("td").nth(2).inner_text() == "135"
    assert frame.locator("#keep").is_hidden()
    frame.get_by_role("button", name="Nudge").click()
    frame.get_by_role("button", name="Descend").click()
    frame.get_by_role("button", name="One step").click()
    frame.get_by_role("button", name="Predict").click()
    page.wait_for_timeout(400)
    page.close()
    assert problems == []


@pytest.mark.parametrize(("width", "height"), [(700, 550), (700, 740), (390, 640)])
def test_in_another_pages_frame_the_graph_stands_beside_its_words_and_the_wheel_passes_by(
    width: int, height: int, browser: Any, tmp_path: Path
) -> None:
    write_stepper(one_two_one(), tmp_path / "step.html")
    (tmp_path / "lesson.html").write_text(
        f'<p style="height: 300px"><iframe src="step.html#step=14" width="{width}" height="{height}"></iframe>'
        '<p style="height: 3000px">'
    )
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto((tmp_path / "lesson.html").as_uri())
    (frame,) = page.frames[1:]
    frame.locator("#position", has_text="Backward 2 of 17").wait_for()
    page.screenshot(path=PICTURES / f"embedded-{width}x{height}.png")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture, step, next = (frame.locator(id).bounding_box() for id in ("#picture", "#step", "#next"))
    if width == 700:
        assert picture["x"] + picture["width"] <= step["x"]
        assert picture["height"] > 0.6 * height
    top = page.locator("iframe").bounding_box()["y"]
    assert next["y"] + next["height"] <= top + height, "the button is in view"
    size = frame.evaluate("svg.getAttribute('width')")
    page.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2)
    page.mouse.wheel(0, 50)
    page.wait_for_timeout(100)
    assert frame.evaluate("svg.getAttribute('width')") == size
    page.mouse.click(picture["x"] + 5, picture["y"] + 5)
    page.mouse.wheel(0, 50)
    page.wait_for_timeout(100)
    assert frame.evaluate("svg.getAttribute('width')") != size, "who clicked into it wants to zoom"
    page.close()
