"""Sums over time: how much is taken at the fullest moment."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from services.calendar.domain.claims import merged
from services.calendar.domain.conflicts.findings import Hit, Span, grouped


def peak(hit: Hit, hits: Iterable[Hit], own: int) -> int:
    """Sum what is taken at the fullest moment of one meeting: ours and everyone's who is there then."""
    return max(total for _, total in _totals(hit, hits, own))


def exceeding(hit: Hit, hits: Iterable[Hit], own: int, limit: int) -> list[Span]:
    """List the times of one meeting in which ours and everyone's who is there then are more than `limit`."""
    return merged(span for span, total in _totals(hit, hits, own) if total > limit)


def _totals(hit: Hit, hits: Iterable[Hit], own: int) -> list[tuple[Span, int]]:
    """Cut one meeting wherever somebody comes or goes, and sum what is taken in each part."""
    start, end = hit.span
    there = _taken(
        other
        for other in hits
        if (other.start, other.end) == (hit.start, hit.end) and other.other_start < end and other.other_end > start
    )
    moments = sorted({start, end, *(at for span in there for at in span[:2] if start < at < end)})
    return [
        ((at, until), own + sum(taken for begins, ends, taken in there if begins <= at < ends))
        for at, until in pairwise(moments)
    ]


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
