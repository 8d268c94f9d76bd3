"""The page of an event: single dates, undoing a cancel, what came of it, and its history in words."""

from datetime import datetime, timedelta

from tests.builders import a_person, an_administrator
from tests.service.calendar.builders import API, WARSAW, a_calendar, a_venue, an_event, an_organisation, next_monday


async def test_dates_are_moved_and_cancelled_on_the_page_and_the_history_tells_it_in_polish(sqlite_database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    person = a_person(roles={club.id: "coordinator"})
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        own = {"host_ids": [club.id], "venue_id": hall.id}
        headers = calendar.headers(person)
        series = an_event(rrule="FREQ=WEEKLY;COUNT=4", title="Joga", **own)
        made = (await calendar.client.post(f"{API}/events", json=series, headers=headers)).json()
        path = f"/calendar/events/{made['id']}"
        second = int(next_monday(weeks=2).timestamp())
        async with calendar.browser(person) as browser:
            page = (await browser.get(path)).text
            assert "Zmień lub odwołaj jeden termin" in page
            form = {"version": "1", "recurrence": str(second), "do": "move", "new_time": "18:30", "why": "Malowanie"}
            answer = await browser.post(f"{path}/dates", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?notice=moved")
            later = {**form, "version": "2", "new_time": "", "new_on": next_monday(weeks=2).date().isoformat()}
            await browser.post(f"{path}/dates", data=later)  # nothing was filled in but the day it is on: it stays
            third = {**form, "version": "2", "recurrence": str(int(next_monday(weeks=3).timestamp())), "do": "cancel"}
            assert (await browser.post(f"{path}/dates", data={**third, "scope": "following"})).status_code == 303
            page = (await browser.get(path)).text
            for words in ("Malowanie", "przez Państwa", "Pojedyncze terminy", "Powtarzanie"):
                assert words in page
            dates = (await calendar.client.get(f"{API}/events/{made['id']}/occurrences")).json()["items"]
            assert [one["starts_at"][11:16] for one in dates] == ["14:00", "18:30"]
            wrong = await browser.post(f"{path}/dates", data={**form, "version": "3", "new_time": "later"})
            assert wrong.status_code == 422
            await browser.post(f"{path}/cancel", data={"version": "3", "reason": "Deszcz"})
            taken = an_event(title="Szachy", **own)
            await calendar.client.post(f"{API}/events", json=taken, headers=headers)
            refused = await browser.post(f"{path}/restore", data={"version": "4"})
            assert refused.status_code == 409
            assert "Szachy" in refused.text
        async with calendar.browser() as browser:
            assert "przez Państwa" not in (await browser.get(path)).text


async def test_what_came_of_an_event_is_written_on_its_page(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        headers = calendar.headers(an_administrator())
        past = datetime.now(WARSAW).replace(microsecond=0) - timedelta(days=2)
        made = (await calendar.client.post(f"{API}/events", json=an_event(past), headers=headers)).json()
        path = f"/calendar/events/{made['id']}"
        async with calendar.browser(an_administrator()) as browser:
            assert "Zapisz, co z tego wyszło" in (await browser.get(path)).text
            form = {"version": "1", "participants": "42", "note": "Udało się"}
            assert (await browser.post(f"{path}/outcome", data=form)).status_code == 303
            page = (await browser.get(path)).text
            assert "42" in page
            assert "Udało się" in page
            assert (await browser.post(f"{path}/outcome", data={"version": "2"})).status_code == 303


MONEY = [{"source": "Rada Dzielnicy", "amount": 1500.5, "organisation_id": None}]
FEW = {"participants": 0, "satisfaction": {"n": 4, "mean": 1.5, "wording_id": "general"}, "note": "Padało"}


async def test_amounts_are_for_partners_and_what_few_people_answered_for_the_hosts(database_url):
    club, school = an_organisation(), an_organisation()
    host = a_person(roles={club.id: "coordinator"})
    readers = (None, a_person(), a_person(roles={school.id: "leader"}), host, an_administrator())
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        headers = calendar.headers(host)
        past = datetime.now(WARSAW).replace(microsecond=0) - timedelta(days=2)
        body = an_event(past, host_ids=[club.id])
        path = f"events/{(await calendar.client.post(f'{API}/events', json=body, headers=headers)).json()['id']}"
        edited = {"funding": MONEY, "outcome": FEW}
        change = {"json": edited, "headers": {**headers, "If-Match": '"1"'}}
        assert (await calendar.client.patch(f"{API}/{path}", **change)).json() | edited == (
            await calendar.client.get(f"{API}/{path}", headers=headers)
        ).json()
        seen = []
        for person in readers:
            as_reader = calendar.headers(person) if person else {}
            one = (await calendar.client.get(f"{API}/{path}", headers=as_reader)).json()
            [listed] = (await calendar.client.get(f"{API}/events", headers=as_reader)).json()["items"]
            assert listed == one
            assert (one["outcome"]["participants"], one["outcome"]["note"]) == (0, "Padało")
            told = (await calendar.client.get(f"{API}/{path}/history", headers=as_reader)).json()["items"][1]["changes"]
            assert bool(told["funding"][1]) is bool(one["funding"])
            assert told["outcome"][1] == one["outcome"]
            async with calendar.browser(person) as browser:
                page = (await browser.get(f"/calendar/{path}", headers={"Accept-Language": "en"})).text
            assert ("1,5 of 5" in page or "1.5 of 5" in page) is (one["outcome"]["satisfaction"] is not None)
            assert ("fewer than five people answered" in page) is (one["outcome"]["satisfaction"] is None)
            assert ("Rada Dzielnicy" in page) is bool(one["funding"])
            assert "0 people came" in page
            seen.append((bool(one["funding"]), one["outcome"]["satisfaction"] is not None))
        assert seen == [(False, False), (False, False), (True, False), (True, True), (True, True)]
