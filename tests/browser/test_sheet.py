"""The exercise sheet in a browser: the solution is behind a click, and in print on a page of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograd.testing.exercise import make_exercise

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_the_solution_is_behind_a_click_and_begins_a_new_page_in_print(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(make_exercise(7).html())
    solution = page.get_by_role("heading", name="Solution")
    assert not solution.is_visible()
    page.get_by_role("checkbox", name="Show the solution").check()
    assert solution.is_visible()
    page.get_by_role("checkbox", name="Show the solution").uncheck()
    page.emulate_media(media="print")
    assert solution.is_visible()
    assert page.get_by_role("table").is_visible()
    assert not page.get_by_text("Show the solution").is_visible()
    pages = len(re.findall(rb"/Type /Page\b", page.pdf()))
    page.add_style_tag(content="section { display: none !important }")
    assert pages > len(re.findall(rb"/Type /Page\b", page.pdf())) == 1
    page.close()
