"""Numbers that are changed on the page, and its modes: nudge, predict, descend. By mouse and by keyboard."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest

import autograd
import nn
from autograd import Graph, Op, Value
from autograd.formula import name_values
from tests.helpers.graphs import diamond, one_two_one, shared
from tests.helpers.page import Show, assert_right, boxes, number, table, until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Locator, Page


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=f"{name}, value", exact=True)


def one_one_one() -> Value:
    return nn.half_squared_error(nn.one_one_one()([Value(0.5, "x")]), Value(1.0, "t"))


def network() -> Value:
    """A 2-3-1 network's squared error, drawn too wide to be read whole at 1366 pixels."""
    y: Value = nn.MLP(2, [3, 1])([Value(1.0, "x1"), Value(-0.5, "x2")])
    return (y - Value(0.5, "t")) ** 2


def in_view(page: Page, *selectors: str) -> bool:
    """Whether all of these lie within the picture before five seconds are over: it scrolls there."""
    for _ in range(50):
        if inside_now(page, selectors):
            return True
        page.wait_for_timeout(100)
    return False


def inside_now(page: Page, selectors: Sequence[str]) -> bool:
    picture = page.locator("#canvas").bounding_box()
    assert picture is not None
    inside = True
    for selector in selectors:
        for one in page.locator(selector).all():
            box = one.bounding_box()
            assert box is not None
            inside &= picture["x"] <= box["x"] and box["x"] + box["width"] <= picture["x"] + picture["width"]
            inside &= picture["y"] <= box["y"] and box["y"] + box["height"] <= picture["y"] + picture["height"]
    return inside


def leaf(root: Value, name: str) -> Value:
    return next(value for value in Graph(root).leaves if value.label == name)


def nodes(page: Page) -> dict[str, tuple[str, str]]:
    """What the boxes show, by name."""
    names = page.locator(".node .title").evaluate_all("all => all.map(one => one.firstChild.textContent)")
    return dict(zip(names, [(first, second) for first, second in boxes(page)], strict=True))


# ---- Live


@pytest.mark.parametrize("how", ["typed", "arrow keys", "slider by mouse", "slider by keys"])
def test_a_changed_number_changes_everything_at_once(how: str, show: Show) -> None:
    root = one_two_one()
    page = show(root)
    page.keyboard.press("End")
    slider = page.get_by_role("slider", name="w1, slider")
    match how:
        case "typed":
            field(page, "w1").fill("−1.25")
        case "arrow keys":
            field(page, "w1").focus()
            for _ in range(3):
                page.keyboard.press("ArrowDown")
        case "slider by mouse":
            box = slider.bounding_box()
            assert box is not None
            page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=5)
            page.mouse.up()
        case "slider by keys":
            slider.focus()
            for _ in range(4):
                page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(50)
    changed = number(page.evaluate("String(graph.leaves.find((leaf) => leaf.name === 'w1').data)"))
    assert changed != 0.5
    leaf(root, "w1").data = changed
    Graph(root).forward()
    for value in Graph(root).leaves:
        value.grad = 0.0
    assert_right(page, root)


def test_sentences_local_derivatives_and_wrong_orders_follow(show: Show) -> None:
    page = show(diamond())
    field(page, "a").fill("3")
    page.locator("#turn").click()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.locator(".chain").inner_text().split() == (
        ["a.grad", "+=", "c.grad", "·", "∂c/∂a", "=", "9", "·", "1", "=", "9"]
    )
    assert page.locator(".edge text").all_text_contents() == ["3", "3", "1", "1", "12", "9"]
    page.locator("#order-depth").click()
    page.keyboard.press("End")
    step = page.locator("#step").inner_text()
    assert "a.grad came out as 81; right is 135" in step  # d = a⁴ + a³: 4·27 + 3·9
    assert table(page)["a"][2:4] == ["81 ✗", "135"]


