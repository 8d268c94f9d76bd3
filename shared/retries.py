"""When a delivery that failed is tried again, and when it is given up."""

from datetime import timedelta

GROWTH = 4
LONGEST = timedelta(hours=6)


def wait_before(attempts: int, first: timedelta) -> timedelta:
    """Give the wait after so many failed attempts: `first` after one, four times as long each time, at most 6 h."""
    growth: int = GROWTH ** min(attempts - 1, 20)
    return min(first * growth, LONGEST)
