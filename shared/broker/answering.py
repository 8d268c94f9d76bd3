"""Questions on core NATS that a service answers: few at a time, and whoever asks when it is too much is told so."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from nats.aio.client import Client
from nats.aio.msg import Msg

log = logging.getLogger(__name__)

MOST_IN_HAND = 64
SECONDS_TO_FINISH = 5.0


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    content_type: str
    body: bytes


Answer = Callable[[str, Mapping[str, str], bytes], Awaitable[Reply]]
"""Takes subject, headers and body of a question; must not raise."""


class Answering:
    """The questions that one service answers, over one connection after another; of several replicas one answers."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._answers: dict[str, tuple[Answer, Reply]] = {}
        self._in_hand: set[asyncio.Task[None]] = set()

    def add(self, subject: str, answer: Answer, when_busy: Reply) -> None:
        """Have `answer` asked for each question on a subject; `when_busy` is answered where too many are in hand."""
        self._answers[subject] = answer, when_busy

    async def run(self, client: Client) -> None:
        """Answer over this connection until cancelled; then finish what is in hand."""
        subscriptions = []
        for subject, (answer, when_busy) in self._answers.items():
            take = self._taking(answer, when_busy)
            subscriptions.append(await client.subscribe(subject, queue=self._service, cb=take))
        try:
            await asyncio.Event().wait()
        finally:
            if not client.is_closed:
                for subscription in subscriptions:
                    await subscription.unsubscribe()
            if self._in_hand:
                await asyncio.wait(self._in_hand, timeout=SECONDS_TO_FINISH)

    def _taking(self, answer: Answer, when_busy: Reply) -> Callable[[Msg], Awaitable[None]]:
        async def take(message: Msg) -> None:
            if len(self._in_hand) >= MOST_IN_HAND:
                await _respond(message, when_busy)
                return
            task = asyncio.create_task(_answer(message, answer))
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

        return take


async def _answer(message: Msg, answer: Answer) -> None:
    await _respond(message, await answer(message.subject, message.headers or {}, message.data))


async def _respond(message: Msg, reply: Reply) -> None:
    """Answer; who asked without saying where to is answered nothing, and who is gone by now asks again."""
    if not message.reply:
        return
    try:
        await message._client.publish(message.reply, reply.body, headers={"Content-Type": reply.content_type})
    except Exception as error:
        log.info("an answer on %s cannot be given: %s", message.subject, error)
