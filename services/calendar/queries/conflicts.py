"""Looking at what was found: conflicts, opportunities, and the municipal facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import DAY
from services.calendar.domain.conflicts import SEVERITIES, STANDING_STATES
from services.calendar.models import Conflict, Event, EventHost, Fact, Occurrence, Opportunity
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
class ConflictCard:
    """One conflict with the titles of its events (one or two), and its first time in the first event's zone."""

    id: str
    version: int
    kind: str
    severity: str
    state: str
    event_ids: tuple[str, ...]
    event_titles: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    reason: Reason
    dates: int
    """On how many dates they meet."""
    accepted_because: str


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

    `moments` are the dates of the two that are nearest to it, none of an event that has no date any more.

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


def conflict(session: Session, conflict_id: str) -> Conflict:
    """Give one conflict; raises `NotFound`."""
    found = session.get(Conflict, conflict_id)
    if found is None:
        raise NotFound
    return found


def conflict_card(session: Session, conflict_id: str, seen_by: Person | None = None) -> ConflictCard:
    """Give one conflict as it is shown; raises `NotFound`, also where none of its events is to be seen."""
    row = conflict(session, conflict_id)
    if not titles(session, set(event_ids_of(row)), seen_by):
        raise NotFound
    return _cards(session, [row], seen_by)[0]


def conflicts(
    session: Session,
    paging: Paging,
    *,
    state: str | None = None,
    severity: str | None = None,
    event_id: str | None = None,
    organisation_id: str | None = None,
    seen_by: Person | None = None,
) -> list[ConflictCard]:
    """List conflicts of which an event may be seen, by their id, which is the order in which they were found."""
    seen = select(Event.id).where(visible_to(seen_by))
    statement = select(Conflict).where(
        paging.beyond(Conflict.id), or_(Conflict.event_a.in_(seen), Conflict.event_b.in_(seen))
    )
    statement = statement.order_by(Conflict.id).limit(paging.rows)
    if state:
        statement = statement.where(Conflict.state == state)
    if severity:
        statement = statement.where(Conflict.severity == severity)
    if event_id:
        statement = statement.where(or_(Conflict.event_a == event_id, Conflict.event_b == event_id))
    if organisation_id:
        mine = select(EventHost.event_id).where(EventHost.organisation_id == organisation_id)
        statement = statement.where(or_(Conflict.event_a.in_(mine), Conflict.event_b.in_(mine)))
    return _cards(session, session.scalars(statement).all(), seen_by)


def conflicts_of(
    session: Session,
    event_id: str,
    *,
    states: Sequence[str] = STANDING_STATES,
    seen_by: Person | None = None,
) -> list[ConflictCard]:
    """List the conflicts of one event that stand, the most severe first, then the earliest."""
    mine = or_(Conflict.event_a == event_id, Conflict.event_b == event_id)
    rows = session.scalars(select(Conflict).where(mine, Conflict.state.in_(states))).all()
    return _cards(session, sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), row.start, row.id)), seen_by)


def opportunities(
    session: Session,
    paging: Paging,
    *,
    event_id: str | None = None,
    state: str | None = None,
    seen_by: Person | None = None,
) -> list[OpportunityCard]:
    """List opportunities by their id, which is the order in which they were found."""
    statement = select(Opportunity).where(paging.beyond(Opportunity.id)).order_by(Opportunity.id).limit(paging.rows)
    if event_id:
        statement = statement.where(or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id))
    if state:
        statement = statement.where(Opportunity.state == state)
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def opportunities_of(session: Session, event_id: str, seen_by: Person | None = None) -> list[OpportunityCard]:
    """List the open opportunities of one event, the best first."""
    mine = or_(Opportunity.event_a == event_id, Opportunity.event_b == event_id)
    statement = (
        select(Opportunity)
        .where(mine, Opportunity.state == "open")
        .order_by(Opportunity.score.desc(), Opportunity.start, Opportunity.id)
    )
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def opportunity_card(session: Session, opportunity_id: str, seen_by: Person | None = None) -> OpportunityCard:
    """Give one opportunity; raises `NotFound`."""
    row = session.get(Opportunity, opportunity_id)
    if row is None:
        raise NotFound
    return opportunity_cards(session, [row], seen_by)[0]


