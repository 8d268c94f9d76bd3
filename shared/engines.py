"""The engines of a service's database, SQLite or PostgreSQL, and what their errors mean: try again, or wait."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

WRITER_THREADS = 4
READER_THREADS = 4
BUSY_TIMEOUT_MS = 5000
READER_CACHE_KIB = 512
"""What a connection that reads keeps of the file; the machine keeps it too, and finding it there takes no longer that
can be measured. SQLite's own 2,000 KiB were eight megabytes for four readers."""
GONE_AFTER_SECONDS = 10
"""Whoever is silent for so long between us and PostgreSQL is gone: else a service whose address changed waits a quarter
of an hour for an answer, and its old connections hold their locks for two hours."""
SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY")


def is_transient(error: BaseException) -> bool:
    """Say whether the same command may well succeed when it runs again: deadlock, serialisation, lost connection.

    So too where somebody else wrote the same key at the same moment (23505): the next look finds it there.
    """
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "23505"}:
        return True
    return getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def is_away(error: BaseException) -> bool:
    """Say whether the database itself is out of reach or full, so that it is nobody's fault and waiting may help.

    PostgreSQL by SQLSTATE class: 08 connection, 53 resources, 57 operator's intervention; none at all while connecting.
    """
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    sqlite_name = getattr(error.orig, "sqlite_errorname", None)
    if sqlite_name is not None:
        return str(sqlite_name).startswith(SQLITE_AWAY)
    state = getattr(error.orig, "sqlstate", "")
    return isinstance(error, OperationalError) and (state is None or state[:2] in {"08", "53", "57"})


def is_full(error: BaseException) -> bool:
    """Say whether the database has no room to write: waiting helps only when somebody makes some."""
    if not isinstance(error, DBAPIError):
        return False
    sqlite_name = str(getattr(error.orig, "sqlite_errorname", ""))
    return getattr(error.orig, "sqlstate", None) == "53100" or sqlite_name == "SQLITE_FULL"


def sqlite_engine(url: Any, *, writing: bool) -> Engine:
    """Make an engine whose transactions are ours: the driver's own are off, a writer begins IMMEDIATE."""
    connect_args = {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    size = 1 if writing else READER_THREADS
    engine = create_engine(url, pool_size=size, max_overflow=1, connect_args=connect_args, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'OFF' if writing else 'ON'}",
            *([] if writing else [f"cache_size=-{READER_CACHE_KIB}"]),
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def reading(engine: Engine) -> Engine:
    """Give the same connections without transactions.

    READ COMMITTED shows each statement what is committed then anyway, and BEGIN and ROLLBACK are two of the three ways
    to the server and back that most queries take.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def postgres_engine(url: Any) -> Engine:
    """Make an engine for all threads of a service; both ends notice when the way between them is cut (libpq)."""
    idle, interval, count = GONE_AFTER_SECONDS // 2, 2, 3
    server = {
        "tcp_keepalives_idle": idle,
        "tcp_keepalives_interval": interval,
        "tcp_keepalives_count": count,
        "tcp_user_timeout": GONE_AFTER_SECONDS * 1000,
    }
    connect_args = {
        "connect_timeout": GONE_AFTER_SECONDS,
        "keepalives_idle": idle,
        "keepalives_interval": interval,
        "keepalives_count": count,
        "tcp_user_timeout": GONE_AFTER_SECONDS * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in server.items()),
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=connect_args,
        pool_size=WRITER_THREADS + READER_THREADS,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )
