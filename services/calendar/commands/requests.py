"""Requests: the owner of a venue or a resource accepts, proposes something else or refuses; time ends what waits."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.asking import answer
from services.calendar.commands.events import edit_event
from services.calendar.commands.refusing import clear_rules
from services.calendar.commands.telling import tell_of_request
from services.calendar.domain.approval import WAITING, CounterPlan, changed_by, what_of
from services.calendar.domain.faults import faults_of
from services.calendar.domain.permissions import may_answer_request, may_change_event
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Event, History, Request, Venue
from services.calendar.problems import RequestSettled
from shared import clock, history
from shared.messages.calendar import BookedKind, BookingRequested
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound

REQUESTS_AT_ONCE = 200


def accept_request(
    session: Session,
    *,
    by: Person,
    request_id: str,
    because: str = "",
    despite_conflicts: bool = False,
    version: int | None = None,
    horizon_days: int = HORIZON_DAYS,
) -> Request:
    """Agree: the owner to what is asked for, the hosts to what the owner proposed instead.

    The event is confirmed when everything that it needs is agreed to. `despite_conflicts` lets the owner give what is
    taken already. Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `RequestSettled`, `EventBlocked`.
    """
    row, event = _locked(session, request_id)
    hosts = tuple(event.host_ids)
    takes_counter = row.state == "countered" and may_change_event(by, hosts)
    must(takes_counter or may_answer_request(by, row.owner_id))
    _refuse_settled(row, event, version)
    plan, need = queries.plan_of(event), queries.need_of(row)
    if takes_counter:
        with clear_rules():
            plan, need = changed_by(CounterPlan.of(row.counter or {}), plan, need)
    row.key, row.quantity, row.what = need.key, need.quantity, what_of(plan, need)
    row.despite_conflicts = despite_conflicts and may_answer_request(by, row.owner_id)
    answer(session, row, event, "accepted", by=by, because=because)
    changes = {name: getattr(plan, name) for name in ("starts_at", "ends_at", "venue_id", "borrowed")}
    if takes_counter and need.kind == "venue":
        changes |= {"latitude": plan.latitude, "longitude": plan.longitude}
    if takes_counter or queries.has_all_granted(session, plan, event.id):
        changes["status"] = "confirmed"  # what else is needed at that time is asked for
    edit_event(
        session, by=acting_for(by, hosts), event_id=event.id, changes=changes, because=because,
        horizon_days=horizon_days,
    )  # fmt: skip
    return row


def counter_request(
    session: Session, *, by: Person, request_id: str, counter: CounterPlan, version: int | None = None
) -> Request:
    """Propose another time, another venue of the same owner, or fewer; the hosts accept or withdraw.

    Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, `RequestSettled`, `InvalidInput`.
    """
    row, event = _locked(session, request_id)
    must(may_answer_request(by, row.owner_id))
    _refuse_settled(row, event, version)
    if faults := _faults_of(session, row, event, counter):
        raise InvalidInput(*faults)
    row.counter = counter.kept()
    answer(session, row, event, "countered", by=by, because=counter.message)
    return row


def refuse_request(
    session: Session, *, by: Person, request_id: str, because: str, version: int | None = None
) -> Request:
    """Say no, and why; the event stays tentative. Raises `NotFound`, `NotAllowed`, `ChangedMeanwhile`, …."""
    row, event = _locked(session, request_id)
    must(may_answer_request(by, row.owner_id))
    _refuse_settled(row, event, version)
    answer(session, row, event, "refused", by=by, because=because)
    return row


def withdraw_request(
    session: Session, *, by: Person, request_id: str, because: str = "", version: int | None = None
) -> Request:
    """Take a request back; the event stays tentative. Raises as `refuse_request`."""
    row, event = _locked(session, request_id)
    must(may_change_event(by, tuple(event.host_ids)))
    _refuse_settled(row, event, version)
    answer(session, row, event, "withdrawn", by=by, because=because)
    return row


def expire_requests(session: Session, *, now: datetime, days: float) -> int:
    """End some of the requests that nobody answered in time, or whose event begins; gives how many.

    Hosts have as long for a counter-proposal as the owner had for their request.
    """
    since = case((Request.state == "countered", Request.changed_at), else_=Request.created_at)
    late = or_(since <= now - timedelta(days=days), Request.start <= int(now.timestamp()))
    statement = select(Request.id).where(Request.state.in_(WAITING), late)
    # Events are locked in the order of their ids, as wherever two are locked.
    ids = list(session.scalars(statement.order_by(Request.event_id, Request.id).limit(REQUESTS_AT_ONCE)))
    for request_id in ids:
        row, event = _locked(session, request_id)
        if row.state in WAITING:
            answer(session, row, event, "expired", by=None)
    return len(ids)


def tell_rivals(session: Session, event_id: str) -> None:
    """Tell those who wait for what an event has now that it went to somebody else; they may still move, or be accepted.

    It has it by an agreement, by an edit, or because it is of its owner: the hosts who wait are told all the same.
    """
    event = session.get(Event, event_id)
    if event is None or event.status != "confirmed":
        return
    now = clock.now()
    for request_id in queries.untold_at(session, queries.subject_of_event(session, event, now)):
        rival, its = _locked(session, request_id)
        waits = rival.state in WAITING and not rival.told_taken
        if waits and queries.is_taken(session, rival, queries.subject_of_event(session, its, now)):
            answer(session, rival, its, "slot_taken", by=None)


def pass_on_requests(session: Session, kind: BookedKind, key: str, owner_id: str) -> None:
    """Let the new owner of a venue or a resource answer what its former owner has not; they are asked anew."""
    theirs = (Request.kind == kind, Request.key == key, Request.owner_id != owner_id, Request.state.in_(WAITING))
    for request_id in session.scalars(select(Request.id).where(*theirs).order_by(Request.event_id)).all():
        row, event = _locked(session, request_id)
        if row.state in WAITING:
            row.owner_id, row.state, row.counter = owner_id, "open", None
            row.version += 1
            row.changed_at = clock.now()
            history.record(
                session, History, aggregate="request", id=row.id, version=row.version, by=None, action="passed on"
            )
            tell_of_request(session, BookingRequested, row, event)


def acting_for(by: Person, host_ids: tuple[str, ...]) -> Person:
    """Let a person do what these hosts have asked for or agreed to, in their name; the history names the person."""
    roles = {**by.roles, **dict.fromkeys(host_ids, "coordinator")}
    return replace(by, roles=roles, administrator=by.administrator or not host_ids)  # type: ignore[arg-type]


def _locked(session: Session, request_id: str) -> tuple[Request, Event]:
    """Give a request and its event, which nobody else changes now; the event is locked first, as an edit does."""
    event_id = queries.request(session, request_id).event_id
    event = session.get(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)
    row = session.get(Request, request_id, with_for_update={"key_share": True}, populate_existing=True)
    if event is None or row is None:
        raise NotFound
    return row, event


def _refuse_settled(row: Request, event: Event, version: int | None) -> None:
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    begun = row.start <= int(clock.now().timestamp())
    if row.state not in WAITING or event.status not in STANDING or begun:
        raise RequestSettled(extra={"state": row.state})


def _faults_of(session: Session, row: Request, event: Event, counter: CounterPlan) -> list[tuple[str, str]]:
    """List what is wrong with a counter-proposal, also what the hosts could not accept."""
    faults = []
    if (counter.starts_at is None) != (counter.ends_at is None):
        faults.append(("/ends_at", "Say both when it begins and when it ends"))
    elif counter.starts_at and counter.ends_at and counter.ends_at <= counter.starts_at:
        faults.append(("/ends_at", "The end must be after the start"))
    if not (counter.starts_at or counter.venue_id or counter.quantity):
        faults.append(("/starts_at", "Propose another time, another place or another quantity"))
    venue = session.get(Venue, counter.venue_id) if counter.venue_id else None
    if counter.venue_id and (row.kind != "venue" or venue is None or venue.organisation_id != row.owner_id):
        faults.append(("/venue_id", "Propose a place of your own"))
    else:
        faults += queries.withdrawn_things(session, counter.venue_id, ())
    if counter.quantity and row.kind != "resource":
        faults.append(("/quantity", "A place has no quantity"))
    elif counter.quantity and counter.quantity > row.quantity:
        faults.append(("/quantity", "Propose no more than is asked for"))
    if counter.starts_at and counter.starts_at <= clock.now():
        faults.append(("/starts_at", "Propose a time that is still to come"))
    if not faults:
        with clear_rules():
            faults += faults_of(changed_by(counter, queries.plan_of(event), queries.need_of(row))[0])
    return faults
