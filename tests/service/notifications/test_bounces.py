"""A letter that comes back by mail counts as one that was refused at once."""

from pathlib import Path

import pytest

from services.notifications import commands
from services.notifications.domain.bounces import bounces_in
from shared.identifiers import new_id
from shared.messages.registry import PersonErased
from tests.service.notifications.builders import a_conflict, a_person_of

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
