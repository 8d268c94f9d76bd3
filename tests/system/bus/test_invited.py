"""The stream of who is invited, over a real NATS server: the calendar writes it, notifications alone reads it."""

import nats
import pytest
from nats.errors import TimeoutError as NatsTimeout

from shared import outbox
from shared.messages.calendar import InvitationChanged
from shared.people_stream import versions_held
from shared.settings import ServiceSettings
from shared.streams import INVITED
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import Outbox, hear

SUBJECT = "osiedle.invited.invitation.changed.v1.one"


class Invitations(dict):
    """What the calendar knows of invitations, by id; what is not here is over."""

    def __call__(self, session, id):
        return self.get(id)


@pytest.fixture
def invitations():
    return Invitations()


@pytest.fixture
async def teller(nats_server, make, invitations):
    return await make("calendar", state={InvitationChanged: invitations}).start()


async def told(teller, id, version):
    await teller.database.write(lambda session: outbox.publish(session, InvitationChanged(id=id, version=version)))
    await eventually(lambda: nothing_waits(teller))


async def nothing_waits(teller):
    return not await teller.database.read(lambda session: session.query(Outbox).filter_by(published_at=None).count())


def stored(data):
    files = [file for file in (data / "nats" / "store").rglob("*") if file.is_file()]
    assert files
    return b"".join(file.read_bytes() for file in files)


async def connected(nats_server, user):
    login = ServiceSettings(data=nats_server._folder.parent).bus_login(user)
    return await nats.connect(nats_server.url, **login, inbox_prefix=f"_INBOX_{user}", allow_reconnect=False)


async def test_what_is_over_is_in_no_file_and_what_goes_on_stays(teller, invitations, tmp_path, nats_server):
    for one in ("zero", "one", "two"):
        invitations[one] = InvitationChanged(id=one, version=1, name=f"Bronisława {one}")
        await told(teller, one, 1)
    assert b"Bronis\xc5\x82awa one" in stored(tmp_path)
    del invitations["one"]
    await told(teller, "one", 2)
    assert b"Bronis\xc5\x82awa one" not in stored(tmp_path)
    client = await connected(nats_server, "calendar")
    held = await versions_held(client.jetstream(), INVITED)
    await client.close()
    assert set(held.values()) == {1}
    assert len(held) == 2
    assert SUBJECT not in held


async def test_notifications_hears_the_present_state_and_the_others_may_not_even_ask(
    teller, invitations, make, nats_server
):
    for version in (1, 2):
        invitations["one"] = InvitationChanged(id="one", version=version, name="Bronisława")
        await told(teller, "one", version)
    listener = make("notifications")
    listener.bus.hears(InvitationChanged, hear)
    await listener.start()
    await eventually(listener.heard)
    assert await listener.heard() == [("one", 2)]
    for user in ("map", "registry"):
        client = await connected(nats_server, user)
        with pytest.raises((NatsTimeout, nats.js.errors.Error)):
            await client.jetstream(timeout=1).get_last_msg(INVITED, SUBJECT, direct=True)
        await client.close()
