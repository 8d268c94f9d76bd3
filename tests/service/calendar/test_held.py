"""A series of meetings is many meetings: each date has its own agenda, minutes, who came, decisions, publications."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest_asyncio
import vobject
from icalendar import Calendar

from services.calendar.commands import remind_of_meetings
from services.calendar.domain.held import name_of
from services.calendar.models import Event
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import DecisionRecorded, MeetingReminded, MinutesPublished
from shared.messages.registry import ProblemNamed
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation
from tests.service.calendar.calling import told_of

POLISH = {"Accept-Language": "pl"}


@dataclass
class Series:
    """A meeting every second week, that has been held twice and comes again tomorrow; `days` names its dates."""

    it: Running
    id: str
    by: Person
    start: datetime
    club: str

    @property
    def days(self) -> list[str]:
        return [name_of(self.start + timedelta(days=14 * number), "Europe/Warsaw") for number in range(4)]

    async def ask(
        self, method: str, path: str, number: int | None = None, version: int | None = None, **body: Any
    ) -> Any:
        headers = self.it.headers(self.by) | ({} if version is None else {"If-Match": f'"{version}"'})
        params = {} if number is None else {"held_on": self.days[number]}
        address = f"{API}/meetings/{self.id}{path}"
        return await self.it.client.request(method, address, params=params, json=body or None, headers=headers)

    async def left(self, number: int, kind: str, **body: Any) -> dict[str, Any]:
        answer = await self.ask("POST", f"/{kind}", number, **body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["held_on"] == self.days[number]
        return dict(answer.json())

    async def change(self, number: int | None, scope: str, **changes: Any) -> dict[str, Any]:
        event = (await self.it.client.get(f"{API}/events/{self.id}", headers=self.it.headers(self.by))).json()
        at = (self.start + timedelta(days=14 * (number or 0))).isoformat()
        headers = {**self.it.headers(self.by), "If-Match": f'"{event["version"]}"'}
        path = f"{API}/events/{self.id}/occurrences/{at}"
        answer = await self.it.client.patch(path, params={"scope": scope}, json=changes, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def page(self, address: str) -> str:
        async with self.it.browser(self.by) as browser:
            answer = await browser.get(address, headers=POLISH)
            assert answer.status_code == 200, answer.text
            return str(answer.text)


@pytest_asyncio.fixture
async def series(database_url: str) -> AsyncIterator[Series]:
    club = an_organisation(name="Klub")
    anna = a_coordinator(club.id)
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    start = noon - timedelta(days=27)
    async with a_calendar(database_url) as it:
        await it.deliver(club)
        body = an_event(
            start, hours=1, kind="meeting", host_ids=[club.id], title="Liderzy", rrule="FREQ=DAILY;INTERVAL=14"
        )
        made = await it.client.post(f"{API}/events", json=body, headers=it.headers(anna))
        assert made.status_code == 201, made.text
        yield Series(it, made.json()["id"], anna, start, club.id)


async def test_each_date_has_its_own_agenda_minutes_attendance_and_publication(series: Series):
    for number, words in ((0, "Pierwsze"), (1, "Drugie")):
        item = await series.left(number, "items", title=f"{words} ławki")
        came = [{"organisation_id": series.club, "people": number + 2}]
        version = (await series.ask("GET", "", number)).json()["version"]
        written = await series.ask("PATCH", "", number, version, attendance=came, minutes=f"{words} zebranie.")
        assert written.status_code == 200, written.text
        section = await series.ask("PUT", f"/minutes/{item['id']}", number, 0, text=f"{words} słowa.")
        assert section.status_code == 200, section.text
        await series.left(number, "decisions", text=f"{words} ustalenie", item_id=item["id"])
        published = await series.ask("POST", "/publications", number, audience="public")
        assert published.status_code == 201, published.text
        assert published.json()["version"] == 1
        assert f"{words} słowa." in published.json()["text"]
    first, second = [(await series.ask("GET", "", number)).json() for number in (0, 1)]
    assert (first["agenda"], second["agenda"]) == (["Pierwsze ławki"], ["Drugie ławki"])
    assert (first["attendance"][0]["people"], second["attendance"][0]["people"]) == (2, 3)
    assert [one["text"] for one in first["decisions"]] == ["Pierwsze ustalenie"]
    assert "Drugie" not in str(first)
    told = await told_of(series.it, MinutesPublished)
    assert [one.url for one in told] == [
        f"/calendar/meetings/{series.id}/minutes?held_on={day}" for day in series.days[:2]
    ]
    [one, _] = await told_of(series.it, DecisionRecorded)
    assert one.url == f"/calendar/meetings/{series.id}/dates/{series.days[0]}#meeting"
    read = await series.page(f"/calendar/meetings/{series.id}/minutes?held_on={series.days[0]}")
    assert "Pierwsze słowa." in read
    assert "Drugie" not in read


async def test_without_a_date_the_next_one_is_meant(series: Series):
    made = await series.ask("POST", "/items", title="Na jutro")
    assert made.json()["held_on"] == series.days[2]
    assert (await series.ask("GET", "")).json()["held_on"] == series.days[2]
    assert (await series.ask("GET", "", 1)).json()["agenda"] == []
    headers = series.it.headers(series.by)
    for day, status in (("2020-01-01", 404), ("yesterday", 422), ("2026-13-01", 422)):
        answer = await series.it.client.get(f"{API}/meetings/{series.id}?held_on={day}", headers=headers)
        assert answer.status_code == status, day


async def test_the_page_of_a_date_leads_to_last_time_and_next_time_and_shows_what_is_overdue(series: Series):
    await series.left(0, "tasks", text="Zapytać o cenę", due_on="2026-01-01")
    await series.left(0, "decisions", text="Kupić ławki")
    await series.left(1, "tasks", text="Zadanie z drugiego")
    page = await series.page(f"/calendar/meetings/{series.id}/dates/{series.days[1]}")
    before, after = (f'href="/calendar/meetings/{series.id}/dates/{series.days[number]}"' for number in (0, 2))
    assert before in page
    assert after in page
    assert page.index("Co ustalono ostatnio") < page.index("Zapytać o cenę") < page.index('id="meeting"')
    assert "Kupić ławki" in page
    assert page.index('id="meeting"') < page.index("Zadanie z drugiego")
    whole = await series.page(f"/calendar/events/{series.id}")
    assert whole.index("Co ustalono ostatnio") < whole.index("Zadanie z drugiego") < whole.index('id="meeting"')
    assert "Co ustalono ostatnio" not in await series.page(f"/calendar/meetings/{series.id}/dates/{series.days[0]}")
    offered = (await series.ask("GET", "/offered", 1)).json()["items"]
    assert [one["title"] for one in offered] == ["Kupić ławki"]
    assert (await series.ask("GET", "/offered", 0)).json()["items"] == []


async def test_forms_write_to_the_date_that_their_page_shows(series: Series):
    on = f"?held_on={series.days[0]}"
    form = await series.page(f"/calendar/events/{series.id}/minutes{on}")
    assert f'action="/calendar/events/{series.id}/decisions{on}"' in form
    async with series.it.browser(series.by) as browser:
        decided = await browser.post(f"/calendar/events/{series.id}/decisions{on}", data={"text": "Z formularza"})
        assert decided.headers["location"] == f"/calendar/events/{series.id}/minutes{on}#decide"
        came = {"version": "0", f"came_{series.club}": "4"}
        assert (await browser.post(f"/calendar/events/{series.id}/attendance{on}", data=came)).status_code == 303
        there = await browser.post(f"/calendar/meetings/{series.id}/items{on}", data={"title": "Z formularza"})
        assert there.headers["location"].startswith(f"/calendar/meetings/{series.id}/items{on}#item-")
        here = {"organisation_id": series.club, "here": "yes"}
        said = await browser.post(f"/calendar/events/{series.id}/presence{on}", data=here)
        assert said.headers["location"] == f"/calendar/meetings/{series.id}/dates/{series.days[0]}#meeting"
    kept = (await series.ask("GET", "", 0)).json()
    assert (kept["agenda"], kept["attendance"][0]["people"], len(kept["decisions"])) == (["Z formularza"], 4, 1)
    rows = await series.it.rows("meeting")
    assert {row.held_on for row in rows if row.attendance} == {series.days[0]}


async def test_a_date_that_is_moved_keeps_what_is_written_of_it(series: Series):
    await series.left(2, "items", title="Ławki")
    moved = series.start + timedelta(days=30, hours=3)
    await series.change(2, "this", starts_at=moved.isoformat(), ends_at=(moved + timedelta(hours=1)).isoformat())
    assert (await series.ask("GET", "", 2)).json()["agenda"] == ["Ławki"]
    page = await series.page(f"/calendar/meetings/{series.id}/dates/{series.days[2]}")
    assert moved.isoformat()[:10] in page


async def test_what_is_written_follows_a_series_that_is_moved_split_or_parted_from_a_date(series: Series):
    for number in range(4):
        await series.left(number, "items", title=f"Punkt {number}")
        await series.left(number, "decisions", text=f"Ustalenie {number}")
    shift = series.start + timedelta(days=1)
    await series.change(0, "all", starts_at=shift.isoformat(), ends_at=(shift + timedelta(hours=1)).isoformat())
    series.start = shift
    for number in range(4):
        assert (await series.ask("GET", "", number)).json()["agenda"] == [f"Punkt {number}"]
    alone = await series.change(3, "this", description="Wyjazdowe")
    assert alone["id"] != series.id
    answer = await series.it.client.get(f"{API}/meetings/{alone['id']}")
    assert (answer.json()["agenda"], answer.json()["held_on"]) == (["Punkt 3"], None)
    assert [one["text"] for one in answer.json()["decisions"]] == ["Ustalenie 3"]
    rest = await series.change(1, "following", title="Liderzy inaczej")
    other = Series(series.it, rest["id"], series.by, series.start, series.club)
    for number in (1, 2):
        assert (await other.ask("GET", "", number)).json()["agenda"] == [f"Punkt {number}"]
        assert [one["held_on"] for one in (await other.ask("GET", "/decisions", number)).json()["items"]] == [
            series.days[number]
        ]
    assert (await series.ask("GET", "", 0)).json()["agenda"] == ["Punkt 0"]
    assert {row.event_id for row in await series.it.rows("agenda_item") if row.title == "Punkt 0"} == {series.id}


async def test_a_meeting_that_begins_to_repeat_keeps_what_was_written_at_its_first_date(database_url: str):
    club = an_organisation()
    anna = a_coordinator(club.id)
    start = clock.now().replace(microsecond=0) - timedelta(days=1)
    async with a_calendar(database_url) as it:
        await it.deliver(club)
        headers = it.headers(anna)
        body = an_event(start, kind="meeting", host_ids=[club.id])
        made = (await it.client.post(f"{API}/events", json=body, headers=headers)).json()
        path = f"{API}/meetings/{made['id']}"
        text = {"minutes": "Zapisane.", "link": "https://rozmowa.osiedle.test/x"}
        assert (await it.client.patch(path, json=text, headers={**headers, "If-Match": '"0"'})).status_code == 200
        tagged = {**headers, "If-Match": f'"{made["version"]}"'}
        again = await it.client.patch(f"{API}/events/{made['id']}", json={"rrule": "FREQ=WEEKLY"}, headers=tagged)
        assert again.status_code == 200, again.text
        first = name_of(start, "Europe/Warsaw")
        old, new = [
            (await it.client.get(path, params=params, headers=headers)).json() for params in ({"held_on": first}, {})
        ]
        assert (old["minutes"], new["minutes"]) == ("Zapisane.", "")
        assert old["link"] == new["link"] == "https://rozmowa.osiedle.test/x"
        tagged["If-Match"] = f'"{again.json()["version"]}"'
        once = await it.client.patch(f"{API}/events/{made['id']}", json={"rrule": None}, headers=tagged)
        assert once.status_code == 200, once.text
        assert (await it.client.get(path, headers=headers)).json()["minutes"] == "Zapisane."


async def test_who_did_not_come_to_three_dates_in_a_row_is_named(series: Series):
    headers = {**series.it.headers(series.by), "If-Match": '"0"'}
    school = an_organisation(name="Szkoła")
    await series.it.deliver(school)
    invited = {"invited": [{"organisation_id": school.id}]}
    path = f"{API}/meetings/{series.id}/invitations"
    assert (await series.it.client.put(path, json=invited, headers=headers)).status_code == 200
    await series.change(0, "all", starts_at=(series.start - timedelta(days=14)).isoformat())
    series.start -= timedelta(days=14)
    for number in range(3):
        came = [{"organisation_id": series.club, "people": 1}]
        assert (await series.ask("PATCH", "", number, 0, attendance=came)).status_code == 200
    page = await series.page(f"/calendar/rhythm/{series.id}")
    assert "Dotrzymano 2 z 2 odstępów; spotkania są zwykle co 14 dni." in page
    assert "Szkoła" in page[page.index("Nieobecni trzy razy z rzędu") :][:300]
    assert f'href="/calendar/meetings/{series.id}/dates/{series.days[2]}"' in page
    answer = await series.it.client.get(f"{API}/rhythms", headers=series.it.headers(series.by))
    [rhythm] = answer.json()["items"]
    assert rhythm["regularity"] == {"kept": 2, "planned": 2, "share": 1.0, "usual_days": 14}
    assert (rhythm["hosts"], rhythm["absent"], rhythm["counted"]) == (["Klub"], ["Szkoła"], 3)
    assert rhythm["held"] == sorted(series.days[:3], reverse=True)
    assert rhythm["last_url"] == f"/calendar/meetings/{series.id}/dates/{series.days[2]}"
    stranger = await series.it.client.get(f"{API}/rhythms", headers=series.it.headers(a_person()))
    assert stranger.status_code == 403


async def test_hosts_tick_who_was_there_and_others_stay_as_they_said(series: Series):
    on, here, there = f"?held_on={series.days[0]}", new_id(), new_id()
    school = an_organisation(name="Szkoła")
    await series.it.deliver(school)
    first = [{"organisation_id": school.id, "people": 2, "person_ids": [there]}]
    assert (await series.ask("PATCH", "", 0, 0, attendance=first)).status_code == 200
    page = await series.page(f"/calendar/events/{series.id}/minutes{on}")
    assert f'data-people="{series.club}"' in page
    assert f"data-present='[\"{there}\"]'" in page
    form = {
        "version": "1", f"came_{school.id}": "2", f"came_{series.club}": "",
        f"listed_{series.club}": "yes", f"here_{series.club}": [series.by.id, here, "nobody"],
    }  # fmt: skip
    async with series.it.browser(series.by) as browser:
        assert (await browser.post(f"/calendar/events/{series.id}/attendance{on}", data=form)).status_code == 303
        came = {one["organisation_id"]: one for one in (await series.ask("GET", "", 0)).json()["attendance"]}
        assert came[series.club]["people"] == 2
        assert came[series.club]["person_ids"] == [series.by.id, here]
        assert came[school.id]["person_ids"] == [there]
        shown = await series.page(f"/calendar/meetings/{series.id}/dates/{series.days[0]}")
        assert f'data-person="{here}"' in shown
        gone = {"version": "2", f"came_{school.id}": "2", f"listed_{school.id}": "yes", f"came_{series.club}": "2"}
        assert (await browser.post(f"/calendar/events/{series.id}/attendance{on}", data=gone)).status_code == 303
    came = {one["organisation_id"]: one for one in (await series.ask("GET", "", 0)).json()["attendance"]}
    assert (came[school.id]["person_ids"], came[series.club]["person_ids"]) == ([], [series.by.id, here])
    async with series.it.browser() as stranger:
        seen = await stranger.get(f"/calendar/meetings/{series.id}/dates/{series.days[0]}")
        assert here not in seen.text


async def test_minutes_that_are_too_long_are_refused_and_nothing_is_cut(series: Series):
    for number in range(11):
        item = await series.left(0, "items", title=f"Punkt {number}")
        written = await series.ask("PUT", f"/minutes/{item['id']}", 0, 0, text="Słowo. " * 2850)
        assert written.status_code == 200, written.text
    refused = await series.ask("POST", "/publications", 0, audience="public")
    assert refused.status_code == 422
    assert "Skróć niektóre punkty" in refused.json()["errors"][0]["detail"]
    page = await series.page(f"/calendar/meetings/{series.id}/minutes?held_on={series.days[0]}")
    assert "Skróć niektóre punkty" in page
    async with series.it.browser(series.by) as browser:
        address = f"/calendar/meetings/{series.id}/minutes?held_on={series.days[0]}"
        pressed = await browser.post(address, data={"audience": "public"}, headers=POLISH)
        assert (pressed.status_code, "Skróć niektóre punkty" in pressed.text) == (422, True)


async def test_the_reminder_has_the_agenda_of_its_date(series: Series):
    await series.left(1, "items", title="Dawny punkt")
    await series.left(2, "items", title="Jutrzejszy punkt")
    await series.it.database.write(_planned_long_ago, series.id)
    assert await series.it.database.write(remind_of_meetings, now=clock.now()) == 1
    [told] = await told_of(series.it, MeetingReminded)
    assert told.summary is not None
    assert "Jutrzejszy punkt" in told.summary.pl
    assert "Dawny punkt" not in told.summary.pl
    assert told.url == f"/calendar/meetings/{series.id}/agenda?held_on={series.days[2]}"


async def test_calendar_programs_read_the_agenda_below_the_text_of_the_date_it_is_for(series: Series):
    feed = "/calendar/feed.ics"
    before = (await series.it.client.get(feed)).headers["etag"]
    await series.left(1, "items", title="Ławki; i kosze, nowe", minutes_planned=10)
    await series.left(1, "items", title="Wolne wnioski")
    again = await series.it.client.get(feed, headers={"If-None-Match": before})
    assert again.status_code == 200
    for text in (again.text, (await series.it.client.get(f"/calendar/events/{series.id}.ics")).text):
        whole, dated = sorted(Calendar.from_ical(text).walk("VEVENT"), key=lambda one: "RECURRENCE-ID" in one)
        assert "DESCRIPTION" not in whole
        assert str(dated["DESCRIPTION"]) == "1. Ławki; i kosze, nowe (10 min)\n2. Wolne wnioski"
        assert dated.decoded("RECURRENCE-ID") == dated.decoded("DTSTART") == series.start + timedelta(days=14)
        assert "RRULE" not in dated
        theirs = {"recurrence-id" in one.contents: one for one in vobject.readOne(text).vevent_list}
        assert theirs[True].description.value == str(dated["DESCRIPTION"])
        assert not hasattr(theirs[False], "description")


async def test_a_meeting_that_is_held_once_has_its_agenda_behind_its_own_text(series: Series):
    body = an_event(hours=1, kind="meeting", host_ids=[series.club], description="Sala na piętrze.", visibility="hosts")
    headers = series.it.headers(series.by)
    made = (await series.it.client.post(f"{API}/events", json=body, headers=headers)).json()
    path = f"/calendar/events/{made['id']}.ics"
    assert await series.it.client.post(f"{API}/meetings/{made['id']}/items", json={"title": "Ławki"}, headers=headers)
    [event] = Calendar.from_ical((await series.it.client.get(path, headers=headers)).text).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == "Sala na piętrze.\n\n1. Ławki"
    assert (await series.it.client.get(path)).status_code == 404
    assert "Ławki" not in (await series.it.client.get("/calendar/feed.ics")).text


def _planned_long_ago(session: Any, event_id: str) -> None:
    session.get(Event, event_id).created_at = clock.now() - timedelta(days=60)


async def test_open_problems_are_offered_with_title_and_state_until_they_are_closed(series: Series):
    problem = {"id": new_id(), "title": "Brak ławek", "url": "/registry/problems/x"}
    await series.it.deliver(ProblemNamed(**problem, version=1, status="in_work"))
    [offered] = (await series.ask("GET", "/offered", 2)).json()["items"]
    assert (offered["id"], offered["title"], offered["status"]) == (problem["id"], "Brak ławek", "in_work")
    address = f"/calendar/meetings/{series.id}/items?held_on={series.days[2]}"
    page = await series.page(address)
    assert "problem: w trakcie prac" in page
    about = {"about_kind": "problem", "about_id": problem["id"]}
    async with series.it.browser(series.by) as browser:
        assert (await browser.post(address, data=about)).status_code == 303
    assert (await series.ask("GET", "", 2)).json()["agenda"] == ["Brak ławek"]
    assert (await series.ask("GET", "/offered", 2)).json()["items"] == []
    assert len((await series.ask("GET", "/offered", 3)).json()["items"]) == 1
    await series.it.deliver(ProblemNamed(**problem, version=2, status="solved"))
    assert (await series.ask("GET", "/offered", 3)).json()["items"] == []
