"""Free and busy: the times that are taken, merged, as numbers and as VFREEBUSY (RFC 5545 §3.6.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.calendar.domain.claims import merged
from services.calendar.domain.exporting import PRODUCT, folded

Span = tuple[int, int]


@dataclass(frozen=True)
class Taken:
    """Half-open seconds in which something is on; `tentative` where it may yet not take place, or is not ours."""

    start: int
    end: int
    tentative: bool = False


@dataclass(frozen=True)
class Busy:
    """The merged times of a window that are taken for sure, and those that only may be, in order."""

    taken: list[Span]
    tentative: list[Span]


def busy_in(window: Span, everything: Iterable[Taken]) -> Busy:
    """Merge what overlaps or touches, cut to a window; what is taken for sure is not said to be tentative too."""
    inside = [
        Taken(max(one.start, window[0]), min(one.end, window[1]), one.tentative)
        for one in everything
        if one.start < window[1] and one.end > window[0]
    ]
    taken = merged((one.start, one.end) for one in inside if not one.tentative)
    tentative = merged((one.start, one.end) for one in inside if one.tentative)
    return Busy(taken, [piece for span in tentative for piece in _without(span, taken)])


def _without(span: Span, taken: Sequence[Span]) -> list[Span]:
    start, pieces = span[0], []
    for begin, end in taken:
        if end <= start or begin >= span[1]:
            continue
        if begin > start:
            pieces.append((start, begin))
        start = end
    return [*pieces, (start, span[1])] if start < span[1] else pieces


def free_busy_text(window: Span, busy: Busy, *, uid: str, stamp: datetime) -> str:
    """Write a VFREEBUSY; what is in none of its periods is free."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "METHOD:PUBLISH", "BEGIN:VFREEBUSY"]
    lines += [f"UID:{uid}", f"DTSTAMP:{_basic(int(stamp.timestamp()))}"]
    lines += [f"DTSTART:{_basic(window[0])}", f"DTEND:{_basic(window[1])}"]
    lines += [f"FREEBUSY:{_period(span)}" for span in busy.taken]
    lines += [f"FREEBUSY;FBTYPE=BUSY-TENTATIVE:{_period(span)}" for span in busy.tentative]
    return "".join(map(folded, [*lines, "END:VFREEBUSY", "END:VCALENDAR"]))


def _period(span: Span) -> str:
    return f"{_basic(span[0])}/{_basic(span[1])}"


def _basic(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%SZ}"
