"""The four databases, whatever holds them: opened together in one moment, copied, and looked at."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Connection, Engine, MetaData, func, inspect, select, table, text

from deploy.backups.manifest import BackupProblem, Damaged
from shared import migrations
from shared.streams import SERVICES


class Snapshot(Protocol):
    """One database as it was in one moment."""

    connection: Connection

    def dump(self, file: Path) -> None:
        """Write it into a file."""


class Databases(Protocol):
    """What a kind of databases can do for a backup."""

    kind: Literal["sqlite", "postgresql"]
    suffix: str

    def snapshots(self) -> AbstractContextManager[Mapping[str, Snapshot]]:
        """Open a snapshot of each, in moments that are as close together as can be; by service."""

    def try_out(self, dumps: Path) -> AbstractContextManager[Mapping[str, Engine]]:
        """Put dumps into temporary databases, which are gone afterwards. Raises `Damaged`."""

    def refuse_running(self) -> AbstractContextManager[None]:
        """See to it that nobody uses the databases for the time of a `with`. Raises `Refused`."""

    def prepare(self, dumps: Path) -> Mapping[str, Path]:
        """Put dumps beside the present databases and migrate them forward.

        Gives what `Swap` must put into place then, by target. Raises `Damaged`.
        """

    def take_over(self) -> None:
        """Put what `prepare` made into the place of the present databases; again, it finishes."""

    def stands_at(self) -> Mapping[str, str | None]:
        """Say at which revision each one is; none where there is no database yet."""

    def migrate(self) -> Mapping[str, str]:
        """Bring each one to its newest revision."""


def metadata_of(service: str) -> MetaData:
    """Give the tables of a service as the code has them."""
    metadata: MetaData = import_module(f"services.{service}.models").Base.metadata
    return metadata


def known_schemas() -> dict[str, str]:
    """Name the newest revision that this program knows, by service."""
    return {service: migrations.newest_in(migrations.SERVICES / service / "migrations") for service in SERVICES}


def revision(connection: Connection) -> str | None:
    """Tell a database's revision, only looking; none where it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def revision_of(service: str, connection: Connection) -> str:
    """Tell a database's revision. Raises `BackupProblem` where it has none."""
    found = revision(connection)
    if found is None:
        raise BackupProblem(f"The database of {service} has no tables: start Osiedle once, then there is what to keep.")
    return found


def rows_of(connection: Connection) -> dict[str, int]:
    """Count the rows of every table."""
    names = inspect(connection).get_table_names()
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(names)}


@contextmanager
def connections(engines: Mapping[str, Engine]) -> Iterator[Mapping[str, Connection]]:
    """Connect to each, and let go of all."""
    with ExitStack() as stack:
        for engine in engines.values():
            stack.callback(engine.dispose)
        yield {service: stack.enter_context(engine.connect()) for service, engine in engines.items()}


def damaged(service: str, reason: str) -> Damaged:
    """Say that a dump of a service cannot be put back."""
    return Damaged(f"The backup's database of {service} cannot be put back: {reason.strip()[-500:]}")
