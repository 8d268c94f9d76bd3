"""Lanes: one aggregate in order, different ones side by side; and how long a failed message waits."""

import asyncio

from shared.broker.lanes import Lanes, lane_of
from shared.pace import Pace


async def test_items_of_one_key_are_handled_one_after_another_in_order():
    running, seen = set(), []

    async def handle(item):
        key, number = item
        assert key not in running
        running.add(key)
        await asyncio.sleep(0.001 * (number % 3))
        running.remove(key)
        seen.append(item)

    lanes = Lanes(8, handle)
    lanes.start()
    for number in range(20):
        for key in "abc":
            lanes.put(key, (key, number))
    await lanes.stop(0)
    for _ in range(100):
        if not lanes.in_hand:
            break
        await asyncio.sleep(0.01)
    for key in "abc":
        numbers = [number for k, number in seen if k == key]
        assert numbers == sorted(numbers)


async def test_a_slow_key_holds_no_other_up():
    done = []
    gate = asyncio.Event()

    async def handle(key):
        if key == "slow":
            await gate.wait()
        done.append(key)

    lanes = Lanes(32, handle)
    lanes.start()
    assert lane_of("slow", 32) != lane_of("quick", 32)
    lanes.put("slow", "slow")
    lanes.put("quick", "quick")
    await asyncio.sleep(0.01)
    assert done == ["quick"]
    gate.set()
    await lanes.stop(1)
    assert done == ["quick", "slow"]


async def test_a_stop_finishes_what_is_begun_and_gives_back_the_rest():
    begun, done = asyncio.Event(), []

    async def handle(item):
        begun.set()
        await asyncio.sleep(0.02)
        done.append(item)

    lanes = Lanes(1, handle)
    lanes.start()
    for item in (1, 2, 3):
        lanes.put("key", item)
    await begun.wait()
    assert await lanes.stop(1) == [2, 3]
    assert done == [1]


async def test_an_item_that_fails_does_not_end_its_lane():
    done = []

    async def handle(item):
        if item == 1:
            raise ValueError(item)
        done.append(item)

    lanes = Lanes(1, handle)
    lanes.start()
    lanes.put("key", 1)
    lanes.put("key", 2)
    await asyncio.sleep(0.01)
    assert done == [2]
    assert lanes.in_hand == 0
    await lanes.stop(0)


def test_the_waits_are_those_of_the_bus_page_and_the_last_one_stays():
    assert [Pace().delay_after(attempt) for attempt in range(1, 8)] == [1, 5, 30, 120, 600, 1800, 1800]
