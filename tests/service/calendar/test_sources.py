"""Subscribed calendars: a real server on loopback, fetched by the job; what is new, the same, gone, broken or slow."""

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import update

from services.calendar.commands import take_due_source, take_over
from services.calendar.domain.importing import read_calendar
from services.calendar.domain.importing.series import in_units, series_of
from services.calendar.models import Source
from shared import clock
from shared.messages.calendar import EventCancelled, EventPlanned
from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)
from tests.service.calendar.test_imports import file, vevent

ADMINISTRATOR = an_administrator()
JOB = "fetch subscribed calendars"


class Publisher:
    """Somebody else's server: what it answers, and what it was asked."""

    def __init__(self, server):
        self.address = f"http://127.0.0.1:{server.server_port}/kalendarz.ics"
        self.host = f"127.0.0.1:{server.server_port}"
        self.status, self.headers, self.data, self.asked = 200, {}, b"", []

    def publishes(self, *events, status=200, **headers):
        self.status, self.data = status, file(*events).encode()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def a_publisher():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            publisher.asked.append(dict(self.headers))
            is_known = publisher.headers.get("ETag") and self.headers.get("If-None-Match") == publisher.headers["ETag"]
            self.send_response(304 if is_known else publisher.status)
            for name, value in publisher.headers.items():
                self.send_header(name, value)
            data = b"" if is_known else publisher.data
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        publisher = Publisher(server)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()


def a_reader(database_url, publisher, **values):
    return a_calendar(database_url, source_http=True, source_hosts=publisher.host, **values)


