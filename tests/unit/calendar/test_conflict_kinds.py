"""Each kind of conflict at its borderline, on both sides of it: touching and a minute more, equal and one more."""

from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain import almanac
from services.calendar.domain.claims import Dated, Party, Site
from services.calendar.domain.conflicts import Known, Rules, calendar_conflicts, municipal_conflicts
from services.calendar.domain.conflicts.rules import faults_of_rule, severity_by
from services.calendar.domain.places import Point, metres_between
from services.calendar.domain.plans import Fact
from services.calendar.domain.school_year import _WINTERS, holidays_in, school_holidays_on
from services.calendar.settings import Settings
from shared import opening
from tests.unit.calendar.parties import HOUR, NOON, a_date, a_party, check

WARSAW = ZoneInfo("Europe/Warsaw")
HERE = Point(50.09, 19.92)
SHARED = Site("hall", "Sala", capacity=50, one_at_a_time=False)
BUILDING = Site("building", "Dom", ancestor_ids=())
ROOM = Site("room", "Pokój", ancestor_ids=("building",))


def north(metres: float) -> Point:
    return Point(HERE.latitude + metres / 111_195.08, HERE.longitude)


def met(one, other, **known):
    """Say what two events meet: kind and severity."""
    return [(found.kind, found.severity) for found in check(one, other, **known)]


def minutes(start: int, end: int) -> list[Dated]:
    """Give one date, in minutes after noon."""
    return [Dated(NOON + 60 * start, NOON + 60 * start, NOON + 60 * end)]


@pytest.mark.parametrize(
    ("starts", "there", "site", "severity"),
    [
        (120, "hall", Site("hall", "Sala"), None),
        (119, "hall", Site("hall", "Sala"), "blocking"),
        (149, "hall", Site("hall", "Sala", clear_up_minutes=30), "blocking"),
        (150, "hall", Site("hall", "Sala", clear_up_minutes=30), None),
        (149, "hall", Site("hall", "Sala", set_up_minutes=30), "blocking"),
        (150, "hall", Site("hall", "Sala", set_up_minutes=30), None),
    ],
)
def test_a_venue_is_taken_until_the_minute_in_which_it_is_free(starts, there, site, severity):
    mine = a_party("a", venue_id=there), minutes(0, 120)
    theirs = a_party("b", venue_id=there), minutes(starts, 300)
    assert met(mine, theirs, sites=[site]) == ([("venue", severity)] if severity else [])


@pytest.mark.parametrize(("more", "severity"), [(30, "information"), (31, "warning")])
def test_a_shared_venue_is_full_with_one_more_than_its_capacity(more, severity):
    mine, theirs = (
        (a_party(name, venue_id="hall", expected_participants=people), [a_date()])
        for name, people in (("a", 20), ("b", more))
    )
    assert met(mine, theirs, sites=[SHARED]) == [("venue", severity)]


@pytest.mark.parametrize(
    ("agreed", "severity"),
    [
        ({("hall", "a")}, "warning"),
        ({("hall", "b")}, "warning"),
        ({("hall", "c")}, "blocking"),
        ({("other", "a")}, "blocking"),
    ],
)
def test_what_the_owner_agreed_to_does_not_block(agreed, severity):
    mine, theirs = ((a_party(name, venue_id="hall"), [a_date()]) for name in ("a", "b"))
    assert met(mine, theirs, agreed=frozenset(agreed)) == [("venue", severity)]


@pytest.mark.parametrize(("wanted", "severity"), [(4, None), (5, "blocking"), (11, "blocking")])
def test_a_resource_suffices_to_the_last_piece(wanted, severity):
    mine = a_party("a", borrowed=(("chairs", wanted),)), [a_date()]
    theirs = a_party("b", borrowed=(("chairs", 6),)), [a_date(1)]
    assert {one[1] for one in met(mine, theirs)} == ({severity} if severity else set())


