"""Telling who is invited to a meeting, and to what, whenever that is otherwise than was told last.

No name and no address stands in the outbox: the relay reads the present state, as the registry's does of people.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.invitations import dates_digest_of, digest_of
from services.calendar.domain.replies import Said
from services.calendar.models import Event, Invitation, ToldInvitation
from services.calendar.queries import invited as looking
from services.calendar.queries.held import held
from shared import clock, outbox
from shared.messages.calendar import InvitationChanged, InvitationEnded
from shared.messages.notifications import InvitationAnswered, InvitationReplied
from shared.problems import NotFound

LAST_WORD = timedelta(days=3)
"""So long is known who is invited no more: their mail program must still hear it, and a mail server may be away."""
AT_ONCE = 100


def tell_invited(session: Session, event_id: str) -> None:
    """Tell of every invitation to a meeting that is not as it was told last, also that it is taken back."""
    session.flush()
    event = session.get(Event, event_id, with_for_update={"key_share": True})
    if event is None or event.poll_id is not None:
        return
    told = looking.told_invitations(session, event_id)
    rows = session.scalars(select(Invitation).where(Invitation.event_id == event_id).order_by(Invitation.id)).all()
    now = clock.now()
    if not (rows or told) or (event.until_at is not None and event.until_at <= now):
        return
    call = looking.calling(session, event)
    for one in rows:
        _tell(session, event, call, one, told, now)
    gone = told.keys() - {one.id for one in rows}
    for row in (told[one] for one in sorted(gone)):
        if not row.cancelled:
            _take_back(session, row, now)
    session.flush()


def forget_told(session: Session, rows: Collection[ToldInvitation]) -> None:
    """Let nobody know any more who was invited by these: the stream lets go of it, and whoever keeps it is told."""
    for row in rows:
        session.delete(row)
        outbox.publish(session, InvitationChanged(id=row.id, version=row.version + 1))
        outbox.publish(session, InvitationEnded(id=row.id, version=row.version + 1))
    session.flush()


def end_invitations(session: Session, *, now: datetime) -> int:
    """Forget some of what was told of invitations whose time is over; gives how many."""
    over = select(ToldInvitation).where(ToldInvitation.ends_at < now - LAST_WORD)
    rows = session.scalars(over.order_by(ToldInvitation.id).limit(AT_ONCE)).all()
    forget_told(session, rows)
    return len(rows)


def record_invitation_answer(session: Session, message: InvitationAnswered) -> None:
    """Write down whether somebody comes, unless they said it of another time or place, or newer is known already."""
    row = _answered(session, message)
    if row is not None and message.version > row.answer_version:
        row.answer, row.answer_at, row.answer_version = message.answer, clock.now(), message.version


def record_invitation_reply(session: Session, message: InvitationReplied) -> None:
    """Write down what somebody said of one date, that somebody else comes, or another time that they propose.

    What is said of a date that the meeting does not have is nothing.
    """
    row = _answered(session, message)
    if row is None or message.version <= row.replies.get(message.held_on, {}).get("version", 0):
        return
    if message.held_on:
        try:
            held(session, session.get_one(Event, row.event_id), message.held_on)
        except NotFound:
            return
    said = Said(message.answer, message.version, starts_at=message.starts_at, ends_at=message.ends_at)
    row.replies = {**row.replies, message.held_on: said.kept()}


def _answered(session: Session, message: InvitationAnswered | InvitationReplied) -> Invitation | None:
    """Give the invitation that is answered, locked, if it stands and has still the time and place that were meant."""
    row = session.get(Invitation, message.id, with_for_update=True)
    told = session.get(ToldInvitation, message.id)
    stands = row is not None and told is not None and not told.cancelled and message.sequence >= told.sequence
    return row if stands else None


def _tell(
    session: Session,
    event: Event,
    call: looking.Calling,
    one: Invitation,
    told: dict[str, ToldInvitation],
    now: datetime,
) -> None:
    is_off = event.status == "cancelled"
    row = told.get(one.id)
    if row is None and is_off:
        return
    digest = digest_of(call.parts, call.link, call.organiser, is_off, one.name, one.mail, one.required)
    dates = dates_digest_of(call.parts)
    if row is None:
        row = _new(event, one, _sequence_for(event, one, told.values()))
        session.add(row)
    elif row.digest == digest:
        return
    elif row.dates_digest != dates:
        row.sequence = max(row.sequence + 1, event.sequence)
        one.answer, one.answer_at, one.replies = None, None, {}
    row.version += 1
    row.name, row.mail, row.required = one.name, one.mail, one.required
    row.digest, row.dates_digest, row.cancelled = digest, dates, is_off
    row.told_at, row.ends_at = now, event.until_at
    outbox.publish(session, InvitationChanged(id=row.id, version=row.version))


def _take_back(session: Session, row: ToldInvitation, now: datetime) -> None:
    row.version += 1
    row.sequence += 1
    row.cancelled, row.digest, row.told_at = True, "", now
    row.ends_at = min(row.ends_at or now, now)
    outbox.publish(session, InvitationChanged(id=row.id, version=row.version))


def _new(event: Event, one: Invitation, sequence: int) -> ToldInvitation:
    return ToldInvitation(
        id=one.id,
        version=0,
        event_id=event.id,
        organisation_id=one.organisation_id,
        person_id=one.person_id,
        sequence=sequence,
    )


def _sequence_for(event: Event, one: Invitation, told: Collection[ToldInvitation]) -> int:
    """Begin behind what was taken back from the same somebody: their calendar program has a later word already."""
    who = one.organisation_id, one.person_id, one.name
    theirs = [row.sequence + 1 for row in told if (row.organisation_id, row.person_id, row.name) == who]
    return max([event.sequence, *theirs])
