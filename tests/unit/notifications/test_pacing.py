"""When a letter leaves: quiet hours, summaries, and what waits for nothing."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notifications.domain.pacing import Wished, after_quiet, departure, is_over_unheard, next_morning

WARSAW = ZoneInfo("Europe/Warsaw")
NEXT_YEAR = datetime(2027, 6, 1, tzinfo=UTC)
WEEKLY = Wished("Europe/Warsaw", rhythms={"conflict_detected": "weekly"})
NIGHT = Wished("Europe/Warsaw", time(22), time(7))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """An instant of 2026 by the clock of Warsaw."""
    return datetime(2026, month, day, hour, minute, tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("severity", "wished", "now", "leaves", "pace"),
    [
        ("warning", Wished("Europe/Warsaw"), at(26, 22, 30), at(26, 22, 30), "at_once"),
        ("warning", NIGHT, at(26, 22, 30), at(27, 7), "quiet"),
        ("warning", NIGHT, at(27, 6, 59), at(27, 7), "quiet"),
        ("warning", NIGHT, at(27, 7), at(27, 7), "at_once"),
        ("warning", NIGHT, at(26, 21, 59), at(26, 21, 59), "at_once"),
        ("blocking", NIGHT, at(26, 22, 30), at(26, 22, 30), "blocking"),
        ("warning", Wished("Europe/Warsaw", time(12), time(14)), at(26, 13), at(26, 14), "quiet"),
        ("warning", Wished("America/New_York", time(12), time(14)), at(26, 13), at(26, 13), "at_once"),
        # a summary: the next morning, the next Monday (the 30th), by the clock of who reads
        ("warning", Wished("Europe/Warsaw", rhythms={"conflict_detected": "daily"}), at(26, 9), at(27, 7), "daily"),
        ("warning", Wished("Europe/Warsaw", rhythms={"conflict_detected": "weekly"}), at(26, 9), at(30, 7), "weekly"),
        (
            "blocking",
            Wished("Europe/Warsaw", rhythms={"conflict_detected": "weekly"}),
            at(26, 9),
            at(26, 9),
            "blocking",
        ),
        ("warning", Wished("Europe/Warsaw", rhythms={"match_accepted": "daily"}), at(26, 9), at(26, 9), "at_once"),
        # a morning that lies in the quiet hours waits for their end
        (
            "warning",
            Wished("Europe/Warsaw", time(22), time(9), {"conflict_detected": "daily"}),
            at(26, 9),
            at(27, 9),
            "daily",
        ),
        # the night in which the clock is put back has an hour more: 22:30 in summer time, 7:00 in winter time
        ("warning", NIGHT, at(24, 22, 30, month=10), datetime(2026, 10, 25, 6, tzinfo=UTC), "quiet"),
    ],
)
def test_a_new_conflict_leaves_when_its_person_wants_it(severity, wished, now, leaves, pace):
    found = departure("conflict_detected", severity, NEXT_YEAR, wished, now)
    assert (found.at, found.pace) == (leaves, pace)


def test_a_summary_that_would_come_too_late_is_not_waited_for():
    found = departure("conflict_detected", "warning", at(28, 10), WEEKLY, at(26, 9))
    assert (found.at, found.pace) == (at(26, 9), "at_once")


def test_that_something_blocking_is_resolved_can_wait_until_morning():
    found = departure("conflict_resolved", "blocking", NEXT_YEAR, NIGHT, at(26, 23))
    assert (found.at, found.pace) == (at(27, 7), "quiet")


def test_changes_are_gathered_and_what_joins_them_leaves_with_them():
    changed = departure("conflict_changed", "warning", NEXT_YEAR, Wished("Europe/Warsaw"), at(26, 9))
    assert (changed.at, changed.pace) == (at(26, 9, 5), "gathered")
    joined = departure("conflict_detected", "warning", NEXT_YEAR, Wished("Europe/Warsaw"), at(26, 9, 3), changed.at)
    assert (joined.at, joined.pace) == (at(26, 9, 5), "gathered")
    late = departure("conflict_detected", "warning", NEXT_YEAR, NIGHT, at(26, 21, 58), at(26, 22, 1))
    assert (late.at, late.pace) == (at(27, 7), "quiet")


@given(
    minutes=some.integers(0, 3_000_000),
    starts=some.times(),
    ends=some.times(),
    zone=some.sampled_from(["Europe/Warsaw", "America/St_Johns", "Pacific/Apia", "UTC"]),
)
def test_quiet_hours_end_within_a_day_at_an_instant_that_is_not_quiet(minutes, starts, ends, zone):
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wished = Wished(zone, starts, ends)
    out = after_quiet(now, wished)
    assert now <= out <= now + timedelta(hours=26)
    assert after_quiet(out, wished) == out
    assert next_morning(wished, now) > now


@pytest.mark.parametrize(
    ("kind", "code", "over"),
    [
        ("conflict_resolved", "venue_shared", True),
        ("opportunity_withdrawn", "near", True),
        ("booking_answered", "booking_withdrawn", True),
        ("booking_answered", "booking_accepted", False),
        ("conflict_accepted", "venue_shared", False),
    ],
)
def test_what_is_over_need_not_be_told_to_who_never_heard_of_it(kind, code, over):
    assert is_over_unheard(kind, code) is over
