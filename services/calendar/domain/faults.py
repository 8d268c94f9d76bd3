"""What is wrong with a plan by itself: each fault a JSON pointer (RFC 6901) and an English gettext source string."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.calendar.domain.plans import EventPlan
from services.calendar.domain.recurrence import is_rule

LONGEST = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 1970, 2200
Fault = tuple[str, str]


def faults_of(plan: EventPlan) -> list[Fault]:
    """List everything that is wrong with a plan; an empty list is a good plan."""
    return [*_faults_of_words(plan), *_faults_of_times(plan), *_faults_of_place(plan), *_faults_of_numbers(plan)]


def zone_of(name: str) -> ZoneInfo | None:
    """Give an IANA zone by its name, if there is one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _faults_of_words(plan: EventPlan) -> Iterator[Fault]:
    if not plan.title.strip():
        yield "/title", "Give the event a title"


def _faults_of_times(plan: EventPlan) -> Iterator[Fault]:
    zone = zone_of(plan.zone)
    if zone is None:
        yield "/zone", "There is no such time zone; use an IANA name such as Europe/Warsaw"
        return
    out_of_reach = [pointer for pointer, moment in _moments(plan) if not FIRST_YEAR <= moment.year <= LAST_YEAR]
    for pointer in out_of_reach:
        yield pointer, "This year is out of reach"
    if out_of_reach:
        return
    if plan.ends_at <= plan.starts_at:
        yield "/ends_at", "The end must be after the start"
    elif plan.ends_at - plan.starts_at > LONGEST:
        yield "/ends_at", "An event lasts at most a year; let it repeat instead"
    if plan.all_day:
        for pointer, moment in (("/starts_at", plan.starts_at), ("/ends_at", plan.ends_at)):
            if not _is_midnight(moment, zone):
                yield pointer, "An all-day event begins and ends at midnight in its zone"
    if plan.rrule is not None and not is_rule(plan.rrule):
        yield "/rrule", "This is not a recurrence rule (RFC 5545 §3.3.10)"


def _faults_of_place(plan: EventPlan) -> Iterator[Fault]:
    if (plan.latitude is None) != (plan.longitude is None):
        missing = "latitude" if plan.latitude is None else "longitude"
        yield f"/{missing}", "A point needs both latitude and longitude"


def _faults_of_numbers(plan: EventPlan) -> Iterator[Fault]:
    for number, one in enumerate(plan.borrowed):
        if one.quantity < 1:
            yield f"/borrowed/{number}/quantity", "Borrow at least one"
    if len(set(plan.host_ids)) != len(plan.host_ids):
        yield "/host_ids", "Name each host once"


def _moments(plan: EventPlan) -> Iterator[tuple[str, datetime]]:
    yield "/starts_at", plan.starts_at
    yield "/ends_at", plan.ends_at
    yield from ((f"/rdates/{number}", moment) for number, moment in enumerate(plan.rdates))
    yield from ((f"/exdates/{number}", moment) for number, moment in enumerate(plan.exdates))


def _is_midnight(moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
