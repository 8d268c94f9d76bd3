"""Subscribed calendars: added, changed and removed by people, fetched by the clock, and what their fetches bring."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.events import cancel_event, edit_event
from services.calendar.commands.imports import Outcome, import_series
from services.calendar.domain.importing.series import Series, instant_named
from services.calendar.domain.permissions import may_plan_for
from services.calendar.domain.plans import HORIZON_DAYS, SUBSCRIBED
from services.calendar.domain.subscriptions import FETCHES_MISSED, next_fetch
from services.calendar.models import Event, History, ImportedItem, Organisation, Source
from services.calendar.problems import AlreadySubscribed
from shared import clock, history
from shared.identifiers import new_id
from shared.messages import Reason
from shared.people import Person, must, service_person
from shared.problems import ChangedMeanwhile, InvalidInput

ITSELF = replace(service_person("calendar"), administrator=True)
"""Who does what the clock asks for."""
LEASE = timedelta(minutes=10)
"""So long nobody else fetches a calendar that is being fetched."""
ITEMS_AT_ONCE = 100
GONE_BECAUSE = "It is in the subscribed calendar no more."
REMOVED_BECAUSE = "The subscribed calendar was removed."


@dataclass(frozen=True)
class Due:
    """A subscribed calendar to be fetched now, and what the last answer said of itself."""

    id: str
    organisation_id: str
    url: str
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    removed: bool

    @property
    def source(self) -> str:
        """The source of its events."""
        return f"{SUBSCRIBED}{self.id}"


def add_source(session: Session, *, by: Person, organisation_id: str, name: str, url: str) -> Source:
    """Subscribe to a calendar for an organisation; it is fetched at once.

    `url` was looked at by `domain.subscriptions`. Raises `NotAllowed`, `InvalidInput`, `AlreadySubscribed`.
    """
    must(may_plan_for(by, organisation_id))
    if session.get(Organisation, organisation_id) is None:
        raise InvalidInput(("/organisation_id", "No organisation is known by this id"))
    _refuse_twice(session, organisation_id, url)
    now = clock.now()
    source = Source(
        id=new_id(), version=1, organisation_id=organisation_id, name=name, url=url, paused=False, removed=False,
        due_at=now, failures=0, counts={}, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(source)
    _remember(session, source, by, "added")
    return source


def change_source(
    session: Session, *, by: Person, source_id: str, changes: Mapping[str, Any], version: int | None = None
) -> Source:
    """Change `name`, `url` or `paused`; with another address it begins anew. Raises as `add_source`, and `NotFound`."""
    source = _locked(session, source_id, by, version)
    changed = {name: value for name, value in changes.items() if getattr(source, name) != value}
    if not changed:
        return source
    if "url" in changed:
        _refuse_twice(session, source.organisation_id, changed["url"])
    told = {name: [getattr(source, name), value] for name, value in changed.items() if name != "url"}
    for name, value in changed.items():
        setattr(source, name, value)
    if "url" in changed:
        source.etag = source.last_modified = source.content_hash = source.problem = None
    if changed.keys() & {"url", "paused"}:
        source.due_at, source.failures = clock.now(), 0
    source.version += 1
    source.changed_at = clock.now()
    _remember(session, source, by, "changed", told)
    return source


def remove_source(session: Session, *, by: Person, source_id: str, version: int | None = None) -> Source:
    """Unsubscribe; what is still to come of its events is taken off the calendar by the clock."""
    source = _locked(session, source_id, by, version)
    source.removed, source.due_at = True, clock.now()
    source.version += 1
    source.changed_at = clock.now()
    _remember(session, source, by, "removed")
    return source


def ask_for_fetch(session: Session, *, by: Person, source_id: str) -> Source:
    """Let a calendar be fetched as soon as the clock looks."""
    source = _locked(session, source_id, by, None)
    source.due_at, source.failures = clock.now(), 0
    return source


def take_due_source(session: Session, *, now: datetime) -> Due | None:
    """Give one calendar that is to be fetched, so that nobody else fetches it meanwhile."""
    statement = (
        select(Source)
        .where(Source.due_at <= now, Source.paused.is_(False) | Source.removed.is_(True))
        .order_by(Source.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalar(statement)
    if found is None:
        return None
    found.due_at = now + LEASE
    return Due(
        found.id, found.organisation_id, found.url, found.etag, found.last_modified, found.content_hash, found.removed
    )


def take_over(session: Session, due: Due, series: Sequence[Series], *, horizon_days: int) -> list[Outcome]:
    """Take over some of what a fetch brought; nothing where the calendar was removed or given another address."""
    if _as_fetched(session, due) is None:
        return []
    return import_series(
        session,
        by=ITSELF,
        organisation_id=due.organisation_id,
        series=series,
        horizon_days=horizon_days,
        source=due.source,
    )


def note_failure(
    session: Session, due: Due, problem: Reason, *, every: timedelta, chance: float, retry_after: timedelta | None
) -> None:
    """Keep why a fetch failed, and put the next one off; what was seen before stays on the calendar."""
    if (source := _as_fetched(session, due)) is None:
        return
    now = source.checked_at = clock.now()
    source.failures += 1
    source.problem = problem.model_dump()
    source.due_at = next_fetch(now, every=every, failures=source.failures, chance=chance, retry_after=retry_after)


def note_seen(session: Session, due: Due, *, every: timedelta, chance: float, found: Mapping[str, Any]) -> None:
    """Keep that a calendar was there, and of a new answer what it said of itself (`etag`, `counts` and so on)."""
    if (source := _as_fetched(session, due)) is None:
        return
    now = source.checked_at = source.seen_at = clock.now()
    source.failures, source.problem = 0, None
    for name, value in found.items():
        setattr(source, name, value)
    source.due_at = next_fetch(now, every=every, failures=0, chance=chance)


def note_absent(session: Session, source: str, present: Collection[tuple[str, str]] | None) -> None:
    """Count for each item of a source whether it was missing again; `present` is none when nothing has changed."""
    rows = session.execute(
        select(ImportedItem.uid, ImportedItem.recurrence_id, ImportedItem.missed).where(ImportedItem.source == source)
    ).all()
    keys = [((row.uid, row.recurrence_id), row.missed) for row in rows]
    missing = [key for key, missed in keys if (missed > 0 if present is None else key not in present)]
    back = [key for key, missed in keys if present is not None and missed > 0 and key in present]
    for some, missed in ((missing, ImportedItem.missed + 1), (back, 0)):
        for number in range(0, len(some), ITEMS_AT_ONCE):
            key = tuple_(ImportedItem.uid, ImportedItem.recurrence_id)
            mine = (ImportedItem.source == source, key.in_(some[number : number + ITEMS_AT_ONCE]))
            session.execute(update(ImportedItem).where(*mine).values(missed=missed))


def drop_absent(session: Session, source: str, *, horizon_days: int = HORIZON_DAYS) -> int:
    """Take off the calendar some of what was missing often enough; gives how many were looked at, none when done."""
    statement = (
        select(ImportedItem)
        .where(ImportedItem.source == source, ImportedItem.missed >= FETCHES_MISSED)
        .order_by(ImportedItem.uid, ImportedItem.recurrence_id)
        .limit(ITEMS_AT_ONCE)
    )
    rows = session.scalars(statement).all()
    for row in rows:
        event = session.get(Event, row.event_id)
        if event is not None:
            _drop(session, event, row, horizon_days)
        session.delete(row)
        session.flush()
    return len(rows)


def take_off(session: Session, due: Due) -> int:
    """Take some of a removed calendar's events off; gives how many, and forgets the calendar when none is left."""
    now = clock.now()
    statement = select(Event.id).where(
        Event.source == due.source, Event.status != "cancelled", Event.until_at.is_(None) | (Event.until_at > now)
    )
    ids = session.scalars(statement.order_by(Event.id).limit(ITEMS_AT_ONCE)).all()
    for event_id in ids:
        cancel_event(session, by=ITSELF, event_id=event_id, because=REMOVED_BECAUSE)
    if not ids:
        session.execute(delete(ImportedItem).where(ImportedItem.source == due.source))
        session.execute(delete(Source).where(Source.id == due.id))
    return len(ids)


