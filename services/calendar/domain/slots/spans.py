"""Spans of taken time, in order, so that what overlaps a window is found by halving."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from services.calendar.domain.claims import merged

Span = tuple[int, int]
"""From which second since 1970 to which; half-open."""


class Taken:
    """Spans in which something is taken, joined where they overlap or touch."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """Take spans in any order."""
        self.spans = merged(spans)
        self.starts = [start for start, _ in self.spans]
        self.ends = [end for _, end in self.spans]

    def between(self, low: int, high: int) -> Sequence[Span]:
        """Give the spans that overlap the half-open window."""
        return self.spans[bisect_right(self.ends, low) : bisect_left(self.starts, high)]
