"""What an operator's Prometheus learns of letters that wait, that did not arrive, and of the backup."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from services.notifications.models import Delivery
from shared import clock
from shared.identifiers import new_id
from tests.harness import Running
from tests.prometheus import parsed, value_of


async def numbers(service: Running):
    return parsed((await service.client.get("/notifications/metrics")).text)


async def test_letters_are_told_by_channel_and_by_what_became_of_them(service_running: Running):
    now = clock.now()

    def write(session):
        for state, late in (("due", 3600), ("due", -3600), ("given_up", 9), ("sent", 9), ("overtaken", 9)):
            due_at = now - timedelta(seconds=late)
            values = {"id": new_id(), "person_id": new_id(), "channel": "email", "state": state, "created_at": now}
            session.execute(insert(Delivery).values(**values, due_at=due_at))

    await service_running.database.write(write)
    samples = await numbers(service_running)
    assert value_of(samples, "osiedle_deliveries_due", channel="mail") == 2
    assert value_of(samples, "osiedle_deliveries_given_up", channel="mail") == 1
    assert 3600 <= value_of(samples, "osiedle_deliveries_overdue_seconds", channel="mail") < 4200
    for channel in ("invitation", "webhook", "push"):
        assert value_of(samples, "osiedle_deliveries_given_up", channel=channel) == 0
        assert value_of(samples, "osiedle_deliveries_overdue_seconds", channel=channel) == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"finished_at": "2026-12-01T03:00:00+00:00", "verified_at": None, "problem": None}, (0, 1796094000, None)),
        ({"finished_at": "2026-12-01T03:00:00Z", "verified_at": "2026-12-01T03:01:00Z"}, (0, 1796094000, 1796094060)),
        ({"finished_at": "2026-12-01T03:00:00Z", "problem": "The disk is full."}, (1, None, None)),
        ({"finished_at": "yesterday"}, (None, None, None)),
        (["a list"], (None, None, None)),
    ],
)
async def test_the_last_backup_is_told_as_its_report_says(service_running: Running, tmp_path: Path, said, told):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "backup.json").write_text(json.dumps(said))
    samples = {name: value for (name, _), value in (await numbers(service_running)).items()}
    names = ("failed", "last_success_timestamp_seconds", "last_verified_timestamp_seconds")
    assert tuple(samples.get(f"osiedle_backup_{name}") for name in names) == told


async def test_where_no_backup_ever_was_made_none_is_told(service_running: Running):
    assert not [name for name, _ in await numbers(service_running) if name.startswith("osiedle_backup")]
