"""Guests whom no letter of invitation reaches: nobody else would learn of it, so the hosts of the meeting are told."""

import hashlib

from sqlalchemy.orm import Session

from services.notifications.commands.telling import tell
from services.notifications.domain.plans import News
from services.notifications.models import InvitationLetter, KnownEvent, KnownInvitation


def tell_hosts(session: Session, letter: InvitationLetter) -> None:
    """Tell the hosts of a meeting that a guest was not reached; once for each state of their invitation."""
    known = session.get(KnownInvitation, letter.invitation_id)
    event = session.get(KnownEvent, known.event_id) if known and known.event_id else None
    if letter.person_id is not None or known is None or event is None or known.starts_at is None:
        return
    news = News(
        kind="guest_not_reached",
        cause_id=known.id,
        cause_version=known.version,
        subject_kind="invitation",
        severity=None,
        event_ids=(event.id,),
        event_titles=(known.title,),
        organisation_ids=tuple(event.host_ids),
        starts_at=known.starts_at,
        ends_at=known.ends_at or known.starts_at,
        zone=known.zone,
        reason_code="letter_came_back",
        reason_values={"guest": known.name},
        url=f"/calendar/events/{event.id}/invitations",
    )
    tell(session, news)


def address_hash(mail: str) -> str:
    """Give what is kept of an address at which nobody is."""
    return hashlib.sha256(mail.casefold().encode()).hexdigest()
