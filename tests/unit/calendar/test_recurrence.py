"""Recurrence: dates on the wall clock of a zone, against dateutil and recurring-ical-events as oracles."""
# ruff: noqa: DTZ001  # readings of a wall clock have no zone

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from services.calendar.domain.recurrence import (
    Replacement,
    Rule,
    UnreadableRule,
    expansion,
    is_rule,
    occurrences,
    pattern_of,
)
from tests.unit.calendar.rules import first_dates, rule_texts

WARSAW = ZoneInfo("Europe/Warsaw")


def a_rule(start, rrule=None, *, hours=1.0, zone="Europe/Warsaw", **more):
    at = start.replace(tzinfo=ZoneInfo(zone))
    end = (at.astimezone(UTC) + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
    return Rule(at, end, zone, rrule=rrule, **more)


def starts(rule, from_at=datetime(2026, 1, 1, tzinfo=UTC), until_at=datetime(2028, 1, 1, tzinfo=UTC), **more):
    return [span.starts_at for span in occurrences(rule, from_at, until_at, **more)]


def local(rule, **more):
    return [at.astimezone(ZoneInfo(rule.zone)).strftime("%m-%d %H:%M") for at in starts(rule, **more)]


def test_an_event_without_a_rule_has_one_date():
    assert local(a_rule(datetime(2026, 3, 1, 17))) == ["03-01 17:00"]


def test_a_series_keeps_its_time_on_the_wall_through_both_changes_of_the_clock():
    rule = a_rule(datetime(2026, 3, 27, 17), "FREQ=DAILY;COUNT=4")
    assert local(rule) == ["03-27 17:00", "03-28 17:00", "03-29 17:00", "03-30 17:00"]
    assert [at.hour for at in starts(rule)] == [16, 16, 15, 15]


def test_a_time_that_the_spring_night_skips_falls_an_hour_later_that_night_only():
    rule = a_rule(datetime(2026, 3, 28, 2, 30), "FREQ=DAILY;COUNT=3")
    assert local(rule) == ["03-28 02:30", "03-29 03:30", "03-30 02:30"]


def test_of_a_time_that_the_autumn_night_has_twice_the_first_is_meant():
    rule = a_rule(datetime(2026, 10, 24, 2, 30), "FREQ=DAILY;COUNT=3")
    assert [at.isoformat() for at in starts(rule)] == [
        "2026-10-24T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-26T01:30:00+00:00",
    ]


def test_the_first_date_stays_the_instant_that_was_said_even_in_the_second_of_two_equal_hours():
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert starts(Rule(at, at + timedelta(hours=1), "Europe/Warsaw", rrule="FREQ=DAILY;COUNT=2"))[0] == at


def test_a_timed_date_lasts_exactly_as_long_as_the_first_across_the_change():
    rule = a_rule(datetime(2026, 3, 27, 22), "FREQ=DAILY;COUNT=3", hours=8)
    assert {span.ends_at - span.starts_at for span in occurrences(rule, *WINDOW)} == {timedelta(hours=8)}


WINDOW = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def test_an_all_day_date_goes_from_midnight_to_midnight_also_when_the_day_has_23_hours():
    start, end = datetime(2026, 3, 28, tzinfo=WARSAW), datetime(2026, 3, 29, tzinfo=WARSAW)
    spans = occurrences(Rule(start, end, "Europe/Warsaw", all_day=True, rrule="FREQ=DAILY;COUNT=3"), *WINDOW)
    assert [(span.ends_at - span.starts_at) / timedelta(hours=1) for span in spans] == [24, 23, 24]
    assert [span.starts_at.astimezone(WARSAW).hour for span in spans] == [0, 0, 0]


def test_a_month_without_a_31st_is_left_out():
    assert local(a_rule(datetime(2026, 1, 31, 10), "FREQ=MONTHLY;COUNT=4")) == [
        "01-31 10:00",
        "03-31 10:00",
        "05-31 10:00",
        "07-31 10:00",
    ]


def test_leap_day_comes_back_in_leap_years_only():
    rule = a_rule(datetime(2024, 2, 29, 10), "FREQ=YEARLY")
    window = {"from_at": datetime(2024, 1, 1, tzinfo=UTC), "until_at": datetime(2040, 1, 1, tzinfo=UTC)}
    assert [at.year for at in starts(rule, **window)] == [2024, 2028, 2032, 2036]


@pytest.mark.parametrize(
    ("until", "last"),
    [("20260103", "01-03"), ("20260103T080000", "01-02"), ("20260103T080000Z", "01-03"), ("20260103T075959Z", "01-02")],
)
def test_until_is_read_as_a_day_a_wall_clock_time_or_an_instant(until, last):
    assert local(a_rule(datetime(2026, 1, 1, 9), f"FREQ=DAILY;UNTIL={until}"))[-1].startswith(last)


def test_dates_can_be_left_out_added_moved_and_cancelled():
    day = lambda n, hour=17: datetime(2026, 5, n, hour, tzinfo=WARSAW)  # noqa: E731
    rule = a_rule(
        datetime(2026, 5, 1, 17),
        "FREQ=DAILY;COUNT=5",
        exdates=(day(2),),
        rdates=(day(20), day(1)),
        overrides={day(3): Replacement(day(10, 9), day(10, 12)), day(4): None},
    )
    assert local(rule) == ["05-01 17:00", "05-05 17:00", "05-10 09:00", "05-20 17:00"]
    moved = occurrences(rule, *WINDOW)[2]
    assert moved.recurrence_at == day(3)
    assert moved.ends_at - moved.starts_at == timedelta(hours=3)


def test_a_date_moved_into_the_window_from_outside_is_found_and_one_moved_out_is_not():
    day = lambda n: datetime(2026, 5, n, 17, tzinfo=WARSAW)  # noqa: E731
    rule = a_rule(
        datetime(2026, 5, 1, 17), "FREQ=DAILY;COUNT=3", overrides={day(3): Replacement(day(30), day(31)), day(1): None}
    )
    assert len(starts(rule, from_at=day(29))) == 1
    assert len(starts(rule, until_at=day(20))) == 1


def test_what_began_before_the_window_and_still_goes_on_is_in_it():
    rule = a_rule(datetime(2026, 5, 1, 17), hours=48)
    assert len(starts(rule, from_at=datetime(2026, 5, 2, tzinfo=UTC))) == 1
    assert starts(rule, from_at=datetime(2026, 5, 3, 15, tzinfo=UTC)) == []


def test_dates_after_2038_come_out():
    rule = a_rule(datetime(2026, 7, 1, 12), "FREQ=YEARLY")
    found = starts(rule, until_at=datetime(2061, 1, 1, tzinfo=UTC))
    assert found[-1].isoformat() == "2060-07-01T10:00:00+00:00"


BOMBS = [
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;BYHOUR=3;BYMINUTE=0;BYSECOND=0",
    "FREQ=MINUTELY;COUNT=1000000",
    "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7;BYMINUTE=1,2,3,4,5,6,7,8,9;BYSECOND=1,2,3,4,5,6,7,8",
]
NEVER = [
    f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=30"
    for frequency in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
] + ["FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1", "FREQ=DAILY;INTERVAL=1000000", "FREQ=WEEKLY;INTERVAL=1000000"]


@pytest.mark.parametrize("text", BOMBS)
def test_a_rule_that_gives_too_many_dates_is_cut_and_says_so(text):
    began = time.process_time()
    found = expansion(a_rule(datetime(2026, 1, 1, 9), text), *WINDOW)
    assert found.cut is not None
    assert found.cut.code == "occurrences_cut"
    assert len(found.spans) <= 2_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", NEVER)
def test_a_rule_whose_day_never_comes_is_not_looked_for_forever(text):
    began = time.process_time()
    found = expansion(a_rule(datetime(2026, 1, 1, 9), text), *WINDOW)
    assert len(found.spans) == 1
    assert time.process_time() - began < 1


def test_at_most_as_many_dates_as_asked_for_are_given():
    found = expansion(a_rule(datetime(2026, 1, 1, 9), "FREQ=DAILY"), *WINDOW, most=10)
    assert (len(found.spans), found.cut is not None) == (10, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DAILY",
        "FREQ=OFTEN",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;WHAT=1",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;BYMONTH=" + "1," * 3000 + "1",
        "FREQ=DAILY;COUNT=²",
    ],
)
def test_what_is_no_rule_is_said_to_be_none(text):
    assert not is_rule(text)
    with pytest.raises(UnreadableRule) as refusal:
        pattern_of(text)
    assert refusal.value.reason.code in ("rule_unreadable", "rule_unsupported")