@pytest.mark.parametrize(
    ("gap", "metres", "code"),
    [
        (-1, 0, "people_twice"),
        (0, 0, None),
        (15, 1_000, None),
        (14, 1_000, "people_far"),
        (0, 40, "people_far"),
        (-1, 1_000, "people_twice"),
        (89, 50_000, "people_far"),
        (90, 50_000, None),
        (0, None, None),
    ],
)
def test_who_leads_two_events_needs_the_time_to_walk_between_them(gap, metres, code):
    point = None if metres is None else north(metres)
    mine = a_party("a", leader_ids=("anna", "jan"), point=HERE), minutes(0, 60)
    theirs = a_party("b", leader_ids=("jan",), point=point), minutes(60 + gap, 200)
    for one, other in ((mine, theirs), (theirs, mine)):
        found = check(one, other)
        assert [(one.kind, one.severity, one.reason.code) for one in found] == (
            [("people", "warning", code)] if code else []
        )
    strangers = a_party("c", leader_ids=("ewa",), point=point), minutes(0, 200)
    assert check(mine, strangers) == []


def test_a_series_is_met_on_the_dates_on_which_the_walk_is_too_long_and_both_sides_see_the_same():
    day = 24 * 60
    mine = a_party("a", leader_ids=("jan",), point=HERE), [minutes(day * n, day * n + 60)[0] for n in range(5)]
    late, night = minutes(day * 2 + 70, day * 2 + 90), minutes(day * 4 - 60 * 9, day * 4 - 10)
    theirs = a_party("b", leader_ids=("jan",), point=north(1_000)), [*late, *night]
    [found], [back] = check(mine, theirs), check(theirs, mine)
    assert found.spans == back.spans
    assert (found.dates, found.other_dates, back.dates, back.other_dates) == (2, 2, 2, 2)
    assert [end - start for start, end in found.spans] == [900, 900]


@pytest.mark.parametrize(
    ("metres", "one", "other", "severity"),
    [
        (999, "seniors", "seniors", "warning"),
        (1_001, "seniors", "seniors", "information"),
        (149, "everyone", "seniors", "warning"),
        (151, "everyone", "seniors", "information"),
        (149, "children", "seniors", None),
    ],
)
def test_an_audience_is_shared_by_sites_near_each_other(metres, one, other, severity):
    mine = a_party("a", audiences=(one,), point=HERE), minutes(0, 60)
    theirs = a_party("b", audiences=(other,), point=north(metres)), minutes(59, 120)
    assert met(mine, theirs) == ([("audience", severity)] if severity else [])
    touching = theirs[0], minutes(60, 120)
    assert met(mine, touching) == []
    assert round(metres_between(HERE, north(metres)) or 0) == metres


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({}, "warning"),
        ({"kind": "service"}, "information"),
        ({"kind": "works"}, "information"),
        ({"lasts_seconds": 24 * HOUR}, "warning"),
        ({"lasts_seconds": 24 * HOUR + 1}, "information"),
        ({"host_ids": ("host of b", "host of c")}, "information"),
    ],
)
def test_events_compete_for_an_audience_unless_one_can_be_seen_at_another_time_or_both_are_the_same_hosts(
    values, severity
):
    mine = a_party("a", audiences=("seniors",), **values), [a_date()]
    theirs = a_party("b", audiences=("seniors",)), [a_date()]
    for one, other in ((mine, theirs), (theirs, mine)):
        assert met(one, other) == [("audience", severity)]


@pytest.mark.parametrize(
    ("site", "people", "audiences", "expected"),
    [
        (Site("hall", "Sala"), (), ("seniors",), [("venue", "blocking")]),
        (SHARED, (), ("seniors",), [("audience", "warning")]),
        (Site("hall", "Sala", capacity=1, one_at_a_time=False), (), ("seniors",), [("venue", "warning")]),
        (SHARED, (), (), [("venue", "information")]),
        (SHARED, ("jan",), ("seniors",), [("people", "warning")]),
        (SHARED, ("jan",), (), [("people", "warning"), ("venue", "information")]),
        (Site("hall", "Sala"), ("jan",), ("seniors",), [("venue", "blocking"), ("people", "warning")]),
    ],
)
def test_one_explanation_speaks_for_a_pair_where_it_says_all(site, people, audiences, expected):
    mine, theirs = (
        (a_party(name, venue_id="hall", leader_ids=people, audiences=audiences, expected_participants=1), [a_date()])
        for name in ("a", "b")
    )
    assert met(mine, theirs, sites=[site]) == expected


