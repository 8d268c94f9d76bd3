"""What committed units of one process noted: how often each topic was, and who waits for one."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable


class Noted:
    """Counts topics, and wakes who waits for one of them, and nobody else. Used in the event loop's thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def count(self, *topics: str) -> int:
        """Say how often these were noted, all together."""
        return sum(self._counts[topic] for topic in topics)

    def tell(self, topics: Iterable[str]) -> None:
        """Count topics that were noted, each as often as it comes, and wake who waits for them."""
        for topic in topics:
            self._counts[topic] += 1
            for waiting in self._waiting.get(topic, ()):
                if not waiting.done():
                    waiting.set_result(None)

    async def wait(self, topics: Collection[str], since: int, seconds: float) -> None:
        """Wait until these were noted another number of times than `since`, at most so many seconds."""
        if self.count(*topics) != since:
            return
        waiting = asyncio.get_running_loop().create_future()
        for topic in topics:
            self._waiting.setdefault(topic, set()).add(waiting)
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            return
        finally:
            for topic in topics:
                others = self._waiting[topic]
                others.discard(waiting)
                if not others:
                    del self._waiting[topic]


class Watch:
    """Waits for what is noted of some topics, again and again, and misses nothing in between."""

    def __init__(self, noted: Noted, topics: Collection[str]) -> None:
        self._noted = noted
        self._topics = tuple(topics)
        self._seen = noted.count(*self._topics)

    async def wait(self, seconds: float) -> None:
        """Wait until something was noted since the last time (at first: since this was made), at most so long."""
        await self._noted.wait(self._topics, self._seen, seconds)
        self._seen = self._noted.count(*self._topics)
