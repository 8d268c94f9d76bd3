"""Mail goes only to where a person agreed to, and only until they did; and the log says nothing of whom it went to."""

import logging
from datetime import timedelta

import pytest

from shared import clock
from shared.identifiers import new_id
from tests.service.notifications.builders import a_conflict, a_person_of


async def states(service_running) -> list[tuple[str, str | None]]:
    rows = await service_running.rows("delivery")
    return [(row.state, row.error) for row in rows]


async def test_no_mail_is_sent_once_the_last_instant_is_over_even_if_no_message_comes(service_running, letters):
    until = clock.now() - timedelta(milliseconds=1)
    person = a_person_of(organisation_id := new_id(), email_until=until)
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    assert await letters() == []
    assert await states(service_running) == [("given_up", "no address")]


async def test_mail_is_sent_until_then(service_running, letters):
    person = a_person_of(organisation_id := new_id(), email_until=clock.now() + timedelta(hours=1))
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    [letter] = await letters()
    assert letter["To"].addresses[0].addr_spec == "anna@example.org"


async def test_a_withdrawn_address_gets_nothing_that_was_due_before(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    await service_running.deliver(person.model_copy(update={"version": 2, "email": None}))
    assert await letters() == []
    assert await states(service_running) == [("given_up", "no address")]


async def test_who_agrees_again_is_written_to_again(service_running, letters):
    over = a_person_of(organisation_id := new_id(), email_until=clock.now() - timedelta(days=1))
    again = over.model_copy(update={"version": 2, "email_until": None})
    await service_running.deliver(over, again, a_conflict(organisation_ids=(organisation_id,)))
    assert len(await letters()) == 1


async def test_the_log_names_nobody_and_no_address(service_running, letters, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    person = a_person_of(organisation_id := new_id(), name="Zenobia Marked", email="marked@example.org")
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    assert len(await letters()) == 1
    assert "kept in" in caplog.text
    for mark in ("Zenobia", "marked@example.org"):
        assert mark not in caplog.text
