"""Mails that answer an invitation: what calendar programs write is understood, and what is more than that is not."""

import contextlib
from datetime import UTC, date, datetime

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
    assert reply.recurrence is None


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "no_calendar"),
        (b"Subject: Jestem na urlopie\r\n\r\nWracam w poniedzialek.", "no_calendar"),
        (a_reply(method="REQUEST"), "no_reply"),
        (a_reply(method="COUNTER"), "unclear"),
        (a_reply(method="COUNTER", more="DTSTART:jutro"), "unclear"),
        (a_reply(more="RECURRENCE-ID:00010101T000000Z"), "unclear"),
        (a_reply(partstat="NEEDS-ACTION"), "no_answer"),
        (a_reply(partstat="IN-PROCESS"), "no_answer"),
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


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (":20300107T080000Z", date(2030, 1, 7)),
        (":20300106T233000Z", date(2030, 1, 7)),
        (";TZID=Europe/Warsaw:20300107T003000", date(2030, 1, 7)),
        (";TZID=America/New_York:20300106T200000", date(2030, 1, 7)),
        (";TZID=Central European Standard Time:20300107T003000", date(2030, 1, 7)),
        (';TZID="../../etc/passwd":20300107T003000', date(2030, 1, 7)),
        (";TZID=Europe:20300107T003000", date(2030, 1, 7)),
        (":20300107T003000", date(2030, 1, 7)),
        (";VALUE=DATE:20300107", date(2030, 1, 7)),
    ],
)
def test_an_answer_to_one_date_says_which(written, day):
    reply = read_reply(a_reply(more=f"RECURRENCE-ID{written}"))
    assert reply.recurrence is not None
    assert reply.recurrence.day("Europe/Warsaw") == day


def test_who_sends_somebody_else_says_so_also_where_both_are_named():
    both = 'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:a@b.pl":mailto:c@d.pl'
    for more in ("", both):
        reply = read_reply(a_reply(partstat='DELEGATED;DELEGATED-TO="mailto:c@d.pl"', more=more))
        assert (reply.attendee, reply.answer) == ("a@b.pl", "delegated")
    accepted = 'ACCEPTED;DELEGATED-FROM="mailto:x@b.pl"'
    assert why(a_reply(partstat=accepted)) == "unclear"  # we did not ask who answers


def test_another_time_that_is_proposed_is_read_with_its_clock():
    times = "DTSTART;TZID=Europe/Warsaw:20300108T170000\r\nDTEND:20300108T180000Z"
    reply = read_reply(a_reply(method="COUNTER", partstat="TENTATIVE", more=times))
    assert reply.answer == "countered"
    assert reply.begins is not None
    assert reply.ends is not None
    assert reply.begins.instant("UTC") == datetime(2030, 1, 8, 16, tzinfo=UTC)
    assert reply.ends.instant("Europe/Warsaw") == datetime(2030, 1, 8, 18, tzinfo=UTC)


def test_a_method_that_stands_in_an_event_is_none():
    """Fails where components are not told apart: what somebody writes into a description would answer."""
    assert why(a_reply(method="REQUEST", more="METHOD:REPLY")) == "no_reply"


@given(st.binary(max_size=2000))
def test_nothing_that_anybody_sends_breaks_it(raw):
    for mail in (raw, a_reply() + raw, a_reply(raw.decode("latin-1"))):
        with contextlib.suppress(NotAReply):
            assert read_reply(mail).uid
