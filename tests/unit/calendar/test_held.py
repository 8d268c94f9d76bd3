"""Dates of a meeting that repeats are named by the day of their rule, and keep their names or move with the plan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.held import ALL, address_of, name_of, query_of, renaming
from services.calendar.domain.minutes import LONGEST_MINUTES
from services.calendar.domain.plans import EventPlan
from shared.pages.markdown import LONGEST

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST = datetime(2026, 12, 1, 17, tzinfo=WARSAW)
ONCE = EventPlan(title="Spotkanie", starts_at=FIRST, ends_at=FIRST + timedelta(hours=1), zone="Europe/Warsaw")
SERIES = replace(ONCE, rrule="FREQ=WEEKLY;INTERVAL=2")


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (FIRST, "2026-12-01"),
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "2026-12-02"),
        (int(datetime(2026, 7, 1, 22, 30, tzinfo=UTC).timestamp()), "2026-07-02"),
    ],
)
def test_a_date_is_named_by_the_day_on_the_meetings_own_clock(at, name):
    assert name_of(at, "Europe/Warsaw") == name


def test_addresses_name_the_date_where_there_are_several():
    assert address_of("x") == "/calendar/events/x"
    assert address_of("x", "2026-12-01") == "/calendar/meetings/x/dates/2026-12-01"
    assert [query_of(one) for one in (ALL, "2026-12-01")] == ["", "?held_on=2026-12-01"]


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (SERIES, replace(SERIES, title="Inne"), {"2026-12-15": "2026-12-15", ALL: ALL}),
        (SERIES, replace(SERIES, starts_at=FIRST + timedelta(days=2)), {"2026-12-15": "2026-12-17", ALL: ALL}),
        (SERIES, replace(SERIES, starts_at=FIRST - timedelta(hours=2)), {"2026-12-15": "2026-12-15"}),
        (ONCE, replace(ONCE, starts_at=FIRST + timedelta(days=9)), {ALL: ALL}),
        (ONCE, SERIES, {ALL: "2026-12-01"}),
        (SERIES, ONCE, {"2026-12-01": ALL, "2026-12-15": "2026-12-15"}),
    ],
)
def test_names_follow_the_plan(before, after, names):
    assert {name: renaming(before, after)(name) for name in names} == names


def test_what_may_be_published_is_shown_whole():
    assert LONGEST_MINUTES <= LONGEST
