"""Looking at requests: what an event needs agreement for, what was asked and answered, and who else asks for a slot."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from services.calendar.domain.approval import WAITING, Kind, Need, takes_no_more, what_of
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.plans import EventPlan, is_foreign
from services.calendar.models import Event, EventHost, Request, Resource, Venue
from services.calendar.queries.checks import check_blocking, others_at
from services.calendar.queries.events import organisation_names
from services.calendar.queries.subjects import Subject, subject_of_event
from shared import clock
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator
from shared.problems import NotFound


@dataclass(frozen=True)
class RequestCard:
    """One request as it is shown; `rival_ids` are other requests that wait for the same slot."""

    row: Request
    event: Event
    thing_name: str
    owner_name: str
    host_names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    slot_taken: bool
    """Somebody else has it for certain at that time."""
    rival_ids: tuple[str, ...]

    @property
    def id(self) -> str:
        """Give the id of the request."""
        return self.row.id

    @property
    def version(self) -> int:
        """Give the version of the request."""
        return self.row.version


def needs_of(session: Session, plan: EventPlan) -> list[Need]:
    """List what the plan takes of others who give it only by agreement; a host needs nobody's for what is its own."""
    if is_foreign(plan.source):
        return []  # the owner of a place is not asked by those who publish a calendar elsewhere
    needs = []
    venue = session.get(Venue, plan.venue_id) if plan.venue_id else None
    if venue is not None and venue.needs_approval:
        needs.append(Need("venue", venue.id, venue.organisation_id))
    borrowed: Counter[str] = Counter()
    for one in plan.borrowed:
        borrowed[one.resource_id] += one.quantity
    for resource_id, quantity in borrowed.items():
        resource = session.get(Resource, resource_id)
        if resource is not None and resource.needs_approval:
            needs.append(Need("resource", resource.id, resource.organisation_id, quantity))
    return [need for need in needs if need.owner_id not in plan.host_ids]


def requests_of(session: Session, event_id: str) -> Sequence[Request]:
    """List all requests of one event, the earliest first."""
    return session.scalars(select(Request).where(Request.event_id == event_id).order_by(Request.id)).all()


def waited_when_cancelled(session: Session, event: Event) -> bool:
    """Say whether a cancelled event waited for agreement until then: what it asked for was taken back with it."""
    rows = requests_of(session, event.id)
    return any(row.state == "withdrawn" and row.changed_at >= event.changed_at for row in rows)


def has_all_granted(session: Session, plan: EventPlan, event_id: str) -> bool:
    """Say whether the owners agreed to everything that this plan needs agreement for."""
    granted = {row.what for row in requests_of(session, event_id) if row.state == "accepted"}
    return all(what_of(plan, need) in granted for need in needs_of(session, plan))


def need_of(row: Request) -> Need:
    """Give what a request asks for."""
    return Need(cast(Kind, row.kind), row.key, row.owner_id, row.quantity)


def goes_on(row: Request, need: Need, before: EventPlan | None, plan: EventPlan) -> bool:
    """Say whether a request is for what a changed plan needs: for the very same, or for as much and more."""
    if row.what == what_of(plan, need):
        return True
    if before is None or (row.kind, row.key) != (need.kind, need.key):
        return False
    return row.what == what_of(before, need_of(row)) and takes_no_more(before, plan, row.kind, row.key, clock.now())


def is_given(session: Session, finding: Finding, agreed: Iterable[Need]) -> bool:
    """Say whether what a conflict is about was given by agreement: that resource, or the venue and what is around it.

    The owner of a room gives the room alone where the building is somebody else's.
    """
    for need in agreed:
        if need.kind == finding.kind == "venue":
            venue = session.get(Venue, finding.key)
            if venue is not None and venue.organisation_id == need.owner_id:
                return True
        elif (need.kind, need.key) == (finding.kind, finding.key):
            return True
    return False


def request(session: Session, request_id: str) -> Request:
    """Give one request; raises `NotFound`."""
    found = session.get(Request, request_id)
    if found is None:
        raise NotFound
    return found


def request_card(session: Session, request_id: str, person: Person) -> RequestCard:
    """Give one request as it is shown; raises `NotFound`, also where it is none of this person's business."""
    statement = select(Request).where(Request.id == request_id, concerning(person))
    row = session.scalars(statement).first()
    if row is None:
        raise NotFound
    return _cards(session, [row])[0]