def test_the_more_severe_of_two_explanations_speaks():
    week = [Dated(NOON + n * 7 * 24 * HOUR, NOON + n * 7 * 24 * HOUR, NOON + n * 7 * 24 * HOUR + HOUR) for n in (0, 1)]
    mine = a_party("a", audiences=("seniors",), leader_ids=("jan",), point=HERE), week
    later = Dated(week[1].start, week[1].start + HOUR // 2, week[1].end)
    theirs = a_party("b", audiences=("seniors",), leader_ids=("jan",), point=HERE), [week[0], later]
    assert met(mine, theirs) == [("people", "warning")]
    known = Rules({("people", None): "inform"})
    assert met(mine, theirs, rules=known) == [("audience", "warning"), ("people", "information")]


@pytest.mark.parametrize(("metres", "count"), [(299, 1), (301, 0)])
def test_a_municipal_fact_reaches_as_far_and_as_long_as_it_says(metres, count):
    starts_at = datetime.fromtimestamp(NOON, WARSAW)
    point = north(metres)
    fact = Fact(
        "f", "roads", "closure", {"pl": "Objazd"}, starts_at, starts_at + timedelta(hours=1), "Europe/Warsaw",
        point.latitude, point.longitude, 300,
    )  # fmt: skip
    party = a_party("a", point=HERE)
    assert len(list(municipal_conflicts(party, minutes(59, 70), [fact]))) == count
    assert list(municipal_conflicts(party, minutes(60, 70), [fact])) == []
    assert list(municipal_conflicts(party, minutes(-10, 0), [fact])) == []


def local(text: str, length: float = 1) -> Dated:
    start = int(datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp())
    return Dated(start, start, start + int(length * HOUR))


def days_met(site: Site, *dates: Dated, around: tuple[Site, ...] = (), **values):
    party: Party = a_party("a", venue_id=site.id, **values)
    known = Known(sites={one.id: one for one in (site, *around)}, region="małopolskie")
    return [(one.key, one.severity, one.dates) for one in calendar_conflicts(party, list(dates), known)]


WEEK = "Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off"
WARNED = [("opening_hours", "warning", 1)]


@pytest.mark.parametrize(
    ("hours", "starts", "length", "values", "expected"),
    [
        (WEEK, "2027-03-02T18:00", 2, {}, []),
        (WEEK, "2027-03-02T18:01", 2, {}, WARNED),
        (WEEK, "2027-03-02T08:00", 1, {}, []),
        (WEEK, "2027-03-02T07:59", 1, {}, WARNED),
        (WEEK, "2027-03-02T08:30", 1, {"set_up_minutes": 30}, []),
        (WEEK, "2027-03-02T08:30", 1, {"set_up_minutes": 31}, WARNED),
        (WEEK, "2027-03-02T19:00", 1, {"clear_up_minutes": 1}, WARNED),
        (WEEK, "2027-03-07T12:00", 1, {}, WARNED),
        (WEEK, "2027-05-03T12:00", 1, {}, [("public_holiday", "information", 1), *WARNED]),
        (WEEK, "2027-03-06T00:00", 24, {"all_day": True}, []),
        (WEEK, "2027-03-07T00:00", 24, {"all_day": True}, WARNED),
        (WEEK, "2027-03-06T00:00", 48, {"all_day": True}, WARNED),
        ("Fr 20:00-02:00", "2027-03-05T21:00", 0.5, {}, []),
        ("Mo-Fr 08:00-20:00 unknown", "2027-03-02T18:00", 1, {}, []),
        ("24/7", "2027-03-07T12:00", 1, {}, []),
        ("po uzgodnieniu", "2027-03-07T12:00", 1, {}, []),
        ("", "2027-03-07T12:00", 1, {}, []),
        ("Mo " * 1000, "2027-03-07T12:00", 1, {}, []),
    ],
)
def test_a_venue_is_open_until_it_closes_and_what_cannot_be_read_says_nothing(hours, starts, length, values, expected):
    hall = Site("hall", "Sala", opening_hours=hours)
    assert days_met(hall, local(starts, length), **values) == expected


def test_an_event_that_lasts_all_day_meets_its_own_days_not_that_of_its_preparations():
    hall = Site("hall", "Sala", set_up_minutes=30, opening_hours="Mo-Sa 08:00-20:00")
    assert days_met(hall, local("2027-03-08T00:00", 24), all_day=True) == []  # a Monday, set up on Sunday
    assert days_met(hall, local("2027-03-07T00:00", 24), all_day=True) == WARNED


def test_a_room_is_open_when_its_building_is_unless_it_says_otherwise():
    building = Site("building", "Dom", opening_hours="Mo-Fr 08:00-16:00")
    late = local("2027-03-02T17:00")
    assert days_met(ROOM, late, around=(building,)) == WARNED
    own = Site("room", "Pokój", ancestor_ids=("building",), opening_hours="Mo-Su 08:00-22:00")
    assert days_met(own, late, around=(building,)) == []


@pytest.mark.parametrize(
    ("starts", "length", "expected"),
    [
        ("2027-03-02T20:00", 2, []),
        ("2027-03-02T20:01", 2, [("quiet_hours", "information", 1)]),
        ("2027-03-02T06:00", 2, []),
        ("2027-03-02T05:59", 2, [("quiet_hours", "information", 1)]),
        ("2026-12-25T12:00", 1, [("public_holiday", "information", 1)]),
        ("2026-12-27T12:00", 1, []),
        ("2026-12-24T12:00", 1, [("public_holiday", "information", 1)]),
        ("2027-05-02T12:00", 24, [("public_holiday", "information", 1), ("quiet_hours", "information", 1)]),
        ("2027-05-02T12:00", 12, [("quiet_hours", "information", 1)]),
    ],
)
def test_nights_and_public_holidays_are_good_to_know(starts, length, expected):
    assert days_met(Site("hall", "Sala"), local(starts, length)) == expected


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2024-12-22", None), ("2024-12-23", "christmas"), ("2024-12-31", "christmas"), ("2025-01-02", None),
        ("2025-12-21", None), ("2025-12-22", "christmas"), ("2026-12-22", None), ("2026-12-23", "christmas"),
        ("2025-01-19", None), ("2025-01-20", "winter"), ("2025-02-02", "winter"), ("2025-02-03", None),
        ("2026-02-01", None), ("2026-02-02", "winter"), ("2026-02-15", "winter"), ("2026-02-16", None),
        ("2027-02-14", None), ("2027-02-15", "winter"), ("2027-02-28", "winter"), ("2027-03-01", None),
        ("2028-02-01", None), ("2028-02-14", None),
        ("2025-04-16", None), ("2025-04-17", "spring"), ("2025-04-22", "spring"), ("2025-04-23", None),
        ("2026-04-02", "spring"), ("2026-04-07", "spring"), ("2027-03-25", "spring"), ("2027-03-30", "spring"),
        ("2028-04-13", "spring"), ("2028-04-18", "spring"), ("2028-04-19", None),
        ("2025-06-27", None), ("2025-06-28", "summer"), ("2025-08-31", "summer"), ("2025-09-01", None),
        ("2026-06-26", None), ("2026-06-27", "summer"), ("2027-06-25", None), ("2027-06-26", "summer"),
        ("2028-06-23", None), ("2028-06-24", "summer"), ("2019-06-19", None), ("2019-06-20", "summer"),
    ],
)  # fmt: skip
def test_school_holidays_are_those_of_the_law(day, kind):
    found = school_holidays_on(date.fromisoformat(day), "małopolskie")
    assert (found.kind if found else None) == kind


