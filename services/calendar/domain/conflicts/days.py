"""Conflicts with the calendar itself: public and school holidays, quiet hours, and the opening hours of the venue."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar.domain import almanac
from services.calendar.domain.claims import Dated, Party, Site, merged, taken_of
from services.calendar.domain.conflicts.findings import Finding, Known, standing
from services.calendar.domain.conflicts.rules import Severity
from services.calendar.domain.school_year import school_holidays_on
from shared import opening
from shared.messages import Reason

QUIET_FROM, QUIET_TO = 22, 6
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """One date of an event on the clock of the place, and the time in which it takes its venue."""

    dated: Dated
    starts_at: datetime
    ends_at: datetime
    from_at: datetime
    until_at: datetime


Look = Callable[[Day], Mapping[str, Any] | None]
"""Says what is met on a day, as values of the reason; none where nothing is."""


def calendar_conflicts(party: Party, dates: Sequence[Dated], known: Known) -> Iterator[Finding]:
    """Meet public holidays, in a school its holidays, the quiet hours, and times at which the venue is closed."""
    site = known.sites.get(party.venue_id or "")
    zone = ZoneInfo(party.zone if party.all_day else almanac.ZONE)
    days = [_day(party, site, dated, zone) for dated in standing(dates)]
    looks: list[tuple[str, Severity, Look]] = [("public_holiday", "information", _public_holiday)]
    if site is not None and site.is_school:
        looks.append(("school_holidays", "information", lambda day: _school_holidays(day, site, known.region)))
    if not party.all_day:
        looks.append(("quiet_hours", "information", _quiet_hours))
    hours = opening_hours_of(site, known.sites) if site else ""
    if site is not None and hours:
        own = site.organisation_id in party.host_ids  # who owns the place opens it
        weight: Severity = "information" if own else "warning"
        looks.append(("opening_hours", weight, lambda day: _closed(day, site, hours, all_day=party.all_day)))
    for key, severity, look in looks:
        met = [(day, values) for day in days for values in [look(day)] if values is not None]
        if met:
            reason = Reason(code=key, values={"one": party.title, **met[0][1]})
            spans = merged((day.dated.start, day.dated.end) for day, _ in met)
            yield Finding("calendar", key, None, severity, reason, tuple(spans), dates=len(met))


def _day(party: Party, site: Site | None, dated: Dated, zone: ZoneInfo) -> Day:
    start, end = taken_of(party, site, dated) if site else (dated.start, dated.end)
    starts_at, ends_at, from_at, until_at = (
        datetime.fromtimestamp(second, zone) for second in (dated.start, dated.end, start, end)
    )
    return Day(dated, starts_at, ends_at, from_at, until_at)


def _days_of(day: Day) -> list[date]:
    """List the days on which one date is; what ends at midnight is not on the day that begins then."""
    first, last = day.starts_at.date(), (day.ends_at - A_MOMENT).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _public_holiday(day: Day) -> Mapping[str, Any] | None:
    met = ((on, almanac.holiday_on(on)) for on in _days_of(day))
    return next(({"on": on.isoformat(), "name": name} for on, name in met if name), None)


def _school_holidays(day: Day, site: Site, region: str) -> Mapping[str, Any] | None:
    met = ((on, school_holidays_on(on, region)) for on in _days_of(day))
    return next(
        (
            {
                "on": on.isoformat(), "venue": site.name, "holidays": found.kind,
                "first_on": found.first_on.isoformat(), "last_on": found.last_on.isoformat(),
            }
            for on, found in met
            if found is not None
        ),
        None,
    )  # fmt: skip


def _quiet_hours(day: Day) -> Mapping[str, Any] | None:
    if not almanac.is_in_quiet_hours(day.starts_at, day.ends_at, QUIET_FROM, QUIET_TO):
        return None
    return {"quiet_from": f"{QUIET_FROM}:00", "quiet_to": f"{QUIET_TO}:00"}


def opening_hours_of(site: Site, sites: Mapping[str, Site]) -> str:
    """Give the opening hours of a venue, else those of the nearest place around it that has some."""
    around = [site, *(sites[key] for key in site.ancestor_ids if key in sites)]
    return next((one.opening_hours for one in around if one.opening_hours), "")


def _closed(day: Day, site: Site, hours: str, *, all_day: bool) -> Mapping[str, Any] | None:
    """Meet a venue that is closed at some time of the event or of its preparations.

    Opening hours that cannot be read say nothing. What lasts all day meets a place that does not open on one of its
    days at all.
    """
    if all_day:
        shut = next(
            (on for on in _days_of(day) if opening.is_readable(hours) and not opening.hours_on(hours, on)), None
        )
        return None if shut is None else {"on": shut.isoformat(), "venue": site.name, "open": [], "taken": []}
    if opening.is_open(hours, day.from_at, day.until_at) is not False:
        return None
    first = day.from_at.date()
    spans = [[_clock(start), _clock(end)] for start, end in opening.hours_on(hours, first)]
    taken = [_clock(day.from_at), _clock(day.until_at)]
    return {"on": first.isoformat(), "venue": site.name, "open": spans, "taken": taken}


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"
