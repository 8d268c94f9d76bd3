"""Everything that changes what the map shows: each function keeps what one message told, unless it knows better."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.map.domain.folding import folded
from services.map.models import Base, EventAtPlace, KnownEvent, KnownOccurrence, Place
from shared import erasing
from shared.messages import Message
from shared.messages.calendar import EventCancelled, EventFacts, FactAnnounced, FactWithdrawn, OccurrenceFacts
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import OrganisationFacts, PersonErased, ProblemNamed, ResourceFacts, VenueFacts

Hear = Callable[[Session, str, Any], None]
"""What the bus calls: session, partner, message."""


def keep_organisation(session: Session, organisation: OrganisationFacts) -> None:
    """Show an organisation's seat."""
    _keep_place(
        session,
        organisation.id,
        organisation.version,
        kind="organisation",
        name=organisation.name,
        description=organisation.description,
        address=organisation.address,
        organisation_id=organisation.id,
        latitude=organisation.latitude,
        longitude=organisation.longitude,
        url=organisation.url,
    )


def keep_venue(session: Session, venue: VenueFacts) -> None:
    """Show a venue."""
    _keep_place(
        session,
        venue.id,
        venue.version,
        kind="venue",
        name=venue.name,
        address=venue.address,
        organisation_id=venue.organisation_id,
        latitude=venue.latitude,
        longitude=venue.longitude,
        url=venue.url,
    )


def keep_resource(session: Session, resource: ResourceFacts) -> None:
    """Show where a resource can be had."""
    _keep_place(
        session,
        resource.id,
        resource.version,
        kind="resource",
        name=resource.name,
        description=resource.description,
        organisation_id=resource.organisation_id,
        latitude=resource.latitude,
        longitude=resource.longitude,
        url=resource.url,
    )


def keep_problem(session: Session, problem: ProblemNamed) -> None:
    """Show where a problem is."""
    _keep_place(
        session,
        problem.id,
        problem.version,
        kind="problem",
        name=problem.title,
        description=problem.description,
        latitude=problem.latitude,
        longitude=problem.longitude,
        url=problem.url,
    )


def keep_fact(session: Session, fact: FactAnnounced) -> None:
    """Show what a municipal system told, with the radius it reaches."""
    polish = fact.title.get("pl") or next(iter(fact.title.values()), "")
    _keep_place(
        session,
        fact.id,
        fact.version,
        kind="fact",
        name=polish,
        name_in_english=fact.title.get("en"),
        latitude=fact.latitude,
        longitude=fact.longitude,
        radius_m=fact.radius_m,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        zone=fact.zone,
        url=fact.url,
    )


def withdraw_fact(session: Session, fact: FactWithdrawn) -> None:
    """Show a fact no longer; a tombstone stays, even when the announcement has yet to arrive."""
    known = session.get(Place, fact.id, with_for_update=True)
    if known is None:
        _keep_place(session, fact.id, fact.version, kind="fact", name="", withdrawn=True)
    elif fact.version > known.version:
        known.version, known.withdrawn = fact.version, True


def keep_event(session: Session, event: EventFacts) -> None:
    """Show an event at its venue, at its hosts' seats and, without a venue, at its own point."""
    if not _newer(session, KnownEvent, event.id, event.version):
        return
    cancelled = isinstance(event, EventCancelled) or event.status == "cancelled"
    _forget_event(session, event.id)
    session.add(
        KnownEvent(
            id=event.id,
            version=event.version,
            title=event.title,
            status="cancelled" if cancelled else event.status,
            all_day=event.all_day,
            zone=event.zone,
            url=event.url,
            search_text=folded(event.title),
        )
    )
    session.flush()
    if not cancelled:
        _add_dates(session, event)
        _add_places(session, event)


def forget_person(session: Session, erased: PersonErased) -> None:
    """Forget an erased person: the map has nothing of theirs but what every service has; again changes nothing."""
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the map holds nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)


def forget_everything(session: Session) -> None:
    """Empty the view, before it is built again from the streams."""
    for table in (EventAtPlace, KnownOccurrence, KnownEvent, Place):
        session.execute(delete(table))


def take_in(session: Session, messages: Iterable[Message], hearings: Mapping[str, Sequence[Hear]]) -> None:
    """Run the handlers of messages that were heard before, when the view is built again."""
    for message in messages:
        for hear in hearings[message.type]:
            hear(session, "", message)


def _add_dates(session: Session, event: EventFacts) -> None:
    dates = event.occurrences or (OccurrenceFacts(starts_at=event.starts_at, ends_at=event.ends_at),)
    ends = {date.starts_at: date.ends_at for date in dates}
    session.add_all(
        KnownOccurrence(event_id=event.id, starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in ends.items()
    )


def _add_places(session: Session, event: EventFacts) -> None:
    places = {*event.host_ids, event.venue_id or event.id}
    session.add_all(EventAtPlace(event_id=event.id, place_id=place_id) for place_id in places)
    if event.venue_id is None:
        _keep_place(
            session,
            event.id,
            event.version,
            kind="event",
            name=event.title,
            description=event.description,
            organisation_id=event.host_ids[0] if event.host_ids else None,
            latitude=event.latitude,
            longitude=event.longitude,
            url=event.url,
        )


def _forget_event(session: Session, event_id: str) -> None:
    """Take away all that an older message said of an event: its dates, its places, and its own place."""
    for statement in (
        delete(KnownOccurrence).where(KnownOccurrence.event_id == event_id),
        delete(EventAtPlace).where(EventAtPlace.event_id == event_id),
        delete(KnownEvent).where(KnownEvent.id == event_id),
        delete(Place).where(Place.id == event_id),
    ):
        session.execute(statement)


def _keep_place(session: Session, place_id: str, version: int, *, name: str, **facts: Any) -> None:
    if not _newer(session, Place, place_id, version):
        return
    texts = (name, facts.get("name_in_english"), facts.get("address"), facts.get("description"))
    session.merge(
        Place(
            id=place_id,
            version=version,
            name=name,
            sort_text=folded(name),
            search_text=folded(" ".join(text for text in texts if text)),
            **{"withdrawn": False, **facts},
        )
    )
    session.flush()


def _newer(session: Session, table: type[Any], key: str, version: int) -> bool:
    """Say whether this version is newer than what we know; the row stays locked until the transaction ends."""
    known = session.get(table, key, with_for_update=True)
    return known is None or version > known.version
