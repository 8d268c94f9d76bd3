"""Telling: the messages of an event, a conflict, an opportunity or a fact, with all that a listener needs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.claims import Dated, Party
from services.calendar.domain.held import address_of, query_of
from services.calendar.models import Conflict, Decision, Event, Fact, MinutesVersion, Opportunity, Poll, Request, Task
from services.calendar.queries.concerned import invited_to, owners_of_conflict, owners_of_event
from services.calendar.queries.polls import InvitationCard
from shared import outbox
from shared.identifiers import new_id
from shared.messages import Reason, Summary
from shared.messages.calendar import (
    MOST_OCCURRENCES,
    BookingFacts,
    BorrowedFacts,
    ConflictAccepted,
    ConflictFacts,
    ConflictResolved,
    DecisionFacts,
    EventFacts,
    FactAnnounced,
    FactWithdrawn,
    MeetingCalled,
    MeetingReminded,
    MinutesPublished,
    OccurrenceFacts,
    OpportunityFacts,
    OpportunityFound,
    PollFacts,
    TaskFacts,
)
from shared.reasons import NOT_PUBLIC

E = TypeVar("E", bound=EventFacts)
Cause = Literal["moved", "cancelled", "withdrawn", "changed"]


def event_address(event_id: str) -> str:
    """Give the path at which people look at an event."""
    return f"/calendar/events/{event_id}"


def is_named(party: Party) -> bool:
    """Say whether everybody may read who this is; of others no title travels, and nobody is led to them."""
    return party.title != NOT_PUBLIC


def tell_of_event(session: Session, message: type[E], event: Event, dates: Sequence[Dated]) -> None:
    """Publish the public facts of an event with the next of its dates; `dates` are those that are not over."""
    venue = queries.venue(session, event.venue_id)
    own_point = event.latitude is not None or venue is None
    invited_ids, invited_person_ids = invited_to(session, event)
    facts: dict[str, Any] = {
        "id": event.id,
        "version": event.version,
        "kind": event.kind,
        "title": event.title,
        "description": event.description,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "zone": event.zone,
        "all_day": event.all_day,
        "rrule": event.rrule,
        "venue_id": event.venue_id,
        "latitude": event.latitude if own_point or venue is None else venue.latitude,
        "longitude": event.longitude if own_point or venue is None else venue.longitude,
        "host_ids": tuple(event.host_ids),
        "audiences": tuple(event.audiences),
        "themes": tuple(event.themes),
        "status": event.status,
        "visibility": event.visibility,
        "accessibility": event.accessibility,
        "occurrences": _next_dates(dates),
        "borrows": tuple(BorrowedFacts(**one) for one in event.borrowed),
        "by_person_id": event.by_person_id,
        "joined_into_id": event.joined_into_id,
        "related_ids": tuple(event.related_ids),
        "owner_ids": owners_of_event(session, event),
        "invited_ids": invited_ids,
        "invited_person_ids": invited_person_ids,
        "url": event_address(event.id),
    }
    outbox.publish(session, message(**facts))


def tell_of_conflict(session: Session, message: type[ConflictFacts], row: Conflict, parties: dict[str, Party]) -> None:
    """Publish the facts of a conflict; `parties` holds its events."""
    ids = queries.event_ids_of(row)
    hosts = tuple(dict.fromkeys(host for one in ids for host in parties[one].host_ids))
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "kind": row.kind,
        "severity": row.severity,
        "event_ids": ids,
        "event_titles": tuple(parties[one].title for one in ids),
        "organisation_ids": hosts,
        "owner_ids": owners_of_conflict(session, row, hosts),
        "starts_at": _instant(row.start),
        "ends_at": _instant(row.end),
        "zone": row.zone,
        "reason": Reason.model_validate(row.reason),
        "url": event_address(next((one for one in ids if is_named(parties[one])), row.event_a)),
    }
    if issubclass(message, ConflictAccepted):
        facts["accepted_because"] = row.accepted_because
    if issubclass(message, ConflictResolved):
        facts["resolved_by"] = row.resolved_by or "changed"
    outbox.publish(session, message(**facts))


def tell_of_opportunity(
    session: Session,
    row: Opportunity,
    parties: dict[str, Party],
    told: type[OpportunityFacts] = OpportunityFound,
    **more: Any,
) -> None:
    """Publish an opportunity, or what became of it with `more` facts; `parties` holds its two events."""
    ids = (row.event_a, row.event_b)
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "event_ids": ids,
        "event_titles": tuple(parties[one].title for one in ids),
        "organisation_ids": tuple(dict.fromkeys(host for one in ids for host in parties[one].host_ids)),
        "starts_at": _instant(row.start),
        "ends_at": _instant(row.end),
        "zone": row.zone,
        "reason": queries.shown_reason(
            row.reason, ids, {one: parties[one].title for one in ids if is_named(parties[one])}
        ),
        "url": f"/calendar/inbox#opportunity-{row.id}",
        **more,
    }
    outbox.publish(session, told(**facts))


def tell_of_request(session: Session, message: type[BookingFacts], row: Request, event: Event, **more: Any) -> None:
    """Publish a request, which its owner finds in the inbox, or with `more` facts what became of it."""
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "kind": row.kind,
        "thing_id": row.key,
        "thing_name": queries.thing_names(session, [row]).get(row.key, ""),
        "quantity": row.quantity,
        "owner_id": row.owner_id,
        "event_id": event.id,
        "event_title": event.title,
        "host_ids": tuple(event.host_ids),
        "starts_at": _instant(row.start),
        "ends_at": _instant(row.end),
        "zone": row.zone,
        "url": f"/calendar/inbox#request-{row.id}",
        **more,
    }
    outbox.publish(session, message(**facts))


def tell_of_poll(session: Session, message: type[PollFacts], row: Poll, organisation_ids: Sequence[str]) -> None:
    """Publish a poll to the organisations that are asked."""
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "organisation_id": row.organisation_id,
        "organisation_ids": tuple(dict.fromkeys(organisation_ids)),
        "closes_at": row.closes_at,
        "zone": row.zone,
        "url": f"/calendar/meetings/polls/{row.id}",
    }
    outbox.publish(session, message(**facts))


def tell_of_meeting(session: Session, event: Event, invited: Sequence[InvitationCard]) -> None:
    """Publish that these are invited to a meeting, by their ids; guests are known here alone."""
    rows = [one.invitation for one in invited]
    facts: dict[str, Any] = {
        "id": event.id,
        "version": event.version,
        "title": event.title,
        "host_ids": tuple(event.host_ids),
        "organisation_ids": tuple(dict.fromkeys(one.organisation_id for one in rows if one.organisation_id)),
        "person_ids": tuple(dict.fromkeys(one.person_id for one in rows if one.person_id)),
        "required_ids": tuple(who for one in rows if one.required and (who := one.person_id or one.organisation_id)),
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "zone": event.zone,
        "venue_id": event.venue_id,
        "url": event_address(event.id),
    }
    outbox.publish(session, MeetingCalled(**facts))


def tell_of_coming_meeting(
    session: Session, event: Event, held_on: str, summary: Summary, starts_at: datetime, ends_at: datetime
) -> None:
    """Publish that one date of a meeting is soon, to its hosts and who is invited; each time anew."""
    organisation_ids, person_ids = invited_to(session, event)
    message = MeetingReminded(
        id=new_id(),
        version=1,
        event_id=event.id,
        title=event.title,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=event.zone,
        summary=summary,
        organisation_ids=(*event.host_ids, *organisation_ids),
        person_ids=person_ids,
        url=f"/calendar/meetings/{event.id}/agenda{query_of(held_on)}",
    )
    outbox.publish(session, message)


def tell_of_task(session: Session, message: type[TaskFacts], row: Task, event: Event, **more: Any) -> None:
    """Publish a task by ids, to its owner and the hosts of its meeting; `more` is what only this message says."""
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "event_id": event.id,
        "title": event.title,
        "owner_id": row.owner_id,
        "owner_person_id": row.owner_person_id,
        "organisation_ids": tuple(dict.fromkeys(filter(None, (row.owner_id, *event.host_ids)))),
        "due_on": row.due_on,
        "zone": event.zone,
        "done": row.done_at is not None,
        "url": f"{address_of(event.id, row.held_on)}#tasks",
    }
    outbox.publish(session, message(**facts, **more))


def tell_of_decision(session: Session, message: type[DecisionFacts], row: Decision, event: Event) -> None:
    """Publish what a meeting decided, by ids, to who does it and the hosts of the meeting."""
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "event_id": event.id,
        "title": event.title,
        "owner_id": row.owner_id,
        "organisation_ids": tuple(dict.fromkeys(filter(None, (row.owner_id, *event.host_ids)))),
        "due_on": row.due_on,
        "state": row.state,
        "done": row.done,
        "url": f"{address_of(event.id, row.held_on)}#meeting",
    }
    outbox.publish(session, message(**facts))


def tell_of_minutes(session: Session, row: MinutesVersion, event: Event, invited: Sequence[InvitationCard]) -> None:
    """Publish that minutes can be read, to those who host the meeting or are invited, by their ids."""
    rows = [one.invitation for one in invited]
    organisations = (*event.host_ids, *(one.organisation_id for one in rows if one.organisation_id))
    facts: dict[str, Any] = {
        "id": row.id,
        "version": row.version,
        "event_id": event.id,
        "title": event.title,
        "audience": row.audience,
        "host_ids": tuple(event.host_ids),
        "organisation_ids": tuple(dict.fromkeys(organisations)),
        "person_ids": tuple(dict.fromkeys(one.person_id for one in rows if one.person_id)),
        "published_at": row.published_at,
        "zone": event.zone,
        "url": f"/calendar/meetings/{event.id}/minutes{query_of(row.held_on)}",
    }
    outbox.publish(session, MinutesPublished(**facts))


def tell_of_fact(session: Session, row: Fact) -> None:
    """Publish a municipal fact as the calendar accepted it, or that it no longer holds."""
    if row.withdrawn:
        outbox.publish(session, FactWithdrawn(id=row.id, version=row.version, partner=row.partner))
        return
    message = FactAnnounced(
        id=row.id,
        version=row.version,
        partner=row.partner,
        kind="closure" if row.kind == "closure" else "event",
        title=row.title,
        starts_at=_instant(row.start),
        ends_at=_instant(row.end),
        zone=row.zone,
        latitude=row.latitude,
        longitude=row.longitude,
        radius_m=row.radius_m,
        url=row.url,
    )
    outbox.publish(session, message)


def _next_dates(dates: Sequence[Dated]) -> tuple[OccurrenceFacts, ...]:
    standing = [dated for dated in dates if not dated.cancelled][:MOST_OCCURRENCES]
    return tuple(OccurrenceFacts(starts_at=_instant(one.start), ends_at=_instant(one.end)) for one in standing)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
