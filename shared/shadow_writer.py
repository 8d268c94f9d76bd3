"""What brings messages into a shadow: the newest of each aggregate, and who cannot be taken in is named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from shared import envelope, outbox
from shared.copies import Copies, Keeper, Kind
from shared.engines import is_away
from shared.messages import Message
from shared.observability import told
from shared.replay import Stored
from shared.shadow import Shadow


@dataclass(frozen=True)
class Failure:
    """A message that could not be taken in, where it stands, and why."""

    stream: str
    sequence: int
    subject: str
    error: str


Opened = tuple[Stored, Message]
Newest = dict[str, tuple[Kind[Any], Message]]


class Writer:
    """Writes messages into a shadow, and keeps which of them cannot be taken in."""

    def __init__(self, copies: Copies, shadow: Shadow) -> None:
        self._keepers = {message.type: keepers for message, keepers in copies.keepers.items()}
        self._tables: dict[type[Any], set[Table]] = {}
        for keeper in (keeper for keepers in copies.keepers.values() for keeper in keepers):
            if isinstance(keeper, Kind):
                self._tables.setdefault(keeper.head, set()).update(keeper.tables)
        self._shadow = shadow
        self.failures: list[Failure] = []

    def write(self, messages: Iterable[Stored]) -> None:
        """Take in these messages; when one of them fails, each alone and in order, so that all others are in."""
        opened = [one for one in map(self._opened, messages) if one is not None]
        try:
            with self._shadow.transaction() as session:
                self._write_folded(session, opened)
        except Exception as error:
            if is_away(error):
                raise
            self._write_singly(opened)

    def _opened(self, stored: Stored) -> Opened | None:
        try:
            return stored, envelope.opened(stored.headers, stored.body)[1]
        except envelope.Malformed as error:
            self._fail(stored, error)
            return None

    def _write_folded(self, session: Session, opened: Iterable[Opened]) -> None:
        """Write the newest message of each aggregate; what is kept otherwise has its turn among those it may meet."""
        newest: dict[type[Any], Newest] = {}
        for _, message in opened:
            for keeper in self._keepers_of(message):
                if isinstance(keeper, Kind):
                    of_head = newest.setdefault(keeper.head, {})
                    known = of_head.get(message.id)
                    if known is None or getattr(message, keeper.order) > getattr(known[1], known[0].order):
                        of_head[message.id] = keeper, message
                else:
                    for head in [head for head in newest if self._tables[head] & keeper.tables]:
                        _keep_all(session, newest.pop(head).values())
                    keeper.keep(session, message)
                    _must_be_silent(session)
        for of_head in newest.values():
            _keep_all(session, of_head.values())

    def _write_singly(self, opened: Sequence[Opened]) -> None:
        with self._shadow.transaction() as session:
            for stored, message in opened:
                try:
                    with session.begin_nested():
                        for keeper in self._keepers_of(message):
                            keeper.keep(session, message)
                        _must_be_silent(session)
                except Exception as error:
                    if is_away(error):
                        raise
                    self._fail(stored, error)

    def _keepers_of(self, message: Message) -> Sequence[Keeper]:
        return self._keepers.get(message.type, ())

    def _fail(self, stored: Stored, error: Exception) -> None:
        reason = str(error) if isinstance(error, envelope.Malformed) else told(error)
        self.failures.append(Failure(stored.stream, stored.sequence, stored.subject, reason))


def _keep_all(session: Session, newest: Iterable[tuple[Kind[Any], Message]]) -> None:
    by_kind: dict[int, tuple[Kind[Any], list[Message]]] = {}
    for kind, message in newest:
        by_kind.setdefault(id(kind), (kind, []))[1].append(message)
    for kind, messages in by_kind.values():
        kind.keep_all(session, messages)


def _must_be_silent(session: Session) -> None:
    if outbox.published(session):
        raise RuntimeError("What keeps a copy must tell nothing: it runs again in a rebuild.")
