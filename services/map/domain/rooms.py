"""Which hours of a day are left in a room."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SHORTEST = timedelta(hours=1)
"""A shorter gap is room for nothing."""
Span = tuple[datetime, datetime]


def free_hours(taken: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """Give what is left between two instants (half-open) when these spans are taken, in any order, also overlapping."""
    free: list[Span] = []
    since = start
    for begins, ends in sorted(taken):
        if begins - since >= SHORTEST:
            free.append((since, min(begins, end)))
        since = max(since, ends)
        if since >= end:
            return free
    return [*free, (since, end)] if end - since >= SHORTEST else free
