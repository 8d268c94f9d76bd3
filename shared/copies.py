"""Copies of what others told: which tables they are, and how a message becomes rows, now or when they are rebuilt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.bulk import insert_rows, is_among
from shared.messages import Message

M = TypeVar("M", bound=Message)
Values: TypeAlias = dict[str, Any]
READING: Mapping[str, bool] = {"reading": True}
"""Marks an index (`info`) that readers alone look into: a shadow, which nobody reads, is written without it."""
OURS = "ours"
"""Marks a column of a copy (`info`) whose value nobody told us: a rebuild takes it over from the row that stands."""


@dataclass(frozen=True)
class Kind(Generic[M]):
    """A kind of aggregate whose rows follow from its newest message alone; so of many messages one need be written.

    `row(message)` gives the row of `head`, with `id` and with `order`, by which the newer of two is known, and which
    the message has by the same name. `parts` are rows of other tables that go with it, each by the column that holds
    the aggregate's id; they are written anew with every newer message. `after(session, messages)` brings rows of the
    same tables into line that follow from several aggregates, whichever of them was told first.
    """

    head: type[Any]
    row: Callable[[M], Values]
    parts: Mapping[InstrumentedAttribute[Any], Callable[[M], Iterable[Values]]] = field(default_factory=dict)
    order: str = "version"
    after: Callable[[Session, Sequence[M]], None] | None = None

    @property
    def tables(self) -> set[Table]:
        """Name the tables that are written."""
        return {self.head.__table__, *(column.class_.__table__ for column in self.parts)}

    def keep(self, session: Session, message: M) -> bool:
        """Write what one message told, unless what stands is as new; says whether it was written."""
        return bool(self.keep_all(session, [message]))

    def keep_all(self, session: Session, messages: Sequence[M]) -> int:
        """Write what these messages told, at most one of each aggregate; gives how many were new."""
        head: Table = self.head.__table__
        by_id = {message.id: message for message in messages}
        known = self._known(session, by_id)
        connection = session.connection()
        newer = [one for one in messages if one.id not in known or getattr(one, self.order) > known[one.id]]
        for column in self.parts:
            gone = delete(column.class_.__table__).where(is_among(connection, column, [one.id for one in newer]))
            connection.execute(gone)
        if changed := [{"the_id": one.id, **_but_id(self.row(one))} for one in newer if one.id in known]:
            connection.execute(update(head).where(head.c.id == bindparam("the_id")), changed)
        if added := [self.row(one) for one in newer if one.id not in known]:
            insert_rows(connection, head, added)
        for column, rows_of in self.parts.items():
            if rows := [row for one in newer for row in rows_of(one)]:
                insert_rows(connection, column.class_.__table__, rows)
        if newer and self.after is not None:
            self.after(session, newer)
        return len(newer)

    def _known(self, session: Session, ids: Iterable[str]) -> dict[str, Any]:
        """Read how new the copies that stand are; their rows stay locked until the transaction ends."""
        head: Table = self.head.__table__
        among = is_among(session.connection(), head.c.id, ids)
        rows = select(head.c.id, head.c[self.order]).where(among).order_by(head.c.id).with_for_update(key_share=True)
        return {one[0]: one[1] for one in session.execute(rows)}


@dataclass(frozen=True)
class Plain(Generic[M]):
    """What is kept otherwise: `do(session, message)` runs for every message, in order, and writes `classes` only."""

    classes: tuple[type[Any], ...]
    do: Callable[[Session, M], object]

    @property
    def tables(self) -> set[Table]:
        """Name the tables that are written."""
        return {one.__table__ for one in self.classes}

    def keep(self, session: Session, message: M) -> object:
        """Write what one message told."""
        return self.do(session, message)


Keeper: TypeAlias = Kind[Any] | Plain[Any]


class Copies:
    """What one service copies, and from which messages."""

    def __init__(self) -> None:
        self.keepers: dict[type[Message], list[Keeper]] = {}
        self.counts: dict[Table, Callable[[Session], None]] = {}

    def add(self, message: type[M], keeper: Kind[M] | Plain[M]) -> None:
        """Have this type of message kept so when the copies are rebuilt."""
        self.keepers.setdefault(message, []).append(keeper)

    def count(self, copied: type[Any], anew: Callable[[Session], None]) -> None:
        """Have all that a copy's triggers keep right made `anew` at once when a swap replaces every row of the copy.

        The triggers rest meanwhile: for each row they take longer than writing it.
        """
        self.counts[copied.__table__] = anew

    @property
    def tables(self) -> list[Table]:
        """List the copies' tables, parents before children. Raises `ValueError` when a row of ours needs one of them.

        A rebuild takes every row of a copy away and brings it back; that must be nobody else's loss.
        """
        copied = {table for keepers in self.keepers.values() for keeper in keepers for table in keeper.tables}
        every = next(iter(copied)).metadata.sorted_tables if copied else []
        for table in every:
            for key in table.foreign_keys:
                if key.column.table in copied and table not in copied:
                    raise ValueError(f"{table.name} refers to {key.column.table.name}, a copy that may be rebuilt.")
        return [table for table in every if table in copied]

    @property
    def subjects(self) -> dict[str, list[str]]:
        """Name the subjects that are read again, by stream."""
        found: dict[str, list[str]] = {}
        for message in self.keepers:
            found.setdefault(message.stream, []).append(f"osiedle.{message.type}.*")
        return {stream: sorted(found[stream]) for stream in sorted(found)}


def _but_id(row: Values) -> Values:
    return {name: value for name, value in row.items() if name != "id"}
