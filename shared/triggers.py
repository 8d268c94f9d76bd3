"""Triggers that rest while whole tables are replaced: they would run for each row that goes, and each that comes."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, text

TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")


@contextmanager
def resting(connection: Connection, tables: Collection[Table]) -> Iterator[None]:
    """Let the triggers of these tables rest; whoever lets them makes right what they would have.

    For a transaction that nobody else writes beside. An error undoes it, and the triggers' rest with it; nobody else
    ever sees them at rest.
    """
    if connection.dialect.name == "sqlite":
        taken = [row for table in tables for row in connection.execute(TRIGGERS, {"table": table.name}).all()]
        for name, _ in taken:
            connection.exec_driver_sql(f'DROP TRIGGER main."{name}"')
        yield
        for _, as_it_was in taken:
            connection.exec_driver_sql(as_it_was)
        return
    names = [connection.dialect.identifier_preparer.format_table(table) for table in tables]
    for name in names:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    yield
    for name in names:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
