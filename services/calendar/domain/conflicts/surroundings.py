"""Conflicts with what is no event of ours: municipal facts, public holidays, quiet hours."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.calendar.domain import almanac
from services.calendar.domain.claims import Dated, Party, merged
from services.calendar.domain.conflicts.findings import Finding, Span
from services.calendar.domain.places import metres_between, point_of
from services.calendar.domain.plans import Fact
from shared.messages import Reason

QUIET_FROM, QUIET_TO = 22, 6


def municipal_conflicts(party: Party, dates: Sequence[Dated], facts: Iterable[Fact]) -> Iterator[Finding]:
    """Meet closures and city events within the radius that the municipal system told."""
    for fact in facts:
        distance = metres_between(party.point, point_of(fact.latitude, fact.longitude))
        if distance is None or distance > (fact.radius_m or 0):
            continue
        start, end = int(fact.starts_at.timestamp()), int(fact.ends_at.timestamp())
        spans = merged(
            (max(start, dated.start), min(end, dated.end))
            for dated in dates
            if not dated.cancelled and dated.start < end and start < dated.end
        )
        if spans:
            values = {"one": party.title, "title": dict(fact.title), "metres": round(distance), "partner": fact.partner}
            reason = Reason(code=f"municipal_{fact.kind}", values=values)
            yield Finding("municipal", fact.id, None, "warning", reason, tuple(spans))


def calendar_conflicts(party: Party, dates: Sequence[Dated]) -> Iterator[Finding]:
    """Meet public holidays and, unless it lasts all day, the quiet hours; information only."""
    zone = ZoneInfo(party.zone)
    holiday: tuple[str, dict[str, str]] | None = None
    on_holidays: list[Span] = []
    at_night: list[Span] = []
    for dated in dates:
        if dated.cancelled:
            continue
        starts_at, ends_at = datetime.fromtimestamp(dated.start, zone), datetime.fromtimestamp(dated.end, zone)
        name = almanac.holiday_on(starts_at.date())
        if name:
            holiday = holiday or (starts_at.date().isoformat(), name)
            on_holidays.append((dated.start, dated.end))
        if not party.all_day and almanac.is_in_quiet_hours(starts_at, ends_at, QUIET_FROM, QUIET_TO):
            at_night.append((dated.start, dated.end))
    if holiday:
        values = {"one": party.title, "on": holiday[0], "name": holiday[1]}
        reason = Reason(code="public_holiday", values=values)
        yield Finding("calendar", "public_holiday", None, "information", reason, tuple(merged(on_holidays)))
    if at_night:
        values = {"one": party.title, "quiet_from": f"{QUIET_FROM}:00", "quiet_to": f"{QUIET_TO}:00"}
        reason = Reason(code="quiet_hours", values=values)
        yield Finding("calendar", "quiet_hours", None, "information", reason, tuple(merged(at_night)))