async def subscribe(calendar, organisation, url, *, status=201, person=ADMINISTRATOR, **values):
    body = {"organisation_id": organisation.id, "name": "Dom kultury", "url": url, **values}
    headers = calendar.headers(person) | {"Accept-Language": "en"}
    answer = await calendar.client.post(f"{API}/sources", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


async def fetch(calendar, source):
    """Let the job fetch it now, whenever its time would come; gives how it stands then."""
    due = update(Source).where(Source.id == source["id"]).values(due_at=clock.now())
    await calendar.database.write(lambda session: session.execute(due) and None)
    await calendar.run_job(JOB)
    headers = calendar.headers(ADMINISTRATOR) | {"Accept-Language": "en"}
    answer = await calendar.client.get(f"{API}/sources/{source['id']}", headers=headers)
    return answer.json()


async def events(calendar):
    return (await calendar.client.get(f"{API}/events?limit=200")).json()["items"]


async def test_its_events_come_again_only_when_they_change_and_go_after_two_fetches(database_url):
    club, start = an_organisation(), next_monday()
    with a_publisher() as publisher:
        async with a_reader(database_url, publisher) as calendar:
            await calendar.deliver(club)
            publisher.publishes(vevent(start, uid="a"), vevent(start, uid="b"), ETag='"1"', Last_Modified="x")
            source = await subscribe(calendar, club, publisher.address)
            seen = await fetch(calendar, source)
            assert (seen["counts"], seen["problem"], seen["failures"]) == ({"imported": 2}, None, 0)
            assert timedelta() <= clock.now() - _instant(seen["seen_at"]) < timedelta(minutes=1)
            assert {one["source"] for one in await events(calendar)} == {f"source:{source['id']}"}

            asked = {**calendar.headers(ADMINISTRATOR), "If-None-Match": '"1"'}
            shown = await calendar.client.get(f"{API}/sources/{source['id']}", headers=asked)
            assert shown.status_code == 200  # the tag counts what people change, not what fetches find

            again = await fetch(calendar, source)
            assert publisher.asked[-1]["If-None-Match"] == '"1"'
            assert publisher.asked[-1]["If-Modified-Since"] == "x"
            assert again["seen_at"] > seen["seen_at"]
            assert len(await calendar.outgoing(EventPlanned)) == 2

            moved = vevent(start.replace(hour=17), "SEQUENCE:1", uid="a")
            publisher.publishes(moved)  # b is gone, and it gives no ETag any more
            assert (await fetch(calendar, source))["counts"] == {"updated": 1}
            assert {one["status"] for one in await events(calendar)} == {"confirmed"}
            await fetch(calendar, source)
            by_uid = {one["uid"]: one["status"] for one in await events(calendar)}
            assert by_uid == {"a": "confirmed", "b": "cancelled"}
            assert len(await calendar.outgoing(EventCancelled)) == 1

            publisher.publishes(moved, vevent(start, uid="b"))
            await fetch(calendar, source)
            assert {one["status"] for one in await events(calendar)} == {"confirmed"}


async def test_an_item_that_is_missed_once_and_then_there_again_stays(sqlite_database_url):
    club, start = an_organisation(), next_monday()
    with a_publisher() as publisher:
        async with a_reader(sqlite_database_url, publisher) as calendar:
            await calendar.deliver(club)
            source = await subscribe(calendar, club, publisher.address)
            both = (vevent(start, uid="a"), vevent(start, uid="b"))
            for published in (both, both[:1], both, both[:1]):
                publisher.publishes(*published)
                await fetch(calendar, source)
            assert {one["status"] for one in await events(calendar)} == {"confirmed"}


async def test_a_foreign_event_warns_and_never_blocks_and_is_not_ours_to_edit(database_url):
    club = an_organisation()
    hall, start = a_venue(club.id, name="Sala"), next_monday()
    with a_publisher() as publisher:
        async with a_reader(database_url, publisher) as calendar:
            await calendar.deliver(club, hall)
            source = await subscribe(calendar, club, publisher.address)
            publisher.publishes(vevent(start, "LOCATION:Sala", uid="theirs"))
            await fetch(calendar, source)
            headers = calendar.headers(ADMINISTRATOR)
            body = an_event(start, 1, title="Nasze", host_ids=[club.id], venue_id=hall.id)
            made = await calendar.client.post(f"{API}/events", json=body, headers=headers)
            assert made.status_code == 201, made.text
            await hear_itself(calendar)
            found = (await calendar.client.get(f"{API}/conflicts")).json()["items"]
            assert [(one["kind"], one["severity"]) for one in found] == [("venue", "warning")]
            [theirs] = [one for one in await events(calendar) if one["uid"] == "theirs"]
            change = {"headers": headers | {"If-Match": '"1"'}, "json": {"title": "Inaczej"}}
            refused = await calendar.client.patch(f"{API}/events/{theirs['id']}", **change)
            assert (refused.status_code, refused.json()["type"]) == (409, "urn:osiedle:problem:event-of-another")
            off = await calendar.client.post(f"{API}/events/{theirs['id']}/cancel", headers=headers)
            assert off.status_code == 409
            page = await calendar.browser().get(f"/calendar/events/{theirs['id']}?lang=en")
            assert "from Dom kultury, seen just now" in page.text


@pytest.mark.parametrize(
    ("status", "headers", "problem", "least", "most"),
    [
        (503, {}, "The server answered 503.", 1.6, 2.4),
        (429, {"Retry_After": "18000"}, "The server answered 429.", 5, 5),
        (200, {}, "There is no calendar (VCALENDAR) in this file.", 1.6, 2.4),
        (302, {"Location": "http://127.0.0.1:9/x"}, "only the ports 80 and 443 are reached", 1.6, 2.4),
    ],
)
async def test_a_failure_is_said_and_puts_off_the_next(status, headers, problem, least, most, sqlite_database_url):
    club = an_organisation()
    with a_publisher() as publisher:
        async with a_reader(sqlite_database_url, publisher) as calendar:
            await calendar.deliver(club)
            publisher.publishes(status=status, **headers)
            publisher.data = b"<html>"
            source = await subscribe(calendar, club, publisher.address)
            before = clock.now()
            failed = await fetch(calendar, source)
            assert problem in failed["problem"]
            assert (failed["failures"], failed["seen_at"]) == (1, None)
            hours = (_instant(failed["due_at"]) - before) / timedelta(hours=1)
            assert least - 0.01 < hours < most + 0.05


async def test_nothing_inside_is_reached_unless_the_operator_allows_it(sqlite_database_url):
    club = an_organisation()
    async with a_calendar(sqlite_database_url, source_http=True) as calendar:
        await calendar.deliver(club)
        source = await subscribe(calendar, club, "http://127.0.0.1/kalendarz.ics")
        assert "not on the public internet" in (await fetch(calendar, source))["problem"]


async def test_an_address_from_which_nothing_is_fetched_is_refused_at_its_place(sqlite_database_url):
    club = an_organisation()
    ours = "https://osiedle.test/calendar/feed.ics"
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club)
        for address in ("http://x.pl/a", "ftp://x.pl/a", "https://", "https://ja:haslo@x.pl/a", ours):
            problem = await subscribe(calendar, club, address, status=422)
            assert problem["errors"][0]["pointer"] == "/url", address
        assert (await subscribe(calendar, club, "webcal://x.pl/a"))["url"] == "https://x.pl/a"


