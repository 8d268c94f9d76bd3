"""A meeting's agenda: its items, the sections of its minutes, who may propose, and what is offered as an item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import String, exists, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from services.calendar.domain.agenda import About, AboutKind, Balance, balance
from services.calendar.domain.held import ALL
from services.calendar.domain.permissions import may_change_event, may_propose_item
from services.calendar.models import AgendaItem, Event, EventHost, Invitation, Meeting, Problem
from services.calendar.problems import NotAMeeting
from services.calendar.queries.events import organisation_names
from services.calendar.queries.held import Held, held
from services.calendar.queries.rhythm import DecisionCard, decision_cards
from services.calendar.queries.visibility import may_see, visible_to
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator
from shared.problems import NotFound

GENERAL = "general"
"""The section of the minutes that belongs to no item."""
MOST_OFFERED = 30
OPEN_STATES = ("proposed", "accepted")
CLOSED = ("solved", "dropped")
"""Of a problem that is one of these, no meeting needs to talk."""


@dataclass(frozen=True)
class Section:
    """One part of a meeting's minutes: what is written at an item of the agenda, or, `general`, at none."""

    id: str
    title: str
    text: str
    version: int
    changed_at: datetime | None
    by_id: str | None
    for_id: str | None
    """The organisation whose people wrote last."""


@dataclass(frozen=True)
class Offered:
    """Something that can become an item by one press; `event_id` is the event that names it, if one does."""

    kind: AboutKind
    id: str
    title: str
    event_id: str | None
    event_title: str
    owner_id: str | None = None
    due_on: date | None = None
    is_overdue: bool = False
    status: str = ""
    """How far a problem is, as the registry says it."""


@dataclass(frozen=True)
class AgendaCard:
    """A meeting's agenda, of one of its dates, as somebody sees it who takes part."""

    held: Held
    accepted: Sequence[AgendaItem]
    others: Sequence[AgendaItem]
    """What is proposed, then what was refused or withdrawn; for those who may propose alone."""
    offered: Sequence[Offered]
    names: dict[str, str]
    """Organisations by id."""
    balance: Balance
    may_decide: bool
    may_propose: bool
    organisation_ids: tuple[str, ...]
    """Those in whose name the reader may propose."""

    @property
    def event(self) -> Event:
        """Give the meeting."""
        return self.held.event


def meeting_seen(session: Session, event_id: str, person: Person | None) -> Event:
    """Give a meeting to somebody who may see it, or is invited to it. Raises `NotFound`, `NotAMeeting`."""
    event = session.get(Event, event_id)
    if event is None or not (may_see(person, event) or may_take_part(session, event, person)):
        raise NotFound
    if event.kind != "meeting":
        raise NotAMeeting
    return event


