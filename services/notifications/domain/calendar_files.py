"""An iCalendar file (RFC 5545) with the dates that a letter tells of, so that one press puts them into a calendar."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_LINE = 75
"""Octets of a line without its end (RFC 5545 §3.1)."""
SPECIAL = re.compile(r"([\\;,])")
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Dated:
    """An event at a date; `sequence` grows with each change (RFC 5545 §3.8.7.4)."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    url: str
    sequence: int
    is_cancelled: bool = False


def calendar_file(dates: Sequence[Dated], stamped_at: datetime) -> str:
    """Write the file; nothing where there are no dates. A date that is called off says so (RFC 5545 §3.8.1.11)."""
    if not dates:
        return ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Osiedle//Osiedle//PL", "METHOD:PUBLISH"]
    for one in dates:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(one.uid)}",
            f"DTSTAMP:{_utc(stamped_at)}",
            f"SEQUENCE:{one.sequence}",
            f"SUMMARY:{_text(one.title)}",
            f"DTSTART:{_utc(one.starts_at)}",
            f"DTEND:{_utc(one.ends_at)}",
            f"STATUS:{'CANCELLED' if one.is_cancelled else 'CONFIRMED'}",
            f"URL:{CONTROL.sub('', one.url)}",
            "END:VEVENT",
        ]
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return SPECIAL.sub(r"\\\1", CONTROL.sub(" ", text))


def folded(line: str) -> Iterator[str]:
    """Cut a line into pieces of at most 75 octets; each but the first begins with a space, no character is cut."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST_LINE:
            yield piece
            piece = " "
        piece += character
    yield piece
