"""What people come to the map for: a hall on Thursday, and whom to call; on a phone."""

from playwright.sync_api import expect

from tests.browser.town import Opener, Town

MOST_TAPS = 3


def test_who_can_lend_a_hall_on_a_day_is_answered_in_three_taps_from_home(opened: Opener, town: Town) -> None:
    page = opened()
    page.goto("/")
    taps = ("a[href='/map/room'] >> nth=0", ".views a:has-text('czwartek')", "h3 a:has-text('Sala testowa')")
    for number, tap in enumerate(taps, 1):
        page.locator(tap).first.click()
        if number == 2:
            expect(page.get_by_role("heading", name="Sala testowa")).to_be_visible()
            expect(page.locator("header.title .above")).to_contain_text("zwartek")
    expect(page.get_by_role("heading", level=1, name="Sala testowa")).to_be_visible()
    assert len(taps) <= MOST_TAPS


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
