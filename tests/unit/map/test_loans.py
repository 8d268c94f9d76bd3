"""How many of a thing are lent at once, against counting minute by minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.map.domain.loans import Loan, most_lent, times_without

START = datetime(2031, 5, 8, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


loans_of_a_day = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 22), st.integers(1, 6)).map(
        lambda one: Loan(one[0], at(one[1]), at(one[1] + one[2]), "abc".index(one[0]) + 1)
    ),
    max_size=8,
)


def lent_in(loans: list[Loan], hour: int) -> int:
    """Add up by hand: an event has its things once, however many of its dates hold this hour."""
    return sum({one.event_id: one.quantity for one in loans if one.starts_at <= at(hour) < one.ends_at}.values())


@given(loans_of_a_day, st.integers(0, 20), st.integers(1, 8))
def test_the_fullest_moment_is_that_of_the_fullest_hour(loans, first, hours):
    assert most_lent(loans, at(first), at(first + hours)) == max(
        lent_in(loans, hour) for hour in range(first, first + hours)
    )


@given(loans_of_a_day, st.integers(1, 6))
def test_nothing_is_left_in_the_hours_in_which_all_are_lent(loans, quantity):
    spans = times_without(loans, quantity)

    for hour in range(30):
        is_without = any(since <= at(hour) < until for since, until in spans)
        assert is_without == (lent_in(loans, hour) >= quantity)
    assert spans == sorted(spans)
