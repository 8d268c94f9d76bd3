"""`INSERT … ON CONFLICT` in the words of a database: SQLAlchemy has one for each, and only the one in use is loaded."""

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert_into(session: Session, table: Any) -> "postgresql.Insert | sqlite.Insert":
    """Begin an INSERT into a table or a model's; it has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # two megabytes that who runs on SQLite has no use for

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
