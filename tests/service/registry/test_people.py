"""People and their roles: who changes them, who hears of it, and what stops at once."""

from typing import Any

from shared.messages.registry import AccessRevoked, ApiKeyChanged, PersonChanged
from shared.people import Person
from tests.builders import a_person, an_administrator
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_registered_person, an_organisation, posted


async def somebody(registry: Running, **values: Any) -> Person:
    """Register a person, and give them as a token would tell of them."""
    made = await posted(registry, "people", {"name": "Anna Lipińska", **values})
    return Person(
        made["id"],
        made["name"],
        administrator=made["administrator"],
        neighbourhood_coordinator=made["neighbourhood_coordinator"],
        roles={one["organisation_id"]: one["role"] for one in made["memberships"]},
    )


def role_in(organisation_id: str, role: str) -> dict[str, Any]:
    return {"memberships": [{"organisation_id": organisation_id, "role": role}]}


def with_version(registry: Running, by: Person, version: int = 1) -> dict[str, str]:
    return {**registry.headers(by), "If-Match": f'"{version}"'}


async def test_a_leader_gives_a_role_that_everybody_hears_of(registry: Running) -> None:
    club = await an_organisation(registry)
    leader = await somebody(registry, **role_in(club["id"], "leader"))
    anna = await somebody(registry, **role_in(club["id"], "member"))
    address = f"{API}/people/{anna.id}/memberships/{club['id']}"
    given = await registry.client.put(address, json={"role": "coordinator"}, headers=with_version(registry, leader))
    assert (given.status_code, given.headers["etag"]) == (200, '"2"')
    assert given.json()["memberships"] == [{"organisation_id": club["id"], "role": "coordinator"}]
    assert (anna.id, 2) in {(one.id, one.version) for one in await registry.outgoing(PersonChanged)}
    [revoked] = await registry.outgoing(AccessRevoked)
    assert (revoked.id, revoked.version) == (anna.id, 2)
    late = await registry.client.put(address, json={"role": "leader"}, headers=with_version(registry, leader))
    assert late.status_code == 412
    again = await registry.client.put(address, json={"role": "coordinator"}, headers=with_version(registry, leader, 2))
    assert again.headers["etag"] == '"2"'
    assert len(await registry.outgoing(AccessRevoked)) == 1


async def test_a_token_of_before_holds_no_more_and_one_of_after_does(registry: Running) -> None:
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "leader"))
    old = registry.headers(anna)
    assert (await registry.client.get(f"{API}/people", headers=old)).status_code == 200
    taken = await registry.client.delete(
        f"{API}/people/{anna.id}/memberships/{club['id']}", headers=registry.headers(ADMINISTRATOR)
    )
    assert taken.json()["memberships"] == []
    [row] = await registry.rows("revoked_access")
    assert row.id == anna.id
    new = registry.headers(Person(anna.id, anna.name))
    own = f"{API}/people/{anna.id}"
    assert (await registry.client.get(own, headers=new)).status_code == 200
    assert (await registry.client.get(own, headers=old)).status_code == 401
    assert (await registry.client.get(own, headers=new)).status_code == 200


async def test_the_keys_of_a_person_are_worth_what_the_person_may_now(registry: Running) -> None:
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "coordinator"))
    made = await posted(registry, "keys", {"name": "Tablica", "scopes": ["calendar:write"]}, by=anna)
    await registry.client.put(
        f"{API}/people/{anna.id}/memberships/{club['id']}",
        json={"role": "member"},
        headers=with_version(registry, ADMINISTRATOR),
    )
    told = [one for one in await registry.outgoing(ApiKeyChanged) if isinstance(one, ApiKeyChanged)]
    assert [(one.id, one.version, one.memberships[0].role) for one in told] == [
        (made["id"], 1, "coordinator"),
        (made["id"], 2, "member"),
    ]


