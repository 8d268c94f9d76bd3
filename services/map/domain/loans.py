"""How many of a thing are lent at once, and when none is left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from services.map.domain.rooms import Span


class Loan(NamedTuple):
    """So many of a thing are with an event from one instant to another, half-open."""

    event_id: str
    starts_at: datetime
    ends_at: datetime
    quantity: int


def most_lent(loans: Iterable[Loan], start: datetime, end: datetime) -> int:
    """Give how many are lent at the fullest moment between two instants."""
    return max((lent for since, until, lent in _parts(loans) if since < end and until > start), default=0)


def times_without(loans: Iterable[Loan], quantity: int) -> list[Span]:
    """Give when all of so many are lent, in order; spans may touch."""
    return [(since, until) for since, until, lent in _parts(loans) if lent >= quantity]


def _parts(loans: Iterable[Loan]) -> Iterator[tuple[datetime, datetime, int]]:
    """Cut time wherever something comes or goes, with how many are lent in each part.

    Dates of one event that overlap have a thing once, as the calendar counts.
    """
    by_event: dict[str, list[Loan]] = defaultdict(list)
    for loan in loans:
        by_event[loan.event_id].append(loan)
    changes: dict[datetime, int] = defaultdict(int)
    for mine in by_event.values():
        for since, until in _joined((one.starts_at, one.ends_at) for one in mine):
            changes[since] += mine[0].quantity
            changes[until] -= mine[0].quantity
    lent = 0
    for at, following in pairwise(sorted(changes)):
        lent += changes[at]
        yield at, following, lent


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or touch, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
