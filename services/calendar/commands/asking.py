"""Asking: an event that needs somebody's agreement is tentative until it has it, and what it needs is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.telling import event_address, tell_of_request
from services.calendar.domain.approval import ACTIVE, Answer, Need, what_of
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Event, History, Request
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import BookingAnswered, BookingRequested
from shared.people import Person


@dataclass(frozen=True)
class Approvals:
    """What a plan may be as things stand: confirmed or not (`plan`), what it needs, and what of it is to be asked for.

    `agreed_by` are owners who agreed although something else of theirs is taken.
    """

    plan: EventPlan
    needs: tuple[Need, ...] = ()
    missing: tuple[Need, ...] = ()
    agreed_by: frozenset[str] = frozenset()


def approvals_of(
    session: Session, plan: EventPlan, *, before: EventPlan | None = None, event_id: str | None = None
) -> Approvals:
    """Say what a plan may be; `before` and `event_id` are the stored event's, where it is an edit.

    Who says that an event is tentative asks for nothing. One that is tentative only because it waits asks again when
    other dates or amounts are wanted, and is confirmed when it needs nothing more.
    """
    needs = tuple(queries.needs_of(session, plan))
    asked = [row for row in queries.requests_of(session, event_id) if row.state != "withdrawn"] if event_id else []
    waits = plan.status == "tentative" and before is not None and before.status == "tentative" and bool(asked)
    if plan.status != "confirmed" and not waits:
        return Approvals(plan, needs)
    granted = {row.what: row for row in asked if row.state == "accepted"}
    standing = {row.what for row in asked if row.state in ACTIVE or waits}
    pending = [need for need in needs if what_of(plan, need) not in granted]
    agreed = {row.owner_id for row in granted.values() if row.despite_conflicts}
    return Approvals(
        plan=replace(plan, status="tentative" if pending else "confirmed"),
        needs=needs,
        missing=tuple(need for need in pending if what_of(plan, need) not in standing),
        agreed_by=frozenset(agreed & {need.owner_id for need in needs}),
    )


def ask(session: Session, event: Event, approvals: Approvals, *, by: Person) -> None:
    """Ask for what is missing, and take back what the event asks for no more."""
    if event.version > 1:
        wanted = {what_of(approvals.plan, need) for need in approvals.needs}
        void = [row for row in queries.requests_of(session, event.id) if row.what not in wanted]
        withdraw_all(session, event, void, by=by)
    now = clock.now()
    dates = queries.dates_ahead(session, event.id, now) if approvals.missing else ()
    start, end = (dates[0].start, dates[0].end) if dates else (0, 0)
    for need in approvals.missing if dates else ():
        row = Request(
            id=new_id(),
            version=1,
            kind=need.kind,
            key=need.key,
            event_id=event.id,
            owner_id=need.owner_id,
            quantity=need.quantity,
            what=what_of(approvals.plan, need),
            state="open",
            start=start,
            end=end,
            zone=event.zone,
            created_at=now,
            changed_at=now,
        )
        session.add(row)
        session.flush()
        history.record(session, History, aggregate="request", id=row.id, version=1, by=by, action="asked")
        tell_of_request(session, BookingRequested, row, event)


def withdraw_all(session: Session, event: Event, rows: Iterable[Request] | None = None, *, by: Person | None) -> None:
    """Take back these requests of an event, or all of it that stand; their owners are told."""
    for row in queries.requests_of(session, event.id) if rows is None else rows:
        if row.state in ACTIVE:
            answer(session, row, event, "withdrawn", by=by)


def answer(session: Session, row: Request, event: Event, what: Answer, *, by: Person | None, because: str = "") -> None:
    """Write what became of a request, and tell it; that a slot went to somebody else leaves it open."""
    if what == "slot_taken":
        row.told_taken = True
    else:
        row.state, row.because = what, because
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    history.record(
        session, History, aggregate="request", id=row.id, version=row.version, by=by, action=what, reason=because
    )
    tell_of_request(session, BookingAnswered, row, event, answer=what, because=because, url=event_address(event.id))
