"""A shadow: the same tables a second time, empty, where copies are rebuilt beside the live ones, and the swap.

On SQLite it is a file beside the database, on PostgreSQL a schema `shadow`; handlers find their tables there by the
same names, and no others. What a killed rebuild left behind is removed by the next one, or when somebody is erased.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared import clock
from shared.copies import OURS
from shared.database import Database
from shared.relay_lock import REBUILDING, RelayLock, lock_of
from shared.triggers import resting

SHADOW = "shadow"
CACHE_KIB = 32 * 1024
"""So much of a shadow's file SQLite keeps in memory; with less it reads again what it just wrote."""
LOCK_WAIT_MS = 500
"""PostgreSQL looks for deadlocks after a second; who swaps gives up before somebody is killed for it."""

Places = Mapping[str, int]
"""How far each stream is taken in: its name, and the highest sequence."""

Counts = Mapping[Table, Callable[[Session], None]]
"""What makes anew all that the triggers of a table keep right."""
NO_COUNTS: Counts = {}


class NotNow(Exception):
    """The live tables could not be had for themselves just now."""


def rebuild_lock(database: Database) -> RelayLock:
    """Give the lock that one rebuild of a database holds at a time, gone with its process."""
    return lock_of(database, REBUILDING)


async def remove_leftovers(database: Database) -> bool:
    """Remove the shadow that a killed rebuild left; false when one is being made at this moment."""
    lock = rebuild_lock(database)
    if not await lock.take():
        return False
    try:
        await asyncio.to_thread(Shadow(database, ()).remove)
    finally:
        await lock.give_back()
    return True


class Shadow:
    """The shadow of some tables of one database; only who holds `rebuild_lock` makes one."""

    def __init__(self, database: Database, tables: Sequence[Table], counts: Counts = NO_COUNTS) -> None:
        self._database = database
        self._tables = tables
        self._counts = counts
        self._written = _for_writing(tables)
        self._shadowed = [table.to_metadata(MetaData(), schema=SHADOW) for table in tables]
        self._file = Path(f"{database.url.database}.{SHADOW}") if database.is_sqlite else None
        self._engine = _sqlite_engine(self._file) if self._file else _postgres_engine(database.engine)

    def make(self) -> None:
        """Make the empty tables; what was left of another shadow goes."""
        self.remove()
        if self._file is None:
            with self._database.engine.begin() as connection:
                connection.execute(text(f"CREATE SCHEMA {SHADOW}"))
        self._written.create_all(self._engine, checkfirst=False)

    def remove(self) -> None:
        """Let go of all of it."""
        self._engine.dispose()
        if self._file is not None:
            for suffix in ("", "-journal"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
            return
        with self._database.engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE"))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session in the shadow, and commit; an error undoes all of it."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def swap(self, consumer: str, catch_up: Callable[[Places], Places]) -> Places:
        """Put the shadow's rows into the place of the live ones, in one transaction that nobody else writes beside.

        What `consumer` took in live meanwhile, `catch_up(places)` must bring into the shadow: it is given the highest
        sequence of each stream and says how far the shadow is. Raises `NotNow`, and what that raises; then nothing is
        different.
        """
        with self._alone() as connection:
            places = catch_up(self._taken_in(connection, consumer))
            if self._file is not None:
                connection.execute(text(f"ATTACH DATABASE :file AS {SHADOW}"), {"file": str(self._file)})
            self._replace(connection)
            self._note(connection, consumer, places)
        return places

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Connection]:
        """Begin a transaction that keeps every other writer of the copies, and every listener, waiting."""
        inbox = self._inbox
        with self._database.engine.connect() as connection:
            connection.detach()  # not back into the pool: on SQLite the shadow's file is attached to it
            try:
                with connection.begin():
                    if self._file is None:
                        names = ", ".join(map(_quoted(connection), [inbox, *sorted(self._tables, key=_name_of)]))
                        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}"))
                        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
                        connection.execute(text("SET LOCAL lock_timeout = 0"))
                    yield connection
            except OperationalError as error:
                if _is_locked(error):
                    raise NotNow from error
                raise

    @property
    def _inbox(self) -> Table:
        return self._database.outbox_table.metadata.tables["inbox"]

    def _taken_in(self, connection: Connection, consumer: str) -> dict[str, int]:
        """Read how far the listener is in each stream."""
        inbox = self._inbox
        places = select(inbox.c.stream, func.max(inbox.c.stream_sequence)).group_by(inbox.c.stream)
        heard = places.where(inbox.c.consumer == consumer, inbox.c.stream_sequence.is_not(None))
        return {row[0]: row[1] for row in connection.execute(heard)}

    def _replace(self, connection: Connection) -> None:
        pairs = list(zip(self._tables, self._shadowed, strict=True))
        for table, shadowed in pairs:
            ours = [column.name for column in table.columns if column.info.get(OURS)]
            same = [table.c[key.name] == shadowed.c[key.name] for key in table.primary_key]
            for name in ours:
                kept = select(table.c[name]).where(*same).scalar_subquery()
                connection.execute(update(shadowed).values({name: kept}))
        with resting(connection, self._counts):
            for table, _ in reversed(pairs):
                connection.execute(delete(table))
            for table, shadowed in pairs:
                connection.execute(insert(table).from_select(list(table.columns.keys()), select(shadowed)))
            with Session(connection, join_transaction_mode="rollback_only") as session:
                for anew in self._counts.values():
                    anew(session)

    def _note(self, connection: Connection, consumer: str, places: Places) -> None:
        """Note in the inbox how far a rebuild has taken in each stream, in the place of what one noted before."""
        inbox, noted = self._inbox, f"{consumer}-rebuild"
        connection.execute(delete(inbox).where(inbox.c.consumer == noted))
        rows = [
            {
                "consumer": noted,
                "source": f"/osiedle/{consumer}",
                "message_id": stream,
                "received_at": clock.now(),
                "stream": stream,
                "stream_sequence": sequence,
            }
            for stream, sequence in places.items()
        ]
        if rows:
            connection.execute(insert(inbox), rows)


def _for_writing(tables: Sequence[Table]) -> MetaData:
    """Describe the tables without the indexes that only readers need."""
    found = MetaData()
    for table in tables:
        read = {index.name for index in table.indexes if index.info.get("reading")}
        written = table.to_metadata(found)
        written.indexes -= {index for index in written.indexes if index.name in read}
    return found


def _sqlite_engine(file: Path) -> Engine:
    """Make an engine for a file that may be lost: it is written to the disk only in passing."""
    connect_args = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine(f"sqlite:///{file}", pool_size=1, connect_args=connect_args, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=ON", f"cache_size=-{CACHE_KIB}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgres_engine(live: Engine) -> Engine:
    """Make an engine for which the schema `shadow` is all there is; its commits do not wait for the disk."""
    engine = create_engine(live.url, pool_size=1, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL search_path TO {SHADOW}")
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")

    return engine


def _quoted(connection: Connection) -> Callable[[Table], str]:
    return connection.dialect.identifier_preparer.format_table


def _name_of(table: Table) -> str:
    return table.name


def _is_locked(error: OperationalError) -> bool:
    """Say whether somebody else holds the tables: SQLITE_BUSY, or lock_not_available and deadlock_detected."""
    sqlite_name = str(getattr(error.orig, "sqlite_errorname", ""))
    return sqlite_name.startswith("SQLITE_BUSY") or getattr(error.orig, "sqlstate", None) in {"55P03", "40P01"}
