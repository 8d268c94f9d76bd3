"""Zone definitions: the VTIMEZONE that tells other programs what an IANA zone does (RFC 5545 §3.6.5)."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.calendar.domain.zone_tables import changes_of_zone

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS_AHEAD = 3
"""A rule that has held so long is taken to go on; what the zone's law will say then, nobody knows."""


@dataclass(frozen=True)
class _Onset:
    """One change: its wall-clock reading before, and the offsets and the name around it."""

    reading: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    def weekdays(self) -> frozenset[tuple[int, int]]:
        """Give the ways to say its day: the nth weekday of the month, and the last if it is that."""
        day, length = self.reading.day, calendar.monthrange(self.reading.year, self.reading.month)[1]
        ways = {((day - 1) // 7 + 1, self.reading.weekday())}
        return frozenset(ways | ({(-1, self.reading.weekday())} if day + 7 > length else set()))

    def is_like(self, other: "_Onset") -> bool:
        """Say whether it is the same change in another year, as far as hour, month and offsets go."""
        mine, theirs = self.reading, other.reading
        return (mine.month, mine.time(), self.before, self.after) == (
            theirs.month,
            theirs.time(),
            other.before,
            other.after,
        )


@lru_cache(maxsize=256)
def zone_definition(name: str, first_year: int, last_year: int) -> str:
    """Write the VTIMEZONE of an IANA zone, right for events from `first_year` on; lines end with CRLF."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    onsets = list(_onsets(name, first_year - 1, last_year + YEARS_AHEAD))
    for run, ways in _runs(onsets):
        lines += _observance(run, ways, goes_on=run[-1].reading.year == last_year + YEARS_AHEAD)
    if not onsets:
        offset, _ = changes_of_zone(name, first_year)
        always = _Onset(datetime(1970, 1, 1, tzinfo=UTC), offset, offset, _name(name, first_year), False)
        lines += _observance([always], frozenset(), goes_on=False)
    return "\r\n".join([*lines, "END:VTIMEZONE", ""])


def _name(zone: str, year: int) -> str:
    return datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).tzname() or zone


def _onsets(name: str, first_year: int, last_year: int) -> Iterator[_Onset]:
    zone = ZoneInfo(name)
    for year in range(first_year, last_year + 1):
        before, changes = changes_of_zone(name, year)
        for at, after in changes:
            local = at.astimezone(zone)
            yield _Onset(at + before, before, after, local.tzname() or name, bool(local.dst()))
            before = after


def _runs(onsets: list[_Onset]) -> Iterator[tuple[list[_Onset], frozenset[tuple[int, int]]]]:
    """Put changes that one rule describes, year after year, into one run."""
    runs: list[tuple[list[_Onset], frozenset[tuple[int, int]]]] = []
    for onset in onsets:
        for number, (run, ways) in enumerate(runs):
            both = ways & onset.weekdays()
            if both and run[-1].is_like(onset) and run[-1].reading.year == onset.reading.year - 1:
                runs[number] = ([*run, onset], both)
                break
        else:
            runs.append(([onset], onset.weekdays()))
    return iter(runs)


def _observance(run: list[_Onset], ways: frozenset[tuple[int, int]], *, goes_on: bool) -> list[str]:
    first = run[0]
    kind = "DAYLIGHT" if first.is_summer else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{first.reading:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(first.before)}",
        f"TZOFFSETTO:{_offset(first.after)}",
        f"TZNAME:{first.name}",
    ]
    if ways and (goes_on or len(run) > 1):
        n, weekday = min(ways)
        until = "" if goes_on else f";UNTIL={run[-1].reading - run[-1].before:%Y%m%dT%H%M%SZ}"
        lines.append(f"RRULE:FREQ=YEARLY;BYMONTH={first.reading.month};BYDAY={n}{DAYS[weekday]}{until}")
    return [*lines, f"END:{kind}"]


def _offset(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    text = f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02d}{seconds // 60 % 60:02d}"
    return text + (f"{seconds % 60:02d}" if seconds % 60 else "")
