"""Real calendar programs against a real server: vdirsyncer fetches the feed, khal and two libraries read it alike."""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import httpx
import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import insert

from services.calendar.api.imports import import_file
from services.calendar.models import Base, Organisation
from services.calendar.settings import Settings
from shared.database import Database, sqlite_url
from shared.identifiers import new_id
from shared.migrations import migrate
from tests.builders import an_administrator
from tests.system.stack import Program, eventually, free_port, slowness

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST, DAYS = datetime(2027, 3, 1, tzinfo=WARSAW), 40
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//PL
BEGIN:VEVENT
UID:weekly
DTSTART;TZID=Europe/Warsaw:20270303T170000
DTEND;TZID=Europe/Warsaw:20270303T183000
RRULE:FREQ=WEEKLY;BYDAY=WE
EXDATE;TZID=Europe/Warsaw:20270317T170000
SUMMARY:Klub Seniora: kawa\\, ciasto i rozmowa o zażółconej gęślej jaźni naszego osiedla
END:VEVENT
BEGIN:VEVENT
UID:weekly
RECURRENCE-ID;TZID=Europe/Warsaw:20270324T170000
DTSTART;TZID=Europe/Warsaw:20270325T100000
DTEND;TZID=Europe/Warsaw:20270325T110000
SUMMARY:Klub Seniora w czwartek
END:VEVENT
BEGIN:VEVENT
UID:night
DTSTART;TZID="(GMT+01.00) Sarajevo/Warsaw/Zagreb":20270327T233000
DTEND;TZID="(GMT+01.00) Sarajevo/Warsaw/Zagreb":20270328T033000
SUMMARY:Noc zmiany czasu
END:VEVENT
BEGIN:VEVENT
UID:day
DTSTART;VALUE=DATE:20270320
DTEND;VALUE=DATE:20270322
SUMMARY:Święto osiedla
END:VEVENT
BEGIN:VEVENT
UID:far
DTSTART;TZID=Europe/Warsaw:20400704T120000
DTEND;TZID=Europe/Warsaw:20400704T130000
SUMMARY:Daleko
END:VEVENT
END:VCALENDAR
"""
VDIRSYNCER = """[general]
status_path = "{folder}/status/"
[pair osiedle]
a = "web"
b = "local"
collections = null
[storage web]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{folder}/events/"
fileext = ".ics"
"""
KHAL = """[calendars]
[[osiedle]]
path = {folder}/events/
readonly = True
[locale]
local_timezone = Europe/Warsaw
default_timezone = Europe/Warsaw
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


async def imported(data: Path) -> None:
    """Take the file over into a fresh database of the calendar."""
    database = Database(sqlite_url(data / "calendar.sqlite"), Base.metadata, "calendar")
    migrate(database.engine, "calendar", Base.metadata)
    club_id = new_id()
    with database.engine.begin() as connection:
        connection.execute(
            insert(Organisation), {"id": club_id, "version": 1, "name": "Klub", "kind": "ngo", "url": "/x"}
        )
    await database.start()
    try:
        by = an_administrator()
        await import_file(database, Settings(), by=by, organisation_id=club_id, data=FILE.encode())
    finally:
        await database.stop()


@contextmanager
def a_calendar_that_serves(data: Path):
    """Serve what the file says, alone, without a bus."""
    asyncio.run(imported(data))
    port = free_port()
    quiet = {"OSIEDLE_CONNECTED": "no", "OSIEDLE_WORKING": "no"}
    program = Program(data / "log", "services.calendar", "serve", DATA=str(data), PORT=str(port), **quiet)
    try:
        address = f"http://127.0.0.1:{port}/calendar"
        eventually(lambda: httpx.get(f"{address}/health/live").status_code == 200, seconds=60 * slowness())
        yield address
    finally:
        program.stop()


def run(program: str, *arguments: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "Europe/Warsaw"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        env=environment, capture_output=True, text=True, timeout=90, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_vdirsyncer_khal_and_two_libraries_read_the_feed_as_we_mean_it(tmp_path):
    with a_calendar_that_serves(tmp_path) as address:
        found = httpx.get(f"{address}/api/v1/occurrences", params=window()).json()["items"]
        expected = {(datetime.fromisoformat(one["starts_at"]).astimezone(UTC), one["title"]) for one in found}
        assert len(expected) == 7
        text = httpx.get(f"{address}/feed.ics").text
        for name, content in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
            (tmp_path / name).write_text(content.format(folder=tmp_path, url=f"{address}/feed.ics"))
        (tmp_path / "events").mkdir()
        run("vdirsyncer", "-c", str(tmp_path / "vdirsyncer"), "discover")
        run("vdirsyncer", "-c", str(tmp_path / "vdirsyncer"), "sync")
        one = httpx.get(f"{address}/events/{found[0]['event_id']}.ics").text
    assert read_by_icalendar(text) == expected
    assert read_by_ical(text) == expected
    assert read_by_khal(tmp_path) == {(start.astimezone(WARSAW), title) for start, title in expected}
    assert len(list((tmp_path / "events").glob("*.ics"))) == 4
    far = run("khal", "-c", str(tmp_path / "khal"), "list", "2040-07-04", "--format", "{start-time} {title}")
    assert "12:00 Daleko" in far
    assert len(read_by_ical(one)) == 4 + 1
    assert "Klub Seniora" in run("khal", "-c", str(tmp_path / "khal"), "printics", str(write(tmp_path, one)))


def window() -> dict[str, str]:
    return {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=DAYS)).isoformat(), "limit": "200"}


def write(folder: Path, text: str) -> Path:
    path = folder / "one.ics"
    path.write_text(text, newline="")
    return path


def instant(at: date) -> datetime:
    return (at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=WARSAW)).astimezone(UTC)


def read_by_icalendar(text: str) -> set[tuple[datetime, str]]:
    calendar = icalendar.Calendar.from_ical(text)
    dates = recurring_ical_events.of(calendar).between(FIRST, FIRST + timedelta(days=DAYS))
    return {(instant(one["DTSTART"].dt), str(one["SUMMARY"])) for one in dates}


def read_by_ical(text: str) -> set[tuple[datetime, str]]:
    timeline = IcsCalendarStream.calendar_from_ics(text).timeline_tz(WARSAW)
    dates = timeline.overlapping(FIRST, FIRST + timedelta(days=DAYS))
    return {(instant(cast(date, one.dtstart)), str(one.summary)) for one in dates}


def read_by_khal(folder: Path) -> set[tuple[datetime, str]]:
    listed = run(
        "khal", "-c", str(folder / "khal"), "list", f"{FIRST:%Y-%m-%d}", f"{DAYS}d", "--day-format", "",
        "--format", "{start-date}|{start-time}|{title}",
    )  # fmt: skip
    found = set()
    for day, clock, title in (line.split("|") for line in listed.splitlines() if line):
        start = datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=WARSAW)
        found.add((start, title))
    return found
