"""The operator lists, looks at, retries and discards what was set aside."""

import asyncio
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from shared import clock, set_aside
from shared.messages.registry import ProblemNamed
from shared.set_aside_cli import set_aside_cli
from tests.system.bus.tiny import Base, Heard, SetAside, hear, tiny

HEADERS = {
    "ce-id": "m1",
    "ce-source": "/osiedle/registry",
    "ce-type": "registry.problem.named.v1",
    "ce-time": "2026-11-23T12:00:00+00:00",
    "ce-subject": "p1",
}
BODY = b'{"id": "p1", "version": 1, "title": "Ka\xc5\x82u\xc5\xbca", "url": "/x"}'


@pytest.fixture
def run(tmp_path):
    services = []

    def make_app():
        service = tiny("map", tmp_path)
        service.bus.hears(ProblemNamed, hear)
        services.append(service)
        return SimpleNamespace(state=SimpleNamespace(database=service.database, bus=service.bus))

    async def set_one_aside():
        service = tiny("map", tmp_path)
        Base.metadata.create_all(service.database.engine)
        await service.database.start()
        kept = set_aside.Kept("map", "REGISTRY", 7, "osiedle.registry.problem.named.v1.p1", HEADERS, BODY, clock.now())
        await service.database.write(set_aside.put, SetAside.__table__, kept, "ValueError: no")
        [row] = await service.bus.decisions.waiting()
        await service.database.stop()
        return row.id

    cli = set_aside_cli(make_app)
    return asyncio.run(set_one_aside()), lambda *words: CliRunner().invoke(cli, words), tmp_path


def test_what_waits_is_listed_and_shown(run):
    set_aside_id, invoke, _ = run
    listed = invoke("list").output
    assert set_aside_id in listed
    assert "ValueError: no" in listed
    assert "Kałuża" in invoke("show", set_aside_id).output


def test_one_is_retried_once(run):
    set_aside_id, invoke, folder = run
    assert invoke("retry", set_aside_id).output == "taken in\n"
    assert invoke("retry", set_aside_id).exit_code == 1
    assert invoke("list").output == ""

    async def count():
        service = tiny("map", folder)
        await service.database.start()
        number = await service.count(Heard)
        await service.database.stop()
        return number

    assert asyncio.run(count()) == 1


def test_one_is_discarded(run):
    set_aside_id, invoke, _ = run
    assert invoke("discard", set_aside_id).output == "discarded\n"
    assert invoke("discard", set_aside_id).exit_code == 1
    assert invoke("list").output == ""