def test_each_voivodeship_has_two_weeks_in_each_winter_that_is_announced():
    regions = get_args(Settings.model_fields["voivodeship"].annotation)
    for year in (2025, 2026, 2027):
        for region in regions:
            [winter] = [one for one in holidays_in(year, region) if one.kind == "winter"]
            assert (winter.first_on.weekday(), (winter.last_on - winter.first_on).days) == (0, 13)
    assert {name for names in _WINTERS.values() for name in names.split()} == set(regions)


def test_school_holidays_are_met_in_schools_alone():
    school = Site("hall", "Sala", is_school=True)
    dates = [local("2027-02-12T17:00"), local("2027-02-19T17:00"), local("2027-02-26T17:00"), local("2027-03-05T17:00")]
    assert days_met(school, *dates) == [("school_holidays", "information", 2)]
    assert ("school_holidays", "information", 1) in days_met(school, local("2027-02-14T17:00", 24))
    assert days_met(Site("hall", "Sala"), *dates) == []


def test_hours_are_those_of_the_neighbourhood_whatever_zone_a_file_gave():
    hall = Site("hall", "Sala", opening_hours="Mo-Fr 08:00-20:00")
    assert days_met(hall, local("2027-03-02T19:00"), zone="UTC") == []
    assert days_met(hall, local("2027-03-02T19:30"), zone="UTC") == WARNED
    assert almanac.ZONE == "Europe/Warsaw"


