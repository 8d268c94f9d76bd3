"""Signing in on a phone, by keyboard alone: by a code or link that a real mail server took, or by a password."""

import re
from email.message import EmailMessage

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_every_page import faults
from tests.browser.town import PHONE, SMALLEST, Opener, Town

PASSWORD = "zielony rower na dachu"
RIGHT_AFTER = "/registry/account"


def newcomer(town: Town, name: str) -> str:
    """Register somebody of an institution without events, so that no alert is mailed to them; give their address."""
    address = f"{name.lower()}@example.org"
    town.stack.person(f"{name} Logująca", town.stack.organisation(f"Klub {name}"), address)
    return address


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def found_in(letter: EmailMessage, pattern: str) -> str:
    found = re.search(pattern, text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[0].strip()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this is in focus, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def type_into(page: Page, selector: str, text: str) -> None:
    """Go to a field by keyboard, type, and send the form."""
    tab_to(page, selector)
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def is_for_everybody(page: Page) -> None:
    """See that axe finds nothing and that nothing scrolls sideways on the smallest screen."""
    assert list(faults(Axe(), page)) == []
    page.set_viewport_size({"width": SMALLEST, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= SMALLEST
    page.set_viewport_size({"width": PHONE, "height": 844})


@pytest.mark.parametrize(("language", "name"), [("pl", "Kazimiera"), ("en", "Charlotte")])
def test_by_a_code_by_keyboard_alone(opened: Opener, town: Town, language: str, name: str) -> None:
    address = newcomer(town, name)
    page = opened(width=PHONE, language=language, refused=True)
    page.goto(f"/registry/sign-in?next={RIGHT_AFTER}")
    is_for_everybody(page)
    type_into(page, "#address", address)
    is_for_everybody(page)
    code = found_in(town.post.letter_to(address), r"^\d{3} \d{3}\s*$")
    type_into(page, "#code", "000000" if code != "000 000" else "000001")
    is_for_everybody(page)
    assert page.locator(".summary-of-errors").is_visible()
    type_into(page, "#code", code)
    assert page.url == f"{town.address}{RIGHT_AFTER}"
    assert page.locator("h1").inner_text() == f"{name} Logująca"
    is_for_everybody(page)


def sign_in(town: Town, page: Page, address: str) -> None:
    """Sign in by a code, and arrive at one's account."""
    page.goto(f"/registry/sign-in?next={RIGHT_AFTER}")
    page.fill("#address", address)
    page.click("main form button")
    page.fill("#code", found_in(town.post.letter_to(address), r"^\d{3} \d{3}\s*$"))
    page.click("main form button")
    assert page.url == f"{town.address}{RIGHT_AFTER}"


def test_by_a_code_without_javascript(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, javascript=False)
    sign_in(town, page, newcomer(town, "Bronislawa"))
    assert page.locator("h1").inner_text() == "Bronislawa Logująca"


@pytest.mark.parametrize(("language", "name"), [("pl", "Genowefa"), ("en", "Margaret")])
def test_by_the_link_on_another_device(opened: Opener, town: Town, language: str, name: str) -> None:
    address = newcomer(town, name)
    asking = opened(width=PHONE, language=language)
    asking.goto("/registry/sign-in")
    type_into(asking, "#address", address)
    link = found_in(town.post.letter_to(address), r"http://\S+link=\S+")
    page = opened(width=PHONE, language=language)
    page.goto(link)
    assert f"{name} Logująca" in page.locator("main").inner_text()
    is_for_everybody(page)
    tab_to(page, "main form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/registry/account")
    assert page.locator("h1").inner_text() == f"{name} Logująca"


@pytest.mark.parametrize(("language", "name"), [("pl", "Leokadia"), ("en", "Elizabeth")])
def test_by_a_password_that_one_set_by_keyboard_alone(opened: Opener, town: Town, language: str, name: str) -> None:
    page, address = opened(width=PHONE, language=language, refused=True), newcomer(town, name)
    sign_in(town, page, address)
    tab_to(page, "#password-heading ~ details summary")
    page.keyboard.press("Enter")
    type_into(page, "#password", f"{name.lower()}12345")
    is_for_everybody(page)
    type_into(page, "#password", PASSWORD)
    assert page.locator(".banner.success").is_visible()
    page.locator("main form[action='/registry/sign-out'] button").click()
    page.goto(f"/registry/sign-in?next={RIGHT_AFTER}")
    tab_to(page, "details:has(#password) summary")
    page.keyboard.press("Enter")
    tab_to(page, "#password_address")
    page.keyboard.type(address)
    type_into(page, "#password", "nie to hasło wcale")
    is_for_everybody(page)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{town.address}{RIGHT_AFTER}"


def test_a_form_that_waited_too_long_is_sent_all_the_same(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, javascript=False)
    sign_in(town, page, newcomer(town, "Walentyna"))
    page.click("#password-heading ~ details summary")
    page.fill("#password", PASSWORD)
    old = {"name": "osiedle_token", "value": "over", "url": town.address}
    page.context.add_cookies([old])  # type: ignore[list-item]
    page.click("form[action='/registry/account/password'] button")
    assert page.url == f"{town.address}/registry/account?notice=password"
    page.goto("/notifications/settings")
    page.context.clear_cookies(name="osiedle_renewed")
    page.context.add_cookies([old])  # type: ignore[list-item]
    page.locator("main form button").first.click()
    assert "/registry/" not in page.url
    assert page.locator("h1").is_visible()
    assert page.locator(".who").count() == 1
