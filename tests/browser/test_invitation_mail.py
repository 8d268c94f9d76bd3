"""Being invited to a meeting as a guest: the mail comes through all four services, a phone answers, hosts read it."""

from datetime import UTC, datetime, timedelta

import icalendar

from tests.browser.test_signing_in import found_in, is_for_everybody, tab_to
from tests.browser.town import PHONE, Opener, Town
from tests.system.stack import eventually


def test_a_guest_answers_from_the_mail_by_keyboard_and_the_hosts_read_it(opened: Opener, town: Town) -> None:
    club = town.stack.organisation("Klub Zapraszający")
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=40)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    body = {"title": "Narada z gościem", "kind": "meeting", "host_ids": [club], "zone": "Europe/Warsaw", **times}
    meeting = town.stack.post("/calendar/api/v1/events", body)["id"]
    guest = {"name": "Ewa Gość", "mail": "ewa.gosc@example.org", "required": True}
    path = f"/calendar/api/v1/meetings/{meeting}/invitations"
    town.stack.ask("PUT", path, status=200, json={"invited": [guest]}, headers={"If-Match": '"0"'})

    letter = town.post.letter_to("ewa.gosc@example.org")
    [part] = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    [event] = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Narada z gościem"
    assert event["ATTENDEE"] == "mailto:ewa.gosc@example.org"
    link = found_in(letter, r"http://\S+/notifications/invitations/answer\?key=\S+&answer=yes")

    page = opened(width=PHONE, refused=True)
    page.goto(link)
    assert page.locator("h1").inner_text() == "Narada z gościem"
    is_for_everybody(page)
    tab_to(page, "form.buttons button[value='yes']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Dziękujemy" in page.locator("main").inner_text()
    is_for_everybody(page)
    answers = lambda: [one["answer"] for one in town.stack.get(path)["items"]]  # noqa: E731
    eventually(lambda: answers() == ["yes"])
    host = opened(width=PHONE, by="administrator")
    host.goto(f"/calendar/events/{meeting}")
    assert "Ewa Gość (musi być): przyjdzie" in host.locator("main").inner_text()

    town.stack.ask("POST", f"/calendar/api/v1/events/{meeting}/cancel", json={})
    called_off = town.post.letter_to("ewa.gosc@example.org", 2)
    assert "method=CANCEL" in called_off.as_string().replace('"', "")
    page.goto(link)
    assert "odwołane" in page.locator("main").inner_text()
    is_for_everybody(page)
