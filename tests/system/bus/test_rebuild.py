"""Copies are made again from the streams: as the live ones are, beside them, exactly, once, whoever dies meanwhile."""

import asyncio
import os
import signal
import sqlite3
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, inspect, select, update
from typer.testing import CliRunner

from services.map.models import Inbox, KnownApiKey, Place
from shared import clock
from shared.copies import Plain
from shared.messages.registry import ContactsChanged, PersonChanged, PersonErased, ProblemNamed, PublicContact
from shared.rebuild import AnotherRebuild, Incomplete, rebuild
from shared.replay import connected
from shared.shadow import rebuild_lock
from tests.harness import quiet, running
from tests.system.bus.eventually import eventually
from tests.system.bus.history import contents, history, operator, put, put_one

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("map", "calendar", "notifications")
MOMENTS = ("reading", "swapping", "counting", "committing", "cleaning")


def app_of(service):
    return import_module(f"services.{service}.app").create_app


def settings_of(service, data, url, **more):
    return import_module(f"services.{service}.settings").Settings(**quiet(data=data, database_url=url, **more))


@pytest.fixture
async def bus(nats_server, tmp_path):
    """Give a connection that may publish everything, with the streams brought about."""
    async with operator(nats_server, tmp_path) as client:
        yield client


async def rebuilt(service, **more):
    """Rebuild a running service's copies, as its command does."""
    async with connected(service.app.state.settings, service.app.state.name) as client:
        return await rebuild(service.database, service.app.state.bus.copies, client, **more)


async def deliver_all(service, messages):
    """Let a service hear what it listens to of these, as if they came from the bus one after another."""
    await service.deliver(*(message for message in messages if message.type in service.app.state.bus.heard_types))


async def copies_of(service):
    return await service.database.read(contents, service.app.state.bus.copies.tables)


async def everything(service):
    return await service.database.read(contents, service.database.outbox_table.metadata.sorted_tables)


async def spoil(service):
    """Lose some rows of every copy, and invent names."""

    def spoil_all(session):
        for table in reversed(service.app.state.bus.copies.tables):
            first = next(iter(table.primary_key))
            session.execute(delete(table).where(first == session.scalar(select(first).order_by(first).limit(1))))
            if "name" in table.c:
                session.execute(update(table).values(name="zepsute"))

    await service.database.write(spoil_all)


@pytest.mark.parametrize("name", SERVICES)
async def test_copies_are_made_again_as_the_listener_made_them_and_nothing_else_is_touched(
    bus, tmp_path, database_url, name
):
    """Fails when the fold takes the last message instead of the newest, or an effect (an alert) runs again."""
    told = [
        PersonChanged(id=i, version=3, name="Ewa", memberships=[{"organisation_id": i, "role": "member"}]) for i in IDS
    ]
    told = {"notifications": told, "map": [_contacts(i) for i in IDS]}.get(name, [])
    told = [*history(250), *told, PersonErased(id=IDS[0], version=4)]
    await put(bus, told)
    async with running(app_of(name), settings_of(name, tmp_path, database_url)) as service:
        await service.database.write(lambda session: session.execute(delete(_table(service, "known_key"))) and None)
        await deliver_all(service, told)
        before = await everything(service)
        await spoil(service)
        assert await copies_of(service) != {name: before[name] for name in await copies_of(service)}
        outcome = await rebuilt(service)
        after = await everything(service)
    copied = {type(message) for message in told} & set(service.app.state.bus.copies.keepers)
    assert outcome.failures == []
    assert outcome.messages == sum(type(message) in copied for message in told)
    marks = [row for row in after["inbox"] if "-rebuild" in row]
    assert len(marks) == len(outcome.places)
    assert {**after, "inbox": [row for row in after["inbox"] if row not in marks]} == before


IDS = tuple(f"0190c0de-0000-7000-8000-00000000000{n}" for n in range(3))


def _person(id):
    return PersonChanged(id=id, version=3, name="Ewa", memberships=[{"organisation_id": id, "role": "member"}])


def _contacts(id):
    """Say how an organisation is reached: by its own number, and by somebody who is erased or not."""
    number = PublicContact(kind="phone", value="+48 12 411 41 21", link="tel:+48124114121", e164="+48124114121")
    theirs = number.model_copy(update={"person_id": id, "person_name": "Ewa", "role": "member", "until": clock.now()})
    return ContactsChanged(id=id, version=2, contacts=(number, theirs))


def _table(service, name):
    return service.database.outbox_table.metadata.tables[name]


async def test_what_this_service_itself_noted_in_a_copy_stays(bus, tmp_path, database_url):
    """Fails without the mark on `used_at`: the next use of the key would be told once more."""
    keys = [message for message in history(200) if message.type == "registry.api_key.changed.v1"]
    await put(bus, keys)
    async with running(app_of("map"), settings_of("map", tmp_path, database_url)) as the_map:
        await the_map.deliver(*keys)
        used_at = clock.now()
        await the_map.database.write(_use_all, used_at)
        await rebuilt(the_map)
        assert set(await the_map.database.read(_uses)) == {used_at}


