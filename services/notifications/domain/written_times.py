"""A time as a calendar program wrote it (RFC 5545 §3.3.4, §3.3.5): a day, an hour of some clock, or an instant."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

WRITTEN = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)


@dataclass(frozen=True)
class WrittenTime:
    """A wall-clock time and the name of its clock: "" where it floats; `whole_day` says that it has no hour."""

    time: datetime
    clock: str = ""
    whole_day: bool = False

    @classmethod
    def of(cls, value: str, clock: str = "") -> Self:
        """Read it; raises `ValueError`."""
        found = WRITTEN.fullmatch(value.strip())
        if found is None:
            raise ValueError(value)
        day, hour, is_utc = found.groups()
        time = datetime.strptime(f"{day}{hour or '000000'}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - its clock stands beside it
        if not 1970 <= time.year < 9000:  # on any clock of the world it must still be a time
            raise ValueError(value)
        return cls(time, "UTC" if is_utc else clock.strip('"'), whole_day=hour is None)

    def instant(self, zone: str) -> datetime:
        """Give the instant in UTC; what floats is on the clock of `zone`, and so is what has a name nobody else knows.

        Outlook names our own zone in its own words; who is invited lives where the meeting is.
        """
        return self.time.replace(tzinfo=_zone(self.clock) or ZoneInfo(zone)).astimezone(UTC)

    def day(self, zone: str) -> date:
        """Give the day on the clock of `zone`."""
        return self.time.date() if self.whole_day else self.instant(zone).astimezone(ZoneInfo(zone)).date()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, or no name at all; a folder of the zone files is no zone either
        return None
