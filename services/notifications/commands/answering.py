"""Answering invitations: by the link in a letter, or by a mail that a calendar program sent."""

import hmac
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain import links
from services.notifications.domain.invitation_files import PARTSTATS, Answer
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.domain.replies import Reply, Why
from services.notifications.models import InvitationAnswer, InvitationLetter, KnownInvitation, MailReply, RefusedAddress
from services.notifications.problems import NoSuchDelivery
from shared import clock
from shared.identifiers import is_id
from shared.inserting import insert_into
from shared.messages.notifications import InvitationAnswered, InvitationReplied
from shared.outbox import publish
from shared.people import Person, must

Outcome = Literal["taken", "unknown", "forged", "stranger", "stale", "late", "taken_back", "one_date"] | Why


def answer_invitation(session: Session, *, key: str, answer: Answer) -> queries.Asked:
    """Write down whether somebody comes, by the key of their link, and tell it; gives what they answered to.

    Raises `InvitationLinkRefused`, `InvitationOver`, `InvitationTakenBack`.
    """
    asked = queries.asked_by(session, key, clock.now())
    _record(session, asked.invitation, answer)
    return queries.Asked(asked.letter, asked.invitation, answer)


def take_reply(session: Session, *, digest: str, reply: Reply | Why) -> Outcome | None:
    """Take in a mail that came back, or note why it is no answer; none where this very mail was taken in before.

    An answer counts only from the address that was invited, with the token that only its own letter had.
    """
    row = {"digest": digest, "outcome": "unclear", "received_at": clock.now()}
    new = insert_into(session, MailReply).values(row).on_conflict_do_nothing().returning(MailReply.id)
    reply_id = session.scalar(new)
    if reply_id is None:
        return None
    outcome, known = (reply, None) if isinstance(reply, str) else _judge(session, reply)
    if outcome == "taken" and known is not None and not isinstance(reply, str):
        _take(session, known, reply)
    noted = session.get_one(MailReply, reply_id)
    noted.outcome, noted.invitation_id = outcome, known.id if known else None
    return outcome


def retry_invitation(session: Session, *, by: Person, letter_id: str) -> InvitationLetter:
    """Try a letter of invitation that was given up once more, to a refused address too; for administrators.

    Raises `NoSuchDelivery`.
    """
    must(may_see_deliveries(by))
    letter = session.get(InvitationLetter, letter_id, with_for_update=True) if is_id(letter_id) else None
    if letter is None:
        raise NoSuchDelivery
    if letter.state == "given_up":
        letter.state, letter.attempts, letter.due_at, letter.error = "due", 0, clock.now(), None
        letter.refused_hash = None
        if letter.person_id and (refused := session.get(RefusedAddress, letter.person_id)):
            session.delete(refused)
    return letter


def _judge(session: Session, reply: Reply) -> tuple[Outcome, KnownInvitation | None]:
    """Say what becomes of an answer, and to which invitation it is one."""
    now, secret = clock.now(), queries.link_secret(session)
    found = queries.letters_with(session, reply.uid)
    if not found:
        return "unknown", None
    for letter, known in found:
        token = links.reply_token(secret, letter.id)
        if not any(hmac.compare_digest(token, one) for one in reply.tokens):
            continue
        if queries.address_of(session, letter, known) != reply.attendee:
            return "stranger", known
        if queries.is_past(known, now):
            return "late", known
        if known.method == "CANCEL":
            return "taken_back", known
        if reply.recurrence and not known.repeats:
            return "one_date", known
        return ("stale" if reply.sequence < known.sequence else "taken"), known
    return "forged", None


def _take(session: Session, known: KnownInvitation, reply: Reply) -> None:
    """Record a plain answer to all of it; tell what else was said to the calendar, which knows the dates."""
    if reply.answer in PARTSTATS and reply.recurrence is None:
        _record(session, known, reply.answer)
        return
    begins, ends = (one.instant(known.zone) if one else None for one in (reply.begins, reply.ends))
    if begins is not None and (ends is None or ends <= begins) and known.starts_at and known.ends_at:
        ends = begins + (known.ends_at - known.starts_at)
    said = InvitationReplied(
        id=known.id,
        version=_counted(session, known).number,
        answer=reply.answer,
        held_on=reply.recurrence.day(known.zone).isoformat() if reply.recurrence else "",
        starts_at=begins,
        ends_at=ends,
        sequence=known.sequence,
    )
    publish(session, said)


def _record(session: Session, known: KnownInvitation, answer: Answer) -> None:
    """Keep an answer and tell it: with its number, so that the last one given is the one that counts."""
    given = _counted(session, known)
    given.answer, given.sequence, given.answered_at = answer, known.sequence, clock.now()
    publish(
        session,
        InvitationAnswered(id=known.id, version=given.number, answer=answer, sequence=known.sequence),
    )
    session.flush()


def _counted(session: Session, known: KnownInvitation) -> InvitationAnswer:
    """Count what was said to an invitation, and give what was answered last: "" where nothing was to all of it."""
    first = {"invitation_id": known.id, "number": 0, "answer": "", "sequence": 0, "answered_at": clock.now()}
    session.execute(insert_into(session, InvitationAnswer).values(first).on_conflict_do_nothing())
    mine = select(InvitationAnswer).where(InvitationAnswer.invitation_id == known.id).with_for_update()
    given = session.scalars(mine.execution_options(populate_existing=True)).one()
    given.number += 1
    return given
