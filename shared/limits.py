"""How often somebody may do something: counted in memory over a sliding window, refused with 429 (RFC 6585 §4)."""

import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shared.problems import Problem
from shared.settings import ServiceSettings

MOST_COUNTERS = 50_000
"""So many counters are kept at most, some 10 MB; then the oldest are forgotten."""
IPV6_HOST_BITS = 64
"""One household has a whole /64 of addresses (RFC 6177): they are counted together."""
LONGEST_NAME = 64


class TooManyRequests(Problem):
    """Somebody asks more often than they may; `Retry-After` says when there is room again (RFC 9110 §10.2.3)."""

    status = 429
    type = "too-many-requests"
    title = "That was too often in a short time"

    def __init__(self, seconds: int) -> None:
        detail, values = "Please wait a minute, then try again.", {}
        if seconds > 60:
            detail, values = "Please try again in about {minutes} min.", {"minutes": ceil(seconds / 60)}
        super().__init__(detail, values=values, headers={"Retry-After": str(seconds)})


class Limits:
    """The counters of one service; `allowed` says for each kind of deed how often, an empty list means as often."""

    def __init__(self, allowed: Mapping[str, Sequence[RateLimitItem]], *, most: int = MOST_COUNTERS) -> None:
        self._allowed = allowed
        self._counters = Counters(most)
        self._limiter = SlidingWindowCounterRateLimiter(self._counters)

    async def count(self, kind: str, who: str) -> None:
        """Count one deed of `kind` by `who` (a person's id, an address); raises `TooManyRequests`.

        Where there are several limits, what one of them refuses is not counted by those after it.
        """
        for item in self._allowed[kind]:
            if not await self._limiter.hit(item, kind, who):
                window = await self._counters.get_sliding_window(item.key_for(kind, who), item.get_expiry())
                raise TooManyRequests(seconds_until_free(item.amount, item.get_expiry(), *window))


class Counters(MemoryStorage):
    """The library's counters in memory, bounded, and swept when they are full rather than by a task at every hit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a counter that begins to expire `expiry` seconds after its first hit; gives what it stands at."""
        count = await self.get(key) + amount
        if key not in self.storage:
            self._make_room()
            self.expirations[key] = time.time() + expiry
        self.storage[key] = count
        return count

    def _make_room(self) -> None:
        """Forget what is over when there are too many, and an eighth of the rest, the oldest first."""
        if len(self.storage) < self.most:
            return
        now = time.time()
        self._forget([key for key, until in self.expirations.items() if until <= now])
        if len(self.storage) > self.most * 7 // 8:
            self._forget(list(self.expirations)[: self.most // 8 + 1])

    def _forget(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.storage.pop(key, None)
            self.expirations.pop(key, None)


def seconds_until_free(
    amount: int, window: int, before: int, before_left: float, current: int, current_left: float
) -> int:
    """Say in how many whole seconds (at least 1) one more fits into a sliding window of counters.

    `before` deeds of the last window count less by the second, for `before_left` seconds more; the `current` window
    ends `window` seconds before `current_left` is over.
    """
    ends_in = current_left - window
    if current >= amount or not before:
        wait = ends_in
    else:
        wait = before_left - (amount - current) * window / before
    return max(1, int(wait) + 1)


def limits_of(settings: ServiceSettings) -> Limits:
    """Make the counters that an operator's settings ask for."""
    minute: Callable[[int], Any] = RateLimitItemPerMinute
    sign_ins = _items((settings.sign_ins_per_minute, minute), (settings.sign_ins_per_hour, RateLimitItemPerHour))
    answers = _items((settings.answers_per_minute, minute))
    return Limits({"write": _items((settings.writes_per_minute, minute)), "sign-in": sign_ins, "answer": answers})


def _items(*limits: tuple[int, Callable[[int], RateLimitItem]]) -> list[RateLimitItem]:
    return [kind(amount) for amount, kind in limits if amount]


def counted_address(host: str | None) -> str:
    """Name whom an address stands for: itself, for IPv6 its /64; what is no address is counted as it is written."""
    try:
        address = ip_address((host or "").partition("%")[0])
    except ValueError:
        return (host or "nowhere")[:LONGEST_NAME]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return f"{IPv6Address(int(address) >> IPV6_HOST_BITS << IPV6_HOST_BITS)}/{IPV6_HOST_BITS}"
        address = address.ipv4_mapped
    return str(address)
