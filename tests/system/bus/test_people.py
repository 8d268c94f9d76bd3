"""The stream of people over a real NATS server: no older value stays in its files, and who was erased stays away."""

import contextlib

import nats
import pytest

from shared import people_stream
from shared.messages.registry import PersonChanged
from shared.settings import ServiceSettings
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Outbox, hear, tell_of_person

SUBJECT = "osiedle.people.person.changed.v1.person-1"


class People(dict):
    """What the registry knows of people, by id; who is not here is erased."""

    def __call__(self, session, id):
        return self.get(id)

    def become(self, version, name):
        self["person-1"] = PersonChanged(id="person-1", version=version, name=name)


@pytest.fixture
def people():
    return People()


@pytest.fixture
async def teller(nats_server, make, people):
    return await make("registry", state={PersonChanged: people}).start()


async def test_an_older_value_is_in_no_file_of_the_stream(teller, people, tmp_path):
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    assert "Bronisława Pierwsza".encode() in stored(tmp_path)
    people.become(2, "Bronisława Druga")
    await told(teller, 2)
    files = stored(tmp_path)
    assert "Bronisława Pierwsza".encode() not in files
    assert "Bronisława Druga".encode() in files


async def test_of_an_erased_person_nothing_is_in_any_file_of_the_stream(teller, people, tmp_path, nats_server):
    """Others stand before and after them: a stream that becomes empty lets go of its file by itself."""
    await another(teller, people, "person-0")
    for version in range(1, 4):
        people.become(version, f"Bronisława {version}")
        await told(teller, version)
    await another(teller, people, "person-2")
    del people["person-1"]
    await told(teller, 4)
    assert "Bronisława".encode() not in stored(tmp_path)
    async with connected(nats_server, "registry") as jetstream:
        assert SUBJECT not in await people_stream.versions_held(jetstream)


async def another(teller, people, id):
    people[id] = PersonChanged(id=id, version=1, name="Zenon Inny")
    await teller.database.write(tell_of_person, id, 1)
    await told(teller)


async def test_a_crash_between_erasing_and_publishing_loses_nothing(teller, people, nats_server):
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    await teller.bus.stop()
    async with connected(nats_server, "registry") as jetstream:
        assert await people_stream.erase_person(jetstream, SUBJECT)
    people.become(2, "Bronisława Druga")
    await teller.database.write(tell_of_person, "person-1", 2)
    await teller.bus.start()
    await told(teller)
    async with connected(nats_server, "registry") as jetstream:
        assert await people_stream.versions_held(jetstream) == {SUBJECT: 2}


async def test_a_crash_before_marking_leaves_the_newest_state(teller, people, nats_server, tmp_path):
    """Both rows were published and neither was marked; their ids are still remembered by the server."""
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    people.become(2, "Bronisława Druga")
    await told(teller, 2)
    await teller.bus.stop()
    await teller.database.write(unmark)
    await teller.bus.start()
    await told(teller)
    async with connected(nats_server, "registry") as jetstream:
        assert await people_stream.versions_held(jetstream) == {SUBJECT: 2}
    assert "Bronisława Pierwsza".encode() not in stored(tmp_path)


async def test_an_erased_person_whom_an_old_backup_brought_back_is_purged_again(teller, people, nats_server, tmp_path):
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    people.clear()
    await told(teller, 2)
    await teller.bus.stop()
    old = PersonChanged(id="person-1", version=1, name="Bronisława Pierwsza")
    await put_back(nats_server, old)
    await teller.bus.start()
    async with connected(nats_server, "registry") as jetstream:
        await eventually(lambda: holds(jetstream, {}))
    assert "Bronisława".encode() not in stored(tmp_path)


async def test_who_is_missing_or_told_of_as_of_old_is_published_again(teller, people, nats_server):
    people.become(5, "Bronisława Piąta")
    people["person-2"] = PersonChanged(id="person-2", version=3, name="Zenon Trzeci")
    await told(teller, 5)
    await teller.database.write(tell_of_person, "person-2", 3)
    await told(teller)
    await teller.bus.stop()
    await put_back(nats_server, PersonChanged(id="person-1", version=2, name="Bronisława Druga"))
    other = people["person-2"].subject
    async with connected(nats_server, "registry") as jetstream:
        assert await people_stream.erase_person(jetstream, other)
    await teller.bus.start()
    async with connected(nats_server, "registry") as jetstream:
        await eventually(lambda: holds(jetstream, {SUBJECT: 5, other: 3}))


