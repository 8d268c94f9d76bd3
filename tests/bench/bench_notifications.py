"""From a message to the letter and to the live page, and ten thousand people who are told one thing; with kills, too.

Notifications, the bus and the mail server (aiosmtpd) are programs of their own. The floor of a way is the bus with
nothing around it: a message published to JetStream and heard by bare nats-py, on the same server, in turns with ours.
The floor of many is a raw transaction of as many rows as they become, and a bare loop over smtplib that sends the same
letter over one connection. PEOPLE is how many are told (10,000); DATABASE is sqlite, postgresql or both.
"""

import asyncio
import contextlib
import os
import smtplib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
from nats.aio.msg import Msg

from shared.identifiers import new_id
from shared.people import Person
from tests.bench.figures import row, write
from tests.bench.floor import BODY, Raw, RawFile, RawTable, percentile
from tests.mailing import ledger
from tests.mailing.service import Mailing, mailing, publish
from tests.mailing.story import CONNECTIONS, SETTINGS, settle, tell_and_kill
from tests.postgres import PostgresServer, programs
from tests.service.notifications.builders import a_conflict, a_person_of
from tests.system.stack import eventually

SAMPLES, READERS = 120, 20
PAUSE = 0.1
"""After each sample of the floor and of ours: about four messages a second."""
PEOPLE = int(os.environ.get("PEOPLE") or 10_000)
ROWS_OF_AN_ALERT = 5
"""The alert, its delivery, its two events, and the message that tells of it."""
BARE_LETTERS = 1000
KILLS = 5
PATIENCE = 600.0


def main() -> None:
    """Measure on both databases, print a table, write `build/bench/notifications.json`."""
    rows: list[dict[str, Any]] = []
    try:
        for kind, database in _databases():
            with database as place:
                for part in (_paced, _many, _killed):
                    rows += part(kind, place)
    finally:  # it takes long: who ends it has what was measured
        write("notifications", rows)


class Place:
    """Folders and databases of one kind."""

    def __init__(self, folder: Path, postgres: PostgresServer | None) -> None:
        self.folder = folder
        self._postgres = postgres

    def url(self) -> str | None:
        """Make a database; none is the SQLite file in the service's folder."""
        return self._postgres.url(self._postgres.create()) if self._postgres else None

    def raw(self, name: str) -> Raw:
        """Make a raw one."""
        return RawTable(self._postgres.url(self._postgres.create())) if self._postgres else RawFile(self.folder / name)


def _databases() -> Iterator[tuple[str, Any]]:
    @contextlib.contextmanager
    def place(found: Path | None) -> Iterator[Place]:
        server = PostgresServer(found, durable=True) if found else None
        with tempfile.TemporaryDirectory() as folder:
            try:
                if server:
                    server.start()
                yield Place(Path(folder), server)
            finally:
                if server:
                    server.stop()

    only = os.environ.get("DATABASE") or "both"
    if only != "postgresql":
        yield "SQLite", place(None)
    if only != "sqlite":
        if (found := programs()) is None:
            print("PostgreSQL is not installed (apt-get install postgresql): not measured")
            return
        yield "PostgreSQL", place(found)


# --- one at a time


def _paced(kind: str, place: Place) -> list[dict[str, Any]]:
    """Tell one person one thing, in turns with the floor; a letter and an open page are waited for."""
    with mailing(place.folder / "paced", place.url()) as it:
        people = [a_person_of(new_id(), email=f"anna{n}@example.org") for n in range(READERS)]
        it.tell(*people)
        eventually(lambda: it.count("SELECT count(*) FROM known_membership") == READERS)
        floor, mails, pages = asyncio.run(_samples(it, people))
    figures = []
    for name, took, limit in (("mail", mails, MAIL_LIMIT), ("live page", pages, PAGE_LIMIT)):
        for percent in (50, 99):
            mine, least = percentile(took, percent), percentile(floor, percent)
            label = f"notifications: a message to its {name}, {kind}, p{percent}"
            figures.append(row(label, mine, "ms", least, f"≤ {limit:.0f} × floor", limit))
    return figures


MAIL_LIMIT, PAGE_LIMIT = 10.0, 5.0


async def _samples(it: Mailing, people: list[Any]) -> tuple[list[float], list[float], list[float]]:
    floor, mails, pages = [], [], []
    bus, stream = await it.connected("operator")
    calendar, telling = await it.connected("calendar")
    await stream.add_stream(name="RAW", subjects=["raw.>"])
    heard: asyncio.Queue[float] = asyncio.Queue()

    async def hear(message: Msg) -> None:
        heard.put_nowait(time.monotonic())
        await message.ack()

    await stream.subscribe("raw.x", cb=hear, manual_ack=True)
    async with contextlib.AsyncExitStack() as stack:
        events = {one.id: await stack.enter_async_context(_page(it, one)) for one in people}
        for number in range(SAMPLES + READERS):
            began = time.monotonic()
            await stream.publish("raw.x", BODY)
            floor.append(await heard.get() - began)
            await asyncio.sleep(PAUSE)
            reader = people[number % READERS]
            organisation_id = reader.memberships[0].organisation_id
            letters = len(it.taken())
            began = time.monotonic()
            await publish(telling, a_conflict(organisation_ids=(organisation_id,)))
            pages.append(await asyncio.wait_for(events[reader.id].get(), PATIENCE) - began)
            while len(it.taken()) == letters:  # noqa: ASYNC110 -- another process writes it
                await asyncio.sleep(0.002)
            mails.append(it.taken()[-1].at - began)
            await asyncio.sleep(PAUSE)
    await bus.close()
    await calendar.close()
    return floor[READERS:], mails[READERS:], pages[READERS:]


