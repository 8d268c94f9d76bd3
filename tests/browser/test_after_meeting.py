"""After a meeting, on a phone and by keyboard alone: a task is given, done by one press; the minutes are published."""

import pytest

from tests.browser.test_signing_in import is_for_everybody, tab_to
from tests.browser.town import PHONE, Opener, Town

WORDS = {
    "pl": ("Posprzątać plac", "Co ustalono ostatnio", "Nie ma nic do zrobienia"),
    "en": ("Tidy the square", "What was agreed last time", "There is nothing to do"),
}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_was_agreed_is_written_published_and_followed_up(opened: Opener, town: Town, language: str) -> None:
    text, agreed, nothing = WORDS[language]
    hosts = town.stack.organisation(f"Gospodarze {text}")
    first, second = (
        town.stack.plan(f"Narada {number}: {text}", None, hosts, days=20 + 7 * number, kind="meeting")["id"]
        for number in (1, 2)
    )
    page = opened(width=PHONE, language=language, by="administrator")
    page.goto(f"/calendar/events/{first}/minutes")
    is_for_everybody(page)
    tab_far(page, "#task_text")
    page.keyboard.type(text)
    tab_to(page, "#task_owner")
    page.keyboard.press("ArrowDown")
    tab_to(page, "form[action$='/tasks'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert text in page.locator("section[aria-labelledby=give] li").first.inner_text()

    page.goto(f"/calendar/meetings/{first}/minutes")
    assert text in page.locator("article.minutes").inner_text()
    is_for_everybody(page)
    tab_to(page, "#audience")
    tab_to(page, "section[aria-labelledby=publish] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    is_for_everybody(page)

    page.goto(f"/calendar/events/{second}")
    assert agreed in page.locator("main h2").first.inner_text()
    assert text in page.locator("section[aria-labelledby=before]").inner_text()
    is_for_everybody(page)

    page.goto("/calendar/tasks")
    is_for_everybody(page)
    mine = page.locator("main li.card", has_text=text)
    assert mine.count() == 1
    button = mine.locator("button")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    tab_to(page, f"main li.card:has-text('{text}') button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert nothing in page.locator("main").inner_text()

    for path in ("/calendar/rhythm", "/calendar/decisions?q=lawki", f"/calendar/events/{second}"):
        page.goto(path)
        is_for_everybody(page)
    assert page.locator("section[aria-labelledby=before]").count() == 0


def tab_far(page, selector: str) -> None:
    """Press Tab as often as a form with a field for each institution takes."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")
