"""Polls as they are looked at: by who called them, by who is invited, and by who has a link."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.permissions import may_answer_invitation, may_call_meeting, may_see_poll, may_vote_for
from services.calendar.domain.polls import Choice, Date, Tally, Voter, tallies
from services.calendar.domain.replies import Said, last_said
from services.calendar.models import Event, Invitation, Organisation, Poll, PollDate, PollLink, PollVote, Venue
from services.calendar.problems import PollLinkUnknown
from services.calendar.queries.checks import check_blocking
from services.calendar.queries.events import event, organisation_names
from services.calendar.queries.plans import plan_of
from services.calendar.queries.subjects import subject_of_plan
from shared import auth, clock
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound


@dataclass(frozen=True)
class InvitationCard:
    """One who is invited, with the name that they have here; `has_link` says that a link was made for them."""

    invitation: Invitation
    name: str
    has_link: bool = False

    def said_of(self, held_on: str) -> Said | None:
        """Give the last word about one date of the meeting."""
        one = self.invitation
        return last_said(one.answer, one.answer_version, one.replies, held_on)


@dataclass(frozen=True)
class PollCard:
    """A poll with all that its page shows; `voters` are for who may call the meeting alone, and empty for others."""

    poll: Poll
    host: str
    venue: Venue | None
    tallies: Sequence[Tally]
    invited: Sequence[InvitationCard]
    voters: Sequence[Voter]
    own: Sequence[InvitationCard]
    """The invitations for which the reader may vote."""
    has_open_link: bool

    @property
    def best(self) -> Tally | None:
        """Give the date that is suggested."""
        return next((one for one in self.tallies if one.is_best), None)

    @property
    def answered(self) -> int:
        """Say how many have voted."""
        return sum(one.invitation.answered_at is not None for one in self.invited)


@dataclass(frozen=True)
class Ballot:
    """What a link shows: the poll with its dates, and whose answers these are, if it is a link of their own."""

    poll: Poll
    host: str
    venue: Venue | None
    dates: Sequence[PollDate]
    invitation: Invitation | None
    name: str
    answers: dict[str, Choice]

    def is_open(self, now: datetime) -> bool:
        """Say whether one can vote now."""
        return self.poll.state == "open" and now < self.poll.closes_at


def polls(session: Session, person: Person, paging: Paging) -> Sequence[Poll]:
    """List the polls that this person may see, the newest last."""
    invited = select(Invitation.poll_id).where(
        or_(Invitation.organisation_id.in_(sorted(person.roles)), Invitation.person_id == person.id)
    )
    mine = or_(Poll.organisation_id.in_(sorted(person.roles)), Poll.id.in_(invited))
    statement = select(Poll).where(paging.beyond(Poll.id)).order_by(Poll.id).limit(paging.rows)
    if not may_see_poll(person, ()):
        statement = statement.where(mine)
    return session.scalars(statement).all()


def poll_card(session: Session, poll_id: str, person: Person) -> PollCard:
    """Give one poll to somebody who may see it; raises `NotFound`."""
    poll = session.get(Poll, poll_id)
    rows = invitations(session, poll_id=poll_id)
    own = [one for one in rows if may_answer(person, one.invitation)]
    if poll is None or not (own or may_see_poll(person, (poll.organisation_id,))):
        raise NotFound
    voters = _voters(session, rows)
    may_call = may_call_meeting(person, poll.organisation_id)
    links = {*session.scalars(select(PollLink.invitation_id).where(PollLink.poll_id == poll_id))}
    return PollCard(
        poll=poll,
        host=organisation_names(session, {poll.organisation_id}).get(poll.organisation_id, ""),
        venue=session.get(Venue, poll.venue_id) if poll.venue_id else None,
        tallies=_told(tallies(_dates(session, poll), voters), may_call),
        invited=[replace(one, has_link=one.invitation.id in links) for one in rows],
        voters=voters if may_call else (),
        own=own,
        has_open_link=None in links,
    )


def ballot(session: Session, text: str) -> Ballot:
    """Give what a link shows; raises `PollLinkUnknown` where it is none of ours."""
    link = link_of(session, text)
    poll = session.get_one(Poll, link.poll_id)
    mine = session.get(Invitation, link.invitation_id) if link.invitation_id else None
    votes = select(PollVote).where(PollVote.invitation_id == link.invitation_id)
    ids = {poll.organisation_id, *([mine.organisation_id] if mine and mine.organisation_id else [])}
    names = organisation_names(session, ids)
    return Ballot(
        poll=poll,
        host=names.get(poll.organisation_id, ""),
        venue=session.get(Venue, poll.venue_id) if poll.venue_id else None,
        dates=poll_dates(session, poll.id),
        invitation=mine,
        name="" if mine is None else mine.name or names.get(mine.organisation_id or "", ""),
        answers={vote.event_id: cast(Choice, vote.answer) for vote in session.scalars(votes)} if mine else {},
    )


def link_of(session: Session, text: str) -> PollLink:
    """Give the link of an address; raises `PollLinkUnknown`."""
    parts = auth.key_parts(text)
    link = session.get(PollLink, auth.key_hash(parts[1])) if parts else None
    if parts is None or link is None or parts[0] != (link.invitation_id or link.poll_id):
        raise PollLinkUnknown
    return link


def poll_dates(session: Session, poll_id: str) -> Sequence[PollDate]:
    """Give the dates of a poll, the earliest first."""
    statement = select(PollDate).where(PollDate.poll_id == poll_id)
    return session.scalars(statement.order_by(PollDate.starts_at, PollDate.event_id)).all()


def invitations(session: Session, *, poll_id: str | None = None, event_id: str | None = None) -> list[InvitationCard]:
    """List who is invited to a poll or a meeting, those who must come first, in the order in which they were named."""
    theirs = Invitation.poll_id == poll_id if poll_id else Invitation.event_id == event_id
    rows = session.scalars(select(Invitation).where(theirs).order_by(Invitation.required.desc(), Invitation.id)).all()
    names = organisation_names(session, {one.organisation_id for one in rows if one.organisation_id})
    return [InvitationCard(one, one.name or names.get(one.organisation_id or "", "")) for one in rows]


def votes_missing(session: Session, poll_id: str) -> list[Invitation]:
    """Give those who are invited and have not voted."""
    theirs = Invitation.poll_id == poll_id, Invitation.answered_at.is_(None)
    return list(session.scalars(select(Invitation).where(*theirs).order_by(Invitation.id)))


def number_invited(session: Session, poll_id: str) -> int:
    """Count who takes part in a poll."""
    return session.scalar(select(func.count()).where(Invitation.poll_id == poll_id)) or 0


def unknown_invited(session: Session, organisation_ids: Iterable[str | None]) -> set[str]:
    """Name the organisations that nobody knows here."""
    wanted = {one for one in organisation_ids if one}
    known = session.scalars(select(Organisation.id).where(Organisation.id.in_(wanted))) if wanted else ()
    return wanted - set(known)


def may_answer(person: Person, one: Invitation) -> bool:
    """Say whether somebody who is signed in answers an invitation: it is theirs, or their organisation's."""
    return may_vote_for(person, one.organisation_id or "") or may_answer_invitation(person, one.person_id or "")


