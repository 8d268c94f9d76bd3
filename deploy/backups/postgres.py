"""PostgreSQL databases: `pg_dump` from exported snapshots, `pg_restore` beside the present ones."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from deploy.backups.databases import connections, damaged, metadata_of, revision
from deploy.backups.manifest import BackupProblem, Refused
from shared import migrations
from shared.identifiers import new_id
from shared.streams import SERVICES

STOP = "docker compose stop gateway registry calendar map notifications nats backups demo"
RESTORED, BEFORE = "_restored", "_before"


@dataclass
class ServerSnapshot:
    """One database as it was when its snapshot was exported."""

    connection: Connection
    exported: str
    server: "Server"

    def dump(self, file: Path) -> None:
        """Write it in pg_dump's own format."""
        name = str(self.connection.engine.url.database)
        self.server.run("pg_dump", "--format=custom", f"--snapshot={self.exported}", f"--file={file}", name)


class Server:
    """The four databases of one server, seen by its superuser."""

    kind: Literal["sqlite", "postgresql"] = "postgresql"
    suffix = ".dump"

    def __init__(self, url: str, password_file: Path | None) -> None:
        self._url: URL = make_url(url).set(drivername="postgresql+psycopg")
        if password_file is not None:
            self._url = self._url.set(password=password_file.read_text().strip())

    @contextmanager
    def snapshots(self) -> Iterator[Mapping[str, ServerSnapshot]]:
        """Connect to all first, then take a snapshot in each."""
        engines = {service: self._engine(service, isolation_level="REPEATABLE READ") for service in SERVICES}
        try:
            with connections(engines) as opened:
                exported = {
                    service: str(connection.scalar(text("SELECT pg_export_snapshot()")))
                    for service, connection in opened.items()
                }
                yield {service: ServerSnapshot(opened[service], exported[service], self) for service in SERVICES}
        except DBAPIError as error:
            raise BackupProblem(f"PostgreSQL refuses: {error.orig}") from error

    @contextmanager
    def try_out(self, dumps: Path) -> Iterator[Mapping[str, Engine]]:
        """Put each dump into a database of its own name."""
        mark = new_id().replace("-", "")[-12:]
        names = {service: f"osiedle_trial_{service}_{mark}" for service in SERVICES}
        engines = {service: self._engine(name) for service, name in names.items()}
        try:
            for service, name in names.items():
                self._put_back(service, name, dumps / f"{service}{self.suffix}")
            yield engines
        finally:
            for engine in engines.values():
                engine.dispose()
            self._drop(names.values())

    @contextmanager
    def refuse_running(self) -> Iterator[None]:
        """See that nobody is connected to the databases."""
        question = text("SELECT count(*) FROM pg_stat_activity WHERE datname = ANY(:names)")
        with self._at_large() as connection:
            if connection.scalar(question, {"names": list(SERVICES)}):
                raise Refused(f"Services are running; stop them first: {STOP}")
        yield

    def prepare(self, dumps: Path) -> Mapping[str, Path]:
        """Make `<service>_restored` of each dump, migrated as the service itself does."""
        self._drop([f"{service}{RESTORED}" for service in SERVICES])
        for service in SERVICES:
            self._put_back(service, f"{service}{RESTORED}", dumps / f"{service}{self.suffix}")
            self._migrate(service, f"{service}{RESTORED}")
        return {}

    def take_over(self) -> None:
        """Rename all in one transaction; the present ones go then."""
        with self._at_large() as connection:
            there = set(connection.scalars(text("SELECT datname FROM pg_database")))
        waiting = [service for service in SERVICES if f"{service}{RESTORED}" in there]
        with self._at_large("READ COMMITTED") as connection, connection.begin():
            for service in waiting:
                if service in there:
                    connection.exec_driver_sql(f"ALTER DATABASE {service} RENAME TO {service}{BEFORE}")
                connection.exec_driver_sql(f"ALTER DATABASE {service}{RESTORED} RENAME TO {service}")
        self._drop([f"{service}{BEFORE}" for service in SERVICES])

    def stands_at(self) -> Mapping[str, str | None]:
        """Ask each database."""
        with connections({service: self._engine(service) for service in SERVICES}) as opened:
            return {service: revision(connection) for service, connection in opened.items()}

    def migrate(self) -> Mapping[str, str]:
        """Bring each one to its newest revision; what is new is its service's, as if that had done it."""
        return {service: self._migrate(service, service) for service in SERVICES}

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs; raises `BackupProblem` with its last words."""
        try:
            done = subprocess.run(
                [program, "--no-password", *arguments],
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise BackupProblem(f"{program} is not installed: it is in Debian's postgresql-client.") from None
        if done.returncode:
            raise BackupProblem(f"{program}: {done.stderr.strip()[-500:]}")

    def _environment(self) -> dict[str, str]:
        query = {name: str(value) for name, value in self._url.query.items()}
        host, port = self._url.host or query.get("host"), self._url.port
        given = {"PGHOST": host, "PGPORT": port and str(port), "PGUSER": self._url.username}
        password = self._url.password
        return {name: value for name, value in given.items() if value} | ({"PGPASSWORD": password} if password else {})

    def _put_back(self, service: str, name: str, dump: Path) -> None:
        with self._at_large() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {service} TEMPLATE template0")
            connection.exec_driver_sql(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        try:
            self.run(
                "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", f"--role={service}",
                f"--dbname={name}", str(dump),
            )  # fmt: skip
        except BackupProblem as problem:
            raise damaged(service, str(problem)) from problem

    def _migrate(self, service: str, name: str) -> str:
        engine = self._engine(name, connect_args={"options": f"-c role={service}"})
        try:
            return migrations.migrate(engine, service, metadata_of(service))
        finally:
            engine.dispose()

    def _drop(self, names: Iterable[str]) -> None:
        with self._at_large() as connection:
            for name in names:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def _at_large(self, isolation_level: Any = "AUTOCOMMIT") -> Iterator[Connection]:
        """Connect to no service's database."""
        engine = self._engine("postgres", isolation_level=isolation_level)
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise BackupProblem(f"PostgreSQL refuses: {error.orig}") from error
        finally:
            engine.dispose()

    def _engine(self, name: str, **options: Any) -> Engine:
        return create_engine(self._url.set(database=name), poolclass=NullPool, hide_parameters=True, **options)
