"""What is written about the dates of a meeting goes along when the meeting's plan gives them other names."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import ensure_meeting
from services.calendar.domain.held import ALL
from services.calendar.models import AgendaItem, Decision, Meeting, MinutesVersion, Task
from services.calendar.queries.held import names_written

Renaming = Callable[[str], str | None]
BLANK: Mapping[str, object] = {
    "attendance": [],
    "guests": 0,
    "minutes": "",
    "minutes_changed_at": None,
    "minutes_by_id": None,
    "minutes_for_id": None,
}


def rename_dates(session: Session, event_id: str, renaming: Renaming, into_id: str | None = None) -> None:
    """Call the dates of a meeting anew, or give them to another one; what has no new name stays where it is."""
    session.flush()
    into_id = into_id or event_id
    named = [(old, renaming(old)) for old in names_written(session, event_id)]
    wanted = [(old, new) for old, new in named if new is not None and (into_id, new) != (event_id, old)]
    forwards = any(old and new > old for old, new in wanted)
    for old, new in sorted(wanted, reverse=forwards):  # each finds the name that it takes free already
        for table in (AgendaItem, Decision, Task):
            there = table.event_id == event_id, table.held_on == old
            session.execute(update(table).where(*there).values(event_id=into_id, held_on=new))
        _rename_publications(session, (event_id, old), (into_id, new))
        _rename_written(session, (event_id, old), (into_id, new))
    session.flush()


def _rename_publications(session: Session, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Let publications go on counting behind those that are there."""
    there = MinutesVersion.event_id == new[0], MinutesVersion.held_on == new[1]
    last = session.scalar(select(func.max(MinutesVersion.version)).where(*there)) or 0
    here = MinutesVersion.event_id == old[0], MinutesVersion.held_on == old[1]
    values = {"event_id": new[0], "held_on": new[1], "version": MinutesVersion.version + last}
    session.execute(update(MinutesVersion).where(*here).values(values))


def _rename_written(session: Session, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Carry attendance and minutes over; the link, and who is invited, stay with the meeting as a whole."""
    row = session.get(Meeting, old)
    if row is None:
        return
    into = ensure_meeting(session, *new)
    into.attendance = [*into.attendance, *row.attendance]
    into.guests += row.guests
    into.minutes = "\n\n".join(filter(None, (into.minutes, row.minutes)))
    for name in ("minutes_changed_at", "minutes_by_id", "minutes_for_id"):
        setattr(into, name, getattr(row, name))
    for name in ("version", "attendance_version", "minutes_version"):
        setattr(into, name, max(getattr(into, name), getattr(row, name)) + 1)
    if old[1] == ALL:
        for name, value in BLANK.items():
            setattr(row, name, value)
    else:
        session.delete(row)
    session.flush()
