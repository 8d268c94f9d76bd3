"""Zones: when the time zone data changes, events keep their time on the wall and are laid out again."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.laying import lay_out
from services.calendar.commands.telling import tell_of_event
from services.calendar.commands.writing import remember, write_plan
from services.calendar.domain.offsets import Offsets, on_the_wall
from services.calendar.domain.plans import HORIZON_DAYS
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Event, ZoneTable
from shared.messages.calendar import EventMoved
from shared.people import service_person

EVENTS_AT_ONCE = 20


def follow_zone(
    session: Session,
    *,
    name: str,
    offsets: list[list[int]],
    version: str,
    now: datetime,
    horizon_days: int = HORIZON_DAYS,
) -> bool:
    """Take in what a zone's clocks do now; says whether more of its events wait to be laid out again.

    How far it came stands beside the offsets that held before: what was followed is not followed twice.
    """
    table = session.get(ZoneTable, name, with_for_update=True)
    if table is None:
        session.add(ZoneTable(name=name, version=version, offsets=offsets))
        return False
    if table.offsets != offsets:
        events = _next(session, name, table.done_id, now)
        for event in events:
            _follow(session, event, table.offsets, now, horizon_days)
        if len(events) == EVENTS_AT_ONCE:
            table.done_id = events[-1].id
            return True
    table.version, table.offsets, table.done_id = version, offsets, None
    return False


def _next(session: Session, name: str, after_id: str | None, now: datetime) -> list[Event]:
    """Give the next events of a zone that are not over: what has been was when it was."""
    statement = select(Event).where(Event.zone == name, or_(Event.until_at.is_(None), Event.until_at > now))
    if after_id is not None:
        statement = statement.where(Event.id > after_id)
    return list(session.scalars(statement.order_by(Event.id).limit(EVENTS_AT_ONCE).with_for_update(key_share=True)))


def _follow(session: Session, event: Event, offsets: Offsets, now: datetime, horizon_days: int) -> None:
    """Lay out one event again; where none of its dates ahead moved, nothing is told."""
    before = queries.plan_of(event)
    plan = on_the_wall(before, offsets)
    laid = queries.dates_ahead(session, event.id, now)
    write_plan(event, plan, event.changed_at)
    dates = lay_out(session, event, plan, now=now, horizon_days=horizon_days)
    if list(dates[: len(laid)]) == laid:  # the horizon may have come further
        return
    event.version += 1
    event.changed_at = now
    moved = {
        name: [getattr(before, name).isoformat(), getattr(plan, name).isoformat()] for name in ("starts_at", "ends_at")
    }
    remember(session, event, service_person("calendar"), "rezoned", changes=moved)
    if event.status not in STANDING:
        return
    tell_of_event(session, EventMoved, event, dates)
