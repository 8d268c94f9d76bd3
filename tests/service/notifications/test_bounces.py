"""A letter that comes back by mail counts as one that was refused at once."""

from pathlib import Path

import pytest

from services.notifications import commands
from services.notifications.domain.bounces import bounces_in
from shared.identifiers import new_id
from shared.messages.calendar import InvitationEnded
from shared.messages.registry import PersonErased
from tests.builders import a_coordinator, an_administrator
from tests.service.notifications.builders import a_conflict, a_person_of, an_event
from tests.service.notifications.inviting import a_meeting, an_invitation, next_version, sent

FOLDER = Path(__file__).resolve().parents[2] / "data" / "bounces"


@pytest.fixture
async def told(service_running):
    told = a_person_of(new_id())
    await service_running.deliver(told, a_conflict(organisation_ids=(told.memberships[0].organisation_id,)))
    return told


async def come_back(service, name, letter):
    """Let a letter come back, found by its own Message-ID."""
    key = letter["Message-ID"].strip("<>").partition("@")[0]
    [bounce] = bounces_in((FOLDER / f"{name}.eml").read_text().replace("KEY", key).encode())
    return await service.database.write(commands.record_bounce, bounce=bounce)


async def test_an_address_at_which_nobody_is_gets_no_more_letters(service_running, letters, told):
    [letter] = await letters()
    assert await come_back(service_running, "exchange", letter)
    await service_running.deliver(a_conflict(organisation_ids=(told.memberships[0].organisation_id,)))

    assert len(await letters()) == 1
    [refused] = await service_running.rows("refused_address")
    assert (refused.person_id, refused.error) == (told.id, "bounced: 5.1.10")
    states = [(row.state, row.error) for row in await service_running.rows("delivery", order_by="id")]
    assert states == [("given_up", "bounced: 5.1.10"), ("given_up", "address refused")]


@pytest.mark.parametrize(("name", "state"), [("gmail", "given_up"), ("postfix-delayed", "sent")])
async def test_what_may_be_different_tomorrow_refuses_no_address(service_running, letters, told, name, state):
    [letter] = await letters()
    assert await come_back(service_running, name, letter)
    assert await service_running.rows("refused_address") == []
    [row] = await service_running.rows("delivery")
    assert row.state == state
    assert row.error.startswith("bounced: ")


async def test_a_report_about_none_of_our_letters_or_a_former_address_changes_nothing(service_running, letters, told):
    [letter] = await letters()
    await service_running.deliver(told.model_copy(update={"version": 2, "email": "nowa@example.org"}))
    assert await come_back(service_running, "postfix", letter)
    assert await service_running.rows("refused_address") == []
    foreign = bounces_in((FOLDER / "postfix.eml").read_text().replace("KEY", new_id()).encode())[0]
    unnamed = bounces_in((FOLDER / "postfix.eml").read_text().encode())[0]
    for bounce in (foreign, unnamed):
        assert not await service_running.database.write(commands.record_bounce, bounce=bounce)


async def test_of_somebody_erased_no_address_is_remembered(service_running, letters, told):
    [letter] = await letters()
    await service_running.deliver(PersonErased(id=told.id, version=2))
    await come_back(service_running, "postfix", letter)
    assert await service_running.rows("refused_address") == []


async def invited(service, letter_of, **values):
    """Invite a guest to a meeting that an organisation hosts, and let the letter leave."""
    host = a_person_of(new_id())
    [host_id] = [one.organisation_id for one in host.memberships]
    event = an_event(host_ids=(host_id,), title="Narada liderów")
    told = an_invitation(mail="anna@example.org", meeting=a_meeting(event_id=event.id), **values)
    await service.deliver(host, event, told)
    return a_coordinator(host_id, id=host.id), told, await letter_of()


@pytest.fixture
def letter_of(service_running, tmp_path):
    async def last():
        return (await sent(service_running, tmp_path))[-1]

    return last


async def test_hosts_are_told_that_a_guests_invitation_came_back_until_the_guest_is_forgotten(
    service_running, alerts, letter_of
):
    host, told, letter = await invited(service_running, letter_of)
    assert await come_back(service_running, "exchange", letter)
    assert await come_back(service_running, "exchange", letter), "told twice, it is one"

    [row] = await service_running.rows("invitation_letter")
    assert (row.state, row.error) == ("given_up", "bounced: 5.1.10")
    [alert] = await alerts(host)
    assert alert["text"].startswith("Zaproszenie na „Narada liderów” nie dotarło do gościa.")
    assert "Ewa Nowak" in alert["text"]
    assert alert["url"] == f"/calendar/events/{told.meeting.event_id}/invitations"
    async with service_running.browser(an_administrator()) as browser:
        assert "bounced: 5.1.10" in (await browser.get("/notifications/deliveries/invitations")).text

    await service_running.deliver(next_version(told))
    assert (await letter_of())["Message-ID"] == letter["Message-ID"], "nothing more goes to this address"
    await service_running.deliver(next_version(next_version(told), mail="ewa@example.org"))
    assert (await letter_of())["To"].addresses[0].addr_spec == "ewa@example.org"
    await service_running.deliver(InvitationEnded(id=told.id, version=9))
    assert await alerts(host) == []


async def test_what_came_back_of_an_earlier_letter_or_is_but_late_gives_up_nothing(service_running, alerts, letter_of):
    host, told, first = await invited(service_running, letter_of)
    assert await come_back(service_running, "postfix-delayed", first)
    [row] = await service_running.rows("invitation_letter")
    assert (row.state, row.error[:8]) == ("sent", "bounced:")
    await service_running.deliver(next_version(told, mail="ewa@example.org"))
    await letter_of()
    assert await come_back(service_running, "exchange", first)

    [row] = await service_running.rows("invitation_letter")
    assert (row.state, row.error) == ("sent", None)
    assert await alerts(host) == []


async def test_an_invitation_of_somebody_who_is_known_refuses_their_address_alone(service_running, letter_of):
    told = a_person_of(new_id())
    await service_running.deliver(told, an_invitation(person_id=told.id, name="", mail=None))
    assert await come_back(service_running, "exchange", await letter_of())
    [refused] = await service_running.rows("refused_address")
    assert refused.person_id == told.id
    assert [row.kind for row in await service_running.rows("alert")] == []
