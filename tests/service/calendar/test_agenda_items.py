"""A meeting's agenda: who takes part proposes, its hosts decide and put in order; what was left open is offered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import PersonErased
from tests.service.calendar.builders import API, an_event, next_monday
from tests.service.calendar.meeting import Meeting, a_meeting
from tests.service.remains import remains

POLISH = {"Accept-Language": "pl"}


@pytest_asyncio.fixture
async def meeting(database_url: str) -> AsyncIterator[Meeting]:
    async with a_meeting(database_url) as it:
        yield it


async def test_who_is_invited_proposes_and_a_host_decides(meeting: Meeting):
    park = await meeting.propose(meeting.jan, "Park", owner_id=meeting.school, minutes_planned=20)
    assert (park["state"], park["proposed_for_id"], park["minutes_planned"]) == ("proposed", meeting.school, 20)
    own = await meeting.propose(meeting.anna, "Festyn")
    assert own["state"] == "accepted"
    assert (await meeting.ask("POST", "/items", meeting.eva, title="Obcy")).status_code == 403
    assert (await meeting.ask("POST", "/items", title="Nikt")).status_code == 401
    assert await meeting.agenda() == ["Festyn: accepted"]
    assert await meeting.agenda(meeting.eva) == ["Festyn: accepted"]
    assert await meeting.agenda(meeting.jan) == ["Park: proposed", "Festyn: accepted"]
    hidden = await meeting.ask("GET", f"/items/{park['id']}", meeting.eva)
    assert hidden.status_code == 404
    assert (await meeting.change(park, meeting.jan, state="accepted")).status_code == 409
    assert (await meeting.change(own, meeting.jan, title="Nie moje")).status_code == 403
    accepted = await meeting.change(park, meeting.anna, state="accepted")
    assert accepted.json()["state"] == "accepted"
    assert (await meeting.change(park, meeting.jan, title="Inny park")).status_code == 409
    said = (await meeting.ask("GET", "")).json()
    assert said["agenda"] == ["Park", "Festyn"]
    shown = await meeting.ask("GET", f"/items/{park['id']}")
    assert (shown.json()["proposed_by_id"], shown.json()["owner_id"]) == (None, meeting.school)
    seen = await meeting.ask("GET", f"/items/{park['id']}", meeting.jan)
    assert seen.json()["proposed_by_id"] == meeting.jan.id


async def test_who_proposed_rewords_and_takes_back_until_it_is_decided(meeting: Meeting):
    park = await meeting.propose(meeting.jan, "Park")
    assert (await meeting.change(park, meeting.jan, title="Park kieszonkowy")).json()["title"] == "Park kieszonkowy"
    assert (await meeting.change(park, meeting.jan, position=1)).status_code == 409
    stale = await meeting.ask("PATCH", f"/items/{park['id']}", meeting.jan, 1, title="Stary")
    assert stale.status_code == 412
    assert (await meeting.change(park, meeting.jan, state="withdrawn")).json()["state"] == "withdrawn"
    assert (await meeting.change(park, meeting.anna, state="accepted")).status_code == 409


async def test_hosts_put_items_in_order_and_what_has_minutes_stays(meeting: Meeting):
    one, two, three = [await meeting.propose(meeting.anna, name) for name in ("Raz", "Dwa", "Trzy")]
    proposed = await meeting.propose(meeting.jan, "Cztery")
    await meeting.change(three, meeting.anna, position=1)
    assert await meeting.agenda() == ["Trzy: accepted", "Raz: accepted", "Dwa: accepted"]
    await meeting.change(three, meeting.anna, position=99)
    assert await meeting.agenda() == ["Raz: accepted", "Dwa: accepted", "Trzy: accepted"]
    assert (await meeting.change(proposed, meeting.anna, position=1)).status_code == 409
    assert (await meeting.ask("PUT", f"/minutes/{two['id']}", meeting.anna, 0, text="Było")).status_code == 200
    assert (await meeting.change(two, meeting.anna, state="refused")).status_code == 409
    assert (await meeting.change(one, meeting.anna, state="refused")).status_code == 200
    assert await meeting.agenda() == ["Dwa: accepted", "Trzy: accepted"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"owner_id": "01912345-0000-7000-8000-00000000dead"}, "/owner_id"),
        ({"proposed_for_id": "01912345-0000-7000-8000-00000000dead"}, "/proposed_for_id"),
        ({"about": {"kind": "decision", "id": "01912345-0000-7000-8000-00000000dead"}}, "/about/id"),
        ({"about": {"kind": "problem", "id": "01912345-0000-7000-8000-00000000dead"}}, "/about/id"),
        ({"minutes_planned": 0}, "/minutes_planned"),
    ],
)
async def test_what_is_not_right_is_said_by_its_pointer(meeting: Meeting, body: dict[str, Any], pointer: str):
    refused = await meeting.ask("POST", "/items", meeting.jan, title="Park", **body)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_lines_of_an_agenda_are_items_and_keep_those_that_are_there(meeting: Meeting):
    version = (await meeting.ask("GET", "")).json()["version"]
    written = await meeting.ask("PATCH", "", meeting.anna, version, agenda=["Raz", "Dwa"])
    assert written.json()["agenda"] == ["Raz", "Dwa"]
    first = (await meeting.ask("GET", "/items")).json()["items"][0]
    version = written.json()["version"]
    again = await meeting.ask("PATCH", "", meeting.anna, version, agenda=["Trzy", "Raz"])
    assert again.json()["agenda"] == ["Trzy", "Raz"]
    items = (await meeting.ask("GET", "/items", meeting.anna)).json()["items"]
    assert {one["title"]: one["state"] for one in items} == {"Raz": "accepted", "Trzy": "accepted", "Dwa": "refused"}
    assert first["id"] in {one["id"] for one in items if one["title"] == "Raz"}
    stale = await meeting.ask("PATCH", "", meeting.anna, version, agenda=[])
    assert stale.status_code == 412


async def test_what_was_left_open_is_offered_what_is_overdue_first(meeting: Meeting):
    problem_id = new_id()
    start = next_monday(17, weeks=0) - timedelta(days=14)
    body = an_event(start, kind="meeting", host_ids=[meeting.club], title="Poprzednie", problem_ids=[problem_id])
    headers = meeting.it.headers(meeting.anna)
    earlier = (await meeting.it.client.post(f"{API}/events", json=body, headers=headers)).json()
    today = clock.now().date()

    async def decided(text: str, **values: Any) -> dict[str, Any]:
        path = f"{API}/meetings/{earlier['id']}/decisions"
        made = await meeting.it.client.post(path, json={"text": text, **values}, headers=headers)
        assert made.status_code == 201, made.text
        return dict(made.json())

    await decided("Zrobione", done=True)
    await decided("Zaniechane", state="dropped")
    await decided("Bez terminu")
    await decided("Za tydzień", due_on=(today + timedelta(days=7)).isoformat())
    late = await decided("Spóźnione", due_on=(today - timedelta(days=2)).isoformat(), owner_id=meeting.school)
    offered = (await meeting.ask("GET", "/offered", meeting.jan)).json()["items"]
    assert [one["title"] for one in offered] == ["Spóźnione", "Za tydzień", "Bez terminu", ""]
    assert [one["is_overdue"] for one in offered] == [True, False, False, False]
    assert (offered[3]["kind"], offered[3]["id"], offered[3]["event_title"]) == ("problem", problem_id, "Poprzednie")
    assert (await meeting.ask("GET", "/offered", meeting.eva)).status_code == 403
    item = await meeting.propose(meeting.anna, "Spóźnione", about={"kind": "decision", "id": late["id"]})
    assert item["about_title"] == "Spóźnione"
    left = (await meeting.ask("GET", "/offered", meeting.jan)).json()["items"]
    assert [one["title"] for one in left] == ["Za tydzień", "Bez terminu", ""]
    page = f"/calendar/meetings/{meeting.id}/items"
    async with meeting.it.browser(meeting.anna) as browser:
        for one in left:
            pressed = await browser.post(page, data={"about_kind": one["kind"], "about_id": one["id"]}, headers=POLISH)
            assert pressed.status_code == 303, "one press is enough"
    named = ["Za tydzień", "Bez terminu", "Problem z wydarzenia „Poprzednie”"]
    assert [one.partition(":")[0] for one in await meeting.agenda()][1:] == named


async def test_the_agenda_page_without_a_script(meeting: Meeting):
    page = f"/calendar/meetings/{meeting.id}/items"
    async with meeting.it.browser(meeting.jan) as browser:
        empty = await browser.post(page, data={"title": "", "minutes_planned": "dużo"}, headers=POLISH)
        assert empty.status_code == 422
        assert "Proszę podać, o czym będzie mowa." in empty.text
        assert "od 1 do 600" in empty.text
        made = await browser.post(page, data={"title": "Park", "minutes_planned": "45", "owner_id": meeting.school})
        assert made.status_code == 303, made.text
    [row] = await meeting.it.rows("agenda_item")
    async with meeting.it.browser(meeting.anna) as browser:
        shown = await browser.get(page, headers=POLISH)
        assert "Decydujecie jako gospodarze spotkania." in shown.text
        for do in ("accept", "up", "down"):
            [row] = await meeting.it.rows("agenda_item")
            done = await browser.post(f"{page}/{row.id}", data={"version": str(row.version), "do": do})
            assert done.status_code == 303
        await browser.post(page, data={"title": "Festyn", "minutes_planned": "30"})
        shown = await browser.get(page, headers=POLISH)
        assert "Punkty zajmą 75 min, a spotkanie trwa 60 min: o 15 minut za dużo." in shown.text
        row = next(one for one in await meeting.it.rows("agenda_item") if one.title == "Festyn")
        await browser.post(f"{page}/{row.id}", data={"version": str(row.version), "do": "up"})
        stale = await browser.post(f"{page}/{row.id}", data={"version": str(row.version), "do": "down"}, headers=POLISH)
        assert stale.status_code == 412
        assert "Ktoś inny zmienił w tym czasie ten punkt" in stale.text
        row = next(one for one in await meeting.it.rows("agenda_item") if one.title == "Festyn")
        reworded = {"version": str(row.version), "do": "save", "title": "Festyn lata", "minutes_planned": "15"}
        assert (await browser.post(f"{page}/{row.id}", data=reworded)).status_code == 303
    paper = await meeting.it.client.get(f"/calendar/meetings/{meeting.id}/agenda", headers=POLISH)
    assert paper.text.index("Festyn lata") < paper.text.index("Park")
    assert "17:15" in paper.text
    event = await meeting.it.client.get(f"/calendar/events/{meeting.id}", headers=POLISH)
    assert "Festyn lata (15 min)" in event.text


async def test_whoever_takes_part_says_that_they_are_here_and_is_forgotten_by_name_only(meeting: Meeting):
    page = f"/calendar/events/{meeting.id}/presence"
    async with meeting.it.browser(meeting.jan) as browser:
        form = {"organisation_id": meeting.school, "here": "yes"}
        for _ in range(2):
            assert (await browser.post(page, data=form)).status_code == 303
        assert (await browser.post(page, data={**form, "organisation_id": meeting.club})).status_code == 403
    async with meeting.it.browser(meeting.eva) as browser:
        assert (await browser.post(page, data=form)).status_code == 403
    came = (await meeting.ask("GET", "", meeting.anna)).json()["attendance"]
    assert came == [{"organisation_id": meeting.school, "people": 1, "person_ids": [meeting.jan.id]}]
    assert (await meeting.ask("GET", "")).json()["attendance"][0]["person_ids"] == []
    async with meeting.it.browser(meeting.anna) as browser:
        typed = {"version": "1", f"came_{meeting.school}": "3", "guests": "2"}
        saved = await browser.post(f"/calendar/events/{meeting.id}/attendance", data=typed)
        assert saved.status_code == 303, saved.text
        late = await browser.post(f"/calendar/events/{meeting.id}/attendance", data=typed, headers=POLISH)
        assert late.status_code == 412
        assert "Ktoś inny zapisał w tym czasie obecność." in late.text
    said = (await meeting.ask("GET", "", meeting.jan)).json()
    assert (said["guests"], said["attendance"][0]["people"]) == (2, 3)
    assert said["attendance"][0]["person_ids"] == [meeting.jan.id]
    await meeting.propose(meeting.jan, "Park", owner_person_id=meeting.jan.id)
    await meeting.it.deliver(PersonErased(id=meeting.jan.id, version=2))
    said = (await meeting.ask("GET", "", meeting.anna)).json()
    assert (said["attendance"][0]["people"], said["attendance"][0]["person_ids"]) == (3, [])
    [item] = await meeting.it.rows("agenda_item")
    assert (item.title, item.proposed_by_id, item.owner_person_id) == ("Park", None, None)
    assert await remains(meeting.it)