def test_what_is_no_number_changes_nothing_and_is_marked(show: Show) -> None:
    page = show(diamond())
    field(page, "a").fill("3x")
    assert field(page, "a").get_attribute("aria-invalid") == "true"
    assert table(page)["a"][1] == "2"
    field(page, "a").fill("0.5 · (−4)")
    assert field(page, "a").get_attribute("aria-invalid") == "false"
    page.wait_for_timeout(50)
    assert table(page)["a"][1] == "−2"
    field(page, "a").fill("−inf")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("End")
    assert table(page)["a"][1:3] == ["−∞", "nan"]
    page.get_by_role("button", name="Reset").click()
    assert table(page)["a"][1:3] == ["2", "44"]


@pytest.mark.parametrize(
    ("at", "place", "name", "was"),
    [("", "number", "a", "2"), ("#mode=nudge", "delta", "Δ", "0.1"), ("#mode=descend", "eta", "η", "0.1")],
)
@pytest.mark.parametrize(("typed", "told"), [("abc", "“abc” is no number"), (" ", "The field is empty")])
def test_what_is_no_number_is_said_for_eye_and_ear(
    at: str, place: str, name: str, was: str, typed: str, told: str, show: Show
) -> None:
    page = show(diamond(), at=at)
    box = field(page, "a") if place == "number" else page.locator(f"#{place}")
    problem = page.locator(f"#{place}-problem")
    box.focus()
    box.fill(typed)
    assert box.get_attribute("aria-invalid") == "true"
    assert box.get_attribute("aria-describedby") == f"{place}-problem"
    expected = f"{told}: {name} is still {was}. Type a number, such as 0.5, −2 or 1/3."
    problem.get_by_text(expected).or_(problem.filter(has_text=expected)).first.wait_for()
    assert page.locator("[aria-live=polite]").inner_text() == expected
    page.keyboard.press("Tab")
    assert box.input_value() == was
    assert problem.inner_text() == expected
    box.fill("1")
    assert problem.is_hidden()
    if place != "number":
        box.fill("inf")
        page.keyboard.press("Enter")
        assert problem.inner_text().startswith(f"“inf” is no finite number: {name} is still 1.")


def test_an_own_operation_that_can_be_written_down_is_live(show: Show) -> None:
    cube = Op("cube", "x³", lambda x: x * x * x, partials=(lambda out, x: 3 * x * x,))
    x = Value(2.0, "x")
    root = cube(x) + x
    page = show(root)
    field(page, "x").fill("-1.5")
    page.keyboard.press("Tab")
    page.locator("#end").click()
    x.data = -1.5
    Graph(root).forward()
    assert_right(page, root)


def test_a_weighted_sum_of_any_length_is_live(show: Show) -> None:
    x, w = [[Value(i + start, f"{name}{i}") for i in range(4)] for name, start in (("x", 0.5), ("w", -2.0))]
    root = autograd.dot(x, w, Value(1.0, "b")).tanh()
    page = show(root)
    field(page, "w3").fill("-1")
    page.locator("h1").click()
    page.keyboard.press("End")
    w[3].data = -1.0
    Graph(root).forward()
    assert_right(page, root)


def test_an_own_operation_that_cannot_be_written_down_stands_still_and_says_why(show: Show) -> None:
    rounded = Op("rounded", "r", lambda x: float(round(x)), partials=(lambda out, x: 1.0,))
    counts = iter(range(100))
    strange = Op("strange", "s", lambda x: x + next(counts), partials=(lambda out, x: 1.0,))
    for op, reason in ((rounded, "rounded is computed by a function of Python"), (strange, "gives other numbers")):
        page = show(op(Value(2.0, "x")) * 2)
        assert reason in page.locator("#still").inner_text()
        assert field(page, "x").is_disabled()
        assert page.get_by_role("button", name="Nudge").is_disabled()
        page.keyboard.press("End")
        assert number(table(page)["x"][2]) == 2


