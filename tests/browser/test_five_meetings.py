"""Five meetings of leaders: from the first poll to a decision that was followed up, on a phone and by keyboard alone.

One person leads it through pages alone, in Polish; each page that is new in the story is looked at by axe.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shared import clock
from tests.browser.conftest import signed_in_by
from tests.browser.test_signing_in import is_for_everybody
from tests.browser.town import PHONE, Opener, Town

MOST_TABS = 150
FIRST_AHEAD, APART = 200, 14
"""The first meeting is so many days ahead, and each later one so many days after the one before."""
BENCHES = "Postawić trzy ławki przy placu zabaw"
PRICE = "Zapytać o cenę ławek"
SHADE = "Posadzić drzewa przy ławkach"


@pytest.fixture(scope="module")
def leader(chromium: Browser, town: Town) -> Any:
    """Register an institution with somebody who leads its meetings, and sign her in."""
    ours = town.stack.organisation("Świetlica Azory")
    town.stack.person("Maria Przewodnicząca", ours, "maria@example.org")
    return signed_in_by(chromium, town.sign_in_link("Maria Przewodnicząca"))


class Keys:
    """A page that is used by its keys alone: Tab, letters, arrows, the space bar and Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Press Tab until this is in focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.locator(selector).first.evaluate("(element) => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not reach {selector} on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        """Go to a field and type into it in place of what stands there."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def day(self, selector: str, day: date) -> None:
        """Type a day as one types it in Polish: day, month, year."""
        self.to(selector)
        self.page.keyboard.type(f"{day:%d%m%Y}")
        assert self.page.locator(selector).input_value() == day.isoformat()

    def choose(self, selector: str, text: str) -> None:
        """Choose from a list by its arrows what begins so."""
        self.to(selector)
        self.page.keyboard.press("Home")
        chosen = self.page.locator(f"{selector} option:checked")
        for _ in range(self.page.locator(f"{selector} option").count()):
            if chosen.inner_text().strip().startswith(text):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} does not offer {text}")

    def press(self, selector: str) -> None:
        """Go to a button or a link, press Enter, and wait for the page that follows."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def open(self, address: str) -> None:
        """Follow an address of the story; the page is for everybody."""
        self.page.goto(address)
        is_for_everybody(self.page)


def test_five_meetings_from_a_poll_to_a_decision_that_is_followed_up(opened: Opener) -> None:
    keys = Keys(opened(width=PHONE, by="leader"))
    page = keys.page

    # the first: a poll finds its date, and its agenda, minutes and a decision are written
    first = by_a_poll(keys, opened, "Pierwsze spotkanie liderów")
    item = on_the_agenda(keys, first, "Ławki przy placu zabaw")
    minutes_at(keys, first, item, "Ustalono, że **ławek** brakuje.")
    keys.write("#text", BENCHES)
    keys.choose("#item_id", "Ławki")
    keys.choose("#owner_id", "Świetlica Azory")
    keys.press("form[action$='/decisions'] button")
    expect(page.locator("section[aria-labelledby=decide]")).to_contain_text(BENCHES)
    keys.write("#task_text", PRICE)
    keys.choose("#task_item", "Ławki")
    keys.choose("#task_owner", "Ja")
    keys.press("form[action$='/tasks'] button")
    expect(page.locator("section[aria-labelledby=give] li.card")).to_contain_text("punkt: Ławki")
    published(keys, first, "ławek")

    # the second: what was agreed stands at its top, and is put on its agenda by one press
    second = planned(keys, "Drugie spotkanie liderów", 1)
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(BENCHES)
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(PRICE)
    is_for_everybody(page)
    keys.open(f"/calendar/meetings/{second}/items")
    keys.press("section[aria-labelledby=offered] button")
    expect(page.locator("ol.items")).to_contain_text(BENCHES)
    keys.open(f"/calendar/meetings/{second}/agenda")
    expect(page.locator("article ol")).to_contain_text(BENCHES)

    # the third: what one took upon oneself is done, on the list of one's tasks
    third = planned(keys, "Trzecie spotkanie liderów", 2)
    keys.open("/calendar/tasks")
    keys.press("main li.card form button")
    expect(page.locator("main")).not_to_contain_text(PRICE)
    page.goto(f"/calendar/events/{third}")
    expect(page.locator("section[aria-labelledby=before]")).not_to_contain_text(PRICE)
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(BENCHES)

    # the fourth: something else is put off, so that it comes again
    fourth = planned(keys, "Czwarte spotkanie liderów", 3)
    page.goto(f"/calendar/events/{fourth}/minutes")
    keys.write("#text", SHADE)
    keys.choose("#state", "odłożone")
    keys.press("form[action$='/decisions'] button")
    expect(page.locator("section[aria-labelledby=decide]")).to_contain_text("odłożone")

    # the fifth: the decision of the first is carried out, and nothing but what was put off is left
    fifth = planned(keys, "Piąte spotkanie liderów", 4)
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(SHADE)
    page.goto(f"/calendar/events/{first}/minutes")
    keys.press("section[aria-labelledby=decide] button[name=done]")
    page.goto(f"/calendar/events/{fifth}")
    expect(page.locator("section[aria-labelledby=before]")).not_to_contain_text(BENCHES)
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(SHADE)
    is_for_everybody(page)

    keys.open("/calendar/decisions")
    keys.write("#q", "lawki placu zabaw")
    keys.press("form[role=search] button")
    found = page.locator("main li.decision", has_text=BENCHES)
    expect(found).to_contain_text("Zrobione")
    expect(found).to_contain_text("Pierwsze spotkanie liderów")
    keys.open("/calendar/rhythm")

    resident = opened(width=PHONE)
    resident.goto(f"/calendar/meetings/{first}/minutes")
    expect(resident.locator("article strong")).to_have_text("ławek")
    expect(resident.locator("article")).to_contain_text(BENCHES)
    is_for_everybody(resident)
    resident.goto(f"/calendar/events/{fifth}")
    expect(resident.locator("main")).not_to_contain_text(SHADE)


def by_a_poll(keys: Keys, opened: Opener, title: str) -> str:
    """Ask for a date, let a guest vote by link, call the meeting at the date that is suggested; give its id."""
    page = keys.page
    keys.open("/calendar/meetings")
    keys.press("main a[href='/calendar/meetings/polls/new']")
    is_for_everybody(page)
    keys.write("#title", title)
    keys.choose("#organisation_id", "Świetlica Azory")
    keys.to("details:has(#guests) > summary")
    page.keyboard.press("Enter")
    keys.write("#guests", "Genowefa z sąsiedztwa")
    start = clock.now().date() + timedelta(days=FIRST_AHEAD)
    keys.day("#first", start)
    keys.day("#last", start + timedelta(days=APART - 2))
    keys.press("button[value=find]")
    assert page.locator("input[name=dates]:checked").count() >= 3
    keys.press("button[value=save]")
    is_for_everybody(page)
    poll = page.url
    keys.press("section[aria-labelledby=links] button.primary")
    guest = Keys(opened(width=PHONE))
    guest.open(page.locator("#link-1").input_value())
    guest.to("form.votes fieldset:nth-of-type(1) input[value=yes]")
    guest.page.keyboard.press("Space")
    guest.press("form.votes button")
    is_for_everybody(guest.page)
    page.goto(poll)
    keys.press("section[aria-labelledby=best] button")
    expect(page.locator("h1")).to_contain_text(title)
    is_for_everybody(page)
    return id_of(page)


def planned(keys: Keys, title: str, number: int) -> str:
    """Plan a meeting whose date is certain, so many times a fortnight after the first; give its id."""
    page = keys.page
    page.goto("/calendar/plan?kind=meeting")
    keys.write("#title", title)
    day = clock.now().date() + timedelta(days=FIRST_AHEAD + number * APART)
    keys.day("#starts_on", day)
    keys.choose("#starts_time", "17:00")
    keys.choose("#ends_time", "18:00")
    if number == 1:
        is_for_everybody(page)
    keys.press("button[form=plan][value=save]")
    expect(page.locator("h1")).to_contain_text(title)
    return id_of(page)


def on_the_agenda(keys: Keys, event_id: str, title: str) -> str:
    """Put an item on the agenda of a meeting; give its id."""
    keys.open(f"/calendar/meetings/{event_id}/items")
    keys.write("#title", title)
    keys.press("section[aria-labelledby=new] button")
    expect(keys.page.locator("ol.items h3")).to_contain_text(title)
    return str(keys.page.locator("ol.items li").first.get_attribute("id")).removeprefix("item-")


def minutes_at(keys: Keys, event_id: str, item_id: str, text: str) -> None:
    """Write down at an item what was said, and wait until it is saved."""
    keys.open(f"/calendar/events/{event_id}/minutes")
    keys.write(f"#text-{item_id}", text)
    expect(keys.page.locator(f"#state-{item_id}")).to_contain_text("Zapisano o")


def published(keys: Keys, event_id: str, word: str) -> None:
    """Publish the minutes of a meeting for everybody."""
    keys.open(f"/calendar/meetings/{event_id}/minutes")
    expect(keys.page.locator("article.minutes")).to_contain_text(word)
    keys.choose("#audience", "Wszyscy")
    expect(keys.page.locator("#audience")).to_have_value("public")
    keys.press("section[aria-labelledby=publish] button")
    expect(keys.page.locator("main")).to_contain_text("opublikowano")
    is_for_everybody(keys.page)


def id_of(page: Page) -> str:
    """Read the id of the event whose page this is."""
    return page.url.partition("/calendar/events/")[2].partition("?")[0].partition("#")[0]
