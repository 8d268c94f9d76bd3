"""What was agreed is followed up: shown at the next meeting, found by its words, and seen in the rhythm of meetings."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest_asyncio

from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import DecisionChanged, DecisionRecorded
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation
from tests.service.calendar.calling import told_of

POLISH = {"Accept-Language": "pl"}


@dataclass
class Leaders:
    """Two organisations; one calls meetings, to which the other is invited."""

    it: Running
    host_id: str
    other_id: str
    by: Person

    async def meeting(self, days: int, came: tuple[str, ...] = (), **values: Any) -> str:
        start = (clock.now() + timedelta(days=days)).replace(microsecond=0)
        body = an_event(start, host_ids=[self.host_id], kind="meeting", title=f"Spotkanie {days}", **values)
        made = await self.it.client.post(f"{API}/events", json=body, headers=self.it.headers(self.by))
        assert made.status_code == 201, made.text
        path, event_id = f"{API}/meetings/{made.json()['id']}", str(made.json()["id"])
        tagged = {**self.it.headers(self.by), "If-Match": '"0"'}
        invited = {"invited": [{"organisation_id": self.other_id}]}
        assert (await self.it.client.put(f"{path}/invitations", json=invited, headers=tagged)).status_code == 200
        if came:
            attendance = [{"organisation_id": one, "people": 1} for one in came]
            tagged["If-Match"] = '"1"'
            wrote = await self.it.client.patch(path, json={"attendance": attendance}, headers=tagged)
            assert wrote.status_code == 200, wrote.text
        return event_id

    async def left(self, event_id: str, kind: str, **values: Any) -> dict[str, Any]:
        path = f"{API}/meetings/{event_id}/{kind}"
        answer = await self.it.client.post(path, json=values, headers=self.it.headers(self.by))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def found(self, by: Person | None = None, **params: Any) -> list[str]:
        headers = self.it.headers(by) if by else {}
        answer = await self.it.client.get(f"{API}/decisions", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return [one["text"] for one in answer.json()["items"]]

    async def link(self, decision: dict[str, Any], status: int = 200, version: int = 1, **about: Any) -> Any:
        path = f"{API}/meetings/{decision['event_id']}/decisions/{decision['id']}/about"
        headers = {**self.it.headers(self.by), "If-Match": f'"{version}"'}
        answer = await self.it.client.put(path, json={"about": [about]}, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest_asyncio.fixture
async def leaders(database_url: str) -> AsyncIterator[Leaders]:
    host, other = an_organisation(name="PAL"), an_organisation(name="Klub Seniora")
    async with a_calendar(database_url) as it:
        await it.deliver(host, other)
        yield Leaders(it, host.id, other.id, a_coordinator(host.id))


async def test_the_next_meeting_shows_at_its_top_what_is_not_done_of_those_before(leaders: Leaders):
    before, other = await leaders.meeting(-14), await leaders.meeting(7)
    await leaders.left(before, "tasks", text="Zapytać o cenę", due_on="2026-01-01")
    done = await leaders.left(before, "tasks", text="Już zrobione")
    tagged = {**leaders.it.headers(leaders.by), "If-Match": '"1"'}
    await leaders.it.client.patch(f"{API}/tasks/{done['id']}", json={"done": True}, headers=tagged)
    await leaders.left(before, "decisions", text="Kupić ławki")
    await leaders.left(before, "decisions", text="Wykonane ustalenie", done=True)
    await leaders.left(before, "decisions", text="Zarzucone ustalenie", state="dropped")
    await leaders.left(before, "decisions", text="Przesunięte ustalenie", state="postponed")
    async with leaders.it.browser(leaders.by) as browser:
        page = (await browser.get(f"/calendar/events/{other}", headers=POLISH)).text
        top = page.index("Co ustalono ostatnio")
        assert top < page.index("Zapytać o cenę") < page.index("Kupić ławki") < page.index('id="facts"')
        assert "po terminie od 1 stycznia 2026" in page
        assert "Już zrobione" not in page
        assert "Wykonane ustalenie" not in page
        assert "Zarzucone ustalenie" not in page
        assert "Przesunięte ustalenie" in page
        assert "Co ustalono ostatnio" not in (await browser.get(f"/calendar/events/{before}", headers=POLISH)).text
        pressed = await browser.post(
            "/calendar/tasks/" + (await leaders.it.rows("meeting_task"))[0].id,
            data={"version": "1", "done": "yes", "meeting": other},
        )
        assert pressed.headers["location"] == f"/calendar/events/{other}#tasks"
        assert "Zapytać o cenę" not in (await browser.get(f"/calendar/events/{other}")).text
    async with leaders.it.browser() as stranger:
        assert "Kupić ławki" not in (await stranger.get(f"/calendar/events/{other}")).text


async def test_what_other_hosts_agreed_is_not_theirs(leaders: Leaders):
    before = await leaders.meeting(-14)
    await leaders.left(before, "tasks", text="Zapytać o cenę")
    body = an_event(host_ids=[leaders.other_id], kind="meeting")
    owner = a_coordinator(leaders.other_id)
    made = await leaders.it.client.post(f"{API}/events", json=body, headers=leaders.it.headers(owner))
    async with leaders.it.browser(owner) as browser:
        assert "Zapytać o cenę" not in (await browser.get(f"/calendar/events/{made.json()['id']}")).text


async def test_a_task_is_given_on_the_page_and_found_among_ones_own(leaders: Leaders):
    event_id = await leaders.meeting(-1)
    form = {"task_text": "Zadzwonić do ZZM", "task_owner": "me", "task_due": "2031-05-01"}
    async with leaders.it.browser(leaders.by) as browser:
        given = await browser.post(f"/calendar/events/{event_id}/tasks", data=form)
        assert given.status_code == 303, given.text
        assert "Zadzwonić do ZZM" in (await browser.get(f"/calendar/events/{event_id}/minutes")).text
        mine = await browser.get("/calendar/tasks", headers=POLISH)
        assert "Zadzwonić do ZZM" in mine.text
        assert "do 1 maja 2031" in mine.text
        [task] = await leaders.it.rows("meeting_task")
        assert task.owner_person_id == leaders.by.id
        await browser.post(f"/calendar/tasks/{task.id}", data={"version": "1", "done": "yes"})
        assert "Nie ma nic do zrobienia" in (await browser.get("/calendar/tasks", headers=POLISH)).text
        assert "Zadzwonić do ZZM" in (await browser.get("/calendar/tasks?done=yes")).text


async def test_decisions_are_found_by_words_without_accents_by_state_and_owner(leaders: Leaders):
    event_id = await leaders.meeting(-14)
    await leaders.left(event_id, "decisions", text="Kupić ŁAWKI na plac", owner_id=leaders.other_id)
    await leaders.left(event_id, "decisions", text="Posadzić drzewa", done=True)
    await leaders.left(event_id, "decisions", text="Napisać do urzędu", due_on="2026-01-01")
    assert await leaders.found() == ["Napisać do urzędu", "Posadzić drzewa", "Kupić ŁAWKI na plac"]
    assert await leaders.found(q="lawki PLAC") == ["Kupić ŁAWKI na plac"]
    assert await leaders.found(q="100% _") == []
    assert await leaders.found(state="done") == ["Posadzić drzewa"]
    assert await leaders.found(state="overdue") == ["Napisać do urzędu"]
    assert await leaders.found(owner_id=leaders.other_id) == ["Kupić ŁAWKI na plac"]
    assert await leaders.found(q="spotkanie", state="open", limit=1) == ["Napisać do urzędu"]
    told = await told_of(leaders.it, DecisionRecorded)
    assert {one.event_id for one in told} == {event_id}
    assert "ŁAWKI" not in str(told)
    async with leaders.it.browser() as browser:
        page = await browser.get("/calendar/decisions?q=lawki", headers=POLISH)
        assert "Kupić ŁAWKI na plac" in page.text
        assert "Posadzić drzewa" not in page.text


async def test_what_was_dropped_is_not_open_and_what_was_postponed_is(leaders: Leaders):
    event_id = await leaders.meeting(-14)
    for state in ("agreed", "postponed", "dropped"):
        await leaders.left(event_id, "decisions", text=state, state=state, due_on="2026-01-01")
    assert await leaders.found(state="open") == ["postponed", "agreed"]
    assert await leaders.found(state="overdue") == ["postponed", "agreed"]
    for state in ("postponed", "dropped"):
        assert await leaders.found(state=state) == [state]
    answer = await leaders.it.client.get(f"{API}/decisions")
    assert [one["overdue"] for one in answer.json()["items"]] == [False, True, True]
    async with leaders.it.browser(leaders.by) as browser:
        page = await browser.get("/calendar/decisions?state=dropped", headers=POLISH)
        assert "zaniechane" in page.text
        assert "dropped</p>" in page.text


async def test_the_title_of_an_event_is_told_to_nobody_who_may_not_see_it(leaders: Leaders):
    event_id, hidden = await leaders.meeting(-14), await leaders.meeting(-7, visibility="hosts")
    decision = await leaders.left(event_id, "decisions", text="Kupić ławki")
    linked = await leaders.link(decision, kind="event", target_id=hidden)
    assert linked["about"][0]["title"] == "Spotkanie -7"
    stranger = a_coordinator(leaders.other_id)
    path = f"{API}/meetings/{event_id}/decisions/{decision['id']}/about"
    for by, is_told in ((stranger, False), (None, False), (leaders.by, True)):
        headers = leaders.it.headers(by) if by else {}
        for address in (path, f"{API}/decisions"):
            answer = await leaders.it.client.get(address, headers=headers)
            assert ("Spotkanie -7" in answer.text) is is_told
        async with leaders.it.browser(by) if by else leaders.it.browser() as browser:
            for page in ("/calendar/decisions", f"/calendar/events/{event_id}"):
                assert ("Spotkanie -7" in (await browser.get(page)).text) is is_told


async def test_what_is_decided_among_hosts_is_found_by_them_alone(leaders: Leaders):
    event_id = await leaders.meeting(-14, visibility="hosts")
    await leaders.left(event_id, "decisions", text="Kupić ławki")
    assert await leaders.found() == []
    assert await leaders.found(a_coordinator(leaders.other_id)) == []
    assert await leaders.found(leaders.by) == ["Kupić ławki"]


async def test_decisions_know_what_they_are_about_and_are_found_by_it(leaders: Leaders):
    event_id, other, problem = await leaders.meeting(-14), await leaders.meeting(-7), new_id()
    decision = await leaders.left(event_id, "decisions", text="Kupić ławki")
    await leaders.left(other, "decisions", text="Coś innego")
    answer = await leaders.link(decision, kind="problem", target_id=problem, title="Brak ławek")
    assert answer["about"][0]["url"] == f"/registry/problems/{problem}"
    assert await leaders.found(about=problem) == ["Kupić ławki"]
    assert await leaders.found(about=other) == ["Coś innego"]
    await leaders.link(decision, 412, kind="problem", target_id=problem, title="Brak ławek")
    refused = await leaders.link(decision, 422, version=2, kind="event", target_id=new_id(), title="Zmyślone")
    assert refused["errors"][0]["pointer"] == "/about/0/target_id"
    refused = await leaders.link(decision, 422, version=2, kind="initiative", target_id=new_id())
    assert refused["errors"][0]["pointer"] == "/about/0/title"
    linked = await leaders.link(decision, version=2, kind="event", target_id=other, title="?")
    assert linked["about"][0]["title"] == "Spotkanie -7"
    assert len(await told_of(leaders.it, DecisionChanged)) == 2
    path = f"/calendar/events/{event_id}/decisions/{decision['id']}/about"
    async with leaders.it.browser(leaders.by) as browser:
        typed = {"version": "3", "address": f"http://osiedle.test/registry/problems/{problem}", "title": "Brak ławek"}
        assert (await browser.post(path, data=typed)).status_code == 303
        shown = await browser.get(path, headers=POLISH)
        assert "Brak ławek" in shown.text
        assert "Spotkanie -7" in shown.text
        wrong = await browser.post(path, data={"version": "4", "address": "https://example.org/"}, headers=POLISH)
        assert wrong.status_code == 422
        assert "Skopiuj stąd adres" in wrong.text
        assert (await browser.post(path, data={"version": "4", "drop": problem})).status_code == 303
        assert "Brak ławek" not in (await browser.get(path)).text


async def test_the_rhythm_says_who_stays_away_and_how_regularly_one_meets(leaders: Leaders):
    for days in (-56, -42, -28, -14):
        came = (leaders.host_id,) if days > -56 else (leaders.host_id, leaders.other_id)
        last = await leaders.meeting(days, came)
    await leaders.left(last, "tasks", text="Zapytać o cenę")
    await leaders.left(last, "decisions", text="Kupić ławki")
    async with leaders.it.browser(leaders.by) as browser:
        for path in (
            "/calendar/rhythm",
            f"/calendar/rhythm?organisation={leaders.host_id}",
            f"/calendar/rhythm/{last}",
        ):
            page = (await browser.get(path, headers=POLISH)).text
            assert "Dotrzymano 3 z 3 odstępów; spotkania są zwykle co 14 dni." in page
            absent = page[page.index("Nieobecni trzy razy z rzędu") :]
            assert "Klub Seniora" in absent[:300]
            assert "Zapytać o cenę" in page
            assert "Kupić ławki" in page
        other = await browser.get(f"/calendar/rhythm?organisation={leaders.other_id}", headers=POLISH)
        assert "nikt się nie spotkał" in other.text
    async with leaders.it.browser(a_person()) as browser:
        assert (await browser.get("/calendar/rhythm")).status_code == 403
