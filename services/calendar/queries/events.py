"""Looking at events and their dates: one event, lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session, aliased

from services.calendar.domain.words import folded
from services.calendar.models import Event, EventHost, History, Occurrence, Organisation, Venue
from shared.paging import Paging
from shared.problems import NotFound


@dataclass(frozen=True)
class Filter:
    """Which events are wanted; what is none does not matter. `from_at` and `until_at` are half-open instants."""

    from_at: datetime | None = None
    until_at: datetime | None = None
    organisation_id: str | None = None
    organisation_ids: tuple[str, ...] | None = None
    """Those that have at least one of these hosts; of no organisation there is no event."""
    venue_id: str | None = None
    audience: str | None = None
    theme: str | None = None
    kind: str | None = None
    status: str | None = None
    words: str | None = None


def event(session: Session, event_id: str) -> Event:
    """Give one event; raises `NotFound`."""
    found = session.get(Event, event_id)
    if found is None:
        raise NotFound
    return found


def events(session: Session, wanted: Filter, paging: Paging) -> Sequence[Event]:
    """List events by their first start, then id: one row more than the page holds, if there are more."""
    statement = (
        select(Event)
        .where(*clauses_of(wanted), paging.beyond(Event.starts_at, Event.id))
        .order_by(Event.starts_at, Event.id)
        .limit(paging.rows)
    )
    if wanted.from_at or wanted.until_at:
        statement = statement.where(exists().where(Occurrence.event_id == Event.id, *_within(wanted)))
    return session.scalars(statement).all()


def events_of_source(session: Session, source: str, uids: Sequence[str]) -> Sequence[Event]:
    """Give the events that came from one source under these UIDs (at most a few hundred)."""
    return session.scalars(select(Event).where(Event.source == source, Event.uid.in_(uids))).all()


def occurrences_of(session: Session, event_id: str, paging: Paging) -> Sequence[Occurrence]:
    """List the dates of one event, the earliest first."""
    statement = (
        select(Occurrence)
        .where(Occurrence.event_id == event_id, paging.beyond(Occurrence.start, Occurrence.recurrence))
        .order_by(Occurrence.start, Occurrence.recurrence)
        .limit(paging.rows)
    )
    return session.scalars(statement).all()


def next_occurrences(session: Session, event_id: str, after_at: datetime, most: int) -> Sequence[Occurrence]:
    """Give the next dates of one event that are not over and not cancelled."""
    statement = (
        select(Occurrence)
        .where(Occurrence.event_id == event_id, Occurrence.end > int(after_at.timestamp()))
        .where(Occurrence.cancelled.is_(False))
        .order_by(Occurrence.start)
        .limit(most)
    )
    return session.scalars(statement).all()


def occurrences(session: Session, wanted: Filter, paging: Paging) -> Sequence[tuple[Occurrence, Event]]:
    """List dates of all events with their events, the earliest first; `paging` goes by (start, event, recurrence)."""
    key = (Occurrence.start, Occurrence.event_id, Occurrence.recurrence)
    statement = (
        select(Occurrence, Event)
        .join(Event, Event.id == Occurrence.event_id)
        .where(*clauses_of(wanted), *_within(wanted), paging.beyond(*key))
        .order_by(*key)
        .limit(paging.rows)
    )
    return [(one, its) for one, its in session.execute(statement)]


def organisation_names(session: Session, ids: set[str]) -> dict[str, str]:
    """Name organisations by id, as far as their copies are here."""
    if not ids:
        return {}
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted(ids)))
    return {row.id: row.name for row in session.execute(statement)}


def history_of(session: Session, aggregate: str, aggregate_id: str, paging: Paging | None = None) -> Sequence[History]:
    """Tell what happened to one of ours, the earliest first."""
    mine = and_(History.aggregate == aggregate, History.aggregate_id == aggregate_id)
    statement = select(History).where(mine).order_by(History.version)
    if paging is not None:
        statement = statement.where(paging.beyond(History.version)).limit(paging.rows)
    return session.scalars(statement).all()


def _within(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say that a date overlaps the wanted time."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.until_at is not None:
        clauses.append(Occurrence.start < int(wanted.until_at.timestamp()))
    if wanted.from_at is not None:
        clauses.append(Occurrence.end > int(wanted.from_at.timestamp()))
    return clauses


def clauses_of(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say what the filter wants of an event, whatever its dates."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.organisation_id:
        mine = and_(EventHost.event_id == Event.id, EventHost.organisation_id == wanted.organisation_id)
        clauses.append(exists().where(mine))
    if wanted.organisation_ids is not None:
        ours = and_(EventHost.event_id == Event.id, EventHost.organisation_id.in_(wanted.organisation_ids))
        clauses.append(exists().where(ours))
    if wanted.venue_id:
        clauses.append(or_(Event.venue_id == wanted.venue_id, _inside(wanted.venue_id)))
    if wanted.audience:
        clauses.append(cast(Event.audiences, String).contains(f'"{wanted.audience}"', autoescape=True))
    if wanted.theme:
        clauses.append(Event.search_text.contains(f"#{folded(wanted.theme)}#", autoescape=True))
    if wanted.kind:
        clauses.append(Event.kind == wanted.kind)
    if wanted.status:
        clauses.append(Event.status == wanted.status)
    for word in folded(wanted.words or "").split():
        clauses.append(Event.search_text.contains(word, autoescape=True))
    return clauses


def _inside(venue_id: str) -> ColumnElement[bool]:
    """Say that the event's venue lies in this one."""
    its = aliased(Venue)  # a query that has joined the venue itself would take this one for the same
    within = cast(its.ancestor_ids, String).contains(f'"{venue_id}"', autoescape=True)
    return exists().where(its.id == Event.venue_id, within)
