"""Letters are written as mail programs read them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from shared.mail import Letter, message_of
from shared.mail_policy import LETTERS

LINK = f"<https://osiedle.example.org/notifications/unsubscribe?key={'a1' * 100}>"


def written(**headers):
    letter = Letter("k", "Łukasz Żak", "lukasz@example.org", "Kolizja „Festyn”", "Treść", "<p>Treść</p>", "pl", headers)
    return message_of(letter, "Osiedle <osiedle@example.org>").as_bytes()


def test_the_link_that_ends_letters_is_not_broken():
    assert f"List-Unsubscribe: {LINK}\r\n".encode() in written(**{"List-Unsubscribe": LINK})


def test_names_and_subjects_in_polish_are_encoded_and_read_back():
    content = written()
    head = content.partition(b"\r\n\r\n")[0]
    found = message_from_bytes(content, policy=default)
    assert head.isascii()
    assert (found["Subject"], str(found["To"])) == ("Kolizja „Festyn”", "Łukasz Żak <lukasz@example.org>")
    assert found.get_body(("plain",)).get_content().strip() == "Treść"
    assert found.get_body(("html",)).get_content().strip() == "<p>Treść</p>"


def test_a_letter_says_the_same_as_the_standard_library_would_write():
    ours, theirs = EmailMessage(policy=LETTERS), EmailMessage(policy=SMTP)
    for message in (ours, theirs):
        message["Subject"] = "A long subject of plain words " * 6
        message["Date"] = "Thu, 26 Nov 2026 12:00:00 +0100"
        message["To"] = "anna@example.org"
        message.set_content("Treść")
        message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", params={"method": "PUBLISH"}, filename="a.ics")
        message.set_boundary("b")
    assert ours.as_bytes() == theirs.as_bytes()


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb"])
def test_a_line_break_in_a_header_is_refused(value):
    with pytest.raises(ValueError, match="linefeed"):
        EmailMessage(policy=LETTERS)["Subject"] = value
