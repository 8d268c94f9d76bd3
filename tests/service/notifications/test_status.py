"""The status page and its JSON twin: for everybody a summary, for administrators what to do, whatever is away."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from shared import clock
from shared.identifiers import new_id
from tests.builders import a_coordinator, an_administrator

API = "/notifications/api/v1/status"
INTERNALS = ("CALENDAR", "SQLite", "docker", "python -m", "set-aside", "secret-backup", "2.15")


@pytest.fixture
def spoken(service_running):
    """Have every service say that it is well, and one of them whatever else a test wants; the bus is there."""

    def speak(**calendar):
        now = clock.now().isoformat()
        fine = {"at": now, "heard_at": now, "version": "0.1.0", "database": "SQLite 3", "database_answers": True}
        bus = service_running.app.state.bus
        names = ("registry", "calendar", "map", "notifications")
        bus.heartbeat.services = {name: dict(fine, streams={name.upper(): 0.01}) for name in names}
        bus.heartbeat.services["calendar"].update(calendar)
        bus._client = Connected()

    yield speak
    service_running.app.state.bus._client = None


class Connected:
    connected_server_version = SimpleNamespace(major=2, minor=15, patch=1)
    is_closed = True


def report(service_running, **values):
    folder = service_running.app.state.settings.reports_folder
    folder.mkdir(parents=True)
    last = {"name": "secret-backup", "finished_at": clock.now().isoformat(), "bytes": 5_000_000, "problem": None}
    (folder / "backup.json").write_text(json.dumps(last | values))


def headers(service_running, person, language="en"):
    return {**(service_running.headers(person) if person else {}), "Accept-Language": language}


async def ask(service_running, person=None):
    answer = await service_running.client.get(API, headers=headers(service_running, person))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_everybody_learns_that_all_is_well_and_no_more(service_running, spoken):
    spoken()
    report(service_running)
    for person in (None, a_coordinator(new_id())):
        told = await ask(service_running, person)
        assert told["state"] == "well"
        assert {one["state"] for one in told["services"]} == {"well"}
        assert told["last_backup_at"]
        assert told["details"] is None
        async with service_running.browser(person) as browser:
            page = await browser.get("/status", headers={"Accept-Language": "en"})
        assert "Everything works." in page.text
        assert "less than a minute ago" in page.text
        assert not [word for word in INTERNALS if word in page.text + json.dumps(told)]


async def test_a_stranger_sees_that_something_is_wrong_and_not_what(service_running, spoken):
    spoken(database_answers=False, problem="password=hunter2", set_aside=7)
    told = await ask(service_running)
    assert told["state"] == "troubled"
    assert "hunter2" not in json.dumps(told)
    async with service_running.browser() as browser:
        page = await browser.get("/status", headers={"Accept-Language": "pl"})
    assert "W tej chwili nie wszystko działa." in page.text
    assert "Nie wszystko da się teraz zapisać." in page.text
    assert "hunter2" not in page.text
    assert "odłożono" not in page.text


async def test_an_administrator_sees_figures_and_what_to_do(service_running, spoken):
    spoken(heard_at=(clock.now() - timedelta(minutes=4)).isoformat())
    report(service_running, finished_at=(clock.now() - timedelta(hours=40)).isoformat())
    details = (await ask(service_running, an_administrator()))["details"]
    assert [fault["code"] for fault in details["faults"]] == ["service_silent", "backup_old"]
    assert all(fault["to_do"] and fault["command"] for fault in details["faults"])
    assert details["backup"]["name"] == "secret-backup"
    assert details["nats"] == "2.15.1"
    assert {one["stream"] for one in details["streams"]} == {"REGISTRY", "CALENDAR", "MAP", "NOTIFICATIONS"}
    async with service_running.browser(an_administrator()) as browser:
        page = await browser.get("/notifications/status", headers={"Accept-Language": "pl"})
    assert "Kalendarz: ta część zamilkła." in page.text
    assert "Zamilkła." in page.text
    assert "Ostatnia kopia zapasowa ma ponad półtorej doby." in page.text
    assert ".venv/bin/python -m deploy backup create" in page.text
    assert "secret-backup" in page.text


async def test_without_the_bus_it_says_so(service_running):
    told = await ask(service_running, an_administrator())
    assert told["bus"] == "away"
    assert told["details"]["faults"][0]["code"] == "bus_away"
    assert {one["service"]: one["state"] for one in told["services"]}["notifications"] == "well"


async def test_failed_deliveries_are_counted_for_administrators(service_running, spoken):
    spoken()
    told = await ask(service_running, an_administrator())
    assert {one["channel"]: one["given_up"] for one in told["details"]["failed"]} == {
        "mail": 0,
        "webhook": 0,
        "push": 0,
    }


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_it_answers_while_the_database_is_away(service_running, spoken, how):
    spoken()
    service_running.app.state.bus.heartbeat.services["notifications"]["database_answers"] = False
    database = service_running.app.state.database
    read = database.read

    async def away(*_args, **_options):
        if how == "fails":
            raise OperationalError("SELECT", {}, Exception("no database"))
        await asyncio.sleep(60)

    database.read = away
    try:
        async with asyncio.timeout(20):
            for person in (None, an_administrator()):
                async with service_running.browser(person) as browser:
                    page = await browser.get("/status", headers={"Accept-Language": "en"})
                assert page.status_code == 200
                assert "Not everything can be kept at the moment." in page.text
                assert ("Who you are cannot be found out now" in page.text) == (person is not None)
                assert (await ask(service_running, person))["details"] is None
    finally:
        database.read = read
