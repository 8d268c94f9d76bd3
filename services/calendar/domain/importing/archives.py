"""Archives: the calendar files in a zip, of which nothing is unpacked that would be too much."""

import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from services.calendar.domain.components import UnreadableCalendar

ARCHIVE_UNREADABLE = "archive_unreadable"
ARCHIVE_LOCKED = "archive_locked"
ARCHIVE_NESTED = "archive_nested"
ARCHIVE_EMPTY = "archive_empty"
ARCHIVE_TOO_MANY_FILES = "archive_too_many_files"
ARCHIVE_TOO_LARGE = "archive_too_large"

MARK, EMPTY_MARK = b"PK\x03\x04", b"PK\x05\x06"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class CalendarFile(NamedTuple):
    """One file: its name in the archive, empty where it came alone, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class ArchiveLimits:
    """How much of a zip is unpacked: files, bytes of them all, and how many times larger than the zip they may be."""

    most_files: int = 200
    most_bytes: int = 60 * 1024 * 1024
    most_times: int = 100


def files_of(data: bytes, limits: ArchiveLimits | None = None) -> list[CalendarFile]:
    """Give the files of a zip in the order of their names; anything else is one file as it is.

    Raises UnreadableCalendar where the zip is broken, locked, over a limit, or has another zip inside.
    """
    if not data.startswith((MARK, EMPTY_MARK)):
        return [CalendarFile("", data)]
    limits = limits or ArchiveLimits()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            wanted = [info for info in archive.infolist() if _is_wanted(info.filename)]
            _refuse_too_much(wanted, len(data), limits)
            return [_file(archive, info) for info in sorted(wanted, key=lambda info: info.filename)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as broken:
        if isinstance(broken, UnreadableCalendar):
            raise
        raise UnreadableCalendar(ARCHIVE_UNREADABLE) from None


def _is_wanted(name: str) -> bool:
    """Pass over folders, and what systems put into archives for themselves."""
    return not name.endswith("/") and not name.startswith("__MACOSX/") and not name.rpartition("/")[2].startswith(".")


def _refuse_too_much(wanted: list[zipfile.ZipInfo], size: int, limits: ArchiveLimits) -> None:
    """Believe what the archive says of its files' sizes: no more than that is ever read."""
    if not wanted:
        raise UnreadableCalendar(ARCHIVE_EMPTY)
    if len(wanted) > limits.most_files:
        raise UnreadableCalendar(ARCHIVE_TOO_MANY_FILES, most=limits.most_files)
    if any(info.flag_bits & _ENCRYPTED for info in wanted):
        raise UnreadableCalendar(ARCHIVE_LOCKED)
    if any(info.filename.lower().endswith(".zip") for info in wanted):
        raise UnreadableCalendar(ARCHIVE_NESTED)
    if any(info.compress_type not in METHODS for info in wanted):
        raise UnreadableCalendar(ARCHIVE_UNREADABLE)
    most = min(limits.most_bytes, max(size, 1024) * limits.most_times)
    if sum(info.file_size for info in wanted) > most:
        raise UnreadableCalendar(ARCHIVE_TOO_LARGE, megabytes=max(1, most // (1024 * 1024)))


def _file(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> CalendarFile:
    with archive.open(info) as packed:
        data = packed.read(info.file_size)
    if data.startswith(MARK):
        raise UnreadableCalendar(ARCHIVE_NESTED)
    return CalendarFile(info.filename, data)
