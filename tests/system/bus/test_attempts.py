"""Attempts are counted by us and before they are made: poison is set aside, and nothing else ever is."""

import asyncio
from dataclasses import replace

import nats

from shared.messages import TYPES
from shared.messages.map import MessageSetAside
from shared.messages.registry import PersonChanged, ProblemNamed
from shared.set_aside import TRYING
from tests.system.bus.eventually import eventually
from tests.system.bus.process import IMPATIENT, POISON
from tests.system.bus.processes import processes
from tests.system.bus.tiny import OPERATOR, QUICK, Base, Heard, Outbox, SetAside, hear, tell, tell_of_person, tiny

EASILY_TIRED = replace(QUICK, attempts=2)
LEFT_ALONE = 10
"""So many messages are told with the poison."""


async def test_what_kills_the_process_is_set_aside_and_the_others_get_through(
    nats_server, database_url, make, tmp_path
):
    """Fails where attempts are counted when a handler raised: this one never does, and the process dies for ever.

    Fails where all that is delivered again is handled side by side: the others are counted with the poison.
    """
    teller = await make("registry").start()
    looking = tiny("map", tmp_path, database_url)
    Base.metadata.create_all(looking.database.engine)
    await looking.database.start()
    for number in range(LEFT_ALONE):
        await teller.database.write(tell, POISON if number == 3 else "good", f"problem-{number}")
    deaths = 0
    with processes(tmp_path) as running:
        victim = running.start("victim", database_url)
        while not await looking.bus.decisions.waiting():
            if victim.poll() is not None:
                deaths += 1
                victim = running.start("victim", database_url)
            await asyncio.sleep(0.05)
        await eventually(lambda: _has(looking, LEFT_ALONE - 1))
    [row] = await looking.bus.decisions.waiting()
    assert row.subject.endswith("problem-3")
    assert (row.attempts, deaths) == (IMPATIENT.attempts, IMPATIENT.attempts + 1)
    assert sorted(id for id, _ in await looking.heard()) == sorted(
        f"problem-{number}" for number in range(LEFT_ALONE) if number != 3
    )
    assert await looking.count(SetAside) == 1
    await looking.database.stop()


async def test_a_bus_that_flaps_while_the_database_is_away_costs_no_attempt(nats_server, make, tmp_path):
    """Fails where each delivery counts as an attempt: what is in hand is delivered again on each connection.

    `num_delivered` would not do: it begins anew whenever we ask for what nobody acknowledged.
    """
    teller, listener = make("registry"), make("map", pace=EASILY_TIRED)
    listener.bus.hears(ProblemNamed, hear)
    await teller.start()
    await listener.start()
    await eventually(lambda: _hears(listener))
    async with _locked(listener):
        ids = [await teller.database.write(tell, str(number)) for number in range(20)]
        await eventually(lambda: _is_held_up(listener))
        for _ in range(2 * EASILY_TIRED.attempts):
            await _lose_connection(listener)
            await eventually(lambda: _came_again(listener))
    await eventually(lambda: _has(listener, len(ids)))
    assert sorted(id for id, _ in await listener.heard()) == sorted(ids)
    assert await listener.count(SetAside) == 0


async def test_stops_with_messages_waiting_cost_no_attempt(nats_server, make, tmp_path):
    """Fails where each delivery counts as an attempt: what a stop gives back, or leaves, is delivered again."""
    teller = await make("registry").start()
    listener = make("map", pace=replace(EASILY_TIRED, finish=0.05))
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await eventually(lambda: _hears(listener))
    async with _locked(listener):
        for number in range(20):
            await teller.database.write(tell, str(number))
        await eventually(lambda: _is_held_up(listener))
        for _ in range(2 * EASILY_TIRED.attempts):
            await listener.bus.stop()
            await listener.bus.start()
            await eventually(lambda: _came_again(listener))
    await eventually(lambda: _has(listener, 20))
    assert await listener.count(Heard) == 20
    assert await listener.count(SetAside) == 0


async def test_more_messages_may_fail_than_are_in_hand_at_once_and_hold_nobody_up(nats_server, make):
    """Fails where the server lets only as many wait as we have in hand: the stream would stand still for an hour."""
    teller = await make("registry").start()
    listener = make("map", pace=replace(QUICK, in_flight=8, delays=(3600.0,)))

    def refuse(session, message):
        if message.title == POISON:
            raise ValueError("I cannot take this in.")
        hear(session, message)

    listener.bus.hears(ProblemNamed, refuse)
    await listener.start()
    for _ in range(30):
        await teller.database.write(tell, POISON)
    good = await teller.database.write(tell, "good")
    await eventually(lambda: _has(listener, 1))
    assert await listener.heard() == [(good, 1)]


