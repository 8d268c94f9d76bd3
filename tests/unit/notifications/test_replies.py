"""Mails that answer an invitation: what calendar programs write is understood, and what is more than that is not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.replies import NotAReply, read_reply
from tests.replies import SHAPES, reply_mail

TOKEN = "abcdefgh234567aa"
VALUES = {"uid": "narada-1@osiedle.example", "attendee": "ewa@example.org", "organizer": f"rsvp+{TOKEN}@example.com"}


def a_reply(body="", *, headers="", method="REPLY", partstat="ACCEPTED", more=""):
    lines = [
        "BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", "UID:one", f"ATTENDEE;PARTSTAT={partstat}:mailto:a@b.pl",
        *([more] if more else []), "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    head = f"To: rsvp+{TOKEN}@example.com\r\nContent-Type: text/calendar; method=REPLY\r\n{headers}\r\n"
    return (head + (body or "\r\n".join(lines))).encode()


def why(raw):
    with pytest.raises(NotAReply) as refused:
        read_reply(raw)
    return refused.value.why


@pytest.mark.parametrize(("shape", "answer"), sorted(SHAPES.items()))
def test_what_calendar_programs_write_is_understood(shape, answer):
    reply = read_reply(reply_mail(shape, sequence=3, **VALUES))
    assert (reply.uid, reply.sequence, reply.attendee, reply.answer) == (VALUES["uid"], 3, VALUES["attendee"], answer)
    assert reply.tokens == {TOKEN}
    assert reply.recurrence == ""


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "no_calendar"),
        (b"Subject: Jestem na urlopie\r\n\r\nWracam w poniedzialek.", "no_calendar"),
        (a_reply(method="REQUEST"), "no_reply"),
        (a_reply(method="COUNTER"), "no_reply"),
        (a_reply(partstat="NEEDS-ACTION"), "no_answer"),
        (a_reply(partstat="DELEGATED"), "no_answer"),
        (a_reply(more="ATTENDEE;PARTSTAT=DECLINED:mailto:c@d.pl"), "unclear"),
        (a_reply(more="UID:two"), "unclear"),
        (a_reply(more="SEQUENCE:-1"), "unclear"),
        (a_reply(more="SEQUENCE:" + "9" * 30), "unclear"),
        (a_reply("BEGIN:VCALENDAR\r\n" + "X:1\r\n" * 5000), "too_large"),
        (a_reply("X" * 200_000), "too_large"),
        (b"x" * 600_000, "too_large"),
        (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: a/b\r\n\r\n" * 100, "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_answer_says_so(raw, what):
    assert why(raw) == what


def test_parts_within_parts_are_not_followed_for_ever():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=a%d\r\n\r\n--a%d\r\n" % (one, one) for one in range(2000))
    assert why(deep) == "too_large"


def test_an_answer_to_one_date_says_which():
    assert read_reply(a_reply(more="RECURRENCE-ID:20300107T080000Z")).recurrence == "20300107T080000Z"


def test_a_method_that_stands_in_an_event_is_none():
    """Fails where components are not told apart: what somebody writes into a description would answer."""
    assert why(a_reply(method="REQUEST", more="METHOD:REPLY")) == "no_reply"


@given(st.binary(max_size=2000))
def test_nothing_that_anybody_sends_breaks_it(raw):
    for mail in (raw, a_reply() + raw, a_reply(raw.decode("latin-1"))):
        with contextlib.suppress(NotAReply):
            assert read_reply(mail).uid
