"""Confidential addresses: nothing that the public is told gives away where a shelter is."""

import json

from services.registry.domain.hiding import middle_of_cell
from shared.messages.registry import OrganisationChanged, ResourceChanged, VenueChanged
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_venue, an_organisation, posted

STREET, LATITUDE, LONGITUDE = "ul. Cicha 17", 50.088512, 19.911034
EXACT = {"address": STREET, "latitude": LATITUDE, "longitude": LONGITUDE}
SECRETS = (STREET, "Cicha", "cicha", str(LATITUDE), str(LONGITUDE))


async def everything_told(registry: Running, organisation_id: str, by: Person | None) -> str:
    """Read all that shows the organisation and what it has, and everything on its way to other services."""
    paths = [
        "/registry/",
        f"/registry/organisations/{organisation_id}",
        f"{API}/organisations",
        f"{API}/organisations/{organisation_id}",
        f"{API}/venues",
        f"{API}/resources",
    ]
    async with registry.browser(by) as browser:
        texts = [(await browser.get(path)).text for path in paths]
    bodies = [row.body.decode() for row in await registry.rows("outbox") if row.body]
    history = [json.dumps(row.changes, ensure_ascii=False) for row in await registry.rows("history")]
    assert all(texts)
    return "\n".join([*texts, *bodies, *history])


async def test_no_public_byte_says_where_a_shelter_is(registry: Running) -> None:
    shelter = await an_organisation(registry, name="Schronisko", confidential=True, **EXACT)
    await a_venue(registry, shelter["id"], name="Pokój", **EXACT)
    tent = {"name": "Namiot", "kind": "equipment", "organisation_id": shelter["id"]}
    await posted(registry, "resources", {**tent, "latitude": LATITUDE, "longitude": LONGITUDE})

    public = await everything_told(registry, shelter["id"], None)
    member = await everything_told(registry, shelter["id"], a_person(roles={shelter["id"]: "member"}))

    assert "Schronisko" in public
    assert "Pokój" in public
    assert [secret for secret in SECRETS if secret in public + member] == []
    found = await registry.client.get(f"{API}/organisations", params={"q": "cicha"})
    assert found.json()["items"] == []


async def test_everybody_knows_the_neighbourhood_of_it_at_most(registry: Running) -> None:
    shelter = await an_organisation(registry, confidential=True, **EXACT)

    assert (shelter["address"], shelter["confidential"]) == ("", True)
    assert (shelter["latitude"], shelter["longitude"]) == middle_of_cell(LATITUDE, LONGITUDE)


async def test_who_speaks_for_an_organisation_may_know_it(registry: Running) -> None:
    shelter = await an_organisation(registry, confidential=True, **EXACT)
    other = await an_organisation(registry, name="Klub")
    path = f"{API}/organisations/{shelter['id']}/hidden-address"
    coordinator = a_coordinator(other["id"])

    told = await registry.client.get(path, headers=registry.headers(coordinator))
    refused = await registry.client.get(path, headers=registry.headers(a_person(roles={other["id"]: "member"})))
    none = await registry.client.get(f"{API}/organisations/{other['id']}/hidden-address", headers=told.request.headers)
    async with registry.browser(coordinator) as browser:
        card = await browser.get(f"/registry/organisations/{shelter['id']}")

    assert told.json() == EXACT
    assert (refused.status_code, none.status_code) == (403, 404)
    assert STREET in card.text


