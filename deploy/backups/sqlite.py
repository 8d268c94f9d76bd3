"""SQLite files: copied while they are written to, by SQLite's own backup from a connection that holds a snapshot."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DatabaseError

from deploy.backups.databases import connections, damaged, metadata_of, revision
from deploy.backups.manifest import Refused
from deploy.data_folder import DataFolderTaken, locked
from shared import migrations
from shared.database import sqlite_url
from shared.engines import sqlite_engine
from shared.streams import SERVICES


@dataclass
class FileSnapshot:
    """One file as it was when its transaction began."""

    connection: Connection

    def dump(self, file: Path) -> None:
        """Write a copy; the transaction's snapshot is what SQLite reads for it."""
        source = self.connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 — the engine is ours
        with closing(sqlite3.connect(file)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, and nothing beside it


class Files:
    """The SQLite files of one data folder."""

    kind: Literal["sqlite", "postgresql"] = "sqlite"
    suffix = ".sqlite"

    def __init__(self, data: Path) -> None:
        self._data = data

    @contextmanager
    def snapshots(self) -> Iterator[Mapping[str, FileSnapshot]]:
        """Open all files first, then begin to read in each."""
        files = {service: self._file(service) for service in SERVICES}
        if missing := [service for service, file in files.items() if not file.is_file()]:
            raise Refused(f"There is no database of {missing[0]} here: has Osiedle ever run on this data folder?")
        with connections({service: _reader(file) for service, file in files.items()}) as opened:
            for connection in opened.values():
                connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1"))
            yield {service: FileSnapshot(connection) for service, connection in opened.items()}

    @contextmanager
    def try_out(self, dumps: Path) -> Iterator[Mapping[str, Engine]]:
        """Open the dumps themselves: they are temporary already."""
        with ExitStack() as stack:
            engines = {service: _reader(dumps / f"{service}{self.suffix}") for service in SERVICES}
            for service, engine in engines.items():
                stack.callback(engine.dispose)
                _check(service, engine)
            yield engines

    @contextmanager
    def refuse_running(self) -> Iterator[None]:
        """Hold the data folder."""
        try:
            with locked(self._data):
                yield
        except DataFolderTaken as taken:
            raise Refused("Osiedle runs on this data folder; stop it first (Ctrl-C, or SIGTERM).") from taken

    def prepare(self, dumps: Path) -> Mapping[str, Path]:
        """Check each dump and bring it to the newest revision."""
        targets = {}
        for service in SERVICES:
            file = dumps / f"{service}{self.suffix}"
            engine = sqlite_engine(make_url(sqlite_url(file)), writing=True)
            try:
                _check(service, engine)
                migrations.migrate(engine, service, metadata_of(service))
            finally:
                engine.dispose()
            targets[str(self._file(service))] = file
            # a log that belongs to the present file would be taken for the other's: what is in it goes with it
            for beside in ("-wal", "-shm"):
                targets[f"{self._file(service)}{beside}"] = dumps / f"{service}{self.suffix}{beside}"
        return targets

    def take_over(self) -> None:
        """Do nothing: the files are put into place with the others."""

    def stands_at(self) -> Mapping[str, str | None]:
        """Look into each file that is there."""
        found: dict[str, str | None] = dict.fromkeys(SERVICES)
        for service in SERVICES:
            if self._file(service).is_file():
                with connections({service: _reader(self._file(service))}) as opened:
                    found[service] = revision(opened[service])
        return found

    def migrate(self) -> Mapping[str, str]:
        """Bring each file to its newest revision."""
        found = {}
        for service in SERVICES:
            engine = sqlite_engine(make_url(sqlite_url(self._file(service))), writing=True)
            try:
                found[service] = migrations.migrate(engine, service, metadata_of(service))
            finally:
                engine.dispose()
        return found

    def _file(self, service: str) -> Path:
        return self._data / f"{service}.sqlite"


def _reader(file: Path) -> Engine:
    return sqlite_engine(make_url(sqlite_url(file)), writing=False)


def _check(service: str, engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            told = connection.scalar(text("PRAGMA integrity_check"))
    except DatabaseError as error:
        raise damaged(service, str(error.orig)) from error
    if told != "ok":
        raise damaged(service, str(told))
