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


class SchemaTooNew(RuntimeError):
    """A newer release migrated this database: ours does not know what its tables mean now, and must not write to it."""

    def __init__(self, service: str, found: str, newest: str) -> None:
        super().__init__(
            f"The database of {service} stands at revision {found} of a newer release; this one knows revisions up to"
            f" {newest}. Start the newer release again, or restore the backup that was made before the upgrade"
            " (UPGRADING.md)."
        )


def migrate(engine: Engine, service: str, metadata: MetaData, versions: Path | None = None) -> str:
    """Bring a database to the newest revision and give its name; a second process waits, then finds nothing to do.

    `versions` is the folder of the revisions, `services/<service>/migrations` when absent. Raises `SchemaTooNew`.
    """
    newest = newest_in(versions or SERVICES / service / "migrations")
    if refuse_newer(engine, service, versions) == newest:
        return newest
    from alembic import command

    config = configured(service, metadata, versions)
    with _one_at_a_time, engine.begin() as connection:
        _lock(connection)
        _refuse_newer(connection, service, newest)  # another process may have migrated while we waited
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return newest


def refuse_newer(engine: Engine, service: str, versions: Path | None = None) -> str | None:
    """Give the revision of a database, none where it has no tables yet; raises `SchemaTooNew`."""
    with engine.connect() as connection:
        return _refuse_newer(connection, service, newest_in(versions or SERVICES / service / "migrations"))


def _refuse_newer(connection: Connection, service: str, newest: str) -> str | None:
    found = stands_at(connection) if inspect(connection).has_table("alembic_version") else None
    if found is not None and found > newest:
        raise SchemaTooNew(service, found, newest)
    return found


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
