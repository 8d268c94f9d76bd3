"""What travels of an invitation on the stream `INVITED`, as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.exporting import ExportedEvent
from services.calendar.domain.held import ALL
from services.calendar.domain.invitations import components
from services.calendar.models import Event, Invitation, Meeting, ToldInvitation
from services.calendar.queries.events import organisation_names
from services.calendar.queries.feeds import parts_for_the_invited
from shared import clock
from shared.messages.calendar import InvitationChanged, MeetingInvitedTo


@dataclass(frozen=True)
class Calling:
    """A meeting as everybody who is invited may know it: as its feed has it, with its hosts and its link."""

    parts: Sequence[ExportedEvent]
    organiser: str
    link: str


def calling(session: Session, event: Event, address: str = "", *, with_agenda: bool = False) -> Calling:
    """Give a meeting as its invitations tell of it.

    An agenda goes along with what is told, and is no reason to tell again: there is a reminder that has it.
    """
    names = organisation_names(session, set(event.host_ids))
    written = session.get(Meeting, (event.id, ALL))
    return Calling(
        parts=parts_for_the_invited(session, event.id, address, with_agenda=with_agenda),
        organiser=", ".join(names[host] for host in event.host_ids if host in names),
        link=written.link if written else "",
    )


def told_invitations(session: Session, event_id: str) -> dict[str, ToldInvitation]:
    """Give what was told of a meeting's invitations, by their ids; the rows stay locked."""
    rows = select(ToldInvitation).where(ToldInvitation.event_id == event_id).order_by(ToldInvitation.id)
    locked = rows.with_for_update().execution_options(populate_existing=True)
    return {one.id: one for one in session.scalars(locked)}


def invitation_state(session: Session, invitation_id: str, address: str = "") -> InvitationChanged | None:
    """Give what travels of an invitation, as it is now; None where it is over, or was never told."""
    told = session.get(ToldInvitation, invitation_id)
    event = session.get(Event, told.event_id) if told else None
    if told is None or event is None:
        return None
    mine = session.get(Invitation, invitation_id)
    return InvitationChanged(
        id=told.id,
        version=told.version,
        organisation_id=told.organisation_id,
        person_id=told.person_id,
        name=told.name,
        mail=told.mail,
        required=told.required,
        method="CANCEL" if told.cancelled else "REQUEST",
        sequence=told.sequence,
        answer=cast(Any, mine.answer) if mine else None,
        meeting=_meeting(session, event, told, address),
    )


def _meeting(session: Session, event: Event, told: ToldInvitation, address: str) -> MeetingInvitedTo:
    its = calling(session, event, address, with_agenda=True)
    whole = its.parts[0]
    shown = [replace(one, changed_at=told.told_at, sequence=told.sequence) for one in its.parts]
    if told.cancelled:
        # to who is uninvited all of it is off: dates of their own would say something else (RFC 5546 §3.2.5)
        shown = [replace(shown[0], status="cancelled")]
    return MeetingInvitedTo(
        event_id=event.id,
        uid=event.uid,
        title=event.title,
        starts_at=whole.starts_at,
        ends_at=whole.ends_at,
        zone=event.zone,
        all_day=event.all_day,
        rrule=event.rrule,
        place=whole.location,
        link=its.link,
        organiser=its.organiser,
        calendar=components(shown, clock.now()),
        until_at=event.until_at,
    )
