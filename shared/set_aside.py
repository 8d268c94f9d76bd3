"""Messages that make trouble: attempts are counted before they are made; what fails too often waits for a person."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update
from sqlalchemy.orm import Session

from shared import clock, envelope, outbox
from shared.identifiers import new_id
from shared.inserting import insert_into
from shared.messages import TYPES
from shared.messages.base import SetAside
from shared.pace import Pace
from shared.paging import Paging
from shared.people import Person, is_administrator, must
from shared.problems import NotFound, Problem

LONGEST_ERROR = 2000
LONGEST_TOLD = 200
TRYING, WAITING, DONE, DISCARDED = STATES = ("trying", "waiting", "done", "discarded")
NOT_FINISHED = "The process ended while it was at work on this."
NOBODYS_FAULT = 2
"""The process may end once by chance: made to wait, the message would be overtaken by others of its aggregate."""
EARLY = 0.8
"""A message may come back this part of its wait too soon: waits are drawn a little shorter or longer."""


class NotWaiting(Problem):
    """Somebody decided already, or it is still being tried."""

    status = 409
    type = "not-waiting"
    title = "This message does not wait for a decision"


class BodyGone(Problem):
    """Of messages about people only the headers are kept, and the stream does not have this one any more."""

    status = 409
    type = "body-gone"
    title = "What this message said is not kept here, and the stream does not have it any more"


class StillRefused(Problem):
    """It was tried again and failed again; it goes on waiting."""

    status = 409
    type = "still-refused"
    title = "It still cannot be taken in"


@dataclass(frozen=True)
class Kept:
    """What is kept of a message that makes trouble: its place, and what it takes to take it in later."""

    consumer: str
    stream: str
    stream_sequence: int | None
    subject: str
    headers: Mapping[str, str]
    body: bytes | None
    first_at: datetime


def may_settle_messages(person: Person | None) -> bool:
    """See what a service could not take in, try it again or decide that it is not needed."""
    return is_administrator(person)


# What the listener does


def begin_attempt(session: Session, table: Any, kept: Kept, pace: Pace) -> float | None:
    """Count an attempt before it is made, so that a message that kills the process is counted too.

    Gives 0 when it may be made now, the seconds after which it may, or none when nothing is to be done: it is settled,
    or it was one attempt too many and waits for a decision from now on.
    """
    row = session.execute(select(table).where(_place(table, kept))).first()
    if row is None:
        _keep(session, table, kept, attempts=1, error=NOT_FINISHED, state=TRYING)
        return 0.0
    if row.state != TRYING:
        return None
    if row.attempts >= pace.attempts:
        _keep(session, table, kept, attempts=row.attempts, error=None, state=WAITING)
        return None
    if (wait := _still_to_wait(row, pace)) > 0:
        return wait
    _keep(session, table, kept, attempts=row.attempts + 1, error=None, state=TRYING)
    return 0.0


def _still_to_wait(row: Row[Any], pace: Pace) -> float:
    """Say for how many seconds a message that failed, or that ended the process, must still wait."""
    if row.error == NOT_FINISHED and row.attempts < NOBODYS_FAULT:
        return 0.0
    wait = pace.delay_after(row.attempts)
    passed: float = (clock.now() - row.last_at).total_seconds()
    return wait - passed if 0 <= passed < wait * EARLY else 0.0


def end_attempt(session: Session, table: Any, kept: Kept, error: str, pace: Pace) -> float | None:
    """Note why an attempt failed; gives the wait before the next one, or none when it was the last."""
    counted = session.scalar(select(table.c.attempts).where(_place(table, kept))) or 1
    is_last = counted >= pace.attempts
    _keep(session, table, kept, attempts=counted, error=error, state=WAITING if is_last else TRYING)
    return None if is_last else pace.delay_after(counted)


def put(session: Session, table: Any, kept: Kept, error: str) -> None:
    """Set a message aside at once; one that is settled already stays as it is."""
    counted = session.scalar(select(table.c.attempts).where(_place(table, kept))) or 1
    _keep(session, table, kept, attempts=counted, error=error, state=WAITING)


def forget_attempts(session: Session, table: Any, kept: Kept) -> None:
    """Forget the attempts at a message; in the transaction of its effect."""
    session.execute(delete(table).where(_place(table, kept), table.c.state == TRYING))


def _place(table: Any, kept: Kept) -> ColumnElement[bool]:
    is_there: ColumnElement[bool] = (
        (table.c.consumer == kept.consumer)
        & (table.c.stream == kept.stream)
        & (table.c.stream_sequence == kept.stream_sequence)
    )
    return is_there


def _keep(session: Session, table: Any, kept: Kept, *, attempts: int, error: str | None, state: str) -> None:
    """Write how it stands with a message, unless it is settled; tell everybody when it waits for a decision now."""
    values = {
        "id": new_id(),
        **vars(kept),
        "subject": kept.subject[:250],
        "headers": dict(kept.headers),
        "attempts": attempts,
        **_said(error or NOT_FINISHED),
        "last_at": clock.now(),
        "state": state,
    }
    renewed = {"attempts", "last_at", "state"} | (set() if error is None else {"error", "fingerprint"})
    statement = (
        insert_into(session, table)
        .values(values)
        .on_conflict_do_update(
            index_elements=["consumer", "stream", "stream_sequence"],
            set_={name: values[name] for name in renewed},
            where=table.c.state == TRYING,
        )
        .returning(table.c.id, table.c.fingerprint)
    )
    row = session.execute(statement).first()
    if row is not None and state == WAITING:
        _tell(session, kept, row.id, attempts, row.fingerprint)


def _said(error: str) -> dict[str, str]:
    """Give an error as it is kept, and the fingerprint that equal ones share."""
    fingerprint = hashlib.sha256(error.partition("\n")[0].encode(errors="replace")).hexdigest()
    return {"error": error[:LONGEST_ERROR], "fingerprint": fingerprint}


def _tell(session: Session, kept: Kept, set_aside_id: str, attempts: int, fingerprint: str) -> None:
    message = TYPES.get(f"{kept.consumer}.message.set_aside.v1")
    if message is None or not issubclass(message, SetAside):
        return
    found = envelope.attributes(kept.headers)
    told = message(
        id=set_aside_id,
        version=1,
        heard_type=_short(found.get("type", "")),
        heard_id=_short(found.get("id", "")),
        heard_stream=kept.stream,
        heard_sequence=kept.stream_sequence,
        attempts=attempts,
        fingerprint=fingerprint,
    )
    outbox.publish(session, told)


def _short(text: str) -> str:
    """Cut what a stranger wrote to something that every database and listener can hold."""
    return text.encode(errors="replace").decode().replace("\0", "")[:LONGEST_TOLD]


# What a person does


def listed(session: Session, table: Any, by: Person, paging: Paging, state: str | None = None) -> Sequence[Row[Any]]:
    """List what was set aside, the oldest first; all states but the settled ones unless one is named."""
    must(may_settle_messages(by))
    states = (state,) if state else (TRYING, WAITING)
    key = (table.c.first_at, table.c.id)
    wanted = select(table).where(table.c.state.in_(states), paging.beyond(*key)).order_by(*key)
    return session.execute(wanted.limit(paging.rows)).all()


def waiting(session: Session, table: Any, limit: int = 200) -> Sequence[Row[Any]]:
    """List what waits for a decision, the oldest first."""
    return session.execute(_waiting(table).order_by(table.c.first_at, table.c.id).limit(limit)).all()


def count(session: Session, table: Any) -> int:
    """Count what waits for a decision."""
    return session.scalar(select(func.count()).select_from(_waiting(table).subquery())) or 0


def _waiting(table: Any) -> Select[Any]:
    return select(table).where(table.c.state == WAITING)


def one(session: Session, table: Any, by: Person, set_aside_id: str) -> Row[Any]:
    """Find one by its id, in any state. Raises `NotFound`."""
    must(may_settle_messages(by))
    row = session.execute(select(table).where(table.c.id == set_aside_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def one_waiting(session: Session, table: Any, by: Person, set_aside_id: str) -> Row[Any]:
    """Find one that waits for a decision. Raises `NotFound` and `NotWaiting`."""
    row = one(session, table, by, set_aside_id)
    if row.state != WAITING:
        raise NotWaiting
    return row


def discard(session: Session, table: Any, by: Person, set_aside_id: str) -> Row[Any]:
    """Decide that one is not needed. Raises `NotFound` and `NotWaiting`."""
    one_waiting(session, table, by, set_aside_id)
    settle(session, table, set_aside_id, DISCARDED)
    return one(session, table, by, set_aside_id)


def settle(session: Session, table: Any, set_aside_id: str, state: str) -> None:
    """Give one that waits its last state, `done` or `discarded`."""
    waits = (table.c.id == set_aside_id) & (table.c.state == WAITING)
    session.execute(update(table).where(waits).values(state=state, last_at=clock.now()))


def count_retry(session: Session, table: Any, set_aside_id: str, error: str) -> None:
    """Note that one was tried again and failed again."""
    values = {"attempts": table.c.attempts + 1, "last_at": clock.now(), **_said(error)}
    session.execute(update(table).where(table.c.id == set_aside_id).values(values))
