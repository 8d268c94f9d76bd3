"""The registry under test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.registry.app import create_app
from services.registry.settings import Settings
from tests.harness import Running, quiet, running


@pytest.fixture
async def registry(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Run the registry on a fresh database of either kind."""
    async with running(create_app, Settings(**quiet(database_url=database_url, data=tmp_path))) as service:
        yield service


@pytest.fixture
async def registry_on_sqlite(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Run the registry on SQLite, for what does not depend on the kind of database."""
    async with running(create_app, Settings(**quiet(database_url=sqlite_database_url, data=tmp_path))) as service:
        yield service
