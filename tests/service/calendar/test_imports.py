"""Calendar files: over HTTP and from the command line, on both databases; importing again changes nothing."""

import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from services.calendar.models import Base
from services.calendar.models import Organisation as OrganisationRow
from shared.database import Database, sqlite_url
from shared.messages.calendar import EventCancelled, EventMoved, EventPlanned
from shared.migrations import migrate
from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, next_monday

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "tests" / "data" / "ics"
SHARED_FILES = sorted((ROOT.parent / "shared" / "data" / "ics").glob("*.ics"))
ADMINISTRATOR = an_administrator()
COUNTS = ("imported", "updated", "unchanged", "repaired", "refused")


def file(*events, head=()):
    return "\r\n".join(["BEGIN:VCALENDAR", *head, *[line for event in events for line in event], "END:VCALENDAR", ""])


def vevent(start, *lines, uid="1", title="Festyn", hours=2):
    end = start.replace(hour=start.hour + hours)
    times = [f"DTSTART;TZID=Europe/Warsaw:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID=Europe/Warsaw:{end:%Y%m%dT%H%M%S}"]
    return ["BEGIN:VEVENT", f"UID:{uid}", *times, f"SUMMARY:{title}", *lines, "END:VEVENT"]


async def send(calendar, data, organisation, *, status=200, **headers):
    data = data if isinstance(data, bytes) else data.encode()
    sent = calendar.headers(ADMINISTRATOR) | {"Content-Type": "text/calendar", "Accept-Language": "en"} | headers
    answer = await calendar.client.post(f"{API}/imports?organisation_id={organisation.id}", content=data, headers=sent)
    assert answer.status_code == status, answer.text
    return answer.json()


def counts(report):
    return {name: report[name] for name in COUNTS if report[name]}


async def events(calendar):
    return (await calendar.client.get(f"{API}/events?limit=200")).json()["items"]


async def dates(calendar, event):
    answer = await calendar.client.get(f"{API}/events/{event['id']}/occurrences?limit=200")
    return [(one["starts_at"], one["status"] == "cancelled") for one in answer.json()["items"]]


