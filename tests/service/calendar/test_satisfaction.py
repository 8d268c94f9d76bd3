"""Asking how it was: by link without an account, on paper by the hosts, and both together."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from services.calendar.models import Occurrence
from shared import clock
from shared.people import Person
from shared.web.requests import ANSWERED_COOKIE
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, WARSAW, a_calendar, an_event, an_organisation

MARKS = {"mark_1": "5", "mark_2": "4", "mark_3": "3"}


@pytest_asyncio.fixture
async def it(database_url: str) -> AsyncIterator[Running]:
    async with a_calendar(database_url, answers_per_minute=0) as service:
        yield service


async def a_feast(it: Running, begun: timedelta = timedelta(hours=1), **values: Any) -> tuple[str, Person]:
    """Plan an event of two hours that began so long ago, and give its id and who hosts it."""
    organisation = an_organisation()
    await it.deliver(organisation)
    host = a_coordinator(organisation.id)
    start = (clock.now() - begun).astimezone(WARSAW)
    body = an_event(start, host_ids=[organisation.id], **values)
    made = await it.client.post(f"{API}/events", json=body, headers=it.headers(host))
    assert made.status_code == 201, made.text
    return made.json()["id"], host


async def a_link(it: Running, event_id: str, host: Person, **body: str) -> str:
    answer = await it.client.post(f"{API}/events/{event_id}/satisfaction", json=body, headers=it.headers(host))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def answer(it: Running, link: str, **marks: str) -> int:
    async with it.browser() as browser:
        return (await browser.post(link, data={**MARKS, **marks})).status_code


async def move(it: Running, event_id: str, by: timedelta) -> None:
    """Let the dates of an event have been at another time."""
    seconds = int(by.total_seconds())
    moved = update(Occurrence).where(Occurrence.event_id == event_id)
    await it.database.write(
        lambda session: (
            session.execute(moved.values(start=Occurrence.start - seconds, end=Occurrence.end - seconds)) and None
        )
    )


async def seen(it: Running, event_id: str, host: Person) -> dict[str, Any]:
    found = await it.client.get(f"{API}/events/{event_id}/satisfaction", headers=it.headers(host))
    assert found.status_code == 200, found.text
    return dict(found.json())


async def test_whoever_has_the_link_answers_once_and_nothing_is_kept_of_them(it: Running):
    event_id, host = await a_feast(it)
    link = await a_link(it, event_id, host)
    assert await a_link(it, event_id, host) == link
    async with it.browser() as phone:
        page = await phone.get(link, headers={"Accept-Language": "pl"})
        assert page.status_code == 200
        assert "Czy to wydarzenie się Państwu podobało?" in page.text
        form = re.search(r'name="form" value="([0-9a-f]{32})"', page.text)
        assert form is not None
        for _ in range(2):
            sent = await phone.post(link, data={**MARKS, "form": form[1]})
            assert sent.headers["location"] == link
        cookie = sent.headers["set-cookie"]
        assert cookie.startswith(f"{ANSWERED_COOKIE}=yes;")
        assert f"Path={link}" in cookie
        assert "Dziękujemy" in (await phone.get(link, headers={"Accept-Language": "pl"})).text
        await phone.post(link, data=MARKS)
    async with it.browser() as same_form_elsewhere:
        await same_form_elsewhere.post(link, data={**MARKS, "form": form[1]})
    [row] = await it.rows("satisfaction_answer")
    assert (row.first, row.second, row.third, row.id) == (5, 4, 3, form[1])
    assert set(row._fields) == {"token", "id", "first", "second", "third"}


async def test_what_is_missing_is_asked_again_and_the_rest_stays(it: Running):
    event_id, host = await a_feast(it)
    link = await a_link(it, event_id, host)
    async with it.browser() as phone:
        page = await phone.post(link, data={"mark_1": "5", "mark_2": "9", "mark_3": ""})
        assert page.status_code == 422
        assert 'href="#mark_2"' in page.text
        assert re.search(r'name="mark_1" value="5"\s+checked', page.text)
    assert await it.rows("satisfaction_answer") == []


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (timedelta(hours=-1), 409),
        (timedelta(minutes=1), 303),
        (timedelta(days=14, hours=1), 303),
        (timedelta(days=14, hours=3), 409),
    ],
)
async def test_questions_open_with_the_event_and_close_two_weeks_later(it: Running, begun: timedelta, status: int):
    event_id, host = await a_feast(it, begun)
    link = await a_link(it, event_id, host)
    assert await answer(it, link) == status
    assert len(await it.rows("satisfaction_answer")) == (status == 303)


async def test_a_forged_link_leads_nowhere(it: Running):
    event_id, host = await a_feast(it)
    link = await a_link(it, event_id, host)
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert len(link.rpartition("/")[2]) >= 22
    assert await answer(it, forged) == 404
    assert await answer(it, f"/calendar/satisfaction/{event_id}") == 404
    await it.client.post(f"{API}/events/{event_id}/cancel", headers=it.headers(host))
    assert await answer(it, link) == 409


async def test_one_address_answers_so_often_in_a_minute(database_url: str):
    async with a_calendar(database_url, answers_per_minute=3) as it:
        event_id, host = await a_feast(it)
        link = await a_link(it, event_id, host)
        assert [await answer(it, link) for _ in range(4)] == [303, 303, 303, 429]


@pytest.mark.parametrize(
    ("by_link", "n", "mean", "wordings"),
    [
        (4, 10, 4.5, [("paper", "general", 10)]),
        (5, 15, (5 * 4 + 10 * 4.5) / 15, [("link", "three-1", 5), ("paper", "general", 10)]),
    ],
)
async def test_link_and_paper_count_together_when_the_link_is_closed_and_enough_answered(
    it: Running, by_link: int, n: int, mean: float, wordings: list[tuple[str, str, int]]
):
    event_id, host = await a_feast(it, timedelta(hours=3))
    link = await a_link(it, event_id, host)
    for _ in range(by_link):
        await answer(it, link)
    async with it.browser(host) as browser:
        form = {"version": "1", "n": "10", "mean": "4,5", "wording_id": "general"}
        assert (await browser.post(f"/calendar/events/{event_id}/satisfaction/paper", data=form)).status_code == 303
    assert (await seen(it, event_id, host))["n"] == 10
    await move(it, event_id, timedelta(days=15))
    found = await seen(it, event_id, host)
    assert (found["n"], found["mean"]) == (n, pytest.approx(mean, abs=1e-3))
    assert found["links"][0]["n"] == (by_link if by_link == 5 else None)
    day = (clock.now() - timedelta(days=15)).astimezone(WARSAW).date()
    days = {"from": str(day - timedelta(days=1)), "to": str(day)}
    figures = (await it.client.get(f"{API}/indicators", params=days)).json()
    satisfaction = next(one for one in figures["figures"] if one["code"] == "satisfaction")
    assert (satisfaction["value"], satisfaction["of"]) == (pytest.approx(mean, abs=1e-3), n)
    assert sorted((one["way"], one["wording_id"], one["n"]) for one in figures["period"]["wordings"]) == wordings


async def test_paper_totals_keep_the_wording_and_the_note(it: Running):
    event_id, host = await a_feast(it, timedelta(days=3), outcome={"note": "Padało"})
    async with it.browser(host) as browser:
        paper = f"/calendar/events/{event_id}/satisfaction/paper"
        form = {"version": "1", "participants": "40", "n": "10", "mean": "4,5", "wording_id": "three-1"}
        for wrong in ({"mean": "7"}, {"mean": ""}, {"n": "wiele"}, {"n": ""}, {"wording_id": "never"}):
            assert (await browser.post(paper, data={**form, **wrong})).status_code == 422, wrong
        saved = await browser.post(paper, data=form)
        assert saved.status_code == 303
        late = await browser.post(paper, data={**form, "n": "11"})
        assert late.status_code == 412
    event = (await it.client.get(f"{API}/events/{event_id}")).json()
    assert event["outcome"] == {
        "participants": 40,
        "satisfaction": {"n": 10, "mean": 4.5, "wording_id": "three-1"},
        "note": "Padało",
    }
    found = await seen(it, event_id, host)
    assert (found["n"], found["mean"], found["paper"]["n"]) == (10, 4.5, 10)


async def test_a_series_is_asked_about_date_by_date_and_only_by_its_hosts(it: Running):
    event_id, host = await a_feast(it, timedelta(days=7, hours=1), rrule="FREQ=WEEKLY;COUNT=3")
    headers = it.headers(host)
    dates = (await it.client.get(f"{API}/events/{event_id}/occurrences")).json()["items"]
    unsaid = await it.client.post(f"{API}/events/{event_id}/satisfaction", json={}, headers=headers)
    assert (unsaid.status_code, unsaid.json()["errors"][0]["pointer"]) == (422, "/recurrence")
    nowhere = {"recurrence_at": "2020-01-01T10:00:00Z"}
    answer_ = await it.client.post(f"{API}/events/{event_id}/satisfaction", json=nowhere, headers=headers)
    assert answer_.status_code == 404
    links = [await a_link(it, event_id, host, recurrence_at=one["recurrence_at"]) for one in dates]
    assert len(set(links)) == 3
    assert [await answer(it, link) for link in links] == [303, 303, 409]
    async with it.browser(host) as browser:
        assert (await browser.get(f"/calendar/events/{event_id}/satisfaction")).text.count('<h2 id="poster-') == 3
    for stranger in (a_person(), a_coordinator("01912345-0000-7000-8000-00000000dead")):
        refused = await it.client.get(f"{API}/events/{event_id}/satisfaction", headers=it.headers(stranger))
        assert refused.status_code == 403


async def test_who_may_not_see_an_event_does_not_learn_there_that_there_is_one(it: Running):
    event_id, host = await a_feast(it, visibility="hosts")
    stranger = a_coordinator("01912345-0000-7000-8000-00000000dead")
    for person, status in ((stranger, 404), (host, 200)):
        found = await it.client.get(f"{API}/events/{event_id}/satisfaction", headers=it.headers(person))
        assert found.status_code == status
        async with it.browser(person) as browser:
            assert (await browser.get(f"/calendar/events/{event_id}/satisfaction")).status_code == status
