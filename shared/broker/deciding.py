"""What a person decides of messages that could not be taken in: to try one again, or to do without it."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError
from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared import envelope, observability, set_aside
from shared.broker.pipeline import Delivery, Pipeline
from shared.engines import is_away
from shared.people import Person
from shared.problems import Busy


class Decisions:
    """The set-aside messages of one service; works without the bus, but for what is not kept here."""

    def __init__(self, pipeline: Pipeline, table: Any, connect: Callable[[Client], Awaitable[None]]) -> None:
        self._pipeline = pipeline
        self._database = pipeline.database
        self._table = table
        self._connect = connect

    async def waiting(self) -> list[Row[Any]]:
        """List what was set aside and waits for a decision."""
        return list(await self._database.read(set_aside.waiting, self._table))

    async def retry(self, set_aside_id: str, by: Person) -> Row[Any]:
        """Take one that was set aside in again, through the same pipeline; gives it as it is then.

        Raises `NotFound`, `NotWaiting`, `BodyGone`, and `StillRefused` after the failure was counted.
        """
        row = await self._database.read(set_aside.one_waiting, self._table, by, set_aside_id)
        body = row.body if row.body is not None else await self._read_again(row)
        delivery = Delivery(row.stream, row.subject, row.headers, body, row.stream_sequence)
        settled = functools.partial(_settle, table=self._table, set_aside_id=set_aside_id)
        try:
            await self._pipeline.take_in(delivery, settled)
        except Exception as error:
            if isinstance(error, Busy) or is_away(error):
                raise
            reason = observability.told(error)
            await self._database.write(set_aside.count_retry, self._table, set_aside_id, reason)
            raise set_aside.StillRefused(extra={"error": reason}) from error
        return await self._database.read(set_aside.one, self._table, by, set_aside_id)

    async def discard(self, set_aside_id: str, by: Person) -> Row[Any]:
        """Decide that one that was set aside is not needed. Raises `NotFound` and `NotWaiting`."""
        return await self._database.write(set_aside.discard, self._table, by, set_aside_id)

    async def _read_again(self, row: Row[Any]) -> bytes:
        """Read from its stream the state that is not kept here; by its subject, for not every one may be read by all.

        Raises `BodyGone`, also where there is a newer one.
        """
        client = Client()
        try:
            await self._connect(client)
            message = await client.jetstream().get_last_msg(row.stream, row.subject, direct=True)
        except (NatsError, OSError, TimeoutError) as error:
            raise set_aside.BodyGone(extra={"error": f"{type(error).__name__}: {error}"}) from error
        finally:
            if client.is_connected:
                await client.close()
        if message.data is None or envelope.identity(message.headers or {}) != envelope.identity(row.headers):
            raise set_aside.BodyGone
        return message.data


def _settle(session: Session, table: Any, set_aside_id: str) -> None:
    set_aside.settle(session, table, set_aside_id, set_aside.DONE)