@pytest.mark.parametrize("text", ["", "x", "(" * 900, "24/7" * 300, "Mo-Fr 25:00", "Mo[9]", "\x00", "🙂", "PH"])
def test_no_text_is_too_odd_to_be_asked(text):
    starts_at = datetime(2027, 3, 2, 8, tzinfo=WARSAW)
    assert opening.is_open(text, starts_at, starts_at + timedelta(hours=1)) in (True, False, None)


@pytest.mark.parametrize(
    ("level", "severities"),
    [
        ("standard", ["blocking", "warning", "information"]),
        ("block", ["blocking", "blocking", "information"]),
        ("warn", ["warning", "warning", "information"]),
        ("inform", ["information", "information", "information"]),
        ("ignore", [None, None, None]),
    ],
)
def test_a_level_decides_how_severe_it_is(level, severities):
    table = ["blocking", "warning", "information"]
    assert [severity_by(level, one, may_block=True) for one in table] == severities
    assert severity_by(level, "warning", may_block=False) != "blocking"


def test_a_rule_of_a_venue_goes_before_that_of_the_place_around_it_and_of_the_neighbourhood():
    rules = Rules({("venue", "building"): "warn", ("venue", None): "inform", ("audience", "room"): "ignore"})
    assert rules.level("venue", ROOM.chain) == "warn"
    assert rules.level("venue", ("elsewhere",)) == "inform"
    assert rules.level("audience", ROOM.chain) == "standard"
    assert faults_of_rule("audience", "block", of_a_venue=True) != []
    assert [fault[0] for fault in faults_of_rule("audience", "warn", of_a_venue=True)] == ["/venue"]
    assert [fault[0] for fault in faults_of_rule("calendar", "block", of_a_venue=True)] == ["/level"]
    assert faults_of_rule("resource", "block", of_a_venue=False) == []


def test_rules_change_what_is_found():
    mine, theirs = ((a_party(name, venue_id="room"), [a_date()]) for name in ("a", "b"))
    sites = (BUILDING, ROOM)

    def by(**levels):
        return met(
            mine, theirs, sites=sites, rules=Rules({(kind, "building"): level for kind, level in levels.items()})
        )

    assert by(venue="warn") == [("venue", "warning")]
    assert by(venue="ignore") == []
    wish = a_party("b", venue_id="room", tentative=True), [a_date()]
    assert met(mine, wish, sites=sites, rules=Rules({("venue", None): "block"})) == [("venue", "warning")]
    full = Site("hall", "Sala", capacity=1, one_at_a_time=False)
    crowd = [(a_party(name, venue_id="hall", expected_participants=1), [a_date()]) for name in ("a", "b")]
    assert met(*crowd, sites=[full], rules=Rules({("venue", "hall"): "block"})) == [("venue", "blocking")]


def test_a_rule_that_was_taken_back_leaves_what_holds_around_it() -> None:
    rules = Rules({("venue", ROOM.id): "standard", ("venue", None): "ignore"})
    assert rules.level("venue", ROOM.chain) == "ignore"
    assert Rules({("venue", None): "standard"}).level("venue", ROOM.chain) == "standard"


def test_a_date_of_days_is_one_date_however_midnight_cuts_it():
    """Fails where the pieces that are met are counted: nothing of ours is on the day between."""
    ours, theirs = a_party("a", leader_ids=("anna",)), a_party("b", leader_ids=("anna",))
    [found] = [one for one in check((ours, [a_date(0), a_date(50)]), (theirs, [a_date(0, 60)])) if one.kind == "people"]
    assert (found.dates, found.other_dates) == (2, 1)
