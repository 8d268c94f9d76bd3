"""Invitations to meetings: kept as the calendar told them, and a letter planned for each whom one means."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.pacing import Wished, departure
from services.notifications.domain.plans import AlertKind
from services.notifications.models import (
    Alert,
    InvitationAnswer,
    InvitationLetter,
    KnownInvitation,
    Wishes,
)
from shared import clock
from shared.copies import Kind, Plain, Values
from shared.messages.calendar import InvitationChanged, InvitationEnded

KIND: AlertKind = "meeting_called"
"""The alert beside which an invitation goes: who does not want to be told of it by mail gets no invitation by mail."""
CATCH_UP = timedelta(minutes=10)
"""Who joins an organisation so soon after it was invited is written to as well: streams have no common order."""
NOTHING: Values = {
    "organisation_id": None, "person_id": None, "name": "", "mail": None, "required": False, "method": "CANCEL",
    "sequence": 0, "answer": None, "event_id": None, "uid": "", "title": "", "starts_at": None, "ends_at": None,
    "zone": "UTC", "all_day": False, "place": "", "link": "", "organiser": "", "calendar": "", "repeats": False,
    "until_at": None, "ended": True,
}  # fmt: skip
"""What is kept of an invitation that ended: that it did."""


def invitation_row(told: InvitationChanged) -> Values:
    """Copy who is invited, and to what."""
    if told.meeting is None:
        return {"id": told.id, "version": told.version, **NOTHING}
    who = {"id", "version", "organisation_id", "person_id", "name", "mail", "required", "method", "sequence", "answer"}
    what = {
        "event_id", "uid", "title", "starts_at", "ends_at", "zone", "all_day", "place", "link", "organiser", "calendar",
        "until_at",
    }  # fmt: skip
    facts = {**told.model_dump(include=who), **told.meeting.model_dump(include=what)}
    return {**facts, "repeats": told.meeting.rrule is not None, "ended": False}


def keep_end(session: Session, ended: InvitationEnded) -> None:
    """Forget who was invited to what; what is told of it late is older and changes nothing."""
    known = session.get(KnownInvitation, ended.id, with_for_update=True)
    if known is None:
        session.add(KnownInvitation(id=ended.id, version=ended.version, **NOTHING))
        session.flush()
        return
    known.version = max(known.version, ended.version)
    for name, value in NOTHING.items():
        setattr(known, name, value)
    session.flush()


INVITATIONS = Kind(KnownInvitation, invitation_row)
ENDED_INVITATIONS = Plain((KnownInvitation,), keep_end)


def keep_invitation(session: Session, told: InvitationChanged) -> None:
    """Keep an invitation, and plan what it asks to be written."""
    if INVITATIONS.keep(session, told):
        known = session.get_one(KnownInvitation, told.id, populate_existing=True)
        _plan(session, known, clock.now())


def end_invitation(session: Session, ended: InvitationEnded) -> None:
    """Forget an invitation with its letters and its answers."""
    keep_end(session, ended)
    session.execute(delete(InvitationLetter).where(InvitationLetter.invitation_id == ended.id))
    session.execute(delete(InvitationAnswer).where(InvitationAnswer.invitation_id == ended.id))
    session.execute(delete(Alert).where(Alert.cause_id == ended.id))  # it names the guest


def catch_up_invitations(session: Session, person_id: str, organisation_ids: Sequence[str]) -> None:
    """Write to somebody who became known, or joined, a moment after they or their organisations were invited."""
    theirs = or_(
        KnownInvitation.organisation_id.in_(organisation_ids) & KnownInvitation.person_id.is_(None),
        KnownInvitation.person_id == person_id,
    )
    told_at = select(InvitationLetter.created_at).where(InvitationLetter.invitation_id == KnownInvitation.id)
    now = clock.now()
    for known in session.scalars(select(KnownInvitation).where(theirs, KnownInvitation.ended.is_(False))):
        first = session.scalar(told_at.where(KnownInvitation.id == known.id).order_by(InvitationLetter.created_at))
        if first is None or first > now - CATCH_UP:
            _plan(session, known, now)


def forget_invited(session: Session, person_id: str) -> None:
    """Forget what an erased person was invited to, and what they were written of it."""
    session.execute(delete(InvitationLetter).where(InvitationLetter.person_id == person_id))
    for known in session.scalars(select(KnownInvitation).where(KnownInvitation.person_id == person_id)):
        end_invitation(session, InvitationEnded(id=known.id, version=known.version))


def _plan(session: Session, known: KnownInvitation, now: datetime) -> None:
    """Have everyone whom an invitation means written to who does not know this version of it yet."""
    if known.ended or (known.until_at is not None and known.until_at <= now):
        return
    wanted = select(InvitationLetter).where(InvitationLetter.invitation_id == known.id)
    letters = {one.recipient_id: one for one in session.scalars(wanted.with_for_update())}
    for recipient_id, person_id in _recipients(session, known):
        letter = letters.get(recipient_id)
        leaves_at = _leaves_at(session, known, person_id, now)
        if leaves_at is None or (letter is not None and letter.state == "stopped"):
            continue
        if letter is None:
            if known.method == "CANCEL":  # who was not invited by mail is not uninvited by it
                continue
            letter = InvitationLetter(
                invitation_id=known.id, recipient_id=recipient_id, person_id=person_id, created_at=now
            )
            session.add(letter)
        elif letter.version >= known.version:
            continue
        never_left = letter.sent_version is None and (not letter.attempts or letter.error is not None)
        letter.version, letter.attempts, letter.error, letter.due_at = known.version, 0, None, leaves_at
        letter.state = "overtaken" if known.method == "CANCEL" and never_left else "due"
    session.flush()


def _recipients(session: Session, known: KnownInvitation) -> Iterator[tuple[str, str | None]]:
    """Name who is written to: the person, an organisation's people, or the guest."""
    if known.person_id:
        yield known.person_id, known.person_id
    elif known.organisation_id:
        for person_id in queries.people_of(session, [known.organisation_id]).get(known.organisation_id, ()):
            yield person_id, person_id
    elif known.mail:
        yield known.id, None


def _leaves_at(session: Session, known: KnownInvitation, person_id: str | None, now: datetime) -> datetime | None:
    """Say when somebody is written to by what they wish; none, where they wish no such letters."""
    if person_id is None:
        return now
    wishes = session.get(Wishes, person_id)
    if wishes is not None and (not wishes.mail or KIND in wishes.muted_kinds):
        return None
    wished = wishes.wished(known.zone) if wishes else Wished(known.zone)
    return departure(KIND, None, known.starts_at or now, wished, now).at
