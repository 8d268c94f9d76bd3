"""The card of one event: everything that its page shows, read at once; and what is written about a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.disclosure import Stored, is_kept_back, told_funding, told_outcome
from services.calendar.domain.held import ALL
from services.calendar.models import AgendaItem, Decision, Event, Meeting, Occurrence, Resource, Venue
from services.calendar.queries import copies, events
from services.calendar.queries.agenda_items import accepted_items, may_take_part
from services.calendar.queries.conflicts import ConflictCard, conflicts_of
from services.calendar.queries.held import Held, held
from services.calendar.queries.opportunities import OpportunityCard, opportunities_of
from services.calendar.queries.polls import InvitationCard, invitations
from services.calendar.queries.visibility import Told, event_seen, history_seen, may_see
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound

DATES_SHOWN = 10


@dataclass(frozen=True)
class MeetingCard:
    """What is written about one meeting; `version` 0 while nothing is, and `attendance_version` while nobody came."""

    event_id: str
    held_on: str
    version: int
    attendance_version: int
    items: tuple[AgendaItem, ...]
    """What is accepted, in its order."""
    attendance: tuple[tuple[str, int], ...]
    """Pairs of organisation id and how many of its people came."""
    present: dict[str, tuple[str, ...]]
    """Of those who came the people who are known here, by organisation, by ids; for partners alone."""
    guests: int
    minutes: str
    link: str
    """For partners alone."""
    decisions: tuple[Decision, ...]

    @property
    def agenda(self) -> tuple[str, ...]:
        """Give the titles of the items."""
        return tuple(one.title for one in self.items)

    @property
    def came(self) -> int:
        """Count who came."""
        return sum(people for _, people in self.attendance) + self.guests


@dataclass(frozen=True)
class EventCard:
    """One event with all that its page shows; `names` has organisations by id, hosts and decisions' owners alike."""

    event: Event
    venue: Venue | None
    hosts: tuple[tuple[str, str], ...]
    """Pairs of organisation id and name; the name is empty where the copy has not arrived."""
    names: dict[str, str]
    borrowed: tuple[tuple[str, int], ...]
    """Pairs of resource name and quantity."""
    next_dates: Sequence[Occurrence]
    conflicts: list[ConflictCard]
    opportunities: list[OpportunityCard]
    held: Held | None
    """Which date of the meeting this is, and those next to it."""
    meeting: MeetingCard | None
    invited: Sequence[InvitationCard]
    """Who is invited to the meeting; guests are for its hosts alone."""
    takes_part: bool
    """The reader hosts the meeting or is invited to it."""
    history: Sequence[Told]
    funding: Sequence[Stored]
    outcome: Stored | None
    has_few_answers: bool
    """There are answers of so few people that they are not told."""
    joint_id: str | None
    """The joint event into which it was joined, where the reader may see that."""


def event_card(
    session: Session, event_id: str, now: datetime, person: Person | None = None, held_on: str | None = None
) -> EventCard:
    """Give one event's card to somebody who may see it; `held_on` names a date of a meeting. Raises `NotFound`."""
    its = event_seen(session, event_id, person)
    date = held(session, its, held_on) if its.kind == "meeting" else None
    meeting = meeting_card(session, event_id, date.held_on) if date else None
    names = events.organisation_names(session, _organisations_of(its, meeting))
    return EventCard(
        event=its,
        venue=copies.venue(session, its.venue_id),
        hosts=tuple((host, names.get(host, "")) for host in its.host_ids),
        names=names,
        borrowed=_borrowed(session, its),
        next_dates=events.next_occurrences(session, event_id, now, DATES_SHOWN),
        conflicts=conflicts_of(session, event_id, seen_by=person),
        opportunities=opportunities_of(session, event_id, now, person),
        held=date,
        meeting=meeting,
        invited=invitations(session, event_id=event_id) if meeting else (),
        takes_part=meeting is not None and may_take_part(session, its, person),
        history=history_seen(session, its, person),
        funding=told_funding(its.funding, person),
        outcome=told_outcome(its.outcome, person, its.host_ids),
        has_few_answers=is_kept_back(its.outcome, person, its.host_ids),
        joint_id=_joint_id(session, its, person),
    )


def meeting_card(session: Session, event_id: str, held_on: str = ALL) -> MeetingCard:
    """Give what is written about one meeting at one of its dates, an empty card while nothing is; its link is all's."""
    row = session.get(Meeting, (event_id, held_on))
    whole = row if held_on == ALL else session.get(Meeting, (event_id, ALL))
    mine = Decision.event_id == event_id, Decision.held_on == held_on
    statement = select(Decision).where(*mine).order_by(Decision.id)
    return MeetingCard(
        event_id=event_id,
        held_on=held_on,
        version=row.version if row else 0,
        attendance_version=row.attendance_version if row else 0,
        items=tuple(accepted_items(session, event_id, held_on)),
        attendance=tuple((one["organisation_id"], one["people"]) for one in row.attendance) if row else (),
        present={one["organisation_id"]: tuple(one.get("person_ids", ())) for one in row.attendance} if row else {},
        guests=row.guests if row else 0,
        minutes=row.minutes if row else "",
        link=whole.link if whole else "",
        decisions=tuple(session.scalars(statement)),
    )


def decisions(session: Session, event_id: str, paging: Paging, held_on: str | None = None) -> Sequence[Decision]:
    """List what a meeting decided, at one of its dates or at all, in the order in which it did."""
    statement = select(Decision).where(Decision.event_id == event_id, paging.beyond(Decision.id))
    if held_on is not None:
        statement = statement.where(Decision.held_on == held_on)
    return session.scalars(statement.order_by(Decision.id).limit(paging.rows)).all()


def decision(session: Session, event_id: str, decision_id: str) -> Decision:
    """Give one decision of a meeting; raises `NotFound`."""
    found = session.get(Decision, decision_id)
    if found is None or found.event_id != event_id:
        raise NotFound
    return found


def _joint_id(session: Session, its: Event, person: Person | None) -> str | None:
    joint = session.get(Event, its.joined_into_id) if its.joined_into_id else None
    return joint.id if joint is not None and may_see(person, joint) else None


def _organisations_of(its: Event, meeting: MeetingCard | None) -> set[str]:
    ids = set(its.host_ids)
    if meeting:
        ids |= {organisation_id for organisation_id, _ in meeting.attendance}
        ids |= {decision.owner_id for decision in meeting.decisions if decision.owner_id}
        ids |= {item.owner_id for item in meeting.items if item.owner_id}
    return ids


def _borrowed(session: Session, its: Event) -> tuple[tuple[str, int], ...]:
    ids = [one["resource_id"] for one in its.borrowed]
    if not ids:
        return ()
    names = {row.id: row.name for row in session.scalars(select(Resource).where(Resource.id.in_(ids)))}
    return tuple((names.get(one["resource_id"], ""), one["quantity"]) for one in its.borrowed)
