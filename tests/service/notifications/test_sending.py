"""Many letters: over few connections, one person one letter at a time, and a slow one holds up nobody else."""

import asyncio
import socket

import pytest
from aiosmtpd.controller import Controller

from services.notifications import jobs
from services.notifications.settings import Settings
from shared.identifiers import new_id
from shared.mail import SmtpMail
from tests.harness import quiet
from tests.service.notifications.builders import a_conflict, a_person_of
from tests.service.notifications.inviting import a_meeting, an_invitation

MANY = 1200


@pytest.fixture
def settings(tmp_path):
    return Settings(**quiet(data=tmp_path, smtp_connections=3, letters_a_day=0))


@pytest.fixture
async def told(service_running):
    """Let so many people be told one thing; gives their organisation."""

    async def tell(count):
        people = [a_person_of(organisation_id := new_id(), email="anna0@example.org")]
        people += [a_person_of(organisation_id, email=f"anna{number}@example.org") for number in range(1, count)]
        await service_running.deliver(*people)
        await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
        return organisation_id

    return tell


async def states(service_running):
    return sorted(row.state for row in await service_running.rows("delivery"))


class Post:
    """Takes letters, each in so many seconds; that to `held` when it is let go."""

    def __init__(self, seconds=0.01, held=None):
        self.seconds = seconds
        self.held = held
        self.let_go = asyncio.Event()
        self.busy = set()
        self.began = asyncio.Event()
        self.sent = []

    async def send(self, letter):
        assert letter.email not in self.busy, "two letters at a time"
        self.busy.add(letter.email)
        self.began.set()
        try:
            await (self.let_go.wait() if letter.email == self.held else asyncio.sleep(self.seconds))
            self.sent.append(letter)
        finally:
            self.busy.discard(letter.email)

    async def has_sent(self, count):
        async with asyncio.timeout(15):
            while len(self.sent) < count:  # noqa: ASYNC110 -- nobody says so
                await asyncio.sleep(0.01)


class Office:
    """A mail server that counts connections, and ends each after so many letters."""

    def __init__(self, most=1000):
        self.most = most
        self.sessions = {}
        self.taken = []

    async def handle_MAIL(self, _server, session, envelope, address, options):  # noqa: N802 -- aiosmtpd calls it so
        self.sessions[session] = self.sessions.get(session, 0) + 1
        if self.sessions[session] > self.most:
            return "421 4.7.0 Too many letters over this connection"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def office():
    """Open mail servers, and close them."""
    opened = []

    def open_office(**values):
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = door.getsockname()[1]
        found = Office(**values)
        controller = Controller(found, hostname="127.0.0.1", port=port, ready_timeout=10)
        controller.start()
        opened.append(controller)
        return found, port

    yield open_office
    for controller in opened:
        controller.stop()


async def test_many_are_told_at_once_and_each_once(service_running, told):
    organisation_id = new_id()
    await service_running.deliver(*(a_person_of(organisation_id) for _ in range(MANY)))
    conflict = a_conflict(organisation_ids=(organisation_id,))
    await service_running.deliver(conflict)
    await service_running.deliver(conflict, message_id=new_id())

    alerts = await service_running.rows("alert")
    assert len({row.recipient_id for row in alerts}) == len(alerts) == MANY
    assert len(await service_running.rows("alert_event")) == 2 * MANY
    assert {row.alert_id for row in await service_running.rows("delivery")} == {row.id for row in alerts}
    told_of = [row.headers["ce-subject"] for row in await service_running.rows("outbox")]
    assert sorted(told_of) == sorted(row.id for row in alerts)


@pytest.mark.parametrize("most", [1000, 4])
async def test_letters_share_few_connections_and_leave_by_a_new_one_where_one_ends(
    service_running, told, office, tmp_path, most
):
    await told(30)
    found, port = office(most=most)
    settings = Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port, smtp_connections=3, letters_a_day=0))
    await jobs.send_due(settings, service_running.database, SmtpMail(settings))

    assert sorted(found.taken) == sorted(f"anna{number}@example.org" for number in range(30))
    assert await states(service_running) == ["sent"] * 30
    assert {row.attempts for row in await service_running.rows("delivery")} == {1}
    if most == 1000:
        assert len(found.sessions) <= 3


async def test_invitations_leave_one_after_the_other_over_one_connection(service_running, office, tmp_path):
    meeting = a_meeting()
    guests = [f"gosc{number}@example.org" for number in range(5)]
    await service_running.deliver(*(an_invitation(meeting=meeting, mail=one) for one in guests))
    found, port = office()
    settings = Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port))
    await jobs.send_invitations(settings, service_running.database, SmtpMail(settings))

    assert sorted(found.taken) == guests
    assert len(found.sessions) == 1


async def test_a_slow_letter_holds_up_nobody_else_not_even_who_is_told_meanwhile(service_running, told, settings):
    organisation_id = await told(10)
    post = Post(held="anna0@example.org")
    sending = asyncio.create_task(jobs.send_due(settings, service_running.database, post))
    await post.has_sent(9)
    await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
    await post.has_sent(18)
    assert post.busy == {"anna0@example.org"}

    post.let_go.set()
    await sending
    assert len(post.sent) == 20
    assert [one.email for one in post.sent[18:]] == ["anna0@example.org"] * 2
    assert len({one.key for one in post.sent}) == 20


async def test_who_stops_finishes_the_letters_in_hand_and_gives_back_the_rest(service_running, told, settings):
    await told(12)
    post = Post(seconds=0.3)
    sending = asyncio.create_task(jobs.send_due(settings, service_running.database, post))
    await asyncio.wait_for(post.began.wait(), 10)
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    sent = len(post.sent)
    assert (await states(service_running)).count("sent") == sent == 3

    await jobs.send_due(settings, service_running.database, post)
    assert len({one.email for one in post.sent}) == len(post.sent) == 12
    assert {row.attempts for row in await service_running.rows("delivery")} == {1}


async def test_what_is_held_too_long_is_given_back_before_somebody_else_may_take_it(service_running, told, tmp_path):
    await told(3)
    values = {"smtp_connections": 1, "smtp_seconds": 0.5, "lease_seconds": 0.6, "letters_a_day": 0}
    settings = Settings(**quiet(data=tmp_path, **values))
    post = Post(seconds=0.4)
    await jobs.send_due(settings, service_running.database, post)

    assert len({one.email for one in post.sent}) == len(post.sent) == 3
    assert {row.attempts for row in await service_running.rows("delivery")} == {1}
