"""The story on two phones: two feasts on one afternoon become one, and everything that shows them follows."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import signed_in_by
from tests.browser.test_planning import in_days
from tests.browser.town import PHONE, Opener, Town
from tests.system.stack import eventually

MOST_INTERACTIONS, MOST_TAPS = 15, 6
AHEAD = 33


class Counted:
    """A page whose interactions are counted: what a person fills in, chooses or taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.interactions = 0

    def fill(self, field: str, text: str) -> None:
        """Fill a field in."""
        self.page.fill(field, text)
        self.interactions += 1

    def choose(self, field: str, value: str) -> None:
        """Choose from a list."""
        self.page.select_option(field, value)
        self.interactions += 1

    def tap(self, where: Any) -> None:
        """Tap something."""
        where.click()
        self.interactions += 1


@pytest.fixture(scope="module")
def square(town: Town) -> dict[str, str]:
    """Register two institutions with a coordinator each, and a square between them."""
    ids = {"one": town.stack.organisation("Dom Rodzinny Azory"), "two": town.stack.organisation("Klub Zabawa")}
    town.stack.person("Anna Pierwsza", ids["one"], "anna@example.org")
    town.stack.person("Barbara Druga", ids["two"], "barbara@example.org")
    ids["square"] = town.stack.venue("Skwer Rodzinny", ids["one"], one_at_a_time=False, capacity=500)
    return ids


@pytest.fixture(scope="module")
def anna(chromium: Browser, town: Town, square: dict[str, str]) -> Any:
    """Sign the first coordinator in."""
    return signed_in_by(chromium, town.sign_in_link("Anna Pierwsza"))


@pytest.fixture(scope="module")
def barbara(chromium: Browser, town: Town, square: dict[str, str]) -> Any:
    """Sign the second coordinator in."""
    return signed_in_by(chromium, town.sign_in_link("Barbara Druga"))


def test_two_feasts_on_one_afternoon_become_one(opened: Opener, town: Town, square: dict[str, str]) -> None:
    before = common_actions(town)
    hers = Counted(opened(width=PHONE, by="anna"))
    first = planned(hers, "Festyn Rodzinny", "15:00", square["square"])
    theirs = Counted(opened(width=PHONE, by="barbara"))
    second = planned(theirs, "Piknik Rodzinny", "16:00", square["square"])
    assert max(hers.interactions, theirs.interactions) <= MOST_INTERACTIONS
    expect(theirs.page.locator("body")).to_contain_text("Piknik Rodzinny")
    eventually(lambda: town.stack.get("/calendar/api/v1/opportunities", event=second)["items"])

    hers.interactions = theirs.interactions = 0
    for page, other in ((hers.page, "Piknik Rodzinny"), (theirs.page, "Festyn Rodzinny")):
        page.goto("/calendar/inbox")
        expect(page.locator("main")).to_contain_text(other)
    theirs.tap(theirs.page.get_by_role("button", name="Zaproponuj jedno wspólne wydarzenie").first)
    hers.page.goto("/calendar/inbox")
    hers.tap(hers.page.get_by_role("button", name="Tak, razem"))
    hers.page.wait_for_url(f"**/calendar/events/{first}?notice=joined")
    assert hers.interactions + theirs.interactions <= MOST_TAPS
    expect(hers.page.locator("main")).to_contain_text("Klub Zabawa")
    expect(hers.page.locator("main")).to_contain_text("Dom Rodzinny Azory")

    theirs.page.goto(f"/calendar/events/{second}")
    expect(theirs.page).to_have_url(f"{town.address}/calendar/events/{first}?notice=joined")
    joint = town.stack.get(f"/calendar/api/v1/events/{first}")
    assert set(joint["host_ids"]) == {square["one"], square["two"]}
    feed = httpx.get(f"{town.address}/calendar/feed.ics", params={"organisation": square["two"]}).text
    assert f"/calendar/events/{first}" in feed.replace("\r\n ", "")  # RFC 5545 §3.1 folds long lines
    eventually(lambda: shown_on_the_map(town) == {first})
    assert common_actions(town) == before + 1


def planned(by: Counted, title: str, begins: str, venue: str) -> str:
    """Plan a feast for families with the live check, and give its id."""
    by.page.goto("/calendar/plan")
    by.fill("#title", title)
    by.fill("#starts_on", in_days(AHEAD))
    by.choose("#starts_time", begins)
    by.choose("#ends_time", "19:00")
    by.choose("#venue_id", venue)
    by.choose("#kind", "feast")
    by.tap(by.page.locator("#audiences label", has=by.page.locator("[value=families]")))
    expect(by.page.locator("#verdict")).not_to_be_empty()
    by.tap(by.page.get_by_role("button", name="Zapisz", exact=True))
    by.page.wait_for_url("**/calendar/events/*?notice=planned")
    return by.page.url.split("/calendar/events/")[1].split("?")[0]


def shown_on_the_map(town: Town) -> set[str]:
    """Give which events the map shows at the square."""
    places = town.stack.get("/map/api/v1/places", q="Skwer Rodzinny")["items"]
    return {event["id"] for place in places if place["name"] == "Skwer Rodzinny" for event in place["events"]}


def common_actions(town: Town) -> int:
    """Give how many actions of several hosts the indicators count for the days around the feast."""
    day = date.fromisoformat(in_days(AHEAD))
    days = {"from": (day - timedelta(days=1)).isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    figures = town.stack.get("/calendar/api/v1/indicators", **days)["figures"]
    return next(int(one["value"] or 0) for one in figures if one["code"] == "joint_events")
