"""What goes to programs and networks ends with the rights of who made it, and says so."""

from datetime import timedelta

import pytest

from services.notifications import commands
from services.notifications.domain.plans import PushPlan, WebhookPlan
from shared import auth, clock
from shared.identifiers import new_id
from shared.messages.registry import ApiKeyChanged, PersonErased
from shared.people import Person
from tests.builders import a_coordinator
from tests.service.notifications.builders import a_person_of, an_organisation

URL = "https://example.org/alerts"


@pytest.fixture
async def anna(service_running):
    organisation = an_organisation()
    told = a_person_of(organisation.id)
    await service_running.deliver(organisation, told)
    return Person(id=told.id, roles={organisation.id: "coordinator"})


def organisation_of(person):
    return next(iter(person.roles))


async def made(service, person, organisation_id):
    plan = WebhookPlan(url=URL, kinds=(), language="pl", active=True, organisation_id=organisation_id)
    return await service.database.write(commands.make_webhook, by=person, plan=plan)


async def webhook_of(service):
    await service.run_job("end rights")
    [row] = await service.rows("webhook")
    return row.active, row.disabled_because


async def test_what_somebody_made_stays_while_they_may(service_running, anna):
    await made(service_running, anna, organisation_of(anna))
    assert await webhook_of(service_running) == (True, None)


@pytest.mark.parametrize("role", [None, "member"])
async def test_a_webhook_ends_with_its_makers_role_and_the_institution_is_told(service_running, alerts, anna, role):
    organisation_id = organisation_of(anna)
    leader = a_person_of(organisation_id)
    plan = PushPlan("ntfys://ntfy.sh/x", "pl", organisation_id)
    await service_running.database.write(commands.add_push_address, by=anna, plan=plan, schemes={"ntfys"})
    await made(service_running, anna, organisation_id)
    memberships = [{"organisation_id": organisation_id, "role": role}] if role else []
    await service_running.deliver(leader, a_person_of(id=anna.id, version=2, memberships=memberships))

    assert await webhook_of(service_running) == (False, "rights_ended")
    [address] = await service_running.rows("push_address")
    assert (address.active, address.off_because) == (False, "rights_ended")
    told = Person(id=leader.id, roles={organisation_id: "coordinator"})
    assert "Kto go utworzył, nie ma już do tego prawa." in (await alerts(told))[0]["text"]
    async with service_running.browser(told) as browser:
        [row] = await service_running.rows("webhook")
        page = await browser.get(f"/notifications/webhooks/{row.id}")
        await browser.post(f"/notifications/webhooks/{row.id}/switch", data={"on": "true"})
    assert "nie ma już do tego prawa" in page.text
    assert await webhook_of(service_running) == (True, None)  # by the rights of who turned it on


@pytest.mark.parametrize("ended", ["revoked", "over"])
async def test_a_webhook_does_not_outlive_the_key_that_made_it(service_running, anna, ended):
    key_id, now = new_id(), clock.now()
    program = Person(id=anna.id, roles=anna.roles, scopes=frozenset({"notifications:write"}), key_id=key_id)
    await made(service_running, program, organisation_of(anna))
    key = {
        "id": key_id,
        "version": 1,
        "kind": "program",
        "secret_hash": auth.key_hash("x"),
        "person_id": anna.id,
        "expires_at": now + timedelta(days=1),
    }
    await service_running.deliver(ApiKeyChanged(**key))
    assert await webhook_of(service_running) == (True, None)
    end = {"revoked_at": now} if ended == "revoked" else {"expires_at": now - timedelta(seconds=1)}
    await service_running.deliver(ApiKeyChanged(**{**key, "version": 2, **end}))
    assert await webhook_of(service_running) == (False, "rights_ended")


async def test_of_whom_little_is_known_nothing_ends(service_running, anna):
    stranger = a_coordinator(organisation_of(anna))
    await made(service_running, stranger, organisation_of(anna))
    assert await webhook_of(service_running) == (True, None)
    await service_running.deliver(PersonErased(id=stranger.id, version=2))
    assert await webhook_of(service_running) == (True, None)  # it is the institution's; a key of theirs would end it
