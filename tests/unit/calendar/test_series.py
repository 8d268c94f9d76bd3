"""Changing one date of a series, those that follow, or all: what becomes of the plan, and that no date is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.calendar.domain.dates import rule_of
from services.calendar.domain.plans import EventPlan, Override
from services.calendar.domain.recurrence import expansion
from services.calendar.domain.series import (
    Date,
    UnclearRule,
    alone,
    date_at,
    moved,
    shifted,
    split,
    with_override,
    without,
)
from tests.unit.calendar.rules import first_dates, rule_texts

WARSAW = ZoneInfo("Europe/Warsaw")
AN_HOUR = timedelta(hours=1)


def day(number, hour=17, month=9):
    return datetime(2026, month, number, hour, tzinfo=WARSAW)


FIRST = day(1)


def a_series(rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=6", start=FIRST, ends_at=None, **values):
    return EventPlan("Joga", start, ends_at or start + AN_HOUR, "Europe/Warsaw", rrule=rrule, **values)


def starts(plan, until_at=datetime(2028, 1, 1, tzinfo=UTC)):
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    return [span.starts_at for span in expansion(rule_of(plan), begin, until_at, 5_000).spans]


def days(plan):
    return [f"{at.astimezone(WARSAW):%m-%d %H}" for at in starts(plan)]


def test_a_split_series_has_the_dates_that_it_had():
    early, late = split(a_series(exdates=(day(8), day(22)), rdates=(day(30),)), day(15))
    assert early.rrule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260915T145959Z"
    assert late.rrule == "FREQ=WEEKLY;BYDAY=TU;COUNT=4"
    assert (days(early), days(late)) == (["09-01 17"], ["09-15 17", "09-29 17", "09-30 17", "10-06 17"])
    assert (late.exdates, early.exdates) == ((day(22),), (day(8),))


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({"floating": True}, "20260915T165959"),
        ({"all_day": True, "starts_at": day(1, 0), "ends_at": day(2, 0)}, "20260914"),
    ],
)
def test_the_end_of_a_split_series_is_written_as_its_kind_of_time_must_be(values, until):
    plan = replace(a_series("FREQ=WEEKLY;X-NOTE=1"), **values)
    early, late = split(plan, day(15, plan.starts_at.hour))
    assert early.rrule == f"FREQ=WEEKLY;X-NOTE=1;UNTIL={until}"
    assert late.rrule == "FREQ=WEEKLY;X-NOTE=1"
    assert len(starts(early)) == 2


def test_split_at_its_first_date_a_series_stays_whole():
    assert split(a_series(), day(1))[0] is None
    assert split(a_series(exdates=(day(1),)), day(8))[0] is None


def test_split_at_an_extra_date_the_rule_goes_on_with_its_own():
    early, late = split(a_series(rdates=(day(17),)), day(17))
    assert (days(early)[-1], days(late)[:2]) == ("09-15 17", ["09-17 17", "09-22 17"])


@settings(max_examples=80, deadline=None)
@given(text=rule_texts(), first=first_dates, number=st.integers(0, 12), count=st.none() | st.integers(2, 30))
def test_no_date_is_lost_or_doubled_by_a_split(text, first, number, count):
    start = first.replace(tzinfo=WARSAW)
    plan = a_series(text if count is None else f"{text};COUNT={count}", start)
    before = starts(plan)
    assume(len(before) > number + 1)
    early, late = split(plan, before[number])
    assert [*(starts(early) if early else ()), *starts(late)] == before


def test_moving_all_dates_moves_what_is_left_out_or_different_too():
    plan = a_series(exdates=(day(8),), overrides=(Override(day(15), day(16, 10), day(16, 11)),))
    late = moved(plan, date_at(plan, day(22)), {"starts_at": day(23, 18)})
    assert late.rrule == "FREQ=WEEKLY;BYDAY=WE;COUNT=6"
    assert days(late) == ["09-02 18", "09-16 10", "09-23 18", "09-30 18", "10-07 18"]
    assert late.ends_at - late.starts_at == AN_HOUR


@pytest.mark.parametrize(
    ("rrule", "start", "kept"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=1", day(2), "FREQ=MONTHLY;BYMONTHDAY=2"),
        ("FREQ=MONTHLY;BYDAY=1TU", day(1, 18), "FREQ=MONTHLY;BYDAY=1TU"),
        ("FREQ=MONTHLY;BYDAY=1TU", day(2), None),
        ("FREQ=WEEKLY;BYDAY=TU,TH", day(3), "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", day(2), None),
        ("FREQ=DAILY", day(2), "FREQ=DAILY"),
    ],
)
def test_a_rule_goes_on_from_its_new_day_or_asks_how(rrule, start, kept):
    plan = a_series(rrule)
    if kept is None:
        with pytest.raises(UnclearRule):
            shifted(plan, {"starts_at": start})
        assert shifted(plan, {"starts_at": start, "rrule": "FREQ=DAILY"}).rrule == "FREQ=DAILY"
    else:
        assert shifted(plan, {"starts_at": start}).rrule == kept


def test_one_date_differs_is_cancelled_and_comes_back():
    plan = a_series()
    cancelled = with_override(plan, Override(day(8), day(8), day(8) + AN_HOUR, cancelled=True))
    assert date_at(cancelled, day(8)).cancelled
    assert len(starts(cancelled)) == 5
    assert with_override(cancelled, Override(day(8), day(8), day(8) + AN_HOUR)) == plan
    assert date_at(plan, day(9)) is None
    assert date_at(without(plan, day(8)), day(8)) is None


def test_one_date_becomes_an_event_of_its_own():
    plan = a_series(uid="x", sequence=4, source="import:1")
    one = alone(plan, Date(day(8), day(8, 18)), {"description": "Z gościem"})
    assert (one.starts_at, one.rrule, one.uid, one.source) == (day(8), None, None, "local")
    assert one.description == "Z gościem"


def test_a_series_that_has_had_too_many_dates_is_not_split():
    with pytest.raises(UnclearRule):
        split(a_series("FREQ=MINUTELY"), day(1, month=10))


def test_a_series_whose_dates_overlap_is_split_at_one_of_them():
    """Fails where the date before, which goes on still, is taken for the first that follows."""
    weekend = a_series("FREQ=WEEKLY;BYDAY=SA,SU", day(5, 0), all_day=True, ends_at=day(7, 0))
    early, late = split(weekend, day(13, 0))
    assert late.starts_at == day(13, 0)
    assert days(early) == ["09-05 00", "09-06 00", "09-12 00"]
