"""Living with a conflict: somebody concerned says why it may stay, and time makes it past."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.telling import tell_of_conflict
from services.calendar.domain.conflicts import STANDING_STATES
from services.calendar.domain.permissions import may_accept_conflict
from services.calendar.models import Conflict, History
from services.calendar.problems import ConflictSettled
from services.calendar.queries.subjects import parties
from shared import history
from shared.messages.calendar import ConflictAccepted
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, NotFound


def accept_conflict(
    session: Session, *, by: Person, conflict_id: str, because: str, now: datetime, version: int | None = None
) -> Conflict:
    """Say that a conflict may stay, and why; told to all concerned.

    Raises `NotFound`, `NotAllowed` unless `by` speaks for a host of one of its events, `ConflictSettled`.
    """
    row = session.get(Conflict, conflict_id, with_for_update={"key_share": True})
    if row is None:
        raise NotFound
    known = parties(session, queries.event_ids_of(row))
    must(may_accept_conflict(by, tuple(host for party in known.values() for host in party.host_ids)))
    if version is not None and row.version != version:
        raise ChangedMeanwhile
    if row.state != "open":
        raise ConflictSettled
    row.state, row.version, row.changed_at = "accepted", row.version + 1, now
    row.accepted_because = because
    row.accepted_by_id = None if by.service else by.id
    session.flush()
    history.record(
        session, History, aggregate="conflict", id=row.id, version=row.version, by=by, action="accepted", reason=because
    )
    tell_of_conflict(session, ConflictAccepted, row, known)
    return row


def age_conflicts(session: Session, *, now: datetime) -> int:
    """Call past what is over; nobody is told. Gives how many."""
    over = Conflict.last_end <= int(now.timestamp())
    standing = Conflict.state.in_(STANDING_STATES)
    ids = list(session.scalars(select(Conflict.id).where(standing, over).limit(500)))
    if ids:
        session.execute(
            update(Conflict)
            .where(Conflict.id.in_(ids), standing)
            .values(state="past", version=Conflict.version + 1, changed_at=now)
        )
    return len(ids)