def _voters(session: Session, rows: Collection[InvitationCard]) -> list[Voter]:
    answers: dict[str, dict[str, Choice]] = defaultdict(dict)
    ids = [one.invitation.id for one in rows]
    for vote in session.scalars(select(PollVote).where(PollVote.invitation_id.in_(ids))):
        answers[vote.invitation_id][vote.event_id] = cast(Choice, vote.answer)
    return [Voter(one.invitation.id, one.name, one.invitation.required, answers[one.invitation.id]) for one in rows]


def _dates(session: Session, poll: Poll) -> list[Date]:
    """Give the dates of a poll; of an open one, with whether what they need is somebody else's by now."""
    rows = poll_dates(session, poll.id)
    if poll.state != "open" or not poll.venue_id:
        return [Date(one.event_id, one.starts_at, one.ends_at) for one in rows]
    return [Date(one.event_id, one.starts_at, one.ends_at, _is_taken(session, one.event_id)) for one in rows]


def _is_taken(session: Session, event_id: str) -> bool:
    plan = replace(plan_of(event(session, event_id)), status="confirmed")
    return bool(check_blocking(session, subject_of_plan(session, plan, now=clock.now(), event_id=event_id)))


def _told(counted: Sequence[Tally], may_call: bool) -> list[Tally]:
    """Give what a poll came to; who cannot come is told to who called it alone."""
    if may_call:
        return list(counted)
    return [
        replace(one, missed=(), reasons=tuple(why for why in one.reasons if "names" not in why.values))
        for one in counted
    ]


def held_for(session: Session, its: Event) -> Poll | None:
    """Give the poll for whose sake an event is held, if it is."""
    return session.get(Poll, its.poll_id) if its.poll_id else None
