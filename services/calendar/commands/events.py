"""Planning, editing and cancelling events."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.guarding import refuse_what_blocks
from services.calendar.commands.laying import STANDING, drop_claims, lay_out, name_hosts
from services.calendar.commands.telling import tell_of_event
from services.calendar.domain.faults import faults_of
from services.calendar.domain.permissions import may_change_event, may_plan_for, may_plan_without_host
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan
from services.calendar.domain.words import folded
from services.calendar.models import Event, History
from services.calendar.problems import EventOver
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import EventCancelled, EventChanged, EventMoved, EventPlanned
from shared.people import Person, is_neighbourhood_coordinator, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound

TIME_AND_PLACE = frozenset(
    {"starts_at", "ends_at", "zone", "all_day", "rrule", "rdates", "exdates", "overrides", "venue_id", "latitude",
     "longitude"}
)  # fmt: skip
"""A change of any of these moves the event; of anything else, changes it."""
TAKES = TIME_AND_PLACE | {"borrowed", "status", "set_up_minutes", "clear_up_minutes"}
"""What decides what an event takes: a change of nothing else can be blocked."""


def plan_event(session: Session, *, by: Person, plan: EventPlan, horizon_days: int = HORIZON_DAYS) -> Event:
    """Put an event on the calendar and tell all.

    Raises `NotAllowed` unless `by` speaks for every host; `InvalidInput`; `EventBlocked` with conflicts and slots.
    """
    plan = with_host(plan, by)
    for host in plan.host_ids:
        must(may_plan_for(by, host))
    _refuse_faults(session, plan)
    now = clock.now()
    if plan.status in STANDING:
        subject = queries.subject_of_plan(session, plan, now=now, horizon_days=horizon_days)
        refuse_what_blocks(session, subject, now)
    event = Event(id=new_id(), version=1, created_at=now, laid_until_at=now, by_person_id=_person_id(by))
    _write(session, event, plan, now)
    session.add(event)
    session.flush()
    name_hosts(session, event)
    dates = lay_out(session, event, plan, now=now, horizon_days=horizon_days, is_new=True)
    _remember(session, event, by, "planned")
    tell_of_event(session, EventPlanned, event, dates)
    return event


def edit_event(
    session: Session,
    *,
    by: Person,
    event_id: str,
    changes: Mapping[str, Any],
    version: int | None = None,
    because: str = "",
    horizon_days: int = HORIZON_DAYS,
) -> Event:
    """Change fields of an event's plan, named as in `EventPlan`; `EventMoved` goes out when time or place change.

    Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile` where `version` is given and is not the stored one,
    `EventOver`, `InvalidInput`, `EventBlocked`.
    """
    event = _locked(session, event_id, by, version)
    if event.status == "cancelled" and changes.get("status", "cancelled") == "cancelled":
        raise EventOver
    before = queries.plan_of(event)
    plan = replace(before, **changes)
    changed = {field.name for field in fields(plan) if getattr(plan, field.name) != getattr(before, field.name)}
    if not changed:
        return event
    if plan.status == "cancelled":
        return cancel_event(session, by=by, event_id=event_id, because=because)
    for host in set(plan.host_ids) - set(before.host_ids):
        must(may_plan_for(by, host))
    must(bool(plan.host_ids) or may_plan_without_host(by))
    _refuse_faults(session, plan)
    now = clock.now()
    if changed & TAKES and plan.status in STANDING:
        subject = queries.subject_of_plan(session, plan, now=now, event_id=event_id, horizon_days=horizon_days)
        refuse_what_blocks(session, subject, now)
    _write(session, event, plan, now)
    event.version += 1
    session.flush()
    name_hosts(session, event)
    dates = lay_out(session, event, plan, now=now, horizon_days=horizon_days)
    moved = bool(changed & TIME_AND_PLACE)
    _remember(session, event, by, "moved" if moved else "changed", because, _differences(before, plan, changed))
    tell_of_event(session, _message_for(before, moved), event, dates)
    return event


def cancel_event(
    session: Session, *, by: Person, event_id: str, version: int | None = None, because: str = ""
) -> Event:
    """Say that an event will not take place; it stays to be seen, and takes nothing any more.

    Cancelling it again changes nothing. Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`.
    """
    event = _locked(session, event_id, by, version)
    if event.status == "cancelled":
        return event
    now = clock.now()
    before, event.status = event.status, "cancelled"
    event.version += 1
    event.changed_at = now
    session.flush()
    drop_claims(session, event.id)
    _remember(session, event, by, "cancelled", because, {"status": [before, "cancelled"]})
    tell_of_event(session, EventCancelled, event, queries.dates_ahead(session, event.id, now))
    return event


def with_host(plan: EventPlan, by: Person) -> EventPlan:
    """Name the host where the plan does not: the one organisation that `by` speaks for. Raises `InvalidInput`."""
    if plan.host_ids or may_plan_without_host(by) or by.service:
        return plan
    own = [organisation_id for organisation_id in by.roles if may_plan_for(by, organisation_id)]
    must(bool(own) or is_neighbourhood_coordinator(by))
    if len(own) != 1:
        raise InvalidInput(("/host_ids", "Say which of your organisations plans this"))
    return replace(plan, host_ids=tuple(own))


def _message_for(before: EventPlan, moved: bool) -> type[EventPlanned] | type[EventMoved] | type[EventChanged]:
    if before.status == "cancelled":
        return EventPlanned
    return EventMoved if moved else EventChanged


def _locked(session: Session, event_id: str, by: Person, version: int | None) -> Event:
    """Give the event that is about to change; nobody else changes it until this is committed."""
    event = session.get(Event, event_id, with_for_update={"key_share": True})
    if event is None:
        raise NotFound
    must(may_change_event(by, tuple(event.host_ids)))
    if version is not None and event.version != version:
        raise ChangedMeanwhile
    return event


def _refuse_faults(session: Session, plan: EventPlan) -> None:
    faults = faults_of(plan) or queries.unknown_references(session, plan)
    if faults:
        raise InvalidInput(*faults)


def _write(session: Session, event: Event, plan: EventPlan, now: datetime) -> None:
    """Write a plan into the event's row."""
    for name in ("title", "starts_at", "ends_at", "zone", "kind", "description", "all_day", "rrule", "venue_id",
                 "latitude", "longitude", "status", "expected_participants", "initiative_id", "set_up_minutes",
                 "clear_up_minutes", "visibility", "accessibility", "source", "sequence", "raw"):  # fmt: skip
        setattr(event, name, getattr(plan, name))
    for name in ("host_ids", "audiences", "themes", "needs", "problem_ids", "leader_ids"):
        setattr(event, name, list(getattr(plan, name)))
    event.uid = plan.uid or f"{event.id}@osiedle"
    event.rdates = [moment.isoformat() for moment in plan.rdates]
    event.exdates = [moment.isoformat() for moment in plan.exdates]
    event.overrides = [_plain(asdict(one)) for one in plan.overrides]
    event.borrowed = [asdict(one) for one in plan.borrowed]
    event.funding = [_plain(asdict(one)) for one in plan.funding]
    event.outcome = asdict(plan.outcome) if plan.outcome else None
    themes = " ".join(f"#{folded(theme)}#" for theme in plan.themes)
    event.search_text = f"{folded(f'{plan.title} {plan.description}')} {themes}"
    event.changed_at = now


def _plain(value: Any) -> Any:
    """Give a value as JSON can hold it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _differences(before: EventPlan, after: EventPlan, changed: set[str]) -> dict[str, Any]:
    """Give what changed as pairs of before and after; the raw text of a file is not repeated."""
    old, new = asdict(before), asdict(after)
    return {name: [_plain(old[name]), _plain(new[name])] for name in sorted(changed - {"raw"})}


def _remember(
    session: Session, event: Event, by: Person, action: str, because: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    history.record(
        session, History, aggregate="event", id=event.id, version=event.version, by=by, action=action,
        reason=because, changes=changes,
    )  # fmt: skip


def _person_id(by: Person) -> str | None:
    return None if by.service else by.id
