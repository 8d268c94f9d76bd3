"""What every command about a meeting begins and ends with: its event under lock, its row, a line of the history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.calendar.domain.held import ALL
from services.calendar.domain.permissions import may_change_event
from services.calendar.models import AgendaItem, Event, History, Meeting
from services.calendar.problems import NotAMeeting
from services.calendar.queries.held import Held, held
from shared import clock, history
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, NotFound

LOCK = {"key_share": True}
"""Who writes on one meeting comes one after the other; what only names the event need not wait."""


def meeting_event(session: Session, by: Person, event_id: str) -> Event:
    """Give the meeting that is about to be written on, locked. Raises `NotFound`, `NotAllowed`, `NotAMeeting`."""
    event = session.get(Event, event_id, with_for_update=LOCK)
    if event is None:
        raise NotFound
    must(may_change_event(by, tuple(event.host_ids)))
    if event.kind != "meeting":
        raise NotAMeeting
    return event


def meeting_date(session: Session, by: Person, event_id: str, held_on: str | None) -> Held:
    """Give one date of the meeting that is about to be written on, as `held` does; raises as `meeting_event`."""
    return held(session, meeting_event(session, by, event_id), held_on)


def meeting_row(session: Session, event_id: str, held_on: str, version: int | None) -> Meeting | None:
    """Give what is written about a meeting already; raises `ChangedMeanwhile` where it has another version."""
    row = session.get(Meeting, (event_id, held_on))
    if version is not None and version != (row.version if row else 0):
        raise ChangedMeanwhile
    return row


def next_meeting(session: Session, event_id: str, held_on: str = ALL) -> Meeting:
    """Give the row of a meeting with the next version; it is made where nothing is written yet."""
    row = ensure_meeting(session, event_id, held_on)
    row.version += 1
    row.changed_at = clock.now()
    return row


def ensure_meeting(session: Session, event_id: str, held_on: str = ALL) -> Meeting:
    """Give the row of a meeting, of version 0 where nothing is written yet. The caller holds the lock of its event."""
    row = session.get(Meeting, (event_id, held_on), with_for_update=LOCK)
    if row is None:
        row = Meeting(
            event_id=event_id,
            held_on=held_on,
            version=0,
            attendance_version=0,
            attendance=[],
            guests=0,
            minutes="",
            minutes_version=0,
            link="",
            changed_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def remember(
    session: Session, aggregate: str, row_id: str, version: int, by: Person, action: str, changes: Mapping[str, Any]
) -> None:
    """Write a line of the history of a meeting, an item or a decision."""
    history.record(
        session, History, aggregate=aggregate, id=row_id, version=version, by=by, action=action, changes=changes
    )


def faults_of_item(session: Session, event_id: str, held_on: str, item_id: str | None) -> list[tuple[str, str]]:
    """Say what is wrong with the item at which something was agreed; none means that it was at no item."""
    item = session.get(AgendaItem, item_id) if item_id is not None else None
    is_here = item is not None and (item.event_id, item.held_on) == (event_id, held_on)
    if item_id is None or (is_here and item is not None and item.state == "accepted"):
        return []
    return [("/item_id", "Choose an item of this meeting’s agenda")]