def _drop(session: Session, event: Event, row: ImportedItem, horizon_days: int) -> None:
    """Cancel an event that is not over, or let one of its dates be again as its rule says."""
    if event.status == "cancelled" or (event.until_at is not None and event.until_at <= clock.now()):
        return
    is_alone = event.uid != row.uid
    if not row.recurrence_id or is_alone:
        cancel_event(session, by=ITSELF, event_id=event.id, because=GONE_BECAUSE)
        return
    gone = instant_named(row.recurrence_id, event.zone)
    kept = tuple(one for one in queries.plan_of(event).overrides if one.recurrence_at != gone)
    edit_event(session, by=ITSELF, event_id=event.id, changes={"overrides": kept}, horizon_days=horizon_days)


def _as_fetched(session: Session, due: Due) -> Source | None:
    """Give the calendar that was fetched, locked; none where it is not what was fetched any more."""
    source = session.get(Source, due.id, with_for_update=True)
    if source is None or source.url != due.url or source.removed is not due.removed:
        return None
    return source


def _refuse_twice(session: Session, organisation_id: str, url: str) -> None:
    """Refuse an address that the organisation has subscribed to; raises `AlreadySubscribed`."""
    same = select(Source.id).where(Source.organisation_id == organisation_id, Source.url == url)
    if session.scalar(same.where(Source.removed.is_(False))) is not None:
        raise AlreadySubscribed(("/url", AlreadySubscribed.title))


def _locked(session: Session, source_id: str, by: Person, version: int | None) -> Source:
    source = queries.source(session, source_id, by)
    session.refresh(source, with_for_update=True)
    if version is not None and source.version != version:
        raise ChangedMeanwhile
    return source


def _remember(
    session: Session, source: Source, by: Person, action: str, changes: Mapping[str, Any] | None = None
) -> None:
    history.record(
        session, History, aggregate="source", id=source.id, version=source.version, by=by, action=action,
        changes=changes,
    )  # fmt: skip
