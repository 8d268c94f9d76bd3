"""Organisations over HTTP: registered, found, changed, told."""

from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, an_organisation, posted


async def test_a_registered_organisation_is_answered_stored_and_told(registry: Running) -> None:
    made = await an_organisation(
        registry, name="Dom Kultury", kind="public_institution", latitude=50.09, longitude=19.91
    )
    read = await registry.client.get(f"{API}/organisations/{made['id']}")
    assert read.json() == made
    assert read.headers["etag"] == '"1"'
    (told,) = await registry.outgoing(OrganisationRegistered)
    assert isinstance(told, OrganisationRegistered)
    assert (told.id, told.version, told.url) == (made["id"], 1, f"/registry/organisations/{made['id']}")
    (row,) = [row for row in await registry.rows("history") if row.aggregate == "organisation"]
    assert (row.aggregate_id, row.action, row.by_person_id) == (made["id"], "registered", ADMINISTRATOR.id)


async def test_only_an_administrator_registers_an_organisation(registry: Running) -> None:
    body = {"name": "Nowa", "kind": "ngo"}
    stranger = await registry.client.post(f"{API}/organisations", json=body)
    member = await registry.client.post(f"{API}/organisations", json=body, headers=registry.headers(a_person()))
    assert (stranger.status_code, member.status_code) == (401, 403)
    assert await registry.outgoing(OrganisationRegistered) == []


async def test_a_coordinator_changes_their_own_organisation_and_no_other(registry: Running) -> None:
    made = await an_organisation(registry)
    address = f"{API}/organisations/{made['id']}"
    theirs = {**registry.headers(a_coordinator(made["id"])), "If-Match": '"1"'}
    others = {**registry.headers(a_coordinator(made["id"][::-1])), "If-Match": '"1"'}
    assert (await registry.client.patch(address, json={"address": "x"}, headers=others)).status_code == 403
    changed = await registry.client.patch(address, json={"address": "ul. Elsnera 1"}, headers=theirs)
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    (told,) = await registry.outgoing(OrganisationChanged)
    assert isinstance(told, OrganisationChanged)
    assert (told.version, told.address, told.name) == (2, "ul. Elsnera 1", "Klub Seniora")


async def test_an_edit_says_which_version_it_edits(registry: Running) -> None:
    made = await an_organisation(registry)
    address = f"{API}/organisations/{made['id']}"
    headers = registry.headers(ADMINISTRATOR)
    blind = await registry.client.patch(address, json={"address": "x"}, headers=headers)
    stale = await registry.client.patch(address, json={"address": "x"}, headers={**headers, "If-Match": '"7"'})
    assert (blind.status_code, stale.status_code) == (428, 412)


async def test_an_edit_that_changes_nothing_tells_nothing(registry: Running) -> None:
    made = await an_organisation(registry)
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    same = await registry.client.patch(
        f"{API}/organisations/{made['id']}", json={"name": made["name"]}, headers=headers
    )
    assert same.headers["etag"] == '"1"'
    assert await registry.outgoing(OrganisationChanged) == []


async def test_words_find_an_organisation_without_case_and_polish_marks(registry: Running) -> None:
    await an_organisation(registry, name="Żłobek „Słoneczko”", kind="other")
    await an_organisation(registry, name="Szkoła Podstawowa", kind="school")

    async def found(query: str) -> list[str]:
        answer = await registry.client.get(f"{API}/organisations?{query}")
        return [one["name"] for one in answer.json()["items"]]

    assert await found("q=ZLOBEK sloneczko") == ["Żłobek „Słoneczko”"]
    assert await found("q=żłobek") == ["Żłobek „Słoneczko”"]
    assert await found("q=100%25") == []
    assert await found("kind=school") == ["Szkoła Podstawowa"]
    assert len(await found("q=")) == 2


async def test_a_list_is_cut_into_pages_that_miss_and_repeat_nothing(registry: Running) -> None:
    names = [f"Organizacja {number}" for number in (3, 1, 2)] + ["Organizacja 1"]
    for name in names:
        await an_organisation(registry, name=name)
    address: str | None = f"{API}/organisations?limit=2"
    seen: list[str] = []
    while address:
        page = (await registry.client.get(address)).json()
        seen += [one["id"] for one in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 4


async def test_a_repeated_post_with_its_key_registers_once(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Idempotency-Key": "one"}
    body = {"name": "Raz", "kind": "other"}
    first = await registry.client.post(f"{API}/organisations", json=body, headers=headers)
    again = await registry.client.post(f"{API}/organisations", json=body, headers=headers)
    assert first.json() == again.json()
    assert len(await registry.outgoing(OrganisationRegistered)) == 1


async def test_half_a_point_and_an_unknown_kind_are_refused_with_pointers(registry: Running) -> None:
    headers = registry.headers(ADMINISTRATOR)
    half = await registry.client.post(
        f"{API}/organisations", json={"name": "x", "kind": "ngo", "latitude": 50.0}, headers=headers
    )
    odd = await registry.client.post(f"{API}/organisations", json={"name": "x", "kind": "bank"}, headers=headers)
    assert (half.status_code, odd.status_code) == (422, 422)
    assert odd.json()["errors"][0]["pointer"] == "/kind"


async def test_what_is_not_an_identifier_is_refused_and_an_unknown_one_not_found(registry: Running) -> None:
    odd = await registry.client.get(f"{API}/organisations/nobody")
    unknown = await registry.client.get(f"{API}/organisations/01900000-0000-7000-8000-000000000000")
    assert (odd.status_code, unknown.status_code) == (422, 404)


async def test_problems_and_coalitions_are_named_and_told(registry: Running) -> None:
    one = await an_organisation(registry)
    problem = await posted(registry, "problems", {"title": "Samotność seniorów"}, by=a_coordinator(one["id"]))
    initiative = await posted(
        registry,
        "initiatives",
        {"title": "Sąsiedzi", "organisation_ids": [one["id"]], "problem_ids": [problem["id"]]},
        by=a_coordinator(one["id"]),
    )
    assert initiative["organisation_ids"] == [one["id"]]
    told = [message.type for message in await registry.outgoing()][-2:]
    assert told == ["registry.problem.named.v1", "registry.initiative.formed.v1"]
    listed = (await registry.client.get(f"{API}/initiatives")).json()["items"]
    assert listed == [initiative]
