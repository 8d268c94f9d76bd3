"""What remains in a service's database: the bytes of its files on SQLite, every value of every row on PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.harness import Running


async def remains(service: Running) -> bytes:
    """Give everything that the database of a service holds, freed pages and journals included where it has files."""
    if service.database.is_sqlite:
        return await asyncio.to_thread(bytes_of, Path(service.database.url.database or ""))
    return await service.database.read(_rows, service.database.outbox_table.metadata)


def bytes_of(database: Path) -> bytes:
    """Read a SQLite database with its journals."""
    return b"".join(file.read_bytes() for file in sorted(database.parent.glob(f"{database.name}*")))


def _rows(session: Session, metadata: Any) -> bytes:
    return b"\n".join(
        _plain(value) for table in metadata.sorted_tables for row in session.query(table) for value in row
    )


def _plain(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
