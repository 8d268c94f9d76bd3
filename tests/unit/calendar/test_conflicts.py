"""Conflicts by the table of product.md, and what must hold of any two events."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.claims import DAY, Claim, Dated, Site, cut_at_midnight, merged
from services.calendar.domain.conflicts import LISTED, Known, calendar_conflicts, municipal_conflicts
from services.calendar.domain.places import Point
from services.calendar.domain.plans import Fact
from tests.unit.calendar.parties import CHAIRS, HALL, HOUR, NOON, a_date, a_party, check

WARSAW = "Europe/Warsaw"
BUILDING = Site("building", "Dom kultury")
ROOMS = tuple(Site(name, name, ancestor_ids=("building",)) for name in ("room a", "room b"))

hours = st.integers(-60, 60)
lengths = st.integers(1, 40)
dates = st.lists(st.builds(a_date, hours, lengths), min_size=1, max_size=6, unique_by=lambda dated: dated.recurrence)
venues = st.sampled_from([None, "hall", "building", "room a", "room b"])
audiences = st.lists(st.sampled_from(["everyone", "children", "seniors"]), max_size=2, unique=True).map(tuple)
points = st.sampled_from([None, Point(50.09, 19.92), Point(50.0905, 19.92), Point(50.096, 19.92), Point(50.2, 19.92)])


@st.composite
def events(draw, name):
    party = a_party(
        name,
        venue_id=draw(venues),
        audiences=draw(audiences),
        point=draw(points),
        tentative=draw(st.booleans()),
        borrowed=draw(st.sampled_from([(), (("chairs", 4),), (("chairs", 7),)])),
        expected_participants=draw(st.integers(0, 60)),
        set_up_minutes=draw(st.sampled_from([None, 0, 90])),
    )
    return party, draw(dates)


@given(events("a"), events("b"), st.booleans())
def test_a_conflict_is_the_same_from_both_sides(one, other, one_at_a_time):
    hall = Site("hall", "Sala", capacity=50, one_at_a_time=one_at_a_time)
    sites = (hall, BUILDING, *ROOMS)
    there = [(found.kind, found.key, found.severity, found.spans) for found in check(one, other, sites=sites)]
    back = [(found.kind, found.key, found.severity, found.spans) for found in check(other, one, sites=sites)]
    assert sorted(there) == sorted(back)


@given(events("a"), events("b"))
def test_a_blocking_conflict_is_found_whenever_two_events_take_the_hall_at_once(one, other):
    (party, dates), (rival, others) = one, other
    overlaps = any(
        mine.start - 60 * (party.set_up_minutes or 0) < theirs.end
        and theirs.start - 60 * (rival.set_up_minutes or 0) < mine.end
        for mine in dates
        for theirs in others
    )
    both_there = party.venue_id == rival.venue_id == "hall"
    hard = not party.tentative and not rival.tentative
    blocking = [found for found in check(one, other) if found.kind == "venue" and found.is_blocking]
    assert bool(blocking) == (overlaps and both_there and hard)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 700))
def test_buffers_widen_what_is_taken_and_touching_is_no_conflict(set_up, clear_up, gap_minutes):
    mine = a_party("a", venue_id="hall", clear_up_minutes=clear_up)
    theirs = a_party("b", venue_id="hall", set_up_minutes=set_up)
    start = NOON + 2 * HOUR + 60 * gap_minutes
    later = Dated(start, start, start + HOUR)
    clashes = bool(check((mine, [a_date(0, 2)]), (theirs, [later])))
    assert clashes == (gap_minutes < set_up + clear_up)


@given(st.integers(0, 10 * DAY), st.integers(1, 3 * DAY))
def test_a_claim_is_cut_at_each_midnight_and_nothing_is_lost(start, length):
    pieces = list(cut_at_midnight(Claim("venue", "x", start, start + length, start)))
    assert all(piece.start // DAY == (piece.end - 1) // DAY for piece in pieces)
    assert merged((piece.start, piece.end) for piece in pieces) == [(start, start + length)]


def test_an_overlap_across_midnight_is_one_span():
    night = a_date(8, 8)
    [found] = check((a_party("a", venue_id="hall"), [night]), (a_party("b", venue_id="hall"), [night]))
    assert found.spans == ((night.start, night.end),)


@pytest.mark.parametrize(
    ("one_at_a_time", "capacity", "expected", "severity", "code"),
    [
        (True, 50, 10, "blocking", "venue_taken"),
        (False, 50, 30, "warning", "venue_over_capacity"),
        (False, 50, 25, "information", "venue_shared"),
        (False, None, 500, "information", "venue_shared"),
    ],
)
def test_a_venue_has_the_severity_of_the_table(one_at_a_time, capacity, expected, severity, code):
    hall = Site("hall", "Sala", capacity=capacity, one_at_a_time=one_at_a_time)
    mine, theirs = ((a_party(name, venue_id="hall", expected_participants=expected), [a_date()]) for name in ("a", "b"))
    [found] = check(mine, theirs, sites=[hall])
    assert (found.severity, found.reason.code) == (severity, code)


def test_three_events_together_may_exceed_what_two_do_not():
    park = Site("hall", "Park", capacity=50, one_at_a_time=False)
    each = [(a_party(name, venue_id="hall", expected_participants=20), [a_date()]) for name in ("a", "b", "c")]
    assert {found.severity for found in check(each[0], each[1], sites=[park])} == {"information"}
    assert {found.severity for found in check(*each, sites=[park])} == {"warning"}
    apart = (each[2][0], [a_date(1.5, 1)])
    early = (each[1][0], [a_date(-1, 2)])
    assert {found.severity for found in check(each[0], early, apart, sites=[park])} == {"information"}


def test_a_stage_in_a_park_is_the_parks_matter_and_a_room_in_a_house_the_houses():
    park = Site("park", "Park", one_at_a_time=False)
    stage = Site("stage", "Scena", ancestor_ids=("park",))
    for outer, inner, severity in (
        (park, stage, "information"),
        (BUILDING, ROOMS[0], "blocking"),
    ):
        mine = (a_party("a", venue_id=outer.id), [a_date()])
        theirs = (a_party("b", venue_id=inner.id), [a_date()])
        [found] = check(mine, theirs, sites=[outer, inner])
        assert (found.key, found.severity) == (outer.id, severity)


def test_resources_are_summed_at_the_fullest_moment_only():
    def borrows(name, quantity, hour, length):
        return a_party(name, borrowed=(("chairs", quantity),)), [a_date(hour, length)]

    mine = borrows("a", 4, 0, 4)
    one_after_the_other = (borrows("b", 6, 0, 2), borrows("c", 6, 2, 2))
    assert check(mine, *one_after_the_other) == []
    at_once = (borrows("b", 3, 0, 3), borrows("c", 4, 2, 2))
    found = check(mine, *at_once)
    assert {one.other_id for one in found} == {"b", "c"}
    assert {one.reason.values["wanted"] for one in found} == {11}
    assert all(one.is_blocking for one in found)
    assert CHAIRS.quantity == 10


def test_the_twenty_nearest_audiences_are_listed_and_the_rest_counted():
    others = [
        (a_party(f"b{number:02}", audiences=("seniors",), point=Point(50.09 + number / 10_000, 19.92)), [a_date()])
        for number in range(25)
    ]
    found = check((a_party("a", audiences=("seniors",)), [a_date()]), *others)
    listed = [one for one in found if one.listed]
    assert (len(found), len(listed)) == (25, LISTED)
    assert {one.other_id for one in listed} == {f"b{number:02}" for number in range(LISTED)}
    assert listed[0].reason.values["more"] == 5


@pytest.mark.parametrize(("metres", "expected"), [(0, 1), (290, 1), (310, 0)])
def test_a_closure_reaches_as_far_as_it_says(metres, expected):
    start = datetime.fromisoformat("2027-01-15T12:00:00+00:00")
    noon = int(start.timestamp())
    fact = Fact(
        "f", "roads", "closure", {"pl": "Ulica"}, start, start + timedelta(hours=1), WARSAW,
        50.09 + metres / 111_195, 19.92, 300,
    )  # fmt: skip
    party = a_party("a")
    inside, touching = Dated(noon, noon, noon + 60), Dated(noon + 3600, noon + 3600, noon + 7200)
    assert len(list(municipal_conflicts(party, [inside], [fact]))) == expected
    assert list(municipal_conflicts(party, [touching], [fact])) == []


def test_the_almanac_knows_holidays_and_quiet_hours_and_only_informs():
    def on(text, length, **values):
        start = int(datetime.fromisoformat(text).timestamp())
        found = calendar_conflicts(a_party("a", **values), [Dated(start, start, start + int(length * HOUR))], Known())
        return {(one.key, one.severity) for one in found}

    assert on("2026-12-25T12:00:00+01:00", 2) == {("public_holiday", "information")}
    assert on("2026-11-25T21:00:00+01:00", 2) == {("quiet_hours", "information")}
    assert on("2026-11-25T20:00:00+01:00", 2) == set()
    assert on("2026-11-25T05:00:00+01:00", 1) == {("quiet_hours", "information")}
    assert on("2026-11-25T00:00:00+01:00", 24, all_day=True) == set()
    assert HALL.one_at_a_time
