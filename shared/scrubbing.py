"""Scrubbing: deleted rows leave bytes behind in a database's files; after an erasure they go from there too."""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from shared.database import Database
from shared.engines import BUSY_TIMEOUT_MS


def scrub(database: Database) -> bool:
    """Let go of the bytes of deleted rows; false when somebody is still reading them, and it must be done again.

    SQLite overwrites deleted rows by itself (`PRAGMA secure_delete`), but the journal of changes (`-wal`) still has
    them until it is copied into the file and cut to nothing. PostgreSQL frees dead rows by VACUUM; what stays there
    until the space is used again, and what stands in its own journal and in backups, the run-book says.
    """
    return _scrub_sqlite(database) if database.is_sqlite else _scrub_postgresql(database)


def _scrub_sqlite(database: Database) -> bool:
    with closing(sqlite3.connect(database.url.database or "", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


def _scrub_postgresql(database: Database) -> bool:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        for table in database.outbox_table.metadata.tables.values():
            connection.execute(text(f"VACUUM {quote(table.name)}"))
    return True