# ---- Nudge


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_nudge_shows_what_really_moved_beside_what_the_gradient_predicts(how: str, show: Show) -> None:
    page = show(diamond())
    if how == "mouse":
        page.get_by_role("button", name="Nudge").click()
        page.locator("#delta").fill("0.5")
        page.locator("#delta-half").click()
        page.locator("#delta-half").click()
    else:
        page.get_by_role("button", name="Nudge").press("Enter")
        page.locator("#delta").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("0.5")
        page.locator("h1").click()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(50)
    real = 2.125**4 + 2.125**3 - 24
    assert nodes(page)["d"] == (f"+{real:.4g}", "+5.5")
    assert nodes(page)["a"] == ("+0.125", "+5.5")
    assert nodes(page)["b"] == ("+0.5156", "+5.156")
    words = page.locator("#nudge-words").inner_text()
    assert "The gradient predicts a.grad · Δ = 44 · 0.125 = +5.5." in words
    label = page.locator("#nudge-plot svg").get_attribute("aria-label")
    assert label == "d over a, with its tangent at 2, whose slope is a.grad, 44."


def test_as_delta_shrinks_the_two_meet(show: Show) -> None:
    page = show(diamond(), at="#mode=nudge&delta=1")
    errors = []
    for _ in range(10):
        (real, predicted) = (number(text) for text in nodes(page)["d"])
        errors.append(abs(real - predicted) / abs(real))
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(40)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.004
    points = page.locator("#nudge-plot circle").evaluate_all("all => all.map(one => one.getAttribute('cy'))")
    assert abs(float(points[1]) - float(points[2])) < 0.5  # pixels


def test_any_leaf_can_be_nudged_by_list_or_by_its_box(show: Show) -> None:
    page = show(one_two_one(), at="#mode=nudge")
    page.locator("#nudge-leaf").select_option("w3")
    page.wait_for_timeout(50)
    assert "w3 goes from 0.3 to 0.4" in page.locator("#nudge-words").inner_text()
    page.locator(".node", has_text="w2").first.click()
    assert "w2 goes from −0.5 to −0.4" in page.locator("#nudge-words").inner_text()
    assert nodes(page)["h1"] == ("0", "0")


def test_a_nudge_of_nothing_says_so(show: Show) -> None:
    page = show(diamond(), at="#mode=nudge&delta=0")
    words = page.locator("#nudge-words").inner_text()
    assert words.startswith("Δ is 0: nothing moves")
    assert "straight" not in words


def test_a_straight_curve_is_called_straight(show: Show) -> None:
    page = show(Value(2.0, "x") * 3, at="#mode=nudge&delta=0.1")
    assert "here the curve is straight" in page.locator("#nudge-words").inner_text()


def test_very_small_and_large_nudges_are_told_in_digits_that_say_something(show: Show) -> None:
    page = show(diamond(), at="#mode=nudge&delta=1e-12")
    words = page.locator("#nudge-words")
    assert "a goes from 2 to 2 + 1e−12." in words.inner_text()
    assert "from 24 to 24 + 4.4e−11." in words.inner_text()
    assert "that is rounding" in words.inner_text()
    labels = page.locator("#nudge-plot text").all_text_contents()
    assert {"−2.5e−12", "+2.5e−12", "a − 2", "−1.1e−10", "+1.1e−10", "d − 24"} == set(labels)
    page.locator("#delta").fill("1e-20")
    page.wait_for_timeout(50)
    assert "Δ is too small" in words.inner_text()
    for delta, told in (("1e6", "100 %"), ("-1.9", "2.5 times"), ("1e-7", "less than 0.01 %"), ("0.25", "16 %")):
        page.locator("#delta").fill(delta)
        page.wait_for_timeout(50)
        assert f", {told} of the move".replace("times of", "times") in words.inner_text()


def test_a_gradient_of_0_is_not_said_to_be_off_by_a_share_of_the_move(show: Show) -> None:
    page = show((Value(5.0, "w") - 5) ** 2, at="#mode=nudge&delta=0.5")
    words = page.locator("#nudge-words").inner_text()
    assert "The gradient is 0, so no move is predicted. Make Δ smaller: the move shrinks faster than Δ." in words
    assert "of the move" not in words


