"""The operator's command line beside a running installation, and where something is not right."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.system.stack import SERVICES, Embedded, eventually, free_port, operated


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Run the embedded stack."""
    with Embedded(tmp_path_factory.mktemp("town") / "data") as stack:
        stack.start(120)
        eventually(lambda: stack.get("/notifications/api/v1/status")["state"] == "well", 60)
        yield stack
        stack.stop()


def deploy(data, *arguments, **environment):
    """Run `python -m deploy …` and give its status and what it printed."""
    done = operated(data, *arguments, **environment)
    return done.returncode, done.stdout, done.stderr


def examined(data, *arguments, **environment):
    """Ask the doctor, and give its status and what it found by check."""
    code, printed, told = deploy(data, "doctor", "--json", *arguments, **environment)
    assert printed, told
    answer = json.loads(printed)
    assert {"ok": 0, "warn": 1, "fail": 2}[answer["state"]] == code
    return code, {one["check"]: one for one in answer["checks"]}


def test_the_doctor_finds_a_running_installation_well(town):
    reports = town.data / "reports"
    reports.mkdir()
    last = {"name": "nightly", "finished_at": (datetime.now(UTC) - timedelta(hours=3)).isoformat(), "bytes": 1}
    (reports / "backup.json").write_text(json.dumps(last))
    mail = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    mail.start()
    try:
        smtp = {"OSIEDLE_MAIL": "smtp", "OSIEDLE_SMTP_PORT": str(mail.port)}
        code, found = examined(town.data, PORT=str(town.port), **smtp)
    finally:
        mail.stop()
    assert code == 1, [one for one in found.values() if one["state"] == "fail"]
    assert {name for name, one in found.items() if one["state"] == "warn"} == {"address"}
    well = {"mail", "bus", "sync_always", "streams", "code", "disk", "clock", "backup", "base map"}
    assert {found[name]["state"] for name in (*well, *(f"database of {one}" for one in SERVICES))} == {"ok"}


def test_the_doctor_names_what_is_broken_and_what_to_do(tmp_path):
    no_map = tmp_path / "a.pmtiles"
    no_map.write_text("no map")
    code, found = examined(
        tmp_path / "data",
        PORT=str(free_port()),
        OSIEDLE_MAIL="smtp",
        OSIEDLE_SMTP_PORT=str(free_port()),
        OSIEDLE_NATS_URL=f"nats://127.0.0.1:{free_port()}",
        OSIEDLE_ADDRESS="http://osiedle.invalid",
        OSIEDLE_BASEMAP=str(no_map),
        OSIEDLE_ZONE="Europe/Azory",
    )
    assert code == 2
    broken = {name for name, one in found.items() if one["state"] == "fail"}
    assert broken >= {"address", "mail", "bus", "base map", "clock"}
    assert all(found[name]["to_do"] for name in broken)
    assert "osiedle.invalid" in found["address"]["words"]
    assert not (tmp_path / "data").exists(), "looking made something"