def request_cards(
    session: Session,
    paging: Paging,
    *,
    by: Person,
    states: Sequence[str] = (),
    event_id: str | None = None,
    venue_id: str | None = None,
    resource_id: str | None = None,
) -> list[RequestCard]:
    """List the requests that concern a person's organisations, in the order in which they were asked."""
    statement = select(Request).where(paging.beyond(Request.id), concerning(by)).order_by(Request.id)
    if states:
        statement = statement.where(Request.state.in_(states))
    if event_id:
        statement = statement.where(Request.event_id == event_id)
    for kind, key in (("venue", venue_id), ("resource", resource_id)):
        if key:
            statement = statement.where(Request.kind == kind, Request.key == key)
    return _cards(session, session.scalars(statement.limit(paging.rows)).all())


def cards_of_event(session: Session, event_id: str) -> list[RequestCard]:
    """List the requests of one event that still mean something, the earliest first."""
    return _cards(session, [row for row in requests_of(session, event_id) if row.state != "withdrawn"])


def concerning(person: Person) -> ColumnElement[bool]:
    """Say that a request is of an organisation in which this person has a role: the owner's, or a host's."""
    if is_neighbourhood_coordinator(person):
        return true()
    if not person.roles:
        return false()
    ours = sorted(person.roles)
    hosted = select(EventHost.event_id).where(EventHost.organisation_id.in_(ours))
    return or_(Request.owner_id.in_(ours), Request.event_id.in_(hosted))


def as_if_confirmed(subject: Subject) -> Subject:
    """Look at an event that waits for agreement as it would be with it."""
    return replace(subject, party=replace(subject.party, tentative=False))


def rivals(session: Session, row: Request, subject: Subject) -> Sequence[Request]:
    """List the requests of other events that wait for the same thing at an overlapping time."""
    others = others_at(session, subject, row.kind, row.key)
    if not others:
        return ()
    waiting = (Request.state.in_(WAITING), Request.kind == row.kind, Request.key == row.key)
    return session.scalars(select(Request).where(*waiting, Request.event_id.in_(others)).order_by(Request.id)).all()


def untold_at(session: Session, subject: Subject) -> Sequence[str]:
    """Give the ids of requests of other events that meet this one and were not told so yet, by their events' ids."""
    untold = select(Request.id).where(Request.state.in_(WAITING), Request.told_taken.is_(False))
    if session.scalar(untold.limit(1)) is None:
        return ()  # as nearly always: the check of an event costs nothing more then
    others = others_at(session, subject)
    return session.scalars(untold.where(Request.event_id.in_(others)).order_by(Request.event_id, Request.id)).all()


def is_taken(session: Session, row: Request, subject: Subject) -> bool:
    """Say whether what is asked for is somebody else's at that time, for certain."""
    found = check_blocking(session, as_if_confirmed(subject))
    return any(finding.key == row.key or finding.kind == row.kind == "venue" for finding in found)


def thing_names(session: Session, rows: Iterable[Request]) -> dict[str, str]:
    """Name what is asked for, by id."""
    ids = sorted({row.key for row in rows})
    if not ids:
        return {}
    names: dict[str, str] = {}
    for table in (Venue, Resource):
        names |= {one.id: one.name for one in session.scalars(select(table).where(table.id.in_(ids)))}  # type: ignore[attr-defined]
    return names


def _cards(session: Session, rows: Sequence[Request]) -> list[RequestCard]:
    events: dict[str, Event] = {}
    if rows:
        ids = sorted({row.event_id for row in rows})
        events = {one.id: one for one in session.scalars(select(Event).where(Event.id.in_(ids)))}
    things = thing_names(session, rows)
    concerned = {row.owner_id for row in rows} | {host for one in events.values() for host in one.host_ids}
    names = organisation_names(session, concerned)
    return [_card(session, row, events[row.event_id], things, names) for row in rows]


def _card(session: Session, row: Request, event: Event, things: dict[str, str], names: dict[str, str]) -> RequestCard:
    waits = row.state in WAITING
    subject = subject_of_event(session, event, clock.now()) if waits else None
    zone = ZoneInfo(row.zone)
    return RequestCard(
        row=row,
        event=event,
        thing_name=things.get(row.key, ""),
        owner_name=names.get(row.owner_id, ""),
        host_names=tuple(names.get(host, "") for host in event.host_ids),
        starts_at=datetime.fromtimestamp(row.start, zone),
        ends_at=datetime.fromtimestamp(row.end, zone),
        slot_taken=subject is not None and is_taken(session, row, subject),
        rival_ids=tuple(one.id for one in rivals(session, row, subject)) if subject else (),
    )
