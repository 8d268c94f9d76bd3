"""Planning, editing, cancelling and restoring events."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.asking import Approvals, approvals_of, ask, withdraw_all
from services.calendar.commands.guarding import refuse_what_blocks
from services.calendar.commands.held import rename_dates
from services.calendar.commands.laying import drop_claims, lay_out, name_hosts
from services.calendar.commands.refusing import (
    clear_rules,
    locked_event,
    refuse_faults,
    refuse_joined,
    refuse_more_than_cancel,
    refuse_new_hosts,
    refuse_status,
)
from services.calendar.commands.telling import tell_of_event
from services.calendar.commands.writing import differences, remember, write_plan
from services.calendar.domain.held import renaming
from services.calendar.domain.permissions import may_plan_for, may_plan_without_host
from services.calendar.domain.plans import HORIZON_DAYS, LOCAL_SOURCE, EventPlan
from services.calendar.domain.series import shifted
from services.calendar.domain.statuses import STANDING, is_over
from services.calendar.models import Event
from services.calendar.problems import EventOver
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import EventCancelled, EventChanged, EventMoved, EventPlanned
from shared.people import Person, is_neighbourhood_coordinator, must
from shared.problems import InvalidInput

TIME_AND_PLACE = frozenset(
    {"starts_at", "ends_at", "zone", "all_day", "floating", "rrule", "rdates", "exdates", "overrides", "venue_id",
     "latitude", "longitude"}
)  # fmt: skip
"""A change of any of these moves the event; of anything else, changes it."""
TAKES = TIME_AND_PLACE | {"borrowed", "status", "set_up_minutes", "clear_up_minutes", "expected_participants"}
"""What decides what an event takes: a change of nothing else can be blocked."""


def plan_event(session: Session, *, by: Person, plan: EventPlan, horizon_days: int = HORIZON_DAYS) -> Event:
    """Put an event on the calendar and tell all.

    Raises `NotAllowed` unless `by` speaks for every host; `InvalidInput`; `EventBlocked` with conflicts and slots.
    """
    plan = with_host(plan, by)
    for host in plan.host_ids:
        must(may_plan_for(by, host))
    return put_on_calendar(session, by=by, plan=plan, horizon_days=horizon_days)


def put_on_calendar(
    session: Session,
    *,
    by: Person,
    plan: EventPlan,
    horizon_days: int,
    event_id: str | None = None,
    follows_id: str | None = None,
    because: str = "",
    approvals: Approvals | None = None,
    before: EventPlan | None = None,
) -> Event:
    """Write a new event, whoever may; `follows_id` names the series that it was split off, and stands in its history.

    `approvals` are what it brings along from there, where it was planned as `before`. Raises `InvalidInput`;
    `EventBlocked` with conflicts and slots.
    """
    now = clock.now()
    refuse_faults(session, plan, now, before)
    approvals = approvals or approvals_of(session, plan)
    plan = approvals.plan
    if plan.status in STANDING:
        subject = queries.subject_of_plan(session, plan, now=now, horizon_days=horizon_days)
        refuse_what_blocks(session, subject, now, approvals.agreed)
    event = new_event(session, by=by, plan=plan, now=now, event_id=event_id, follows_id=follows_id, because=because)
    session.flush()
    name_hosts(session, event)
    dates = lay_out(session, event, plan, now=now, horizon_days=horizon_days, is_new=True)
    tell_of_event(session, EventPlanned, event, dates)
    ask(session, event, approvals, by=by)
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
    action: str = "",
) -> Event:
    """Change fields of an event's plan, named as in `EventPlan`; `EventMoved` goes out when time or place change.

    A new start takes with it the dates that are added, left out or replaced, unless `changes` names them. `action` is
    what the history calls it, where that is more than a move or a change. Raises `NotFound`, `NotAllowed`,
    `ChangedMeanwhile` where `version` is given and is not the stored one, `EventJoined`, `EventOver`,
    `StatusNotPossible`, `InvalidInput`, `EventBlocked`.
    """
    event = locked_event(session, event_id, by, version)
    refuse_joined(event)
    if event.status == "cancelled" and changes.get("status", "cancelled") == "cancelled":
        raise EventOver
    before = queries.plan_of(event)
    with clear_rules():
        plan = shifted(before, changes)
    if plan.status == "cancelled":
        refuse_more_than_cancel(_changed(before, plan))
        return cancel_event(session, by=by, event_id=event_id, because=because)
    return save_plan(session, event, before, plan, by=by, because=because, horizon_days=horizon_days, action=action)


def save_plan(
    session: Session,
    event: Event,
    before: EventPlan,
    plan: EventPlan,
    *,
    by: Person,
    because: str,
    horizon_days: int,
    may_block: bool = True,
    more: Mapping[str, Any] | None = None,
    action: str = "",
) -> Event:
    """Write what an event is from now on in the place of what it was; `more` stands in its history beside the changes.

    The event is locked already. `may_block` is false where it can only take less than before.
    """
    if not (changed := _changed(before, plan)):
        return event
    now, approvals = clock.now(), None
    refuse_new_hosts(by, before, plan)
    refuse_faults(session, plan, now if "outcome" in changed else None, before)
    if changed & TAKES or queries.needs_of(session, plan) != queries.needs_of(session, before):
        approvals = approvals_of(session, plan, before=before, event_id=event.id)
        plan = approvals.plan
        if not (changed := _changed(before, plan)):
            ask(session, event, approvals, by=by)
            return event
    moves = bool(changed & TIME_AND_PLACE)
    refuse_status(before.status, plan.status)
    if "status" in changed and plan.status == "done" and not is_over(plan, now):
        refuse_status(before.status, "done", possible=False)
    if (may_block or "status" in changed) and changed & TAKES and plan.status in STANDING:
        subject = queries.subject_of_plan(session, plan, now=now, event_id=event.id, horizon_days=horizon_days)
        if before.status == "cancelled" and approvals and approvals.missing:
            subject = queries.as_if_confirmed(subject)  # what is taken meanwhile is not asked for again
        stands = before if before.status == "confirmed" else None
        refuse_what_blocks(session, subject, now, approvals.agreed if approvals else (), stands)
    if moves and plan.source == LOCAL_SOURCE:
        plan = replace(plan, sequence=before.sequence + 1)  # RFC 5545 §3.8.7.4
    write_plan(event, plan, now)
    event.version += 1
    session.flush()
    name_hosts(session, event)
    dates = lay_out(session, event, plan, now=now, horizon_days=horizon_days)
    if moves and event.kind == "meeting":
        rename_dates(session, event.id, renaming(before, plan))
    action = action or ("restored" if before.status == "cancelled" else "moved" if moves else "changed")
    remember(session, event, by, action, because, {**differences(before, plan, changed), **(more or {})})
    tell_of_event(session, _message_for(before, moves), event, dates)
    if approvals:
        ask(session, event, approvals, by=by)
    return event


def cancel_event(
    session: Session,
    *,
    by: Person,
    event_id: str,
    version: int | None = None,
    because: str = "",
    action: str = "cancelled",
) -> Event:
    """Say that an event will not take place; it stays to be seen, and takes nothing any more.

    Cancelling it again changes nothing; `action` is what the history calls it. Raises `NotFound`, `NotAllowed`,
    `ChangedMeanwhile`, `StatusNotPossible`.
    """
    event = locked_event(session, event_id, by, version)
    if event.status == "cancelled":
        return event
    refuse_status(event.status, "cancelled")
    now = clock.now()
    before, event.status = event.status, "cancelled"
    event.version += 1
    event.changed_at = now
    if event.source == LOCAL_SOURCE:
        event.sequence += 1
    session.flush()
    drop_claims(session, event.id)
    remember(session, event, by, action, because, {"status": [before, "cancelled"]})
    tell_of_event(session, EventCancelled, event, queries.dates_ahead(session, event.id, now))
    withdraw_all(session, event, by=by)
    return event


def restore_event(
    session: Session,
    *,
    by: Person,
    event_id: str,
    version: int | None = None,
    because: str = "",
    horizon_days: int = HORIZON_DAYS,
) -> Event:
    """Undo a cancel: the event is again what it was before it, if what it needs is still free; owners are asked anew.

    One that is not cancelled stays as it is. Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `EventBlocked`.
    """
    event = locked_event(session, event_id, by, version)
    refuse_joined(event)
    if event.status != "cancelled":
        return event
    before = queries.plan_of(event)
    status = queries.status_before_cancel(session, event_id)
    if status == "tentative" and queries.waited_when_cancelled(session, event):
        status = "confirmed"  # as it wanted to be, so that it asks again for what it needs
    plan = replace(before, status=status)
    return save_plan(session, event, before, plan, by=by, because=because, horizon_days=horizon_days)


def with_host(plan: EventPlan, by: Person) -> EventPlan:
    """Name the host where the plan does not: the one organisation that `by` speaks for. Raises `InvalidInput`."""
    if plan.host_ids or may_plan_without_host(by) or by.service:
        return plan
    own = [organisation_id for organisation_id in by.roles if may_plan_for(by, organisation_id)]
    must(bool(own) or is_neighbourhood_coordinator(by))
    if len(own) != 1:
        raise InvalidInput(("/host_ids", "Say which of your organisations plans this"))
    return replace(plan, host_ids=tuple(own))


def new_event(
    session: Session,
    *,
    by: Person,
    plan: EventPlan,
    now: datetime,
    event_id: str | None = None,
    follows_id: str | None = None,
    because: str = "",
) -> Event:
    """Make the row of a new event and the first line of its history; what it needs was checked before."""
    event = Event(id=event_id or new_id(), version=1, created_at=now, laid_until_at=now, by_person_id=_person_id(by))
    event.follows_id = follows_id
    write_plan(event, plan, now)
    session.add(event)
    remember(session, event, by, "planned", because, {"follows_id": [None, follows_id]} if follows_id else {})
    return event


def _changed(before: EventPlan, plan: EventPlan) -> set[str]:
    return {field.name for field in fields(plan) if getattr(plan, field.name) != getattr(before, field.name)}


def _message_for(before: EventPlan, moved: bool) -> type[EventPlanned] | type[EventMoved] | type[EventChanged]:
    if before.status == "cancelled":
        return EventPlanned
    return EventMoved if moved else EventChanged


def _person_id(by: Person) -> str | None:
    return None if by.service else by.id
