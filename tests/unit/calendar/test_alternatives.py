"""Alternatives: a series moves with its rule, its left-out dates and its last day; and only what cures is a cure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.alternatives import Around, cures, moved_plan, moved_rule, of_times
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.dates import dates_of
from services.calendar.domain.plans import EventPlan, Override
from services.calendar.domain.slots import Taken, Wish
from shared.messages import Reason

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = datetime(2027, 3, 2, 17, tzinfo=WARSAW)
LONG_AGO = datetime(2020, 1, 1, tzinfo=WARSAW)
HOUR = timedelta(hours=1)


def a_plan(**values):
    return EventPlan(
        **{"title": "Joga", "starts_at": TUESDAY, "ends_at": TUESDAY + 2 * HOUR, "zone": "Europe/Warsaw", **values}
    )


def offered(plan, *busy, before=0, after=0):
    dates = dates_of(plan, recent_at=LONG_AGO, until_at=TUESDAY + timedelta(days=365))
    wish = Wish.of(dates, plan.zone, all_day=plan.all_day, before=before, after=after)
    taken = Taken((int(start.timestamp()), int(end.timestamp())) for start, end in busy)
    return sorted(of_times(Around(plan, wish, dates, taken, LONG_AGO), ()), key=lambda one: one.cost)


def kinds(alternatives):
    return list(dict.fromkeys(one.kind for one in alternatives))


RULES = [
    ("FREQ=WEEKLY", 1, 0, "FREQ=WEEKLY"),
    ("FREQ=WEEKLY;BYDAY=TU,SU;COUNT=9", 1, 0, "FREQ=WEEKLY;BYDAY=WE,MO;COUNT=9"),
    ("FREQ=WEEKLY;UNTIL=20270430T215959Z", 2, 0, "FREQ=WEEKLY;UNTIL=20270502T215959Z"),
    ("FREQ=WEEKLY;UNTIL=20270430", -1, 0, "FREQ=WEEKLY;UNTIL=20270429"),
    ("FREQ=WEEKLY;UNTIL=20270427T150000Z", 0, 90, "FREQ=WEEKLY;UNTIL=20270427T163000Z"),
    ("FREQ=WEEKLY;UNTIL=20270430T215959Z", 0, 90, "FREQ=WEEKLY;UNTIL=20270430T215959Z"),
    ("FREQ=MONTHLY;BYDAY=1TU", 0, 60, "FREQ=MONTHLY;BYDAY=1TU"),
    ("FREQ=MONTHLY;BYDAY=1TU", 1, 0, None),
    ("FREQ=DAILY", 1, 0, None),
    ("FREQ=WEEKLY;BYHOUR=17", 0, 60, None),
]


@pytest.mark.parametrize(("rrule", "days", "minutes", "moved"), RULES)
def test_a_rule_moves_only_where_it_stays_that_rule(rrule, days, minutes, moved):
    assert moved_rule(rrule, days, minutes or days * 1440, WARSAW) == moved


def test_a_moved_series_keeps_its_hour_and_its_left_out_dates_over_the_night_when_the_clock_changes():
    plan = a_plan(rrule="FREQ=WEEKLY;COUNT=6", exdates=(TUESDAY + timedelta(weeks=4),))
    changes = moved_plan(plan, 1440 + 60)
    assert changes["exdates"] == (datetime(2027, 3, 31, 18, tzinfo=WARSAW),)
    moved = dates_of(a_plan(rrule=plan.rrule, **changes), recent_at=LONG_AGO, until_at=TUESDAY + timedelta(days=365))
    starts = [datetime.fromtimestamp(one.start, WARSAW) for one in moved]
    assert [(at.weekday(), at.hour) for at in starts] == [(2, 18)] * 5
    assert {at.utcoffset() for at in starts} == {timedelta(hours=1), timedelta(hours=2)}


def test_what_is_offered_by_what_is_in_the_way():
    alone = a_plan()
    whole = offered(alone, (TUESDAY, TUESDAY + 2 * HOUR))
    assert [(one.kind, one.changes["starts_at"].hour) for one in whole[:2]] == [("shift", 19), ("shift", 15)]
    assert "shorten" not in kinds(whole)
    touching = offered(alone, (TUESDAY - HOUR, TUESDAY), (TUESDAY + 2 * HOUR, TUESDAY + 3 * HOUR))
    assert not {"skip", "shorten"} & {*kinds(touching)}
    tail = [
        one for one in offered(alone, (TUESDAY + 1.5 * HOUR, TUESDAY + 3 * HOUR), after=10) if one.kind == "shorten"
    ]
    assert [one.changes for one in tail] == [{"ends_at": TUESDAY + timedelta(minutes=75)}]
    head = [one for one in offered(alone, (TUESDAY - HOUR, TUESDAY + 0.5 * HOUR), before=15) if one.kind == "shorten"]
    assert [(one.changes["starts_at"], one.changes["ends_at"]) for one in head] == [
        (TUESDAY + timedelta(minutes=45), TUESDAY + 2 * HOUR)
    ]
    series = a_plan(rrule="FREQ=WEEKLY;COUNT=30")
    second = TUESDAY + timedelta(weeks=1)
    [skip] = [one for one in offered(series, (second, second + HOUR)) if one.kind == "skip"]
    assert (skip.changes, skip.free, skip.dates) == ({"exdates": (second,)}, 29, 30)
    every = [(TUESDAY + timedelta(weeks=week), TUESDAY + timedelta(weeks=week, hours=2)) for week in range(11)]
    assert "skip" not in kinds(offered(series, *every))
    begun = Around(series, Wish.of([], series.zone), [], Taken(), TUESDAY + HOUR)
    own = a_plan(overrides=(Override(TUESDAY, TUESDAY + HOUR, TUESDAY + 3 * HOUR),))
    assert not begun.may_move
    assert offered(own, (TUESDAY, TUESDAY + 2 * HOUR)) == []


def found(kind, severity, other="b"):
    return Finding(kind, "x", other, severity, Reason(code="venue_taken", values={}), ((0, 1),))


CURES = [
    ([("venue", "blocking")], [], True),
    ([("venue", "blocking"), ("audience", "warning")], [("audience", "warning")], True),
    ([("venue", "blocking")], [("audience", "warning")], False),
    ([("venue", "blocking")], [("audience", "information")], True),
    ([("venue", "blocking")], [("venue", "blocking")], False),
    ([("audience", "warning")], [], True),
    ([("audience", "warning")], [("audience", "warning")], False),
]


@pytest.mark.parametrize(("before", "after", "is_cure"), CURES)
def test_a_cure_leaves_nothing_that_blocks_and_brings_no_new_warning(before, after, is_cure):
    assert cures([found(*one) for one in before], [found(*one) for one in after]) is is_cure
