"""Makes a backup while the installation runs: the streams first, then the four databases as they were in one moment.

Streams that are older than the databases are filled again from the outboxes at the start; the other way round, somebody
would have heard what nobody told.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.backups import archive, ledger, streams
from deploy.backups.databases import Databases, revision_of, rows_of
from deploy.backups.manifest import BackupProblem, Manifest, Refused, StreamKept
from deploy.backups.postgres import Server
from deploy.backups.rotation import Kind, name_of
from deploy.backups.settings import BackupSettings
from deploy.backups.sqlite import Files
from shared import clock
from shared.version import VERSION

TRIES = 20
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Made:
    """A backup that was made: its file, its size in bytes, and how long it took."""

    file: Path
    bytes: int
    seconds: float
    manifest: Manifest


async def create(settings: BackupSettings, kind: Kind = "") -> Made:
    """Make a backup of everything; raises `BackupProblem`, and leaves nothing then."""
    began = time.monotonic()
    with one_at_a_time(settings.folder):
        made_at = clock.now().replace(microsecond=0)
        target = settings.folder / name_of(made_at, kind)
        if target.exists():
            raise Refused(f"There is a backup {target.name} already; try again in a second.")
        with scratch(settings.folder) as work:
            for part in ("streams", "databases"):
                (work / part).mkdir()
            async with streams.running_bus(settings) as client:
                told = await streams.keep_all(client, work / "streams")
            manifest = await asyncio.to_thread(_keep_the_rest, settings, work, told)
            await asyncio.to_thread(archive.write, target, manifest, work)
    return Made(target, target.stat().st_size, time.monotonic() - began, manifest)


def databases_of(settings: BackupSettings) -> Databases:
    """Give the databases of this installation."""
    if settings.postgres is None:
        return Files(settings.data)
    return Server(settings.postgres, settings.postgres_password_file)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder of backups. Raises `Refused` where another program does, and `BackupProblem`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise BackupProblem(f"The folder of backups cannot be written: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("Another backup is being made or tried out; try again when it is done.") from None
        for left in folder.glob(".work-*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Give a folder to work in, on the disk where backups lie; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".work-", dir=folder, ignore_cleanup_errors=True) as work:
        yield Path(work)


def _keep_the_rest(settings: BackupSettings, work: Path, told: Mapping[str, StreamKept]) -> Manifest:
    databases = databases_of(settings)
    schemas, rows, warnings = keep_databases(databases, work / "databases")
    files = sorted(name for name, source in settings.kept.items() if _copy(source, work / "files" / name))
    members = {
        str(file.relative_to(work)): archive.member_of(file) for file in sorted(work.rglob("*")) if file.is_file()
    }
    return Manifest(
        product=VERSION,
        made_at=clock.now(),
        databases=databases.kind,
        schemas=schemas,
        rows=rows,
        streams=dict(told),
        files=files,
        members=members,
        warnings=warnings,
    )


def keep_databases(databases: Databases, folder: Path) -> tuple[dict[str, str], dict[str, dict[str, int]], list[str]]:
    """Write the four as they were in one moment: opened anew until nobody has heard what the teller does not know.

    What is unknown in two openings in a row was not told between them: its teller lost it long ago, as after an old
    backup of one database alone, and a warning says so.
    """
    before: set[ledger.Unknown] = set()
    for _ in range(TRIES):
        with databases.snapshots() as opened:
            connections = {service: snapshot.connection for service, snapshot in opened.items()}
            schemas = {service: revision_of(service, connection) for service, connection in connections.items()}
            found = ledger.unknown(connections)
            if found <= before:
                rows = {}
                for service, snapshot in opened.items():
                    snapshot.dump(folder / f"{service}{databases.suffix}")
                    rows[service] = rows_of(snapshot.connection)
                return (
                    schemas,
                    rows,
                    [f"{one.listener} heard {one.message_id} on {one.stream}" for one in sorted(found)],
                )
            before = found
        time.sleep(PAUSE_SECONDS)
    raise BackupProblem(f"The databases did not come to agree in {TRIES} tries: try again when less is written.")


def _copy(source: Path, target: Path) -> bool:
    """Copy a file or a folder; what goes away meanwhile is left out. Gives whether there was anything."""
    files = [source] if source.is_file() else [file for file in source.rglob("*") if file.is_file()]
    for file in files:
        copy = target / file.relative_to(source) if source.is_dir() else target
        if file.suffix == ".draft":
            continue
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue
        except PermissionError as error:
            raise BackupProblem(f"{file.name} cannot be read by whoever makes backups: {error.strerror}.") from error
        copy.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
    return bool(files)
