"""Tries a backup out: puts all of it into temporary databases and a temporary bus, and compares."""

import asyncio
import shutil
import time
from pathlib import Path

from pydantic import ValidationError

from deploy.backups import archive, streams
from deploy.backups.databases import Databases, connections, known_schemas, revision_of, rows_of
from deploy.backups.making import databases_of, one_at_a_time, scratch
from deploy.backups.manifest import BackupProblem, Damaged, Manifest, Refused, Verified, differences, why_not
from deploy.backups.settings import BackupSettings
from shared import clock


async def verify(settings: BackupSettings, file: Path) -> Verified:
    """Try a backup out and write beside it what came of it; raises `BackupProblem` where it could not be tried."""
    began = time.monotonic()
    problem: str | None = None
    with one_at_a_time(settings.folder), scratch(settings.folder) as work:
        try:
            await _try_out(databases_of(settings), file, work)
        except Damaged as damaged:
            problem = str(damaged)
    verified = Verified(verified_at=clock.now(), seconds=round(time.monotonic() - began, 3), problem=problem)
    try:
        archive.write_beside(result_of(file), verified.model_dump_json())
    except OSError as error:
        raise BackupProblem(f"What came of it cannot be written beside the backup: {error.strerror}.") from error
    return verified


def result_of(file: Path) -> Path:
    """Say where it is written what came of trying a backup out."""
    return file.with_suffix(".verified.json")


def verified(file: Path) -> Verified | None:
    """Read what came of the last try; none where there was none, or where the backup was changed since."""
    result = result_of(file)
    try:
        if result.stat().st_mtime_ns < file.stat().st_mtime_ns:
            return None
        return Verified.model_validate_json(result.read_text())
    except (OSError, ValidationError):
        return None


async def _try_out(databases: Databases, file: Path, work: Path) -> None:
    manifest = await asyncio.to_thread(archive.extract, file, work)
    if reason := why_not(manifest, known_schemas(), databases.kind):
        raise Refused(reason)
    await asyncio.to_thread(_compare, databases, manifest, work / "databases")
    await _try_streams(manifest, work)


def _compare(databases: Databases, manifest: Manifest, dumps: Path) -> None:
    with databases.try_out(dumps) as engines, connections(engines) as opened:
        schemas = {service: revision_of(service, connection) for service, connection in opened.items()}
        rows = {service: rows_of(connection) for service, connection in opened.items()}
    if found := differences(manifest, schemas, rows):
        raise Damaged(f"What is put back is not what was kept: {'; '.join(found[:5])}.")


async def _try_streams(manifest: Manifest, work: Path) -> None:
    data = work / "bus"
    shutil.copytree(work / "files" / "nats" / "keys", data / "nats" / "keys")
    async with streams.own_bus(data) as client:
        await streams.put_all_back(client, manifest.streams, work / "streams")
