"""Agendas as calendar programs show them: with the event, or with the date of a series to which each belongs."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.agenda import described
from services.calendar.domain.exporting import ExportedEvent
from services.calendar.domain.held import ALL, name_of
from services.calendar.models import AgendaItem, Occurrence

Point = tuple[str, int | None]
"""What is talked about, and for how many minutes, if that is planned."""
Agenda = list[Point]


@dataclass(frozen=True)
class Agendas:
    """The agendas of one meeting by the names of its dates, and those dates as they are laid out."""

    points: dict[str, Agenda] = field(default_factory=dict)
    dates: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """When each is by its rule, begins and ends, in seconds of UTC."""


def agendas_of(session: Session, event_ids: Collection[str]) -> dict[str, Agendas]:
    """Give what is accepted for the agendas of these meetings, by their ids; of what has none, nothing."""
    mine = AgendaItem.event_id.in_(event_ids), AgendaItem.state == "accepted"
    found: dict[str, Agendas] = {}
    items = select(AgendaItem.event_id, AgendaItem.held_on, AgendaItem.title, AgendaItem.minutes_planned)
    for row in session.execute(items.where(*mine).order_by(AgendaItem.position, AgendaItem.id)):
        points = found.setdefault(row.event_id, Agendas()).points
        points.setdefault(row.held_on, []).append((row.title, row.minutes_planned))
    return found


def with_dates(session: Session, event_id: str, agendas: Agendas, zone: str) -> Agendas:
    """Add when the dates are that have an agenda; those that do not take place are left out."""
    if set(agendas.points) <= {ALL}:
        return agendas
    its = select(Occurrence).where(Occurrence.event_id == event_id, Occurrence.cancelled.is_(False))
    named = {name_of(row.recurrence, zone): (row.recurrence, row.start, row.end) for row in session.scalars(its)}
    return replace(agendas, dates={name: named[name] for name in agendas.points if name in named})


def with_agendas(parts: list[ExportedEvent], agendas: Agendas) -> list[ExportedEvent]:
    """Write agendas below what the event says of itself; a date of a series that has one gets a part of its own."""
    if not agendas.points:
        return parts
    whole, zone, left = parts[0], ZoneInfo(parts[0].zone), dict(agendas.points)
    told = [replace(whole, description=described(whole.description, left.pop(ALL, [])))]
    for one in parts[1:]:
        points = left.pop(name_of(one.recurrence_at, one.zone), []) if one.recurrence_at else []
        told.append(replace(one, description=described(one.description, points)))
    for name in sorted(left.keys() & agendas.dates):
        recurrence_at, starts_at, ends_at = (
            datetime.fromtimestamp(at, UTC).astimezone(zone) for at in agendas.dates[name]
        )
        told.append(
            replace(
                whole,
                description=described(whole.description, left[name]),
                recurrence_at=recurrence_at,
                starts_at=starts_at,
                ends_at=ends_at,
                rrule=None,
                rdates=(),
                exdates=(),
            )
        )
    return told
