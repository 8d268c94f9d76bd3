"""The plan page applies what helps by one press, and the page of free times leads to it; all without scripts."""

import re
from datetime import timedelta
from html import unescape

from tests.builders import a_coordinator
from tests.service.calendar.builders import API, a_calendar, a_resource, a_venue, an_event, an_organisation, next_monday

BUTTON = re.compile(r'<button class="slot"[^>]*value="(?P<value>[^"]*)">(?P<inside>.*?)</button>', re.DOTALL)


def texts(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


async def test_each_proposal_is_put_into_the_form_or_saved_by_one_press(sqlite_database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    anna, monday = a_coordinator(club.id), next_monday(17)
    form = {
        "title": "Joga",
        "key": "0123",
        "host_ids": club.id,
        "starts_on": monday.date().isoformat(),
        "starts_time": "17:00",
        "ends_time": "19:00",
        "repeat": "FREQ=WEEKLY",
        "until_on": (monday + timedelta(weeks=9)).date().isoformat(),
        "venue_id": hall.id,
    }
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        taken = an_event(monday + timedelta(weeks=2), venue_id=hall.id, host_ids=[club.id])
        await calendar.client.post(f"{API}/events", json=taken, headers=calendar.headers(anna))
        browser = calendar.browser(anna)
        checked = (await browser.post("/calendar/plan", data={**form, "do": "check"})).text
        found = {texts(one["inside"]).strip(): unescape(one["value"]) for one in BUTTON.finditer(checked)}
        [skip] = [value for words, value in found.items() if words.startswith("Bez niektórych dni Pominąć ")]
        assert "zostaje 9 z 10 terminów" in " ".join(found)
        assert any(re.match(r"Inny dzień \w+ 17:00: wolne 10 z 10 terminów", words) for words in found)

        taken_in = (await browser.post("/calendar/plan", data={**form, "do": skip})).text
        day = (monday + timedelta(weeks=2)).date().isoformat()
        assert f'name="exdates" value="{day}" checked' in taken_in
        assert "Zmiana jest w formularzu" in taken_in
        assert "Bez kolizji" in taken_in

        refused = await browser.post("/calendar/plan", data={**form, "do": "save"})
        assert refused.status_code == 409
        [save] = [unescape(one["value"]) for one in BUTTON.finditer(refused.text) if "exdates" in one["value"]]
        assert save.startswith("save:")
        saved = await browser.post("/calendar/plan", data={**form, "do": save})
        assert saved.status_code == 303
        address = saved.headers["location"].partition("?")[0]
        event = (await calendar.client.get(f"{API}/events/{address.rpartition('/')[2]}")).json()
        assert [at[:10] for at in event["exdates"]] == [day]

        moving = (await browser.get(f"{address}/move")).text
        assert f'name="exdates" value="{day}" checked' in moving
        for nonsense in ('take:{"title":"Inaczej"}', "take:{", "take:[]", "take:20270101T1000Z/"):
            answer = await browser.post("/calendar/plan", data={**form, "do": nonsense})
            assert answer.status_code == 200
            assert 'value="Joga"' in answer.text


async def test_a_time_is_found_and_leads_to_a_plan_that_is_filled_in_and_checked(sqlite_database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(club.id, capacity=80, equipment=("rzutnik",))
    anna, monday = a_coordinator(club.id), next_monday(9)
    days = {"first": monday.date().isoformat(), "last": monday.date().isoformat(), "begins": "09:00", "ends": "20:00"}
    asked = {
        "organisation": [club.id, school.id],
        "venue": "any",
        "capacity": "60",
        "minutes": "90",
        "weeks": "2",
        **days,
    }
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school, hall)
        for host in (club, school):
            body = an_event(monday, 4 if host is club else 6, host_ids=[host.id])
            made = await calendar.client.post(
                f"{API}/events", json=body, headers=calendar.headers(a_coordinator(host.id))
            )
            assert made.status_code == 201
        browser = calendar.browser(anna)
        empty = (await browser.get("/calendar/slots")).text
        assert f'name="organisation" value="{club.id}" checked' in empty
        assert "Co znaleziono" not in empty
        page = (await browser.get("/calendar/slots", params={**asked, "weeks": "2"})).text
        assert "Wszyscy, którzy muszą być, są wolni. „Sala”: wolne; proszę zapytać" in texts(page)
        [address, *_] = [unescape(one) for one in re.findall(r'<a class="slot" href="([^"]+)"', page)]
        plan = (await browser.get(address)).text
        for value in (f'value="{monday.date()}"', "<option selected>15:00", "<option selected>16:30", "co tydzień"):
            assert value in plan
        assert f'<option value="{hall.id}" selected>' in plan
        assert "Bez kolizji" in plan
        none = texts((await browser.get("/calendar/slots", params={**asked, "capacity": "500"})).text)
        assert "Żadne miejsce nie jest dość duże." in none
        for odd in ({"first": "x"}, {"first": "2026-01-01", "last": "2027-01-01"}, {"ends": "08:00"}, {"venue": "x"}):
            assert (
                await browser.get("/calendar/slots", params={**asked, **odd, "organisation": "x"})
            ).status_code == 200


async def test_whose_agreement_is_needed_is_said_before_saving_and_not_to_its_owner(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(school.id, name="Aula", needs_approval=True)
    chairs = a_resource(school.id, name="Krzesła", needs_approval=True)
    person = a_coordinator(club.id, school.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall, chairs)
        start = next_monday()
        form = {"title": "Bal", "starts_on": f"{start:%Y-%m-%d}", "starts_time": "14:00", "ends_time": "16:00"}
        form |= {"venue_id": hall.id, f"borrow_{chairs.id}": "3", "do": "check"}
        async with calendar.browser(person) as browser:
            asking = (await browser.post("/calendar/plan?lang=en", data={**form, "host_ids": club.id})).text
            assert "Aula: the owner is asked when you save (Szkoła)." in asking
            assert "Krzesła: the owner is asked when you save (Szkoła)." in asking
            assert "needs agreement" in asking
            own = (await browser.post("/calendar/plan?lang=en", data={**form, "host_ids": school.id})).text
            assert "Somebody has to agree" not in own


async def test_a_time_that_is_over_is_not_called_free(sqlite_database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        form = {"title": "Joga", "key": "0123", "host_ids": club.id, "venue_id": hall.id, "do": "check"}
        browser = calendar.browser(a_coordinator(club.id))
        for weeks, said in ((-4, "Ten termin już minął"), (4, "Ten termin nikomu nie przeszkadza")):
            day = next_monday(17, weeks=weeks).date().isoformat()
            times = {"starts_on": day, "starts_time": "17:00", "ends_time": "19:00"}
            page = (await browser.post("/calendar/plan", data=form | times)).text
            assert said in page, weeks
