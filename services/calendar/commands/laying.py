"""Laying out: the rows that follow from an event, its dates and what they claim."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Dialect, FromClause, Table, delete, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from services.calendar.domain.claims import Dated, Party, Site, claims_of
from services.calendar.domain.dates import dates_of, has_dates_after
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Claim, Event, EventHost, Occurrence
from services.calendar.queries.subjects import ahead, party_of, site_of

REMEMBERED = timedelta(days=366)
"""Of a series with very many dates, the older ones are not laid out."""


def lay_out(
    session: Session, event: Event, plan: EventPlan, *, now: datetime, horizon_days: int, is_new: bool = False
) -> Sequence[Dated]:
    """Write the dates of an event up to the horizon, and the claims of those that are not over; give the latter.

    What was laid out before is taken back, unless the event `is_new`.
    """
    laid = laid_out(event, plan, site_of(session, plan.venue_id), now=now, horizon_days=horizon_days)
    if not is_new:
        drop_claims(session, event.id)
        session.execute(delete(Occurrence).where(Occurrence.event_id == event.id))
    write_laid(session, [laid])
    return laid.ahead


class Laid(NamedTuple):
    """The rows of an event's dates and claims, and those of its dates that are not over."""

    occurrences: list[dict[str, object]]
    claims: list[dict[str, object]]
    ahead: Sequence[Dated]


def laid_out(event: Event, plan: EventPlan, site: Site | None, *, now: datetime, horizon_days: int) -> Laid:
    """Work out what follows from an event at this site up to the horizon, and note on it how far that reaches."""
    until_at = now + timedelta(days=horizon_days)
    dates = dates_of(plan, recent_at=now - REMEMBERED, until_at=until_at)
    event.laid_until_at = until_at
    last = max((dated.end for dated in dates), default=int(event.ends_at.timestamp()))
    event.until_at = None if has_dates_after(plan, until_at) else datetime.fromtimestamp(last, UTC)
    zone, left = ZoneInfo(plan.zone), ahead(dates, now)
    claims = _claims(party_of(plan, event.id, site), site, left) if event.status in STANDING else []
    return Laid([_occurrence(event.id, dated, zone) for dated in dates], claims, left)


def write_laid(session: Session, laid: Sequence[Laid]) -> None:
    """Write the dates and claims of one event, or of many at once."""
    _insert(session, Occurrence, chain.from_iterable(one.occurrences for one in laid))
    _insert(session, Claim, chain.from_iterable(one.claims for one in laid))


def drop_claims(session: Session, event_id: str) -> None:
    """Take back everything that an event claims."""
    session.execute(delete(Claim).where(Claim.event_id == event_id))


def lay_claims(session: Session, party: Party, site: Site | None, dates: Sequence[Dated]) -> None:
    """Write what the dates of an event claim; what they claimed before is dropped already."""
    _insert(session, Claim, _claims(party, site, dates))


def _claims(party: Party, site: Site | None, dates: Sequence[Dated]) -> list[dict[str, object]]:
    return [
        {
            "kind": claim.kind,
            "key": claim.key,
            "start": claim.start,
            "end": claim.end,
            "event_id": party.id,
            "recurrence": claim.recurrence,
            "direct": claim.direct,
            "hard": claim.hard,
            "quantity": claim.quantity,
        }
        for claim in claims_of(party, site, dates)
    ]


def name_hosts(session: Session, *events: Event) -> None:
    """Write one row for each host, in place of those that stood."""
    if stood := [event.id for event in events if event.version > 1]:
        session.execute(delete(EventHost).where(EventHost.event_id.in_(stood)))
    hosts = ((event.id, host) for event in events for host in event.host_ids)
    _insert(session, EventHost, ({"event_id": event_id, "organisation_id": host} for event_id, host in hosts))


def _occurrence(event_id: str, dated: Dated, zone: ZoneInfo) -> dict[str, object]:
    return {
        "event_id": event_id,
        "recurrence": dated.recurrence,
        "start": dated.start,
        "end": dated.end,
        "starts_on": datetime.fromtimestamp(dated.start, zone).date().isoformat(),
        "title": dated.title,
        "cancelled": dated.cancelled,
    }


def _insert(
    session: Session, model: type[Occurrence] | type[Claim] | type[EventHost], rows: Iterable[dict[str, object]]
) -> None:
    """Write rows of one shape by the driver itself: an event has dozens, and SQLAlchemy looks at each of them twice."""
    rows = list(rows)
    if rows:
        connection = session.connection()
        connection.exec_driver_sql(_statement(model.__table__, tuple(rows[0]), connection.dialect), rows)


@lru_cache(maxsize=16)
def _statement(table: FromClause, names: tuple[str, ...], dialect: Dialect) -> str:
    named = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
    return str(insert(cast(Table, table)).compile(dialect=named, column_keys=names))
