"""Asking: an event that needs somebody's agreement is tentative until it has it, and what it needs is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.telling import event_address, tell_of_request
from services.calendar.domain.approval import ACTIVE, Answer, Need, what_of
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.statuses import is_over
from services.calendar.models import Event, History, Request
from shared import clock, history
from shared.identifiers import new_id
from shared.messages.calendar import BookingAnswered, BookingRequested
from shared.people import Person


@dataclass(frozen=True)
class Approvals:
    """What a plan may be as things stand: confirmed or not (`plan`), what it needs, and what of it is to be asked for.

    `kept` are requests that go on for what the plan needs, although it changed; `agreed` is what owners gave although
    it is taken.
    """

    plan: EventPlan
    needs: tuple[Need, ...] = ()
    missing: tuple[Need, ...] = ()
    kept: tuple[tuple[Request, Need], ...] = ()
    agreed: tuple[Need, ...] = ()


def approvals_of(
    session: Session,
    plan: EventPlan,
    *,
    before: EventPlan | None = None,
    event_id: str | None = None,
    is_part: bool = False,
) -> Approvals:
    """Say what a plan may be; `before` and `event_id` are the stored event's, where it is an edit.

    Who says that an event is tentative asks for nothing. One that is tentative only because it waits asks again when
    other dates or amounts are wanted, and is confirmed when it needs nothing more. A part of a series that becomes an
    event of its own (`is_part`) keeps what was agreed to, and asks for itself what was not. What is over asks nobody.
    """
    needs = tuple(queries.needs_of(session, plan))
    asked = [row for row in queries.requests_of(session, event_id) if row.state != "withdrawn"] if event_id else []
    going_on = ((row, need) for row in asked for need in needs if queries.goes_on(row, need, before, plan))
    kept = tuple((row, need) for row, need in going_on if not is_part or row.state == "accepted")
    waits = plan.status == "tentative" == (before and before.status) and any(row.state != "accepted" for row in asked)
    if plan.status != "confirmed" and not waits:
        return Approvals(plan, needs, kept=kept)
    granted = {need: row for row, need in kept if row.state == "accepted"}
    standing = {need for row, need in kept if row.state in ACTIVE or waits}
    pending = tuple(need for need in needs if need not in granted and not is_over(plan, clock.now()))
    return Approvals(
        plan=replace(plan, status="tentative" if pending else "confirmed"),
        needs=needs,
        missing=pending if is_part else tuple(need for need in pending if need not in standing),
        kept=kept,
        agreed=tuple(need for need, row in granted.items() if row.despite_conflicts),
    )


def ask(session: Session, event: Event, approvals: Approvals, *, by: Person) -> None:
    """Ask for what is missing, keep what goes on, and take back what the event asks for no more."""
    first = _first_date(session, event)
    kept = {row.id: need for row, need in approvals.kept if row.event_id == event.id}
    if event.version > 1:
        rows = queries.requests_of(session, event.id)
        withdraw_all(session, event, (row for row in rows if row.id not in kept), by=by)
        for row in rows:
            if need := kept.get(row.id):
                row.quantity, row.what = need.quantity, what_of(approvals.plan, need)
                row.start, row.end = first or (row.start, row.end)
    if first is None:
        return
    for need in approvals.missing:
        row = _request(session, event, approvals.plan, need, first)
        history.record(session, History, aggregate="request", id=row.id, version=1, by=by, action="asked")
        tell_of_request(session, BookingRequested, row, event)
    for old, need in approvals.kept:
        if old.event_id != event.id:
            row = _request(session, event, approvals.plan, need, first)
            row.despite_conflicts = old.despite_conflicts
            answer(session, row, event, "accepted", by=by, because=old.because)


def _first_date(session: Session, event: Event) -> tuple[int, int] | None:
    """Give the first date that does not go on yet, else the one that does: what owners have time to answer about."""
    now = clock.now()
    dates = [dated for dated in queries.dates_ahead(session, event.id, now) if not dated.cancelled]
    chosen = next((dated for dated in dates if dated.start > now.timestamp()), next(iter(dates), None))
    return (chosen.start, chosen.end) if chosen else None


def _request(session: Session, event: Event, plan: EventPlan, need: Need, first: tuple[int, int]) -> Request:
    now = clock.now()
    row = Request(
        id=new_id(),
        version=1,
        kind=need.kind,
        key=need.key,
        event_id=event.id,
        owner_id=need.owner_id,
        quantity=need.quantity,
        what=what_of(plan, need),
        state="open",
        start=first[0],
        end=first[1],
        zone=event.zone,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


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
