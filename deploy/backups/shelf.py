"""The folder of backups: which there are, which are good, and which may go."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.backups import making
from deploy.backups.making import Made
from deploy.backups.manifest import Damaged, Verified
from deploy.backups.rotation import Kind, to_remove, told_by
from deploy.backups.settings import BackupSettings
from deploy.backups.verifying import result_of, verified, verify

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shelved:
    """One backup; `verified` is what came of trying it out, none where nobody did."""

    file: Path
    made_at: datetime
    kind: Kind
    bytes: int
    verified: Verified | None

    @property
    def is_good(self) -> bool:
        """Say whether it was tried out well."""
        return self.verified is not None and self.verified.problem is None


def shelved(settings: BackupSettings) -> list[Shelved]:
    """List the backups, the newest first."""
    found = [look(file) for file in settings.folder.glob("osiedle-*.tar") if told_by(file.name)]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def look(file: Path) -> Shelved:
    """Say what is known of one backup from outside; one under another name is as old as its file."""
    about = file.stat()
    made_at, kind = told_by(file.name) or (datetime.fromtimestamp(int(about.st_mtime), UTC), "")
    return Shelved(file, made_at, kind, about.st_size, verified(file))


def newest_good(settings: BackupSettings) -> Shelved | None:
    """Give the newest backup that was tried out well."""
    return next((one for one in shelved(settings) if one.is_good), None)


def chosen(settings: BackupSettings, name: str | None) -> Path:
    """Find a backup by its name or path, or the newest without one. Raises `Damaged`."""
    if name is None:
        everything = shelved(settings)
        if not everything:
            raise Damaged("There is no backup yet: `backup create` makes one.")
        return everything[0].file
    file = Path(name) if "/" in name else settings.folder / name
    if not file.is_file():
        raise Damaged(f"There is no backup {name}; `backup list` shows which there are.")
    return file


def rotate(settings: BackupSettings) -> list[str]:
    """Remove what nobody needs any more of the good ones; gives the names. Called only after a good one was made."""
    removed = to_remove([one.file.name for one in shelved(settings) if one.is_good], ZoneInfo(settings.zone))
    for name in removed:
        discard(settings.folder / name)
    return removed


def discard(file: Path) -> None:
    """Remove one backup, and what came of trying it out."""
    file.unlink(missing_ok=True)
    result_of(file).unlink(missing_ok=True)


async def make_good(settings: BackupSettings, kind: Kind = "") -> tuple[Made, Verified]:
    """Make a backup, try it out, and remove what nobody needs any more; raises `BackupProblem`.

    One that turns out to be bad does not stay, so that many tries do not fill the disk; older ones do.
    """
    made = await making.create(settings, kind)
    tried = await verify(settings, made.file)
    if tried.problem:
        discard(made.file)
        raise Damaged(tried.problem)
    if removed := rotate(settings):
        log.info("removed old backups: %s", ", ".join(removed))
    return made, tried
