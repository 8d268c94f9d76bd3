"""How regularly one meets, and who stays away: pure functions of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.rhythm import Attended, Regularity, absent_in_a_row, regularity

START = date(2026, 1, 6)


def days(*offsets):
    return [START + timedelta(days=one) for one in offsets]


@pytest.mark.parametrize(
    ("held", "planned", "until", "found"),
    [
        ([0, 14, 28, 42], [], None, Regularity(3, 3, 14)),
        ([0, 14, 42, 56], [], None, Regularity(3, 4, 14)),
        ([0, 13, 29, 42], [], None, Regularity(3, 3, 13)),
        ([0, 28], [0, 14, 28, 42], None, Regularity(1, 2, 14)),
        ([0, 14, 28], [], 30, Regularity(2, 2, 14)),
        ([0, 14, 28], [], 48, Regularity(2, 2, 14)),
        ([0, 14, 28], [], 49, Regularity(2, 3, 14)),
        ([0, 14, 28], [], 28 + 14 * 5, Regularity(2, 6, 14)),
        ([], [], None, None),
        ([0], [0, 14, 28], None, None),
        ([0, 14], [], None, None),
    ],
)
def test_of_the_planned_intervals_those_that_were_kept(held, planned, until, found):
    last = None if until is None else START + timedelta(days=until)
    assert regularity(days(*held), days(*planned), last) == found


offsets = st.lists(st.integers(0, 700), max_size=40)


@given(offsets, offsets, st.integers(0, 1400))
def test_it_is_a_share_of_at_least_one_interval(held, planned, until):
    found = regularity(days(*held), days(*planned), START + timedelta(days=until))
    if found is not None:
        assert 0 < found.kept <= found.planned
        assert 0 < found.share <= 1
        assert found.usual_days > 0


@given(st.integers(1, 60), st.integers(3, 30), st.randoms())
def test_who_meets_evenly_keeps_every_interval_in_whatever_order_it_is_told(gap, number, random):
    held = days(*range(0, gap * number, gap))
    random.shuffle(held)
    assert regularity(held, (), max(held)) == Regularity(number - 1, number - 1, gap)


@given(offsets, st.integers(0, 1400), st.integers(1, 400))
def test_waiting_longer_never_makes_it_more_regular(held, until, more):
    now = START + timedelta(days=until)
    sooner, later = regularity(days(*held), (), now), regularity(days(*held), (), now + timedelta(days=more))
    if sooner is not None and later is not None:
        assert later.share <= sooner.share


def attended(expected, came):
    return Attended(frozenset(expected), frozenset(came))


def test_who_was_expected_three_times_and_came_to_none_of_them_is_absent():
    meetings = [attended("AB", "AB"), attended("AB", "A"), attended("AB", "A"), attended("AB", "A")]
    assert absent_in_a_row(meetings) == {"B"}
    assert absent_in_a_row(meetings[:3]) == frozenset()
    assert absent_in_a_row([*meetings, attended("AB", "B")]) == frozenset()


def test_a_meeting_at_which_somebody_was_not_expected_says_nothing_of_them():
    meetings = [attended("AB", "A"), attended("A", "A"), attended("AB", "A"), attended("AB", "A")]
    assert absent_in_a_row(meetings) == {"B"}
    assert absent_in_a_row([attended("AB", "A"), attended("A", "A"), attended("AB", "A")]) == frozenset()


@given(st.lists(st.tuples(st.sets(st.sampled_from("ABCD")), st.sets(st.sampled_from("ABCD"))), max_size=12))
def test_whoever_came_to_the_last_meeting_is_not_absent(told):
    meetings = [attended(*one) for one in told]
    absent = absent_in_a_row(meetings)
    assert not meetings or not absent & meetings[-1].came
    assert absent <= frozenset().union(*(one.expected for one in meetings))