async def test_what_becomes_confidential_is_told_anew_with_all_that_it_has(registry: Running) -> None:
    shelter = await an_organisation(registry, **EXACT)
    room = await a_venue(registry, shelter["id"], name="Pokój", **EXACT)
    tent = {"name": "Namiot", "kind": "equipment", "organisation_id": shelter["id"]}
    thing = await posted(registry, "resources", {**tent, "latitude": LATITUDE, "longitude": LONGITUDE})
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    path = f"{API}/organisations/{shelter['id']}"

    hidden = (await registry.client.patch(path, json={"confidential": True}, headers=headers)).json()

    middle = middle_of_cell(LATITUDE, LONGITUDE)
    told = await registry.outgoing(OrganisationChanged, VenueChanged, ResourceChanged)
    facts = [one.model_dump() for one in told]
    assert {one["id"]: (one["latitude"], one["longitude"], one.get("address", "")) for one in facts} == {
        shelter["id"]: (*middle, ""),
        room["id"]: (*middle, ""),
        thing["id"]: (None, None, ""),
    }
    assert hidden["address"] == ""
    changed = [row for row in await registry.rows("history") if row.action == "changed"]
    assert not any(secret in json.dumps(row.changes) for row in changed for secret in SECRETS)


async def test_what_is_confidential_no_longer_has_its_address_again(registry: Running) -> None:
    shelter = await an_organisation(registry, confidential=True, **EXACT)
    path, who = f"{API}/organisations/{shelter['id']}", registry.headers(ADMINISTRATOR)

    moved = await registry.client.patch(path, json={"address": "ul. Nowa 1"}, headers={**who, "If-Match": '"1"'})
    tag = {"If-Match": moved.headers["etag"]}
    opened = (await registry.client.patch(path, json={"confidential": False}, headers={**who, **tag})).json()

    assert moved.json()["address"] == ""
    assert {name: opened[name] for name in EXACT} == {**EXACT, "address": "ul. Nowa 1"}
    assert await registry.rows("hidden_address") == []


async def test_venues_are_open_again_with_their_organisation_unless_they_were_hidden_by_themselves(
    registry: Running,
) -> None:
    shelter = await an_organisation(registry, **EXACT)
    hall = await a_venue(registry, shelter["id"], name="Sala", **EXACT)
    secret = await a_venue(registry, shelter["id"], name="Skład", confidential=True, **EXACT)
    path, who = f"{API}/organisations/{shelter['id']}", registry.headers(ADMINISTRATOR)
    closed = await registry.client.patch(path, json={"confidential": True}, headers={**who, "If-Match": '"1"'})
    room = await a_venue(registry, shelter["id"], name="Pokój", **EXACT)
    wished = await a_venue(registry, shelter["id"], name="Biuro", **EXACT)
    wish = {**who, "If-Match": '"1"'}
    await registry.client.patch(f"{API}/venues/{wished['id']}", json={"confidential": True}, headers=wish)

    tag = {"If-Match": closed.headers["etag"]}
    opened = await registry.client.patch(path, json={"confidential": False}, headers={**who, **tag})

    assert opened.status_code == 200, opened.text
    venues = {row.id: row for row in await registry.rows("venue")}
    for one in (hall, room):
        row = venues[one["id"]]
        assert (row.confidential, row.address, row.latitude, row.longitude) == (False, *EXACT.values())
    for one in (secret, wished):
        row = venues[one["id"]]
        assert (row.confidential, row.address, row.latitude) == (True, "", middle_of_cell(LATITUDE, LONGITUDE)[0])
    assert {row.id for row in await registry.rows("hidden_address")} == {secret["id"], wished["id"]}
    told = [one for one in await registry.outgoing(VenueChanged) if isinstance(one, VenueChanged)]
    assert {one.id: one.address for one in told if not one.confidential} == {hall["id"]: STREET, room["id"]: STREET}


async def test_the_form_knows_the_address_and_hides_it(registry: Running) -> None:
    shelter = await an_organisation(registry, **EXACT)
    path = f"/registry/organisations/{shelter['id']}/edit"
    point = f"{LATITUDE}, {LONGITUDE}"
    form = {"version": "1", "name": "Schronisko", "kind": "ngo", "address": STREET, "point": point}

    async with registry.browser(ADMINISTRATOR) as browser:
        saved = await browser.post(path, data={**form, "confidential": "yes"})
        shown = await browser.get(path)

    assert saved.status_code == 303
    assert (await registry.client.get(f"{API}/organisations/{shelter['id']}")).json()["address"] == ""
    assert STREET in shown.text
    assert point in shown.text
    assert 'value="yes" checked' in shown.text
