"""The file of a backup: written whole or not at all, readable by its owner alone, checked when it is read."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from deploy.backups.manifest import Damaged, Manifest, Member

MANIFEST = "manifest.json"
BLOCK = 1024**2


def member_of(file: Path) -> Member:
    """Measure a file: its size in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
            size += len(block)
    return Member(sha256=digest.hexdigest(), bytes=size)


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Write a backup of the members that lie in a folder; under its name it is whole and on the disk."""
    draft = target.with_suffix(".draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                text = manifest.model_dump_json(indent=1).encode()
                tar.addfile(_entry(MANIFEST, len(text), manifest), io.BytesIO(text))
                for name, member in manifest.members.items():
                    with (folder / name).open("rb") as opened:
                        tar.addfile(_entry(name, member.bytes, manifest), opened)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def read_manifest(file: Path) -> Manifest:
    """Read what a backup says of itself. Raises `Damaged`."""
    with _opened(file) as tar:
        return _manifest_in(tar)


def extract(file: Path, folder: Path) -> Manifest:
    """Take every member out into a folder and compare it with what was written. Raises `Damaged`."""
    with _opened(file) as tar:
        manifest = _manifest_in(tar)
        seen = set()
        while (entry := tar.next()) is not None:
            expected = manifest.members.get(entry.name)
            if expected is None or entry.name in seen or not entry.isfile():
                raise Damaged(f"The backup {file.name} is damaged: it says nothing of {entry.name}.")
            tar.extract(entry, folder, filter="data")
            (folder / entry.name).chmod(0o600)
            if member_of(folder / entry.name) != expected:
                raise Damaged(f"The backup {file.name} is damaged: {entry.name} is not what was written.")
            seen.add(entry.name)
    if missing := sorted(set(manifest.members) - seen):
        raise Damaged(f"The backup {file.name} is damaged: {missing[0]} is missing.")
    return manifest


def write_beside(file: Path, text: str, mode: int = 0o600) -> None:
    """Write a small file whole or not at all."""
    draft = file.with_name(f"{file.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    draft.chmod(mode)
    draft.replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest_in(tar: tarfile.TarFile) -> Manifest:
    entry = tar.next()
    opened: IO[bytes] | None = tar.extractfile(entry) if entry is not None and entry.name == MANIFEST else None
    if opened is None:
        raise Damaged("This is no backup of Osiedle: it does not begin with what is in it.")
    try:
        return Manifest.model_validate(json.loads(opened.read()))
    except (ValidationError, ValueError) as error:
        raise Damaged("The backup is damaged: what it says of itself cannot be read.") from error


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield tar
    except FileNotFoundError:
        raise Damaged(f"There is no backup {file.name}; `backup list` shows which there are.") from None
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(f"The backup {file.name} is damaged: {error}.") from error


def _entry(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return entry
