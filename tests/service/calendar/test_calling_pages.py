"""Calling a meeting on pages: the form with dates that were found, links to hand out, one press; and inviting."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from shared import clock
from shared.messages.calendar import MeetingCalled
from tests.service.calendar.builders import API, a_calendar, an_event, next_monday
from tests.service.calendar.calling import Neighbourhood, a_neighbourhood, form_of, told_of

POLISH = {"Accept-Language": "pl"}
VALUE = re.compile(r'name="dates" value="([^"]+)"\s+checked')


@pytest_asyncio.fixture
async def town(database_url: str) -> AsyncIterator[Neighbourhood]:
    async with a_calendar(database_url, answers_per_minute=0) as service:
        yield await a_neighbourhood(service)


def the_form(town: Neighbourhood, **values: Any) -> dict[str, Any]:
    monday = next_monday(weeks=2)
    return {
        "title": "Spotkanie liderów",
        "organisation_id": town.host_id,
        "required": town.invited_ids[:1],
        "optional": town.invited_ids[1:],
        "guests": "Jan Nowak, jan@example.org\nEwa Nowa",
        "first": monday.date().isoformat(),
        "last": (monday + timedelta(days=4)).date().isoformat(),
        "minutes": "120",
        "begins": "09:00",
        "ends": "18:00",
        "venue": town.hall_id,
        "closes_on": (clock.now() + timedelta(days=2)).date().isoformat(),
        "closes_time": "20:00",
        "remind": "24",
        **values,
    }


async def test_dates_are_found_at_which_those_who_must_come_are_free_and_a_poll_is_opened(town: Neighbourhood):
    monday = next_monday(9, weeks=2)
    body = {**an_event(monday, hours=9), "host_ids": [town.host_id]}
    made = await town.it.client.post(f"{API}/events", json=body, headers=town.it.headers(town.by))
    assert made.status_code == 201
    async with town.it.browser(town.by) as browser:
        empty = await browser.get("/calendar/meetings/polls/new")
        key = re.search(r'name="key" value="([^"]+)"', empty.text)
        assert key is not None
        looked = await browser.post("/calendar/meetings/polls", data=the_form(town, do="find", key=key[1]))
        dates = VALUE.findall(looked.text)
        assert len(dates) >= 4
        assert all(not one.startswith(monday.strftime("%Y%m%d")) for one in dates)
        chosen = the_form(
            town, do="save", key=key[1], dates=dates[:3], own_on_0=monday.date().isoformat(), own_time_0="19:00"
        )
        for _ in range(2):
            opened = await browser.post("/calendar/meetings/polls", data=chosen)
            assert opened.status_code == 303, opened.text
        [poll] = await town.it.rows("poll")
        assert opened.headers["location"] == f"/calendar/meetings/polls/{poll.id}"
        assert len(await town.it.rows("poll_date")) == 4
        page = await browser.get(opened.headers["location"])
        assert "Jan Nowak" in page.text
        listed = await browser.get("/calendar/meetings")
        assert "Spotkanie liderów" in listed.text


async def test_what_is_missing_in_the_form_is_asked_and_the_rest_stays(town: Neighbourhood):
    async with town.it.browser(town.by) as browser:
        typed = the_form(town, do="save", title="", guests="Jan <jan@", closes_on="")
        refused = await browser.post("/calendar/meetings/polls", data=typed)
        assert refused.status_code == 422
        assert {"#title", "#closes_on", "#dates", "#guests"} <= set(re.findall(r'href="(#\w+)"', refused.text))
        assert "Jan &lt;jan@" in refused.text
        late = the_form(town, do="save", dates=["20300304T0800Z/20300304T1000Z"], closes_on="2031-01-01")
        refused = await browser.post("/calendar/meetings/polls", data=late)
        assert "Ankieta musi się zamknąć przed pierwszym z terminów" in refused.text
    assert await town.it.rows("poll") == []


async def test_links_are_shown_once_and_lead_to_the_vote_and_one_press_calls_the_meeting(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak", "mail": "jan@example.org", "required": True}])
    page = f"/calendar/meetings/polls/{poll['id']}"
    async with town.it.browser(town.by) as browser:
        shown = await browser.post(f"{page}/links", data={"whose": ""}, headers=POLISH)
        [link] = re.findall(r'value="http://osiedle\.test(/calendar/polls/\w+)"', shown.text)
        assert "mailto:jan%40example.org?" in shown.text
        assert link not in (await browser.get(page)).text
        async with town.it.browser() as phone:
            await phone.post(link, data=form_of({poll["dates"][1]["id"]: "yes", poll["dates"][0]["id"]: "no"}))
        suggested = await browser.get(page, headers=POLISH)
        assert "Mogą wszyscy, którzy muszą być" in suggested.text
        called = await browser.post(f"{page}/settle", data={"date_id": poll["dates"][1]["id"]})
        assert called.headers["location"] == f"/calendar/events/{poll['dates'][1]['id']}?notice=planned"
        event = await browser.get(called.headers["location"], headers=POLISH)
        assert "Jan Nowak" in event.text
    async with town.it.browser() as stranger:
        public = await stranger.get(called.headers["location"], headers=POLISH)
        assert public.status_code == 200
        assert "Jan Nowak" not in public.text


async def test_a_date_that_is_taken_is_refused_on_the_page_with_what_is_free(town: Neighbourhood):
    poll = await town.poll()
    body = an_event(next_monday(10), host_ids=[town.host_id], venue_id=town.hall_id, title="Próba chóru")
    await town.it.client.post(f"{API}/events", json=body, headers=town.it.headers(town.by))
    async with town.it.browser(town.by) as browser:
        refused = await browser.post(
            f"/calendar/meetings/polls/{poll['id']}/settle",
            data={"date_id": poll["dates"][0]["id"]},
            headers=POLISH,
        )
    assert refused.status_code == 409
    assert "to, czego potrzeba, jest już zajęte" in refused.text
    assert "Próba chóru" in refused.text
    assert "Wolne w tym samym miejscu" in refused.text


async def test_a_held_date_says_so_and_offers_no_change(town: Neighbourhood):
    poll = await town.poll()
    async with town.it.browser(town.by) as browser:
        page = await browser.get(f"/calendar/events/{poll['dates'][0]['id']}", headers=POLISH)
        assert "Ten termin jest zarezerwowany w ankiecie" in page.text
        assert f"/calendar/meetings/polls/{poll['id']}" in page.text
        assert "/move" not in page.text
    async with town.it.browser() as stranger:
        assert (await stranger.get(f"/calendar/events/{poll['dates'][0]['id']}")).status_code == 404


async def test_who_is_invited_to_a_meeting_is_written_on_a_page_and_who_is_new_is_told(town: Neighbourhood):
    body = an_event(host_ids=[town.host_id], kind="meeting")
    made = await town.it.client.post(f"{API}/events", json=body, headers=town.it.headers(town.by))
    path = f"/calendar/events/{made.json()['id']}/invitations"
    one, two, _ = town.invited_ids
    async with town.it.browser(town.by) as browser:
        for required in ([one], [one, two]):
            version = re.search(r'name="key" value="(\d+)"', (await browser.get(path)).text)
            assert version is not None
            typed = {
                "key": version[1],
                "required": required,
                "guests": "Jan Nowak, jan@example.org",
                "link": "https://meet.example.org/x",
            }
            assert (await browser.post(path, data=typed)).status_code == 303
        assert (await browser.post(path, data={"key": "0"})).status_code == 422
        again = await browser.get(path)
        assert "Jan Nowak, jan@example.org" in again.text
        assert (await browser.post(path, data={"link": "javascript:x"})).status_code == 422
    told = await told_of(town.it, MeetingCalled)
    assert [message.organisation_ids for message in told] == [(one,), (two,)]
    assert "Nowak" not in str(told)
    listed = await town.it.client.get(
        f"{API}/meetings/{made.json()['id']}/invitations", headers=town.it.headers(town.by)
    )
    assert [(row["name"], row["required"]) for row in listed.json()["items"]] == [
        ("Organizacja 1", True),
        ("Organizacja 2", True),
        ("Jan Nowak", False),
    ]
