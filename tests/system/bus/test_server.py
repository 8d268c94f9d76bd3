"""The embedded server: one for one folder, gone with its parent, and nobody may do what is not theirs."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import nats
import pytest
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from deploy.data_folder import DataFolderProblem, DataFolderTaken, lock_data_folder, locked
from deploy.embedded_nats import EmbeddedNats, end_orphan, started
from shared import outbox
from shared.messages.registry import ContactsChanged, PersonChanged, ProblemNamed
from shared.nkeys import opened, sign_in
from shared.streams import StreamDrift, bring_about, durable, people_stream, service_stream
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import QUICK, hear

ROOT = Path(__file__).resolve().parents[3]
PARENT = """
import asyncio, sys
from pathlib import Path
from deploy.embedded_nats import EmbeddedNats
async def main():
    server = EmbeddedNats(Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def start_parent(folder):
    command = [sys.executable, "-c", PARENT, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe does it")
async def test_the_server_dies_with_a_parent_that_is_killed_and_the_next_one_starts_on_its_folder(tmp_path):
    with start_parent(tmp_path) as parent:
        pid = int(parent.stdout.readline())
        url = (tmp_path / "nats" / "url").read_text()
        parent.kill()
    await eventually(lambda: _is_gone(pid))
    server = EmbeddedNats(tmp_path)
    await server.start()
    assert f"{server.url}\n" == url
    await server.stop()


async def test_an_orphan_is_known_by_pid_and_start_and_ended_and_a_stranger_is_not(tmp_path):
    orphan = await asyncio.create_subprocess_exec("sleep", "60")
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    note = tmp_path / "process.json"
    note.write_text(json.dumps({"pid": stranger.pid, "started": "another time"}))
    await asyncio.to_thread(end_orphan, note)
    assert started(stranger.pid)
    note.write_text(json.dumps({"pid": orphan.pid, "started": started(orphan.pid)}))
    await asyncio.to_thread(end_orphan, note)
    assert await orphan.wait() == -signal.SIGTERM
    note.write_text("{")
    end_orphan(note)
    stranger.kill()
    await stranger.wait()


async def test_logins_and_keys_are_for_their_owner_only_and_stay(nats_server, tmp_path):
    folder = tmp_path / "nats"
    partner = tmp_path / "partners" / "roads.creds"
    for file in [partner, *folder.glob("*.creds"), *(folder / "keys").glob("**/*"), folder / "nats.conf"]:
        assert file.is_dir() or stat.S_IMODE(file.stat().st_mode) == 0o600, file
    logins = [partner, folder / "map.creds"]
    keys = [opened(login.read_text())[1] for login in logins]
    await nats_server.stop()
    await nats_server.start()
    assert [opened(login.read_text())[1] for login in logins] == keys


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("map", "osiedle.calendar.event.planned.v1.1"),
        ("calendar", "osiedle.people.person.changed.v1.1"),
        ("calendar", "$JS.API.STREAM.DELETE.CALENDAR"),
        ("calendar", "$JS.API.CONSUMER.MSG.NEXT.PEOPLE.notifications"),
        ("calendar", "$JS.API.DIRECT.GET.PEOPLE.osiedle.people.person.changed.v1.1"),
        ("calendar", "$JS.API.CONSUMER.MSG.NEXT.PEOPLE.calendar"),
        ("calendar", "$JS.API.CONSUMER.CREATE.PEOPLE.calendar"),
        ("map", "$JS.API.CONSUMER.CREATE.PEOPLE.map"),
        ("map", "$JS.API.CONSUMER.CREATE.PEOPLE.map.osiedle.people.person.changed.v1.*"),
        ("map", "$JS.API.CONSUMER.CREATE.PEOPLE.map-rebuild.osiedle.people.>"),
        ("map", "$JS.API.DIRECT.GET.PEOPLE"),
        ("map", "$JS.API.DIRECT.GET.PEOPLE.osiedle.people.person.changed.v1.1"),
        ("map", "$JS.API.STREAM.MSG.DELETE.PEOPLE"),
        ("notifications", "$JS.API.CONSUMER.CREATE.PEOPLE.notifications.osiedle.people.contacts.changed.v1.*"),
        ("notifications", "$JS.API.DIRECT.GET.PEOPLE"),
        ("calendar", "municipal.roads.closure.announced.v1.1"),
        ("map", "$JS.API.CONSUMER.MSG.NEXT.MUNICIPAL_ROADS.map"),
        ("map", "osiedle.door.roads.rejected.1"),
    ],
)
async def test_nobody_may_say_or_ask_what_is_not_theirs(nats_server, tmp_path, user, subject):
    assert await _is_refused(nats_server, tmp_path, user, lambda client: client.publish(subject, b"{}"))


