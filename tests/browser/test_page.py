"""Stepping through backpropagation on the page."""

from __future__ import annotations

import importlib
import re
import statistics
import sys
from typing import Any

import pytest

from autograd import Graph, Value
from tests.helpers.graphs import diamond, one_two_one, shared
from tests.helpers.page import PICTURES, Show, assert_right, number, table


@pytest.mark.parametrize("how", ["button", "key"])
def test_stepping_to_the_end_gives_the_engines_gradients(how: str, show: Show) -> None:
    root = one_two_one()
    page = show(root)
    forward = page.get_by_role("button", name="Next")
    steps = 0
    while forward.is_enabled():
        forward.click() if how == "button" else page.keyboard.press("ArrowRight")
        steps += 1
        assert page.locator(".edge.now").count() <= 2
    computed = [value for value in Graph(root) if value.parents]
    assert steps == len(computed) + 1 + len(list(Graph(root).steps())) + 1  # 1 for L.grad = 1, 1 for the end
    assert page.locator("#position").inner_text() == "Done"
    assert_right(page, root)
    for _ in range(steps):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#position").inner_text() == "Start"


def test_a_step_is_written_out_lit_and_spoken(show: Show) -> None:
    page = show(one_two_one())
    page.get_by_role("button", name="Backward pass").click()
    assert page.locator("#step h2").inner_text() == "Backward: begin at the result"
    while "to h1" not in page.locator("#step h2").inner_text():
        page.keyboard.press("ArrowRight")
    assert page.locator(".chain").inner_text().split() == (
        ["h1.grad", "+=", "v1.grad", "·", "∂v1/∂h1", "=", "0.129415", "·", "0.3", "=", "0.0388246"]
    )
    assert "∂v1/∂h1 = w3 = 0.3" in page.locator("#step").inner_text()
    assert page.locator(".edge.now").count() == 1
    assert page.locator(".node.now .title").all_text_contents() == ["h1 = sigmoid(z1)", "v1 = w3 · h1"]
    live = page.locator("[aria-live=polite]").inner_text()
    assert "h1.grad gains 0.129415 times 0.3, which is 0.0388246" in live
    assert page.locator("#slider").get_attribute("aria-valuetext") == page.locator("#position").inner_text()


def test_numbers_stand_in_one_pair_of_parentheses(show: Show) -> None:
    page = show(one_two_one(), at="#step=5")
    said = [page.locator("#step-body b").first.inner_text()]
    page.keyboard.press("ArrowRight")
    said.append(page.locator("#step-body b").first.inner_text())
    assert said == ["h2 = sigmoid(z2) = sigmoid(−0.5) = 0.377541", "v2 = w4 · h2 = (−0.3) · 0.377541 = −0.113262"]


def test_a_sum_over_several_paths_grows_as_they_come_in(show: Show) -> None:
    page = show(one_two_one())
    page.keyboard.press("End")
    seen = []
    for _ in range(17):
        page.keyboard.press("ArrowLeft")
        _, _, grad, contributions = table(page)["x"]
        seen.append((contributions, grad))
    assert list(dict.fromkeys(seen)) == [("2 of 2", "0.00912393"), ("1 of 2", "0.00456197"), ("0 of 2", "—")]


def test_one_symbol_never_stands_for_a_local_derivative_and_a_gradient(show: Show) -> None:
    """Whatever is written ∂…/∂… has one number on the page, in all orders: the local derivative of an edge."""
    root = diamond()
    local_grads: dict[str, float] = {}
    for step in Graph(root).steps():
        edge = f"∂{step.node.label}/∂{step.parent.label}"
        for written in ("∂b/∂(first a)", "∂b/∂(second a)") if edge == "∂b/∂a" else (edge,):
            local_grads[written] = step.local_grad
    page = show(root)
    partial = re.compile(r"∂\w+/∂(?:\([^)]*\)|\w+)")
    seen = set()
    for order in ("topological", "depth first", "breadth first"):
        page.get_by_role("button", name=order).click()
        page.locator("body").press("Home")
        while page.get_by_role("button", name="Next").is_enabled():
            page.get_by_role("button", name="Next").click()
            text = page.locator("#step").inner_text()
            for equation in re.findall(rf"^(?:.*: )?({partial.pattern})((?: = [^=\n,]*?(?= =|,|$))*)", text, re.M):
                if equation[1]:
                    assert number(equation[1].split(" = ")[-1]) == local_grads[equation[0]]
            seen.update(partial.findall(text))
    for box in page.locator(".node").all():
        box.click()
        seen.update(partial.findall(page.locator("#derivation").inner_text()))
    assert seen == set(local_grads)


