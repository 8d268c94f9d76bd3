"""The minutes of a meeting, section by section: nothing that was acknowledged is written over unseen."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.calendar.models import AgendaItem, Event
from shared import clock
from tests.service.calendar.meeting import Meeting, a_meeting

POLISH = {"Accept-Language": "pl"}


@pytest_asyncio.fixture
async def meeting(database_url: str) -> AsyncIterator[Meeting]:
    async with a_meeting(database_url) as it:
        yield it


async def test_each_section_has_a_version_of_its_own(meeting: Meeting):
    park, feast = [await meeting.propose(meeting.anna, name) for name in ("Park", "Festyn")]
    for section, text in ((park["id"], "Posadzimy *drzewa*."), ("general", "Było miło.")):
        written = await meeting.ask("PUT", f"/minutes/{section}", meeting.anna, 0, text=text)
        assert (written.status_code, written.headers["etag"], written.json()["is_own"]) == (200, '"1"', True)
    listed = await meeting.ask("GET", "/minutes", meeting.jan)
    assert [(one["id"], one["version"], one["text"]) for one in listed.json()["items"]] == [
        (park["id"], 1, "Posadzimy *drzewa*."),
        (feast["id"], 0, ""),
        ("general", 1, "Było miło."),
    ]
    one = await meeting.ask("GET", f"/minutes/{park['id']}", meeting.jan)
    assert (one.headers["etag"], one.json()["text"]) == ('"1"', "Posadzimy *drzewa*.")
    assert (await meeting.ask("GET", f"/minutes/{meeting.club}", meeting.jan)).status_code == 404
    assert listed.json()["items"][0]["organisation_id"] == meeting.club
    assert listed.json()["items"][0]["is_own"] is False
    async with meeting.it.browser(meeting.jan) as browser:
        assert "<em>drzewa</em>" in (await browser.get(f"/calendar/events/{meeting.id}", headers=POLISH)).text
    again = {"If-None-Match": listed.headers["etag"], **meeting.it.headers(meeting.jan)}
    same = await meeting.it.client.get(f"/calendar/api/v1/meetings/{meeting.id}/minutes", headers=again)
    assert same.status_code == 304


async def test_what_is_not_published_is_kept_from_strangers_in_every_place_where_it_stands(meeting: Meeting):
    item = await meeting.propose(meeting.anna, "Park")
    for section in (item["id"], "general"):
        written = await meeting.ask("PUT", f"/minutes/{section}", meeting.anna, 0, text="Posadzimy drzewa")
        assert written.status_code == 200
    for by, refused in ((meeting.eva, 403), (None, 401), (meeting.jan, None)):
        for path in ("/minutes", "/minutes/general", f"/minutes/{item['id']}"):
            assert (await meeting.ask("GET", path, by)).status_code == (refused or 200)
        for path in ("", "/items", f"/items/{item['id']}"):
            answer = await meeting.ask("GET", path, by)
            assert answer.status_code == 200
            assert ("drzewa" in answer.text) is (refused is None)
        async with meeting.it.browser(by) if by else meeting.it.browser() as browser:
            for page in (f"/calendar/events/{meeting.id}", f"/calendar/meetings/{meeting.id}/agenda"):
                assert "drzewa" not in (await browser.get(page)).text or refused is None


async def test_a_text_that_somebody_else_wrote_meanwhile_is_not_written_over(meeting: Meeting):
    first = await meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text="Pierwszy")
    assert first.status_code == 200
    refused = await meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text="Drugi")
    assert refused.status_code == 412
    assert refused.json()["current"] == {"text": "Pierwszy", "version": 1}
    assert refused.headers["etag"] == '"1"'
    repeated = await meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text="Pierwszy")
    assert (repeated.status_code, repeated.json()["version"]) == (200, 1), "its first answer may have been lost"
    assert (await meeting.ask("PUT", "/minutes/general", meeting.anna, text="Bez wersji")).status_code == 428
    assert (await meeting.ask("PUT", "/minutes/general", meeting.jan, 1, text="Obcy")).status_code == 403
    assert (await meeting.ask("PUT", "/minutes/nowhere", meeting.anna, 1, text="x")).status_code == 422
    proposed = await meeting.propose(meeting.jan, "Park")
    assert (await meeting.ask("PUT", f"/minutes/{proposed['id']}", meeting.anna, 0, text="x")).status_code == 404


async def test_of_writers_at_the_same_instant_one_gets_through(meeting: Meeting):
    item = await meeting.propose(meeting.anna, "Park")
    answers = await asyncio.gather(
        *(meeting.ask("PUT", f"/minutes/{item['id']}", meeting.anna, 0, text=f"Tekst {n}") for n in range(8)),
        *(meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text=f"Ogólny {n}") for n in range(8)),
    )
    for part in (answers[:8], answers[8:]):
        assert sorted(one.status_code for one in part) == [200] + [412] * 7
        [kept] = [one.json()["text"] for one in part if one.status_code == 200]
        assert {one.json()["current"]["text"] for one in part if one.status_code == 412} == {kept}


async def test_the_old_way_of_writing_minutes_knows_of_the_new(meeting: Meeting):
    version = (await meeting.ask("GET", "")).json()["version"]
    await meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text="Na żywo")
    stale = await meeting.ask("PATCH", "", meeting.anna, version, minutes="Programem")
    assert stale.status_code == 412
    now = (await meeting.ask("GET", "", meeting.anna)).json()
    written = await meeting.ask("PATCH", "", meeting.anna, now["version"], minutes="Programem")
    assert written.json()["minutes"] == "Programem"
    late = await meeting.ask("PUT", "/minutes/general", meeting.anna, 1, text="Dalej na żywo")
    assert late.json()["current"] == {"text": "Programem", "version": 2}


async def test_what_one_types_in_one_sitting_is_one_line_of_history(meeting: Meeting):
    item = await meeting.propose(meeting.anna, "Park")
    for version in range(5):
        await meeting.ask("PUT", f"/minutes/{item['id']}", meeting.anna, version, text=f"Tekst {version}")
    rows = [row for row in await meeting.it.rows("history") if row.aggregate_id == item["id"]]
    assert [row.action for row in rows] == ["proposed", "written"]


async def test_without_a_script_both_texts_are_shown_to_choose_from(meeting: Meeting):
    page = f"/calendar/events/{meeting.id}/minutes"
    item = await meeting.propose(meeting.anna, "Park")
    async with meeting.it.browser(meeting.anna) as browser:
        form: dict[str, Any] = {"text": "Raz\r\ndwa", "version": "0"}
        saved = await browser.post(f"{page}/{item['id']}", data=form)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{page}#section-{item['id']}")
        both = await browser.post(f"{page}/{item['id']}", data={"text": "Mój tekst", "version": "0"}, headers=POLISH)
        assert both.status_code == 412
        assert "Nic nie zostało nadpisane: oba teksty są poniżej." in both.text
        assert "Raz\ndwa" in both.text
        assert "Mój tekst" in both.text
        assert 'name="version" value="1"' in both.text
        long = await browser.post(f"{page}/{item['id']}", data={"text": "x" * 20_001, "version": "1"}, headers=POLISH)
        assert long.status_code == 422
        assert (await browser.post(f"{page}/nowhere", data=form)).status_code == 404
    async with meeting.it.browser(meeting.jan) as browser:
        assert (await browser.post(f"{page}/{item['id']}", data=form)).status_code == 403
        assert (await browser.get(page)).status_code == 403


async def test_a_decision_belongs_to_an_item_and_is_put_off_or_dropped(meeting: Meeting):
    item = await meeting.propose(meeting.anna, "Park")
    body = {"text": "Posadzić drzewa", "item_id": item["id"], "state": "postponed"}
    made = await meeting.ask("POST", "/decisions", meeting.anna, **body)
    assert (made.json()["state"], made.json()["item_id"]) == ("postponed", item["id"])
    wrong = await meeting.ask("POST", "/decisions", meeting.anna, text="x", item_id=made.json()["id"])
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/item_id")
    page = f"/calendar/events/{meeting.id}/decisions"
    async with meeting.it.browser(meeting.anna) as browser:
        form = {"version": "1", "state": "dropped"}
        assert (await browser.post(f"{page}/{made.json()['id']}", data=form)).status_code == 303
        assert (await browser.post(page, data={"text": "Kupić", "item_id": item["id"]})).status_code == 303
        shown = await browser.get(f"/calendar/events/{meeting.id}", headers=POLISH)
        assert "zaniechane" in shown.text
        assert "punkt: Park" in shown.text
    states = [one["state"] for one in (await meeting.ask("GET", "/decisions")).json()["items"]]
    assert states == ["dropped", "agreed"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "![x](https://example.org/x.png)", "[x](javascript:x)"])
async def test_what_is_written_can_be_no_more_than_text(meeting: Meeting, text: str):
    await meeting.ask("PUT", "/minutes/general", meeting.anna, 0, text=text)
    async with meeting.it.browser(meeting.anna) as browser:
        shown = await browser.get(f"/calendar/events/{meeting.id}")
    written = shown.text.partition('<div class="markdown">')[2].partition("</div>")[0]
    assert written
    assert not [one for one in ("<script", "<img", 'href="javascript') if one in written]


async def test_rows_of_another_time_are_what_they_were(meeting: Meeting):
    """An item whose minutes nobody wrote has no time and no writer."""
    await meeting.it.database.write(_add_bare, meeting.id)
    [section, _] = (await meeting.ask("GET", "/minutes", meeting.anna)).json()["items"]
    assert (section["version"], section["changed_at"], section["organisation_id"]) == (0, None, None)


def _add_bare(session: Any, event_id: str) -> None:
    assert session.get(Event, event_id) is not None
    session.add(
        AgendaItem(
            id="01912345-0000-7000-8000-0000000000c3",
            version=1,
            event_id=event_id,
            position=1,
            title="Z dawna",
            state="accepted",
            created_at=clock.now(),
        )
    )
