"""Reminding of meetings: who hosts one or is invited hears of it shortly before, with what is on its agenda."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import ensure_meeting
from services.calendar.commands.telling import tell_of_coming_meeting
from services.calendar.domain.agenda import points_in_short
from services.calendar.domain.held import ALL, name_of
from services.calendar.models import Event, Meeting, Occurrence
from services.calendar.queries.agenda_items import accepted_items
from services.calendar.queries.satisfaction import repeats
from shared.i18n import say_in, when_in
from shared.messages import Summary

BEFORE = timedelta(days=2)
AT_ONCE = 50


def remind_of_meetings(session: Session, *, now: datetime) -> int:
    """Tell who takes part in meetings that begin within two days, once for each date; gives how many were looked at.

    Of one that was put on the calendar later than that nobody is reminded: they were invited a moment ago.
    """
    begins = Occurrence.start > now.timestamp(), Occurrence.start <= (now + BEFORE).timestamp(), ~Occurrence.cancelled
    untold = or_(Meeting.reminded_until.is_(None), Meeting.reminded_until < Occurrence.start)
    due = (
        select(Event, Occurrence)
        .join(Occurrence, Occurrence.event_id == Event.id)
        .outerjoin(Meeting, and_(Meeting.event_id == Event.id, Meeting.held_on == ALL))
        .where(Event.kind == "meeting", Event.status == "confirmed", *begins, untold)
        .order_by(Occurrence.start, Event.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True, of=Event)
    )
    rows = session.execute(due).all()
    for event, date in rows:
        ensure_meeting(session, event.id).reminded_until = date.start
        starts_at, ends_at = (datetime.fromtimestamp(one, UTC) for one in (date.start, date.end))
        if event.created_at <= starts_at - BEFORE:
            held_on = name_of(date.recurrence, event.zone) if repeats(event) else ALL
            summary = _summary(session, event, held_on, date.title or event.title, starts_at, ends_at)
            tell_of_coming_meeting(session, event, held_on, summary, starts_at, ends_at)
    session.flush()
    return len(rows)


def _summary(
    session: Session, event: Event, held_on: str, title: str, starts_at: datetime, ends_at: datetime
) -> Summary:
    """Say in both languages when it is, and what is on its agenda or that something can be proposed."""
    points = points_in_short([one.title for one in accepted_items(session, event.id, held_on)])

    def said(tongue: str) -> str:
        values: dict[str, Any] = {
            "title": title,
            "when": when_in(tongue, starts_at, ends_at, event.zone, event.all_day),
            "points": points,
        }
        if points:
            return say_in(tongue, "The meeting “{title}” is soon: {when}. On its agenda: {points}.", **values)
        return say_in(
            tongue, "The meeting “{title}” is soon: {when}. Nothing is on its agenda yet; you can propose.", **values
        )

    return Summary(pl=said("pl"), en=said("en"))
