"""The clock tells: letters whose time has come leave, several at once, and what came of each is remembered.

Each of a few workers sends one letter at a time over a connection that is kept, and begins the next one only when what
came of the last one is committed: a crash repeats at most one letter for each of them, under the same Message-ID.
"""

import asyncio
import time
from collections import deque
from datetime import timedelta

from services.notifications import commands, queries
from services.notifications.commands import Parcel
from services.notifications.jobs.letters import letter_for
from services.notifications.settings import Settings
from shared import clock, mail
from shared.database import Database

IN_STOCK = 25
"""So many deliveries are taken at a time for each connection; a process that dies holds no more than these back."""
LONGEST_END = 5.0
"""So long the letters in hand may take when we are stopped."""


async def send_due(settings: Settings, database: Database, post: mail.Mail) -> None:
    """Send every letter that is due; when it is cancelled, the letters in hand leave first."""
    async with mail.together(post) as kept:
        sending = Sending(settings, database, kept)
        listening = asyncio.create_task(sending.listen())
        workers = [asyncio.create_task(sending.work()) for _ in range(settings.smtp_connections)]
        try:
            await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            listening.cancel()
            sending.end()
            _, late = await asyncio.wait(workers, timeout=min(settings.smtp_seconds, LONGEST_END))
            for worker in late:
                worker.cancel()
            await sending.give_back()
        for worker in workers:
            worker.result()  # raises what ended it


class Sending:
    """What the workers share: the parcels that are taken and wait for one of them, and who is being written to."""

    def __init__(self, settings: Settings, database: Database, post: mail.Mail) -> None:
        self._settings = settings
        self._database = database
        self._post = post
        self._lease = timedelta(seconds=max(settings.lease_seconds, 2 * settings.smtp_seconds))
        self._stock: deque[Parcel] = deque()
        self._good_until = 0.0
        self._in_hand: set[str] = set()
        self._taking = asyncio.Lock()
        self._stirred = asyncio.Event()
        self._is_ending = False

    async def work(self) -> None:
        """Send one letter after the other until none is due and none is being sent: a slow one holds up no other."""
        while not self._is_ending:
            stirred = self._stirred  # before we look, so that nothing slips by
            parcel = await self._next()
            if parcel is not None:
                try:
                    await self._send(parcel)
                finally:
                    self._in_hand.discard(parcel.person_id)
                    self._stir()
            elif self._in_hand:
                await stirred.wait()
            else:
                return

    async def listen(self) -> None:
        """Have idle workers look again when a letter is to leave, and by the clock."""
        watch = self._database.watch([commands.LETTERS])
        while True:
            await watch.wait(self._settings.send_every_seconds)
            self._stir()

    def end(self) -> None:
        """Begin no further letter."""
        self._is_ending = True
        self._stir()

    async def give_back(self) -> None:
        """Let others take what nobody began to send."""
        left = [one for parcel in self._stock for one in parcel.delivery_ids]
        self._stock.clear()
        if left:
            await self._database.write(commands.give_back, delivery_ids=left)

    async def _next(self) -> Parcel | None:
        """Give what is to be sent next; nobody is written two letters at a time."""
        async with self._taking:
            if self._stock and time.monotonic() > self._good_until:  # another process may take them any moment
                await self.give_back()
            if not self._stock:
                await self._take()
            parcel = next((one for one in self._stock if one.person_id not in self._in_hand), None)
            if parcel is not None:
                self._stock.remove(parcel)
                self._in_hand.add(parcel.person_id)
            return parcel

    def _stir(self) -> None:
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def _take(self) -> None:
        """Take what is due, and write nothing where there is none."""
        busy = frozenset(self._in_hand)
        while not self._stock and await self._database.read(queries.is_anything_due, now=clock.now(), busy=busy):
            began = time.monotonic()
            self._stock += await self._database.write(
                commands.take_due,
                now=clock.now(),
                lease=self._lease,
                letters_a_day=self._settings.letters_a_day,
                limit=IN_STOCK * self._settings.smtp_connections,
                busy=busy,
            )
            self._good_until = began + self._lease.total_seconds() - self._settings.smtp_seconds

    async def _send(self, parcel: Parcel) -> None:
        settings, database = self._settings, self._database
        try:
            async with asyncio.timeout(settings.smtp_seconds):
                await self._post.send(letter_for(parcel, settings.address))
        except Exception as error:  # whatever a mail server does to us, the next letter is tried too
            if (what := mail.refused(error)) is not None:
                await database.write(
                    commands.record_refusal, parcel=parcel, error=mail.said(error), is_address=what == "address"
                )
                return
            await database.write(
                commands.record_failure,
                delivery_ids=parcel.delivery_ids,
                error=mail.said(error),
                first_delay=timedelta(seconds=settings.first_delay_seconds),
                tries=settings.tries,
            )
        else:
            await database.write(commands.record_sent, delivery_ids=parcel.delivery_ids)
