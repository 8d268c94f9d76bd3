"""How the installation fares: states, faults in their order, and what is said of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.notifications.clients.reports import last_backup
from services.notifications.domain.advice import Commands, advice_on, age
from services.notifications.domain.health import (
    SERVICES,
    Backup,
    Fault,
    FaultCode,
    Installation,
    backup_of,
    faults_of,
    services_of,
)
from shared import i18n

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
FINE = {
    "at": NOW.isoformat(),
    "heard_at": NOW.isoformat(),
    "outbox_oldest_at": None,
    "set_aside": 0,
    "database_answers": True,
    "sync": "always",
    "version": "1",
}
BACKUP = Backup("one", NOW - timedelta(hours=10))


def ago(**since):
    return (NOW - timedelta(**since)).isoformat()


def installation(connected=True, backup=BACKUP, failed=None, counted=True, **calendar):
    heard = dict.fromkeys(SERVICES, FINE) | {"calendar": FINE | calendar}
    services = services_of({"connected": connected, "services": heard}, NOW)
    return Installation(NOW, connected, "2.15", services, backup, failed, counted)


def state_of(name, it):
    return next(one.state for one in it.services if one.name == name)


def codes(it):
    return [(fault.code, fault.about) for fault in faults_of(it)]


def test_what_speaks_is_well_and_nothing_is_to_do():
    it = installation()
    assert it.is_well
    assert faults_of(it) == []


@pytest.mark.parametrize(
    ("said", "state", "fault"),
    [
        ({"heard_at": ago(seconds=15)}, "well", None),
        ({"heard_at": ago(seconds=16)}, "silent", "service_silent"),
        ({"heard_at": "nonsense"}, "unheard", "service_unheard"),
        ({"database_answers": False}, "troubled", "database_away"),
        ({"sync": "not always"}, "troubled", "bus_forgets"),
        ({"outbox_oldest_at": ago(seconds=31)}, "late", "messages_late"),
        ({"outbox_oldest_at": ago(seconds=29)}, "well", None),
        ({"set_aside": 2}, "well", "messages_set_aside"),
        ({"consumers": {"MAP": {"pending": 600}, "REGISTRY": {"pending": 400}}}, "well", "service_behind"),
        ({"consumers": {"MAP": {"pending": 999}}}, "well", None),
        ({"problem": "the stream is full"}, "well", "bus_problem"),
    ],
)
def test_silence_delay_and_what_waits_are_seen(said, state, fault):
    it = installation(**said)
    assert state_of("calendar", it) == state
    assert codes(it) == ([(fault, "calendar")] if fault else [])
    assert it.is_well == (state == "well")


def test_a_message_is_as_old_as_it_was_when_its_service_spoke():
    """Fails when the seconds since the last heartbeat are counted with it: every message would seem late."""
    it = installation(at=ago(seconds=10), heard_at=ago(seconds=10), outbox_oldest_at=ago(seconds=11))
    assert it.delay == timedelta(seconds=1)


def test_of_who_is_silent_nothing_else_is_said():
    it = installation(heard_at=ago(minutes=3), set_aside=4, database_answers=False, problem="x")
    assert codes(it) == [("service_silent", "calendar")]


def test_who_never_spoke_is_told_apart_from_who_fell_silent():
    services = services_of({"connected": True, "services": {}}, NOW)
    assert {one.state for one in services} == {"unheard"}


def test_without_the_bus_nothing_is_said_of_the_others():
    it = installation(connected=False, heard_at=ago(minutes=5))
    assert [one.state for one in it.services] == ["unknown", "unknown", "unknown", "well"]
    assert codes(it) == [("bus_away", "")]
    assert not it.is_well


@pytest.mark.parametrize(
    ("backup", "fault"),
    [
        (None, "backup_unknown"),
        (replace(BACKUP, finished_at=NOW - timedelta(hours=35)), None),
        (replace(BACKUP, finished_at=NOW - timedelta(hours=37)), "backup_old"),
        (replace(BACKUP, problem="the disk is full"), "backup_failed"),
    ],
)
def test_a_backup_is_missed_after_a_day_and_a_half(backup, fault):
    assert codes(installation(backup=backup)) == ([(fault, "")] if fault else [])


def test_streams_deliveries_and_versions_are_looked_at():
    it = installation(failed={"mail": 0, "push": 3}, streams={"CALENDAR": 0.71, "MAP": 0.69}, version="2")
    assert codes(it) == [("versions_differ", ""), ("stream_full", "CALENDAR"), ("deliveries_failed", "push")]
    assert codes(installation(counted=False)) == [("deliveries_unknown", "")]


def test_what_cannot_wait_comes_first():
    faults = faults_of(installation(backup=None, set_aside=1, database_answers=False))
    assert [fault.is_grave for fault in faults] == [True, False, False]


@pytest.mark.parametrize("tongue", ["pl", "en"])
@pytest.mark.parametrize("composed", [True, False])
@pytest.mark.parametrize("code", get_args(FaultCode))
def test_of_every_fault_it_is_said_what_to_do(code, composed, tongue):
    token = i18n.language.set(tongue)
    try:
        advice = advice_on(Fault(code, "calendar", 0.8, NOW, "said"), Commands(composed))
    finally:
        i18n.language.reset(token)
    assert advice.words
    assert advice.to_do
    assert "{" not in advice.words + advice.to_do


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=49), "2 days"),
    ],
)
def test_an_age_is_said_roughly(given, words):
    token = i18n.language.set("en")
    try:
        assert age(given) == words
    finally:
        i18n.language.reset(token)


@pytest.mark.parametrize("said", [None, [], {}, {"finished_at": 5}, {"finished_at": "yesterday"}])
def test_what_is_no_report_is_none(said):
    assert backup_of(said) is None


def test_a_report_is_read_and_one_that_cannot_be_is_none(tmp_path):
    assert last_backup(tmp_path / "nowhere") is None
    (tmp_path / "backup.json").write_text("{half")
    assert last_backup(tmp_path) is None
    (tmp_path / "backup.json").write_text('{"name": "b", "finished_at": "2026-11-26T03:00:00", "bytes": 5}')
    assert last_backup(tmp_path) == Backup("b", datetime(2026, 11, 26, 3, tzinfo=UTC), 5)
