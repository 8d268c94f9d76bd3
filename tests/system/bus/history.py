"""What others told, made up: a long history with many versions, written into real streams."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import nats
from nats.aio.client import Client
from sqlalchemy import select

from deploy.embedded_nats import EmbeddedNats
from shared import clock, envelope, outbox, streams
from shared.identifiers import new_id
from shared.messages import Message, calendar, registry
from shared.settings import ServiceSettings

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT_ONCE = 200


def history(number: int, seed: int = 1) -> Iterator[Message]:
    """Tell so many facts of every kind that is copied, a third of them of something that was told of before."""
    chance = random.Random(seed)
    last: dict[str, Message] = {}
    tellers = (_organisation, _venue, _venue, _resource, _event, _event, _event, _problem, _fact, _access, _key)
    more = (_need, _seat)
    for n in range(number):
        before = last[chance.choice(list(last))] if len(last) > 5 and chance.random() < 0.4 else None
        message = _again(before, n, chance) if before else chance.choice((*tellers, *more))(f"{n:08d}-{seed:04d}", n)
        last[message.id] = message
        if len(last) > 300:
            del last[next(iter(last))]
        yield message


def _again(before: Message, n: int, chance: random.Random) -> Message:
    """Tell a newer fact of the same; sometimes one that is older than what was told last, which changes nothing."""
    if chance.random() < 0.1:
        return before.model_copy(update={"version": before.version - 1})
    facts = before.model_dump() | {"version": before.version + 1}
    kind: Any = type(before)
    if isinstance(before, calendar.EventFacts):
        changes: list[type[Message]] = [calendar.EventMoved, calendar.EventChanged, calendar.EventCancelled]
        kind = chance.choice(changes)
    elif isinstance(before, calendar.FactAnnounced):
        ends: list[type[Message]] = [calendar.FactAnnounced, calendar.FactWithdrawn]
        kind = chance.choice(ends)
    elif isinstance(before, calendar.FactWithdrawn):
        return before
    elif isinstance(before, registry.ApiKeyChanged) and chance.random() < 0.2:
        return registry.PersonErased(id=before.person_id, version=5)
    elif isinstance(before, registry.AccessRevoked):
        facts["before_at"] = before.before_at + timedelta(minutes=n % 7 - 3)
    else:
        facts |= {name: f"Nowa nazwa {n}" for name in ("name", "title") if name in facts}
    return kind.model_validate(facts)


def _organisation(key, n):
    return registry.OrganisationRegistered(id=_id(key), version=1, name=f"Klub {n}", kind="ngo", url="/registry/o")


def _venue(key, n):
    return registry.VenueRegistered(
        id=_id(key), version=1, name=f"Świetlica {n}", organisation_id=_id("o"), latitude=50.0, longitude=19.9, url="/v"
    )


def _resource(key, n):
    return registry.ResourceRegistered(
        id=_id(key), version=1, name=f"Namiot {n}", kind="equipment", organisation_id=_id("o"), quantity=n, url="/r"
    )


def _need(key, n):
    return registry.NeedStated(
        id=_id(key), version=1, title=f"Sala {n}", kind="space", organisation_id=_id("o"), url="/n"
    )


def _seat(_key, n):
    """Tell where the organisation is to which all belongs, and that it moved."""
    point = {"latitude": 50 + n / 100_000, "longitude": 19.9}
    return registry.OrganisationChanged(id=_id("o"), version=n + 1, name="Klub", kind="ngo", url="/o", **point)


def _problem(key, n):
    return registry.ProblemNamed(id=_id(key), version=1, title=f"Kałuża {n}", latitude=50.1, longitude=19.8, url="/p")


def _event(key, n):
    dates = [
        {"starts_at": MONDAY + timedelta(days=d), "ends_at": MONDAY + timedelta(days=d, hours=2)} for d in range(3)
    ]
    return calendar.EventPlanned(
        id=_id(key), version=1, kind="feast", title=f"Piknik {n}", zone="Europe/Warsaw", status="confirmed",
        starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=2), occurrences=dates, host_ids=(_id("o"),),
        venue_id=_id("v") if n % 2 else None, latitude=50.0, longitude=19.9, url="/calendar/events/e",
    )  # fmt: skip


def _fact(key, n):
    return calendar.FactAnnounced(
        id=_id(key), version=1, partner="roads", kind="closure", title={"pl": f"Zamknięta ulica {n}"},
        starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1), zone="Europe/Warsaw", latitude=50.0, longitude=19.9,
    )  # fmt: skip


def _access(key, n):
    return registry.AccessRevoked(id=_id(key), version=1, before_at=clock.now() + timedelta(minutes=n % 60))


def _key(key, n):
    return registry.ApiKeyChanged(
        id=_id(key),
        version=1,
        kind="program",
        secret_hash="0" * 64,
        person_id=_id(f"person-{n % 5}"),
        scopes=("x:read",),
    )


def _id(key: str) -> str:
    """Make the same id of the same text."""
    chance = random.Random(key)
    return f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-7000-8000-{chance.getrandbits(48):012x}"


@asynccontextmanager
async def operator(server: EmbeddedNats, data) -> AsyncIterator[Client]:
    """Connect as the operator, who may do everything, and bring the streams about."""
    login = ServiceSettings(data=data).bus_login("operator")
    client = await nats.connect(server.url, allow_reconnect=False, **login)
    for name, config in streams.all_streams([]).items():
        await streams.bring_about(client.jetstream(), name, config)
    yield client
    if not client.is_closed:
        await client.close()


async def put(client: Client, messages: Sequence[Message]) -> None:
    """Publish messages in their order, some hundred at a time, as the services do that tell them."""
    jetstream = client.jetstream()
    for start in range(0, len(messages), AT_ONCE):
        await asyncio.gather(*(put_one(jetstream, message) for message in messages[start : start + AT_ONCE]))


async def put_one(jetstream, message: Message, body: bytes | None = None):
    """Publish one message; with another body than its own, if there is one."""
    source = "registry" if message.stream == "PEOPLE" else message.type.partition(".")[0]
    headers = envelope.encoded(outbox.headers_of(message, source, new_id(), clock.now()))
    return await jetstream.publish(message.subject, body or message.model_dump_json().encode(), headers=headers)


def _copied(table):
    """Leave out with what a copy was last checked: that is the listener's own."""
    return select(*(column for column in table.columns if column.name != "checked_as"))


def contents(session, tables):
    """Give all rows of these tables, in an order of their own; when a key was ended counts as whether."""
    return {
        table.name: sorted(str(_plain(row._mapping)) for row in session.execute(_copied(table))) for table in tables
    }


def _plain(row):
    return {name: value is not None if name == "revoked_at" else value for name, value in row.items()}