# ---- Predict


def answer(page: Page, text: str, how: str) -> None:
    page.locator("#answer").fill(text)
    page.get_by_role("button", name="Check").click() if how == "mouse" else page.keyboard.press("Enter")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_every_step_is_asked_before_it_is_shown_and_the_score_counts(how: str, show: Show) -> None:
    page = show(diamond())
    predict = page.get_by_role("button", name="Predict")
    predict.click() if how == "mouse" else predict.press("Enter")
    asked = []
    answers = ["6", "1*4", "4", "9 8", "4", "-20 20", "20.1", "44"]  # 9 and 8 are wrong, 20.1 within 1 %
    while page.locator("#ask").is_visible():
        asked.append(page.locator("#question").inner_text())
        for typed in answers[len(asked) - 1].split():
            answer(page, typed, how)
        if page.locator("#ask").is_hidden():
            page.locator("#next").click() if how == "mouse" else page.keyboard.press("Enter")
    assert [re.sub(r"^That was .*?\. ", "", text) for text in asked] == [
        "How much does d contribute to b.grad along this edge?",
        "How much does d contribute to c.grad along this edge?",
        "How much does c contribute to b.grad along this edge?",
        "What is b.grad now?",
        "How much does c contribute to a.grad along this edge?",
        "How much does b contribute to a.grad along this edge?",
        "How much does b contribute to a.grad along this edge?",
        "What is a.grad now?",
    ]
    assert page.locator("#position").inner_text() == "Done"
    assert page.locator("#score").inner_text() == "Score: 7 of 8 right, 1 of them at the second try"
    assert page.locator("#verdict").inner_text() == "Look again at b."


def test_nothing_is_told_before_its_time(show: Show) -> None:
    """In no order, by no click: the numbers still to come are nowhere on the page."""
    for order in ("topological", "depth"):
        page = show(diamond(), at=f"#mode=predict&order={order}&step=99")
        assert page.locator("#position").inner_text() == "Backward 1 of 6"
        for name in "abcd":
            page.locator("#values").get_by_role("button", name=name, exact=True).click()
            shown = page.locator("body").inner_text()
            assert not re.search(r"\b(44|28|20|10)\b", shown), (order, name)
        page.locator("#reveal").click()
        assert "It is d.grad · ∂d/∂b = 1 · 6 = 6." in page.locator("#verdict").inner_text()
    page = show(diamond(), at="#order=depth&step=7")
    assert not re.search(r"\b(44|10)\b", page.locator("body").inner_text())
    assert page.get_by_text("Right answer").count() == 1
    assert page.get_by_text("Right answer").is_hidden()
    page.keyboard.press("End")
    assert page.get_by_text("Right answer").is_visible()


@pytest.mark.parametrize(
    ("typed", "value", "right"),
    [
        ("0.0099", 0.01, True), ("0.00989", 0.01, False), ("0", 0.0, True), ("0.001", 0.0, False),
        ("inf", math.inf, True), ("-∞", -math.inf, True), ("1e308", math.inf, False),
        ("nan", math.nan, True), ("0", math.nan, False),
        ("2 · 3 + 4", 10.0, True), ("−2·(−3)", 6.0, True), ("1/3", 1 / 3, True), ("1,5", 1.5, True),
        ("1e-3", 0.001, True),
    ],
)  # fmt: skip
def test_an_answer_is_right_within_one_percent(typed: str, value: float, right: bool, show: Show) -> None:
    x = Value(1.0, "x")
    page = show(x * value, at="#mode=predict")
    answer(page, typed, "keyboard")
    assert page.locator("#verdict").inner_text().startswith("✓ Right" if right else "✗ Not")


def test_what_gives_the_answer_away_is_not_in_the_page_while_it_asks(show: Show) -> None:
    x = Value(3.0, "x")
    page = show(x * 2.0, at="#mode=predict")
    assert page.locator("#step-body").text_content() == ""
    answer(page, "2", "keyboard")
    assert "x is used only here, so this is all of it." in str(page.locator("#step-body").text_content())


