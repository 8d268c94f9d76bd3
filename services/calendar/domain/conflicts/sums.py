"""Sums over time: how much is taken at the fullest moment."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from services.calendar.domain.claims import merged
from services.calendar.domain.conflicts.findings import Hit, Span, grouped


def peak(hit: Hit, hits: Iterable[Hit], own: int) -> int:
    """Sum what is taken at the fullest moment of one meeting: ours and everyone's who is there then."""
    start, end = hit.span
    there = _taken(
        other
        for other in hits
        if (other.start, other.end) == (hit.start, hit.end) and other.other_start < end and other.other_end > start
    )
    moments = {start, *(begins for begins, _, _ in there if begins > start)}
    return own + max(sum(taken for begins, ends, taken in there if begins <= at < ends) for at in moments)


def _taken(hits: Iterable[Hit]) -> list[tuple[int, int, int]]:
    """List from when to when each other event takes how much; dates of one event that overlap take it once."""
    spans = grouped(hits, lambda hit: hit.other_id)
    return [
        (start, end, theirs[0].quantity)
        for theirs in spans.values()
        for start, end in merged((hit.other_start, hit.other_end) for hit in theirs)
    ]


def overdrawn(hits: Iterable[Hit], limit: int) -> list[Span]:
    """List the times in which others borrow, in sum, more than `limit` of one resource."""
    changes: dict[int, int] = defaultdict(int)
    for start, end, quantity in _taken(hits):
        changes[start] += quantity
        changes[end] -= quantity
    spans, taken = [], 0
    for at, following in pairwise(sorted(changes)):
        taken += changes[at]
        if taken > limit:
            spans.append((at, following))
    return merged(spans)
