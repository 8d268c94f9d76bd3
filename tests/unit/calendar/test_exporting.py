"""Exporting: what goes out comes back the same, and other programs' libraries read it as we mean it."""
# ruff: noqa: DTZ001  # readings of a wall clock have no zone

import string
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from services.calendar.domain.exporting import (
    CALENDAR_END,
    ExportedEvent,
    ExportedTask,
    calendar_head,
    calendar_text,
    tasks_text,
)
from services.calendar.domain.importing import read_calendar
from services.calendar.domain.zone_definitions import zone_definition

CONTROL: tuple[Literal["C"]] = ("C",)
WARSAW = ZoneInfo("Europe/Warsaw")
STAMP = datetime(2026, 1, 1, 12, tzinfo=UTC)


def an_exported(start=datetime(2026, 3, 4, 17, tzinfo=WARSAW), **more):
    values = {
        "uid": "1@example.org",
        "title": "Festyn",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "zone": str(start.tzinfo),
        "changed_at": STAMP,
    }
    return ExportedEvent(**values | more)


def text_of(*events):
    return b"".join(calendar_text(events, name="Azory, kalendarz", url="http://127.0.0.1/calendar/feed.ics?a=1"))


def back(*events):
    return read_calendar(text_of(*events), zone="Europe/Warsaw").items


def test_everything_that_an_event_says_comes_back():
    day = lambda n: datetime(2026, 3, n, 17, tzinfo=WARSAW)  # noqa: E731
    sent = an_exported(
        description="Kawa, ciasto; i\nrozmowa \\ śpiew",
        location="ul. Jaremy 1, Kraków",
        latitude=50.0876,
        longitude=19.9134,
        rrule="FREQ=WEEKLY;BYDAY=WE",
        exdates=(day(18),),
        rdates=(day(20), day(27)),
        categories=("seniors", "kultura, sztuka"),
        status="tentative",
        url="http://127.0.0.1/calendar/events/1",
        sequence=7,
    )
    moved = an_exported(day(26), recurrence_at=day(25), status="cancelled", title="Festyn (przeniesiony)")
    item, override = back(sent, moved)
    event = item.event
    for name in ("title", "description", "location", "latitude", "longitude", "rrule", "exdates", "rdates", "url"):
        assert getattr(event, name) == getattr(sent, name), name
    assert (event.starts_at, event.ends_at, event.zone) == (sent.starts_at, sent.ends_at, sent.zone)
    assert (event.categories, event.status) == (sent.categories, "tentative")
    assert (item.uid, item.sequence, item.changed_at, item.result) == (sent.uid, 7, STAMP, "readable")
    assert override.recurrence_id == "20260325T160000Z"
    assert (override.cancelled, override.event.starts_at, override.event.recurrence_at) == (True, day(26), day(25))


def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut():
    data = text_of(an_exported(title="Zażółć gęślą jaźń " * 20, description="🎄" * 100))
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
    ],
)
def test_both_hours_of_the_autumn_night_go_out_and_come_back(at):
    item = back(an_exported(at, zone="Europe/Warsaw"))[0]
    assert item.event.starts_at.astimezone(UTC) == at
    assert item.event.ends_at.astimezone(UTC) - at == timedelta(hours=2)


def test_an_all_day_event_is_written_as_dates():
    start = datetime(2026, 3, 28, tzinfo=WARSAW)
    data = text_of(an_exported(start, ends_at=datetime(2026, 3, 30, tzinfo=WARSAW), all_day=True))
    assert b"DTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330\r\n" in data
    assert b"VTIMEZONE" not in data


@pytest.mark.parametrize(
    "zone",
    ["Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca", "Australia/Lord_Howe", "Etc/GMT-3"],
)
def test_a_zone_is_defined_so_that_icalendar_reckons_as_the_database_does(zone):
    # icalendar remembers zones by name for the life of the process
    text = zone_definition(zone, 2025, 2027).replace(f"TZID:{zone}", f"TZID:Tested {zone}".replace("/", " "))
    defined = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n").walk("VTIMEZONE")[0].to_tz()
    for hours in range(0, 3 * 8766, 37):
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        local = at.astimezone(ZoneInfo(zone))
        if not local.fold:  # the zones that icalendar makes do not know the second of two equal hours
            assert at.astimezone(defined).utcoffset() == local.utcoffset(), at


def test_an_empty_feed_is_a_calendar():
    assert len(Calendar.from_ical(text_of()).walk()) == 1


ZONES = ["Europe/Warsaw", "America/New_York", "Asia/Tokyo", "UTC", "Pacific/Apia"]
words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from(list(string.printable[:95])),
    max_size=120,
)


@settings(max_examples=120, deadline=None)
@given(
    title=words.map(lambda text: " ".join(text.split())).filter(bool),
    description=words.map(str.strip),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(1, 10_000),
)
def test_the_instants_and_words_of_any_event_come_back(title, description, at, zone, minutes):
    start = at.replace(tzinfo=UTC)
    sent = an_exported(
        start, ends_at=start + timedelta(minutes=minutes), zone=zone, title=title, description=description
    )
    item = back(sent)[0]
    assert item.event.starts_at.astimezone(UTC) == sent.starts_at
    assert item.event.ends_at.astimezone(UTC) == sent.ends_at
    assert (item.event.title, item.event.description) == (title, description)
    assert item.result == "readable"


@pytest.mark.parametrize("done_at", [None, STAMP])
@given(title=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=CONTROL), min_size=1, max_size=120))
def test_a_task_is_read_by_other_libraries_as_it_is_meant(done_at, title):
    task = ExportedTask(
        uid="task-1",
        title=title,
        meeting_uid="1@example.org",
        changed_at=STAMP,
        due_on=date(2026, 3, 4),
        done_at=done_at,
        sequence=3,
        url="http://127.0.0.1/calendar/events/1#tasks",
    )
    text = calendar_head("Azory", None, []) + tasks_text([task]) + CALENDAR_END
    assert max(map(len, text.split(b"\r\n"))) <= 75
    [read] = Calendar.from_ical(text).walk("VTODO")
    assert str(read["SUMMARY"]) == title
    assert (read.decoded("DUE"), read["SEQUENCE"]) == (date(2026, 3, 4), 3)
    assert str(read["RELATED-TO"]) == "1@example.org"
    [other] = IcsCalendarStream.calendar_from_ics(text.decode()).todos
    assert (other.summary, other.due, other.sequence, other.url) == (title, date(2026, 3, 4), 3, task.url)
    assert other.status == ("NEEDS-ACTION" if done_at is None else "COMPLETED")
    assert other.completed == done_at