def _use_all(session, used_at):
    session.execute(update(KnownApiKey).values(used_at=used_at))


def _uses(session):
    return session.scalars(select(KnownApiKey.used_at)).all()


async def test_a_rebuild_under_live_traffic_loses_nothing_and_nobody_sees_it(bus, tmp_path, database_url):
    """Fails when the swap does not read what came meanwhile, or the view is emptied before it is filled again."""
    first, then = list(history(120)), list(history(100, seed=2))
    await put(bus, first)
    async with running(app_of("map"), settings_of("map", tmp_path, database_url, connected=True)) as the_map:
        await eventually(lambda: _connected(the_map), 60)
        await eventually(lambda: _quiet(the_map), 60)
        await spoil(the_map)
        fewest = await the_map.database.read(_count_places)
        seen, ended = [], asyncio.Event()

        async def look():
            while not ended.is_set():
                seen.append(await the_map.database.read(_count_places))
                await asyncio.sleep(0.005)

        async def go_on():
            for start in range(0, len(then), 5):
                await put(bus, then[start : start + 5])
                await asyncio.sleep(0.002)

        looking, traffic = asyncio.create_task(look()), asyncio.create_task(go_on())
        rounds = 0
        while not traffic.done() or not rounds:
            await rebuilt(the_map)
            rounds += 1
        await traffic
        await eventually(lambda: _quiet(the_map), 60)
        ended.set()
        await looking
        found = await copies_of(the_map)
        await the_map.app.state.bus.stop()
    assert min(seen) >= fewest
    assert len(seen) > rounds
    assert found == await reference(tmp_path, [*first, *then])


async def reference(folder, messages):
    """Give the map's copies as they are when every message was heard in order and nothing was ever rebuilt."""
    url = f"sqlite:///{folder}/reference.sqlite"
    async with running(app_of("map"), settings_of("map", folder, url), with_key=False) as quiet_map:
        await quiet_map.deliver(
            *(message for message in messages if message.type in quiet_map.app.state.bus.heard_types)
        )
        return await copies_of(quiet_map)


def _count_places(session):
    return session.scalar(select(func.count()).select_from(Place))


async def _quiet(service):
    """Say whether everything that the streams hold for this service was taken in."""
    async with connected(service.app.state.settings, "map") as client:
        for stream in service.app.state.bus.copies.subjects:
            info = await client.jetstream().consumer_info(stream, "map")
            if info.num_pending or info.num_ack_pending:
                return False
    return True


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_at_any_moment_it_leaves_a_whole_copy_and_runs_again(bus, tmp_path, database_url, moment):
    """Fails when the live tables are emptied, or filled, outside the one transaction of the swap."""
    told = list(history(100))
    await put(bus, told)
    async with running(app_of("map"), settings_of("map", tmp_path, database_url), with_key=False) as the_map:
        await deliver_all(the_map, told)
        whole = await copies_of(the_map)
        await spoil(the_map)
        spoilt = await copies_of(the_map)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.system.bus.rebuilder", str(tmp_path), database_url, moment, cwd=ROOT
        )
        assert await killed.wait() == -signal.SIGKILL
        assert await copies_of(the_map) == (whole if moment == "cleaning" else spoilt)
        assert await leftovers(the_map)
        assert (await rebuilt(the_map)).failures == []
        assert await copies_of(the_map) == whole
        assert not await leftovers(the_map)


async def leftovers(service):
    if service.database.is_sqlite:
        return os.path.exists(f"{service.database.url.database}.shadow")  # noqa: ASYNC240
    return await asyncio.to_thread(lambda: "shadow" in inspect(service.database.engine).get_schema_names())


async def test_what_cannot_be_taken_in_is_named_and_costs_nothing_else(bus, tmp_path, database_url):
    """Fails when one message that raises, or cannot be opened, undoes the part that it stands in."""
    problems = [message for message in history(120) if isinstance(message, ProblemNamed)]
    poison = problems[3].model_copy(update={"version": 90, "title": "trucizna"})
    jetstream = bus.jetstream()
    for message in problems[:10]:
        await put_one(jetstream, message)
    await put_one(jetstream, problems[4].model_copy(update={"version": 91}), b"{not json")
    await put_one(jetstream, poison)
    for message in problems[10:]:
        await put_one(jetstream, message)

    def refuse(session, message):
        assert message.title != "trucizna", "I cannot take this in."

    async with running(app_of("map"), settings_of("map", tmp_path, database_url), with_key=False) as the_map:
        await the_map.deliver(*problems)
        before = await the_map.database.read(contents, [Place.__table__])
        the_map.app.state.bus.copies.add(ProblemNamed, Plain((Place,), refuse))
        outcome = await rebuilt(the_map)
        assert await the_map.database.read(contents, [Place.__table__]) == before
    assert [(one.sequence, one.error.partition(":")[0]) for one in outcome.failures] == [
        (11, "The body is not a registry.problem.named.v1"),
        (12, "AssertionError"),
    ]


