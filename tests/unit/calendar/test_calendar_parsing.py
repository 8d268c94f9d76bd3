"""Calendar files, rules, and what is typed into the plan form: read, repaired or refused, and in time."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from services.calendar.domain.components import UnreadableCalendar
from services.calendar.domain.faults import faults_of
from services.calendar.domain.importing import read_calendar
from services.calendar.domain.importing.series import series_of
from services.calendar.domain.recurrence import Rule, UnreadableRule, expansion
from services.calendar.pages.forms import TEXTS, plan_of_typed, typed_of_form, typed_of_plan

WARSAW = ZoneInfo("Europe/Warsaw")
FILES = sorted((Path(__file__).resolve().parents[2] / "data" / "ics").glob("*.ics"))
WORDS = [
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE",
    "BEGIN:STANDARD", "END:STANDARD", "BEGIN:VALARM", "END:VALARM", "UID:1", "SUMMARY:x", "METHOD:CANCEL",
    "DTSTART:20270301T100000", "DTSTART;VALUE=DATE:20270301", "DTSTART;TZID=x:20270301T100000", "TZID:x",
    "DTSTART:00010101T000000Z", "DTSTART:99991231T235959Z", "DTEND:20270301T110000", "DTEND:99991231T235959Z",
    "DURATION:P1D", "DURATION:-P99999999999D", "DURATION:PT99999999999999999999S", "RRULE:FREQ=DAILY",
    "RRULE:FREQ=SECONDLY;INTERVAL=0", "RRULE:FREQ=YEARLY;BYDAY=53MO;UNTIL=00010101", "RDATE:20270302T100000",
    "RDATE;VALUE=PERIOD:20270302T100000/PT1H", "EXDATE:20270301T100000", "RECURRENCE-ID:20270301T100000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:00010101T000000Z", "TZOFFSETTO:+9999", "TZOFFSETFROM:-0000", "SEQUENCE:-1",
    "SEQUENCE:99999999999999999999999", "GEO:91;181", "GEO:nan;inf", "STATUS:CANCELLED", "LAST-MODIFIED:x",
    "DTSTAMP:20270101T000000Z", "CATEGORIES:a,b\\,c", ";:;:", "X-A;B=\"c:d\":e", " folded", "\t", "",
]  # fmt: skip
LINES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=40)), max_size=25
)
WRAPPED = LINES.map(lambda lines: ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT", "END:VCALENDAR"])


def sound(data: bytes) -> None:
    """Read a file, and assert that whatever came of it can be told, stored and expanded."""
    began = time.monotonic()
    try:
        reading = read_calendar(data, zone="Europe/Warsaw")
    except UnreadableCalendar:
        return
    for item in reading.items:
        assert item.result in ("readable", "repaired", "refused")
        assert "\0" not in item.uid
    for series in series_of(reading.items):
        assert series
    assert time.monotonic() - began < 5


@settings(max_examples=150)
@given(st.one_of(LINES, WRAPPED), st.sampled_from(["\r\n", "\n", "\r"]), st.sampled_from(["utf-8", "utf-16", "cp1250"]))
def test_lines_in_any_order_are_read_or_refused(lines: list[str], ending: str, encoding: str):
    sound(ending.join(lines).encode(encoding, "replace"))


@settings(max_examples=100)
@given(st.binary(max_size=400))
@example(b"BEGIN:VCALENDAR\r\n" * 20_000)
@example(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX;" + b"A=" * 100_000)
@example(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX;A=" + b'"' * 100_001 + b":b\r\nEND:VEVENT\r\nEND:VCALENDAR")
def test_any_bytes_are_read_or_refused(data: bytes):
    sound(data)


@settings(max_examples=60)
@given(st.data())
def test_a_real_file_that_was_damaged_is_read_or_refused(data: st.DataObject):
    whole = data.draw(st.sampled_from(FILES)).read_bytes()[:20_000]
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
        whole = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + length :]
    sound(whole)


PARTS = st.sampled_from(
    [
        "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=SECONDLY", "FREQ=x", "INTERVAL=1",
        "INTERVAL=0", "INTERVAL=99999999999999999999", "COUNT=3", "COUNT=-1", "COUNT=9999999999", "UNTIL=20271231",
        "UNTIL=00010101",
        "UNTIL=99991231T235959Z", "BYDAY=MO,TU", "BYDAY=-1FR", "BYDAY=99XX", "BYMONTH=2", "BYMONTHDAY=31",
        "BYMONTHDAY=-31", "BYSETPOS=-1", "BYYEARDAY=366", "BYWEEKNO=53", "BYHOUR=25", "BYMINUTE=61", "WKST=SU",
        "BYEASTER=0", "=", ";",
    ]
)  # fmt: skip


@settings(max_examples=200)
@given(st.one_of(st.lists(PARTS, max_size=7).map(";".join), st.text(max_size=60)), st.booleans())
@example("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", False)
@example("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", False)
@example("FREQ=DAILY;INTERVAL=999999", True)
@example("FREQ=DAILY;UNTIL=99991231T235959Z", False)
@example("FREQ=DAILY;UNTIL=00010101T000000Z", False)
def test_a_rule_gives_dates_in_order_or_is_refused(text: str, all_day: bool):
    start = datetime(2027, 3, 1, 10, tzinfo=WARSAW)
    began = time.monotonic()
    try:
        rule = Rule(start, start + timedelta(hours=2), "Europe/Warsaw", rrule=text or None, all_day=all_day)
        spans = expansion(rule, start.astimezone(UTC), start.astimezone(UTC) + timedelta(days=800)).spans
    except UnreadableRule:
        return
    finally:
        assert time.monotonic() - began < 5
    assert [span.starts_at for span in spans] == sorted(span.starts_at for span in spans)


TYPED = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.dates().map(str),
    st.times().map(str),
    st.sampled_from(
        [
            "9999-12-31", "0001-01-01", "2027-W10-1", "20270301", "2027-03-28", "24:00", "14:00+25:00", "T14",
            "140000.5", "50.0885, 19.9110", "-50,5 190.1", "1.1.1.1", "٣", "²", "9" * 500, "yes", "FREQ=DAILY",
            "FREQ=DAILY;COUNT=x",
        ]
    ),
)  # fmt: skip
FORMS = st.dictionaries(
    st.sampled_from([*TEXTS, "all_day", "host_ids", "audiences", "borrow_x", "borrow_", "nobody"]), TYPED, max_size=14
)


def on(day: str, **more: str) -> dict[str, str]:
    """Give a form about an hour in the evening of this day."""
    return {"title": "x", "host_ids": "a", "starts_on": day, "starts_time": "22:00", "ends_time": "23:00", **more}


@settings(max_examples=300)
@given(FORMS, st.booleans(), st.sampled_from(["Europe/Warsaw", "Pacific/Kiritimati", "America/Los_Angeles"]))
@example(on("9999-12-31"), True, "Europe/Warsaw")
@example(on("0001-01-01"), False, "Europe/Warsaw")
@example(on("0001-01-01", repeat="FREQ=DAILY", until_on="0001-01-01"), False, "Pacific/Kiritimati")
@example(on("9999-12-31", repeat="FREQ=DAILY", until_on="9999-12-31"), False, "America/Los_Angeles")
@example(on("2027-03-01", starts_time="10:00+02:00"), False, "Europe/Warsaw")
def test_what_is_typed_into_the_form_is_a_plan_or_a_fault(form: dict[str, str], all_day: bool, zone: str):
    typed = typed_of_form(FormData({**form, **({"all_day": "yes"} if all_day else {})}))
    plan, faults = plan_of_typed(typed, ZoneInfo(zone))
    assert plan is not None or faults
    assert all(fault.field and fault.text for fault in faults)
    if plan is not None:
        list(faults_of(plan))
        again, _ = plan_of_typed(typed_of_plan(plan, 1), ZoneInfo(zone))
        if again is not None and plan.starts_at.second == plan.starts_at.microsecond == 0 and not plan.rrule:
            assert (again.starts_at, again.all_day, again.title) == (plan.starts_at, plan.all_day, plan.title)


@pytest.mark.parametrize("text", ["50.0885, 19.9110", "50,0885; 19,9110", "N 50.0885 E 19.9110"])
def test_a_point_is_read_as_people_copy_it(text: str):
    form = {"title": "x", "host_ids": "a", "starts_on": "2027-03-01", "starts_time": "10:00", "ends_time": "11:00"}
    plan, faults = plan_of_typed(typed_of_form(FormData({**form, "point": text})), WARSAW)
    assert plan is not None
    assert (plan.latitude, plan.longitude) == (50.0885, 19.911)
    assert not re.search("point", str(faults))