def test_an_operand_that_comes_twice_is_named_by_its_place(show: Show) -> None:
    page = show(diamond())
    page.get_by_role("button", name="Backward pass").click()
    for place, progress in (("first", "a.grad so far: 4 + 20 = 24"), ("second", "a.grad: 24 + 20 = 44")):
        while f"(the {place} a)" not in page.locator("#step h2").inner_text():
            page.keyboard.press("ArrowRight")
        text = page.locator("#step").inner_text()
        assert f"a.grad\n+=\nb.grad · ∂b/∂({place} a)" in text
        assert (
            f"When the {place} a moves a little, the other input held still, b moves 2 times as much: "
            f"∂b/∂({place} a) = a = 2" in text
        )
        assert "When b moves, d moves 10 times as much: b.grad, complete by now." in text
        assert progress in text
    page.get_by_role("button", name=re.compile("^a, value")).click()
    text = page.locator("#derivation").inner_text()
    assert "through b, the first a: b.grad · ∂b/∂(first a) = 10 · 2 = 20" in text
    assert "through b, the second a: b.grad · ∂b/∂(second a) = 10 · 2 = 20" in text


def test_clicking_a_value_shows_every_path_and_their_sum(show: Show) -> None:
    page = show(one_two_one())
    page.keyboard.press("End")
    page.get_by_role("button", name=re.compile("^x, value")).click()
    text = page.locator("#derivation").inner_text()
    assert "x.grad = 0.00912393" in text
    assert "through z1: z1.grad · ∂z1/∂x = 0.00912393 · 0.5 = 0.00456197" in text
    assert "through z2: z2.grad · ∂z2/∂x = −0.00912393 · (−0.5) = 0.00456197" in text
    assert "Sum: 0.00456197 + 0.00456197 = 0.00912393" in text
    assert "All the way from L: 2 paths" in text
    assert "∂y/∂z3 · ∂z3/∂v1 · ∂v1/∂h1 · ∂h1/∂z1 · ∂z1/∂x" in text
    page.get_by_role("button", name="Close").click()
    assert page.locator("#derivation").is_hidden()


def test_the_order_that_does_not_wait_is_shown_to_go_wrong_beside_the_right_numbers(show: Show) -> None:
    root = shared()
    page = show(root)
    page.get_by_role("button", name="depth first").click()
    page.locator("#end").click()
    shown = table(page)
    assert shown["a"][2:] == ["13.5 ✗", "31.5"]
    assert shown["b"][2:] == ["−9 ✗", "−21"]
    assert shown["u"][2:] == ["−10.5 ⚠", "−10.5"]
    assert "u propagated a gradient before all contributions" in page.locator("#step .warning").inner_text()
    assert page.locator("caption").inner_text().split() == ["✗", "wrong", "⚠", "propagated", "too", "soon"]
    page.get_by_role("button", name="Backward pass").click()
    assert page.locator("caption").inner_text() == ""
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert "Too soon: u propagates −4.5" in page.locator("#step .warning").first.inner_text()
    page.get_by_role("button", name="topological").click()
    page.locator("#end").click()
    assert_right(page, root)