async def test_it_is_paused_and_removed_by_those_who_speak_for_the_organisation(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    with a_publisher() as publisher:
        async with a_reader(database_url, publisher) as calendar:
            await calendar.deliver(club, school)
            publisher.publishes(vevent(next_monday(), uid="a"))
            source = await subscribe(calendar, club, publisher.address)
            address = f"{API}/sources/{source['id']}"
            stranger = calendar.headers(a_coordinator(school.id))
            assert (await calendar.client.get(address, headers=stranger)).status_code == 403
            assert (await calendar.client.get(f"{API}/sources", headers=stranger)).json()["items"] == []
            await subscribe(calendar, club, publisher.address, status=409)  # twice
            hers = calendar.headers(a_coordinator(club.id))
            other = await subscribe(calendar, club, "https://x.pl/a")
            there = f"{API}/sources/{other['id']}"
            twice = {"headers": hers | {"If-Match": '"1"'}, "json": {"url": publisher.address}}
            refused = await calendar.client.patch(there, **twice)
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/url")
            assert (await calendar.client.delete(there, headers=hers)).status_code == 204
            paused = {"headers": hers | {"If-Match": '"1"'}, "json": {"paused": True}}
            assert (await calendar.client.patch(address, **paused)).status_code == 200
            await fetch(calendar, source)
            assert publisher.asked == []
            going_on = {"headers": hers | {"If-Match": '"2"'}, "json": {"paused": False}}
            assert (await calendar.client.patch(address, **going_on)).status_code == 200
            await calendar.run_job(JOB)
            assert [one["status"] for one in await events(calendar)] == ["confirmed"]
            assert (await calendar.client.delete(address, headers=hers)).status_code == 204
            assert (await calendar.client.get(address, headers=hers)).status_code == 404
            await calendar.run_job(JOB)
            assert [one["status"] for one in await events(calendar)] == ["cancelled"]
            assert await calendar.rows("source") == []


async def test_what_a_fetch_still_brings_of_a_removed_calendar_is_left_out(database_url):
    club = an_organisation()
    [unit] = in_units(series_of(read_calendar(file(vevent(next_monday())).encode(), zone="Europe/Warsaw").items), 10)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        source = await subscribe(calendar, club, "https://x.pl/a")
        due = await calendar.database.write(take_due_source, now=clock.now())
        hers = calendar.headers(a_coordinator(club.id))
        assert (await calendar.client.delete(f"{API}/sources/{source['id']}", headers=hers)).status_code == 204
        assert await calendar.database.write(take_over, due, unit, horizon_days=30) == []
        await calendar.run_job(JOB)
        assert await calendar.database.write(take_over, due, unit, horizon_days=30) == []
        assert await events(calendar) == []


async def test_a_date_that_cannot_be_read_stays_and_its_series_goes_when_it_is_there_no_more(sqlite_database_url):
    club, start = an_organisation(), next_monday()
    series = vevent(start, "RRULE:FREQ=DAILY;COUNT=3")
    second = f"RECURRENCE-ID;TZID=Europe/Warsaw:{start + timedelta(days=1):%Y%m%dT%H%M%S}"
    moved = vevent((start + timedelta(days=1)).replace(hour=17), second)
    broken = ["DTSTART:soon" if line.startswith("DTSTART") else line for line in moved]
    with a_publisher() as publisher:
        async with a_reader(sqlite_database_url, publisher) as calendar:
            await calendar.deliver(club)
            source = await subscribe(calendar, club, publisher.address)
            publisher.publishes(series, moved)
            await fetch(calendar, source)
            publisher.publishes(series, broken)
            for _ in range(3):
                await fetch(calendar, source)
            [event] = await events(calendar)
            dates = await calendar.client.get(f"{API}/events/{event['id']}/occurrences")
            assert [_instant(one["starts_at"]).hour for one in dates.json()["items"]] == [14, 17, 14]
            publisher.publishes(broken)
            for _ in range(3):
                await fetch(calendar, source)
            assert [one["status"] for one in await events(calendar)] == ["cancelled"]


def _instant(text):
    return datetime.fromisoformat(text)
