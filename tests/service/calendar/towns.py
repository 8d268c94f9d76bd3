"""A town of two hosts, each with an event of which both were told that they could be one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)

CLUB, SCHOOL = an_organisation(), an_organisation(name="Szkoła")
PARK, YARD = a_venue(CLUB.id, name="Park"), a_venue(SCHOOL.id, name="Boisko")
TENT = a_resource(CLUB.id, name="Namiot", quantity=1)
ANNA, JAN = a_coordinator(CLUB.id), a_coordinator(SCHOOL.id)


@dataclass
class Town:
    """A feast of the club in the park, and one of the school in its yard an hour later, of which both were told."""

    it: Running
    feast: dict[str, Any]
    picnic: dict[str, Any]
    chance: dict[str, Any]

    async def post(self, path: str, by: Any, **body: Any) -> Any:
        return await self.it.client.post(f"{API}/{path}", json=body, headers=self.it.headers(by))

    async def get(self, path: str, by: Any = None) -> Any:
        headers = self.it.headers(by) if by else {}
        return (await self.it.client.get(f"{API}/{path}", headers=headers)).json()

    async def edit(self, event_id: str, by: Any, **changes: Any) -> Any:
        """Change an event as it stands now."""
        version = (await self.get(f"events/{event_id}", by))["version"]
        headers = {**self.it.headers(by), "If-Match": f'"{version}"'}
        answer = await self.it.client.patch(f"{API}/events/{event_id}", json=changes, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def change(self, verb: str, by: Any, **body: Any) -> Any:
        return await self.post(f"opportunities/{self.chance['id']}/{verb}", by, **body)


@asynccontextmanager
async def a_town(database_url: str, **picnic: Any) -> AsyncIterator[Town]:
    async with a_calendar(database_url) as it:
        await it.deliver(CLUB, SCHOOL, PARK, YARD, TENT)
        town = Town(it, {}, {}, {})
        shared: dict[str, Any] = {"audiences": ["families"], "borrowed": [{"resource_id": TENT.id}]}
        feast = an_event(
            host_ids=[CLUB.id], venue_id=PARK.id, themes=["muzyka"], expected_participants=40,
            funding=[{"source": "Miasto", "amount": 500}], description="Ciasto", **shared,
        )  # fmt: skip
        second: dict[str, Any] = {
            "title": "Piknik", "host_ids": [SCHOOL.id], "venue_id": YARD.id, "themes": ["Muzyka", "sport"],
            "expected_participants": 60, "funding": [{"source": "Rada rodziców", "amount": 200}],
            "audiences": ["families", "children"], "borrowed": [{"resource_id": TENT.id}],
        }  # fmt: skip
        start = next_monday(16, 30)
        town.feast = (await town.post("events", ANNA, **feast)).json()
        answer = await town.post("events", JAN, **{**an_event(start, **second), **picnic})
        town.picnic = answer.json()
        assert answer.status_code == 201, answer.text
        await hear_itself(it)
        [town.chance] = (await town.get("opportunities?state=open"))["items"]
        yield town
