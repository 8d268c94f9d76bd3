"""Forgetting an erased person: their events stay, and nobody is named as who planned them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.calendar.models import Base, Conflict, Event
from shared import erasing
from shared.messages.calendar import ErasureConfirmed
from shared.messages.registry import PersonErased


def forget_person(session: Session, erased: PersonErased) -> None:
    """Name nobody any more as who planned an event, accepted a conflict or changed anything; again changes nothing."""
    session.execute(update(Event).where(Event.by_person_id == erased.id).values(by_person_id=None))
    session.execute(update(Conflict).where(Conflict.accepted_by_id == erased.id).values(accepted_by_id=None))
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the calendar holds nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)
