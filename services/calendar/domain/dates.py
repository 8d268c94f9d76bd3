"""The dates of a plan: each occurrence in seconds, with the rule's exceptions and overrides, up to the horizon."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from services.calendar.domain.claims import Dated
from services.calendar.domain.plans import EventPlan

MOST_DATES = 4000


def dates_of(plan: EventPlan, *, until_at: datetime) -> list[Dated]:
    starts = {int(plan.starts_at.timestamp())}
    zone = ZoneInfo(plan.zone)
    local = plan.starts_at.astimezone(zone).replace(tzinfo=None)
    length = plan.ends_at.astimezone(zone).replace(tzinfo=None) - local
    if plan.rrule:
        for moment in _rule(plan, local):
            at = moment.replace(tzinfo=zone)
            if at >= until_at or len(starts) > MOST_DATES:
                break
            starts.add(int(at.timestamp()))
    starts |= {int(one.timestamp()) for one in plan.rdates}
    starts -= {int(one.timestamp()) for one in plan.exdates}
    overrides = {int(one.recurrence_at.timestamp()): one for one in plan.overrides}
    found = []
    for start in sorted(starts):
        if (one := overrides.get(start)) is not None:
            found.append(
                Dated(start, int(one.starts_at.timestamp()), int(one.ends_at.timestamp()), one.title, one.cancelled)
            )
        else:
            end = (datetime.fromtimestamp(start, zone) + length).timestamp()
            found.append(Dated(start, start, int(end)))
    return found


def is_rule(text: str) -> bool:
    try:
        rrulestr(text, dtstart=datetime(2026, 1, 1))
    except Exception:
        return False
    return True


def is_endless(plan: EventPlan, until_at: datetime) -> bool:
    if not plan.rrule:
        return False
    return "COUNT" not in plan.rrule.upper() and "UNTIL" not in plan.rrule.upper()


def _rule(plan: EventPlan, local: datetime) -> rrule:
    text = ";".join(p if not p.upper().startswith("UNTIL") else p.rstrip("Zz") for p in plan.rrule.split(";"))
    return rrulestr(text, dtstart=local)
