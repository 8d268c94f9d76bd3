"""A container that is taken over can do little: somebody with a shell in the calendar's tries each thing in turn."""

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]

INTRUDER = Path(__file__).with_name("intruder.py").read_text()
GIVEN_BY_DOCKER = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/sbin/docker-init", "/usr/sbin/docker-init"}


@pytest.fixture(scope="module")
def report(town):
    code, output = town.container("calendar").exec_run(["osiedle", "python", "-c", INTRUDER], demux=True)
    assert code == 0, output
    return json.loads(output[0])


def test_what_the_calendar_itself_does_all_day_is_possible(report):
    own = {name: came for name, came in report["found"].items() if name.startswith("MAY ")}
    assert len(own) == 4
    assert set(own.values()) == {"done"}


@pytest.mark.parametrize(
    "kind",
    ["database", "statement", "publish", "subscribe", "bus as", "write", "read", "socket", "become root"],
)
def test_every_attempt_of_a_kind_is_refused(report, kind):
    attempts = {name: came for name, came in report["found"].items() if name.startswith(kind)}
    assert len(attempts) >= 2
    assert {name: came for name, came in attempts.items() if not came.startswith("refused")} == {}


def test_no_attempt_at_all_succeeds(report):
    done = [name for name, came in report["found"].items() if came == "done" and not name.startswith("MAY ")]
    assert done == []
    assert len(report["found"]) > 70


def test_no_right_of_the_kernel_is_held_or_can_be_had(report):
    held = report["held"]
    assert {int(held[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0}
    assert held["NoNewPrivs"] == "1"
    assert held["Seccomp"] == "2"
    assert "0" not in held["Uid"].split()


def test_nothing_of_the_host_is_mounted_but_its_own_volume_and_what_docker_writes(report):
    assert set(report["mounted"]) - GIVEN_BY_DOCKER == {"/run/osiedle"}
    assert report["mounted"]["/run/osiedle"].endswith("calendar-secrets/_data")


@pytest.mark.parametrize("address", ["postgres:5432", "nats:8222", "nats:4222"])
def test_the_gateway_reaches_neither_database_nor_bus(town, address):
    host, _, port = address.partition(":")
    gateway = town.container("gateway")
    assert gateway.exec_run(["wget", "-q", "-T", "5", "-O", "-", "http://registry:8000/registry/health/ready"])[0] == 0
    networks = town.container(host).attrs["NetworkSettings"]["Networks"].values()
    for place in (host, *(network["IPAddress"] for network in networks)):
        code, said = gateway.exec_run(["wget", "-q", "-T", "2", "-O", "-", f"http://{place}:{port}/"])
        assert code != 0, said
        assert b"nats" not in said.lower().replace(b"nats:", b"")


def test_neither_database_nor_bus_reaches_the_world(town):
    for service in ("postgres", "nats"):
        routes = town.container(service).exec_run(["cat", "/proc/net/route"]).output.decode().splitlines()[1:]
        assert routes
        assert "00000000" not in [line.split()[1] for line in routes]
