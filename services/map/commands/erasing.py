"""Forgetting an erased person, and telling that it is done."""

from sqlalchemy.orm import Session

from services.map.models import Base
from shared import erasing
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import PersonErased


def forget_person(session: Session, erased: PersonErased) -> None:
    """Forget an erased person: the map has nothing of theirs but what every service has; again changes nothing."""
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that the map holds nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)
