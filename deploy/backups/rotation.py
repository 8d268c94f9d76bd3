"""Which backups stay, how they are called, and when the next one is due: functions of times alone."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

DAYS, WEEKS, MONTHS = 7, 4, 6
SETTLING = timedelta(minutes=10)
"""A program that has just started has better things to do; and tests and trials are over before."""
AGAIN_AFTER = timedelta(hours=1)
NAME = re.compile(r"osiedle-(\d{8}T\d{6}Z)(-upgrade)?\.tar")
Kind = Literal["", "upgrade"]
"""`upgrade`: made before the databases were migrated."""


def name_of(made_at: datetime, kind: Kind = "") -> str:
    """Name the file of a backup by when it was made."""
    return f"osiedle-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}{'-upgrade' if kind else ''}.tar"


def told_by(name: str) -> tuple[datetime, Kind] | None:
    """Read from the name of a backup when it was made, and why; none for the name of anything else."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    made_at = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return made_at, "upgrade" if found[2] else ""


def to_remove(names: Iterable[str], zone: tzinfo) -> list[str]:
    """Name the backups that nobody needs any more, of all that are good.

    The newest of each of the last 7 days, 4 weeks and 6 months that have one stay; days are those of the zone, and days
    without a backup do not count. Of those made before an update the newest stays.
    """
    told = {name: told for name in names if (told := told_by(name))}
    upgrades = sorted((made_at, name) for name, (made_at, kind) in told.items() if kind)
    usual = {name: made_at.astimezone(zone) for name, (made_at, kind) in told.items() if not kind}
    kept = {name for _, name in upgrades[-1:]}
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda at: at.date()),
        (WEEKS, lambda at: at.isocalendar()[:2]),
        (MONTHS, lambda at: (at.year, at.month)),
    )
    for number, period in periods:
        newest: dict[object, str] = {}
        for name in sorted(usual, key=lambda name: usual[name].astimezone(UTC), reverse=True):
            newest.setdefault(period(usual[name]), name)
        kept |= set(list(newest.values())[:number])
    return sorted(set(told) - kept)


def due_at(
    last: datetime | None, started: datetime, at: time, zone: tzinfo, failed: datetime | None = None
) -> datetime:
    """Say when the next backup is due, in UTC.

    It is the first `at` o'clock after the last good one; at once where there is none or that is past, but not before
    the program has settled, and an hour after one that failed.
    """
    earliest = max(started + SETTLING, failed + AGAIN_AFTER) if failed else started + SETTLING
    if last is None:
        return earliest.astimezone(UTC)
    day = last.astimezone(zone).date()
    wanted = datetime.combine(day, at, zone).astimezone(UTC)
    if wanted <= last:
        wanted = datetime.combine(day + timedelta(days=1), at, zone).astimezone(UTC)
    return max(wanted, earliest.astimezone(UTC))
