"""Looking at what could be done together: opportunities, and the proposals about them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import DAY
from services.calendar.domain.joining import Terms
from services.calendar.models import Event, EventHost, Occurrence, Opportunity
from services.calendar.queries import copies
from services.calendar.queries.conflicts import shown_reason, titles
from services.calendar.queries.visibility import visible_to
from shared.i18n import say
from shared.messages import Reason
from shared.paging import MOST, Paging
from shared.people import Person
from shared.problems import NotFound
from shared.reasons import NOT_PUBLIC

APART = 15 * DAY
"""Two events of an opportunity are no further apart, in seconds."""


@dataclass(frozen=True)
class Moment:
    """One date of an event on its own clock; half-open."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool


@dataclass(frozen=True)
class OpportunityCard:
    """One opportunity with the titles of its two events, and the time of the date that it is about.

    `moments` are the dates of the two that are nearest to it, none of an event that has no date any more. `joint` is
    the first date of the joint event that somebody proposes, and `place` where it would be.

    `proposer_event_id` is the event whose hosts proposed, in this `way`, on these `terms` (`domain.joining.Terms`);
    `message` and `answer` are for the hosts of both alone.
    """

    id: str
    version: int
    state: str
    event_ids: tuple[str, str]
    event_titles: tuple[str, str]
    host_ids: tuple[tuple[str, ...], tuple[str, ...]]
    moments: tuple[Moment | None, Moment | None]
    joint: Moment | None
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    reason: Reason
    way: str | None
    proposer_event_id: str | None
    terms: Mapping[str, Any] | None
    message: str
    answer: str

    @property
    def asked_event_id(self) -> str | None:
        """Name the event whose hosts are asked, where there is a proposal."""
        first, second = self.event_ids
        return None if self.proposer_event_id is None else second if self.proposer_event_id == first else first

    @property
    def joint_event_id(self) -> str | None:
        """Name the event that both became."""
        return self.terms["keep_id"] if self.terms and (self.state, self.way) == ("accepted", "join") else None


def opportunities(
    session: Session,
    paging: Paging,
    *,
    event_id: str | None = None,
    state: str | None = None,
    seen_by: Person | None = None,
) -> list[OpportunityCard]:
    """List opportunities of which an event may be seen, by their id, which is the order in which they were found."""
    seen = select(Event.id).where(visible_to(seen_by))
    statement = select(Opportunity).where(
        paging.beyond(Opportunity.id), or_(Opportunity.event_a.in_(seen), Opportunity.event_b.in_(seen))
    )
    statement = statement.order_by(Opportunity.id).limit(paging.rows)
    if event_id:
        statement = statement.where(or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id))
    if state:
        statement = statement.where(Opportunity.state == state)
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def opportunities_of(
    session: Session, event_id: str, now: datetime, seen_by: Person | None = None
) -> list[OpportunityCard]:
    """List the open opportunities of one event that are not over, the best first."""
    mine = or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id)
    statement = (
        select(Opportunity)
        .where(mine, Opportunity.state == "open", Opportunity.end > int(now.timestamp()))
        .order_by(Opportunity.score.desc(), Opportunity.start, Opportunity.id)
    )
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def opportunity_card(session: Session, opportunity_id: str, seen_by: Person | None = None) -> OpportunityCard:
    """Give one opportunity as it is shown; raises `NotFound`, also where none of its events is to be seen."""
    row = session.get(Opportunity, opportunity_id)
    if row is None or not titles(session, {row.event_a, row.event_b}, seen_by):
        raise NotFound
    return opportunity_cards(session, [row], seen_by)[0]


def opportunities_for(
    session: Session, host_ids: Sequence[str] | None, *, now: datetime, seen_by: Person | None
) -> list[OpportunityCard]:
    """List what waits for these organisations, or for anybody: suggestions and proposals, the best first.

    What is over waits for nobody: a suggestion with its date, a proposal with one of its events.
    """
    suggested = and_(Opportunity.state == "open", Opportunity.end > int(now.timestamp()))
    statement = select(Opportunity).where(or_(suggested, Opportunity.state == "proposed"), *_go_on(now))
    if host_ids is not None:
        mine = select(EventHost.event_id).where(EventHost.organisation_id.in_(host_ids))
        statement = statement.where(or_(Opportunity.event_a.in_(mine), Opportunity.event_b.in_(mine)))
    statement = statement.order_by(Opportunity.score.desc(), Opportunity.start, Opportunity.id).limit(MOST)
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def _go_on(now: datetime) -> Iterator[ColumnElement[bool]]:
    """Say that neither event of an opportunity is over."""
    ahead = select(Event.id).where(or_(Event.until_at.is_(None), Event.until_at > now))
    return (event_id.in_(ahead) for event_id in (Opportunity.event_a, Opportunity.event_b))


