"""The sample service, running on both databases, or on SQLite alone where the kind does not matter."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.builders import a_person
from tests.harness import Running, running
from tests.service import sample
from tests.service.sample import settings_for


@pytest_asyncio.fixture
async def it(database_url: str) -> AsyncIterator[Running]:
    async with running(sample.create_app, settings_for(database_url)) as service:
        service.client.headers.update(service.headers(a_person()))
        yield service


@pytest_asyncio.fixture
async def on_sqlite(sqlite_database_url: str) -> AsyncIterator[Running]:
    async with running(sample.create_app, settings_for(sqlite_database_url)) as service:
        yield service