@pytest.mark.parametrize("text", ["FREQ=DAILY", "freq=weekly;byday=mo, tu ,we;wkst=su", "FREQ=DAILY;X-NOTE=1;"])
def test_a_rule_written_carelessly_is_understood(text):
    assert is_rule(text)


# The oracles -----------------------------------------------------------------------------------------------------


@settings(max_examples=1_200, deadline=None)
@given(text=rule_texts(), first=first_dates)
def test_the_dates_on_the_wall_are_those_of_dateutil(text, first):
    low, high = datetime(2025, 6, 1), datetime(2028, 6, 1)
    oracle = set(rrulestr(f"RRULE:{text}", dtstart=first).between(low, high, inc=True))
    oracle |= {first} if low <= first < high else set()
    # In UTC no night skips or doubles an hour, so the readings can be compared as they are.
    found = starts(a_rule(first, text, zone="UTC"), low.replace(tzinfo=UTC), high.replace(tzinfo=UTC), most=5_000)
    assert {at.replace(tzinfo=None) for at in found} - {high} == {at for at in oracle if at < high} | {
        at.replace(tzinfo=None) for at in found if at.replace(tzinfo=None) < low
    }
    assert found == sorted(found)


@settings(max_examples=600, deadline=None)
@given(text=rule_texts(), first=first_dates, count=st.integers(1, 30))
def test_count_counts_what_dateutil_counts(text, first, count):
    everything = list(zip(range(count + 1), rrulestr(f"RRULE:{text}", dtstart=first), strict=False))
    if not everything or everything[0][1] != first:
        return  # what COUNT means for a start that its rule does not match is undefined (RFC 5545 §3.8.5.3)
    rule = a_rule(first, f"{text};COUNT={count}", zone="UTC")
    found = starts(rule, datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
    assert [at.replace(tzinfo=None) for at in found] == [at for _, at in everything[:count] if at.year < 2200]


def calendar_of(first, text, exdates, rdates):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z"]
    lines += [f"DTSTART;TZID=Europe/Warsaw:{first:%Y%m%dT%H%M%S}", "DURATION:PT1H", f"RRULE:{text}"]
    lines += [f"EXDATE;TZID=Europe/Warsaw:{one:%Y%m%dT%H%M%S}" for one in exdates]
    lines += [f"RDATE;TZID=Europe/Warsaw:{one:%Y%m%dT%H%M%S}" for one in rdates]
    return Calendar.from_ical("\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]))


@settings(max_examples=200, deadline=None)
@given(
    text=rule_texts(),
    day=st.dates(date(2025, 6, 1), date(2026, 6, 1)),
    hour=st.sampled_from([1, 2, 3, 12, 23]),
    out=st.lists(st.integers(0, 40), max_size=3),
    more=st.lists(st.integers(0, 400), max_size=3, unique=True),
)
def test_the_instants_in_warsaw_are_those_of_recurring_ical_events(text, day, hour, out, more):
    first = datetime(day.year, day.month, day.day, hour, 30)
    wall = [first, *rrulestr(f"RRULE:{text}", dtstart=first).between(first, datetime(2027, 1, 1))]
    exdates = [wall[n] for n in out if 0 < n < len(wall)]
    # Not one or two hours: the oracle leaves out an RDATE that reads in UTC as an EXDATE does on the wall (see below).
    rdates = [first + timedelta(days=n, hours=3) for n in more]
    low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    oracle = recurring_ical_events.of(calendar_of(first, text, exdates, rdates)).between(low, high)
    rule = a_rule(
        first,
        text,
        exdates=tuple(one.replace(tzinfo=WARSAW) for one in exdates),
        rdates=tuple(one.replace(tzinfo=WARSAW) for one in rdates),
    )
    assert set(starts(rule, low, high)) == {event["DTSTART"].dt.astimezone(UTC) for event in oracle}


def test_a_date_left_out_leaves_in_one_that_reads_alike_in_utc():
    first = datetime(2026, 4, 1, 1, 30, tzinfo=WARSAW)
    out, more = first + timedelta(days=1), first + timedelta(days=1, hours=2)
    assert (out.hour, more.astimezone(UTC).hour) == (1, 1)
    rule = a_rule(datetime(2026, 4, 1, 1, 30), "FREQ=DAILY;COUNT=3", exdates=(out,), rdates=(more,))
    assert [at.astimezone(WARSAW) for at in starts(rule)] == [first, more, first + timedelta(days=2)]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260103", 3),
        ("20260103T235959Z", 3),
        ("20260102T230000Z", 3),
        ("20260103T000000", 3),
        ("20260103T120000Z", 3),
    ],
)
def test_until_of_an_all_day_rule_names_a_day_however_it_is_written(until, last):
    start = datetime(2026, 1, 1, tzinfo=WARSAW)
    rule = Rule(start, start + timedelta(days=1), "Europe/Warsaw", all_day=True, rrule=f"FREQ=DAILY;UNTIL={until}")
    assert [at.astimezone(WARSAW).day for at in starts(rule)] == list(range(1, last + 1))
