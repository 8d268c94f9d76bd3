"""What the calendar holds of a person: the events and decisions that name them as who did it."""

from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from services.calendar.models import AgendaItem, Base, Conflict, Event, Invitation, Meeting, MinutesVersion, Poll, Task
from shared import erasing

INVITED = ("id", "name", "mail", "answered_at", "answer", "answer_at", "replies")
"""What somebody is given of the invitations to themselves."""


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what is held of a person, by their id: events planned or led, conflicts accepted, changes, keys."""
    planned = select(Event).where(Event.by_person_id == person_id).order_by(Event.id)
    accepted = select(Conflict).where(Conflict.accepted_by_id == person_id).order_by(Conflict.id)
    led = select(Event).where(cast(Event.leader_ids, String).contains(person_id)).order_by(Event.id)
    invited = select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id)
    polled = select(Poll).where(Poll.by_person_id == person_id).order_by(Poll.id)
    items = select(AgendaItem).where(
        or_(AgendaItem.proposed_by_id == person_id, AgendaItem.owner_person_id == person_id)
    )
    wrote = select(AgendaItem.event_id).where(AgendaItem.minutes_by_id == person_id)
    wrote_too = select(Meeting.event_id).where(Meeting.minutes_by_id == person_id)
    wrote_at = {*session.scalars(wrote), *session.scalars(wrote_too)}
    came = select(Meeting.event_id).where(cast(Meeting.attendance, String).contains(person_id))
    busy = select(Task).where(or_(Task.owner_person_id == person_id, Task.done_by_id == person_id)).order_by(Task.id)
    published = select(MinutesVersion).where(MinutesVersion.by_person_id == person_id)
    return {
        "agenda_items": [
            {"id": one.id, "event_id": one.event_id, "title": one.title, "created_at": one.created_at}
            for one in session.scalars(items.order_by(AgendaItem.id))
        ],
        "minutes_of": sorted(wrote_at),
        "came_to": sorted(set(session.scalars(came))),
        "tasks": [
            {"id": one.id, "text": one.text, "due_on": one.due_on, "done_at": one.done_at}
            for one in session.scalars(busy)
        ],
        "published_minutes": [
            {"event_id": one.event_id, "version": one.version, "published_at": one.published_at}
            for one in session.scalars(published.order_by(MinutesVersion.event_id, MinutesVersion.version))
        ],
        "invitations": [{name: getattr(one, name) for name in INVITED} for one in session.scalars(invited)],
        "polls": [{"id": one.id, "title": one.title, "created_at": one.created_at} for one in session.scalars(polled)],
        "led_events": [{"id": one.id, "title": one.title, "starts_at": one.starts_at} for one in session.scalars(led)],
        "planned_events": [
            {"id": one.id, "title": one.title, "starts_at": one.starts_at, "created_at": one.created_at}
            for one in session.scalars(planned)
        ],
        "accepted_conflicts": [
            {"id": one.id, "because": one.accepted_because, "changed_at": one.changed_at}
            for one in session.scalars(accepted)
        ],
        **erasing.held_everywhere(session, Base.metadata, person_id),
    }