def test_what_was_said_of_other_numbers_is_not_left_for_the_ear(show: Show) -> None:
    page = show(diamond(), at="#mode=nudge")
    page.locator("#delta-half").click()
    live = page.locator("[aria-live=polite]")
    assert "a.grad times Δ is" in live.inner_text()
    field(page, "a").fill("3")
    assert "times Δ" not in live.inner_text()


@pytest.mark.parametrize(("typed", "told"), [("six", "“six” is no number."), ("", "The field is empty.")])
def test_what_is_no_number_is_no_answer(typed: str, told: str, show: Show) -> None:
    page = show(diamond(), at="#mode=predict")
    answer(page, typed, "keyboard")
    assert page.locator("#ask").is_visible()
    assert f"{told} Type a number" in page.locator("#verdict").inner_text()
    assert f"{told} Type a number" in page.locator("[aria-live=polite]").inner_text()
    assert page.locator("#score").inner_text() == ""
    assert page.evaluate("now.again.size") == 0, "it is no try"


@pytest.mark.parametrize(
    ("step", "typed", "hint"),
    [
        (4, "3", "It is b.grad · ∂b/∂(first a)"), (4, "-20", "Look at the sign."),
        (4, "2", "That is ∂b/∂(first a) alone."), (4, "10", "That is b.grad alone."),
    ],
)  # fmt: skip
def test_a_wrong_answer_has_a_hint_and_a_second_try(step: int, typed: str, hint: str, show: Show) -> None:
    page = show(diamond(), at="#mode=predict")
    for _ in range(step):
        page.locator("#reveal").click()
        if page.locator("#ask").is_visible():  # a sum
            page.locator("#reveal").click()
        page.locator("#next").click()
    assert "Within 1 % is right." in page.locator("#hint").inner_text()
    answer(page, typed, "keyboard")
    verdict = page.locator("#verdict").inner_text()
    assert verdict.startswith(f"✗ Not {typed.replace('-', '−')}. {hint}")
    assert verdict.endswith("Try once more.")
    assert verdict in page.locator("[aria-live=polite]").inner_text()
    page.keyboard.type("20")  # what was typed before is selected, and goes
    page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text().startswith("✓ Right: b.grad · ∂b/∂(first a) = 10 · 2 = 20")


def test_two_wrong_sums_are_told_what_is_missing(show: Show) -> None:
    page = show(diamond(), at="#mode=predict")
    for typed in ("6", "4", "4"):
        answer(page, typed, "keyboard")
        page.locator("#next").click() if page.locator("#ask").is_hidden() else None
    answer(page, "4", "keyboard")
    assert "That is the last contribution alone: add what was there before it." in page.locator("#verdict").inner_text()
    answer(page, "11", "keyboard")
    assert "It is 6 + 4 = 10." in page.locator("#verdict").inner_text()


# ---- Descend


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_descending_is_what_python_does(how: str, show: Show) -> None:
    root = one_two_one()
    page = show(root, at="#mode=descend&eta=0.5")
    parameters = [value for value in Graph(root).leaves if value.label.startswith("w")]
    losses = [root.data]
    before = page.locator("#descent-words").inner_text()
    for _ in range(20):
        for value in Graph(root).leaves:
            value.grad = 0.0
        root.backward()
        for value in parameters:
            value.data -= 0.5 * value.grad
        losses.append(Graph(root).forward())
        page.locator("#one-step").click() if how == "mouse" else page.keyboard.press("ArrowRight")
    page.wait_for_timeout(50)
    for value in Graph(root).leaves:
        value.grad = 0.0
    assert_right(page, root)
    assert page.evaluate("now.losses") == pytest.approx(losses, rel=1e-12)
    assert "only names that begin with w, θ or b are ticked" in before
    assert "After 20 steps L is" in page.locator("#descent-words").inner_text()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(50)
    assert table(page)["w1"][1] == "0.5"
    assert page.evaluate("now.losses") == []


