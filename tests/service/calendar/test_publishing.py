"""Minutes of a meeting: kept from strangers until they are published, and then version by version."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shared.messages.calendar import MinutesPublished
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation
from tests.service.calendar.calling import told_of

POLISH = {"Accept-Language": "pl"}


@dataclass
class Meeting:
    """A meeting of one organisation, to which another and a person are invited, with something written about it."""

    it: Running
    event_id: str
    host_id: str
    guest_id: str
    host: Person
    guest: Person
    invited: Person

    @property
    def page(self) -> str:
        return f"/calendar/meetings/{self.event_id}/minutes"

    async def publish(self, status: int = 201, by: Person | None = None, **values: Any) -> dict[str, Any]:
        body = {"audience": "partners", **values}
        headers = {**self.it.headers(by or self.host), **POLISH}
        answer = await self.it.client.post(f"{API}/meetings/{self.event_id}/publications", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def write(self, **changes: Any) -> None:
        headers = self.it.headers(self.host)
        path = f"{API}/meetings/{self.event_id}"
        version = (await self.it.client.get(path, headers=headers)).headers["ETag"]
        answer = await self.it.client.patch(path, json=changes, headers={**headers, "If-Match": version})
        assert answer.status_code == 200, answer.text

    async def read(self, by: Person | None, version: int | None = None) -> httpx.Response:
        path = f"{API}/meetings/{self.event_id}/publications" + (f"/{version}" if version else "")
        return await self.it.client.get(path, headers=self.it.headers(by) if by else {})


@pytest_asyncio.fixture
async def meeting(database_url: str) -> AsyncIterator[Meeting]:
    host, guest = an_organisation(name="PAL"), an_organisation(name="Klub Seniora")
    async with a_calendar(database_url) as it:
        await it.deliver(host, guest)
        by, invited = a_coordinator(host.id), a_person()
        body = an_event(host_ids=[host.id], kind="meeting", title="Spotkanie liderów")
        made = await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
        event_id = made.json()["id"]
        path = f"{API}/meetings/{event_id}"
        who = [{"organisation_id": guest.id}, {"person_id": invited.id}]
        tagged = {**it.headers(by), "If-Match": '"0"'}
        asked = await it.client.put(f"{path}/invitations", json={"invited": who}, headers=tagged)
        assert asked.status_code == 200, asked.text
        town = Meeting(it, event_id, host.id, guest.id, by, a_coordinator(guest.id), invited)
        await town.write(
            agenda=["Ławki"],
            minutes="Rozmowa o **ławkach** <script>alert(1)</script>",
            attendance=[{"organisation_id": guest.id, "people": 2}],
        )
        decided = {"text": "Kupić ławki", "owner_id": guest.id, "due_on": "2031-05-01"}
        await it.client.post(f"{path}/decisions", json=decided, headers=it.headers(by))
        await it.client.post(f"{path}/tasks", json={"text": "Zapytać o cenę"}, headers=it.headers(by))
        yield town


async def test_what_is_not_published_is_read_by_hosts_and_invited_alone(meeting: Meeting):
    partner = a_coordinator(an_organisation().id)
    for by, minutes in ((None, False), (partner, False), (meeting.guest, True), (meeting.invited, True)):
        headers = meeting.it.headers(by) if by else {}
        written = await meeting.it.client.get(f"{API}/meetings/{meeting.event_id}", headers=headers)
        assert ("ławkach" in written.json()["minutes"]) is minutes
        async with meeting.it.browser(by) if by else meeting.it.browser() as browser:
            event = await browser.get(f"/calendar/events/{meeting.event_id}")
            assert ("ławkach" in event.text) is minutes
            page = await browser.get(meeting.page)
            assert page.status_code == (200 if minutes else 404)
    assert (await meeting.read(partner)).status_code == 404


async def test_minutes_are_published_with_all_that_was_agreed_and_nothing_in_them_runs(meeting: Meeting):
    made = await meeting.publish(audience="public")
    assert made["version"] == 1
    text = made["text"]
    for part in ("# Porządek", "1. Ławki", "# Kto przyszedł", "- Klub Seniora: 2 osoby"):
        assert part in text
    assert "- Kupić ławki (Klub Seniora; do 1 maja 2031)" in text
    assert "Zapytać o cenę" in text
    async with meeting.it.browser() as browser:
        page = await browser.get(meeting.page, headers=POLISH)
        assert page.status_code == 200
        assert "<strong>ławkach</strong>" in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        event = await browser.get(f"/calendar/events/{meeting.event_id}", headers=POLISH)
        assert meeting.page in event.text
    [told] = await told_of(meeting.it, MinutesPublished)
    assert (told.version, told.audience, told.event_id) == (1, "public", meeting.event_id)
    assert told.organisation_ids == (meeting.host_id, meeting.guest_id)
    assert told.person_ids == (meeting.invited.id,)
    assert "ław" not in told.model_dump_json()


@pytest.mark.parametrize(("audience", "readers"), [("public", 4), ("partners", 3), ("members", 2)])
async def test_an_audience_says_who_reads_them(meeting: Meeting, audience: str, readers: int):
    await meeting.publish(audience=audience)
    people = [meeting.guest, meeting.invited, a_coordinator(an_organisation().id), None]
    assert [(await meeting.read(by, 1)).status_code for by in people] == [200] * readers + [404] * (4 - readers)


async def test_each_later_publication_is_a_version_with_a_reason_and_each_stays_as_it_was(meeting: Meeting):
    first = await meeting.publish()
    assert await meeting.publish() == first
    await meeting.write(minutes="Poprawione")
    refused = await meeting.publish(422)
    assert refused["errors"][0]["pointer"] == "/reason"
    second = await meeting.publish(reason="Zła liczba ławek")
    assert (second["version"], second["reason"]) == (2, "Zła liczba ławek")
    assert "Poprawione" in second["text"]
    assert (await meeting.read(meeting.guest, 1)).json()["text"] == first["text"]
    listed = (await meeting.read(meeting.guest)).json()["items"]
    assert [one["version"] for one in listed] == [1, 2]
    assert (await meeting.read(meeting.guest, 3)).status_code == 404
    async with meeting.it.browser(meeting.guest) as browser:
        page = await browser.get(f"{meeting.page}?version=1", headers=POLISH)
        assert "Jest nowsza wersja" in page.text
        assert "Zła liczba ławek" in page.text


async def test_who_the_newest_is_not_for_reads_no_earlier_one(meeting: Meeting):
    await meeting.publish(audience="public")
    await meeting.publish(audience="members", reason="Było w nim nazwisko")
    partner = a_coordinator(an_organisation().id)
    assert [(await meeting.read(by, 1)).status_code for by in (None, partner, meeting.guest)] == [404, 404, 200]


async def test_nothing_is_published_where_nothing_is_written_and_by_nobody_else(meeting: Meeting):
    await meeting.publish(403, by=meeting.guest)
    body = an_event(host_ids=[meeting.host_id], kind="meeting", title="Puste")
    made = await meeting.it.client.post(f"{API}/events", json=body, headers=meeting.it.headers(meeting.host))
    empty = Meeting(**{**vars(meeting), "event_id": made.json()["id"]})
    assert (await empty.publish(409))["type"].endswith("nothing-to-publish")


async def test_minutes_are_published_by_one_press_on_the_page(meeting: Meeting):
    async with meeting.it.browser(meeting.host) as browser:
        draft = await browser.get(meeting.page, headers=POLISH)
        assert "jeszcze nieopublikowany" in draft.text
        pressed = await browser.post(meeting.page, data={"audience": "public"}, headers=POLISH)
        assert pressed.status_code == 303
        await meeting.write(minutes="Poprawione")
        again = await browser.post(meeting.page, data={"audience": "public"}, headers=POLISH)
        assert again.status_code == 422
        assert "napisz, co się zmieniło" in again.text
        assert 'href="#reason"' in again.text
        pressed = await browser.post(meeting.page, data={"audience": "public", "reason": "Błąd"}, headers=POLISH)
        assert pressed.status_code == 303
        assert "Poprawione" in (await browser.get(meeting.page)).text


async def test_what_was_said_at_an_item_stands_under_it_and_what_became_of_a_decision(meeting: Meeting):
    path, headers = f"{API}/meetings/{meeting.event_id}", meeting.it.headers(meeting.host)
    await meeting.write(guests=2)
    [item] = (await meeting.it.client.get(f"{path}/items", headers=headers)).json()["items"]
    tagged = {**headers, "If-Match": '"0"'}
    said = await meeting.it.client.put(f"{path}/minutes/{item['id']}", json={"text": "Będą *trzy*."}, headers=tagged)
    assert said.status_code == 200, said.text
    for text, state in (("Malować je", "postponed"), ("Kupić stół", "dropped")):
        body = {"text": text, "state": state, "item_id": item["id"]}
        assert (await meeting.it.client.post(f"{path}/decisions", json=body, headers=headers)).status_code == 201
    body = {"text": "Zmierzyć plac", "item_id": item["id"]}
    assert (await meeting.it.client.post(f"{path}/tasks", json=body, headers=headers)).status_code == 201
    text = (await meeting.publish())["text"]
    for part in ("## 1. Ławki\n\nBędą *trzy*.", "- 2 goście", "- Malować je (odłożone)", "- Kupić stół (zaniechane)"):
        assert part in text
    async with meeting.it.browser(meeting.guest) as browser:
        page = (await browser.get(f"/calendar/events/{meeting.event_id}", headers=POLISH)).text
    tasks = page[page.index('id="tasks"') :]
    assert tasks.index("Zmierzyć plac") < tasks.index("punkt: Ławki")
