"""What a meeting gives somebody to do: recorded, changed, done, reminded of, in its owner's calendar program."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest_asyncio
import vobject
from icalendar import Calendar

from services.calendar.commands import remind_of_tasks
from services.calendar.models import Task
from shared import clock
from shared.messages.calendar import TaskChanged, TaskDue, TaskRecorded
from shared.messages.registry import OrganisationChanged, PersonErased
from shared.people import Person
from tests.builders import a_coordinator, a_feed, a_person, a_role
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation
from tests.service.calendar.calling import told_of

TODAY = clock.today("Europe/Warsaw")


@dataclass
class Leaders:
    """A meeting that one organisation hosts, and another that has something to do."""

    it: Running
    host_id: str
    owner_id: str
    event_id: str
    host: Person
    owner: Person

    async def task(self, status: int = 201, by: Person | None = None, **values: Any) -> dict[str, Any]:
        body = {"text": "Kupić krzesła", "owner_id": self.owner_id, **values}
        path = f"{API}/meetings/{self.event_id}/tasks"
        answer = await self.it.client.post(path, json=body, headers=self.it.headers(by or self.host))
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def change(
        self, task: dict[str, Any], by: Person, status: int = 200, version: int | None = None, **changes: Any
    ) -> dict[str, Any]:
        headers = {**self.it.headers(by), "If-Match": f'"{version or task["version"]}"'}
        answer = await self.it.client.patch(f"{API}/tasks/{task['id']}", json=changes, headers=headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def listed(self, by: Person, path: str = "tasks", **params: Any) -> list[str]:
        answer = await self.it.client.get(f"{API}/{path}", params=params, headers=self.it.headers(by))
        assert answer.status_code == 200, answer.text
        return [one["text"] for one in answer.json()["items"]]

    async def remind(self, today: date = TODAY) -> int:
        return int(await self.it.database.write(remind_of_tasks, now=clock.now(), today=today))


@pytest_asyncio.fixture
async def leaders(database_url: str) -> AsyncIterator[Leaders]:
    host, owner = an_organisation(name="PAL"), an_organisation(name="Klub Seniora")
    async with a_calendar(database_url) as it:
        await it.deliver(host, owner)
        by = a_coordinator(host.id)
        body = an_event(host_ids=[host.id], kind="meeting", title="Spotkanie liderów")
        made = await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
        assert made.status_code == 201, made.text
        yield Leaders(it, host.id, owner.id, made.json()["id"], by, a_coordinator(owner.id))


async def test_a_task_is_recorded_and_its_owner_says_that_it_is_done(leaders: Leaders):
    task = await leaders.task(due_on="2031-05-01")
    assert (task["version"], task["done_at"], task["owner_id"]) == (1, None, leaders.owner_id)
    done = await leaders.change(task, leaders.owner, done=True)
    assert done["done_at"] is not None
    [row] = await leaders.it.rows("meeting_task")
    assert row.done_by_id == leaders.owner.id
    again = await leaders.change(done, leaders.host, done=False)
    assert again["done_at"] is None
    [recorded] = await told_of(leaders.it, TaskRecorded)
    assert (recorded.owner_id, recorded.title) == (leaders.owner_id, "Spotkanie liderów")
    assert set(recorded.organisation_ids) == {leaders.owner_id, leaders.host_id}
    assert "krzesła" not in recorded.model_dump_json()
    assert [one.done for one in await told_of(leaders.it, TaskChanged)] == [True, False]


async def test_two_who_change_a_task_see_each_other(leaders: Leaders):
    task = await leaders.task()
    await leaders.change(task, leaders.owner, text="Kupić stoły")
    await leaders.change(task, leaders.host, status=412, text="Kupić ławki")
    assert await leaders.listed(leaders.host) == ["Kupić stoły"]


async def test_a_task_that_is_wrong_is_refused_with_what_to_do(leaders: Leaders):
    person = a_person()
    refused = await leaders.task(422, owner_person_id=person.id)
    assert refused["errors"][0]["pointer"] == "/owner_person_id"
    assert (await leaders.task(422, owner_id=person.id))["errors"][0]["pointer"] == "/owner_id"
    assert (await leaders.task(422, due_on="1200-01-01"))["errors"][0]["pointer"] == "/due_on"
    refused = await leaders.task(422, item_id=person.id)
    assert refused["errors"][0]["pointer"] == "/item_id"
    await leaders.task(403, by=leaders.owner)
    await leaders.change(await leaders.task(), a_coordinator(an_organisation().id), status=403, done=True)


async def test_each_sees_their_own_and_partners_all_and_strangers_none(leaders: Leaders):
    somebody = a_person()
    await leaders.task(text="Klubu")
    await leaders.task(text="Osoby", owner_id=None, owner_person_id=somebody.id, due_on="2020-01-01")
    await leaders.task(text="Niczyje", owner_id=None)
    assert await leaders.listed(somebody) == ["Osoby"]
    assert await leaders.listed(leaders.owner, mine=True) == ["Klubu"]
    assert await leaders.listed(leaders.owner) == ["Klubu", "Osoby", "Niczyje"]
    assert await leaders.listed(leaders.owner, owner_id=leaders.owner_id) == ["Klubu"]
    assert await leaders.listed(leaders.owner, state="overdue") == ["Osoby"]
    assert await leaders.listed(a_person()) == []
    path = f"meetings/{leaders.event_id}/tasks"
    assert await leaders.listed(leaders.owner, path) == ["Klubu", "Osoby", "Niczyje"]
    assert await leaders.listed(somebody, path) == ["Osoby"]
    [own] = [row for row in await leaders.it.rows("meeting_task") if row.owner_person_id == somebody.id]
    await leaders.change({"id": own.id, "version": 1}, somebody, done=True)
    for path in (f"{API}/tasks", f"{API}/meetings/{leaders.event_id}/tasks"):
        assert (await leaders.it.client.get(path)).status_code == 401


async def test_what_is_for_hosts_alone_is_seen_by_its_owner_and_them(leaders: Leaders):
    task = await leaders.task()
    headers = {**leaders.it.headers(leaders.host), "If-Match": '"1"'}
    path = f"{API}/events/{leaders.event_id}"
    assert (await leaders.it.client.patch(path, json={"visibility": "hosts"}, headers=headers)).status_code == 200
    stranger = a_coordinator(an_organisation().id)
    assert await leaders.listed(stranger) == []
    for by, status in ((stranger, 404), (leaders.owner, 200), (leaders.host, 200)):
        got = await leaders.it.client.get(f"{API}/tasks/{task['id']}", headers=leaders.it.headers(by))
        assert got.status_code == status


async def test_an_owner_is_reminded_once_before_and_once_after_the_day(leaders: Leaders):
    task = await leaders.task(due_on=(TODAY + timedelta(days=10)).isoformat())
    assert await leaders.remind() == 0
    for days in (7, 8, 10, 11, 12):
        await leaders.remind(TODAY + timedelta(days=days))
    assert [one.stage for one in await told_of(leaders.it, TaskDue)] == ["soon", "overdue"]
    moved = await leaders.change(task, leaders.owner, version=3, due_on=(TODAY + timedelta(days=30)).isoformat())
    await leaders.remind(TODAY + timedelta(days=28))
    assert [one.stage for one in await told_of(leaders.it, TaskDue)] == ["soon", "overdue", "soon"]
    await leaders.change(moved, leaders.owner, version=moved["version"] + 1, done=True)
    assert await leaders.remind(TODAY + timedelta(days=40)) == 0


async def test_who_is_told_of_a_task_that_is_due_tomorrow_needs_no_reminder_of_it(leaders: Leaders):
    await leaders.task(due_on=(TODAY + timedelta(days=1)).isoformat())
    assert await leaders.remind() == 0
    assert await leaders.remind(TODAY + timedelta(days=2)) == 1


async def test_a_task_stands_in_the_calendar_program_of_its_owner(leaders: Leaders):
    feed, secret = a_feed(memberships=(a_role(leaders.owner_id, "member"),))
    other, other_secret = a_feed(memberships=(a_role(leaders.host_id),))
    await leaders.it.deliver(feed, other)
    task = await leaders.task(text="Kupić krzesła; dwa, białe", due_on="2031-05-01")
    mine = await leaders.task(text="Moje", owner_id=None, owner_person_id=feed.person_id)
    path = f"/calendar/private/{secret}.ics"
    first = await leaders.it.client.get(path)
    assert (await leaders.it.client.get(path, headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    own, open_one = Calendar.from_ical(first.content).walk("VTODO")
    assert (open_one["SUMMARY"], open_one["STATUS"]) == ("Kupić krzesła; dwa, białe", "NEEDS-ACTION")
    assert open_one.decoded("DUE") == date(2031, 5, 1)
    assert (open_one["UID"], open_one["SEQUENCE"]) == (f"task-{task['id']}", 0)
    assert own["UID"] == f"task-{mine['id']}"
    event = (await leaders.it.rows("event"))[0]
    assert open_one["RELATED-TO"] == event.uid
    assert open_one["URL"] == f"http://osiedle.test/calendar/events/{leaders.event_id}#tasks"
    await leaders.change(task, leaders.owner, done=True)
    second = await leaders.it.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    [todo] = [one for one in vobject.readOne(second.text).vtodo_list if one.uid.value == f"task-{task['id']}"]
    assert (todo.status.value, todo.sequence.value, todo.due.value) == ("COMPLETED", "1", date(2031, 5, 1))
    assert abs(todo.completed.value - clock.now()) < timedelta(minutes=1)
    assert "VTODO" not in (await leaders.it.client.get(f"/calendar/private/{other_secret}.ics")).text
    assert "VTODO" not in (await leaders.it.client.get(f"{path}?kind=meeting")).text


async def test_what_was_done_long_ago_leaves_the_calendar_program(leaders: Leaders):
    feed, secret = a_feed(memberships=(a_role(leaders.owner_id),))
    await leaders.it.deliver(feed)
    task = await leaders.task()
    await leaders.change(task, leaders.owner, done=True)

    def long_ago(session: Any) -> None:
        session.get(Task, task["id"]).done_at = clock.now() - timedelta(days=61)

    await leaders.it.database.write(long_ago)
    assert "VTODO" not in (await leaders.it.client.get(f"/calendar/private/{secret}.ics")).text


async def test_who_is_erased_owns_no_task_and_did_none(leaders: Leaders):
    somebody = a_person()
    task = await leaders.task(owner_id=None, owner_person_id=somebody.id)
    await leaders.change(task, somebody, done=True)
    own = await leaders.it.client.get("/calendar/own-data", headers=leaders.it.headers(somebody))
    assert "Kupić krzesła" in own.text
    await leaders.it.deliver(PersonErased(id=somebody.id, version=2))
    [row] = await leaders.it.rows("meeting_task")
    assert (row.owner_person_id, row.done_by_id) == (None, None)


async def test_the_task_of_an_organisation_that_was_merged_is_the_kept_ones(leaders: Leaders):
    kept = an_organisation(name="Klub po połączeniu")
    task = await leaders.task()
    merged = OrganisationChanged(
        id=leaders.owner_id,
        version=2,
        name="Klub Seniora",
        kind="informal_group",
        url="/x",
        merged_into_id=kept.id,
    )
    await leaders.it.deliver(kept, merged)
    heir = a_coordinator(kept.id)
    assert await leaders.listed(heir, mine=True) == ["Kupić krzesła"]
    await leaders.change(task, heir, done=True)
