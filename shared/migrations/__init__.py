"""Migrations: one Alembic environment for all services, run by the service itself when it starts."""

import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:  # a tenth of a start goes into importing Alembic, and most starts have nothing to migrate
    from alembic.config import Config

HERE = Path(__file__).resolve().parent
SERVICES = HERE.parent.parent / "services"
LOCK_NUMBER = 0x05_1E_D1_E0
_one_at_a_time = threading.Lock()
"""Alembic keeps the running environment in a module: two services of one process take turns."""


def migrate(engine: Engine, service: str, metadata: MetaData, versions: Path | None = None) -> str:
    """Bring a database to the newest revision and give its name; a second process waits, then finds nothing to do.

    `versions` is the folder of the revisions, `services/<service>/migrations` when absent.
    """
    newest = newest_in(versions or SERVICES / service / "migrations")
    with engine.connect() as connection:
        if inspect(connection).has_table("alembic_version") and stands_at(connection) == newest:
            return newest
    from alembic import command

    config = configured(service, metadata, versions)
    with _one_at_a_time, engine.begin() as connection:
        _lock(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return newest


def newest_in(versions: Path) -> str:
    """Name a folder's newest revision, by the numbers that its files' names begin with; empty where there is none."""
    return max((file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py")), default="")


def configured(service: str, metadata: MetaData, versions: Path | None = None) -> "Config":
    """Make Alembic's configuration for one service."""
    from alembic.config import Config

    config = Config(stdout=io.StringIO())
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(versions or SERVICES / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["metadata"] = metadata
    return config


def write_revision(engine: Engine, service: str, metadata: MetaData, name: str, versions: Path | None = None) -> Path:
    """Write the next revision: what `metadata` has and the migrated database `engine` has not."""
    from alembic import command

    config = configured(service, metadata, versions)
    head = newest_in(versions or SERVICES / service / "migrations")
    number = f"{int(head or 0) + 1:04d}"
    config.attributes["batch"] = bool(head)
    with _one_at_a_time, engine.begin() as connection:
        config.attributes["connection"] = connection
        if head:
            command.upgrade(config, "head")
        script: Any = command.revision(config, name, autogenerate=True, rev_id=number)
    return Path(script.path)


def stands_at(connection: Connection) -> str | None:
    """Tell a database's revision by touching it, so that a database which cannot be written to raises."""
    try:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if "alembic_version" in str(error.orig):
            return None
        raise
    return revision


def _lock(connection: Connection) -> None:
    """Wait for other processes: SQLite's `BEGIN IMMEDIATE` is the lock, PostgreSQL gives one for the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