async def test_a_series_with_everything_becomes_its_dates_and_again_changes_nothing(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        data = (OURS / "series.ics").read_bytes()
        assert counts(await send(calendar, data, club)) == {"imported": 3}
        [event] = await events(calendar)
        assert (event["title"], event["host_ids"]) == ("Spotkanie Klubu Seniora", [club.id])
        assert (event["audiences"], event["themes"]) == (["seniors"], ["kultura"])
        assert event["description"].startswith("ul. Jaremy 1\n\nKawa, ciasto; i rozmowa.")
        assert await dates(calendar, event) == [
            ("2026-03-04T17:00:00+01:00", False),
            ("2026-03-11T17:00:00+01:00", False),
            ("2026-03-20T17:00:00+01:00", False),
            ("2026-03-26T16:00:00+01:00", False),
            ("2026-04-01T17:00:00+02:00", True),
            ("2026-04-08T17:00:00+02:00", False),
            ("2026-04-15T17:00:00+02:00", False),
            ("2026-04-22T17:00:00+02:00", False),
            ("2026-04-29T17:00:00+02:00", False),
        ]
        before = len(await calendar.rows("outbox"))
        assert counts(await send(calendar, data, club)) == {"unchanged": 3}
        assert len(await calendar.rows("outbox")) == before
        feed = (await calendar.client.get("/calendar/feed.ics")).content
        assert b"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260430T215959Z" in feed


@pytest.mark.parametrize("name", ["odd-events.ics", "kinds-of-time.ics", "zones.ics", "bomb.ics", "cp1250.ics"])
async def test_each_item_is_taken_repaired_or_refused_with_its_line_and_reason(name, database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        data = (OURS / name).read_bytes()
        report = await send(calendar, data, club)
        assert (
            sum(report[one] for one in COUNTS)
            == len(report["items"])
            == data.count(b"BEGIN:VEVENT") + data.count(b"BEGIN:VTODO")
        )
        for item in report["items"]:
            assert item["line"] > 0
            assert bool(item["reason"]) == (item["result"] in ("repaired", "refused"))
        again = await send(calendar, data, club)
        assert (again["imported"], again["updated"], again["repaired"]) == (0, 0, 0)
        assert again["refused"] == report["refused"]


async def test_reasons_are_said_in_the_readers_language(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        data = (OURS / "odd-events.ics").read_bytes()
        report = await send(calendar, data, club, **{"Accept-Language": "pl"})
        said = {item["uid"]: item["reason"] for item in report["items"]}
        assert said["no-start"] == "Nie podano, kiedy się zaczyna."
        assert said["bad-start"] == "Nie da się odczytać początku „soon”."


async def test_a_newer_item_updates_and_moves_the_event_and_an_older_one_does_not(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        await send(calendar, file(vevent(start, "SEQUENCE:1")), club)
        later = start.replace(hour=17)
        assert counts(await send(calendar, file(vevent(later, "SEQUENCE:2")), club)) == {"updated": 1}
        assert counts(await send(calendar, file(vevent(start, "SEQUENCE:1")), club)) == {"unchanged": 1}
        [event] = await events(calendar)
        assert event["starts_at"] == later.isoformat()
        assert len(await calendar.outgoing(EventPlanned)) == len(await calendar.outgoing(EventMoved)) == 1


async def test_a_changed_occurrence_comes_in_a_file_of_its_own(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        await send(calendar, file(vevent(start, "RRULE:FREQ=DAILY;COUNT=3")), club)
        moved = vevent(start.replace(hour=18), f"RECURRENCE-ID;TZID=Europe/Warsaw:{start:%Y%m%dT%H%M%S}")
        assert counts(await send(calendar, file(moved), club)) == {"imported": 1}
        assert counts(await send(calendar, file(moved), club)) == {"unchanged": 1}
        [event] = await events(calendar)
        assert [at[11:13] for at, _ in await dates(calendar, event)] == ["18", "14", "14"]


async def test_an_occurrence_without_its_series_is_an_event_until_the_series_comes(database_url):
    club, start = an_organisation(), next_monday()
    moved = vevent(start.replace(hour=18), f"RECURRENCE-ID;TZID=Europe/Warsaw:{start:%Y%m%dT%H%M%S}", title="Sam")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        assert counts(await send(calendar, file(moved), club)) == {"imported": 1}
        assert counts(await send(calendar, file(moved), club)) == {"unchanged": 1}
        assert counts(await send(calendar, file(vevent(start, "RRULE:FREQ=DAILY;COUNT=3")), club)) == {"imported": 1}
        alone, series = sorted(await events(calendar), key=lambda event: event["status"])
        assert (alone["title"], alone["status"]) == ("Sam", "cancelled")
        assert [at[11:13] for at, _ in await dates(calendar, series)] == ["18", "14", "14"]
        both = file(vevent(start, "RRULE:FREQ=DAILY;COUNT=3"), moved)
        assert counts(await send(calendar, both, club)) == {"unchanged": 2}


async def test_method_cancel_cancels_what_is_here_and_nothing_else(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        cancel = (OURS / "cancel.ics").read_bytes()
        assert counts(await send(calendar, cancel, club)) == {"unchanged": 1}
        await send(calendar, (OURS / "series.ics").read_bytes(), club)
        assert counts(await send(calendar, cancel, club)) == {"updated": 1}
        assert counts(await send(calendar, cancel, club)) == {"unchanged": 1}
        [event] = await events(calendar)
        assert event["status"] == "cancelled"
        assert len(await calendar.outgoing(EventCancelled)) == 1


async def test_the_same_uid_of_two_organisations_is_two_events(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        for organisation in (club, school):
            assert counts(await send(calendar, file(vevent(next_monday())), organisation)) == {"imported": 1}
        assert sorted(event["host_ids"][0] for event in await events(calendar)) == sorted([club.id, school.id])


async def test_an_item_whose_venue_is_taken_is_refused_and_the_others_are_kept(database_url):
    club = an_organisation()
    hall, start = a_venue(club.id, name="Sala gimnastyczna"), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        body = an_event(start, 1, title="Próba", host_ids=[club.id], venue_id=hall.id)
        made = await calendar.client.post(f"{API}/events", json=body, headers=calendar.headers(ADMINISTRATOR))
        assert made.status_code == 201, made.text
        there = vevent(start, "LOCATION:sala gimnastyczna\\, ul. Jaremy 1", uid="there")
        report = await send(calendar, file(there, vevent(start, uid="elsewhere")), club)
        assert counts(report) == {"imported": 1, "refused": 1}
        assert "Sala gimnastyczna" in report["items"][0]["reason"]
        free = vevent(start.replace(hour=19), "LOCATION:Sala gimnastyczna", uid="there")
        assert counts(await send(calendar, file(free), club)) == {"imported": 1}
        assert {event["venue_id"] for event in await events(calendar)} == {hall.id, None}


async def test_a_file_that_is_no_calendar_is_refused_whole(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        for data in (b"", b"\x89PNG\r\n\x1a\n\x00", (OURS / "not-a-calendar.ics").read_bytes()):
            problem = await send(calendar, data, club, status=422)
            assert problem["type"].endswith("file-refused")
            assert problem["detail"] == "There is no calendar (VCALENDAR) in this file."
        assert await events(calendar) == []


async def test_an_unknown_organisation_is_refused_at_its_place(database_url):
    async with a_calendar(database_url) as calendar:
        problem = await send(calendar, file(vevent(next_monday())), an_organisation(), status=422)
        assert (problem["errors"][0]["pointer"], problem["errors"][0]["in"]) == ("/organisation_id", "query")


async def test_only_those_who_speak_for_an_organisation_import_for_it(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        hers = calendar.headers(a_coordinator(club.id))
        await send(calendar, file(vevent(next_monday())), school, status=403, **hers)
        assert counts(await send(calendar, file(vevent(next_monday())), club, **hers)) == {"imported": 1}


async def test_an_import_is_repeated_by_its_key_with_the_same_answer(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        data = file(vevent(next_monday()))
        first = await send(calendar, data, club, **{"Idempotency-Key": "file-1"})
        assert await send(calendar, data, club, **{"Idempotency-Key": "file-1"}) == first
        assert first["imported"] == 1


async def test_more_items_than_one_unit_all_arrive(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        data = file(*[vevent(start, uid=f"u{number}") for number in range(450)])
        assert counts(await send(calendar, data, club)) == {"imported": 450}
        assert counts(await send(calendar, data, club)) == {"unchanged": 450}


def zipped(files):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


async def test_a_zip_is_taken_over_file_by_file_and_a_bad_one_costs_itself_alone(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        good, other = file(vevent(start, uid="a")), file(vevent(start, uid="b"), vevent(start, uid="a"))
        data = zipped({"rok/1": good, "rok/2": other, "rok/3": "<html>", "__MACOSX/1": "x"})
        report = await send(calendar, data, club, **{"Content-Type": "application/zip"})
        assert counts(report) == {"imported": 2, "unchanged": 1, "refused": 1}
        assert [(one["file"], one["result"]) for one in report["items"]] == [
            ("rok/1", "imported"),
            ("rok/2", "imported"),
            ("rok/2", "unchanged"),
            ("rok/3", "refused"),
        ]
        assert report["items"][-1]["reason"] == "There is no calendar (VCALENDAR) in this file."


async def test_the_very_same_file_is_known_without_being_read_until_another_comes(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        first, second = file(vevent(start, uid="a"), vevent(start, uid="b")), file(vevent(start, uid="a", title="Inny"))
        assert (await send(calendar, first, club))["same_file"] is False
        again = await send(calendar, first, club)
        assert (again["same_file"], again["items"], counts(again)) == (True, [], {"unchanged": 2})
        assert counts(await send(calendar, second, club)) == {"updated": 1}
        back = await send(calendar, first, club)
        assert (back["same_file"], counts(back)) == (False, {"updated": 1, "unchanged": 1})


async def test_of_many_new_items_at_one_venue_the_first_is_kept_and_what_it_blocks_is_refused(database_url):
    club, start = an_organisation(), next_monday()
    hall = a_venue(club.id, name="Sala")
    rooms = [a_venue(club.id, name=name, inside_venue_id=hall.id, ancestor_ids=(hall.id,)) for name in ("A", "B")]
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall, *rooms)
        items = [
            vevent(start, "LOCATION:Sala", "RRULE:FREQ=WEEKLY;COUNT=3", uid="first"),
            vevent(start.replace(hour=15) + timedelta(weeks=2), "LOCATION:Sala", uid="blocked"),
            vevent(start.replace(hour=16), "LOCATION:Sala", uid="after"),
            vevent(start.replace(hour=18), "LOCATION:A", uid="room"),
            vevent(start.replace(hour=18), "LOCATION:B", uid="beside"),
            vevent(start.replace(hour=19), "LOCATION:Sala", uid="around"),
        ]
        report = await send(calendar, file(*items), club)
        results = {one["uid"]: one["result"] for one in report["items"]}
        assert results == dict.fromkeys(("first", "after", "room", "beside"), "imported") | dict.fromkeys(
            ("blocked", "around"), "refused"
        )
        assert len(await calendar.rows("claim")) == len({tuple(row) for row in await calendar.rows("claim")})
        assert len(await calendar.rows("history")) == len(await calendar.outgoing(EventPlanned)) == 4


async def test_what_the_feed_says_can_be_imported_elsewhere(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        await send(calendar, (OURS / "series.ics").read_bytes(), club)
        [event] = await events(calendar)
        feed = (await calendar.client.get(f"/calendar/feed.ics?organisation={club.id}")).content
        assert counts(await send(calendar, feed, school)) == {"imported": 3}
        other = next(one for one in await events(calendar) if one["host_ids"] == [school.id])
        assert await dates(calendar, other) == await dates(calendar, event)
        assert other["title"] == event["title"]


@pytest.mark.skipif(not SHARED_FILES, reason="NOT TESTED: ../shared/data/ics is absent; our own files stand in for it")
async def test_every_real_file_gives_a_report_and_again_changes_nothing(database_url):
    async with a_calendar(database_url) as calendar:
        for real in SHARED_FILES:
            owner = an_organisation(name=real.stem)
            await calendar.deliver(owner)
            data = real.read_bytes()
            is_calendar = b"BEGIN:VCALENDAR" in data
            report = await send(calendar, data, owner, status=200 if is_calendar else 422)
            if not is_calendar:
                continue
            assert sum(report[name] for name in COUNTS) == len(report["items"]), real.name
            assert all(
                item["line"] > 0 and (item["reason"] or item["result"] == "imported") for item in report["items"]
            )
            again = await send(calendar, data, owner)
            assert (again["imported"], again["updated"], again["repaired"]) == (0, 0, 0), real.name
            assert again["refused"] == report["refused"], real.name


def run(data, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSIEDLE_")}
    return subprocess.run(
        [sys.executable, "-m", "services.calendar", *arguments],
        cwd=ROOT,
        env={**environment, "DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_operator_imports_a_file_and_reads_what_became_of_each_item(tmp_path):
    url = sqlite_url(tmp_path / "calendar.sqlite")
    database = Database(url, Base.metadata, "calendar")
    migrate(database.engine, "calendar", Base.metadata)
    club = an_organisation(name="Klub Seniora")
    row = {"id": club.id, "version": 1, "name": club.name, "kind": club.kind, "url": club.url}
    with database.engine.begin() as connection:
        connection.execute(OrganisationRow.__table__.insert(), row)
    database.engine.dispose()
    first = run(tmp_path, "import", str(OURS / "series.ics"), "--organisation", "Klub Seniora")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[0] == "4\timported\tclub@example.org"
    assert first.stdout.splitlines()[-1] == "imported 3, updated 0, unchanged 0, repaired 0, refused 0"
    again = run(tmp_path, "import", str(OURS / "series.ics"), "--organisation", club.id)
    assert again.stdout.splitlines()[-1] == "imported 0, updated 0, unchanged 3, repaired 0, refused 0"
    nobody = run(tmp_path, "import", str(OURS / "series.ics"), "--organisation", "Nikt")
    assert (nobody.returncode, nobody.stdout, len(nobody.stderr.splitlines())) == (1, "", 1)
    missing = run(tmp_path, "import", str(tmp_path / "nothing.ics"), "--organisation", "Klub Seniora")
    assert (missing.returncode, missing.stdout, len(missing.stderr.splitlines())) == (1, "", 1)
    bad = run(tmp_path, "import", str(OURS / "not-a-calendar.ics"), "--organisation", "Klub Seniora")
    assert (bad.returncode, bad.stdout, len(bad.stderr.splitlines())) == (1, "", 1)
