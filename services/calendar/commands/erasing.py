"""Forgetting an erased person: their events stay, and they are not named as who planned or leads them."""

from sqlalchemy import String, cast, delete, select, update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.inviting import forget_told
from services.calendar.commands.listing import check_again
from services.calendar.commands.retention import blank_guests
from services.calendar.commands.tasks import forget_person_of_tasks
from services.calendar.models import (
    AgendaItem,
    Base,
    Claim,
    Conflict,
    Event,
    History,
    Invitation,
    Meeting,
    MinutesVersion,
    Poll,
    ToldInvitation,
)
from shared import erasing
from shared.messages.calendar import ErasureConfirmed
from shared.messages.registry import PersonErased


def forget_person(session: Session, erased: PersonErased) -> None:
    """Name them no more as who planned or leads an event, accepted a conflict or changed anything; idempotent."""
    session.execute(update(Event).where(Event.by_person_id == erased.id).values(by_person_id=None))
    session.execute(update(Conflict).where(Conflict.accepted_by_id == erased.id).values(accepted_by_id=None))
    session.execute(update(Poll).where(Poll.by_person_id == erased.id).values(by_person_id=None))
    forget_told(session, session.scalars(select(ToldInvitation).where(ToldInvitation.person_id == erased.id)).all())
    session.execute(update(MinutesVersion).where(MinutesVersion.by_person_id == erased.id).values(by_person_id=None))
    forget_person_of_tasks(session, erased.id)
    blank_guests(session, session.scalars(select(Invitation.id).where(Invitation.person_id == erased.id)).all())
    session.execute(update(Invitation).where(Invitation.person_id == erased.id).values(person_id=None))
    _forget_at_meetings(session, erased.id)
    leads = select(Event).where(cast(Event.leader_ids, String).contains(erased.id))
    for event in session.scalars(leads):
        event.leader_ids = [leader_id for leader_id in event.leader_ids if leader_id != erased.id]
    led = select(History).where(History.aggregate == "event", cast(History.changes, String).contains(erased.id))
    for row in session.scalars(led):
        row.changes = {name: value for name, value in row.changes.items() if name != "leader_ids"}
    check_again(session, queries.events_claiming("person", erased.id))
    session.execute(delete(Claim).where(Claim.kind == "person", Claim.key == erased.id))
    erasing.forget_person(session, Base.metadata, erased)


def _forget_at_meetings(session: Session, person_id: str) -> None:
    """Name them no more at items of agendas, as who wrote minutes, and among those who came: they are counted still."""
    for column in (AgendaItem.proposed_by_id, AgendaItem.owner_person_id, AgendaItem.minutes_by_id):
        session.execute(update(AgendaItem).where(column == person_id).values({column: None}))
    session.execute(update(Meeting).where(Meeting.minutes_by_id == person_id).values(minutes_by_id=None))
    for row in session.scalars(select(Meeting).where(cast(Meeting.attendance, String).contains(person_id))):
        row.attendance = [
            {**one, "person_ids": [known for known in one.get("person_ids", ()) if known != person_id]}
            for one in row.attendance
        ]


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the calendar holds nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)
