"""The doctor's judges: what is good, doubtful and bad, and that it is always said what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.doctor import checks, worst
from deploy.doctor.checks import Result
from deploy.doctor.probes import ahead
from deploy.services import settings_of
from services.notifications.domain.health import Backup

NOW = datetime(2026, 11, 26, 13, tzinfo=UTC)
LAST = Backup("b", NOW - timedelta(hours=5))
AWAY = "https://osiedle.example.org"


def ending(days, error=None):
    return checks.certificate("the bus", NOW + timedelta(days=days), NOW, "Renew it.", error)


CASES = [
    ("ok", checks.address(AWAY, True, 200)),
    ("fail", checks.address(AWAY, False, 200)),
    ("fail", checks.address(AWAY, True, 502)),
    ("fail", checks.address(AWAY, True, "connection refused")),
    ("fail", checks.address("http://osiedle.example.org", True, 200)),
    ("warn", checks.address("http://127.0.0.1:8000", True, 200)),
    ("warn", checks.address("http://127.0.0.1:8080", True, None)),
    ("warn", checks.mail("console", "", None)),
    ("ok", checks.mail("smtp", "mail:25", None)),
    ("fail", checks.mail("smtp", "mail:25", "it took too long")),
    ("skip", checks.clock({}, "2026.1")),
    ("ok", checks.clock({"PostgreSQL": -1.9}, "2026.1")),
    ("warn", checks.clock({"PostgreSQL": 0.1, "the gateway": -2.1}, "2026.1")),
    ("fail", checks.clock({"PostgreSQL": 61.0}, "2026.1")),
    ("ok", checks.disk("/data", 10, 100)),
    ("warn", checks.disk("/data", 9, 100)),
    ("fail", checks.disk("/data", 1, 100)),
    ("fail", checks.disk("/data", 0, 0)),
    ("ok", checks.base_map("a.pmtiles", 14, "", None)),
    ("fail", checks.base_map("a.pmtiles", None, "", None)),
    ("ok", checks.base_map(None, None, "", None)),
    ("ok", checks.base_map(None, None, "https://t/{z}/{x}/{y}.png", 200)),
    ("fail", checks.base_map(None, None, "https://t/{z}/{x}/{y}.png", 403)),
    ("ok", checks.python((3, 11, 0))),
    ("fail", checks.python((3, 10, 14))),
    ("ok", checks.code("1.0", "1.0")),
    ("warn", checks.code("1.1", "1.0")),
    ("skip", checks.code("1.1", None)),
    ("ok", checks.database("map", "0004", "0004")),
    ("warn", checks.database("map", "0003", "0004")),
    ("fail", checks.database("map", "0005", "0004")),
    ("skip", checks.database("map", None, "0004")),
    ("fail", checks.database("map", None, "0004", "connection refused")),
    ("skip", checks.postgres(None)),
    ("ok", checks.postgres((17, 2))),
    ("warn", checks.postgres((14, 9))),
    ("ok", checks.bus("2.15.1", None)),
    ("ok", checks.bus("2.12.0-RC.1", None)),
    ("warn", checks.bus("2.11.9", None)),
    ("fail", checks.bus(None, "no servers")),
    ("ok", checks.sync("always")),
    ("fail", checks.sync("not always")),
    ("skip", checks.sync("unknown")),
    ("skip", checks.streams({})),
    ("ok", checks.streams({"MAP": 0.69})),
    ("warn", checks.streams({"MAP": 0.1, "REGISTRY": 0.7})),
    ("fail", checks.streams({"MAP": 0.995})),
    ("ok", ending(22)),
    ("warn", ending(20)),
    ("fail", ending(-1)),
    ("fail", ending(100, "self-signed")),
    ("skip", checks.certificate("the bus", None, NOW, "Renew it.")),
    ("ok", checks.backup(LAST, NOW)),
    ("warn", checks.backup(LAST, NOW + timedelta(hours=32))),
    ("warn", checks.backup(None, NOW)),
    ("fail", checks.backup(Backup("b", NOW, problem="no room"), NOW)),
]


@pytest.mark.parametrize(("state", "result"), CASES, ids=lambda one: getattr(one, "words", one))
def test_each_is_judged_and_what_is_not_well_says_what_to_do(state: str, result: Result) -> None:
    assert result.state == state
    assert result.words
    if state in ("warn", "fail"):
        assert result.to_do


def test_the_worst_is_told_and_what_was_skipped_counts_for_nothing() -> None:
    def of(*states: checks.State) -> checks.State:
        return worst([Result("x", state, "") for state in states])

    assert of("ok", "skip") == "ok"
    assert of("ok", "warn", "skip") == "warn"
    assert of("fail", "warn") == "fail"


def test_a_slow_answer_does_not_make_a_clock_wrong() -> None:
    def later(seconds: float) -> datetime:
        return NOW + timedelta(seconds=seconds)

    assert ahead(later(0), later(-1), later(9)) == 0.0
    assert ahead(later(0), later(-9), later(0.9), whole=1.0) == 0.0
    assert ahead(later(0), later(10), later(12), whole=1.0) == 9.0
    assert ahead(later(0), later(-12), later(-10)) == -10.0


def test_the_secrets_of_one_service_are_read_for_it_alone(tmp_path, monkeypatch) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "env").write_text("OSIEDLE_DATABASE_URL=postgresql://map:a=b@postgres/map\n")
    (tmp_path / "map" / "bus.creds").write_text("x")
    monkeypatch.setenv("OSIEDLE_DATABASE_URL", "postgresql://calendar:x@postgres/calendar")
    settings = settings_of("map", tmp_path)
    assert settings.database_url == "postgresql://map:a=b@postgres/map"
    assert settings.nats_credentials == tmp_path / "map" / "bus.creds"
    assert settings_of("calendar", None).database_url == "postgresql://calendar:x@postgres/calendar"
