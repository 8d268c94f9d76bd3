"""Forgetting an erased person: a tombstone stays of them, and alerts that are counted and that nobody sees."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from services.notifications.commands.invitations import forget_invited
from services.notifications.models import (
    Alert,
    AlertFeed,
    Base,
    Delivery,
    FollowedTopic,
    KnownMembership,
    KnownPerson,
    LinkPress,
    PushAddress,
    RefusedAddress,
    Webhook,
    Wishes,
)
from shared import erasing
from shared.copies import Plain
from shared.identifiers import new_id
from shared.messages.notifications import ErasureConfirmed
from shared.messages.registry import PersonErased


def keep_tombstone(session: Session, erased: PersonErased) -> None:
    """Forget how to reach a person and where they belong; what is told of them late is older and changes nothing."""
    known = session.get(KnownPerson, erased.id, with_for_update=True)
    if known is None:
        known = KnownPerson(id=erased.id, version=erased.version)
        session.add(known)
    known.version = max(known.version, erased.version)
    known.name, known.email, known.email_until, known.language = "", None, None, "pl"
    known.erased, known.administrator, known.neighbourhood_coordinator = True, None, False
    session.flush()
    session.execute(delete(KnownMembership).where(KnownMembership.person_id == erased.id))


ERASED_PEOPLE = Plain((KnownPerson, KnownMembership), keep_tombstone)


def forget_person(session: Session, erased: PersonErased) -> None:
    """Forget how to reach a person, what they were told and what they wished; again changes nothing."""
    keep_tombstone(session, erased)
    session.execute(delete(Wishes).where(Wishes.person_id == erased.id))
    session.execute(delete(FollowedTopic).where(FollowedTopic.person_id == erased.id))
    session.execute(delete(LinkPress).where(LinkPress.person_id == erased.id))
    session.execute(delete(AlertFeed).where(AlertFeed.person_id == erased.id))
    session.execute(delete(PushAddress).where(PushAddress.person_id == erased.id))
    session.execute(update(PushAddress).where(PushAddress.made_by_id == erased.id).values(made_by_id=None))
    session.execute(delete(RefusedAddress).where(RefusedAddress.person_id == erased.id))
    session.execute(update(Webhook).where(Webhook.made_by_id == erased.id).values(made_by_id=None))
    forget_invited(session, erased.id)
    _take_the_name_off(session, erased.id)
    erasing.forget_person(session, Base.metadata, erased)


def confirm_erasure(session: Session, person_id: str) -> None:
    """Tell that notifications hold nothing of a person any more."""
    erasing.confirm_erasure(session, Base.metadata.tables["erasure"], person_id, ErasureConfirmed)


def _take_the_name_off(session: Session, person_id: str) -> None:
    """Let alerts and deliveries count for nobody in particular; a mail that waits never leaves.

    Every person who is erased becomes another nobody: of one piece of news each has an alert of their own.
    """
    nobody = new_id()
    told = update(Alert).where(Alert.person_id == person_id)
    session.execute(told.values(person_id=None, recipient_id=nobody, recipient_erased=True))
    session.execute(delete(Delivery).where(Delivery.person_id == person_id, Delivery.state == "due"))
    session.execute(update(Delivery).where(Delivery.person_id == person_id).values(person_id=nobody, error=None))
