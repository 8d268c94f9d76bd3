"""What tests of calling a meeting say often: a neighbourhood with a hall, polls as JSON bodies, and links to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.calendar.models import Poll
from shared import clock
from shared.messages import Message
from shared.people import Person
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.calendar.builders import API, a_venue, an_organisation, next_monday

DAY = timedelta(days=1)
M = TypeVar("M", bound=Message)


@dataclass
class Neighbourhood:
    """Who calls a meeting, whom they invite, and where it may be."""

    it: Running
    host_id: str
    invited_ids: list[str]
    hall_id: str
    by: Person

    def body(self, number: int = 3, **values: Any) -> dict[str, Any]:
        """A poll for so many days running, from nine to eleven, in the hall, that closes in two days."""
        return {
            "title": "Spotkanie liderów",
            "organisation_id": self.host_id,
            "dates": [span_of(next_monday(9) + day * DAY) for day in range(number)],
            "closes_at": (clock.now() + 2 * DAY).isoformat(),
            "venue_id": self.hall_id,
            "invited": [{"organisation_id": one, "required": not place} for place, one in enumerate(self.invited_ids)],
            **values,
        }

    async def poll(self, **values: Any) -> dict[str, Any]:
        """Open a poll."""
        return await self.posted("polls", 201, **self.body(**values))

    async def posted(self, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        """Post as who calls the meeting, and give the answer."""
        answer = await self.it.client.post(f"{API}/{path}", json=body, headers=self.it.headers(self.by))
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def seen(self, poll_id: str, by: Person | None = None) -> dict[str, Any]:
        """Read a poll."""
        answer = await self.it.client.get(f"{API}/polls/{poll_id}", headers=self.it.headers(by or self.by))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def links(self, poll_id: str, **body: Any) -> dict[str, str]:
        """Make links, by whose they are; the group's has no name."""
        made = await self.posted(f"polls/{poll_id}/links", **body)
        return {one["invitation_id"] or "": one["url"].partition("http://osiedle.test")[2] for one in made["items"]}

    async def past_closing(self, poll_id: str, by: timedelta = timedelta(seconds=1)) -> None:
        """Let a poll have closed so long ago."""
        await self.it.database.write(_close, poll_id, clock.now() - by)


async def told_of(it: Running, kind: type[M]) -> list[M]:
    """Give the messages of one kind that went out."""
    return [message for message in await it.outgoing(kind) if isinstance(message, kind)]


def span_of(starts_at: datetime, hours: float = 2) -> dict[str, str]:
    """A date as JSON."""
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=hours)).isoformat()}


async def a_neighbourhood(it: Running, invited: int = 3) -> Neighbourhood:
    """Register a host with a hall, and so many others."""
    host, *others = [an_organisation(name=f"Organizacja {number}") for number in range(invited + 1)]
    hall = a_venue(host.id)
    await it.deliver(host, *others, hall)
    return Neighbourhood(it, host.id, [one.id for one in others], hall.id, a_coordinator(host.id))


def form_of(answers: Mapping[str, str], **more: str) -> dict[str, str]:
    """The vote form as a browser sends it."""
    return {**{f"date_{one}": said for one, said in answers.items()}, **more}


def _close(session: Any, poll_id: str, at: datetime) -> None:
    row = session.get(Poll, poll_id)
    row.closes_at, row.remind_at = at, min(row.remind_at, at)