def opportunity_cards(session: Session, rows: Sequence[Opportunity], seen_by: Person | None) -> list[OpportunityCard]:
    """Give opportunities as they are shown to somebody, who may not see each of the events."""
    ids = {event_id for row in rows for event_id in (row.event_a, row.event_b)}
    names = titles(session, ids, seen_by)
    hosts: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in session.execute(select(Event.id, Event.host_ids).where(Event.id.in_(sorted(ids)))) if ids else ():
        hosts[row.id] = tuple(row.host_ids)
    moments, proposed = _moments(session, rows), {row.id: _proposed(session, row) for row in rows}
    return [
        OpportunityCard(
            id=row.id,
            version=row.version,
            state=row.state,
            event_ids=(row.event_a, row.event_b),
            event_titles=(names.get(row.event_a) or say(NOT_PUBLIC), names.get(row.event_b) or say(NOT_PUBLIC)),
            host_ids=(hosts[row.event_a], hosts[row.event_b]),
            moments=(moments.get((row.id, row.event_a)), moments.get((row.id, row.event_b))),
            joint=proposed[row.id][0],
            place=proposed[row.id][1],
            starts_at=datetime.fromtimestamp(row.start, ZoneInfo(row.zone)),
            ends_at=datetime.fromtimestamp(row.end, ZoneInfo(row.zone)),
            zone=row.zone,
            reason=shown_reason(row.reason, (row.event_a, row.event_b), names),
            way=row.way,
            proposer_event_id=row.proposer_event_id,
            terms=row.terms,
            message=row.message,
            answer=row.answer,
        )
        for row in rows
    ]


def _proposed(session: Session, row: Opportunity) -> tuple[Moment | None, str]:
    """Give when and where the joint event would be that is proposed; none where nobody proposes one."""
    if (row.state, row.way) != ("proposed", "join") or row.terms is None:
        return None, ""
    terms = Terms.of(row.terms)
    when, where = session.get_one(Event, terms.time_of_id), session.get_one(Event, terms.place_of_id)
    starts_at, ends_at = terms.starts_at or when.starts_at, terms.ends_at or when.ends_at
    venue = copies.venue(session, terms.venue_id or where.venue_id)
    all_day = when.all_day and terms.starts_at is None
    return Moment(starts_at, ends_at, when.zone, all_day), venue.name if venue else ""


def _moments(session: Session, rows: Sequence[Opportunity]) -> dict[tuple[str, str], Moment]:
    """Find the date of each event that is nearest to its opportunity's, by the ids of both."""
    dates: dict[str, list[Row[str, int, int, str, bool]]] = defaultdict(list)
    if rows:
        shown = select(Occurrence.event_id, Occurrence.start, Occurrence.end, Event.zone, Event.all_day)
        within = (
            Occurrence.event_id.in_({one for row in rows for one in (row.event_a, row.event_b)}),
            Occurrence.start > min(row.start for row in rows) - APART,
            Occurrence.start < max(row.start for row in rows) + APART,
            Occurrence.cancelled.is_(False),
        )
        for date in session.execute(shown.join(Event, Event.id == Occurrence.event_id).where(*within)):
            dates[date.event_id].append(date)
    found = {}
    for row in rows:
        for event_id in (row.event_a, row.event_b):
            if dates[event_id]:
                near = min(dates[event_id], key=lambda date: abs(date.start - row.start))
                starts_at, ends_at = (datetime.fromtimestamp(at, ZoneInfo(near.zone)) for at in (near.start, near.end))
                found[row.id, event_id] = Moment(starts_at, ends_at, near.zone, near.all_day)
    return found
