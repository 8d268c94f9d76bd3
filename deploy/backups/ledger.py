"""Whether four snapshots fit together: nobody has heard what the one who told it does not know."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, column, func, inspect, select, table

from deploy.nats_config import STATE_OF
from shared.streams import SERVICES

OUTBOX = table("outbox", column("message_id"), column("stream"), column("stream_sequence"))
INBOX = table("inbox", column("message_id"), column("stream"), column("stream_sequence"))
TELLS = {**{service.upper(): service for service in SERVICES}, **STATE_OF}
"""Who tells on each stream. Partners keep no outbox here."""
AT_ONCE = 500


class Unknown(NamedTuple):
    """A message that a service has heard, and that the snapshot of the one who told it does not have."""

    listener: str
    stream: str
    message_id: str


def unknown(snapshots: Mapping[str, Connection]) -> set[Unknown]:
    """Find what was heard and is not known where it was told; `snapshots` is by service.

    Only messages behind the highest place that the teller has marked are looked up: a message is committed before it
    gets its place, so whoever marked a place had committed everything before it.
    """
    found: set[Unknown] = set()
    for stream, teller in TELLS.items():
        top = _highest(snapshots[teller], stream)
        for listener, snapshot in snapshots.items():
            heard = _heard_behind(snapshot, stream, top)
            known = _known(snapshots[teller], heard)
            found |= {Unknown(listener, stream, message_id) for message_id in heard if message_id not in known}
    return found


def _highest(teller: Connection, stream: str) -> int:
    top: int | None = teller.scalar(select(func.max(OUTBOX.c.stream_sequence)).where(OUTBOX.c.stream == stream))
    return top or 0


def _heard_behind(listener: Connection, stream: str, top: int) -> list[str]:
    if "stream_sequence" not in _inbox_columns(listener):  # as it was before inboxes noted places
        return []
    behind = select(INBOX.c.message_id).where(INBOX.c.stream == stream, INBOX.c.stream_sequence > top)
    return list(listener.scalars(behind))


def _inbox_columns(listener: Connection) -> set[str]:
    look = inspect(listener)
    return {one["name"] for one in look.get_columns("inbox")} if look.has_table("inbox") else set()


def _known(teller: Connection, message_ids: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(message_ids), AT_ONCE):
        some = message_ids[start : start + AT_ONCE]
        known |= set(teller.scalars(select(OUTBOX.c.message_id).where(OUTBOX.c.message_id.in_(some))))
    return known
