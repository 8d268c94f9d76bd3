"""What people come to the map for: a hall on Thursday, and whom to call; on a phone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.town import PHONE, Opener, Town
from tests.system.stack import ZONE

MOST_TAPS = 3
THURSDAY = 3


def next_thursday() -> str:
    """Give the next Thursday that is not today."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    return (today + timedelta(days=(THURSDAY - today.weekday()) % 7 or 7)).isoformat()


@pytest.mark.parametrize("javascript", [True, False])
def test_who_can_lend_a_hall_on_thursday_is_answered_in_three_taps_from_home(
    opened: Opener, town: Town, javascript: bool
) -> None:
    page = opened(width=PHONE, javascript=javascript)
    page.goto("/")
    day, taps = next_thursday(), 0
    page.locator("a[href='/map/room']").first.click()
    taps += 1
    is_offered = page.locator(f".views a[href$='on={day}']")
    if not is_offered.count():  # today is Thursday: the next one is a week away
        page.goto(f"/map/room?on={day}")
    else:
        is_offered.click()
    taps += 1
    hall = page.locator(".card", has=page.get_by_role("heading", name="Sala testowa"))
    expect(page.locator("header.title .above")).to_contain_text("Czwartek", ignore_case=True)
    for said in ("Pracownia Testów", "Najwyżej dla 100 osób", "Koszt: nie podano, zapytaj"):
        expect(hall).to_contain_text(said)
    expect(hall.get_by_role("link", name="Zapytaj gospodarza")).to_have_attribute(
        "href", f"/registry/organisations/{town.ids['ours']}#contacts"
    )
    hall.get_by_role("link", name="Sala testowa", exact=True).click()
    taps += 1
    expect(page.get_by_role("heading", level=1, name="Sala testowa")).to_be_visible()
    assert taps <= MOST_TAPS


def test_a_hall_for_some_people_at_an_hour_leads_to_the_plan_filled_in(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, language="en", signed_in=True)
    page.goto("/map/room")
    page.get_by_text("Day, hours, people").click()
    page.fill("#on", next_thursday())
    page.select_option("#begins", "17:00")
    page.select_option("#ends", "19:00")
    page.fill("#people", "80")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("header.title .above")).to_contain_text("17:00–19:00, 80 people")
    page.get_by_role("link", name="Plan an event here: Sala testowa").click()

    expect(page.locator("#venue_id")).to_have_value(town.ids["hall"])
    expect(page.locator("#starts_on")).to_have_value(next_thursday())
    expect(page.locator("#starts_time")).to_have_value("17:00")
    expect(page.locator("#ends_time")).to_have_value("19:00")


def test_a_projector_is_found_with_whose_it_is(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE)
    page.goto("/map/room")
    page.get_by_role("link", name="Rzecz albo pomoc").click()
    page.fill("#lends", "rzutnik test")
    page.get_by_role("button", name="Pokaż", exact=True).click()

    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_contain_text("Rzutnik testowy")
    expect(page.locator(".card")).to_contain_text("Koło Przeglądarek")


def test_the_card_calls_and_writes_as_the_registry_allows(opened: Opener, town: Town) -> None:
    town.stack.post(
        f"/registry/api/v1/organisations/{town.ids['ours']}/contacts",
        {"kind": "phone", "value": "+48 12 345 67 89", "visibility": "public", "purpose": "informacja"},
    )
    town.stack.post(
        f"/registry/api/v1/organisations/{town.ids['ours']}/contacts",
        {"kind": "email", "value": "tajne@example.org", "visibility": "private"},
    )
    page = opened()
    page.goto(f"/map/places/{town.ids['hall']}")

    expect(page.locator("a[href='tel:+48123456789']")).to_be_visible()
    assert "tajne@example.org" not in page.content()


@pytest.mark.parametrize("address", ["/map/room", "/calendar/"])
def test_what_stands_side_by_side_to_choose_from_stands_on_one_line(opened: Opener, address: str) -> None:
    page = opened(width=PHONE)
    page.goto(address)
    tops = page.evaluate(
        """() => [...document.querySelectorAll('main nav ul:not([class])')]
            .map(list => [...list.children].slice(0, 2).map(item => item.firstElementChild))
            .map(links => links.map(link => Math.round(link.getBoundingClientRect().top)))"""
    )
    assert tops
    assert [pair for pair in tops if len(set(pair)) > 1] == []
