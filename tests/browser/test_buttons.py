"""A button in a letter, on a phone, by keyboard, without signing in and without scripts: asked, pressed, done."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_every_page import faults
from tests.browser.town import PHONE, SMALLEST, Opener, Town
from tests.system.stack import eventually


def test_a_conflict_may_stay_by_a_button_of_the_letter(opened: Opener, town: Town) -> None:
    host = town.stack.organisation("Klub Przycisków")
    other = town.stack.organisation("Klub Listów")
    town.stack.person("Paulina Przycisk", host, "paulina@example.org")
    square = town.stack.venue("Plac Przycisków", other, one_at_a_time=False)
    feast: dict[str, Any] = {"audiences": ["families"], "expected_participants": 80, "kind": "feast"}
    mine = town.stack.plan("Festyn przycisków", square, host, days=9, **feast)["id"]
    town.stack.plan("Festyn listów", square, other, days=9, **feast)
    eventually(lambda: town.open_conflicts(mine))
    letter = town.post.letter_to("paulina@example.org").get_body(("plain",))
    assert letter is not None
    address = re.search(r"http://\S+/notifications/act/accept_conflict\?press=\S+", letter.get_content())
    assert address is not None
    before = set(town.open_conflicts(mine))

    page = opened(width=PHONE, javascript=False)
    answer = page.goto(address[0])
    assert answer is not None
    assert answer.status == 200
    assert set(town.open_conflicts(mine)) == before  # a scanner does as much
    looked_at = opened(width=PHONE)
    looked_at.goto(address[0])
    assert list(faults(Axe(), looked_at)) == []
    page.get_by_label("Dlaczego?").focus()
    page.keyboard.type("Zmieścimy się wszyscy")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Zrobione.").wait_for()

    assert len(set(town.open_conflicts(mine))) == len(before) - 1
    again = opened(width=PHONE)
    again.goto(address[0])
    assert again.get_by_text("Zrobione.").is_visible()
    assert list(faults(Axe(), again)) == []
    again.set_viewport_size({"width": SMALLEST, "height": 700})
    assert again.evaluate("() => document.documentElement.scrollWidth") <= SMALLEST
