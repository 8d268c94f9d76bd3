"""Alerts as somebody meets them: a number in the frame of every page, live where alerts are read, and narrowed."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.town import DESKTOP, PHONE, Opener, Town

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
