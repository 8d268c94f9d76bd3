"""On a phone: a plan that clashes is mended by one press, with few presses in all, with JavaScript and without."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.town import PHONE, Opener, Town
from tests.system.stack import ZONE

MOST_INTERACTIONS = 15


@pytest.mark.parametrize("javascript", [True, False])
def test_a_clashing_plan_is_mended_by_one_press_and_saved(opened: Opener, town: Town, javascript: bool) -> None:
    page = opened(width=PHONE, language="pl", signed_in=True, javascript=javascript, refused=not javascript)
    day = (datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=4)).isoformat()
    page.goto("/calendar/plan")
    presses = [
        lambda: page.fill("#title", f"Naprawione jednym dotknięciem {javascript}"),
        lambda: page.fill("#starts_on", day),
        lambda: page.select_option("#starts_time", "10:00"),
        lambda: page.select_option("#ends_time", "12:00"),
        lambda: page.select_option("#venue_id", town.ids["hall"]),
    ]
    for press in presses:
        press()
    if not javascript:
        presses.append(lambda: page.get_by_role("button", name="Sprawdź").last.click())
        presses[-1]()
    helpful = page.locator("button.slot", has_text="Inna godzina").first
    expect(helpful).to_be_visible()
    expect(page.locator("#advice")).to_contain_text("Co pomoże")
    assert helpful.evaluate("button => button.offsetWidth") <= PHONE
    helpful.click()
    expect(page.get_by_text("Zmiana jest w formularzu")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("Bez kolizji")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.wait_for_url("**/calendar/events/*?notice=planned")
    assert len(presses) + 2 <= MOST_INTERACTIONS
