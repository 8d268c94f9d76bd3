"""Bringing a file in and following a calendar as people do it: on pages, without JavaScript too."""

import re

from tests.builders import a_coordinator
from tests.service.calendar.builders import API, a_calendar, an_organisation, next_monday
from tests.service.calendar.test_imports import file, vevent


async def test_a_file_is_sent_and_one_watches_what_becomes_of_it(database_url):
    club, start = an_organisation(), next_monday()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        async with calendar.browser(a_coordinator(club.id)) as browser:
            form = await browser.get("/calendar/import?lang=en")
            assert 'enctype="multipart/form-data"' in form.text
            data = file(vevent(start, uid="a"), vevent(start, "RRULE:FREQ=NEVER", uid="b"))
            sent = {"files": {"file": ("rok.ics", data.encode())}, "data": {"organisation_id": club.id}}
            begun = await browser.post("/calendar/imports", **sent)
            assert begun.status_code == 303
            page = (await browser.get(begun.headers["location"])).text
            assert "data-refresh" not in page
            counted = re.findall(r"<dt>(.*?)</dt><dd>(\d+)</dd>", page)
            assert [(word, number) for word, number in counted if number != "0"] == [
                ("New", "1"),
                ("New or changed, with a repair", "1"),
            ]
            assert "only the first date is kept" in page
            nothing = await browser.post("/calendar/imports", data={"organisation_id": club.id})
            assert (nothing.status_code, "Choose a calendar file first." in nothing.text) == (422, True)
            bad = {"files": {"file": ("x.ics", b"<html>")}, "data": {"organisation_id": club.id}}
            failed = (await browser.post("/calendar/imports", **bad)).headers["location"]
            assert "There is no calendar (VCALENDAR) in this file." in (await browser.get(failed)).text
        assert len((await calendar.client.get(f"{API}/events")).json()["items"]) == 2


async def test_a_calendar_is_followed_paused_and_renamed(sqlite_database_url):
    club = an_organisation()
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club)
        async with calendar.browser(a_coordinator(club.id)) as browser:
            form = {"organisation_id": club.id, "name": "Dom kultury", "url": "http://x.pl/a"}
            wrong = await browser.post("/calendar/sources?lang=en", data=form)
            assert wrong.status_code == 422
            assert "The address must begin with https://" in wrong.text
            added = await browser.post("/calendar/sources", data={**form, "url": "webcal://x.pl/a"})
            assert added.status_code == 303
            [row] = await calendar.rows("source")
            for do, word in (
                ("pause", "Paused"),
                ("resume", "Waiting for the first fetch"),
                ("fetch", "being fetched"),
            ):
                done = await browser.post(f"/calendar/sources/{row.id}", data={"do": do})
                assert word in (await browser.get(f"{done.headers['location']}&lang=en")).text
            save = {"do": "save", "name": "MDK", "url": "https://x.pl/b"}
            await browser.post(f"/calendar/sources/{row.id}", data=save)
            [row] = await calendar.rows("source")
            assert (row.name, row.url) == ("MDK", "https://x.pl/b")
            await browser.post(f"/calendar/sources/{row.id}", data={"do": "remove"})
            assert "No calendar is followed yet." in (await browser.get("/calendar/sources?lang=en")).text