@pytest.mark.parametrize(
    ("user", "subject"),
    [("calendar", "osiedle.people.>"), ("map", "osiedle.door.*.submit"), ("map", "municipal.>"), ("map", "_INBOX_x.>")],
)
async def test_nobody_may_overhear_others(nats_server, tmp_path, user, subject):
    assert await _is_refused(nats_server, tmp_path, user, lambda client: client.subscribe(subject))


async def test_a_service_that_may_not_read_people_says_so_and_goes_on(nats_server, make):
    curious = make("map")
    curious.bus.hears(PersonChanged, hear)
    await curious.start()
    await eventually(lambda: _has_problem(curious))
    assert not curious.bus.is_connected


async def test_who_may_read_one_subject_of_people_cannot_ask_for_another_under_its_name(nats_server, tmp_path):
    """Fails where the server does not compare what is asked for with the subject under which it is."""
    owner = await _connect(nats_server, tmp_path, "registry")
    await bring_about(owner.jetstream(), "PEOPLE", people_stream())
    curious = await _connect(nats_server, tmp_path, "map")
    config = {"durable_name": "map", "name": "map", "ack_policy": "explicit"}
    for asked in (
        {"filter_subject": "osiedle.people.person.changed.v1.*"},
        {"filter_subjects": ["osiedle.people.person.changed.v1.*"]},
        {},
    ):
        request = json.dumps({"stream_name": "PEOPLE", "config": {**config, **asked}}).encode()
        subject = "$JS.API.CONSUMER.CREATE.PEOPLE.map.osiedle.people.contacts.changed.v1.*"
        answer = json.loads((await curious.request(subject, request, timeout=2)).data)
        assert answer["error"]["code"] == 400, asked
    for client in (owner, curious):
        await client.close()


async def test_the_map_hears_public_contacts_and_no_people(nats_server, make):
    contacts = ContactsChanged(id="organisation-1", version=1)
    person = PersonChanged(id="person-1", version=1, name="Zofia Żak")
    state = {ContactsChanged: lambda session, id: contacts, PersonChanged: lambda session, id: person}
    teller = await make("registry", state=state).start()
    listener = make("map")
    listener.bus.hears(ContactsChanged, hear)
    await listener.start()
    await teller.database.write(lambda session: outbox.publish(session, person, contacts))
    await eventually(lambda: _has_heard(listener, [("organisation-1", 1)]))
    assert listener.bus.is_connected


async def _has_heard(listener, what):
    return await listener.heard() == what


async def test_a_stream_that_drifted_is_mended_and_what_cannot_be_is_refused(nats_server, tmp_path):
    client = await _connect(nats_server, tmp_path, "operator")
    jetstream = client.jetstream()
    wanted = service_stream("map")
    await bring_about(jetstream, "MAP", wanted)
    await jetstream.update_stream(wanted.evolve(max_msg_size=1000, duplicate_window=1.0))
    await bring_about(jetstream, "MAP", wanted)
    mended = (await jetstream.stream_info("MAP")).config
    assert (mended.max_msg_size, mended.duplicate_window) == (wanted.max_msg_size, wanted.duplicate_window)
    with pytest.raises(StreamDrift, match="storage"):
        await bring_about(jetstream, "MAP", wanted.evolve(storage="memory"))
    await client.close()


