"""Accounts on a real server: a partner has its own doors and nothing else, and what was kept before accounts stays."""

import asyncio
import contextlib
import signal

import nats
import pytest
from nats.errors import NoRespondersError
from nats.js.errors import BadRequestError, NoStreamResponseError

from deploy.embedded_nats import EmbeddedNats, find_server
from shared.nkeys import sign_in
from shared.streams import bring_about, municipal_stream, service_stream
from tests.system.bus.eventually import eventually

SUBJECT = "municipal.roads.closure.announced.v1.1"


async def test_what_a_partner_stores_is_acknowledged_while_no_service_runs(nats_server, tmp_path):
    """Fails where the calendar takes what is stored, or lets partners in: nobody would answer while it is away."""
    async with our_own(nats_server, tmp_path) as ours, partner(nats_server, tmp_path, "roads") as roads:
        await bring_about(ours.jetstream(), "MUNICIPAL_ROADS", municipal_stream("roads"))
        first = await roads.jetstream().publish(SUBJECT, b"{}", headers={"Nats-Msg-Id": "1"})
        again = await roads.jetstream().publish(SUBJECT, b"{}", headers={"Nats-Msg-Id": "1"})
        assert (first.stream, first.seq, again.seq, again.duplicate) == ("MUNICIPAL_ROADS", 1, 1, True)


@pytest.mark.parametrize(
    "subject",
    [
        "municipal.culture.closure.announced.v1.1",
        "municipal.closure.announced.v1.1",
        "municipal.roads.closure",
        "osiedle.calendar.fact.announced.v1.1",
        "osiedle.door.culture.submit",
        "osiedle.people.person.changed.v1.1",
    ],
)
async def test_a_partner_is_told_at_once_of_a_wrong_subject(nats_server, tmp_path, subject):
    """Fails with permissions instead of an account: who asks on a wrong subject learns it by running out of time."""
    async with our_own(nats_server, tmp_path) as ours, partner(nats_server, tmp_path, "roads") as roads:
        heard = await overheard(ours, ">")
        for name in ("roads", "culture"):
            await bring_about(ours.jetstream(), f"MUNICIPAL_{name.upper()}", municipal_stream(name))
        began = asyncio.get_running_loop().time()
        with pytest.raises(NoStreamResponseError):
            await roads.jetstream().publish(subject, b"{}", timeout=30)
        with pytest.raises(NoRespondersError):
            await roads.request(subject, b"{}", timeout=30)
        assert asyncio.get_running_loop().time() - began < 25
        await roads.flush()
        await ours.flush()
        assert subject not in heard


async def test_a_partner_overhears_only_what_is_told_to_it(nats_server, tmp_path):
    """Fails where partners are users of our account, or import what is told to any of them."""
    async with our_own(nats_server, tmp_path) as ours, partner(nats_server, tmp_path, "roads") as roads:
        heard = await overheard(roads, ">")
        for subject in (
            "osiedle.calendar.event.planned.v1.1",
            "municipal.culture.a.b",
            "osiedle.door.culture.rejected.1",
        ):
            await ours.publish(subject, b"{}")
        await ours.publish("osiedle.door.roads.rejected.7", b"{}")
        await eventually(lambda: any_of(heard))  # the last one told: what came before it is here too
        assert heard == ["municipal.roads.rejected.7"]


async def test_a_partner_has_no_streams_to_ask_about(nats_server, tmp_path):
    """Fails where partners' accounts have a store of their own, which they could fill."""
    async with partner(nats_server, tmp_path, "roads") as roads:
        answer = await roads.request("$JS.API.STREAM.INFO.CALENDAR", b"")
        assert b"JetStream not enabled for account" in answer.data


