"""The folder where the operator's commands write how they went: what became of the last backup."""

import json
from pathlib import Path

from services.notifications.domain.health import Backup, backup_of

LARGEST = 64_000


def last_backup(folder: Path) -> Backup | None:
    """Read the report of the last backup; none where there is no such folder or file, or it cannot be read."""
    try:
        with (folder / "backup.json").open("rb") as file:
            return backup_of(json.loads(file.read(LARGEST)))
    except (OSError, ValueError):
        return None
