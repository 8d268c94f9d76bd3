"""Free slots: nearest first, free on every date, on the wall clock."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.claims import Site, claims_of, probes_of
from services.calendar.domain.conflicts import Known, Rules, crowded_times, taken_times
from services.calendar.domain.slots import Wish, nearest
from tests.unit.calendar.parties import CHAIRS, a_date, a_party, check, met

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2027, 1, 11, 14, tzinfo=WARSAW)
LONG_AGO = datetime(2020, 1, 1, tzinfo=WARSAW)


def a_wish(start=MONDAY, hours=2, weeks=1, **values):
    return Wish(
        tuple((start + timedelta(weeks=week), start + timedelta(weeks=week, hours=hours)) for week in range(weeks)),
        **values,
    )


def busy(*spans):
    return [(int(start.timestamp()), int(end.timestamp())) for start, end in spans]


def test_the_nearest_slots_come_first_and_do_not_overlap():
    taken = busy((MONDAY, MONDAY + timedelta(hours=2)))
    found = nearest(a_wish(), taken, LONG_AGO)
    assert [slot.starts_at.hour for slot in found] == [16, 12, 18]
    assert [slot.reason.values["minutes"] for slot in found] == [120, -120, 240]


def test_a_slot_suits_every_date_of_a_series():
    fifth = MONDAY + timedelta(weeks=4)
    taken = busy((fifth, fifth + timedelta(hours=4)))
    found = nearest(a_wish(weeks=30), taken, LONG_AGO)
    assert found[0].starts_at == MONDAY - timedelta(hours=2)
    assert {slot.reason.values["dates"] for slot in found} == {30}


def test_buffers_need_room_too():
    taken = busy((MONDAY, MONDAY + timedelta(hours=2)))
    [first, *_] = nearest(a_wish(before_minutes=60), taken, LONG_AGO)
    assert first.starts_at == MONDAY - timedelta(hours=2)


def test_slots_stay_in_the_daytime_and_never_in_the_past():
    whole_day = busy((MONDAY.replace(hour=6), MONDAY.replace(hour=23)))
    found = nearest(a_wish(), whole_day, MONDAY)
    assert all(slot.starts_at > MONDAY and 7 <= slot.starts_at.hour <= 20 for slot in found)
    assert {slot.reason.code for slot in found} == {"slot_other_day"}


def test_an_all_day_event_moves_by_whole_days_also_over_the_night_when_the_clock_changes():
    start = datetime(2027, 3, 27, tzinfo=WARSAW)
    wish = Wish(((start, start + timedelta(days=1)),), all_day=True)
    found = nearest(wish, busy((start, start + timedelta(days=1))), LONG_AGO)
    assert [slot.starts_at.date().day for slot in found] == [28, 26, 29]
    assert all((slot.starts_at.hour, slot.ends_at.hour) == (0, 0) for slot in found)


@given(st.lists(st.tuples(st.integers(-300, 300), st.integers(1, 12)), max_size=40), st.integers(1, 3))
def test_no_slot_is_ever_taken(spans, weeks):
    taken = busy(*((MONDAY + timedelta(hours=hour), MONDAY + timedelta(hours=hour + length)) for hour, length in spans))
    wish = a_wish(weeks=weeks)
    for slot in nearest(wish, taken, LONG_AGO):
        shift = slot.starts_at - MONDAY
        for start, end in wish.dates:
            begins, ends = int((start + shift).timestamp()), int((end + shift).timestamp())
            assert all(ends <= other_start or other_end <= begins for other_start, other_end in taken)


LEVELS = ("standard", "block", "warn", "inform", "ignore")
AGREED = frozenset({("hall", "b"), ("chairs", "a")})


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("agreed", [frozenset(), AGREED], ids=["nobody agreed", "the owners agreed"])
@pytest.mark.parametrize("other", ["confirmed", "tentative"])
@pytest.mark.parametrize("expected", [10, 40])
@pytest.mark.parametrize("one_at_a_time", [True, False])
@pytest.mark.parametrize("lent", [None, 3, 8, 11])
def test_what_is_taken_is_what_would_be_refused(level, agreed, other, expected, one_at_a_time, lent):
    hall = Site("hall", "Sala", capacity=50, one_at_a_time=one_at_a_time)
    place = {"venue_id": "hall", "expected_participants": expected} if lent is None else {}
    mine = a_party("a", **place, borrowed=((CHAIRS.id, lent),) if lent else ())
    theirs = a_party("b", venue_id="hall", expected_participants=20, borrowed=((CHAIRS.id, 5),))
    theirs = replace(theirs, tentative=other == "tentative")
    known = {"agreed": agreed, "rules": Rules({("venue", "hall"): level, ("resource", None): level})}
    dates, site = [a_date()], hall if lent is None else None
    found = check((mine, dates), (theirs, dates), sites=(hall,), **known)
    hits = met(probes_of(mine, site, dates), [("b", one) for one in claims_of(theirs, hall, dates)])
    around = Known(sites={"hall": hall}, stocks={CHAIRS.id: CHAIRS}, **known)
    assert bool(taken_times(mine, hits, around)) == any(one.is_blocking for one in found)
    assert bool(crowded_times(mine, hits, around)) == bool(found)