async def test_after_an_old_backup_of_the_database_ours_is_told_as_the_newer(nats_server, make, people, tmp_path):
    """The stream has a version that our database lost. Fails where it is left: what we say next, listeners ignore."""

    def lift(session, id, version):
        if people[id].version <= version:
            people[id] = people[id].model_copy(update={"version": version + 1})
            tell_of_person(session, id, version + 1)

    teller = await make("registry", state={PersonChanged: people}, lift={PersonChanged: lift}).start()
    people.become(3, "Bronisława Trzecia")
    await told(teller, 3)
    await teller.bus.stop()
    lost = PersonChanged(id="person-1", version=7, name="Bronisława Siódma")
    await put_back(nats_server, lost)
    await teller.bus.start()
    async with connected(nats_server, "registry") as jetstream:
        await eventually(lambda: holds(jetstream, {SUBJECT: 8}))
        message = await jetstream.get_last_msg("PEOPLE", SUBJECT, direct=True)
    held = PersonChanged.model_validate_json(message.data)
    assert (held.name, held.version) == ("Bronisława Trzecia", 8)
    assert "Siódma".encode() not in stored(tmp_path)
    await told(teller)
    people.become(9, "Bronisława Dziewiąta")
    await told(teller, 9)
    async with connected(nats_server, "registry") as jetstream:
        assert await people_stream.versions_held(jetstream) == {SUBJECT: 9}


async def test_whom_nobody_knows_is_erased_from_the_stream(teller, people, nats_server, tmp_path):
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    await teller.bus.stop()
    await put_back(nats_server, PersonChanged(id="stranger", version=1, name="Nieznajoma Osoba"))
    await teller.bus.start()
    async with connected(nats_server, "registry") as jetstream:
        await eventually(lambda: holds(jetstream, {SUBJECT: 1}))
    assert b"Nieznajoma" not in stored(tmp_path)


async def test_a_listener_that_was_away_hears_the_present_state_once(teller, people, make):
    people.become(1, "Bronisława Pierwsza")
    await told(teller, 1)
    people.become(2, "Bronisława Druga")
    await told(teller, 2)
    listener = make("notifications")
    listener.bus.hears(PersonChanged, hear)
    await listener.start()
    await eventually(lambda: heard(listener))
    assert await listener.heard() == [("person-1", 2)]


async def told(teller, version=None):
    """Tell of person-1 where a version is given; wait until everything is carried and marked."""
    if version is not None:
        await teller.database.write(tell_of_person, "person-1", version)
    await eventually(lambda: nothing_waits(teller))


async def nothing_waits(teller):
    return not await teller.database.read(lambda session: session.query(Outbox).filter_by(published_at=None).count())


async def heard(listener):
    return await listener.heard()


async def holds(jetstream, wanted):
    return await people_stream.versions_held(jetstream) == wanted


def unmark(session):
    session.query(Outbox).update({"published_at": None, "stream_sequence": None})


def stored(data):
    """Read every file of the server's store."""
    files = [file for file in (data / "nats" / "store").rglob("*") if file.is_file()]
    assert files
    return b"".join(file.read_bytes() for file in files)


async def put_back(nats_server, message):
    """Let the stream hold a message as an old backup of it would."""
    async with connected(nats_server, "registry") as jetstream:
        headers = {"ce-sequence": str(message.version), "ce-type": message.type, "ce-id": "old"}
        await people_stream.put_person(jetstream, message.subject, headers, message.model_dump_json().encode())


@contextlib.asynccontextmanager
async def connected(nats_server, user):
    """Speak to the server with what a service is allowed to do."""
    login = ServiceSettings(data=nats_server._folder.parent).bus_login(user)
    client = await nats.connect(nats_server.url, **login, inbox_prefix=f"_INBOX_{user}", allow_reconnect=False)
    try:
        yield client.jetstream()
    finally:
        await client.close()
