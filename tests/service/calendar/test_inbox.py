"""The inbox, as a browser without JavaScript uses it: one press each, and few in all."""

import re
from html import unescape

import httpx

from tests.builders import a_coordinator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)


class Visitor:
    """Somebody with a browser who counts what they press."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.presses = client, 0

    async def open(self, address: str) -> str:
        self.presses += 1
        answer = await self.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def press(self, page: str, button: str, **typed: str) -> str:
        """Send the form that holds this button, with what stands in it and was typed."""
        self.presses += 1
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if button in unescape(one))
        action = re.search(r'action="([^"]+)"', form)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        pressed = re.search(rf'<button[^>]*name="(\w+)" value="(\w+)"[^>]*>(?:(?!</button>).)*{button}', form, re.S)
        chosen = {pressed[1]: pressed[2]} if pressed else {}
        assert action is not None
        answer = await self.client.post(action[1], data={**hidden, **chosen, **typed}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)


async def test_two_feasts_become_one_in_at_most_six_presses(sqlite_database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    park, yard = a_venue(club.id, name="Park"), a_venue(school.id, name="Boisko")
    async with a_calendar(sqlite_database_url) as it:
        await it.deliver(club, school, park, yard)
        anna, jan = a_coordinator(club.id), a_coordinator(school.id)
        for by, host, venue, title in ((anna, club, park, "Festyn"), (jan, school, yard, "Piknik")):
            body = an_event(title=title, host_ids=[host.id], venue_id=venue.id, kind="feast", audiences=["families"])
            await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
        await hear_itself(it)
        async with it.browser(anna) as hers, it.browser(jan) as his:
            she, he = Visitor(hers), Visitor(his)
            sent = await she.press(await she.open("/calendar/inbox"), "Zaproponuj jedno wspólne wydarzenie")
            assert "Propozycja wysłana" in sent
            assert "Druga strona jeszcze nie odpowiedziała" in sent
            joint = await he.press(await he.open("/calendar/inbox"), "Tak, razem")
            assert "Z dwóch wydarzeń jest teraz jedno" in joint
            assert "Wspólne działanie" in joint
            assert "Włączono do tego wydarzenia" in joint
            assert she.presses + he.presses <= 6
            await hear_itself(it)
            assert "Nic na Ciebie nie czeka" in await she.open("/calendar/inbox")


async def test_each_event_of_an_opportunity_is_shown_with_its_own_time(sqlite_database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    park = a_venue(club.id, name="Park", one_at_a_time=False)
    async with a_calendar(sqlite_database_url) as it:
        await it.deliver(club, school, park)
        anna, jan = a_coordinator(club.id), a_coordinator(school.id)
        for by, host, hour in ((anna, club, 10), (jan, school, 15)):
            feast = {"kind": "feast", "audiences": ["families"], "themes": ["jesień"], "title": f"Festyn o {hour}"}
            body = an_event(next_monday(hour), hours=2, host_ids=[host.id], venue_id=park.id, **feast)
            await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
        await hear_itself(it)
        async with it.browser(anna) as hers:
            page = (await hers.get("/calendar/inbox")).text
        for hour in (10, 15):
            [line] = re.findall(rf"Festyn o {hour}</a>(.*?)</p>", page, re.S)
            assert f"{hour}:00–{hour + 2}:00" in line


async def test_requests_that_meet_by_a_third_stand_together_and_a_counter_names_its_place(sqlite_database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall, yard = (a_venue(school.id, name=name, needs_approval=True) for name in ("Sala", "Boisko"))
    async with a_calendar(sqlite_database_url) as it:
        await it.deliver(club, school, hall, yard)
        owner, anna = a_coordinator(school.id), a_coordinator(club.id)
        for hour in (10, 14, 11):
            body = an_event(next_monday(hour), hours=4, title=f"Bal {hour}", host_ids=[club.id], venue_id=hall.id)
            await it.client.post(f"{API}/events", json=body, headers=it.headers(anna))
        async with it.browser(owner) as hers, it.browser(anna) as others:
            she = Visitor(hers)
            page = await she.open("/calendar/inbox")
            assert "3 prośby o ten sam termin" in page
            for _ in range(3):
                page = await she.press(page, "Wyślij propozycję", venue_id=yard.id)
            page = (await others.get("/calendar/inbox")).text
            assert [" ".join(one.split()) for one in re.findall(r"Propozycja w zamian:(.*?)</p>", page, re.S)] == 3 * [
                "Boisko"
            ]


async def test_requests_for_one_slot_stand_together_and_each_is_answered(sqlite_database_url):
    club, school, house = an_organisation(), an_organisation(name="Szkoła"), an_organisation(name="Dom kultury")
    hall = a_venue(school.id, needs_approval=True)
    async with a_calendar(sqlite_database_url) as it:
        await it.deliver(club, school, house, hall)
        owner, anna, eva = (a_coordinator(one.id) for one in (school, club, house))
        for by, host, title in ((anna, club, "Bal"), (eva, house, "Próba")):
            body = an_event(title=title, host_ids=[host.id], venue_id=hall.id)
            await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
        async with it.browser(owner) as hers, it.browser(anna) as others:
            she, guest = Visitor(hers), Visitor(others)
            page = await she.open("/calendar/inbox")
            assert "2 prośby o ten sam termin" in page
            page = await she.press(page, "Wyślij propozycję", starts_on=f"{next_monday(weeks=2):%Y-%m-%d}")
            assert "2 prośby o ten sam termin" not in page
            page = await guest.press(await guest.open("/calendar/inbox"), "Zgadzam się")
            assert "Zgoda" in page
            page = await she.press(await she.open("/calendar/inbox"), "Odmów", because="Remont")
            assert "Próba" not in page
        events = (await it.client.get(f"{API}/events")).json()["items"]
        assert {one["title"]: one["status"] for one in events} == {"Bal": "confirmed", "Próba": "tentative"}
        assert [one["starts_at"] for one in events if one["title"] == "Bal"] == [next_monday(weeks=2).isoformat()]