async def test_only_one_rebuild_runs_at_a_time_and_an_erasure_waits_for_it(bus, tmp_path, database_url):
    """Fails when the shadow, which may hold an erased person's name, is forgotten by erasing."""
    settings = settings_of("notifications", tmp_path, database_url)
    async with running(app_of("notifications"), settings) as service:
        await service.deliver(PersonErased(id=IDS[0], version=2))
        lock = rebuild_lock(service.database)
        assert await lock.take()
        with pytest.raises(AnotherRebuild):
            await rebuilt(service)
        assert await service.run_job("finish erasures") == []
        await lock.give_back()
        assert await service.run_job("finish erasures") == [IDS[0]]


async def test_a_stream_that_holds_less_than_was_heard_from_it_is_not_believed(bus, tmp_path, database_url):
    """Fails when nobody compares: what the stream lost would be lost in the copy too."""
    told = list(history(50))
    await put(bus, told)
    row = {"consumer": "map", "source": "x", "message_id": "x", "stream": "REGISTRY", "stream_sequence": 10**6}
    async with running(app_of("map"), settings_of("map", tmp_path, database_url)) as the_map:
        long_ago = clock.now() - timedelta(days=3)
        await the_map.database.write(
            lambda session: session.execute(insert(Inbox).values(**row, received_at=long_ago)) and None
        )
        with pytest.raises(Incomplete, match="REGISTRY"):
            await rebuilt(the_map)
        assert (await rebuilt(the_map, anyway=True)).messages


@pytest.mark.parametrize("durable", ["is ahead", "is new"])
async def test_a_service_whose_database_is_new_catches_up_from_history(bus, tmp_path, database_url, durable):
    """Fails without the rebuild at the start: the durable says that all was heard long ago, and nothing comes."""
    told = list(history(200 if durable == "is ahead" else 2500))
    await put(bus, told)
    if durable == "is ahead":
        old = settings_of("map", tmp_path, f"sqlite:///{tmp_path}/lost.sqlite", connected=True)
        async with running(app_of("map"), old, with_key=False) as lost:
            await eventually(lambda: _connected(lost), 60)
            await eventually(lambda: _quiet(lost), 60)
    new = settings_of("map", tmp_path, database_url, connected=True)
    async with running(app_of("map"), new, with_key=False) as the_map:
        await eventually(lambda: _connected(the_map), 60)
        found = await copies_of(the_map)
        assert found == await reference(tmp_path, told)
        later = ProblemNamed(id=IDS[1], version=1, title="Dziura", url="/p")
        await put_one(bus.jetstream(), later)
        await eventually(lambda: _knows(the_map, IDS[1]), 60)


async def _connected(service):
    return service.app.state.bus.is_connected


async def _knows(service, place_id):
    return await service.database.read(lambda session: session.get(Place, place_id))


async def say(service, *arguments, **environment):
    """Run a service's own command line, in another thread."""
    cli = import_module(f"services.{service}.__main__").cli
    return await asyncio.to_thread(CliRunner().invoke, cli, ["rebuild", *arguments], env=environment)


async def test_the_command_says_in_one_sentence_what_is_in_its_way(nats_server, bus, tmp_path):
    """Fails where what the bus raises gets through: the operator would read a traceback."""
    await put(bus, list(history(30)))
    done = await say("map", DATA=str(tmp_path))
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("messages were taken in again; the copies are as of now.\n")
    assert "REGISTRY: " in done.stderr
    events = await say("registry", DATA=str(tmp_path))
    assert events.exit_code == 0, events.output
    await nats_server.stop()
    before = _bytes(tmp_path / "map.sqlite")
    away = await say("map", DATA=str(tmp_path))
    assert away.exit_code == 1
    assert away.stderr.startswith("The bus cannot be read: ")
    assert away.stderr.endswith("Nothing was changed.\n")
    assert _bytes(tmp_path / "map.sqlite") == before


async def test_the_command_tells_programs_in_json_what_could_not_be_taken_in(bus, tmp_path):
    """Fails where the status is 0 as long as anything was rebuilt: no program would look into the JSON."""
    message = next(one for one in history(50) if isinstance(one, ProblemNamed))
    await put_one(bus.jetstream(), message, b"[]")
    done = await say("map", "--json", DATA=str(tmp_path))
    assert done.exit_code == 3
    assert done.stderr == ""
    assert '"sequence": 1' in done.stdout


def _bytes(file):
    store = sqlite3.connect(file)
    try:
        return list(store.iterdump())
    finally:
        store.close()
