"""Sending invitations: letters that are due are taken, and what came of them is remembered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.unreached import address_hash, tell_hosts
from services.notifications.domain import links
from services.notifications.domain.invitation_files import Answer, Method
from services.notifications.models import InvitationLetter, KnownInvitation, RefusedAddress
from shared import clock
from shared.retries import wait_before

LONGEST_ERROR = 500


@dataclass(frozen=True)
class Envelope:
    """One invitation on its way to one of those whom it means, as it is now."""

    letter_id: str
    invitation_id: str
    version: int
    person_id: str | None
    known_version: int
    name: str
    mail: str
    language: str | None
    """None of a guest: nobody asked them."""
    method: Method
    is_update: bool
    answer: Answer | None
    required: bool
    event_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    repeats: bool
    place: str
    link: str
    organiser: str
    calendar: str
    answer_key: str
    reply_token: str
    stop_key: str


def take_due_invitations(session: Session, *, now: datetime, lease: timedelta, limit: int = 200) -> list[Envelope]:
    """Take letters of invitation that are due; nobody else takes them while the lease lasts."""
    due = select(InvitationLetter).where(InvitationLetter.state == "due", InvitationLetter.due_at <= now)
    due = due.order_by(InvitationLetter.due_at, InvitationLetter.id).limit(limit).with_for_update(skip_locked=True)
    secret = queries.link_secret(session)
    envelopes = []
    for letter in session.scalars(due).all():
        known = session.get(KnownInvitation, letter.invitation_id)
        if known is None or known.ended or (known.until_at is not None and known.until_at <= now):
            letter.state = "overtaken"
            continue
        letter.due_at, letter.error = now + lease, None
        letter.attempts += 1
        if (envelope := _envelope(session, letter, known, now, secret)) is not None:
            envelopes.append(envelope)
    return envelopes


def record_invitation_sent(session: Session, *, envelope: Envelope) -> None:
    """Remember that a letter left; a newer version of its invitation is still due."""
    letter = session.get(InvitationLetter, envelope.letter_id, with_for_update=True)
    if letter is None:
        return
    letter.sent_version, letter.sent_at, letter.error, letter.refused_hash = envelope.version, clock.now(), None, None
    if letter.version == envelope.version:
        letter.state = "sent"
    if envelope.person_id:
        session.execute(delete(RefusedAddress).where(RefusedAddress.person_id == envelope.person_id))


def record_invitation_failure(
    session: Session, *, envelope: Envelope, error: str, first_delay: timedelta, tries: int
) -> None:
    """Remember that a letter failed: it is tried again later, or given up."""
    letter = session.get(InvitationLetter, envelope.letter_id, with_for_update=True)
    if letter is None or letter.version != envelope.version:
        return
    letter.error = error[:LONGEST_ERROR]
    if letter.attempts >= tries:
        letter.state = "given_up"
        tell_hosts(session, letter)
    else:
        letter.due_at = clock.now() + wait_before(letter.attempts, first_delay)


def record_invitation_refusal(session: Session, *, envelope: Envelope, error: str, is_address: bool) -> None:
    """Remember that a mail server refused a letter for good, or even that there is nobody at this address."""
    letter = session.get(InvitationLetter, envelope.letter_id, with_for_update=True)
    if letter is None:
        return
    if letter.version == envelope.version:
        letter.state, letter.error = "given_up", error[:LONGEST_ERROR]
        tell_hosts(session, letter)
    if not is_address:
        return
    if envelope.person_id is None:
        letter.refused_hash = address_hash(envelope.mail)
    elif not queries.is_erased(session, envelope.person_id):
        row = RefusedAddress(person_id=envelope.person_id, known_version=envelope.known_version, error=error[:100])
        row.refused_at = clock.now()
        session.merge(row)


def _envelope(
    session: Session, letter: InvitationLetter, known: KnownInvitation, now: datetime, secret: bytes
) -> Envelope | None:
    reached = queries.reached_at(session, letter, known, now)
    if isinstance(reached, str) or address_hash(reached.mail) == letter.refused_hash:
        letter.state, letter.error = "given_up", reached if isinstance(reached, str) else "address refused"
        return None
    starts_at, ends_at, lasting = known.starts_at or now, known.ends_at or now, now + links.NO_LETTERS_FOR
    return Envelope(
        letter_id=letter.id,
        invitation_id=known.id,
        version=known.version,
        person_id=letter.person_id,
        known_version=reached.version,
        name=reached.name,
        mail=reached.mail,
        language=reached.language,
        method=cast(Method, known.method),
        is_update=letter.sent_version is not None,
        answer=cast(Answer | None, known.answer),
        required=known.required,
        event_id=known.event_id or "",
        title=known.title,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=known.zone,
        all_day=known.all_day,
        repeats=known.repeats,
        place=known.place,
        link=known.link,
        organiser=known.organiser,
        calendar=known.calendar,
        answer_key=links.link_key(secret, links.ANSWER, letter.id, known.until_at or lasting),
        reply_token=links.reply_token(secret, letter.id),
        stop_key=links.link_key(secret, links.NO_LETTERS, letter.person_id or letter.id, lasting),
    )