@contextlib.asynccontextmanager
async def _page(it: Mailing, reader: Any) -> AsyncIterator[asyncio.Queue[float]]:
    """Keep a reader's page open; gives when each of their alerts arrives there."""
    roles = {one.organisation_id: one.role for one in reader.memberships}
    token = it.token(Person(id=reader.id, name=reader.name, language="pl", roles=roles))
    arrived: asyncio.Queue[float] = asyncio.Queue()
    opened = asyncio.Event()

    async def read() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(base_url=it.address, timeout=None) as client,
            client.stream("GET", "/notifications/api/v1/stream", headers=headers) as answer,
        ):
            async for line in answer.aiter_lines():
                opened.set()
                if line == "event: alert":
                    arrived.put_nowait(time.monotonic())

    task = asyncio.create_task(read())
    try:
        await asyncio.wait_for(opened.wait(), 30)
        yield arrived
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# --- ten thousand


def _many(kind: str, place: Place) -> list[dict[str, Any]]:
    """Tell many people one thing; the letters leave meanwhile."""
    with mailing(place.folder / "many", place.url()) as it:
        addresses = [f"anna{number}@example.org" for number in range(PEOPLE)]
        organisation_id = settle(it, addresses, PATIENCE)
        time.sleep(1)
        it.forget_the_most()
        before = it.megabytes()
        began = time.monotonic()
        it.tell(a_conflict(organisation_ids=(organisation_id,)))
        eventually(lambda: it.count("SELECT count(*) FROM alert") == PEOPLE, PATIENCE, every=0.01)
        raised = PEOPLE / (time.monotonic() - began)
        print(f"{kind}: {raised:.0f} alerts a second, {it.megabytes() - before:.1f} MB more", flush=True)
        eventually(lambda: it.states() == {"sent": PEOPLE}, PATIENCE, every=0.2)
        taken = it.taken()
        grown = it.megabytes("VmHWM") - before
        verdict = ledger.judge(taken, addresses)
        mailed = (PEOPLE - 1) / (taken[-1].at - taken[0].at)
        print(f"{kind}: {mailed:.0f} mails a second, {grown:.1f} MB more", flush=True)
        bare_mails = _bare_letters(it)
    raw = place.raw("raw.sqlite")
    began = time.monotonic()
    raw.commit_many(PEOPLE * ROWS_OF_AN_ALERT)
    bare_rows = PEOPLE / (time.monotonic() - began)
    raw.close()
    label = f"notifications: {PEOPLE:,} people told one thing, {kind}"
    return [
        row(f"{label}: alerts raised", raised, "1/s", bare_rows, "the bare rows", None, is_rate=True),
        row(f"{label}: alerts raised", raised, "1/s", 500.0, "≥ 500/s", 1.0, is_rate=True),
        row(f"{label}: mails", mailed, "1/s", bare_mails, "a bare loop", None, is_rate=True),
        row(f"{label}: mails", mailed, "1/s", 200.0, "≥ 200/s", 1.0, is_rate=True),
        row(f"{label}: lost, or twice", len(verdict.faults) + verdict.repeated, "", 1, "none", 0.0),
        row(f"{label}: memory more at most", grown, "MB", 50.0, "≤ 50 MB", 1.0),
    ]


def _killed(kind: str, place: Place) -> list[dict[str, Any]]:
    """Tell as many, and kill the sender while it sends to a mail server that puts off, hangs up and loses answers."""
    with mailing(place.folder / "killed", place.url(), **SETTINGS) as it:
        began = time.monotonic()
        ended = tell_and_kill(it, PEOPLE, KILLS, PATIENCE)
        took = time.monotonic() - began
    wrong = [*ended.verdict.faults, *(["not one alert each"] if ended.alerts != PEOPLE else [])]
    print(*wrong[:20], sep="\n")
    print(f"{kind}: {ended.verdict.reached} reached in {took:.0f} s, of whom a lost answer repeated {ended.unanswered}")
    most = KILLS * CONNECTIONS
    label = f"notifications: {PEOPLE:,} people, sender killed {KILLS} times, {kind}"
    return [
        row(f"{label}: lost, or twice", len(wrong), "", 1, "none", 0.0),
        row(f"{label}: same letter again", ended.by_kills, "", most, "≤ kills × connections", 1.0),
    ]


def _bare_letters(it: Mailing) -> float:
    """Send the same letter again and again with nothing around it; gives how many a second."""
    content = it.ledger.with_name("ledger.eml").read_bytes()
    with smtplib.SMTP("127.0.0.1", it.mail_port) as post:
        began = time.monotonic()
        for number in range(BARE_LETTERS):
            post.sendmail("osiedle@example.org", [f"bare{number}@example.org"], content)
        return BARE_LETTERS / (time.monotonic() - began)


if __name__ == "__main__":
    main()