def test_an_order_that_happens_to_come_out_right_says_why(show: Show) -> None:
    page = show(one_two_one())
    for order in ("depth first", "breadth first"):
        page.get_by_role("button", name=order).click()
        page.locator("#turn").click()
        assert (
            "It will come out right all the same: no computed value is used twice" in page.locator("#step").inner_text()
        )
        page.locator("#end").click()
        assert "no computed value is used twice" in page.locator("#step").inner_text()
        assert page.locator(".node.wrong").count() == 0


def test_words_are_introduced_where_they_are_first_met(show: Show) -> None:
    page = show(diamond(), at="#step=1")
    step = page.locator("#step")
    assert "a is an input twice, as the first a and the second a. Each has its own edge" in step.inner_text()
    assert "one input moves, the others are held still" in step.inner_text()
    page.locator("#turn").click()
    assert (
        "each value propagates: it adds its own gradient, times the local derivative on the edge" in step.inner_text()
    )
    page.keyboard.press("ArrowRight")
    assert "d.grad is 1, where the backward pass starts: d moves exactly as much as itself." in step.inner_text()
    told = page.locator("main").inner_text()
    for word in ("leaf", "leaves", "weight", "1 times"):
        assert word not in told
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "b.grad: 6 + 4 = 10. Both contributions are in. When b moves, d moves along all" in step.inner_text()


def test_it_is_said_in_what_order_values_propagate_and_which_orders_are_the_same_here(show: Show) -> None:
    page = show(diamond(), at="#step=4")
    assert "Here they propagate in the order d, c, b." in page.locator("#step").inner_text()
    page.locator("#order-depth").click()
    assert "in the order d, b, c, the same as breadth first." in page.locator("#step").inner_text()
    page = show(Value(2.0, "x").tanh().exp(), at="#step=3&order=breadth")
    assert "in the order L, v1, the same as topological order and depth first." in page.locator("#step").inner_text()


def test_a_sum_that_is_wrong_is_not_announced_as_if_all_were_well(show: Show) -> None:
    page = show(diamond(), at="#order=depth&step=10")
    text = page.locator("#step").inner_text()
    assert "a.grad: 24 + 4 = 28. All 3 contributions are in, and yet it is wrong ✗: b propagated too soon" in text
    assert "44" not in text
    page.get_by_role("button", name=re.compile("^a, value")).click()
    assert "All 3 contributions are in, and yet it is wrong ✗." in page.locator("#derivation").inner_text()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (700, 600), (390, 844)])
def test_paths_and_tables_are_not_cut_off(size: tuple[int, int], show: Show) -> None:
    page = show(one_two_one(), *size, at="#step=99", reduced_motion="reduce")
    page.locator("#values").get_by_role("button", name="x", exact=True).click()
    cut = "one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1"
    assert not page.locator("#derivation").evaluate(cut)
    sums = page.get_by_text("Sum: 0.00456197 + 0.00456197").last
    sums.scroll_into_view_if_needed()
    for order in ("topological", "depth"):
        page.locator(f"#order-{order}").click()
        assert not page.locator("#values").evaluate("one => one.scrollWidth > one.clientWidth + 1")


def test_everything_can_be_done_by_keyboard(show: Show) -> None:
    page = show(shared())
    for _ in range(5):  # four modes, and the graph is one stop, at the result
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("L, value")
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.focus')).stroke") != "none"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("v1, value")
    page.keyboard.press("Enter")
    assert "v1.grad is not known yet" in page.locator("#derivation").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#position").inner_text() == "Forward 1 of 3"
    page.keyboard.press("Escape")
    assert page.locator("#derivation").is_hidden()
    stops = []
    for _ in range(50):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.matches(':focus-visible')"
        )
    assert {"start", "back", "next", "end", "play", "turn", "slider", "speed", "Keys", "a", "L"} <= set(stops)
    assert {"mode-nudge", "zoom-in", "order-depth", "presenter", "Share and keep"} <= set(stops)
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#position").inner_text() == "Forward 2 of 3"
    page.keyboard.press("End")
    assert page.locator("#position").inner_text() == "Done"


