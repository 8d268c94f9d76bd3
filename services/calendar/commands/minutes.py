"""The minutes of a meeting, a section at a time: what was acknowledged is never written over unseen."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import LOCK, ensure_meeting, meeting_date, next_meeting, remember
from services.calendar.models import AgendaItem, Event, Meeting
from services.calendar.problems import SectionChanged
from services.calendar.queries import agenda_items as looking
from services.calendar.queries.agenda_items import GENERAL, Section
from services.calendar.queries.held import Held
from shared import clock
from shared.people import Person
from shared.problems import NotFound

ONE_SITTING = timedelta(minutes=10)
"""A page saves while somebody types: what one person writes without a longer pause is one line of the history."""


def write_section(
    session: Session,
    *,
    by: Person,
    event_id: str,
    section_id: str,
    text: str,
    version: int,
    held_on: str | None = None,
) -> Section:
    """Write the minutes of one item of a meeting, or of none (`general`), as Markdown.

    `version` is that of the section which was read; where somebody else wrote there since, nothing is written. Who
    sends again what stands there already is answered as the first time: the first answer may have been lost.
    Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `SectionChanged`.
    """
    its = meeting_date(session, by, event_id, held_on)
    row: Meeting | AgendaItem
    row = ensure_meeting(session, event_id, its.held_on) if section_id == GENERAL else _item(session, its, section_id)
    if row.minutes == text:
        return _section_of(row)
    if row.minutes_version != version:
        raise SectionChanged(_section_of(row).text, row.minutes_version)
    now, is_new_sitting = clock.now(), _is_new_sitting(row, by, clock.now())
    _write(row, by, its.event, text, now)
    next_meeting(session, event_id, row.held_on)
    session.flush()
    if is_new_sitting:
        aggregate = "meeting" if section_id == GENERAL else "agenda_item"
        row_id = event_id if section_id == GENERAL else section_id
        remember(session, aggregate, row_id, row.version, by, "written", {"fields": ["minutes"]})
    return _section_of(row)


def _write(row: Meeting | AgendaItem, by: Person, event: Event, text: str, now: datetime) -> None:
    row.minutes = text
    row.minutes_version += 1
    row.minutes_changed_at = now
    row.minutes_by_id = None if by.service else by.id
    row.minutes_for_id = next((one for one in event.host_ids if one in by.roles), None)


def _item(session: Session, its: Held, item_id: str) -> AgendaItem:
    """Give an item of the meeting, of whichever date: an item knows its own."""
    row = session.get(AgendaItem, item_id, with_for_update=LOCK)
    if row is None or row.event_id != its.event.id or row.state != "accepted":
        raise NotFound
    return row


def _section_of(row: Meeting | AgendaItem) -> Section:
    return looking.general_section(row) if isinstance(row, Meeting) else looking.section_of_item(row)


def _is_new_sitting(row: Meeting | AgendaItem, by: Person, now: datetime) -> bool:
    return row.minutes_by_id != by.id or row.minutes_changed_at is None or now - row.minutes_changed_at > ONE_SITTING
