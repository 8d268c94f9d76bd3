"""The way of a message on both kinds of database: the inbox, the relay and its lock."""

import asyncio
import time

from shared.messages.registry import ProblemNamed
from shared.relay_lock import lock_of
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Base, Heard, Outbox, hear, tell, tiny

PROBLEM = ProblemNamed(id="p1", version=1, title="Kałuża", url="/registry/problems/p1")


async def test_a_repeat_has_no_effect_even_at_the_same_moment(database_url, tmp_path):
    """Fails with a look before the insert, or with `rowcount`, which is -1 on psycopg: nothing would be new."""

    def hear_slowly(session, message):
        hear(session, message)
        time.sleep(0.02)  # the others begin before this one is committed

    listener = tiny("map", tmp_path, database_url)
    Base.metadata.create_all(listener.database.engine)
    await listener.database.start()
    listener.bus.hears(ProblemNamed, hear_slowly)
    new = await asyncio.gather(*(listener.bus.deliver(PROBLEM, message_id="m1") for _ in range(20)))
    assert sorted(new) == [False] * 19 + [True]
    assert await listener.count(Heard) == 1
    await listener.database.stop()


async def test_messages_pass_from_database_to_database(nats_server, database_url, make, tmp_path):
    teller, listener = make("registry", url=database_url), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    for version in range(1, 41):
        await asyncio.gather(*(teller.database.write(tell, "x", f"problem-{n}", version) for n in range(5)))
    await eventually(lambda: _has(listener, 200))
    heard = await listener.heard()
    for n in range(5):
        assert [version for id, version in heard if id == f"problem-{n}"] == list(range(1, 41))
    await eventually(lambda: _all_marked(teller))


async def test_messages_are_heard_in_either_database(nats_server, database_url, make):
    teller, listener = make("registry"), make("map", url=database_url)
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    ids = {await teller.database.write(tell, "x") for _ in range(100)}
    await eventually(lambda: _has(listener, 100))
    assert {id for id, _ in await listener.heard()} == ids


async def test_who_is_stopped_while_it_asks_for_the_lock_holds_it_no_more(database_url, tmp_path):
    """Fails where giving back does not wait for the thread that still asks: it takes the lock afterwards, for ever."""
    one, two = (tiny("registry", tmp_path, database_url).database for _ in range(2))
    first, second = lock_of(one), lock_of(two)
    for pause in (0, 0, 0.0005, 0.002):
        asking = asyncio.create_task(first.take())
        await asyncio.sleep(pause)
        asking.cancel()
        await asyncio.wait([asking])
        await first.give_back()
        assert await second.take()
        await second.give_back()
    one.engine.dispose()
    two.engine.dispose()


async def test_one_relay_at_a_time_and_the_next_one_takes_over(database_url, tmp_path):
    one, two = (tiny("registry", tmp_path, database_url).database for _ in range(2))
    first, second = lock_of(one), lock_of(two)
    assert await first.take()
    assert await first.take()
    assert not await second.take()
    await first.give_back()
    assert await second.take()
    await second.give_back()
    one.engine.dispose()
    two.engine.dispose()


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _all_marked(teller):
    def places(session):
        return [row.stream_sequence for row in session.query(Outbox.stream_sequence).order_by(Outbox.position)]

    return sorted(place for place in await teller.database.read(places) if place) == list(range(1, 201))
