"""Voting in a poll by a link without an account: links are made and ended, people join, answers are replaced."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.calendar.commands.polls import invitation_of
from services.calendar.domain.permissions import may_call_meeting
from services.calendar.domain.polls import CHOICES, MOST_INVITED, Invited
from services.calendar.models import Invitation, Poll, PollLink, PollVote
from services.calendar.problems import PollClosed
from services.calendar.queries import polls as looking
from shared import auth
from shared.people import Person, must
from shared.problems import InvalidInput, NotFound

Link = tuple[Invitation | None, str]
"""Whose link it is, none for everybody's, and the last part of its address, which is never shown again."""


def make_links(session: Session, *, by: Person, poll_id: str, invitation_id: str | None = None) -> list[Link]:
    """Make a link for each who is invited and has none yet; or for one alone, whose earlier links end.

    Raises `NotFound`, `NotAllowed`, `PollClosed`.
    """
    poll = _poll_of(session, by, poll_id)
    if invitation_id is not None:
        one = session.get(Invitation, invitation_id)
        if one is None or one.poll_id != poll_id:
            raise NotFound
        session.execute(delete(PollLink).where(PollLink.invitation_id == invitation_id))
        return [(one, _new_link(session, poll, one))]
    have = select(PollLink.invitation_id).where(PollLink.poll_id == poll_id, PollLink.invitation_id.is_not(None))
    none_yet = select(Invitation).where(Invitation.poll_id == poll_id, Invitation.id.not_in(have))
    return [(one, _new_link(session, poll, one)) for one in session.scalars(none_yet.order_by(Invitation.id)).all()]


def make_open_link(session: Session, *, by: Person, poll_id: str) -> Link:
    """Make the link by which a group takes part, each under their name; the earlier one ends.

    Raises as `make_links`.
    """
    poll = _poll_of(session, by, poll_id)
    session.execute(delete(PollLink).where(PollLink.poll_id == poll_id, PollLink.invitation_id.is_(None)))
    return None, _new_link(session, poll, None)


def link_for_oneself(session: Session, *, by: Person, invitation_id: str) -> str:
    """Give who is signed in a link to the answers of their organisation, or their own; others' links stay.

    Raises `NotFound`, `NotAllowed`.
    """
    one = session.get(Invitation, invitation_id)
    poll = session.get(Poll, one.poll_id) if one and one.poll_id else None
    if one is None or poll is None:
        raise NotFound
    must(looking.may_answer(by, one))
    return _new_link(session, poll, one)


def join_poll(session: Session, *, text: str, name: str, now: datetime) -> str:
    """Let somebody take part by the group's link under a name; gives their own link.

    Raises `PollLinkUnknown`, `PollClosed`, `InvalidInput`.
    """
    poll = _open_poll_of(session, looking.link_of(session, text), now, alone=True)
    if not name.strip():
        raise InvalidInput(("/name", "Say your name"))
    if looking.number_invited(session, poll.id) >= MOST_INVITED:
        raise InvalidInput(("/name", "At most 200 can be invited"))
    one = invitation_of(Invited(name=name.strip()), poll.closes_at, poll_id=poll.id)
    session.add(one)
    session.flush()
    return _new_link(session, poll, one)


def vote(session: Session, *, text: str, answers: Mapping[str, str], now: datetime) -> bool:
    """Take one's answers, by date, in the place of earlier ones; says whether there were any.

    A date that is left out has no answer. Raises `PollLinkUnknown`, `PollClosed`, `InvalidInput`.
    """
    link = looking.link_of(session, text)
    poll = _open_poll_of(session, link, now)
    if link.invitation_id is None:
        raise InvalidInput(("/name", "Say your name"))
    one = session.get_one(Invitation, link.invitation_id, with_for_update=True, populate_existing=True)
    known = {date.event_id for date in looking.poll_dates(session, poll.id)}
    if not answers:
        raise InvalidInput(("/answers", "Answer for at least one date"))
    if not set(answers) <= known or not set(answers.values()) <= set(CHOICES):
        raise InvalidInput(("/answers", "Answer for dates of this poll, each with yes, if_needed or no"))
    before = one.answered_at
    session.execute(delete(PollVote).where(PollVote.invitation_id == one.id))
    session.add_all(PollVote(invitation_id=one.id, event_id=date, answer=said) for date, said in answers.items())
    one.answered_at = now
    session.flush()
    return before is not None


def _open_poll_of(session: Session, link: PollLink, now: datetime, *, alone: bool = False) -> Poll:
    """Give the poll that a link is of; nobody settles it until this is committed. Raises `PollClosed`.

    `alone`: nobody else joins it meanwhile either.
    """
    lock: Any = True if alone else {"read": True}
    poll = session.get_one(Poll, link.poll_id, with_for_update=lock, populate_existing=True)
    if poll.state != "open" or now >= poll.closes_at:
        raise PollClosed
    return poll


def _poll_of(session: Session, by: Person, poll_id: str) -> Poll:
    poll = session.get(Poll, poll_id)
    if poll is None:
        raise NotFound
    must(may_call_meeting(by, poll.organisation_id))
    if poll.state != "open":
        raise PollClosed
    return poll


def _new_link(session: Session, poll: Poll, one: Invitation | None) -> str:
    secret = auth.new_key_secret()
    row = PollLink(secret_hash=auth.key_hash(secret), poll_id=poll.id, invitation_id=one.id if one else None)
    session.add(row)
    session.flush()
    return auth.key_text(one.id if one else poll.id, secret)