async def test_a_coordinator_brings_members_in_and_changes_no_role(registry: Running) -> None:
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "coordinator"))
    other = await somebody(registry, **role_in(club["id"], "member"))
    headers = registry.headers(anna)

    async def registering(role: str) -> int:
        body = {"name": "Ewa Nowa", **role_in(club["id"], role)}
        return (await registry.client.post(f"{API}/people", json=body, headers=headers)).status_code

    assert [await registering(role) for role in ("member", "coordinator", "leader")] == [201, 403, 403]
    address = f"{API}/people/{other.id}/memberships/{club['id']}"
    refused = await registry.client.put(address, json={"role": "leader"}, headers=with_version(registry, anna))
    assert refused.status_code == 403
    assert (await registry.client.delete(address, headers=headers)).status_code == 403


async def test_everybody_may_leave_an_organisation(registry: Running) -> None:
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "member"))
    address = f"{API}/people/{anna.id}/memberships/{club['id']}"
    left = await registry.client.delete(address, headers=registry.headers(anna))
    assert (left.status_code, left.json()["memberships"]) == (200, [])
    assert (await registry.client.delete(address, headers=registry.headers(ADMINISTRATOR))).status_code == 404


async def test_the_last_administrator_stays_one(registry: Running) -> None:
    [first] = [row for row in await registry.rows("person") if row.administrator]
    nobody = {"administrator": False, "neighbourhood_coordinator": False}
    address = f"{API}/people/{first.id}/neighbourhood-roles"
    refused = await registry.client.put(address, json=nobody, headers=with_version(registry, ADMINISTRATOR))
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:osiedle:problem:last-administrator"
    assert refused.json()["detail"]
    await somebody(registry, administrator=True)
    taken = await registry.client.put(address, json=nobody, headers=with_version(registry, ADMINISTRATOR))
    assert (taken.status_code, taken.json()["administrator"]) == (200, False)


async def test_a_neighbourhood_coordinator_gives_roles_in_organisations_but_none_like_their_own(
    registry: Running,
) -> None:
    club = await an_organisation(registry)
    maria = await somebody(registry, neighbourhood_coordinator=True)
    anna = await somebody(registry)
    headers = with_version(registry, maria)
    given = await registry.client.put(
        f"{API}/people/{anna.id}/memberships/{club['id']}", json={"role": "leader"}, headers=headers
    )
    assert given.status_code == 200
    refused = await registry.client.put(
        f"{API}/people/{anna.id}/neighbourhood-roles",
        json={"administrator": False, "neighbourhood_coordinator": True},
        headers=with_version(registry, maria, 2),
    )
    assert refused.status_code == 403


async def test_people_change_their_own_name_and_others_do_not(registry: Running) -> None:
    anna = await somebody(registry)
    address = f"{API}/people/{anna.id}"
    body = {"name": "Anna Lipińska-Nowak"}
    stranger = with_version(registry, a_person())
    assert (await registry.client.patch(address, json=body, headers=stranger)).status_code == 403
    assert (await registry.client.patch(address, json=body, headers=registry.headers(anna))).status_code == 428
    changed = await registry.client.patch(address, json=body, headers=with_version(registry, anna))
    assert (changed.status_code, changed.json()["name"]) == (200, "Anna Lipińska-Nowak")
    rows = [row for row in await registry.rows("history") if row.aggregate_id == anna.id]
    assert [(row.action, row.changes) for row in rows] == [("registered", {}), ("changed", {"fields": ["name"]})]
    noted = [row for row in await registry.rows("audit") if row.subject_id == anna.id and row.action == "changed"]
    assert [(row.fields, row.by_person_id) for row in noted] == [(["name"], anna.id)]
    assert await registry.outgoing(AccessRevoked) == []


