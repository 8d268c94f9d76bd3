"""A poll for a date, on a phone: opened without JavaScript, voted in by keyboard alone, settled by one press."""

from datetime import timedelta

import pytest

from shared import clock
from tests.browser.test_signing_in import is_for_everybody, tab_to
from tests.browser.town import PHONE, Opener, Town

NAMES = {"pl": ("Narada o placu", "Barbara Ankietowa"), "en": ("Talk about the square", "Barbara Voter")}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_meeting_is_called_by_a_poll(opened: Opener, town: Town, language: str) -> None:
    title, guest = NAMES[language]
    page = opened(width=PHONE, language=language, javascript=False, by="coordinator")
    page.goto("/calendar/meetings")
    page.click("main a[href='/calendar/meetings/polls/new']")
    page.fill("#title", title)
    page.select_option("#organisation_id", town.ids["ours"])
    page.click("details:has(#guests) > summary")
    page.fill("#guests", guest)
    page.fill("#first", (clock.now().date() + timedelta(days=40)).isoformat())
    page.fill("#last", (clock.now().date() + timedelta(days=54)).isoformat())
    page.click("button[value=find]")
    assert page.locator("input[name=dates]:checked").count() >= 3
    page.click("button[value=save]")
    poll = page.url
    assert page.locator("h1").inner_text() == title
    page.click("section[aria-labelledby=links] button.primary")
    link = page.locator("#link-1").input_value()

    voter = opened(width=PHONE, language=language)
    voter.goto(link)
    assert guest in voter.locator("main").inner_text()
    is_for_everybody(voter)
    box = voter.locator("form.votes .choice").first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    tab_to(voter, "form.votes fieldset:nth-of-type(1) input[value=yes]")
    voter.keyboard.press("Space")
    tab_to(voter, "form.votes button")
    with voter.expect_navigation():
        voter.keyboard.press("Enter")
    assert voter.locator("form.votes fieldset").first.locator("input[value=yes]").is_checked()
    is_for_everybody(voter)

    page.goto(poll)
    page.click("section[aria-labelledby=best] button")
    assert "/calendar/events/" in page.url
    assert title in page.locator("h1").inner_text()
    voter.reload()
    assert voter.locator("form.votes fieldset").count() == 0
