"""Real mail servers that behave as mail servers do: they refuse, put off, are slow, or are not there."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from services.notifications import jobs
from services.notifications.models import InvitationLetter
from services.notifications.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.mail import SmtpMail
from shared.messages.registry import PersonChanged
from tests.builders import a_coordinator
from tests.harness import quiet
from tests.service.notifications.builders import a_conflict, a_person_of
from tests.service.notifications.inviting import an_invitation, next_version


class Office:
    """A mail server that answers to a recipient and to a letter as a test says; aiosmtpd calls its methods."""

    def __init__(self) -> None:
        self.to_recipient = self.to_letter = "250 OK"
        self.seconds = 0.0
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _server, _session, envelope, address, options):  # noqa: N802 -- aiosmtpd calls it so
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return self.to_recipient

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- aiosmtpd calls it so
        await asyncio.sleep(self.seconds)
        if self.to_letter.startswith("250"):
            self.taken.append(envelope.original_content)
        return self.to_letter


@pytest.fixture
def port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def office(port) -> Iterator[Office]:
    office = Office()
    controller = Controller(office, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
async def told(service_running):
    """Let somebody have one alert on its way to them."""
    told = a_person_of(organisation_id := new_id())
    await service_running.deliver(told, a_conflict(organisation_ids=(organisation_id,)))
    return told


@pytest.fixture
def send(service_running, port, tmp_path):
    """Send what is due to that server, and give the first delivery as it is afterwards."""

    async def send(**values):
        settings = Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port, **values))
        await jobs.send_due(settings, service_running.database, SmtpMail(settings))
        return (await service_running.rows("delivery", order_by="id"))[0]

    return send


async def test_an_address_that_nobody_has_is_not_tried_again_and_its_owner_is_told(service_running, office, told, send):
    office.to_recipient = "550 5.1.1 No such user"
    row = await send()
    assert (row.state, row.attempts, row.error) == ("given_up", 1, "SMTPRecipientsRefused 550")

    office.to_recipient = "250 OK"
    [membership] = told.memberships
    await service_running.deliver(a_conflict(organisation_ids=(membership.organisation_id,)))
    await send()
    assert office.taken == []
    async with service_running.browser(a_coordinator(membership.organisation_id, id=told.id)) as browser:
        for address in ("/notifications/", "/notifications/settings"):
            assert "Nasze listy do Ciebie nie docierają" in (await browser.get(address)).text

    corrected = PersonChanged(**{**told.model_dump(), "version": 2, "email": "nowy@example.org"})
    await service_running.deliver(corrected, a_conflict(organisation_ids=(membership.organisation_id,)))
    await send()
    assert len(office.taken) == 1
    assert b"nowy@example.org" in office.taken[0]
    async with service_running.browser(a_coordinator(membership.organisation_id, id=told.id)) as browser:
        assert "nie docierają" not in (await browser.get("/notifications/")).text


async def test_a_test_letter_is_tried_at_a_refused_address_and_lifts_the_refusal(service_running, office, told, send):
    office.to_recipient = "550 5.1.1 No such user"
    await send()
    office.to_recipient = "250 OK"
    async with service_running.browser(a_coordinator(new_id(), id=told.id)) as browser:
        answer = await browser.post("/notifications/settings/test")
        waiting = await browser.get(answer.headers["location"])
        await browser.post("/notifications/settings/test")
        await send()
        after = await browser.get("/notifications/settings")

    assert "Wiadomość próbna jest w drodze." in waiting.text
    assert len(office.taken) == 1
    assert "Wysłaliśmy wiadomość próbną." in after.text
    assert "Nasze listy do Ciebie nie docierają" not in after.text


async def test_who_puts_us_off_gets_the_letter_later(office, told, send, monkeypatch):
    """Greylisting (RFC 6647): the first try is refused for a while, whoever comes again is let in."""
    office.to_recipient = "451 4.7.1 Greylisted, try again later"
    row = await send()
    assert (row.state, row.error) == ("due", "SMTPRecipientsRefused 451")
    assert timedelta(0) < row.due_at - clock.now() <= timedelta(seconds=30)

    office.to_recipient = "250 OK"
    assert (await send()).state == "due"
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    row = await send()
    assert (row.state, row.attempts, len(office.taken)) == ("sent", 2, 1)


async def test_a_letter_that_is_refused_for_good_is_given_up_but_the_address_is_not(
    service_running, office, told, send
):
    office.to_letter = "554 5.7.1 Looks like spam"
    row = await send()

    assert (row.state, row.attempts, row.error) == ("given_up", 1, "SMTPDataError 554")
    assert await service_running.rows("refused_address") == []


async def test_a_slow_server_is_not_waited_for_for_ever(office, told, send):
    office.seconds = 3.0
    row = await send(smtp_seconds=0.3)

    assert (row.state, row.attempts) == ("due", 1)
    assert "Timeout" in row.error


async def test_a_server_that_is_not_there_is_tried_again(told, send):
    row = await send()

    assert (row.state, row.attempts) == ("due", 1)
    assert row.error.startswith("SMTPConnectError")


async def test_an_invitation_to_an_address_that_nobody_has_waits_for_another_one(
    service_running, office, port, tmp_path
):
    """Fails where only people's refused addresses are remembered: guests are nobody's person here."""
    settings = Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port))

    async def send():
        await jobs.send_invitations(settings, service_running.database, SmtpMail(settings))
        return (await service_running.rows("invitation_letter"))[0]

    told = an_invitation()
    await service_running.deliver(told)
    office.to_recipient = "550 5.1.1 No such user"
    row = await send()
    assert (row.state, row.attempts, row.error) == ("given_up", 1, "SMTPRecipientsRefused 550")
    office.to_recipient = "250 OK"
    moved = next_version(told, sequence=1)
    await service_running.deliver(moved)
    row = await send()
    assert (row.state, row.error) == ("given_up", "address refused")
    assert office.taken == []
    await service_running.deliver(next_version(moved, mail="ewa.nowa@example.org"))
    assert (await send()).state == "sent"
    [letter] = office.taken
    assert b"method=" in letter.lower()
    assert b"ewa.nowa@example.org" in letter


async def test_an_invitation_that_is_put_off_comes_later_and_once(service_running, office, port, tmp_path):
    settings = Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port, first_delay_seconds=0.0))
    await service_running.deliver(an_invitation())
    office.to_letter = "451 4.7.1 Greylisted"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(jobs.send_invitations(settings, service_running.database, SmtpMail(settings)), 0.001)
    office.to_letter = "250 OK"
    await service_running.database.write(make_due)
    await jobs.send_invitations(settings, service_running.database, SmtpMail(settings))
    await jobs.send_invitations(settings, service_running.database, SmtpMail(settings))
    assert len(office.taken) == 1


def make_due(session):
    session.query(InvitationLetter).update({"due_at": clock.now()})