def test_play_runs_to_the_end_and_pauses(show: Show) -> None:
    from playwright.sync_api import expect

    page = show(shared())
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="Play").click()
    assert page.get_by_role("button", name="Pause").is_visible()
    expect(page.locator("#position")).to_have_text("Done")
    assert page.get_by_role("button", name="Play").is_visible()
    page.keyboard.press("Home")
    page.locator("body").press(" ")
    expect(page.locator("#position")).to_have_text("Forward 2 of 3")
    page.locator("body").press(" ")
    assert page.get_by_role("button", name="Play").is_visible()


def test_a_label_is_shown_as_text_and_does_nothing(show: Show) -> None:
    label = "</script><img src=x onerror=alert(1)>"
    leaf = Value(2, label)
    root = leaf * 3 + leaf
    root.label = f'{label}<script>alert(2)</script> "\u2028{{0}}'
    page = show(root)
    page.keyboard.press("End")
    page.locator("#values").get_by_role("button", name=label, exact=True).click()
    assert f"{label}.grad = 4" in page.locator("#derivation h2").inner_text()
    assert label in page.locator("h1").inner_text()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


def test_a_graph_of_500_values_steps_to_the_right_gradients(show: Show) -> None:
    values = [Value(i / 500) for i in range(20)]
    while len(values) < 500:
        values.append(values[-1] * values[-20] if len(values) % 2 else values[-7].tanh())
    root = sum(values[-20:], Value(0.0))
    page = show(root, reduced_motion="reduce")
    page.get_by_role("button", name="Backward pass").click()
    times = page.evaluate(
        """() => [...Array(200)].map(() => {
            const begin = performance.now();
            document.getElementById("next").click();
            document.body.getBoundingClientRect();  // with the layout that it leads to
            return performance.now() - begin;
        })"""
    )
    sys.stdout.write(f"a step takes {statistics.median(times):.1f} ms in the median\n")
    assert page.locator("#position").inner_text().startswith("Backward 200 of ")
    page.keyboard.press("End")
    assert_right(page, root)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_want_less_motion(motion: Any, show: Show) -> None:
    page = show(one_two_one(), reduced_motion=motion)
    page.keyboard.press("ArrowRight")
    moving = page.locator(".edge.now path").first.evaluate("path => path.getAnimations().length")
    assert moving == (0 if motion == "reduce" else 1)


SCREENS = [(1600, 900, "light"), (800, 450, "dark"), (390, 844, "dark")]  # the second is the first at 200 %


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_it_fits_the_screen_and_has_no_accessibility_fault(width: int, height: int, scheme: Any, show: Show) -> None:
    axe = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
    PICTURES.mkdir(exist_ok=True)
    faults: dict[str, Any] = {}

    def look(name: str) -> None:
        page.screenshot(path=PICTURES / f"stepper-{name}-{scheme}-{width}x{height}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        result = axe.run(page)
        faults.update({f"{name}: {fault['id']}": fault["nodes"] for fault in result.response["violations"]})
        assert result.response["passes"]

    page = show(one_two_one(), width, height, color_scheme=scheme, reduced_motion="reduce")
    look("start")
    page.get_by_role("button", name="Backward pass").click()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    look("step")
    page.locator("#mode-nudge").click()
    look("nudge")
    page.locator("#mode-descend").click()
    for _ in range(5):
        page.locator("#one-step").click()
    look("descend")
    page.locator("#mode-predict").click()
    look("question")
    page.locator("#answer").fill("1")
    page.locator("#answer").press("Enter")
    look("answer")
    page = show(shared(), width, height, color_scheme=scheme, reduced_motion="reduce")
    page.get_by_role("button", name="depth first").click()
    page.keyboard.press("Escape")
    page.locator("#slider").fill("10")
    page.locator("#values").get_by_role("button", name="u", exact=True).click()
    for details in page.locator("summary").all():
        details.click()
    look("wrong")
    page.locator("#presenter").click()
    look("presenter")
    assert faults == {}
