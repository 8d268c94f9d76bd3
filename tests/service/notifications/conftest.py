"""Notifications under test, on either database; mail goes to the console client's folder."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notifications.app import create_app
from services.notifications.settings import Settings
from shared import clock
from shared.people import Person
from tests.harness import Running, quiet, running


@pytest.fixture
async def service_running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Run notifications."""
    values = quiet(database_url=database_url, data=tmp_path, stream_seconds=0.5, answer_wait_seconds=0.2)
    async with running(create_app, Settings(**values)) as service:
        yield service


@pytest.fixture
def alerts(service_running: Running) -> Callable[..., Any]:
    """Ask for somebody's alerts, and give the items."""

    async def ask(person: Person, **query: Any) -> list[dict[str, Any]]:
        headers = service_running.headers(person) | {"Accept-Language": person.language}
        answer = await service_running.client.get("/notifications/api/v1/alerts", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    return ask


@pytest.fixture
def letters(service_running: Running, tmp_path: Path) -> Callable[..., Any]:
    """Send what is due, and give every letter in the outbox folder, the oldest first."""

    async def send() -> list[EmailMessage]:
        await service_running.run_job("send due deliveries")
        files = sorted((tmp_path / "mail").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    return send


@dataclass
class Time:
    """What time it is; a test puts it forward."""

    now: datetime


@pytest.fixture
def time(service_running: Running, monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let a test say what time it is, from a Thursday noon on, for all who ask the one clock."""
    time = Time(datetime(2026, 11, 26, 12, 0, tzinfo=ZoneInfo("Europe/Warsaw")))
    monkeypatch.setattr(clock, "now", lambda: time.now)
    return time