def test_the_axis_begins_at_no_step_and_a_negative_rate_stands_in_parentheses(show: Show) -> None:
    page = show(diamond(), at="#mode=descend&eta=-1")
    assert page.locator("#descent-plot text").all_text_contents() == ["0", "10", "12", "36", "steps", "d"]
    assert "a −= η · a.grad" in page.locator("#descent-words").inner_text()
    page.locator("#one-step").click()
    page.wait_for_timeout(50)
    assert page.locator("#moves").inner_text() == "a: 2 − (−1) · 44 = 46"
    assert "with η below 0 the steps go uphill" in page.locator("#descent-words").inner_text()
    page.locator("#reset").click()
    page.locator("#eta").fill("0")
    page.locator("#run").click()
    page.get_by_role("button", name="Run").wait_for()  # again
    assert page.evaluate("now.losses") == [24, 24]
    assert "With η = 0 nothing moves." in page.locator("#descent-words").inner_text()
    assert page.locator("#restore").is_hidden()


def test_a_descent_runs_and_pauses_and_stops_where_numbers_end(show: Show) -> None:
    page = show(diamond(), at="#mode=descend&eta=0.001")
    page.get_by_role("button", name="Run").click()
    until(page, "now.losses.length > 5")
    page.get_by_role("button", name="Pause").click()
    losses: list[float] = page.evaluate("now.losses")
    assert losses == sorted(losses, reverse=True)
    page.locator("h1").click()
    page.keyboard.press(" ")
    until(page, f"now.losses.length > {len(losses) + 2}")
    page.keyboard.press(" ")
    page.locator("#reset").click()
    page.locator("#eta").fill("3")
    page.locator("#run").click()
    page.get_by_role("button", name="Run").wait_for()  # d is inf or nan by now
    page.wait_for_timeout(50)
    assert "∞" in table(page)["d"][1] or table(page)["d"][1] == "nan"


def test_what_is_not_ticked_does_not_move(show: Show) -> None:
    page = show(one_two_one(), at="#mode=descend&eta=1")
    moves = page.get_by_role("checkbox", name=re.compile("moves when descending"))
    assert [box.is_checked() for box in moves.all()] == [False, True, True, True, True, False]  # t, w1 … w4, x
    page.get_by_role("checkbox", name="w1 moves").uncheck()
    page.get_by_role("checkbox", name="x moves").check()
    page.locator("#one-step").click()
    page.wait_for_timeout(50)
    assert table(page)["w1"][1] == "0.5"
    assert table(page)["x"][1] != "1"


# ---- The lesson on order


def test_where_an_order_happens_to_be_right_a_diamond_is_offered_and_goes_wrong(show: Show) -> None:
    page = show(one_two_one(), at="#order=depth")
    page.keyboard.press("End")
    assert "no computed value is used twice" in page.locator("#step").inner_text()
    page.get_by_role("button", name="Try it on a diamond").click()
    assert page.locator("h1").inner_text() == "Backpropagation from d"
    page.keyboard.press("End")
    text = page.locator("#step").inner_text()
    assert "Done, and wrong" in text
    assert "a.grad came out as 28; right is 44" in text
    page.get_by_role("button", name="Back to L").click()
    assert page.locator("h1").inner_text() == "Backpropagation from L"
    assert table(page)["w1"][0] == "given"


def test_where_a_wrong_order_shows_itself_no_other_graph_is_needed(show: Show) -> None:
    page = show(shared(), at="#order=depth&step=99")
    assert page.locator("#lesson").is_hidden()
    assert "Done, and wrong" in page.locator("#step").inner_text()


def test_after_choosing_an_order_the_arrows_step(show: Show) -> None:
    page = show(shared())
    page.get_by_role("button", name="breadth first").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert page.locator("#position").inner_text() == "Forward 1 of 3"
    assert page.get_by_role("button", name="breadth first").get_attribute("aria-pressed") == "true"


# ---- Zoom and pan


