"""The stream of alerts: live, only one's own, and nothing missed by who comes back."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.notifications import queries
from services.notifications.commands import topic_of
from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import AccessRevoked
from tests.builders import a_coordinator, a_key, a_role, changed_key
from tests.service.notifications.builders import a_conflict

PATH = "/notifications/api/v1/stream"


class Stream:
    """One open request of a stream, read event by event."""

    def __init__(self) -> None:
        self.status = 0
        self.ended = asyncio.Event()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._text = ""

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self._chunks.put_nowait(message.get("body", b""))
            if not message.get("more_body"):
                self.ended.set()

    async def block(self) -> dict[str, str]:
        """Give the next block of lines as fields."""
        while "\n\n" not in self._text:
            self._text += (await asyncio.wait_for(self._chunks.get(), 5)).decode()
        block, self._text = self._text.split("\n\n", 1)
        return dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))

    async def event(self) -> dict[str, str]:
        """Give the next event, whatever else is said in between."""
        while "event" not in (block := await self.block()):
            pass
        return block


@asynccontextmanager
async def listening(service: Any, headers: dict[str, str]) -> AsyncIterator[Stream]:
    """Open a stream as a server would, because httpx waits for the end of an answer."""
    stream = Stream()
    gone = asyncio.Event()
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("osiedle.test", 80),
        "state": {},
    }
    task = asyncio.create_task(service.app(scope, receive, stream.send))
    try:
        await stream.block()
        yield stream
    finally:
        gone.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_alert_arrives_within_a_second_in_the_readers_language(service_running):
    person = a_coordinator(new_id())
    headers = service_running.headers(person) | {"Accept-Language": "en"}
    async with listening(service_running, headers) as stream:
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await service_running.deliver(a_conflict(organisation_ids=tuple(person.roles)))
        event = await stream.event()
        took = time.monotonic() - started

    alert = json.loads(event["data"])
    assert stream.status == 200
    assert event["event"] == "alert"
    assert event["id"] == alert["id"]
    assert alert["text"].startswith("A conflict for “Festyn”.")
    assert took < 1


async def test_nobody_hears_what_concerns_others_only(service_running):
    person = a_coordinator(new_id())
    async with listening(service_running, service_running.headers(person)) as stream:
        await service_running.deliver(a_conflict(organisation_ids=(new_id(),)))
        await service_running.deliver(own := a_conflict(organisation_ids=tuple(person.roles)))
        event = await stream.event()

    assert json.loads(event["data"])["event_ids"] == list(own.event_ids)


async def test_who_comes_back_hears_what_was_missed_and_nothing_twice(service_running, alerts):
    person = a_coordinator(new_id())
    for _ in range(3):
        await service_running.deliver(a_conflict(organisation_ids=tuple(person.roles)))
    known = [alert["id"] for alert in reversed(await alerts(person))]

    headers = service_running.headers(person) | {"Last-Event-ID": known[0]}
    async with listening(service_running, headers) as stream:
        events = [(await stream.event())["id"] for _ in range(2)]
        await service_running.deliver(a_conflict(organisation_ids=tuple(person.roles)))
        last = (await stream.event())["id"]

    assert events == known[1:]
    assert last not in known


async def test_who_comes_for_the_first_time_hears_only_what_is_new(service_running, alerts):
    person = a_coordinator(new_id())
    await service_running.deliver(a_conflict(organisation_ids=tuple(person.roles)))
    [old] = await alerts(person)

    async with listening(service_running, service_running.headers(person)) as stream:
        await asyncio.sleep(0.1)
        await service_running.deliver(a_conflict(organisation_ids=tuple(person.roles)))
        event = await stream.event()

    assert event["id"] != old["id"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
async def test_a_stranger_hears_nothing(service_running, headers):
    answer = await service_running.client.get(PATH, headers=headers)

    assert answer.status_code == 401


async def still_hears(service: Any, stream: Stream, *organisation_ids: str) -> None:
    """See that a stream is alive, by an alert; one that is raised while the stream begins is an old one to it."""
    heard = asyncio.create_task(stream.event())
    while not heard.done():
        await service.deliver(a_conflict(organisation_ids=organisation_ids))
        await asyncio.sleep(0.1)
    await heard
    assert not stream.ended.is_set()


async def test_who_is_signed_out_everywhere_hears_no_more(service_running):
    person = a_coordinator(new_id())
    async with listening(service_running, service_running.headers(person)) as stream:
        await still_hears(service_running, stream, *person.roles)
        await service_running.deliver(AccessRevoked(id=person.id, version=1, before_at=clock.now()))
        await asyncio.wait_for(stream.ended.wait(), 5)


@pytest.mark.parametrize("change", [{"revoked_at": clock.now()}, {"memberships": ()}, {"scopes": ()}])
async def test_a_program_whose_key_ends_or_can_do_less_hears_no_more(service_running, change):
    message, text = a_key(memberships=(a_role(organisation_id := new_id()),))
    await service_running.deliver(message)
    async with listening(service_running, {"Authorization": f"Bearer {text}"}) as stream:
        await still_hears(service_running, stream, organisation_id)
        await service_running.deliver(changed_key(message, **change))
        await asyncio.wait_for(stream.ended.wait(), 5)


async def test_what_others_are_told_does_not_make_an_open_page_look(service_running, monkeypatch):
    person = a_coordinator(organisation_id := new_id())
    looked, look = [], queries.alerts_since

    def counted(session, **values):
        looked.append(values)
        return look(session, **values)

    monkeypatch.setattr(queries, "alerts_since", counted)
    monkeypatch.setitem(service_running.app.state.settings.__dict__, "stream_seconds", 60.0)
    mine = {topic_of(person.id), topic_of(organisation_id)}
    others = [one for one in (new_id() for _ in range(20)) if topic_of(one) not in mine]
    async with listening(service_running, service_running.headers(person)) as stream:
        async with asyncio.timeout(10):
            while len(looked) < 2:  # noqa: ASYNC110 -- where to begin, and what came since; nobody says so
                await asyncio.sleep(0.01)
        await service_running.deliver(*(a_conflict(organisation_ids=(one,)) for one in others))
        assert len(looked) == 2
        await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
        await stream.event()
