"""Opportunities: whom an event could be joined with, best first."""

from services.calendar.domain.opportunities import Neighbour, find, week_of
from services.calendar.domain.places import Point, cells_around, metres_between
from tests.unit.calendar.parties import NOON, a_date, a_party


def chances(mine, *others, clashing=frozenset()):
    neighbours = [
        Neighbour(kind, party.id, NOON, NOON + 60) for party in others for kind in ("cell", "audience", "theme")
    ]
    return find(mine, neighbours, {party.id: party for party in others}, clashing)


def test_what_two_events_share_is_weighed_and_the_strongest_is_the_reason():
    mine = a_party("a", audiences=("families",), themes=("Zieleń",))
    far = Point(50.2, 19.92)
    both = a_party("b", audiences=("families",), themes=("zieleń",))
    theme = a_party("c", themes=("ZIELEŃ ",), point=far)
    audience = a_party("d", audiences=("families",), point=far)
    found = chances(mine, audience, theme, both)
    assert [(chance.other_id, chance.reason.code) for chance in found] == [
        ("b", "same_site"),
        ("c", "same_theme_week"),
        ("d", "same_audience_week"),
    ]


def test_nobody_is_advised_to_join_themselves_a_blocked_event_or_one_for_everyone():
    mine = a_party("a", audiences=("everyone",), point=None)
    assert chances(mine, a_party("b", audiences=("everyone",), point=None)) == []
    near = a_party("a", audiences=("seniors",))
    other = a_party("b", audiences=("seniors",))
    assert len(chances(near, other)) == 1
    assert chances(near, other, clashing=frozenset({"b"})) == []
    assert chances(near, a_party("b", audiences=("seniors",), host_ids=near.host_ids)) == []
    assert chances(near, a_party("b", audiences=("seniors",), host_ids=())) == []


def test_a_week_goes_from_monday_to_monday_on_the_wall():
    start, end = week_of(a_date(), "Europe/Warsaw")
    assert start <= NOON < end
    assert end - start == 7 * 86_400


def test_what_is_near_is_in_a_cell_around():
    here, there = Point(50.09, 19.92), Point(50.094, 19.924)
    distance = metres_between(here, there)
    assert distance is not None
    assert 500 < distance < 600
    assert set(cells_around(here)) & set(cells_around(there))
    assert metres_between(here, None) is None
