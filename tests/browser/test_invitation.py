"""Being invited, on a phone and by keyboard alone: the letter, the page, one button; and inviting on the pages."""

import pytest

from tests.browser.test_signing_in import found_in, is_for_everybody, tab_to
from tests.browser.town import PHONE, Opener, Town


@pytest.mark.parametrize(("language", "name"), [("pl", "Weronika"), ("en", "Harriet")])
def test_who_is_invited_joins_with_one_button(opened: Opener, town: Town, language: str, name: str) -> None:
    address = f"{name.lower()}@example.org"
    club = town.stack.organisation(f"Klub {name}")
    body = {"name": name, "email": address, "language": language, "organisation_id": club, "role": "coordinator"}
    town.stack.post("/registry/api/v1/invitations", body)
    link = found_in(town.post.letter_to(address), r"http://\S+invitation\?key=\S+")
    page = opened(width=PHONE, language=language, refused=True)
    page.goto(link)
    assert f"Klub {name}" in page.locator("main").inner_text()
    is_for_everybody(page)
    tab_to(page, "#name")
    page.keyboard.press("End")
    page.keyboard.type(" Zaproszona")
    tab_to(page, "form[action='/registry/invitation'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{town.address}/registry/account"
    assert page.locator("h1").inner_text() == f"{name} Zaproszona"
    page.goto(link)
    assert page.locator("main a[href='/registry/sign-in']").is_visible()
    is_for_everybody(page)


def test_a_link_to_hand_over_is_shown_without_javascript(opened: Opener, town: Town) -> None:
    club = town.stack.organisation("Klub Przekazujący")
    page = opened(width=PHONE, javascript=False, by="administrator")
    page.goto(f"/registry/organisations/{club}/invite")
    page.fill("#name", "Zenobia")
    page.check("input[name=by_hand]")
    page.click("main form button")
    link = page.locator("#link").input_value()
    assert link.startswith(f"{town.address}/registry/invitation?key=")
    page.goto(f"/registry/organisations/{club}/people")
    assert "Zenobia" in page.locator("main").inner_text()
    guest = opened(width=PHONE, javascript=False)
    guest.goto(link)
    guest.click("form[action='/registry/invitation'] button")
    assert guest.locator("h1").inner_text() == "Zenobia"
