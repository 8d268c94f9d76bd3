"""An installation under load while something goes wrong: nothing acknowledged is lost, nothing is doubled, it recovers.

How long clients waited and how long each recovery took is printed, and written to `build/compose/recovery.json`.
"""

import itertools
import json
import ssl
import time
from dataclasses import asdict, dataclass

import pytest

from tests.system.compose import faults
from tests.system.compose.ledger import settle
from tests.system.compose.load import PARTNER, PLACE, Ledger, Load, Target
from tests.system.stack import ROOT, SERVICES, eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]

CONTAINERS = (*SERVICES, "nats", "postgres", "gateway")
WARM_UP = 2.0
"""Seconds of load before a fault, and after it."""
COMES_BACK = 120.0
DRAINS = 150.0
"""Limits for a machine that does other things too; the table says what it took."""


@dataclass(frozen=True)
class Recovery:
    """One line of the table; times in seconds."""

    story: str
    acknowledged: int
    asked_again: int
    longest_wait: float
    healthy_after: float
    heard_after: float


@pytest.fixture(scope="module")
def table():
    """Collect what the stories took, print it and write it down."""
    lines: list[Recovery] = []
    yield lines
    file = ROOT / "build" / "compose" / "recovery.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(line) for line in lines], indent=1))
    print("\n| story | acknowledged | asked again | longest wait, s | healthy after, s | all heard after, s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for line in lines:
        print("| " + " | ".join(str(value) for value in asdict(line).values()) + " |")


@pytest.fixture(scope="module")
def town(open_town):
    return open_town


@pytest.fixture(scope="module")
def target(town):
    """Register who hosts and where, and let a partner in."""
    organisation = town.organisation("Dom Kultury")
    town.person("Anna Przykładowa", organisation, "anna@example.org")
    place = {"name": "Plac", "organisation_id": organisation, "capacity": 1000, "one_at_a_time": False, **PLACE}
    venue = town.post("/registry/api/v1/venues", place)["id"]
    key = json.loads(operator(town, "add", PARTNER, "--json"))["key"]
    trusted = ssl.create_default_context(cadata=operator(town, "ca"))
    return Target(town, organisation, venue, key, operator(town, "creds", PARTNER), town.bus_port, trusted)


@pytest.fixture(scope="module")
def numbers():
    return itertools.count()


@pytest.fixture
def load(target, numbers):
    """Make the load of one story; none has the number of one that failed, and so none its names."""
    return Load(target, next(numbers))


def operator(town, *arguments):
    return town.compose("run", "--rm", "-T", "operator", "partner", *arguments)


def is_healthy(town):
    return all(town.health(one) == "healthy" for one in CONTAINERS)


def judged(town, ledger: Ledger, table, story, healthy_after):
    """Wait until everything is heard; nothing may be lost or doubled."""
    verdict, heard_after = settle(town, ledger, DRAINS)
    acknowledged = sum(map(len, ledger.acknowledged.values()))
    wait = ledger.longest_wait("organisation", "event")
    refusals = sum(ledger.refusals.values())
    line = Recovery(story, acknowledged, refusals, round(wait, 1), round(healthy_after, 1), round(heard_after, 1))
    table.append(line)
    print(line, dict(ledger.refusals))
    assert verdict.faults == []
    assert all(ledger.acknowledged.values())


@pytest.mark.parametrize("signal", [faults.KILL, faults.CRASH])
def test_each_container_that_ends_is_started_again_and_loses_nothing(town, load, table, signal):
    """Fails where something is answered before it is written, or the engine is not asked to start it again."""
    took = {}
    with load:
        for service in CONTAINERS:
            load.goes_on(WARM_UP)
            restarts = town.container(service).attrs["RestartCount"]
            began = time.monotonic()
            faults.end(town, service, signal)
            eventually(lambda one=service, before=restarts: faults.has_come_back(town, one, before), COMES_BACK)
            took[service] = time.monotonic() - began
        load.goes_on(WARM_UP)
    print({service: round(seconds, 1) for service, seconds in took.items()})
    judged(town, load.ledger, table, f"each of 7 containers gets SIG{signal}", max(took.values()))


def test_while_the_bus_stands_still_people_write_as_always(town, load, table):
    """Fails where a write waits for the bus."""
    with load:
        load.goes_on(WARM_UP)
        town.container("nats").pause()
        try:
            began = time.monotonic()
            load.goes_on(15)
            away = town.http.get(f"{town.address}/registry/health/ready")
            written = load.ledger.answered_between("organisation", began, time.monotonic())
        finally:
            town.container("nats").unpause()
        back = time.monotonic()
        eventually(lambda: bus_is_well(town), COMES_BACK, every=0.2)
        healthy_after = time.monotonic() - back
        load.goes_on(WARM_UP)
    assert written >= 15, "less than one a second was written while the bus stood still"
    assert away.status_code == 200
    assert away.json()["bus"]["problem"], "nobody was told that the bus is away"
    judged(town, load.ledger, table, "bus paused for 15 s", healthy_after)


def bus_is_well(town):
    told = [town.http.get(f"{town.address}/{one}/health/ready").json()["bus"] for one in SERVICES]
    return all(bus["connected"] and not bus["problem"] for bus in told)


def test_a_database_that_is_started_again_in_order_loses_nothing(town, load, table):
    with load:
        load.goes_on(WARM_UP)
        began = time.monotonic()
        town.container("postgres").restart(timeout=20)
        eventually(lambda: is_healthy(town) and all(faults.says_ready(town, one) for one in SERVICES), COMES_BACK)
        healthy_after = time.monotonic() - began
        load.goes_on(WARM_UP)
    judged(town, load.ledger, table, "database restarted", healthy_after)


@pytest.mark.parametrize("service", ["registry", "calendar"])
def test_a_service_that_was_cut_off_goes_on_under_another_address(town, load, table, service):
    """Fails where a connection to an address that is gone is waited for: its locks are held, and nobody is told."""
    with load:
        load.goes_on(WARM_UP)
        with faults.cut_off(town, service):
            eventually(lambda: not faults.says_ready(town, service), 30)
            load.goes_on(3)
        back = time.monotonic()
        eventually(lambda: faults.says_ready(town, service), COMES_BACK)
        eventually(lambda: bus_is_well(town), COMES_BACK)
        healthy_after = time.monotonic() - back
        load.goes_on(WARM_UP)
    judged(town, load.ledger, table, f"{service} cut off", healthy_after)


def test_services_that_are_upgraded_one_by_one_make_nobody_wait_for_long(town, load, table):
    """Fails where the gateway gives up at once: whoever asks while a service starts is refused."""
    before = {service: town.container(service).attrs["Image"] for service in SERVICES}
    with load:
        load.goes_on(WARM_UP)
        began = time.monotonic()
        for service in SERVICES:
            faults.upgraded_image(town, service)
            town.compose("up", "--detach", "--no-deps", "--force-recreate", "--wait", service)
        healthy_after = time.monotonic() - began
        load.goes_on(WARM_UP)
    assert all(town.container(service).attrs["Image"] != image for service, image in before.items())
    judged(town, load.ledger, table, "four services upgraded", healthy_after)
    assert load.ledger.longest_wait("organisation", "event") < 60
