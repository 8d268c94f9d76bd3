"""The naive peer of the bus: the outbox as it is usually written, as durable as ours, on the same tables.

Each command has a transaction of its own; the relay publishes one row, waits, and marks it; the listener fetches one
message, commits its effect with an inbox row, and acknowledges it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext, api
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from shared import clock, outbox
from shared.envelope import encoded, opened
from shared.identifiers import new_id
from shared.inbox import is_first_time
from tests.system.bus.tiny import Base, Heard, Inbox, Outbox, hear, tell

STREAM = "NAIVE"


class Naive:
    """One teller and one listener, each on its database."""

    def __init__(self, jetstream: JetStreamContext, teller: Engine, listener: Engine) -> None:
        self._jetstream = jetstream
        self._teller = teller
        self._listener = listener
        Base.metadata.create_all(teller)
        Base.metadata.create_all(listener)

    async def sustained(self, callers: int, times: int) -> None:
        """Have so many callers commit so often each, and return when every effect is committed."""
        await self._jetstream.add_stream(name=STREAM, subjects=["naive.>"])
        tasks = [asyncio.create_task(self._relay()), asyncio.create_task(self._listen())]
        try:
            await asyncio.gather(*(self._call(times) for _ in range(callers)))
            while await asyncio.to_thread(self._in, self._listener, _count_heard) < callers * times:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _call(self, times: int) -> None:
        for _ in range(times):
            await asyncio.to_thread(self._in, self._teller, _tell)

    async def _relay(self) -> None:
        while True:
            row = await asyncio.to_thread(self._in, self._teller, _next)
            if row is None:
                await asyncio.sleep(0.005)
                continue
            headers = encoded(row.headers) | {"Nats-Expected-Stream": STREAM}
            await self._jetstream.publish(f"naive.{row.position}", row.body, headers=headers)
            await asyncio.to_thread(self._in, self._teller, _mark, row.position)

    async def _listen(self) -> None:
        durable = api.ConsumerConfig(durable_name="naive", ack_policy=api.AckPolicy.EXPLICIT)
        pull = await self._jetstream.pull_subscribe("naive.>", durable="naive", stream=STREAM, config=durable)
        while True:
            try:
                [message] = await pull.fetch(1, timeout=5)
            except NatsTimeout:
                continue
            await asyncio.to_thread(self._in, self._listener, _take_in, message.headers, message.data)
            await message.ack()

    def _in(self, engine: Engine, work: Callable[..., Any], *args: Any) -> Any:
        with Session(engine, expire_on_commit=False) as session:
            result = work(session, *args)
            session.commit()
            return result


def _tell(session: Session) -> None:
    tell(session, "naive")
    session.flush()
    outbox.write_rows(session, Outbox.__table__, "registry")


def _next(session: Session) -> Any:
    statement = select(Outbox).where(Outbox.published_at.is_(None)).order_by(Outbox.position).limit(1)
    return session.scalars(statement).first()


def _mark(session: Session, position: int) -> None:
    row = session.get_one(Outbox, position)
    row.published_at = clock.now()


def _take_in(session: Session, headers: dict[str, str], body: bytes) -> None:
    head, message = opened(headers, body)
    message_id = head.id or new_id()
    if is_first_time(session, Inbox.__table__, consumer="map", source=head.source, message_id=message_id):
        hear(session, message)


def _count_heard(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Heard)) or 0
