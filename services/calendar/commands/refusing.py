"""What no event may become, whoever plans, edits, cancels or joins it: each refused with a reason."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.faults import faults_of
from services.calendar.domain.permissions import may_change_event, may_plan_for, may_plan_without_host
from services.calendar.domain.plans import EventPlan, EventStatus, is_foreign
from services.calendar.domain.series import UnclearRule
from services.calendar.domain.statuses import has_taken_place, may_follow
from services.calendar.models import Event
from services.calendar.problems import EventHeld, EventJoined, EventOfAnother, StatusNotPossible
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def locked_event(session: Session, event_id: str, by: Person, version: int | None) -> Event:
    """Give the event that is about to change; nobody else changes it until this is committed.

    To who may not read it, it is not there: raises `NotFound` before `NotAllowed`.
    """
    event = session.get(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)
    if event is None or not queries.may_see(by, event):
        raise NotFound
    must(may_change_event(by, tuple(event.host_ids)))
    if is_foreign(event.source) and not by.service:
        raise EventOfAnother
    if event.poll_id is not None:
        raise EventHeld(extra={"poll_id": event.poll_id})
    if version is not None and event.version != version:
        raise ChangedMeanwhile
    return event


@contextmanager
def clear_rules() -> Iterator[None]:
    """Refuse, with a pointer to the rule, a change that leaves open how a series goes on."""
    try:
        yield
    except UnclearRule as fault:
        raise InvalidInput(("/rrule", str(fault))) from None


def refuse_more_than_cancel(changed: Collection[str]) -> None:
    """Refuse to cancel and change at once: of what will not take place nothing else is news. Raises `InvalidInput`."""
    if others := sorted(set(changed) - {"status"}):
        raise InvalidInput(
            *((f"/{name}", "Change this first, then cancel; both at once is not possible") for name in others)
        )


def refuse_new_hosts(by: Person, before: EventPlan, plan: EventPlan) -> None:
    """Refuse a change that names a host for whom `by` does not speak, or leaves none; raises `NotAllowed`."""
    for host in set(plan.host_ids) - set(before.host_ids):
        must(may_plan_for(by, host))
    must(bool(plan.host_ids) or may_plan_without_host(by))


def refuse_joined(event: Event) -> None:
    """Let an event that was joined into another stay as it is; raises `EventJoined`."""
    if event.joined_into_id is not None:
        raise EventJoined(extra={"joined_into_id": event.joined_into_id})


def refuse_status(before: str, after: str, *, possible: bool = True) -> None:
    """Refuse a status that does not follow on the one before; raises `StatusNotPossible`."""
    if not (possible and may_follow(cast(EventStatus, before), cast(EventStatus, after))):
        raise StatusNotPossible(values={"before": before, "after": after})


def refuse_faults(session: Session, plan: EventPlan, now: datetime | None, before: EventPlan | None = None) -> None:
    """Refuse what is wrong with a plan; with `now`, an outcome of what did not take place yet too.

    What the event had `before` it may keep, also where it is offered no more.
    """
    faults = faults_of(plan) or queries.unknown_references(session, plan)
    faults = faults or queries.withdrawn_references(session, plan, before)
    if not faults and now and plan.outcome and not has_taken_place(plan, now):
        faults = [("/outcome", "What came of it can be told when its first date is over")]
    if faults:
        raise InvalidInput(*faults)