async def test_what_is_too_large_is_refused_by_name_and_the_partner_stays_connected(nats_server, tmp_path):
    """Fails with a limit of the account instead of the stream's: it ends the connection, and says little of why."""
    async with our_own(nats_server, tmp_path) as ours, partner(nats_server, tmp_path, "roads") as roads:
        await bring_about(ours.jetstream(), "MUNICIPAL_ROADS", municipal_stream("roads"))
        with pytest.raises(BadRequestError, match="message size exceeds maximum allowed"):
            await roads.jetstream().publish(SUBJECT, b"x" * 200_000)
        assert (await roads.jetstream().publish(SUBJECT, b"{}")).seq == 1


async def test_the_door_that_answers_is_not_stored(nats_server, tmp_path):
    """Fails where all that a partner says under its name is stored: the stream would answer, and the calendar too."""
    async with our_own(nats_server, tmp_path) as ours, partner(nats_server, tmp_path, "roads") as roads:
        await bring_about(ours.jetstream(), "MUNICIPAL_ROADS", municipal_stream("roads"))
        with pytest.raises(NoRespondersError):
            await roads.request("municipal.roads.submit", b"{}", timeout=30)

        async def answer(message):
            await message.respond(message.subject.encode())

        await ours.subscribe("osiedle.door.*.submit", cb=answer)
        await ours.flush()
        answers: list[bytes] = []

        async def is_answered():
            with contextlib.suppress(NoRespondersError):  # the server tells the other account a moment later
                answers.append((await roads.request("municipal.roads.submit", b"{}")).data)
            return answers

        await eventually(is_answered)
        assert answers == [b"osiedle.door.roads.submit"]
        assert (await ours.jetstream().stream_info("MUNICIPAL_ROADS")).state.messages == 0


async def test_what_was_kept_before_there_were_accounts_is_taken_over(tmp_path):
    """Fails where the store stays where it was: accounts begin with empty streams, and listeners with nothing heard."""
    store = tmp_path / "nats" / "store"
    store.mkdir(parents=True)
    config = tmp_path / "before.conf"
    config.write_text(
        f'listen: "127.0.0.1:-1"\nports_file_dir: "{tmp_path}"\n'
        f'jetstream {{ store_dir: "{store}", sync_interval: always }}\n'
        'authorization { users: [ {user: "operator", password: "before"} ] }\n'
    )
    before = await asyncio.create_subprocess_exec(find_server(), "-c", str(config), stderr=asyncio.subprocess.PIPE)
    try:
        client = await nats.connect(await address(before), user="operator", password="before")
        await bring_about(client.jetstream(), "MAP", service_stream("map"))
        await client.jetstream().publish("osiedle.map.place.kept.v1.1", b"kept", headers={"Nats-Msg-Id": "1"})
        await client.close()
    finally:
        before.send_signal(signal.SIGTERM)
        await before.communicate()
    server = EmbeddedNats(tmp_path)
    await server.start()
    try:
        async with our_own(server, tmp_path) as ours:
            assert (await ours.jetstream().get_msg("MAP", 1)).data == b"kept"
            assert (await ours.jetstream().publish("osiedle.map.place.kept.v1.1", b"next")).seq == 2
    finally:
        await server.stop()


async def address(process):
    """Read where a server listens from what it logs."""
    while line := await process.stderr.readline():
        if b"Listening for client connections on" in line:
            return f"nats://{line.split()[-1].decode()}"
    raise AssertionError("it ended")


async def any_of(heard):
    return heard


async def overheard(client, subject):
    heard = []

    async def note(message):
        if not message.subject.startswith(("_INBOX", "$")):
            heard.append(message.subject)

    await client.subscribe(subject, cb=note)
    await client.flush()
    return heard


@contextlib.asynccontextmanager
async def our_own(server, data):
    async with signed_in(server, data / "nats" / "operator.creds") as client:
        yield client


@contextlib.asynccontextmanager
async def partner(server, data, name):
    async with signed_in(server, data / "partners" / f"{name}.creds") as client:
        yield client


@contextlib.asynccontextmanager
async def signed_in(server, creds):
    client = await nats.connect(server.url, **sign_in(creds.read_text()), allow_reconnect=False)
    try:
        yield client
    finally:
        await client.close()
