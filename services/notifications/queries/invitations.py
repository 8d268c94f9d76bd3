"""Invitations as they are looked at: whom they reach, what a link in one answers, and how they fared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.domain import links
from services.notifications.domain.invitation_files import Answer
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.models import (
    InvitationAnswer,
    InvitationLetter,
    KnownInvitation,
    KnownPerson,
    MailReply,
    RefusedAddress,
)
from services.notifications.problems import InvitationLinkRefused, InvitationOver, InvitationTakenBack
from services.notifications.queries.wishing import link_secret
from shared.identifiers import is_id
from shared.people import Person, must

LATEST = 50


@dataclass(frozen=True)
class Reached:
    """Where somebody is written to, by which name and in which language, if they said; `version` is the person's."""

    name: str
    mail: str
    language: str | None
    version: int = 0


@dataclass(frozen=True)
class Asked:
    """What a link in an invitation asks: whether somebody comes to this, and what they said last."""

    letter: InvitationLetter
    invitation: KnownInvitation
    answer: Answer | None


@dataclass(frozen=True)
class Fared:
    """How letters of invitation and the mails that answer them fared, for the operator."""

    counts: dict[str, int]
    given_up: Sequence[InvitationLetter]
    replies: Sequence[MailReply]


def reached_at(session: Session, letter: InvitationLetter, known: KnownInvitation, now: datetime) -> Reached | str:
    """Say where a letter of invitation goes, or why it can go nowhere now."""
    if letter.person_id is None:
        return Reached(known.name, known.mail, None) if known.mail else "no address"
    person = session.get(KnownPerson, letter.person_id)
    if person is None or not person.email or (person.email_until is not None and person.email_until <= now):
        return "no address"
    refused = session.get(RefusedAddress, person.id)
    if refused is not None and refused.known_version == person.version:
        return "address refused"
    return Reached(person.name, person.email, person.language, person.version)


def asked_by(session: Session, key: str, now: datetime) -> Asked:
    """Give what a link asks; raises `InvitationLinkRefused`, `InvitationOver`, `InvitationTakenBack`."""
    link = links.opened(link_secret(session), links.ANSWER, key)
    if link is None or not is_id(link.subject_id):
        raise InvitationLinkRefused
    letter = session.get(InvitationLetter, link.subject_id)
    known = session.get(KnownInvitation, letter.invitation_id) if letter else None
    if letter is None or known is None or known.ended or is_past(known, now):
        raise InvitationOver
    if known.method == "CANCEL":
        raise InvitationTakenBack
    return Asked(letter, known, last_answer(session, known))


def last_answer(session: Session, known: KnownInvitation) -> Answer | None:
    """Give what was answered to this time and place last."""
    given = session.get(InvitationAnswer, known.id)
    if given is not None and given.answer and given.sequence >= known.sequence:
        return cast(Answer, given.answer)
    return cast(Answer | None, known.answer)


def is_past(known: KnownInvitation, now: datetime) -> bool:
    """Say whether the last date is over."""
    return known.until_at is not None and known.until_at <= now


def letters_with(session: Session, uid: str) -> list[tuple[InvitationLetter, KnownInvitation]]:
    """Give the letters of all invitations to the event of this UID, and the invitations."""
    both = select(InvitationLetter, KnownInvitation).where(
        KnownInvitation.uid == uid,
        KnownInvitation.ended.is_(False),
        InvitationLetter.invitation_id == KnownInvitation.id,
    )
    return [(row[0], row[1]) for row in session.execute(both.order_by(InvitationLetter.id))]


def address_of(session: Session, letter: InvitationLetter, known: KnownInvitation) -> str:
    """Give the address that was invited, in small letters; empty where it is not known any more."""
    if letter.person_id is None:
        return (known.mail or "").casefold()
    person = session.get(KnownPerson, letter.person_id)
    return (person.email or "").casefold() if person else ""


def is_invitation_due(session: Session, *, now: datetime) -> bool:
    """Say whether a letter of invitation waits to be sent."""
    due = select(InvitationLetter.id).where(InvitationLetter.state == "due", InvitationLetter.due_at <= now)
    return session.scalar(due.limit(1)) is not None


def invitations_fared(session: Session, *, by: Person) -> Fared:
    """Give how letters of invitation fared, and the last mails that came back; for administrators."""
    must(may_see_deliveries(by))
    counted = select(InvitationLetter.state, func.count().label("number")).group_by(InvitationLetter.state)
    given_up = select(InvitationLetter).where(InvitationLetter.state == "given_up")
    replies = select(MailReply).order_by(MailReply.id.desc())
    return Fared(
        counts={row.state: row.number for row in session.execute(counted)},
        given_up=session.scalars(given_up.order_by(InvitationLetter.id.desc()).limit(LATEST)).all(),
        replies=session.scalars(replies.limit(LATEST)).all(),
    )