def opportunities_for(
    session: Session, host_ids: Sequence[str] | None, *, seen_by: Person | None
) -> list[OpportunityCard]:
    """List what waits for these organisations, or for anybody: suggestions and proposals, the best first."""
    statement = select(Opportunity).where(Opportunity.state.in_(("open", "proposed")))
    if host_ids is not None:
        mine = select(EventHost.event_id).where(EventHost.organisation_id.in_(host_ids))
        statement = statement.where(or_(Opportunity.event_a.in_(mine), Opportunity.event_b.in_(mine)))
    statement = statement.order_by(Opportunity.score.desc(), Opportunity.start, Opportunity.id).limit(MOST)
    return opportunity_cards(session, session.scalars(statement).all(), seen_by)


def facts(
    session: Session, paging: Paging, *, from_at: datetime | None = None, until_at: datetime | None = None
) -> Sequence[Fact]:
    """List the municipal facts that hold, by their start; `from_at` and `until_at` are half-open."""
    statement = select(Fact).where(Fact.withdrawn.is_(False), paging.beyond(Fact.start, Fact.id))
    if from_at:
        statement = statement.where(Fact.end > int(from_at.timestamp()))
    if until_at:
        statement = statement.where(Fact.start < int(until_at.timestamp()))
    return session.scalars(statement.order_by(Fact.start, Fact.id).limit(paging.rows)).all()


def titles(session: Session, ids: set[str], seen_by: Person | None) -> dict[str, str]:
    """Name events by id; those that are not to be seen are not named."""
    if not ids:
        return {}
    seen = case((visible_to(seen_by), Event.title)).label("title")
    return {
        row.id: row.title
        for row in session.execute(select(Event.id, seen).where(Event.id.in_(sorted(ids))))
        if row.title
    }


def shown_reason(kept: dict[str, Any], event_ids: Sequence[str], names: Mapping[str, str]) -> Reason:
    """Give a stored reason to somebody who sees only the events in `names`: of others no more than that they meet."""
    reason = Reason.model_validate(kept)
    if all(one in names for one in event_ids):
        named = dict(zip(("one", "other"), (names[one] for one in event_ids), strict=False))
        hidden = {name: named.get(name, value) for name, value in reason.values.items() if value == NOT_PUBLIC}
        return Reason(code=reason.code, values={**reason.values, **hidden}) if hidden else reason
    seen = next((names[one] for one in event_ids if one in names), NOT_PUBLIC)
    return Reason(code="meets_hidden", values={"one": seen})


def event_ids_of(row: Conflict) -> tuple[str, ...]:
    """Name the one or two events of a conflict."""
    return (row.event_a,) if row.event_a == row.event_b else (row.event_a, row.event_b)


def _cards(session: Session, rows: Sequence[Conflict], seen_by: Person | None) -> list[ConflictCard]:
    names = titles(session, {event_id for row in rows for event_id in event_ids_of(row)}, seen_by)
    return [_card(row, names) for row in rows]


def _card(row: Conflict, names: dict[str, str]) -> ConflictCard:
    zone = ZoneInfo(row.zone)
    ids = event_ids_of(row)
    return ConflictCard(
        id=row.id,
        version=row.version,
        kind=row.kind,
        severity=row.severity,
        state=row.state,
        event_ids=ids,
        event_titles=tuple(names.get(one) or say(NOT_PUBLIC) for one in ids),
        starts_at=datetime.fromtimestamp(row.start, zone),
        ends_at=datetime.fromtimestamp(row.end, zone),
        zone=row.zone,
        reason=shown_reason(row.reason, ids, names),
        dates=len(row.spans),
        accepted_because=row.accepted_because if all(one in names for one in ids) else "",
    )


def opportunity_cards(session: Session, rows: Sequence[Opportunity], seen_by: Person | None) -> list[OpportunityCard]:
    """Give opportunities as they are shown to somebody, who may not see each of the events."""
    ids = {event_id for row in rows for event_id in (row.event_a, row.event_b)}
    names = titles(session, ids, seen_by)
    hosts: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in session.execute(select(Event.id, Event.host_ids).where(Event.id.in_(sorted(ids)))) if ids else ():
        hosts[row.id] = tuple(row.host_ids)
    moments = _moments(session, rows)
    return [
        OpportunityCard(
            id=row.id,
            version=row.version,
            state=row.state,
            event_ids=(row.event_a, row.event_b),
            event_titles=(names.get(row.event_a) or say(NOT_PUBLIC), names.get(row.event_b) or say(NOT_PUBLIC)),
            host_ids=(hosts[row.event_a], hosts[row.event_b]),
            moments=(moments.get((row.id, row.event_a)), moments.get((row.id, row.event_b))),
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
