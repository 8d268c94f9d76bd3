"""Opportunities: whom an event could be joined with, what is not worth a call, and the best first."""

from dataclasses import replace

import pytest

from services.calendar.domain.opportunities import Neighbour, Sight, find, week_of
from services.calendar.domain.places import Point, cells_around, metres_between
from services.calendar.domain.ties import ROUTINE_SECONDS, Action
from tests.unit.calendar.parties import HOUR, NOON, a_date

DAY = 24 * HOUR
HERE, NEXT_DOOR, ELSEWHERE, OTHER_DISTRICT = (
    Point(50.09, 19.92), Point(50.0905, 19.92), Point(50.098, 19.92), Point(50.14, 19.92),
)  # fmt: skip


def an_action(name: str = "a", **values: object) -> Action:
    """A feast of an organisation of its own, called by a name that nothing else is called by."""
    titles = {"a": "Festyn", "b": "Kiermasz", "c": "Potańcówka", "d": "Teatrzyk"}
    defaults: dict[str, object] = {
        "id": name,
        "title": titles[name],
        "kind": "feast",
        "first": NOON,
        "last": NOON + 2 * HOUR,
        "host_ids": (f"host of {name}",),
        "point": HERE,
    }
    return Action(**{**defaults, **values})  # type: ignore[arg-type]


def chances(mine: Action, *others: Action, later: int = 0, clashing: frozenset[str] = frozenset()):
    """Find the chances of an event among others that begin so many seconds after it."""
    dates = [Neighbour(one.id, NOON + later, NOON + later + 2 * HOUR) for one in others]
    return find(Sight(mine, [a_date()], dates, {one.id: one for one in others}, "Europe/Warsaw"), clashing)


FAIR = {"audiences": ("families",), "themes": ("rodzina",)}
HABIT = {"last": NOON + ROUTINE_SECONDS + 1, "kind": "course", "audiences": ("seniors",), "themes": ("nordic",)}


@pytest.mark.parametrize(
    ("words", "mine", "theirs", "later", "code"),
    [
        ("two fairs for families, next door", FAIR, {**FAIR, "point": NEXT_DOOR}, HOUR, "same_theme_week"),
        ("two feasts for anybody, next door", {}, {"point": NEXT_DOOR}, HOUR, None),
        ("a blood drive beside a fair", FAIR, {"kind": "service", "audiences": ("adults",)}, 0, "same_site"),
        ("a course beside a fair", FAIR, {"kind": "course", "audiences": ("adults",)}, 0, None),
        ("the same fair in another district", FAIR, {**FAIR, "point": OTHER_DISTRICT}, 0, None),
        ("people who do not go to the same things", {**FAIR, "audiences": ("seniors",)}, FAIR, DAY, None),
        ("the same people in one week", {"audiences": ("seniors",)}, {"audiences": ("seniors",)}, DAY, None),
        ("what one needs is with the other", {"needs": ("grill",)}, {"borrowed": ("Grill gazowy",)}, 0, "need_met"),
        ("what one needs was there last week", {"needs": ("grill",)}, {"borrowed": ("Grill",)}, 5 * DAY, None),
        ("a common problem, a fortnight apart", {"problem_ids": ("p",)}, {"problem_ids": ("p",)}, DAY, "same_problem"),
        ("a common initiative", {"initiative_id": "i"}, {"initiative_id": "i"}, 0, "same_initiative"),
        ("two groups that walk all year", HABIT, HABIT, DAY, "same_course"),
        ("two groups of different things", HABIT, {**HABIT, "themes": ("języki",)}, DAY, None),
        ("a fair beside what is there every week", FAIR, {**HABIT, **FAIR}, 0, None),
        ("works and a fair", FAIR, {**FAIR, "kind": "works"}, 0, None),
        ("meetings of members", {**FAIR, "kind": "meeting"}, {**FAIR, "kind": "meeting"}, 0, None),
        ("what is for the hosts alone", FAIR, {**FAIR, "closed": True}, 0, None),
        ("two schools that begin their year", {**FAIR, "at_school": True}, {**FAIR, "at_school": True}, 0, None),
    ],
)
def test_a_good_coordinator_would_call_or_would_not(words, mine, theirs, later, code):
    one, other = an_action(**mine), an_action("b", **theirs)
    assert [chance.reason.code for chance in chances(one, other, later=later)] == ([code] if code else [])
    back = find(
        Sight(other, [a_date(later / HOUR)], [Neighbour("a", NOON, NOON + 2 * HOUR)], {"a": one}, "Europe/Warsaw")
    )
    assert [chance.reason.code for chance in back] == ([code] if code else []), "seen from the other it is the same"


def test_the_best_is_first_and_says_what_else_speaks_for_it():
    mine = an_action(**FAIR, needs=("dmuchana zjeżdżalnia",), funders=("Parafia",))
    good = an_action("b", **FAIR, point=ELSEWHERE)
    better = an_action("c", **FAIR, borrowed=("Dmuchana zjeżdżalnia",), funders=("Miasto",))
    first, second = chances(mine, good, better)
    assert (first.other_id, first.reason.code) == ("c", "need_met")
    assert [one["code"] for one in first.reason.values["also"]] == ["same_theme_week", "same_site"]
    assert second.other_id == "b"
    assert first.score > second.score


def test_nobody_is_advised_to_join_themselves_or_an_event_that_is_in_the_way():
    mine, other = an_action(**FAIR), an_action("b", **FAIR)
    assert len(chances(mine, other)) == 1
    assert chances(mine, other, clashing=frozenset({"b"})) == []
    assert chances(mine, replace(other, host_ids=mine.host_ids)) == []
    assert chances(mine, replace(other, host_ids=())) == []


def test_a_theme_of_half_the_neighbourhood_says_less_than_a_rare_one():
    december = {"themes": ("święta",), "audiences": ("children",), "point": ELSEWHERE, "kind": "course"}
    one, other = an_action(**{**december, "point": HERE}), an_action("b", **december)
    [rare] = chances(one, other)
    crowd = [replace(other, id=f"b{number}") for number in range(5)]
    assert rare.score > chances(one, other, *crowd[:2])[0].score
    assert chances(one, other, *crowd, later=DAY) == []


def test_a_week_goes_from_monday_to_monday_on_the_wall_and_holds_the_day_before_and_after():
    for day in range(7):
        start, end = week_of(a_date(24 * day), "Europe/Warsaw")
        assert start <= NOON + day * DAY - 12 * HOUR
        assert end >= NOON + day * DAY + DAY
        assert 7 * DAY <= end - start <= 8 * DAY


def test_what_is_near_is_in_a_cell_around():
    here, there = Point(50.09, 19.92), Point(50.094, 19.924)
    distance = metres_between(here, there)
    assert distance is not None
    assert 500 < distance < 600
    assert set(cells_around(here)) & set(cells_around(there))
    assert metres_between(here, None) is None
