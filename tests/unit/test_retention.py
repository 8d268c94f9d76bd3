"""What is kept for how long: one table, what an operator may set in it, and what the run-book says of it."""

import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.kept import CLASSES
from shared.observability import set_up_logging
from shared.retention import Files, Outcome
from shared.retention_cli import table
from shared.settings import ServiceSettings

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(OSIEDLE_KEEP_\w+_DAYS)` \| (\d+) \| ([\w, ]+) \|", re.MULTILINE)
SET = {one.name: one for one in CLASSES.values() if not one.fixed}


def test_the_run_book_names_every_class_with_its_days_and_its_services():
    told = {name: (int(days), tuple(where.split(", "))) for name, days, where in ROW.findall(run_book())}
    assert told == {one.variable: (one.days, one.services) for one in SET.values()}


def run_book() -> str:
    return (ROOT / "deploy" / "README.md").read_text()


def test_every_class_is_kept_as_long_as_the_table_says_while_nothing_is_set():
    assert ServiceSettings().keep == {one.name: one.days for one in SET.values()}


def test_the_environment_sets_the_days_of_one_class(monkeypatch):
    monkeypatch.setenv("OSIEDLE_KEEP_ALERTS_DAYS", "90")
    days = ServiceSettings().keep
    assert (days["alerts"], days["deliveries"]) == (90, SET["deliveries"].days)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("OSIEDLE_KEEP_AUDIT_DAYS", "29", "at least 30"),
        ("OSIEDLE_KEEP_ALERTS_DAYS", "-1", "greater than or equal to 0"),
        ("OSIEDLE_KEEP_ALERTS_DAYS", "a year", "valid integer"),
    ],
)
def test_days_that_cannot_be_are_refused_at_the_start(monkeypatch, variable, value, words):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=words):
        ServiceSettings()


def test_nothing_is_ever_a_setting_that_does_nothing():
    with pytest.raises(ValidationError, match="nothing of the name"):
        ServiceSettings(keep={"nonsense": 3})
    with pytest.raises(ValidationError, match="nothing of the name"):
        ServiceSettings(keep={"invited_names": 3})


def test_zero_days_are_for_ever():
    assert ServiceSettings(keep={"audit": 0}).keep["audit"] == 0


def test_the_operator_reads_columns_under_one_another():
    outcomes = [Outcome("alerts", 365, 1200), Outcome("invited_names", 0, 3), Outcome("people", None, 0)]
    assert table(outcomes, dry_run=True).splitlines() == [
        "class              days  would go",
        "alerts              365      1200",
        "invited_names   at once         3",
        "people         for ever         0",
    ]


def test_whom_it_concerns_is_listed_below():
    lines = table([Outcome("people", 400, 2, ("one", "two"))], dry_run=False).splitlines()
    assert lines[0].split() == ["class", "days", "went"]
    assert lines[-1] == "people: one, two"


async def test_files_go_by_their_age_and_others_stay(tmp_path: Path):
    for name, day in (("old.eml", 1), ("young.eml", 20), ("old.txt", 1)):
        (tmp_path / name).write_text("x")
        at = datetime(2030, 1, day, tzinfo=UTC).timestamp()
        os.utime(tmp_path / name, (at, at))
    rule, before = Files("mails", tmp_path, "*.eml"), datetime(2030, 1, 10, tzinfo=UTC)
    assert await rule.count(None, before) == (1, ())  # type: ignore[arg-type]
    assert names(tmp_path) == ["old.eml", "old.txt", "young.eml"]
    assert await rule.remove(None, before) == 1  # type: ignore[arg-type]
    assert names(tmp_path) == ["old.txt", "young.eml"]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_is_forgotten_is_told_even_where_only_warnings_are(capsys):
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        set_up_logging("WARNING")
        logging.getLogger("shared.retention").info("forgot 3 of alerts")
        logging.getLogger("shared.broker").info("is on the bus")
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    told = capsys.readouterr().err
    assert "forgot 3 of alerts" in told
    assert "is on the bus" not in told
