"""Counting what somebody does: when it is too much, when there is room again, whose address counts as whose."""

import ipaddress
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from shared.limits import Limits, TooManyRequests, counted_address, seconds_until_free

WINDOW = 60


async def test_one_more_than_allowed_is_refused_until_the_window_has_moved_on():
    limits = Limits({"write": [RateLimitItemPerMinute(3)]})
    for _ in range(3):
        await limits.count("write", "me")
    with pytest.raises(TooManyRequests) as refused:
        await limits.count("write", "me")
    assert 1 <= int(refused.value.headers["Retry-After"]) <= WINDOW + 1
    await limits.count("write", "you")


async def test_what_a_minute_refuses_does_not_fill_the_hour():
    limits = Limits({"sign-in": [RateLimitItemPerMinute(1), RateLimitItemPerHour(2)]})
    await limits.count("sign-in", "me")
    for _ in range(5):
        with pytest.raises(TooManyRequests) as refused:
            await limits.count("sign-in", "me")
        assert int(refused.value.headers["Retry-After"]) <= WINDOW + 1


async def test_no_limit_refuses_nothing():
    limits = Limits({"write": []})
    for _ in range(1000):
        await limits.count("write", "me")


async def test_a_crowd_of_addresses_does_not_fill_the_memory():
    limits = Limits({"write": [RateLimitItemPerMinute(1)]}, most=1000)
    for number in range(20_000):
        await limits.count("write", f"crowd-{number}")
    assert len(limits._counters.storage) <= 1000
    assert len(limits._counters.expirations) == len(limits._counters.storage)
    with pytest.raises(TooManyRequests):
        await limits.count("write", "crowd-19999")


@given(
    st.integers(1, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.floats(0.001, WINDOW, allow_nan=False),
)
def test_there_is_room_when_it_says_so_and_not_much_earlier(amount: int, before: int, current: int, left: float):
    before, current = min(before, amount), min(current, amount)

    def weight(after: float) -> float:
        """What the window holds `after` so many seconds without a deed."""
        if after < left:
            return before * (left - after) / WINDOW + current
        return current * max(0.0, WINDOW - (after - left)) / WINDOW

    if weight(0) < amount:
        return
    seconds = seconds_until_free(amount, WINDOW, before, left, current, left + WINDOW)
    assert weight(seconds + 1e-6) < amount
    assert seconds == 1 or weight(seconds - 1.001) >= amount - 1e-6


def test_counting_is_cheap():
    limits = Limits({"write": [RateLimitItemPerMinute(10**9)]})
    coroutine_of = limits.count
    started = time.perf_counter()
    for number in range(2000):
        try:
            coroutine_of("write", f"p{number % 300}").send(None)
        except StopIteration:
            continue
    assert (time.perf_counter() - started) / 2000 < 0.002, "a hit takes milliseconds: something walks all counters"


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::99", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        (None, "nowhere"),
        ("", "nowhere"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_ipv6_household_is_one(host: str | None, counted: str):
    assert counted_address(host) == counted


@given(st.one_of(st.text(max_size=200), st.ip_addresses().map(str)))
def test_any_address_is_counted_somehow(host: str):
    counted = counted_address(host)
    assert 1 <= len(counted) <= 64
    if "/" in counted and counted != host:
        assert ipaddress.ip_network(counted).prefixlen == 64
