"""Invitations to a meeting that has a date: who must come and who may, and telling those who are new."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.commands.inviting import tell_invited
from services.calendar.commands.meeting_rows import meeting_event, meeting_row, next_meeting
from services.calendar.commands.polls import invitation_of, unknown_faults
from services.calendar.commands.telling import tell_of_meeting
from services.calendar.domain.held import ALL
from services.calendar.domain.polls import Invited, faults_of_invited
from services.calendar.models import History, Invitation
from services.calendar.queries import polls as looking
from services.calendar.queries.polls import InvitationCard
from shared import clock, history
from shared.people import Person
from shared.problems import InvalidInput


def invite(
    session: Session, *, by: Person, event_id: str, invited: Iterable[Invited], version: int | None = None
) -> list[InvitationCard]:
    """Write down who is invited to a meeting, all of them; who is new is told, who is left out is gone.

    `version` is that of what is written about the meeting. Raises `NotFound`, `NotAMeeting`, `NotAllowed`,
    `ChangedMeanwhile`, `InvalidInput`.
    """
    event = meeting_event(session, by, event_id)
    meeting_row(session, event_id, ALL, version)
    wanted = {_identity(one): one for one in invited}
    if faults := faults_of_invited(list(wanted.values())) or unknown_faults(session, tuple(wanted.values())):
        raise InvalidInput(*faults)
    known: dict[Any, Invitation] = {}
    for one in session.scalars(select(Invitation).where(Invitation.event_id == event_id)).all():
        if _identity(one) in wanted:
            known[_identity(one)] = one
            one.required, one.mail = wanted[_identity(one)].required, wanted[_identity(one)].mail
        else:
            session.delete(one)
    until_at = event.until_at or max(event.ends_at, clock.now())
    fresh = [invitation_of(who, until_at, event_id=event_id) for key, who in wanted.items() if key not in known]
    session.add_all(fresh)
    next_meeting(session, event_id)
    session.flush()
    cards = looking.invitations(session, event_id=event_id)
    if fresh:
        new = {one.id for one in fresh}
        tell_of_meeting(session, event, [one for one in cards if one.invitation.id in new])
    tell_invited(session, event.id)
    history.record(
        session, History, aggregate="event", id=event.id, version=event.version, by=by, action="invited",
        changes={"invited": len(cards)},
    )  # fmt: skip
    return cards


def _identity(one: Invited | Invitation) -> tuple[str | None, str | None, str]:
    return one.organisation_id, one.person_id, one.name
