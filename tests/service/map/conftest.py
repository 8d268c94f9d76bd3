"""The map under test, on either database."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.map.app import create_app
from services.map.settings import Settings
from tests.harness import Running, quiet, running


@pytest.fixture
async def the_map(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Run the map."""
    async with running(create_app, Settings(**quiet(database_url=database_url, data=tmp_path))) as service:
        yield service


@pytest.fixture
def places(the_map: Running) -> Callable[..., Any]:
    """Ask for places, and give the items."""

    async def ask(**query: Any) -> list[dict[str, Any]]:
        answer = await the_map.client.get("/map/api/v1/places", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    return ask