def size(page: Page) -> float:
    return float(page.locator("#canvas svg").get_attribute("width") or 0)


def test_zoom_and_pan_by_wheel_drag_pinch_and_keys(show: Show) -> None:
    page = show(one_two_one(), has_touch=True)
    whole = size(page)
    page.mouse.move(400, 300)
    page.mouse.wheel(0, -800)
    until(page, f"svg.getAttribute('width') > {whole * 2.5}")
    page.wait_for_timeout(50)
    before: list[float] = page.evaluate("[byId('canvas').scrollLeft, byId('canvas').scrollTop]")
    page.mouse.down()
    page.mouse.move(350, 260, steps=4)
    page.mouse.up()
    after: list[float] = page.evaluate("[byId('canvas').scrollLeft, byId('canvas').scrollTop]")
    assert [b - a for a, b in zip(before, after, strict=True)] == pytest.approx([50, 40], abs=3)
    assert page.locator("#derivation").is_hidden()  # a drag is no click
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(50)
    assert page.evaluate("byId('canvas').scrollLeft") == pytest.approx(after[0] + 60, abs=3)
    page.keyboard.press("0")
    assert size(page) < whole * 1.1
    page.keyboard.press("+")
    grown = size(page)
    page.keyboard.press("-")
    assert size(page) == pytest.approx(grown * 0.8)
    for name, factor in (("Larger", 1.25), ("Smaller", 0.8)):
        now = size(page)
        page.get_by_role("button", name=name).click()
        assert size(page) == pytest.approx(now * factor)
    now = size(page)
    client = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 50), ("touchMove", 60), ("touchMove", 100), ("touchEnd", 0)):
        points = [{"x": 300 - apart, "y": 300}, {"x": 300 + apart, "y": 300}] if apart else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert size(page) == pytest.approx(now * 2, rel=0.01)


def test_presenter_size_makes_the_numbers_on_edges_readable_from_afar(show: Show) -> None:
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    root = nn.half_squared_error(nn.MLP(2, [3, 2, 1])(x), Value(1.0, "t"))
    page = show(root, 1920, 1080)
    page.get_by_role("button", name="Presenter size").click()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    heights: list[float] = page.locator(".edge text").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
    )
    assert min(heights) >= 18
    assert in_view(page, ".edge.now path")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_edge_that_is_asked_about_stays_in_view_when_the_picture_becomes_lower(motion: Any, show: Show) -> None:
    page = show(network(), 1366, 900, reduced_motion=motion)
    page.locator("#mode-descend").click()
    page.locator("#one-step").click()
    page.locator("#mode-predict").click()
    asked = (".edge.now path", ".edge.now text", ".node.now .box")
    assert in_view(page, *asked)
    page.get_by_text("Keys", exact=True).click()
    assert in_view(page, *asked)


@pytest.mark.parametrize(
    ("root", "width", "height", "least"),
    [(one_two_one, 1366, 900, 8.39), (network, 1920, 1080, 8.39), (one_one_one, 1366, 900, 7.9)],
)
def test_the_first_view_has_the_whole_graph_where_it_can_be_read_so(
    root: Callable[[], Value], width: int, height: int, least: float, show: Show
) -> None:
    page = show(root(), width, height)
    assert in_view(page, ".node .box", ".node .ring")
    assert page.locator(".edge text").first.evaluate("one => 12 * one.getScreenCTM().a") > least  # pixels


@pytest.mark.parametrize("delta", ["0.1", "-0.1", "1e-4", "-2.5e-12"])
def test_the_words_in_a_box_do_not_touch_its_numbers_when_nudging(delta: str, show: Show) -> None:
    page = show(one_two_one(), 1366, 900, at=f"#mode=nudge&delta={delta}")
    gaps: list[float] = page.locator(".node").evaluate_all(
        """all => all.flatMap((box) => {
            const [words, numbers] = [".what", ".amount"].map((name) => [...box.querySelectorAll(name)]);
            return words.map((word, i) => numbers[i].getBBox().x - word.getBBox().x - word.getBBox().width);
        })"""
    )
    assert len(gaps) == 2 * page.locator(".node").count()
    assert min(gaps) >= 3


