"""A calendar in which a school and a house of culture give what is theirs by agreement, as tests of requests use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from shared.messages.calendar import BookingAnswered
from shared.people import Person
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, a_resource, a_venue, an_event, an_organisation

SCHOOL, CLUB, HOUSE = an_organisation(name="Szkoła"), an_organisation(), an_organisation(name="Dom kultury")
HALL, YARD = (a_venue(SCHOOL.id, name=name, needs_approval=True) for name in ("Sala", "Boisko"))
SCREEN = a_resource(HOUSE.id, name="Ekran", quantity=3, needs_approval=True)
OWNER, ANNA, EVA = a_coordinator(SCHOOL.id), a_coordinator(CLUB.id), a_coordinator(HOUSE.id)
OWNER_AND_HOST = a_coordinator(SCHOOL.id, CLUB.id)


@dataclass
class House:
    """A calendar in which a school's hall and yard, and a house of culture's screens, are given by agreement."""

    it: Running

    async def post(self, path: str, by: Person, **body: Any) -> Any:
        return await self.it.client.post(f"{API}/{path}", json=body, headers=self.it.headers(by))

    async def planned(self, by: Person = ANNA, host: str = CLUB.id, **values: Any) -> dict[str, Any]:
        answer = await self.post("events", by, **an_event(**{"venue_id": HALL.id, "host_ids": [host], **values}))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def edit(self, event: dict[str, Any], by: Person = ANNA, **changes: Any) -> dict[str, Any]:
        address = f"{API}/events/{event['id']}"
        version = (await self.it.client.get(address)).headers["ETag"]
        headers = {**self.it.headers(by), "If-Match": version}
        answer = await self.it.client.patch(address, json=changes, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def status(self, event: dict[str, Any]) -> str:
        return str((await self.it.client.get(f"{API}/events/{event['id']}")).json()["status"])

    async def requests(self, by: Person, **wanted: str) -> list[dict[str, Any]]:
        answer = await self.it.client.get(f"{API}/requests", params=wanted, headers=self.it.headers(by))
        return list(answer.json()["items"])

    async def answers(self) -> list[str]:
        told = await self.it.outgoing(BookingAnswered)
        return [one.answer for one in told if isinstance(one, BookingAnswered)]


@asynccontextmanager
async def a_house(database_url: str) -> AsyncIterator[House]:
    async with a_calendar(database_url) as it:
        await it.deliver(SCHOOL, CLUB, HOUSE, HALL, YARD, SCREEN)
        yield House(it)
