"""What happens to one message that arrives: open it, take it in once, or set it aside."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from shared import clock, envelope, observability, outbox, set_aside
from shared.broker.turn import Turn
from shared.database import Database
from shared.engines import is_away
from shared.inbox import is_first_time, is_taken_in
from shared.messages import TYPES, Envelope, Message
from shared.numbers import Histogram
from shared.pace import Pace
from shared.problems import Busy
from shared.streams import STATES, partner_of

log = logging.getLogger(__name__)

Hear = Callable[[Session, str, Any], object]
"""Takes the session, the partner (empty but at the municipal door) and the message."""
A_REPEAT = -1.0
LONGEST_BODY_KEPT = 256 * 1024


@dataclass(frozen=True)
class Delivery:
    """One message as it arrived; `sequence` is its place in the stream, `again` that it may have come before."""

    stream: str
    subject: str
    headers: Mapping[str, str]
    body: bytes
    sequence: int | None = None
    again: bool = False
    stored_at: datetime = field(default_factory=clock.now)


class Pipeline:
    """The way of every message into one service, whoever feeds it: the stream, a retry, or a test."""

    def __init__(self, service: str, database: Database, metadata: MetaData, pace: Pace) -> None:
        self.service = service
        self.database = database
        self.pace = pace
        self.turn = Turn(database, pace)
        self.hearings: dict[str, list[Hear]] = {}
        self.types: dict[str, type[Message]] = dict(TYPES)
        """What can be opened here: the registry, and whatever else is heard."""
        self.taken = 0
        self.repeated = 0
        self.age_seconds = Histogram()
        self.handling_seconds = Histogram()
        self.put_aside = 0
        self.on_malformed: Callable[[Delivery, envelope.Malformed], Awaitable[None]] | None = None
        """Awaited before a malformed message is set aside; what it raises brings the message again."""
        self._inbox = metadata.tables.get("inbox")
        self._set_aside = metadata.tables.get("set_aside")
        self._alone = asyncio.Lock()

    async def receive(self, delivery: Delivery, turn: int | None = None) -> float | None:
        """Take a message in, or set it aside; gives the seconds after which it must come again, or none when done.

        While the database is away the message waits here and loses no attempt. What may have come before is handled
        one after the other: when one of them kills the process, the others have not begun and are not to blame.
        Raises `TurnOver`, and has done nothing, once the numbered turn in which it was taken in hand is over.
        """
        if not delivery.again:
            return await self._patiently(lambda: self._try(delivery), turn)
        async with self._alone:
            wait = await self._patiently(lambda: self.database.write(self._begin_again, delivery), turn)
            if wait == A_REPEAT:
                self.repeated += 1
                return None
            if wait is None or wait > 0:
                return wait
            return await self._patiently(lambda: self._try(delivery, also=self._forget_attempts(delivery)), turn)

    async def _patiently(self, step: Callable[[], Awaitable[float | None]], turn: int | None) -> float | None:
        """Do a step as soon as the database lets us, while it is our turn."""
        while True:
            if turn is not None:
                await self.turn.make_sure(turn)
            try:
                return await step()
            except Busy:
                await asyncio.sleep(self.pace.poll)
            except Exception as error:
                if not is_away(error):
                    raise
                self.turn.database_is_away(error)
                await self.turn.database_is_back()

    async def take_in(self, delivery: Delivery, also: Callable[[Session], object] | None = None) -> bool:
        """Open the message and run its handlers in one transaction with its inbox row; false for a repeat.

        `also` is done in the same transaction, of a repeat too. Raises `envelope.Malformed`, or whatever a handler
        raised; then nothing was written.
        """
        partner = partner_of(delivery.stream)
        if partner:
            head, message = envelope.opened_at_the_municipal_door(partner, delivery.headers, delivery.body)
        else:
            head, message = envelope.opened(delivery.headers, delivery.body, self.types)
            if message.stream != delivery.stream:
                raise envelope.Malformed(f"{head.type} does not travel on {delivery.stream}.")
        self.age_seconds.observe((clock.now() - delivery.stored_at).total_seconds())
        started = time.perf_counter()
        about = _about(head, delivery) if observability.spans else None
        with observability.traced(self.service, head.traceparent, about) as (_, parent):
            came_from = outbox.origin.set(outbox.Origin(head.correlation_id, head.id, parent))
            try:
                is_new = await self.database.write(self._apply, delivery, partner, head, message, also)
            finally:
                outbox.origin.reset(came_from)
                self.handling_seconds.observe(time.perf_counter() - started)
        self.turn.all_is_well()
        self.taken += is_new
        self.repeated += not is_new
        return is_new

    def _apply(
        self,
        session: Session,
        delivery: Delivery,
        partner: str,
        head: Envelope,
        message: Message,
        also: Callable[[Session], object] | None,
    ) -> bool:
        is_new = is_first_time(
            session,
            self._inbox,
            consumer=self.service,
            source=head.source,
            message_id=head.id[:200],
            stream=delivery.stream,
            stream_sequence=delivery.sequence,
        )
        for hear in self.hearings.get(head.type, ()) if is_new else ():
            hear(session, partner, message)
        if also is not None:
            also(session)
        return is_new

    async def _try(self, delivery: Delivery, also: Callable[[Session], object] | None = None) -> float | None:
        try:
            await self.take_in(delivery, also)
        except envelope.Malformed as error:
            if self.on_malformed is not None:
                await self.on_malformed(delivery, error)
            self._tell(delivery, str(error))
            await self.database.write(set_aside.put, self._set_aside, self._kept(delivery), str(error))
        except Exception as error:
            if isinstance(error, Busy) or is_away(error):
                raise
            with observability.traced(self.service, envelope.attributes(delivery.headers).get("traceparent")):
                return await self._after_failure(delivery, observability.told(error))
        return None

    def _begin_again(self, session: Session, delivery: Delivery) -> float | None:
        """Count an attempt at what was delivered before, unless it is a repeat; see `set_aside.begin_attempt`."""
        if self._is_taken_in(session, delivery):
            return A_REPEAT
        return set_aside.begin_attempt(session, self._set_aside, self._kept(delivery), self.pace)

    def _forget_attempts(self, delivery: Delivery) -> Callable[[Session], object]:
        return lambda session: set_aside.forget_attempts(session, self._set_aside, self._kept(delivery))

    def _is_taken_in(self, session: Session, delivery: Delivery) -> bool:
        source, message_id = envelope.identity(delivery.headers)
        if partner := partner_of(delivery.stream):
            source = f"/municipal/{partner}"
        place = {"consumer": self.service, "source": source, "message_id": message_id[:200]}
        return is_taken_in(session, self._inbox, **place)

    async def _after_failure(self, delivery: Delivery, reason: str) -> float | None:
        kept = self._kept(delivery)
        wait = await self.database.write(set_aside.end_attempt, self._set_aside, kept, reason, self.pace)
        if wait is None:
            self._tell(delivery, reason)
            return None
        log.warning("%s comes again to %s in %.0f s: %s", delivery.subject, self.service, wait, reason)
        return wait * random.uniform(0.9, 1.1)  # noqa: S311 — jitter is no secret

    def _tell(self, delivery: Delivery, reason: str) -> None:
        self.put_aside += 1
        log.error("%s sets aside %s: %s", self.service, delivery.subject, reason)

    def _kept(self, delivery: Delivery) -> set_aside.Kept:
        """Say what is kept of a message that makes trouble; of a state, which may be a person's, only the headers."""
        return set_aside.Kept(
            consumer=self.service,
            stream=delivery.stream,
            stream_sequence=delivery.sequence,
            subject=delivery.subject,
            headers=delivery.headers,
            body=None if delivery.stream in STATES else delivery.body[:LONGEST_BODY_KEPT],
            first_at=delivery.stored_at,
        )


def _about(head: Envelope, delivery: Delivery) -> dict[str, Any]:
    """Say what the span of a message is about, as OpenTelemetry names such things; nothing of what it says."""
    return {
        "kind": "consumer",
        "name": f"process {head.type}",
        "messaging.system": "nats",
        "messaging.operation.type": "process",
        "messaging.destination.name": delivery.stream,
        "messaging.message.id": head.id,
    }
