"""Looking at events and their dates: one event, lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from services.calendar.domain.plans import EventStatus
from services.calendar.domain.words import folded
from services.calendar.models import Event, EventHost, Occurrence, Organisation, Venue
from services.calendar.queries.beyond import dates_beyond, series_beyond
from services.calendar.queries.visibility import history_of, visible_to
from shared.columns import Id
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound

MOST_AT_ONCE = 400
"""So many dates of one series at most go on at the same time: one a day, each a year long."""


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
    seen_by: Person | None = None
    """Who looks: nobody in particular sees public events only."""


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
        laid = exists().where(Occurrence.event_id == Event.id, *_within(wanted))
        statement = statement.where(or_(laid, Event.id.in_(_with_dates_beyond(session, wanted))))
    return session.scalars(statement).all()


def events_of_source(session: Session, source: str, uids: Sequence[str], *, lock: bool = False) -> Sequence[Event]:
    """Give the events that came from one source under these UIDs (at most a few hundred), locked where they change."""
    statement = select(Event).where(Event.source == source, Event.uid.in_(uids)).order_by(Event.id)
    return session.scalars(statement.with_for_update(key_share=True) if lock else statement).all()


def occurrences_of(session: Session, its: Event, paging: Paging, wanted: Filter | None = None) -> list[Occurrence]:
    """List the dates of one event in the wanted time, the earliest first; past the horizon only as far as it says."""
    wanted = wanted or Filter()
    statement = (
        select(Occurrence)
        .where(Occurrence.event_id == its.id, paging.beyond(Occurrence.start, Occurrence.recurrence), *_within(wanted))
        .order_by(Occurrence.start, Occurrence.recurrence)
        .limit(paging.rows)
    )
    rows = list(session.scalars(statement))
    if wanted.until_at is None or its.until_at is not None or its.status == "cancelled":
        return rows
    more = [one for one in _rows_beyond(its, wanted, paging, rows) if _is_beyond(paging, one.start, one.recurrence)]
    return sorted([*rows, *more], key=lambda one: (one.start, one.recurrence))[: paging.rows]


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
    """List dates of all events with their events, the earliest first; `paging` goes by (start, event, recurrence).

    Series that go on past the horizon are followed as far as the filter's end, if it has one. Raises `InvalidInput`.
    """
    key = (Occurrence.start, Occurrence.event_id, Occurrence.recurrence)
    statement = (
        select(Occurrence, Event)
        .join(Event, Event.id == Occurrence.event_id)
        .where(*clauses_of(wanted), *_within(wanted), paging.beyond(*key))
        .order_by(*key)
        .limit(paging.rows)
    )
    found = [(one, its) for one, its in session.execute(statement)]
    if wanted.until_at is None:
        return found
    more = [
        (one, its)
        for its in series_beyond(session, _reach(wanted, paging, [one for one, _ in found]), *clauses_of(wanted))
        for one in _rows_beyond(its, wanted, paging, [one for one, _ in found])
        if _is_beyond(paging, one.start, its.id, one.recurrence)
    ]
    return sorted([*found, *more], key=lambda pair: (pair[0].start, pair[1].id, pair[0].recurrence))[: paging.rows]


def _rows_beyond(its: Event, wanted: Filter, paging: Paging, found: Sequence[Occurrence]) -> list[Occurrence]:
    """Make the rows that a series would have past the horizon, as many as the page may need; they are not stored."""
    reach = _reach(wanted, paging, found)
    from_at = wanted.from_at
    if paging.after is not None:
        last_seen = datetime.fromtimestamp(paging.after[0], UTC)
        from_at = max(from_at or last_seen, last_seen)
    zone = ZoneInfo(its.zone)
    return [
        Occurrence(
            event_id=its.id,
            recurrence=dated.recurrence,
            start=dated.start,
            end=dated.end,
            starts_on=datetime.fromtimestamp(dated.start, zone).date(),
            title=dated.title,
            cancelled=False,
        )
        for dated in dates_beyond(its, from_at, reach, paging.rows + MOST_AT_ONCE)
    ]


def _reach(wanted: Filter, paging: Paging, found: Sequence[Occurrence]) -> datetime:
    """Say up to when dates can stand on the page: the wanted end, or what fills the page already."""
    end = wanted.until_at or datetime.max.replace(tzinfo=UTC)
    if len(found) < paging.rows:
        return end
    return min(end, datetime.fromtimestamp(found[-1].start + 1, UTC))


def _is_beyond(paging: Paging, *key: int | str) -> bool:
    return paging.after is None or key > paging.after


def _with_dates_beyond(session: Session, wanted: Filter) -> list[str]:
    """Name the series that have a date in the wanted time past the horizon."""
    if wanted.until_at is None:
        return []
    series = series_beyond(session, wanted.until_at, *clauses_of(wanted))
    return [its.id for its in series if dates_beyond(its, wanted.from_at, wanted.until_at, MOST_AT_ONCE)]


def organisation_names(session: Session, ids: set[str]) -> dict[str, str]:
    """Name organisations by id, as far as their copies are here; one that was merged by the name of the kept one."""
    if not ids:
        return {}
    kept = aliased(Organisation)
    statement = (
        select(Organisation.id, func.coalesce(kept.name, Organisation.name).label("name"))
        .outerjoin(kept, kept.id == Organisation.merged_into_id)
        .where(Organisation.id.in_(sorted(ids)))
    )
    return {row.id: row.name for row in session.execute(statement)}


def zones_in_use(session: Session) -> Sequence[str]:
    """Name the zones of all events."""
    return session.scalars(select(Event.zone).distinct().order_by(Event.zone)).all()


def status_before_cancel(session: Session, event_id: str) -> EventStatus:
    """Give what an event was before it was cancelled; confirmed where its history does not say."""
    for row in reversed(history_of(session, "event", event_id)):
        before, after = row.changes.get("status", (None, None))
        if after == "cancelled":
            return "tentative" if before == "tentative" else "confirmed"
    return "confirmed"


def _within(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say that a date overlaps the wanted time."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.until_at is not None:
        clauses.append(Occurrence.start < int(wanted.until_at.timestamp()))
    if wanted.from_at is not None:
        clauses.append(Occurrence.end > int(wanted.from_at.timestamp()))
    return clauses


def clauses_of(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say what the filter wants of an event, whatever its dates, and that who looks may see it."""
    return [visible_to(wanted.seen_by), *fitting(wanted)]


def fitting(wanted: Filter) -> list[ColumnElement[bool]]:
    """Say what the filter wants of an event, whoever looks: for answers that tell nothing but times."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.organisation_id:
        mine = and_(EventHost.event_id == Event.id, EventHost.organisation_id.in_(_with_merged(wanted.organisation_id)))
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


def _with_merged(organisation_id: str) -> CompoundSelect[tuple[str]]:
    """Name an organisation and those that were merged into it: events keep the host that they were planned with."""
    merged = select(Organisation.id).where(Organisation.merged_into_id == organisation_id)
    return union_all(select(literal(organisation_id, Id)), merged)
