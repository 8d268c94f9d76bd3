"""Minutes while a meeting goes on: two windows, a lost connection, a phone, the keyboard alone; without a script."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_signing_in import is_for_everybody, tab_to
from tests.browser.town import DESKTOP, PHONE, Opener, Town
from tests.system.stack import eventually

SEEN = os.environ.get("OSIEDLE_SCREENSHOTS", "")
"""A folder for what a person wants to look at; nothing is drawn without one."""


def draw(page: Page, name: str) -> None:
    if SEEN:
        page.screenshot(path=Path(SEEN) / f"{name}.png", full_page=True)


def a_meeting(town: Town, title: str, *items: str, days: int = 8) -> tuple[str, list[str]]:
    """Plan a meeting with items on its agenda; give its id and theirs."""
    event_id = town.stack.plan(title, None, town.ids["ours"], days=days, kind="meeting")["id"]
    path = f"/calendar/api/v1/meetings/{event_id}/items"
    return event_id, [town.stack.post(path, {"title": item, "minutes_planned": 30})["id"] for item in items]


def written(town: Town, event_id: str, section: str) -> Any:
    sections = town.stack.get(f"/calendar/api/v1/meetings/{event_id}/minutes")["items"]
    return next(one["text"] for one in sections if one["id"] == section)


def test_two_windows_see_each_other_and_write_nothing_over(opened: Opener, town: Town) -> None:
    event_id, [park] = a_meeting(town, "Narada w dwóch oknach", "Park")
    pages = [opened(width=width, signed_in=True, refused=True) for width in (DESKTOP, PHONE)]
    for page in pages:
        page.goto(f"/calendar/events/{event_id}/minutes")
    first, second = pages
    first.locator(f"#text-{park}").press_sequentially("Posadzimy lipy.")
    expect(first.locator(f"#state-{park}")).to_contain_text("Zapisano o")
    assert written(town, event_id, park) == "Posadzimy lipy."
    expect(second.locator(f"#text-{park}")).to_have_value("Posadzimy lipy.", timeout=10_000)
    town.stack.ask(
        "PUT",
        f"/calendar/api/v1/meetings/{event_id}/minutes/general",
        status=200,
        json={"text": "Ktoś inny pisze."},
        headers={"If-Match": '"0"'},
    )
    expect(second.locator("#text-general")).to_have_value("Ktoś inny pisze.", timeout=10_000)
    expect(second.locator("#state-general")).to_contain_text("nowy tekst")
    draw(second, "two-windows")

    # both type at once: the slower one is shown both texts, and nothing is lost
    for page, text in ((first, "Moje zdanie."), (second, "Twoje zdanie.")):
        page.locator(f"#text-{park}").evaluate(
            "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }", text
        )
    eventually(lambda: sum(page.locator(".both").count() for page in pages) == 1)
    asking = next(page for page in pages if page.locator(".both").count())
    saved = written(town, event_id, park)
    assert saved in ("Moje zdanie.", "Twoje zdanie.")
    expect(asking.locator(".both")).to_contain_text("Moje zdanie.")
    expect(asking.locator(".both")).to_contain_text("Twoje zdanie.")
    is_for_everybody(asking)
    draw(asking, "both-texts")
    asking.get_by_role("button", name="Połącz oba").click()
    eventually(lambda: {"Moje zdanie.", "Twoje zdanie."} <= set(written(town, event_id, park).split("\n\n")))
    assert asking.locator(".both").count() == 0


def test_a_lost_connection_keeps_what_was_typed_and_offers_it_again(opened: Opener, town: Town) -> None:
    event_id, [park] = a_meeting(town, "Narada bez zasięgu", "Park", days=9)
    page = opened(width=PHONE, signed_in=True, cut_off=True)
    page.goto(f"/calendar/events/{event_id}/minutes")
    area, state = page.locator(f"#text-{park}"), page.locator(f"#state-{park}")

    def lost(route: Route) -> None:
        route.abort("connectionfailed")

    def is_put(url: str) -> bool:
        return "/minutes/" in url and "/api/" in url

    page.route(is_put, lost)
    context = page.context
    area.press_sequentially("Tego nie wolno zgubić")
    expect(state).to_contain_text("Nie ma połączenia")
    draw(page, "lost")
    assert written(town, event_id, park) == ""
    page.unroute(is_put)
    expect(state).to_contain_text("Zapisano o", timeout=15_000)
    assert written(town, event_id, park) == "Tego nie wolno zgubić"

    page.route(is_put, lost)
    area.press_sequentially(", nawet po ponownym otwarciu")
    expect(state).to_contain_text("Nie ma połączenia")
    page.unroute(is_put)
    page.close()
    again = context.new_page()
    again.goto(f"/calendar/events/{event_id}/minutes")
    expect(again.locator(".kept")).to_contain_text("nawet po ponownym otwarciu")
    is_for_everybody(again)
    draw(again, "offered-again")
    assert again.locator(f"#text-{park}").input_value() == "Tego nie wolno zgubić"
    again.get_by_role("button", name="Przywróć").click()
    expect(again.locator(f"#state-{park}")).to_contain_text("Zapisano o")
    assert written(town, event_id, park) == "Tego nie wolno zgubić, nawet po ponownym otwarciu"
    again.reload()
    assert again.locator(".kept").count() == 0


@pytest.mark.parametrize("language", ["pl", "en"])
def test_an_agenda_and_minutes_by_keyboard_alone_on_a_phone(opened: Opener, town: Town, language: str) -> None:
    event_id, _ = a_meeting(town, f"Narada z klawiatury {language}", days=10 if language == "pl" else 11)
    page = opened(width=PHONE, language=language, signed_in=True)
    page.goto(f"/calendar/meetings/{event_id}/items")
    for title, minutes in (("Park", "45"), ("Festyn", "90")):
        page.locator("h1").evaluate("(heading) => { heading.tabIndex = -1; heading.focus(); }")
        tab_to(page, "#title")
        page.keyboard.type(title)
        tab_to(page, "#minutes_planned")
        page.keyboard.type(minutes)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.locator(".banner.warning")).to_contain_text("135")
    tab_to_button = "li.card:nth-of-type(2) button[value=up]"
    page.locator("h1").evaluate("(heading) => { heading.tabIndex = -1; heading.focus(); }")
    tab_to(page, tab_to_button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("ol.items h3").first).to_have_text("1. Festyn")
    is_for_everybody(page)
    draw(page, f"agenda-{language}")
    page.goto(f"/calendar/events/{event_id}/minutes")
    tab_to(page, "form.section:nth-of-type(1) textarea")
    page.keyboard.type("- jeden\n- dwa")
    said = "Zapisano o" if language == "pl" else "Saved at"
    expect(page.locator("form.section [data-state]").first).to_contain_text(said)
    is_for_everybody(page)
    draw(page, f"minutes-{language}")
    page.goto(f"/calendar/events/{event_id}")
    expect(page.locator(".markdown li")).to_have_count(2)
    draw(page, f"meeting-{language}")
    page.goto(f"/calendar/meetings/{event_id}/agenda")
    is_for_everybody(page)
    draw(page, f"paper-{language}")


def test_without_a_script_two_writers_are_shown_both_texts(opened: Opener, town: Town) -> None:
    event_id, [park] = a_meeting(town, "Narada bez skryptów", "Park", days=12)
    pages = [opened(width=PHONE, signed_in=True, javascript=False, refused=True) for _ in range(2)]
    for page in pages:
        page.goto(f"/calendar/events/{event_id}/minutes")
    for page, text in zip(pages, ("Pierwszy tekst", "Drugi tekst"), strict=True):
        page.fill(f"#text-{park}", text)
        page.click(f"#section-{park} button")
    late = pages[1]
    assert "Pierwszy tekst" in late.locator("#theirs ~ .card").inner_text()
    assert late.locator("#text").input_value() == "Drugi tekst"
    assert written(town, event_id, park) == "Pierwszy tekst"
    draw(late, "both-without-a-script")
    late.click("form button.primary")
    assert written(town, event_id, park) == "Drugi tekst"