def taking_part(session: Session, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name who takes part in a meeting: organisations that host it or are invited, and people who are, by ids."""
    rows = session.execute(
        select(Invitation.organisation_id, Invitation.person_id).where(Invitation.event_id == event.id)
    ).all()
    organisations = dict.fromkeys((*event.host_ids, *(row.organisation_id for row in rows if row.organisation_id)))
    return tuple(organisations), tuple(row.person_id for row in rows if row.person_id)


def may_take_part(session: Session, event: Event, person: Person | None) -> bool:
    """Say whether somebody belongs to those who meet."""
    return person is not None and may_propose_item(person, *taking_part(session, event))


def agenda_items(
    session: Session, event_id: str, person: Person | None, paging: Paging | None = None, held_on: str | None = None
) -> Sequence[AgendaItem]:
    """List the items of a meeting, at one of its dates, by position; who takes no part sees those that are accepted.

    Raises `NotFound`, `NotAMeeting`.
    """
    event = meeting_seen(session, event_id, person)
    there = AgendaItem.event_id == event_id, AgendaItem.held_on == held(session, event, held_on).held_on
    statement = select(AgendaItem).where(*there)
    if not may_take_part(session, event, person):
        statement = statement.where(AgendaItem.state == "accepted")
    if paging is not None:
        statement = statement.where(paging.beyond(AgendaItem.position, AgendaItem.id)).limit(paging.rows)
    return session.scalars(statement.order_by(AgendaItem.position, AgendaItem.id)).all()


def agenda_item(session: Session, event_id: str, item_id: str, person: Person | None) -> AgendaItem:
    """Give one item to somebody who may see it. Raises `NotFound`, `NotAMeeting`."""
    event = meeting_seen(session, event_id, person)
    row = session.get(AgendaItem, item_id)
    if row is None or row.event_id != event_id:
        raise NotFound
    if row.state != "accepted" and not may_take_part(session, event, person):
        raise NotFound
    return row


def accepted_items(session: Session, event_id: str, held_on: str = ALL) -> Sequence[AgendaItem]:
    """List what stands on a meeting's agenda, in its order."""
    mine = AgendaItem.event_id == event_id, AgendaItem.held_on == held_on, AgendaItem.state == "accepted"
    return session.scalars(select(AgendaItem).where(*mine).order_by(AgendaItem.position, AgendaItem.id)).all()


def agenda_card(
    session: Session, event_id: str, person: Person | None, today: date, held_on: str | None = None
) -> AgendaCard:
    """Give a meeting's agenda with what can be done with it. Raises `NotFound`, `NotAMeeting`."""
    event = meeting_seen(session, event_id, person)
    organisation_ids, person_ids = taking_part(session, event)
    may_propose = may_propose_item(person, organisation_ids, person_ids)
    its = held(session, event, held_on)
    rows = agenda_items(session, event_id, person, held_on=its.held_on)
    accepted = [row for row in rows if row.state == "accepted"]
    rank = {"proposed": 0, "refused": 1, "withdrawn": 2}
    others = sorted((row for row in rows if row.state != "accepted"), key=lambda row: rank[row.state])
    offers = offered(session, its, person, today) if may_propose else []
    mine = [one for one in organisation_ids if may_name(person, one)]
    ids = {one for row in rows for one in (row.owner_id, row.proposed_for_id, row.minutes_for_id) if one}
    ids |= {*organisation_ids, *(one.owner_id for one in offers if one.owner_id)}
    return AgendaCard(
        held=its,
        accepted=accepted,
        others=others,
        offered=offers,
        names=organisation_names(session, ids),
        balance=balance(accepted, its.minutes_long),
        may_decide=may_change_event(person, tuple(event.host_ids)),
        may_propose=may_propose,
        organisation_ids=tuple(mine),
    )


def may_name(person: Person | None, organisation_id: str) -> bool:
    """Say whether somebody proposes in the name of an organisation: it is theirs, or they look after all."""
    return person is not None and (organisation_id in person.roles or is_neighbourhood_coordinator(person))


def sections(session: Session, event_id: str, held_on: str = ALL) -> list[Section]:
    """Give the minutes of a meeting by their sections: those of its items in their order, then what belongs to none."""
    row = session.get(Meeting, (event_id, held_on))
    return [*(section_of_item(one) for one in accepted_items(session, event_id, held_on)), general_section(row)]


def section_of_item(row: AgendaItem) -> Section:
    """Give what is written at one item."""
    return Section(
        row.id,
        row.title,
        row.minutes,
        row.minutes_version,
        row.minutes_changed_at,
        row.minutes_by_id,
        row.minutes_for_id,
    )


def general_section(row: Meeting | None) -> Section:
    """Give what is written at no item; `title` is empty."""
    if row is None:
        return Section(GENERAL, "", "", 0, None, None, None)
    return Section(
        GENERAL, "", row.minutes, row.minutes_version, row.minutes_changed_at, row.minutes_by_id, row.minutes_for_id
    )


def offered(session: Session, its: Held, person: Person | None, today: date) -> list[Offered]:
    """List what a meeting could talk about and does not yet, to who may see it.

    First decisions of earlier meetings of the same hosts that are not done, and of earlier dates of this one, what is
    overdue first; then problems and
    initiatives that this meeting or an earlier one of theirs names, and other problems that are open, the newest first.
    """
    event = its.event
    talked = select(AgendaItem.about_id).where(
        AgendaItem.event_id == event.id,
        AgendaItem.held_on == its.held_on,
        AgendaItem.state.in_(OPEN_STATES),
        AgendaItem.about_id.is_not(None),
    )
    known = set(session.scalars(talked))
    earlier = _earlier(session, its, person)
    cards = decision_cards(session, {row.id: row for row in (event, *earlier)}, today, before=its)
    decisions = [_offered_decision(one) for one in cards if one.decision.is_open]
    named = _named(session, event, earlier)
    known |= {one.id for one in named if one.status in CLOSED}
    others = _open_problems(session, {one.id for one in named})
    return [one for one in (*decisions, *named, *others) if one.id not in known][:MOST_OFFERED]


def _offered_decision(one: DecisionCard) -> Offered:
    row, event = one.decision, one.event
    return Offered("decision", row.id, row.text[:300], event.id, event.title, row.owner_id, row.due_on, one.is_overdue)


def _named(session: Session, event: Event, earlier: Sequence[Event]) -> list[Offered]:
    """Give the problems and initiatives that meetings name; of initiatives the calendar knows the ids alone."""
    found: dict[str, Offered] = {}
    for one in (event, *earlier):
        named = [("problem", problem_id) for problem_id in one.problem_ids]
        named += [("initiative", one.initiative_id)] if one.initiative_id else []
        for kind, about_id in named:
            found.setdefault(about_id, Offered(cast(AboutKind, kind), about_id, "", one.id, one.title))
    known = session.scalars(select(Problem).where(Problem.id.in_(list(found))))
    told = {row.id: replace(found[row.id], title=row.title, status=row.status) for row in known}
    return [told.get(one.id, one) for one in found.values()]


def _open_problems(session: Session, but: Collection[str]) -> list[Offered]:
    """Give the problems that are not solved or dropped."""
    wanted = select(Problem).where(Problem.status.not_in(CLOSED), Problem.id.not_in(but))
    rows = session.scalars(wanted.order_by(Problem.id.desc()).limit(MOST_OFFERED))
    return [Offered("problem", row.id, row.title, None, "", status=row.status) for row in rows]


def _earlier(session: Session, its: Held, person: Person | None) -> Sequence[Event]:
    """Give the meetings before this one that share a host with it, or whose series it goes on; the newest first."""
    event = its.event
    hosted = exists().where(EventHost.event_id == Event.id, EventHost.organisation_id.in_(sorted(event.host_ids)))
    before = (
        Event.kind == "meeting",
        Event.id != event.id,
        Event.starts_at < its.starts_at,
        Event.status != "cancelled",
        or_(hosted, Event.id == event.follows_id),
        visible_to(person),
    )
    return session.scalars(select(Event).where(*before).order_by(Event.starts_at.desc()).limit(MOST_OFFERED)).all()


def event_naming(session: Session, about: About, person: Person | None) -> Event | None:
    """Give an event that this person may see and that names a problem or an initiative; none where there is none."""
    names = Event.initiative_id == about.id
    if about.kind == "problem":
        names = cast_to(Event.problem_ids, String).contains(f'"{about.id}"', autoescape=True)
    statement = select(Event).where(names, visible_to(person)).order_by(Event.starts_at.desc(), Event.id)
    return session.scalars(statement.limit(1)).first()
