"""Contacts: private unless somebody said otherwise, and never in a byte that a stranger reads."""

import json

from services.registry import queries
from shared.messages.registry import PersonChanged
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, a_registered_person, an_organisation

PUBLIC, PARTNERS, PRIVATE = "+48 12 111 11 11", "+48 12 222 22 22", "+48 12 333 33 33"
PERSON_PUBLIC, PERSON_PRIVATE = "barbara@example.org", "+48 600 444 444"


async def a_card(registry: Running) -> str:
    """Register an organisation and a person with contacts of every visibility; give the organisation's id."""
    one = (await an_organisation(registry))["id"]
    await a_contact(registry, one, value=PUBLIC, visibility="public")
    await a_contact(registry, one, value=PARTNERS, visibility="partners")
    await a_contact(registry, one, value=PRIVATE)
    contacts = [
        {"kind": "email", "value": PERSON_PUBLIC, "visibility": "public"},
        {"kind": "phone", "value": PERSON_PRIVATE},
    ]
    await a_registered_person(registry, one, contacts=contacts)
    return str(one)


async def seen(registry: Running, organisation_id: str, viewer: Person | None) -> set[str]:
    """Give the contacts that this viewer is shown, by JSON and by page; both must be the same."""
    headers = registry.headers(viewer) if viewer else {}
    answer = await registry.client.get(f"{API}/organisations/{organisation_id}/contacts", headers=headers)
    assert answer.status_code == 200
    listed = {one["value"] for one in answer.json()["items"]}
    async with registry.browser(viewer) as browser:
        page = (await browser.get(f"/registry/organisations/{organisation_id}")).text
    everything = {PUBLIC, PARTNERS, PRIVATE, PERSON_PUBLIC, PERSON_PRIVATE}
    assert {value for value in everything if value in page} == listed
    return listed


async def test_everybody_sees_what_they_may_and_nothing_else(registry: Running) -> None:
    one = await a_card(registry)
    assert await seen(registry, one, None) == {PUBLIC, PERSON_PUBLIC}
    assert await seen(registry, one, a_person()) == {PUBLIC, PERSON_PUBLIC}
    assert await seen(registry, one, a_coordinator(one[::-1])) == {PUBLIC, PERSON_PUBLIC, PARTNERS}
    assert await seen(registry, one, a_coordinator(one)) == {PUBLIC, PERSON_PUBLIC, PARTNERS, PRIVATE}
    everything = {PUBLIC, PARTNERS, PRIVATE, PERSON_PUBLIC, PERSON_PRIVATE}
    assert await seen(registry, one, ADMINISTRATOR) == everything


async def test_private_contacts_stand_in_no_byte_that_a_stranger_can_read(registry: Running) -> None:
    one = await a_card(registry)
    document = (await registry.client.get("/registry/openapi.json")).json()
    paths = [path for path, verbs in document["paths"].items() if "get" in verbs]
    addresses = [path.replace("{organisation_id}", one) for path in paths]
    addresses += ["/registry/", f"/registry/organisations/{one}", "/registry/problems", "/registry/sign-in"]
    addresses += [f"{API}/organisations?q=333", "/registry/?q=333", f"{API}/organisations?q=600 444"]
    assert len(addresses) > 12
    for address in addresses:
        body = (await registry.client.get(address)).text
        for value in (PARTNERS, PRIVATE, PERSON_PRIVATE):
            assert value not in body, address
    for row in [*await registry.rows("outbox"), *await registry.rows("history")]:
        text = json.dumps({name: str(value) for name, value in row._mapping.items()})
        for value in (PUBLIC, PARTNERS, PRIVATE, PERSON_PUBLIC, PERSON_PRIVATE, "Barbara"):
            assert value not in text


async def test_people_are_listed_to_those_who_work_here_and_to_nobody_else(registry: Running) -> None:
    one = await a_card(registry)
    assert (await registry.client.get(f"{API}/people")).status_code == 401
    assert (await registry.client.get(f"{API}/people", headers=registry.headers(a_person()))).status_code == 403
    partner = await registry.client.get(f"{API}/people", headers=registry.headers(a_coordinator(one[::-1])))
    barbara = next(person for person in partner.json()["items"] if person["name"].startswith("Barbara"))
    assert [contact["value"] for contact in barbara["contacts"]] == [PERSON_PUBLIC]
    assert barbara["memberships"] == [{"organisation_id": one, "role": "coordinator"}]


async def test_a_contact_is_private_unless_it_says_otherwise(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    assert (await a_contact(registry, one))["visibility"] == "private"


async def test_what_was_public_is_hidden_again_by_those_who_speak_for_it(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    contact = await a_contact(registry, one, value=PUBLIC, visibility="public")
    address = f"{API}/organisations/{one}/contacts/{contact['id']}"
    assert (await registry.client.get(address)).json() == contact
    other = {**registry.headers(a_coordinator(one[::-1])), "If-Match": '"1"'}
    own = {**registry.headers(a_coordinator(one)), "If-Match": '"1"'}
    assert (await registry.client.patch(address, json={"visibility": "private"}, headers=other)).status_code == 403
    hidden = await registry.client.patch(address, json={"visibility": "private"}, headers=own)
    assert (hidden.json()["value"], hidden.headers["etag"]) == (PUBLIC, '"2"')
    assert (await registry.client.get(address)).status_code == 404
    assert PUBLIC not in str([tuple(row) for row in await registry.rows("history")])


async def test_a_coordinator_registers_people_of_their_own_organisation_only(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    own = registry.headers(a_coordinator(one))
    body = {"name": "Jan Nowak", "memberships": [{"organisation_id": one}]}
    assert (await registry.client.post(f"{API}/people", json=body, headers=own)).status_code == 201
    administrator = {**body, "administrator": True}
    assert (await registry.client.post(f"{API}/people", json=administrator, headers=own)).status_code == 403
    nowhere = {**body, "memberships": []}
    assert (await registry.client.post(f"{API}/people", json=nowhere, headers=own)).status_code == 403


async def test_what_travels_of_a_person_is_read_when_it_travels(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    contacts = [{"kind": "phone", "value": PERSON_PRIVATE}, {"kind": "email", "value": "b@example.org"}]
    person = await a_registered_person(registry, one, contacts=contacts, language="en")
    told = await registry.outgoing(PersonChanged)
    assert (person["id"], 1) in {(message.id, message.version) for message in told}
    state = await registry.database.read(queries.person_state, person["id"])
    assert state is not None
    assert (state.name, state.email, state.language) == ("Barbara Wójcik", "b@example.org", "en")
    assert state.memberships[0].organisation_id == one
    unknown = "01900000-0000-7000-8000-000000000000"
    assert await registry.database.read(queries.person_state, unknown) is None
