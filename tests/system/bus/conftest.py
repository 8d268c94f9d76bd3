"""A real NATS server for the tests of the bus, and tiny services that end with the test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded_nats import EmbeddedNats
from tests.system.bus.tiny import Tiny, tiny


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[EmbeddedNats]:
    """Run a NATS server with a data folder of its own."""
    server = EmbeddedNats(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Callable[..., Tiny]]:
    """Make tiny services, to be started by the test and stopped with it."""
    made: list[Tiny] = []

    def make_one(name: str, **more: Any) -> Tiny:
        made.append(tiny(name, tmp_path, **more))
        return made[-1]

    yield make_one
    for one in reversed(made):
        await one.stop()
