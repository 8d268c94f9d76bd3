"""Every service tells people what it holds of them, by the key of their own link or signed in, and nobody else."""

import importlib
from datetime import timedelta
from pathlib import Path

import pytest

from shared import auth, clock
from shared.identifiers import new_id
from shared.messages.registry import AccessRevoked, ApiKeyChanged, PersonErased
from tests.builders import a_coordinator, a_person
from tests.harness import quiet, running
from tests.service.calendar import builders as calendar_builders
from tests.service.notifications import builders as notifications_builders

OTHERS = ("calendar", "map", "notifications")


@pytest.fixture(params=OTHERS)
def service(request):
    return request.param


@pytest.fixture
async def it(service, database_url, tmp_path: Path):
    settings = importlib.import_module(f"services.{service}.settings").Settings(
        **quiet(database_url=database_url, data=tmp_path, copy_wait_seconds=0.2)
    )
    async with running(importlib.import_module(f"services.{service}.app").create_app, settings) as running_service:
        yield running_service


def key_for(it, person_id, **lifetime):
    return auth.sign_own_data(it.key, person_id, timedelta(**lifetime or {"days": 7}))


async def held(it, service, person_id):
    answer = await it.client.get(f"/{service}/own-data", params={"key": key_for(it, person_id)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="osiedle-{service}.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    return answer.json()


async def test_each_gives_a_file_of_what_it_holds_until_it_is_erased(it, service):
    organisation = notifications_builders.an_organisation()
    person = notifications_builders.a_person_of(organisation.id, name="Bronisława Zaznaczona")
    key = ApiKeyChanged(id=new_id(), version=1, kind="feed", secret_hash="0" * 64, person_id=person.id)
    await it.deliver(organisation, key)
    if service == "notifications":
        await it.deliver(person, notifications_builders.a_conflict(organisation_ids=(organisation.id,)))
    if service == "calendar":
        body = calendar_builders.an_event(host_ids=[organisation.id])
        headers = it.headers(a_coordinator(organisation.id, id=person.id))
        assert (await it.client.post("/calendar/api/v1/events", json=body, headers=headers)).status_code == 201

    found = await held(it, service, person.id)
    assert [one["id"] for one in found["keys"]] == [key.id]
    if service == "notifications":
        assert found["known_as"]["name"] == "Bronisława Zaznaczona"
        assert len(found["alerts"]) == len(found["deliveries"]) == 1
    if service == "calendar":
        assert [one["title"] for one in found["planned_events"]] == [body["title"]]
        assert [one["action"] for one in found["changes"]] == ["planned"]

    await it.deliver(PersonErased(id=person.id, version=2))
    left = str(await held(it, service, person.id))
    assert "Zaznaczona" not in left
    assert "planned" not in left.replace("planned_events", "")


async def test_only_they_themselves_are_told(it, service):
    person_id, path = new_id(), f"/{service}/own-data"
    assert (await it.client.get(path)).status_code == 401
    assert (await it.client.get(path, params={"key": key_for(it, person_id, seconds=-60)})).status_code == 403
    assert (await it.client.get(path, params={"key": it.token(a_person(id=person_id))})).status_code == 403
    async with it.browser(a_person(id=person_id)) as signed_in:
        assert (await signed_in.get(path)).json()["id"] == person_id


async def test_a_link_that_was_made_before_access_was_revoked_opens_nothing(it, service):
    person_id = new_id()
    key = key_for(it, person_id)
    assert (await it.client.get(f"/{service}/own-data", params={"key": key})).status_code == 200
    await it.deliver(AccessRevoked(id=person_id, version=2, before_at=clock.now()))
    assert (await it.client.get(f"/{service}/own-data", params={"key": key})).status_code == 403
