"""When a delivery is tried again."""

from datetime import timedelta

from shared.retries import LONGEST, wait_before


def test_each_wait_is_four_times_the_one_before():
    first = timedelta(seconds=30)

    waits = [wait_before(attempts, first) for attempts in (1, 2, 3)]

    assert waits == [first, 4 * first, 16 * first]


def test_no_wait_is_longer_than_the_longest():
    assert wait_before(10_000, timedelta(seconds=30)) == LONGEST