@pytest.mark.parametrize("other", ["calendar", "map", "notifications"])
async def test_nobody_changes_the_stream_of_another(nats_server, tmp_path, other):
    """Fails where who hears a stream may change it: one that keeps a minute loses all that is older."""
    owner, intruder = await _connect(nats_server, tmp_path, "registry"), await _connect(nats_server, tmp_path, other)
    await bring_about(owner.jetstream(), "REGISTRY", service_stream("registry"))
    with pytest.raises(TimeoutError):
        await intruder.jetstream(timeout=1).update_stream(service_stream("registry").evolve(max_age=60.0))
    assert (await owner.jetstream().stream_info("REGISTRY")).config.max_age == 0
    for client in (owner, intruder):
        await client.close()


async def test_who_hears_a_stream_that_drifted_goes_on_and_whose_it_is_mends_it(nats_server, tmp_path, make):
    """Fails where a listener tries to mend what it may not change: it would never be on the bus."""
    operator = await _connect(nats_server, tmp_path, "operator")
    drifted = service_stream("registry").evolve(max_msg_size=1000)
    await operator.jetstream().add_stream(drifted)
    listener = make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await eventually(lambda: _is_connected(listener))
    assert (await operator.jetstream().stream_info("REGISTRY")).config.max_msg_size == 1000
    await make("registry").start()

    async def is_mended():
        found = (await operator.jetstream().stream_info("REGISTRY")).config
        return found.max_msg_size == service_stream("registry").max_msg_size

    await eventually(is_mended)
    await operator.close()


async def test_many_may_bring_about_the_same_stream_at_once(nats_server, tmp_path):
    clients = [await _connect(nats_server, tmp_path, user) for user in ("map", "calendar", "registry", "notifications")]
    wanted = service_stream("map")
    await asyncio.gather(*(bring_about(client.jetstream(), "MAP", wanted) for client in clients))
    for client in clients:
        await client.close()


async def test_what_a_consumer_hears_can_grow(nats_server, tmp_path):
    client = await _connect(nats_server, tmp_path, "operator")
    jetstream = client.jetstream()
    await bring_about(jetstream, "MAP", service_stream("map"))
    for subjects in (["osiedle.map.a.>"], ["osiedle.map.a.>", "osiedle.map.b.>"]):
        await jetstream.add_consumer("MAP", durable("map", subjects, QUICK))
    info = await jetstream.consumer_info("MAP", "map")
    assert sorted(info.config.filter_subjects) == ["osiedle.map.a.>", "osiedle.map.b.>"]
    await client.close()


def test_a_folder_has_one_holder_and_says_who_it_is(tmp_path):
    with locked(tmp_path), pytest.raises(DataFolderTaken, match=rf"already runs .*process {os.getpid()}\)"):
        lock_data_folder(tmp_path)
    lock_data_folder(tmp_path).release()


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataFolderProblem, match="cannot be written") as problem:
        lock_data_folder(tmp_path / "file" / "data")
    assert "\n" not in str(problem.value)


async def _connect(server, data, user, **more):
    login = sign_in((data / "nats" / f"{user}.creds").read_text())
    inbox = "_INBOX" if user == "operator" else f"_INBOX_{user}"
    return await nats.connect(server.url, **login, inbox_prefix=inbox, allow_reconnect=False, **more)


async def _is_refused(server, data, user, act):
    errors: list[str] = []

    async def note(error):
        errors.append(str(error).lower())

    client = await _connect(server, data, user, error_cb=note)
    try:
        await act(client)
        await client.flush()
        await asyncio.sleep(0.05)
    except (NatsError, APIError) as error:
        errors.append(str(error).lower())
    await client.close()
    return any("permissions violation" in error for error in errors)


async def _is_gone(pid):
    return started(pid) is None


async def _is_connected(service):
    return service.bus.is_connected


async def _has_problem(service):
    return service.bus.state["problem"]