async def test_a_program_changes_no_role_whatever_its_key_may(registry: Running) -> None:
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "leader"))
    body = {"name": "Skrypt", "scopes": ["registry:write"]}
    made = await registry.client.post(f"{API}/keys", json=body, headers=registry.headers(anna))
    shown = {"Authorization": f"Bearer {made.json()['key']}", "If-Match": '"1"'}
    address = f"{API}/people/{anna.id}/memberships/{club['id']}"
    assert (await registry.client.put(address, json={"role": "member"}, headers=shown)).status_code == 403
    assert (await registry.client.delete(address, headers=shown)).status_code == 403
    assert (await registry.client.post(f"{API}/needs", json={"title": "Gitara", "kind": "skill",
            "organisation_id": club["id"]}, headers=shown)).status_code == 201  # fmt: skip


async def test_roles_are_changed_on_the_page_of_the_institution(registry: Running) -> None:
    club = await an_organisation(registry)
    leader = await somebody(registry, **role_in(club["id"], "leader"))
    other = await a_registered_person(registry, club["id"])
    page = f"/registry/organisations/{club['id']}/people"
    async with registry.browser(leader) as browser:
        shown = await browser.get(page)
        assert "Barbara Wójcik" in shown.text
        form = {"role": "member", "version": "1"}
        saved = await browser.post(f"{page}/{other['id']}/role", data=form)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{page}?notice=role")
        late = await browser.post(f"{page}/{other['id']}/role", data=form)
        assert late.headers["location"] == f"{page}?notice=changed"
        assert "Przed chwilą ktoś inny to zmienił" in (await browser.get(late.headers["location"])).text
        left = await browser.post(f"{page}/{other['id']}/leave")
        assert left.headers["location"] == f"{page}?notice=left"
        assert "Barbara Wójcik" not in (await browser.get(page)).text


async def test_an_institutions_people_keep_their_card(registry: Running) -> None:
    club = await an_organisation(registry, description="Dawniej")
    anna = await somebody(registry, **role_in(club["id"], "coordinator"))
    page = f"/registry/organisations/{club['id']}/edit"
    form = {"name": "Klub Seniora „Azory”", "kind": "informal_group", "description": "Spotykamy się", "address": "",
            "point": "50.0885, 19.9110", "audiences": ["seniors", "families"], "themes": "teatr, Music",
            "version": "1"}  # fmt: skip
    async with registry.browser(anna) as browser:
        assert "Dawniej" in (await browser.get(page)).text
        wrong = await browser.post(page, data={**form, "point": "tam", "name": "Inaczej"})
        assert (wrong.status_code, "Inaczej" in wrong.text) == (422, True)
        saved = await browser.post(page, data=form)
        assert saved.status_code == 303, saved.text
        late = await browser.post(page, data=form | {"name": "Spóźnione"})
        assert (late.status_code, "Spóźnione" in late.text) == (412, True)
    made = (await registry.client.get(f"{API}/organisations/{club['id']}")).json()
    assert made["themes"] == ["theatre", "music"]
    assert (made["latitude"], made["audiences"], made["version"]) == (50.0885, ["seniors", "families"], 2)
    async with registry.browser(a_person()) as browser:
        assert (await browser.get(page)).status_code == 403


async def test_every_page_about_people_is_shown_in_both_languages(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    club = await an_organisation(registry)
    anna = await somebody(registry, **role_in(club["id"], "leader"))
    here = f"/registry/organisations/{club['id']}"
    async with registry.browser(an_administrator(id=anna.id, roles=anna.roles)) as browser:
        addresses = (f"{here}/people", f"{here}/invite", f"{here}/edit", "/registry/people", here, "/registry/")
        more = ("/registry/people/invite", f"/registry/people/{anna.id}", "/registry/invitation")
        for address in (*addresses, *more):
            for language, word in (("pl", "Instytucje"), ("en", "Institutions")):
                page = await browser.get(address, params={"lang": language})
                assert page.status_code == (403 if address.endswith("/invitation") else 200), address
                assert f'<html lang="{language}">' in page.text
                assert word in page.text
                assert "%(" not in page.text
