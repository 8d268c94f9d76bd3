"""The time zone data of this machine: which edition of it is read here."""

import zoneinfo
from importlib import metadata
from pathlib import Path


def data_version() -> str:
    """Name the time zone data that is read here: of the machine where it says, else of the package."""
    for folder in zoneinfo.TZPATH:
        listing = Path(folder) / "tzdata.zi"
        if listing.is_file():
            with listing.open(encoding="utf-8", errors="replace") as lines:
                return lines.readline().removeprefix("# version").strip()[:20]
    return metadata.version("tzdata")[:20]
