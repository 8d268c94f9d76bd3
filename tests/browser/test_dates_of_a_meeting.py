"""A meeting that repeats, by keyboard alone on a phone: who came is ticked by name, each date has its own page."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_after_meeting import tab_far
from tests.browser.test_minutes import draw
from tests.browser.test_signing_in import is_for_everybody
from tests.browser.town import PHONE, Opener, Town

WORDS = {
    "pl": ("Kto był z: Klub Kolejny pl", "Poprzednio", "Następnym razem", "Wszystkie terminy"),
    "en": ("Who was here from: Klub Kolejny en", "Last time", "Next time", "All dates"),
}


def pressed(page: Page, selector: str) -> None:
    """Go to a link or a button by Tab alone, press Enter, and wait for the page that follows."""
    tab_far(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_people_are_ticked_by_name_and_dates_lead_to_each_other(opened: Opener, town: Town, language: str) -> None:
    legend, last_time, next_time, all_dates = WORDS[language]
    club = town.stack.organisation(f"Klub Kolejny {language}")
    here, _ = (
        town.stack.person(name, club, f"{name[:4].lower()}.{language}@example.org")
        for name in (f"Anna Obecna {language}", f"Bolesław Nieobecny {language}")
    )
    series = town.stack.plan(
        f"Liderzy co tydzień {language}", None, club, days=-10, kind="meeting", rrule="FREQ=WEEKLY;COUNT=4"
    )["id"]
    first = date.fromisoformat(town.stack.get(f"/calendar/api/v1/meetings/{series}")["held_on"]) - timedelta(days=14)
    days = [(first + timedelta(days=7 * number)).isoformat() for number in range(4)]
    path = f"/calendar/meetings/{series}/dates"
    page = opened(width=PHONE, language=language, by="administrator")

    # who came to the second date is ticked: the number follows, and others see names
    page.goto(f"/calendar/events/{series}/minutes?held_on={days[1]}")
    people = page.get_by_role("group", name=legend)
    expect(people.get_by_role("checkbox")).to_have_count(2)
    is_for_everybody(page)
    draw(page, f"people-to-tick-{language}")
    for label in people.locator("label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44, label.inner_text()
    tab_far(page, f"input[value='{here}']")
    page.keyboard.press("Space")
    pressed(page, "form[action*='/attendance'] button")
    expect(page.get_by_role("checkbox", name=f"Anna Obecna {language}")).to_be_checked()
    expect(page.get_by_role("checkbox", name=f"Bolesław Nieobecny {language}")).not_to_be_checked()
    expect(page.locator(f"#came_{club}")).to_have_value("1")
    draw(page, f"people-ticked-{language}")

    # the page of that date shows it, and leads to the dates around it, which show nothing of it
    page.goto(f"/calendar/events/{series}")
    pressed(page, f"section[aria-labelledby=meeting] a[href='{path}/{days[2]}']")
    is_for_everybody(page)
    draw(page, f"next-date-{language}")
    expect(page.locator("main")).not_to_contain_text("Anna Obecna")
    expect(page.locator(f"nav a[href='{path}/{days[1]}']")).to_contain_text(last_time)
    pressed(page, f"nav a[href='{path}/{days[1]}']")
    expect(page.locator("section[aria-labelledby=meeting]")).to_contain_text(f"Anna Obecna {language}")
    expect(page.locator("main")).not_to_contain_text("Bolesław")
    expect(page.locator(f"nav a[href='{path}/{days[2]}']")).to_contain_text(next_time)
    is_for_everybody(page)
    draw(page, f"last-date-{language}")
    pressed(page, f"nav a[href='/calendar/events/{series}']:has-text('{all_dates}')")
    assert page.url.endswith(f"/calendar/events/{series}")

    # whoever is ticked off again is named no more; how many came stays as it was typed
    page.goto(f"/calendar/events/{series}/minutes?held_on={days[1]}")
    expect(page.locator(f"input[value='{here}']")).to_be_checked()
    tab_far(page, f"input[value='{here}']")
    page.keyboard.press("Space")
    pressed(page, "form[action*='/attendance'] button")
    expect(page.locator(f"input[value='{here}']")).not_to_be_checked()
    [came] = town.stack.get(f"/calendar/api/v1/meetings/{series}", held_on=days[1])["attendance"]
    assert (came["organisation_id"], came["people"], came["person_ids"]) == (club, 1, [])
