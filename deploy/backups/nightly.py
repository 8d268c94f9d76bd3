"""Each night: a backup is made, tried out, told of, and what is old goes; by a program of its own each time."""

import asyncio
import logging
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from deploy.backups import archive, shelf
from deploy.backups.manifest import BackupProblem, Damaged
from deploy.backups.rotation import due_at
from deploy.backups.settings import BackupSettings
from shared import clock

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
"""So long at most it sleeps at a time: a machine that slept itself, or whose clock was set, is noticed."""
REPORT = "backup.json"
PROBLEMS = {
    Damaged: "The last backup that was made could not be put back when it was tried out.",
    BackupProblem: "The last backup could not be made.",
}
"""What everybody may read; the log says more."""


class Report(BaseModel):
    """What everybody may know: the newest good backup, when the last try ended, and whether that was good."""

    model_config = ConfigDict(frozen=True)

    name: str | None
    finished_at: datetime
    bytes: int | None
    seconds: float | None
    verified_at: datetime | None
    problem: str | None = None


async def once(settings: BackupSettings) -> Report:
    """Make a backup, try it out, rotate, and report; a failure is logged and reported, and removes nothing."""
    try:
        report = await _make_good(settings)
    except Exception as error:
        log.exception("the nightly backup failed: %s", error)
        last = shelf.newest_good(settings)
        before = last.verified if last else None
        report = Report(
            name=last.file.name if last else None,
            finished_at=clock.now(),
            bytes=last.bytes if last else None,
            seconds=None,
            verified_at=before.verified_at if before else None,
            problem=PROBLEMS[Damaged if isinstance(error, Damaged) else BackupProblem],
        )
    tell(settings, report)
    return report


async def keep_nightly(settings: BackupSettings) -> None:
    """See to it for ever that a backup is made when it is due."""
    zone, started, failed = ZoneInfo(settings.zone), clock.now(), None
    while True:
        last = await asyncio.to_thread(shelf.newest_good, settings)
        due = due_at(last.made_at if last else None, started, settings.backup_at, zone, failed)
        if (wait := (due - clock.now()).total_seconds()) > 0:
            await asyncio.sleep(min(wait, LOOK_SECONDS))
            continue
        failed = None if await _run_once() else clock.now()


def tell(settings: BackupSettings, report: Report) -> None:
    """Write the report, which may be read by all."""
    settings.reports_folder.mkdir(parents=True, exist_ok=True)
    archive.write_beside(settings.reports_folder / REPORT, report.model_dump_json(), 0o644)


async def _make_good(settings: BackupSettings) -> Report:
    made, tried = await shelf.make_good(settings)
    return Report(
        name=made.file.name,
        finished_at=clock.now(),
        bytes=made.bytes,
        seconds=round(made.seconds, 1),
        verified_at=tried.verified_at,
    )


async def _run_once() -> bool:
    """Make one in a program of its own, which takes nothing from us while it waits, and ends with us."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy", "backup", "nightly", "--once",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        log.exception("no program could be started to make the backup")
        return False
    try:
        return await process.wait() == 0
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
