"""What a backup says of itself, and whether this program may put it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

FORMAT = 1
UNKNOWN_FORMAT = "It is of a newer Osiedle ({product}), which writes backups otherwise: update Osiedle, then restore."
NEWER = (
    "It is of a newer Osiedle ({product}): its {service} stands at {found}, this program knows up to {known}. "
    "Update Osiedle to that version or a later one, then restore."
)
OTHER_KIND = "It has {found} databases, and this installation {own} ones: restore it where it was made."


class BackupProblem(Exception):
    """What was asked for cannot be done; the message is for the operator, and names no place on this machine."""


class Damaged(BackupProblem):
    """A backup is not what was written, or cannot be put back."""


class Refused(BackupProblem):
    """Nothing was done, because something else must be done before."""


class Member(BaseModel):
    """One file within a backup."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    bytes: int


class StreamKept(BaseModel):
    """One stream of the bus as it was kept; configuration and state are the server's own words."""

    model_config = ConfigDict(frozen=True)

    messages: int
    last_sequence: int
    config: dict[str, Any]
    state: dict[str, Any]


class Manifest(BaseModel):
    """What is in a backup; the first file in it."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    product: str
    made_at: datetime
    databases: Literal["sqlite", "postgresql"]
    schemas: dict[str, str]
    rows: dict[str, dict[str, int]]
    """By service and table."""
    streams: dict[str, StreamKept]
    files: list[str]
    members: dict[str, Member]
    warnings: list[str] = []


class Verified(BaseModel):
    """What became of trying a backup out; written beside it."""

    model_config = ConfigDict(frozen=True)

    verified_at: datetime
    seconds: float
    problem: str | None = None


def why_not(manifest: Manifest, schemas: Mapping[str, str], databases: str) -> str | None:
    """Say why a program that knows these schemas, by service, may not put a backup back; none when it may.

    An older schema is no reason: it is migrated forward.
    """
    if manifest.format > FORMAT:
        return UNKNOWN_FORMAT.format(product=manifest.product)
    if manifest.databases != databases:
        return OTHER_KIND.format(found=manifest.databases, own=databases)
    for service, found in manifest.schemas.items():
        known = schemas.get(service, "")
        if found > known:
            return NEWER.format(product=manifest.product, service=service, found=found, known=known)
    return None


def differences(manifest: Manifest, schemas: Mapping[str, str], rows: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Say in what restored databases differ from what the backup says of itself."""
    found = [
        f"{service} stands at {schemas.get(service)}, not {revision}"
        for service, revision in manifest.schemas.items()
        if schemas.get(service) != revision
    ]
    for service, tables in manifest.rows.items():
        counted = rows.get(service, {})
        names = sorted(table for table in {*tables, *counted} if tables.get(table) != counted.get(table))
        found += [f"{service}.{name} has {counted.get(name)} rows, not {tables.get(name)}" for name in names]
    return found
