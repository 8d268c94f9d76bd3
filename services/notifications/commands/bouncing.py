"""Letters that come back by mail: found by their Message-ID, and taken as if the mail server had said so at once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.unreached import address_hash, tell_hosts
from services.notifications.domain.bounces import Bounce, invitation_of
from services.notifications.models import Delivery, InvitationLetter, KnownInvitation, KnownPerson, RefusedAddress
from shared import clock
from shared.identifiers import is_id


def record_bounce(session: Session, *, bounce: Bounce) -> bool:
    """Remember what came back of a letter by mail; say whether it was ours.

    The Message-ID names the letter, and nobody but who got it knows it. An address is refused only while it is still
    that of who was written to. What is but late stays sent.
    """
    letter_id, version = invitation_of(bounce.key)
    letter = session.get(InvitationLetter, letter_id, with_for_update=True) if is_id(letter_id) else None
    if letter is not None:
        _of_invitation(session, letter, version, bounce)
        return True
    named = is_id(bounce.key)
    in_it = (Delivery.id == bounce.key) | (Delivery.letter_id == bounce.key)
    found = session.scalars(select(Delivery).where(in_it, Delivery.channel == "mail")).all() if named else []
    for delivery in found:
        delivery.error = _said(bounce)
        if bounce.is_permanent:
            delivery.state = "given_up"
    if found:
        _refuse(session, found[0].person_id, bounce)
    return bool(found)


def _of_invitation(session: Session, letter: InvitationLetter, version: int, bounce: Bounce) -> None:
    """Give up the letter that came back, unless a newer one has left or waits; a guest's hosts are told."""
    known = session.get(KnownInvitation, letter.invitation_id)
    if known is None:
        return
    is_theirs = queries.address_of(session, letter, known) == bounce.address.casefold()
    if letter.version == letter.sent_version == version:
        letter.error = _said(bounce)
        if bounce.is_permanent:
            letter.state = "given_up"
    if bounce.is_address and is_theirs and letter.person_id is None:
        letter.refused_hash = address_hash(bounce.address)
    if letter.person_id is not None:
        _refuse(session, letter.person_id, bounce)
    elif bounce.is_permanent and is_theirs:
        tell_hosts(session, letter)


def _refuse(session: Session, person_id: str, bounce: Bounce) -> None:
    """Remember that there is nobody at somebody's address, while it is the one that was written to."""
    person = session.get(KnownPerson, person_id)
    if bounce.is_address and person is not None and (person.email or "").casefold() == bounce.address.casefold():
        row = RefusedAddress(person_id=person.id, known_version=person.version, error=_said(bounce))
        row.refused_at = clock.now()
        session.merge(row)


def _said(bounce: Bounce) -> str:
    return f"bounced: {bounce.status}"
