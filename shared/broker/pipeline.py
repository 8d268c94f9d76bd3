"""What happens to one message that arrives: open it, take it in once, or set it aside."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from shared import clock, envelope, observability, outbox, set_aside
from shared.database import Database, is_away
from shared.inbox import is_first_time
from shared.messages import Envelope, Message
from shared.pace import Pace
from shared.problems import Busy
from shared.streams import partner_of

log = logging.getLogger(__name__)

Hear = Callable[[Session, str, Any], None]
"""Takes the session, the partner (empty but at the municipal door) and the message."""
PERSONAL_STREAM = "PEOPLE"
LONGEST_BODY_KEPT = 256 * 1024


@dataclass(frozen=True)
class Delivery:
    """One message as it arrived; `attempt` is 1 at the first time, `sequence` its place in the stream."""

    stream: str
    subject: str
    headers: Mapping[str, str]
    body: bytes
    sequence: int | None = None
    attempt: int = 1
    stored_at: datetime = field(default_factory=clock.now)


class Pipeline:
    """The way of every message into one service, whoever feeds it: the stream, a retry, or a test."""

    def __init__(self, service: str, database: Database, metadata: MetaData, pace: Pace) -> None:
        self.service = service
        self.database = database
        self.pace = pace
        self.hearings: dict[str, list[Hear]] = {}
        self.taken = 0
        self.repeated = 0
        self.on_malformed: Callable[[Delivery, envelope.Malformed], Awaitable[None]] | None = None
        """Awaited before a malformed message is set aside; what it raises brings the message again."""
        self._inbox = metadata.tables.get("inbox")
        self._set_aside = metadata.tables.get("set_aside")

    async def receive(self, delivery: Delivery) -> float | None:
        """Take a message in, or set it aside; gives the seconds after which it must come again, or none when done.

        While the database is away the message waits here and loses no attempt.
        """
        while True:
            try:
                return await self._judge(delivery)
            except Exception as error:
                if not (isinstance(error, Busy) or is_away(error)):
                    raise
                log.warning("%s waits for its database: %s", self.service, error)
                await asyncio.sleep(self.pace.poll)

    async def take_in(self, delivery: Delivery) -> bool:
        """Open the message and run its handlers in one transaction with its inbox row; false for a repeat.

        Raises `envelope.Malformed`, or whatever a handler raised; then nothing was written.
        """
        partner = partner_of(delivery.stream)
        if partner:
            head, message = envelope.opened_at_the_municipal_door(partner, delivery.headers, delivery.body)
        else:
            head, message = envelope.opened(delivery.headers, delivery.body)
        came_from = outbox.origin.set(outbox.Origin(head.correlation_id, head.id, head.traceparent))
        try:
            is_new = await self.database.write(self._apply, partner, head, message)
        finally:
            outbox.origin.reset(came_from)
        self.taken += is_new
        self.repeated += not is_new
        return is_new

    def _apply(self, session: Session, partner: str, head: Envelope, message: Message) -> bool:
        if not is_first_time(session, self._inbox, consumer=self.service, source=head.source, message_id=head.id[:200]):
            return False
        for hear in self.hearings.get(head.type, ()):
            hear(session, partner, message)
        return True

    async def _judge(self, delivery: Delivery) -> float | None:
        if delivery.attempt > self.pace.attempts:
            await self.put_aside(delivery, f"The process ended in each of {self.pace.attempts} attempts.")
            return None
        try:
            await self.take_in(delivery)
        except envelope.Malformed as error:
            if self.on_malformed is not None:
                await self.on_malformed(delivery, error)
            await self.put_aside(delivery, str(error))
        except Exception as error:
            if isinstance(error, Busy) or is_away(error):
                raise
            return await self._after_failure(delivery, error)
        return None

    async def _after_failure(self, delivery: Delivery, error: Exception) -> float | None:
        reason = observability.told(error)
        log.warning("%s, attempt %d of %s: %s", self.service, delivery.attempt, delivery.subject, reason)
        if delivery.attempt >= self.pace.attempts:
            await self.put_aside(delivery, reason)
            return None
        return self.pace.delay_after(delivery.attempt) * random.uniform(0.9, 1.1)  # noqa: S311 — jitter is no secret

    async def put_aside(self, delivery: Delivery, error: str) -> None:
        """Keep a message that cannot be taken in; of a person's only the headers are kept."""
        log.error("%s sets aside %s: %s", self.service, delivery.subject, error)
        personal = delivery.stream == PERSONAL_STREAM
        await self.database.write(
            set_aside.put,
            self._set_aside,
            consumer=self.service,
            stream=delivery.stream,
            stream_sequence=delivery.sequence,
            subject=delivery.subject,
            headers=delivery.headers,
            body=None if personal else delivery.body[:LONGEST_BODY_KEPT],
            attempts=delivery.attempt,
            error=error,
            first_at=delivery.stored_at,
        )
