"""A meeting that is called, as tests of its agenda and its minutes use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation, next_monday


@dataclass
class Meeting:
    """A meeting of a club, to which a school is invited, and a stranger's organisation is not."""

    it: Running
    id: str
    club: str
    school: str
    anna: Person
    jan: Person
    eva: Person

    async def ask(
        self, method: str, path: str, by: Person | None = None, version: int | None = None, **body: Any
    ) -> Any:
        headers = self.it.headers(by) if by else {}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        address = f"{API}/meetings/{self.id}{path}"
        return await self.it.client.request(method, address, json=body or None, headers=headers)

    async def propose(self, by: Person, title: str, **values: Any) -> dict[str, Any]:
        made = await self.ask("POST", "/items", by, title=title, **values)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def change(self, item: dict[str, Any], by: Person, **changes: Any) -> Any:
        now = (await self.ask("GET", f"/items/{item['id']}", self.anna)).json()
        return await self.ask("PATCH", f"/items/{item['id']}", by, now["version"], **changes)

    async def agenda(self, by: Person | None = None) -> list[str]:
        answer = await self.ask("GET", "/items", by)
        return [f"{one['title']}: {one['state']}" for one in answer.json()["items"]]


@asynccontextmanager
async def a_meeting(database_url: str) -> AsyncIterator[Meeting]:
    """Call one, of an hour, and invite the school."""
    async with a_calendar(database_url) as it:
        club, school, others = an_organisation(name="Klub"), an_organisation(name="Szkoła"), an_organisation()
        await it.deliver(club, school, others)
        anna, jan, eva = a_coordinator(club.id), a_person(roles={school.id: "member"}), a_coordinator(others.id)
        body = an_event(next_monday(17), hours=1, kind="meeting", host_ids=[club.id], title="Spotkanie liderów")
        made = await it.client.post(f"{API}/events", json=body, headers=it.headers(anna))
        it_is = Meeting(it, made.json()["id"], club.id, school.id, anna, jan, eva)
        invited = {"invited": [{"organisation_id": school.id}]}
        assert (await it_is.ask("PUT", "/invitations", anna, 0, **invited)).status_code == 200
        yield it_is