async def test_a_failed_message_is_overtaken_by_others_and_by_later_ones_of_its_aggregate(nats_server, make):
    """What holds: every message takes effect once; a copy ignores a version that is older than its own.

    Fails where a lane waits out the delay: the message of the other aggregate would come behind it.
    """
    teller = await make("registry").start()
    listener = make("map", pace=replace(QUICK, delays=(1.0,), lanes=1))
    failed = []

    def fail_once(session, message):
        if message.version == 1 and not failed:
            failed.append(message)
            raise ValueError("not yet")
        hear(session, message)

    listener.bus.hears(ProblemNamed, fail_once)
    await listener.start()
    await teller.database.write(tell, "x", "one", 1)
    await eventually(lambda: _is_trying(listener))
    await teller.database.write(tell, "x", "one", 2)
    await teller.database.write(tell, "x", "another", 2)
    await eventually(lambda: _has(listener, 3))
    assert await listener.heard() == [("one", 2), ("another", 2), ("one", 1)]
    assert await listener.count(SetAside) == 0


async def test_a_setting_aside_is_told_to_all_without_what_the_message_said(nats_server, make):
    """Fails where only the log tells of it, or where the message that does repeats what the refused one said."""
    teller = await make("registry").start()
    listener = make("map")
    listener.bus.hears(ProblemNamed, lambda session, message: 1 / 0)
    await listener.start()
    await teller.database.write(tell, "Sekretna kałuża", "problem-1")
    await eventually(lambda: _is_set_aside(listener, 1))
    [row] = await listener.bus.decisions.waiting()
    [(body, message_id)] = await listener.database.read(_told)
    told = TYPES["map.message.set_aside.v1"].model_validate_json(body)
    assert isinstance(told, MessageSetAside)
    assert (told.id, told.heard_type, told.heard_stream) == (row.id, "registry.problem.named.v1", "REGISTRY")
    assert (told.heard_sequence, told.attempts, told.fingerprint) == (1, QUICK.attempts, row.fingerprint)
    assert b"Sekretna" not in body
    async with nats_client(nats_server, listener) as jetstream:
        await eventually(lambda: _is_on_stream(jetstream, message_id))


async def test_what_was_set_aside_of_a_person_is_read_again_from_the_stream(nats_server, make):
    """Fails where a retry takes the kept body, which for people is none."""
    person = PersonChanged(id="person-1", version=1, name="Zofia Żak")
    people = {"person-1": person}
    teller = await make("registry", state={PersonChanged: lambda session, id: people.get(id)}).start()
    listener = make("notifications")
    is_broken = True

    def sometimes(session, message):
        if is_broken:
            raise ValueError("no")
        hear(session, message)

    listener.bus.hears(PersonChanged, sometimes)
    await listener.start()
    await teller.database.write(tell_of_person, "person-1", 1)
    await eventually(lambda: _is_set_aside(listener, 1))
    [row] = await listener.bus.decisions.waiting()
    assert row.body is None
    is_broken = False
    assert (await listener.bus.decisions.retry(row.id, OPERATOR)).state == "done"
    assert await listener.heard() == [("person-1", 1)]


def nats_client(server, service):
    class Connection:
        async def __aenter__(self):
            login = service.bus._settings.bus_login("operator")
            self.client = await nats.connect(server.url, **login, allow_reconnect=False)
            return self.client.jetstream()

        async def __aexit__(self, *error):
            await self.client.close()

    return Connection()


def _locked(service):
    """Hold the write lock of a SQLite file, as a long backup by another program would."""

    class Lock:
        async def __aenter__(self):
            self.connection = await asyncio.to_thread(service.database._reader.raw_connection)
            self.connection.execute("PRAGMA query_only=OFF")
            self.connection.execute("BEGIN IMMEDIATE")

        async def __aexit__(self, *error):
            self.connection.execute("ROLLBACK")
            self.connection.execute("PRAGMA query_only=ON")
            self.connection.close()

    return Lock()


async def _lose_connection(service):
    before = service.bus._client
    await before.close()

    async def is_another():
        return service.bus._client not in (None, before)

    await eventually(is_another)


async def _has(listener, number):
    return await listener.count(Heard) >= number


async def _hears(listener):
    return listener.bus.is_connected and listener.bus.pipeline.turn.is_on


async def _is_held_up(listener):
    return any(one._in_hand for one in listener.bus._listeners.values())


async def _came_again(listener):
    """Say whether all in hand came over the present connection; nothing does once the database is known to be away."""
    in_hand = [message for one in listener.bus._listeners.values() for message, _ in one._in_hand.values()]
    clients = {message._client for message in in_hand}
    return clients == {listener.bus._client} or (listener.bus.is_connected and listener.bus.pipeline.turn.problem)


async def _is_trying(listener):
    return await listener.database.read(lambda session: session.query(SetAside).filter_by(state=TRYING).count())


async def _is_set_aside(listener, number):
    return len(await listener.bus.decisions.waiting()) == number


def _told(session):
    return [tuple(row) for row in session.query(Outbox.body, Outbox.message_id)]


async def _is_on_stream(jetstream, message_id):
    try:
        return (await jetstream.get_msg("MAP", seq=1)).headers["ce-id"] == message_id
    except nats.js.errors.NotFoundError:
        return False
