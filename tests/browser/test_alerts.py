"""Alerts as somebody meets them: a number in the frame of every page, live where alerts are read, and narrowed."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_every_page import faults
from tests.browser.town import DESKTOP, PHONE, SMALLEST, Opener, Town

SOME = re.compile(r"^[1-9]\d*\+?$")


@pytest.mark.parametrize("address", ["/calendar/", "/registry/", "/map/", "/notifications/"])
def test_every_services_pages_say_how_many_alerts_are_new(opened: Opener, town: Town, address: str) -> None:
    page = opened(width=DESKTOP, language="en", signed_in=True)
    page.goto(address)
    badge = page.locator("nav [data-unread]")
    expect(badge).to_be_visible()
    expect(badge.locator("> span").first).to_have_text(SOME)
    expect(page.get_by_role("link", name=re.compile(r"Alerts.*\(\d+ new alerts?\)"))).to_be_visible()


def test_on_a_phone_the_number_stands_on_the_menu_in_the_language_of_the_page(opened: Opener) -> None:
    page = opened(width=PHONE, language="pl", signed_in=True)
    page.goto("/calendar/")
    expect(page.locator(".masthead > .wrap > .menu [data-unread]")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"Menu.*now(e|ych) powiadomie"))).to_be_visible()


def test_strangers_and_browsers_without_scripts_see_no_number(opened: Opener) -> None:
    stranger = opened(width=DESKTOP)
    stranger.goto("/calendar/")
    expect(stranger.locator("[data-unread]")).to_have_count(0)
    plain = opened(width=DESKTOP, signed_in=True, javascript=False)
    plain.goto("/calendar/")
    expect(plain.locator("nav [data-unread]")).to_be_hidden()


@pytest.mark.parametrize("answer", [{"status": 404}, {"status": 200, "body": "<p>Down for repairs</p>"}])
def test_while_notifications_are_away_pages_do_without_the_number(opened: Opener, answer: dict[str, Any]) -> None:
    page = opened(width=DESKTOP, signed_in=True, refused=True)
    page.route("**/notifications/api/v1/unread", lambda route: route.fulfill(**answer))
    page.goto("/calendar/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("nav [data-unread]")).to_be_hidden()


def test_a_page_that_was_left_a_moment_ago_does_not_ask_again(opened: Opener) -> None:
    page = opened(width=DESKTOP, signed_in=True)
    page.goto("/calendar/")
    page.wait_for_load_state("networkidle")
    page.goto("/registry/")
    expect(page.locator("nav [data-unread]")).to_be_visible()
    carried = "() => performance.getEntriesByType('resource').find((one) => one.name.endsWith('/unread')).transferSize"
    assert page.evaluate(carried) == 0


def test_the_number_follows_the_stream_and_what_is_read(opened: Opener, town: Town) -> None:
    page = opened(width=DESKTOP, language="en", signed_in=True)
    page.goto("/notifications/")
    expect(page.locator("#alerts[data-connected]")).to_be_visible()
    number = page.locator("nav [data-unread] > span").first
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("#count")).to_have_text("No new alerts")
    expect(page.locator("nav [data-unread]")).to_be_hidden()
    expect(page.locator("#alerts[data-connected]")).to_be_visible()
    town.stack.plan("Nagły piknik", town.ids["square"], town.ids["theirs"], days=3, audiences=["families"])
    expect(number).to_have_text(SOME, timeout=10_000)


def test_alerts_are_narrowed_by_keyboard_without_scripts(opened: Opener) -> None:
    page = opened(width=PHONE, language="en", signed_in=True, javascript=False)
    page.goto("/notifications/")
    page.get_by_text("Show only some").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Of what kind?").select_option("conflict_detected")
    page.get_by_role("button", name="Show", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=conflict_detected*")
    assert {tag.inner_text() for tag in page.locator("#alerts .tags .tag:first-child").all()} == {"New conflict"}
    page.get_by_role("link", name="Show all alerts").click()
    page.wait_for_url("**/notifications/")


def test_what_one_hears_of_is_chosen_by_keyboard_with_its_details_folded(opened: Opener) -> None:
    page = opened(width=PHONE, language="en", signed_in=True, javascript=False)
    page.goto("/notifications/settings")
    assert page.locator("select[name=rhythm]:visible").count() == 0
    page.get_by_label("Needs and offers", exact=True).focus()
    page.keyboard.press("Space")
    page.locator("summary").filter(has_text="Which, and how often: Meetings and tasks").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Minutes of a meeting").select_option(label="Once a week")
    opened_out = opened(width=PHONE, language="pl", signed_in=True)
    opened_out.goto("/notifications/settings")
    for fold in opened_out.locator("details.under > summary").all():
        fold.click()
    assert list(faults(Axe(), opened_out)) == []
    opened_out.set_viewport_size({"width": SMALLEST, "height": 700})
    assert opened_out.evaluate("() => document.documentElement.scrollWidth") <= SMALLEST
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**saved=true")
    expect(page.get_by_label("Needs and offers", exact=True)).not_to_be_checked()
    expect(page.get_by_label("Meetings and tasks", exact=True)).to_be_checked()
    page.locator("summary").filter(has_text="Meetings and tasks").click()
    expect(page.get_by_label("Minutes of a meeting")).to_have_value("minutes_published:weekly")
    page.get_by_label("Needs and offers", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
