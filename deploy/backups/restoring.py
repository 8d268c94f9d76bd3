"""Puts a backup back: all of it is made beside what is there, and takes its place at the end."""

import asyncio
import shutil
from pathlib import Path

from deploy.backups import archive, streams, swapping
from deploy.backups.databases import Databases, known_schemas
from deploy.backups.making import databases_of
from deploy.backups.manifest import BackupProblem, Manifest, Refused, why_not
from deploy.backups.postgres import STOP
from deploy.backups.settings import BackupSettings

WORK = "restoring"


def check(settings: BackupSettings, file: Path) -> Manifest:
    """Read what a backup says of itself, and see that this program may put it back. Raises `BackupProblem`."""
    manifest = archive.read_manifest(file)
    if reason := why_not(manifest, known_schemas(), databases_of(settings).kind):
        raise Refused(reason)
    return manifest


async def restore(settings: BackupSettings, file: Path) -> Manifest:
    """Put a backup into the place of what is there, migrated to the newest schema.

    Raises `BackupProblem`; then everything is as it was, or, where it was interrupted at the very end, is finished by
    the next call or start.
    """
    check(settings, file)
    databases = databases_of(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    with databases.refuse_running():
        await _refuse_running_bus(settings)
        if swapping.is_begun(settings.data):
            _take_over(settings, databases)
        work = settings.data / WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            manifest = await asyncio.to_thread(archive.extract, file, work)
            await asyncio.to_thread(_prepare, settings, databases, work, await _store(manifest, work))
            try:
                databases.take_over()
            except BackupProblem:
                swapping.abandon(settings.data)
                raise
            _take_over(settings, databases)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return manifest


async def _store(manifest: Manifest, work: Path) -> Path:
    """Make the store of the bus, by a server of our own on the restored keys."""
    bus = work / "bus"
    shutil.copytree(work / "files" / "nats" / "keys", bus / "nats" / "keys")
    async with streams.own_bus(bus) as client:
        await streams.put_all_back(client, manifest.streams, work / "streams")
    return bus / "nats" / "store" / "jetstream"


def _prepare(settings: BackupSettings, databases: Databases, work: Path, store: Path) -> None:
    targets = {Path(target): source for target, source in databases.prepare(work / "databases").items()}
    targets |= {target: work / "files" / name for name, target in settings.kept.items()}
    targets[settings.data / "nats" / "store" / "jetstream"] = store
    swapping.bring_beside(settings.data, {target.absolute(): source for target, source in targets.items()})


def _take_over(settings: BackupSettings, databases: Databases) -> None:
    databases.take_over()  # first what can fail, all at once; then only names of files change
    before = swapping.put_in_place(settings.data)
    # What was signed for those who came after the backup: the next start signs for those who are in it.
    for token in (settings.data / "nats" / "accounts").glob("*.jwt"):
        token.unlink()
    swapping.end(settings.data, before)


async def _refuse_running_bus(settings: BackupSettings) -> None:
    if settings.postgres is None:
        return  # the data folder is held
    host, _, port = settings.bus_address().rpartition("/")[2].partition(":")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port or 4222)), 5)
    except (OSError, TimeoutError):
        return
    writer.close()
    raise Refused(f"The bus is running; stop it first: {STOP}")
