"""Puts files and folders into the place of others, all of them, also when the power fails in between.

First everything is brought beside its place, under another name; then a journal says that it is all there; from then on
only names change, and whoever comes next can finish. What was there before goes last.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.backups import archive

JOURNAL = "restoring.json"
RESTORED, BEFORE = ".restored", ".before"


def bring_beside(data: Path, sources: Mapping[Path, Path]) -> None:
    """Bring every source beside its target; a source that does not exist means that the target is to go."""
    placed, gone = [], []
    for target, source in sources.items():
        beside = _named(target, RESTORED)
        _remove(beside)
        if not source.exists():
            gone.append(str(target))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, beside)  # a volume of its own is another file system
        _own_as(beside, target.parent)
        archive.sync(target.parent)
        placed.append(str(target))
    archive.write_beside(data / JOURNAL, json.dumps({"placed": placed, "gone": gone}))


def is_begun(data: Path) -> bool:
    """Say whether something was brought beside its place and may not stand in it yet."""
    return (data / JOURNAL).is_file()


def put_in_place(data: Path) -> list[Path]:
    """Change the names, however far that had come; gives what can go now."""
    journal = json.loads((data / JOURNAL).read_text())
    for target in map(Path, journal["placed"]):
        beside = _named(target, RESTORED)
        if beside.exists():
            _set_aside(target)
            beside.rename(target)
    for target in map(Path, journal["gone"]):
        _set_aside(target)
    targets = [Path(target) for target in (*journal["placed"], *journal["gone"])]
    for folder in {target.parent for target in targets if target.parent.is_dir()}:
        archive.sync(folder)
    return [_named(target, BEFORE) for target in targets]


def end(data: Path, before: Iterable[Path]) -> None:
    """Forget what was there before, once everything is in place."""
    (data / JOURNAL).unlink(missing_ok=True)
    for path in before:
        _remove(path)


def abandon(data: Path) -> None:
    """Forget what was brought beside its place, and leave everything as it was."""
    journal = json.loads((data / JOURNAL).read_text())
    (data / JOURNAL).unlink()
    for target in journal["placed"]:
        _remove(_named(Path(target), RESTORED))


def finish(data: Path) -> bool:
    """Finish what was begun, where there are only files to put in place; gives whether there was anything."""
    if not is_begun(data):
        return False
    end(data, put_in_place(data))
    return True


def _set_aside(target: Path) -> None:
    if target.exists():
        _remove(_named(target, BEFORE))
        target.rename(_named(target, BEFORE))


def _named(target: Path, suffix: str) -> Path:
    return target.with_name(f"{target.name}{suffix}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _own_as(path: Path, parent: Path) -> None:
    """Give what root restored to whom the folder belongs."""
    if os.geteuid() == 0:
        owner = parent.stat()
        for one in (path, *path.rglob("*")):
            os.chown(one, owner.st_uid, owner.st_gid)
