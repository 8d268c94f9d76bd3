"""Conflicts of people: who is to lead two events at once, or to be sooner at the other than they can walk."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from services.calendar.domain.claims import Dated, Party, merged
from services.calendar.domain.conflicts.findings import Finding, Hit, Known, Span, grouped, standing
from services.calendar.domain.places import LONGEST_WALK_SECONDS, metres_between, walking_seconds
from shared.messages import Reason


def people_conflicts(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Meet others that are led by the same people; two that leave no time to walk between them meet during the walk."""
    ours = sorted(standing(dates), key=lambda dated: dated.start)
    for other_id, pair in grouped(hits, lambda hit: hit.other_id).items():
        other = known.parties[other_id]
        metres = metres_between(party.point, other.point)
        walk = min(walking_seconds(metres or 0), LONGEST_WALK_SECONDS)
        theirs = [_whole(*one) for one in grouped(pair, lambda hit: hit.other_recurrence).items()]
        met = [(mine, there, span) for mine, there in _close(ours, theirs, walk) for span in [_span(mine, there, walk)]]
        if not met:
            continue
        overlaps = any(_gap(mine, there) < 0 for mine, there, _ in met)
        people = len({hit.key for hit in pair})
        values: dict[str, object] = {"one": party.title, "other": other.title, "people": people}
        if not overlaps:
            values |= {"metres": round(metres or 0), "minutes": -(-walk // 60)}
        reason = Reason(code="people_twice" if overlaps else "people_far", values=values)
        yield Finding(
            "people", "", other_id, "warning", reason, tuple(merged(span for _, _, span in met)),
            dates=len({mine.recurrence for mine, _, _ in met}),
            other_dates=len({there.recurrence for _, there, _ in met}),
        )  # fmt: skip


def _whole(recurrence: int, pieces: Sequence[Hit]) -> Dated:
    """Give a date of the other as one time: not all of the pieces that midnight cut are met."""
    return Dated(recurrence, min(hit.other_start for hit in pieces), max(hit.other_end for hit in pieces))


def _close(ours: Sequence[Dated], theirs: Iterable[Dated], walk: int) -> Iterator[tuple[Dated, Dated]]:
    """Pair our dates with the others' times that overlap them, or are nearer in time than the walk takes."""
    starts = [dated.start for dated in ours]
    longest = max((dated.end - dated.start for dated in ours), default=0)
    for there in theirs:
        first = bisect_left(starts, there.start - walk - longest)
        for dated in ours[first : bisect_left(starts, there.end + walk)]:
            gap = _gap(dated, there)
            if gap < 0 or gap < walk:
                yield dated, there


def _gap(mine: Dated, there: Dated) -> int:
    """Give the seconds between two times; less than none where they overlap."""
    return max(there.start - mine.end, mine.start - there.end)


def _span(mine: Dated, there: Dated, walk: int) -> Span:
    """Give the time in which somebody would have to be at both, or the time of the walk that is too long."""
    start, end = max(mine.start, there.start), min(mine.end, there.end)
    return (start, end) if start < end else (end, end + walk)