@pytest.mark.parametrize(("width", "height"), [(1366, 900), (1366, 768), (1280, 720)])
def test_presenter_size_leaves_the_picture_its_room_and_can_be_linked_to(width: int, height: int, show: Show) -> None:
    page = show(one_two_one(), width, height, at="#step=20")
    page.locator("#presenter").click()
    until(page, "location.hash.includes('presenter=1')")
    again = show(one_two_one(), width, height, at=page.evaluate("location.hash"))
    assert again.locator("#presenter").get_attribute("aria-pressed") == "true"
    assert again.locator("#position").inner_text() == page.locator("#position").inner_text()
    places = ("picture", "canvas", "options", "zoom", "modes")
    left, top, right, bottom = (
        {place: again.locator(f"#{place}").evaluate(f"one => one.getBoundingClientRect().{side}") for place in places}
        for side in ("left", "top", "right", "bottom")
    )
    assert bottom["picture"] - top["picture"] >= 0.63 * height
    assert right["canvas"] <= left["zoom"]  # on top of no number
    assert right["options"] <= left["modes"]
    assert bottom["options"] <= top["picture"]
    assert again.locator("#orders").is_hidden()
    assert in_view(again, ".edge.now path")
    again.locator("#presenter").click()
    until(again, "!location.hash.includes('presenter')")
    assert again.locator("#orders").is_visible()


@pytest.mark.parametrize("order", ["topological", "depth"])
def test_a_gradient_that_is_not_known_yet_leads_to_the_step_where_it_is(order: str, show: Show) -> None:
    page = show(shared(), at=f"#order={order}")
    for name in ("a", "u", "L"):
        page.keyboard.press("Home")
        page.locator("#values").get_by_role("button", name=name, exact=True).click()
        go = page.get_by_role("button", name="Go to where it is complete")
        go.click()
        assert go.is_hidden()
        arrived = table(page)[name][-1]
        assert arrived == "" if name == "L" else arrived.split(" of ")[0] == arrived.split(" of ")[1]
        page.keyboard.press("ArrowLeft")
        assert go.is_visible()
    page.locator("#mode-predict").click()
    assert go.is_hidden()


def test_names_do_not_break_and_the_tables_head_stays(show: Show) -> None:
    page = show(one_two_one(), 1440, 720)
    page.keyboard.press("End")
    values = page.locator("#values")
    values.evaluate("one => one.scrollTo(0, 200)")
    head = page.locator("#values thead th").first.bounding_box()
    frame = values.bounding_box()
    assert head is not None
    assert frame is not None
    assert 0 <= head["y"] - frame["y"] < 5
    lines = page.locator("#values td.made").evaluate_all(
        """all => all.map((one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            return range.getClientRects().length;
        })"""
    )
    assert set(lines) == {1}


HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_labels_are_text_in_every_new_place(show: Show) -> None:
    leaf = Value(2, HOSTILE)
    root = leaf * leaf + 3 * leaf
    root.label = f"{HOSTILE}<script>alert(2)</script>"
    page = show(root)
    for mode in ("nudge", "predict", "descend"):
        page.locator(f"#mode-{mode}").click()
        if mode == "descend":
            page.locator("#one-step").click()
        page.wait_for_timeout(50)
        assert HOSTILE in page.locator(f"#{mode}, #leaves").first.inner_text()
    assert page.locator("#leaves .leaf-name").inner_text() == HOSTILE
    assert page.get_by_role("slider", name=f"{HOSTILE}, slider").count() == 1
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


def test_screen_readers_hear_of_a_change(show: Show) -> None:
    page = show(diamond(), at="#step=99")
    field(page, "a").fill("3")
    page.wait_for_timeout(600)
    assert page.locator("[aria-live=polite]").inner_text() == "a is 3, d is 108, a.grad is 135."
    assert name_values(Graph(diamond()))  # the names are those of the engine
