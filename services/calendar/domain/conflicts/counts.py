"""Counts: on how many of its own dates each side of a conflict is met, and at what time of the day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar.domain.claims import DAY, Dated
from services.calendar.domain.conflicts.findings import Finding, Span
from shared.messages import Reason


@dataclass(frozen=True)
class Series:
    """How many dates of an event lie ahead; `weekday` is the one on which all of them start, 1 for Monday, or none."""

    dates: int
    weekday: int | None = None


def series_of(dates: Iterable[Dated], zone: str) -> Series:
    """Count dates, on the clock of their zone."""
    days = [datetime.fromtimestamp(dated.start, ZoneInfo(zone)).isoweekday() for dated in dates if not dated.cancelled]
    return Series(len(days), days[0] if len(set(days)) == 1 else None)


def counted(finding: Finding, mine: Series, other: Series | None, *, zone: str, all_day: bool) -> Finding:
    """Put into a finding's reason what each side needs to read: the time of day, and the counts of its own dates."""
    values: dict[str, Any] = {**finding.reason.values, "one_dates": _counts(finding.dates, mine)}
    if other is not None:
        values["other_dates"] = _counts(finding.other_dates, other)
    if not all_day and (clock := _clock(finding.spans, ZoneInfo(zone))):
        values["clock"] = clock
    return replace(finding, reason=Reason(code=finding.reason.code, values=values))


def _counts(met: int, series: Series) -> dict[str, int | None]:
    return {"met": met, "of": max(met, series.dates), "weekday": series.weekday}


def _clock(spans: Iterable[Span], zone: ZoneInfo) -> list[str] | None:
    """Give the time of day at which the two meet; none where it is not the same on all dates."""
    times = {
        tuple(f"{datetime.fromtimestamp(second, zone):%H:%M}" for second in span)
        for span in spans
        if span[1] - span[0] < DAY
    }
    return list(times.pop()) if len(times) == 1 else None
