"""What is taken: every venue's dates in a time, in one query, and which of them meet another."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.calendar.domain.boards import Span, Use
from services.calendar.domain.claims import Dated, Site
from services.calendar.domain.dates import seconds
from services.calendar.domain.plans import LONGEST_BUFFER_MINUTES, is_foreign
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Conflict, Event, Occurrence
from services.calendar.queries.agenda import dates_beyond

LONGEST_MARGIN = timedelta(minutes=LONGEST_BUFFER_MINUTES)
TOOK = (*STANDING, "done")
MOST_USES = 3_000
_SHOWN: tuple[Any, ...] = (
    Event.id,
    Event.title,
    Event.venue_id,
    Event.all_day,
    Event.status,
    Event.source,
    Event.visibility,
    Event.set_up_minutes,
    Event.clear_up_minutes,
)


def taken_between(session: Session, from_at: datetime, until_at: datetime, sites: Mapping[str, Site]) -> list[Use]:
    """List what takes these venues in a half-open time, the earliest first; `sites` by id."""
    start, end = from_at - LONGEST_MARGIN, until_at + LONGEST_MARGIN
    standing = [Event.venue_id.is_not(None), Event.status.in_(TOOK)]
    laid = (
        select(Occurrence.recurrence, Occurrence.start, Occurrence.end, Occurrence.title.label("own_title"), *_SHOWN)
        .join(Event, Event.id == Occurrence.event_id)
        .where(*standing, Occurrence.cancelled.is_(False))
        .where(Occurrence.start < seconds(end), Occurrence.end > seconds(start))
        .where(Occurrence.start - 60 * _minutes(Event.set_up_minutes) < seconds(until_at))
        .where(Occurrence.end + 60 * _minutes(Event.clear_up_minutes) > seconds(from_at))
        .order_by(Occurrence.start, Occurrence.event_id)
        .limit(MOST_USES)
    )
    uses = [
        _use(Dated(row.recurrence, row.start, row.end, row.own_title), row, sites[row.venue_id])
        for row in session.execute(laid)
        if row.venue_id in sites
    ]
    for dated, event in dates_beyond(session, start, end, standing):
        if event.venue_id and event.venue_id in sites:
            uses.append(_use(dated, event, sites[event.venue_id]))
    within = [use for use in uses if use.taken_from < seconds(until_at) and use.taken_until > seconds(from_at)]
    return _with_conflicts(within, _conflicts_between(session, from_at, until_at))


def _minutes(own: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    """Give an event's own time to set up or clear up; where it has none, its venue's, which is a day at most."""
    return func.coalesce(own, 24 * 60)


def _use(dated: Dated, its: Any, site: Site) -> Use:
    """Make a use of a date; `its` is the event, or a row that has its columns."""
    set_up = site.set_up_minutes if its.set_up_minutes is None else its.set_up_minutes
    clear_up = site.clear_up_minutes if its.clear_up_minutes is None else its.clear_up_minutes
    return Use(
        event_id=its.id,
        title=(dated.title or its.title) if its.visibility == "public" else "",
        venue_id=site.id,
        start=dated.start,
        end=dated.end,
        taken_from=dated.start - 60 * set_up,
        taken_until=dated.end + 60 * clear_up,
        all_day=its.all_day,
        tentative=its.status == "tentative" or is_foreign(its.source),
    )


def _conflicts_between(session: Session, from_at: datetime, until_at: datetime) -> dict[str, list[Span]]:
    """Give the times in which events meet another at a venue and nobody has settled it, by event."""
    statement = select(Conflict.event_a, Conflict.event_b, Conflict.spans).where(
        Conflict.kind == "venue",
        Conflict.state == "open",
        Conflict.severity != "information",
        Conflict.start < seconds(until_at),
        Conflict.last_end > seconds(from_at),
    )
    spans: dict[str, list[Span]] = defaultdict(list)
    for row in session.execute(statement):
        for event_id in {row.event_a, row.event_b}:
            spans[event_id] += [(start, end) for start, end in row.spans]
    return spans


def _with_conflicts(uses: list[Use], met: dict[str, list[Span]]) -> list[Use]:
    return [
        replace(use, in_conflict=True)
        if any(start < use.taken_until and end > use.taken_from for start, end in met.get(use.event_id, ()))
        else use
        for use in uses
    ]
