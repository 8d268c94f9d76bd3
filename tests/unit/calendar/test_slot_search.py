"""Finding a time for many: what is found is free, nothing better is overlooked, and where nothing is it says why."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.calendar.domain.almanac import holiday_on
from services.calendar.domain.claims import Site
from services.calendar.domain.places import Point
from services.calendar.domain.slots import (
    Demand,
    Fit,
    Found,
    Hours,
    Needs,
    Participant,
    Room,
    Series,
    ranked,
    search,
    unmet,
    why_nothing,
)

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2027, 1, 11, tzinfo=WARSAW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)


def span(day: int, begins: float, ends: float, of: datetime = MONDAY) -> tuple[int, int]:
    """Take from one hour of a day to another, by the wall clock."""
    at = of + day * DAY
    midnight = int(at.timestamp())
    return midnight + int(begins * 3600), midnight + int(ends * 3600)


def utc(begins: str, ends: str) -> tuple[int, int]:
    return tuple(int(datetime.fromisoformat(f"{text}:00+00:00").timestamp()) for text in (begins, ends))  # type: ignore[return-value]


def somebody(name: str, *busy: tuple[int, int], **values: object) -> Participant:
    return Participant(name, name, busy=busy, **values)  # type: ignore[arg-type]


def a_demand(days: int = 1, of: datetime = MONDAY, **values: object) -> Demand:
    defaults = {"from_at": of, "until_at": of + days * DAY, "zone": "Europe/Warsaw"}
    return Demand(**{**defaults, **values})  # type: ignore[arg-type]


def hours(found: list[Found]) -> list[str]:
    return [f"{one.starts_at:%a %H:%M}" for one in found]


WHOLE_DAY = span(0, 0, 24)
TUESDAYS = Series(rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=8")
ALL_SAINTS = datetime(2026, 10, 25, tzinfo=WARSAW)
CASES: dict[str, tuple[Demand, list[str]]] = {
    "nobody asked: the day begins at seven": (a_demand(), ["Mon 07:00", "Mon 09:00"]),
    "touching is no conflict": (
        a_demand(participants=(somebody("a", span(0, 0, 10), span(0, 12, 24)),)),
        ["Mon 10:00"],
    ),
    "a quarter of an hour too little": (
        a_demand(participants=(somebody("a", span(0, 0, 10.25), span(0, 12, 24)),)),
        [],
    ),
    "two people's free times are cut with each other": (
        a_demand(participants=(somebody("a", span(0, 0, 13)), somebody("b", span(0, 15, 24)))),
        ["Mon 13:00"],
    ),
    "set-up and clear-up take the room, not the people": (
        a_demand(
            rooms=(Room("r", "Sala", 60, 30, busy=(span(0, 0, 9), span(0, 12.5, 24))),),
            participants=(somebody("a", span(0, 0, 10), span(0, 12, 24)),),
        ),
        ["Mon 10:00"],
    ),
    "clear-up does not fit": (
        a_demand(rooms=(Room("r", "Sala", 60, 45, busy=(span(0, 0, 9), span(0, 12.5, 24))),)),
        [],
    ),
    "a room is set up and cleared while it is open": (
        a_demand(rooms=(Room("r", "Sala", 60, 60, closed=(span(0, 0, 9), span(0, 13, 24))),)),
        ["Mon 10:00"],
    ),
    "a room that is open for the event alone does not suit": (
        a_demand(rooms=(Room("r", "Sala", 60, 60, closed=(span(0, 0, 10), span(0, 12, 24))),)),
        [],
    ),
    "weekdays": (a_demand(7, hours=Hours(frozenset({2}), 16 * 60, 19 * 60)), ["Wed 16:00"]),
    "the preferred hour": (a_demand(hours=Hours(preferred=17 * 60)), ["Mon 17:00", "Mon 15:00"]),
    "who need not come are looked at too": (
        a_demand(participants=(somebody("a", span(0, 0, 17), required=False),)),
        ["Mon 17:00", "Mon 19:00"],
    ),
    "eight weeks, and one in the way": (
        a_demand(hours=Hours(ends=11 * 60), series=Series(8), participants=(somebody("a", span(7 * 5, 0, 9)),)),
        ["Mon 09:00", "Mon 07:00"],
    ),
    "the rule says on which days": (a_demand(7, series=TUESDAYS), ["Tue 07:00", "Tue 09:00"]),
    "a public holiday is not free": (a_demand(of=datetime(2027, 11, 11, tzinfo=WARSAW)), []),
    "in the night when the clock goes forward two hours end at five": (
        a_demand(
            of=datetime(2027, 3, 28, tzinfo=WARSAW),
            hours=Hours(frozenset(range(7)), 0, 24 * 60, True),
            participants=(somebody("a", utc("2027-03-27T12", "2027-03-28T00"), utc("2027-03-28T02", "2027-03-29T00")),),
        ),
        ["Sun 01:00"],
    ),
    "in the night when it goes back two hours begin at two and end at three": (
        a_demand(
            of=datetime(2027, 10, 31, tzinfo=WARSAW),
            hours=Hours(frozenset(range(7)), 0, 24 * 60, True),
            participants=(somebody("a", utc("2027-10-30T12", "2027-10-31T00"), utc("2027-10-31T02", "2027-11-01T00")),),
        ),
        ["Sun 02:00"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_time_is_found(name):
    demand, expected = CASES[name]
    assert hours(search(demand)) == expected


def test_a_series_skips_the_holiday_and_says_so():
    [first, *_] = search(a_demand(of=ALL_SAINTS, series=Series(4)))
    assert (first.dates, first.skipped) == (4, (date(2026, 11, 1),))


def test_the_room_that_fits_best_is_chosen_and_another_one_where_it_is_taken():
    rooms = (Room("big", "Aula", rank=2), Room("small", "Sala", busy=(span(0, 0, 20),), rank=1))
    [first, *_] = search(a_demand(2, rooms=rooms))
    assert (first.room.id, hours([first])) == ("big", ["Mon 07:00"])
    [first, *_] = search(a_demand(of=MONDAY + DAY, rooms=rooms))
    assert first.room.id == "small"


def test_uncertain_plans_come_after_certain_freedom():
    found = search(a_demand(participants=(Participant("a", "a", soft=(span(0, 0, 18),)),)))
    assert [(f"{one.starts_at:%H:%M}", one.soft) for one in found] == [("18:00", False), ("20:00", False)]


def test_where_nothing_is_free_it_says_what_excludes_everything_and_what_helps():
    ill = somebody("Jan", *(span(day, 0, 24) for day in range(7)))
    [one] = why_nothing(a_demand(7, participants=(ill, somebody("Anna"))))
    assert (one.obstacle, one.name, one.alone, hours([one.then])) == ("participant", "Jan", True, ["Mon 07:00"])

    only_evenings = Hours(begins=19 * 60, ends=21 * 60)
    club = somebody("Klub", *(span(day, 19, 20) for day in range(7)))
    both = why_nothing(a_demand(7, hours=only_evenings, participants=(club,)))
    assert [(one.obstacle, one.alone) for one in both] == [("hours", False), ("participant", False), ("length", False)]

    assert [one.obstacle for one in why_nothing(a_demand(rooms=()))] == ["venue"]
    busy = (ill, somebody("Ola", *(span(day, 0, 24) for day in range(7))))
    found = why_nothing(a_demand(7, participants=busy))
    assert [(one.name, one.then) for one in found] == [("Jan", None), ("Ola", None)]
    too_short = why_nothing(a_demand(until_at=MONDAY + HOUR, hours=Hours(holidays=True)))
    assert [one.obstacle for one in too_short] == ["window"]


def test_rooms_are_ranked_by_what_is_needed():
    def fit(name: str, capacity: int | None, north: float = 0, **values: object) -> Fit:
        return Fit(Site(name, name, capacity, point=Point(50.09 + north, 19.92)), **values)  # type: ignore[arg-type]

    near, far, small = fit("near", 60, step_free=True), fit("far", 40, 0.01), fit("small", 20, equipment=("Rzutnik",))
    rooms, here = [far, small, near], Point(50.09, 19.92)
    assert [one.site.id for one in ranked(rooms, Needs(30, near=here))] == ["near", "far"]
    assert [one.site.id for one in ranked(rooms, Needs(30))] == ["far", "near"]
    assert [one.site.id for one in ranked(rooms, Needs(equipment=("rzutnik",)))] == ["small"]
    assert ranked(rooms, Needs(30, within_m=500, near=here)) == [near]
    assert unmet(rooms, Needs(200)) == ["capacity"]
    assert unmet(rooms, Needs(30, ("rzutnik",))) == ["capacity", "equipment"]


SPANS = st.lists(st.tuples(st.integers(0, 21 * 24 * 4), st.integers(1, 30)), max_size=25)


@settings(max_examples=60, deadline=None)
@given(
    needed=SPANS,
    optional=SPANS,
    room=SPANS,
    closed=SPANS,
    weeks=st.integers(1, 5),
    minutes=st.sampled_from([30, 45, 120, 300]),
    buffer=st.sampled_from([0, 30]),
    preferred=st.sampled_from([None, 17 * 60]),
    of=st.sampled_from([MONDAY, datetime(2027, 3, 22, tzinfo=WARSAW), datetime(2027, 10, 25, tzinfo=WARSAW)]),
)
def test_it_finds_what_trying_every_quarter_of_an_hour_finds(
    needed, optional, room, closed, weeks, minutes, buffer, preferred, of
):
    def spans(quarters):
        begins = int(of.timestamp())
        return tuple((begins + 900 * start, begins + 900 * (start + length)) for start, length in quarters)

    demand = a_demand(
        7,
        of,
        length_minutes=minutes,
        hours=Hours(frozenset(range(7)), 0, 24 * 60, preferred=preferred),
        series=Series(weeks),
        participants=(somebody("a", *spans(needed)), somebody("b", *spans(optional), required=False)),
        rooms=(Room("r", "Sala", buffer, buffer, busy=spans(room), closed=spans(closed)),),
    )
    found = search(demand, 1)
    tried = [scored for day in range(7) for quarter in range(96) if (scored := tried_at(demand, day, quarter))]
    best = min(tried, default=None)
    assert bool(found) == bool(best)
    if best:
        [one] = found
        missed, missing, _, start = best
        assert (len(one.skipped), len(one.missing), one.starts_at) == (missed, missing, start)


def tried_at(demand: Demand, day: int, quarter: int) -> tuple[int, int, int, datetime] | None:
    """Try one start as slowly as possible; give how bad it is, or nothing where it does not suit."""
    a, b = demand.participants
    [room] = demand.rooms or ()
    assert demand.series
    reading = demand.from_at.replace(tzinfo=None) + day * DAY + quarter * QUARTER
    first = reading.replace(tzinfo=WARSAW).astimezone(UTC)
    length, around = demand.length_minutes * 60, room.before_minutes * 60
    if quarter * 15 + demand.length_minutes > 24 * 60:
        return None
    missed = missing = 0
    for week in range(demand.series.weeks):
        at = (reading + 7 * week * DAY).replace(tzinfo=WARSAW)
        start = int(at.timestamp())
        taken = any(s < start + length and e > start for s, e in a.busy)
        taken |= any(s < start + length + around and e > start - around for s, e in (*room.busy, *room.closed))
        taken |= holiday_on(at.date()) is not None
        missing |= any(s < start + length and e > start for s, e in b.busy)
        missed += taken
        if week == 0 and (taken or at.timestamp() + length > demand.until_at.timestamp()):
            return None
    if missed > demand.series.weeks // 4:
        return None
    preferred = demand.hours.preferred
    return missed, missing, 0 if preferred is None else abs(quarter * 15 - preferred), first
