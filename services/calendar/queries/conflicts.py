"""Looking at what was found to hurt: conflicts, and the municipal facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.conflicts import SEVERITIES, STANDING_STATES
from services.calendar.models import Conflict, Event, EventHost, Fact
from services.calendar.queries.visibility import visible_to
from shared.i18n import say
from shared.messages import Reason
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound
from shared.reasons import NOT_PUBLIC


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
