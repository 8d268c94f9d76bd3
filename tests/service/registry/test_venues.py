"""Venues, resources and needs over HTTP, and what lies inside what."""

from shared.messages.registry import NeedStated, ResourceRegistered, VenueChanged, VenueRegistered
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_venue, an_organisation, hear_itself, posted


async def test_a_venue_tells_which_venues_contain_it(registry: Running) -> None:
    owner = await an_organisation(registry)
    school = await a_venue(registry, owner["id"], name="Szkoła", capacity=300, one_at_a_time=False)
    floor = await a_venue(registry, owner["id"], name="Parter", inside_venue_id=school["id"])
    room = await a_venue(registry, owner["id"], name="Sala 5", inside_venue_id=floor["id"])
    assert room["ancestor_ids"] == [floor["id"], school["id"]]
    told = (await registry.outgoing(VenueRegistered))[-1]
    assert isinstance(told, VenueRegistered)
    assert (told.ancestor_ids, told.one_at_a_time) == ((floor["id"], school["id"]), True)


async def test_a_venue_that_moves_takes_what_lies_in_it_along(registry: Running) -> None:
    owner = await an_organisation(registry)
    park = await a_venue(registry, owner["id"], name="Park")
    house = await a_venue(registry, owner["id"], name="Dom")
    room = await a_venue(registry, owner["id"], name="Pokój", inside_venue_id=house["id"])
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    moved = await registry.client.patch(
        f"{API}/venues/{house['id']}", json={"inside_venue_id": park["id"]}, headers=headers
    )
    assert moved.json()["ancestor_ids"] == [park["id"]]
    read = await registry.client.get(f"{API}/venues/{room['id']}")
    assert read.json()["ancestor_ids"] == [house["id"], park["id"]]
    assert {(one.id, one.version) for one in await registry.outgoing(VenueChanged)} == {
        (house["id"], 2),
        (room["id"], 2),
    }


async def test_a_venue_never_lies_inside_itself(registry: Running) -> None:
    owner = await an_organisation(registry)
    outer = await a_venue(registry, owner["id"], name="Dom")
    inner = await a_venue(registry, owner["id"], name="Pokój", inside_venue_id=outer["id"])
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    refused = await registry.client.patch(
        f"{API}/venues/{outer['id']}", json={"inside_venue_id": inner["id"]}, headers=headers
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/inside_venue_id"
    assert (await registry.client.get(f"{API}/venues/{outer['id']}")).json()["version"] == 1


async def test_an_unknown_owner_is_refused_with_a_pointer(registry: Running) -> None:
    body = {"name": "Sala", "organisation_id": "01900000-0000-7000-8000-000000000000"}
    refused = await registry.client.post(f"{API}/venues", json=body, headers=registry.headers(ADMINISTRATOR))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/organisation_id"


async def test_nobody_registers_a_venue_for_somebody_else(registry: Running) -> None:
    owner, other = await an_organisation(registry), await an_organisation(registry, name="Inna")
    refused = await registry.client.post(
        f"{API}/venues",
        json={"name": "Sala", "organisation_id": owner["id"]},
        headers=registry.headers(a_coordinator(other["id"])),
    )
    assert refused.status_code == 403


async def test_resources_and_needs_are_told_and_a_space_is_a_venue(registry: Running) -> None:
    owner = await an_organisation(registry)
    tents = {"name": "Namiot", "kind": "equipment", "organisation_id": owner["id"], "quantity": 3}
    await posted(registry, "resources", tents, by=a_coordinator(owner["id"]))
    need = {"title": "Nagłośnienie", "kind": "equipment", "organisation_id": owner["id"], "until_on": "2030-05-01"}
    await posted(registry, "needs", need, by=a_coordinator(owner["id"]))
    (resource,) = await registry.outgoing(ResourceRegistered)
    (stated,) = await registry.outgoing(NeedStated)
    assert isinstance(resource, ResourceRegistered)
    assert isinstance(stated, NeedStated)
    assert (resource.quantity, str(stated.until_on)) == (3, "2030-05-01")
    space = await registry.client.post(
        f"{API}/resources", json={**tents, "kind": "space"}, headers=registry.headers(ADMINISTRATOR)
    )
    assert space.status_code == 422


async def test_a_need_is_answered_by_what_others_can_lend_with_reasons(registry: Running) -> None:
    club, school = await an_organisation(registry), await an_organisation(registry, name="Szkoła", kind="school")
    sound = {"name": "Nagłośnienie z mikrofonem", "kind": "equipment", "quantity": 1}
    theirs = await posted(registry, "resources", {**sound, "organisation_id": school["id"]})
    await posted(registry, "resources", {**sound, "organisation_id": club["id"]})
    await posted(registry, "resources", {**sound, "name": "Namiot", "organisation_id": school["id"]})
    hall = await a_venue(registry, school["id"], name="Aula")
    wanted = {"title": "Nagłośnienia na festyn", "kind": "equipment", "quantity": 2, "organisation_id": club["id"]}
    await posted(registry, "needs", wanted)
    await posted(registry, "needs", {"title": "Miejsce prób", "kind": "space", "organisation_id": club["id"]})
    await hear_itself(registry)
    answer = await registry.client.get(f"{API}/matches?organisation_id={club['id']}", headers={"Accept-Language": "en"})
    loud, room = answer.json()["items"]
    assert [one["resource_id"] for one in loud["matches"]] == [theirs["id"]]
    assert loud["matches"][0]["reasons"] == ["Need and offer are named alike.", "There is a part of it: 1 of 2."]
    assert [one["resource_id"] for one in room["matches"]] == [hall["id"]]


async def test_a_room_is_put_only_into_a_venue_that_one_speaks_for(registry: Running) -> None:
    ours, theirs = await an_organisation(registry), await an_organisation(registry, name="Szkoła")
    house, room = await a_venue(registry, theirs["id"], name="Szkoła"), await a_venue(registry, ours["id"], name="Sala")
    anna = registry.headers(a_coordinator(ours["id"]))
    body = {"name": "Kącik", "organisation_id": ours["id"], "inside_venue_id": house["id"]}
    assert (await registry.client.post(f"{API}/venues", json=body, headers=anna)).status_code == 403
    address = f"{API}/venues/{room['id']}"
    inside = {"inside_venue_id": house["id"]}
    moved = await registry.client.patch(address, json=inside, headers={**anna, "If-Match": '"1"'})
    assert moved.status_code == 403
    both = {**registry.headers(a_coordinator(ours["id"], theirs["id"])), "If-Match": '"1"'}
    assert (await registry.client.patch(address, json=inside, headers=both)).status_code == 200
    later = {**anna, "If-Match": '"2"'}
    kept = await registry.client.patch(address, json={**inside, "capacity": 20}, headers=later)
    assert (kept.status_code, kept.json()["inside_venue_id"]) == (200, house["id"])
