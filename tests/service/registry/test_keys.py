"""Keys of programs: made and ended by humans, shown once, never kept, worth what their person's roles are worth."""

from datetime import timedelta
from typing import Any

import pytest

from services.registry import commands, queries
from services.registry.domain.api_keys import MOST_KEYS
from shared import clock
from shared.auth import SCOPES, key_hash, key_parts
from shared.messages.calendar import ApiKeyUsed
from shared.messages.registry import ApiKeyChanged
from shared.people import Person
from tests.builders import an_administrator
from tests.harness import Running
from tests.service.registry.builders import API, a_registered_person, an_organisation

WANTED: dict[str, Any] = {"name": "Tablica ogłoszeń", "scopes": ["registry:write"]}


async def a_human(registry: Running, *organisation_ids: str, **values: Any) -> Person:
    """Register somebody, and give them as they sign in."""
    made = await a_registered_person(registry, *organisation_ids, **values)
    return await registry.database.read(lambda session: queries.actor(session, queries.person(session, made["id"])))


async def a_key(registry: Running, by: Person, **values: Any) -> dict[str, Any]:
    """Make a key and give what was answered."""
    answer = await registry.client.post(f"{API}/keys", json={**WANTED, **values}, headers=registry.headers(by))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def told_of_keys(registry: Running) -> list[ApiKeyChanged]:
    return [one for one in await registry.outgoing() if isinstance(one, ApiKeyChanged)]


def shown(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['key']}"}


async def test_a_key_is_shown_once_kept_as_a_hash_and_told(registry: Running) -> None:
    by = await a_human(registry)
    made = await a_key(registry, by, scopes=["registry:write", "calendar:read"])
    parts = key_parts(made["key"])
    assert parts is not None
    assert parts[0] == made["id"]
    read = (await registry.client.get(f"{API}/keys/{made['id']}", headers=registry.headers(by))).json()
    assert read == {name: value for name, value in made.items() if name != "key"}
    assert (read["kind"], read["state"], read["scopes"]) == ("program", "valid", ["registry:write", "calendar:read"])
    (row,) = await registry.rows("api_key")
    assert row.secret_hash == key_hash(parts[1])
    (told,) = await told_of_keys(registry)
    assert (told.id, told.version, told.secret_hash, told.person_id) == (made["id"], 1, row.secret_hash, by.id)
    (remembered,) = [one for one in await registry.rows("history") if one.aggregate_id == made["id"]]
    assert (remembered.action, remembered.by_person_id) == ("made", by.id)


async def test_a_secret_is_nowhere_in_the_database_though_the_request_is_repeated(registry: Running) -> None:
    by = await a_human(registry)
    headers = {**registry.headers(by), "Idempotency-Key": "one"}
    first = await registry.client.post(f"{API}/keys", json=WANTED, headers=headers)
    again = await registry.client.post(f"{API}/keys", json=WANTED, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert again.json() == {**first.json(), "key": None}
    secret = first.json()["key"].rpartition("_")[2]
    for table in registry.database.outbox_table.metadata.tables:
        assert secret not in str(await registry.rows(table)), table
    feed = await registry.client.post(f"{API}/keys/feed", headers={**headers, "Idempotency-Key": "two"})
    repeated = await registry.client.post(f"{API}/keys/feed", headers={**headers, "Idempotency-Key": "two"})
    assert repeated.json() == {**feed.json(), "address": None}
    assert len(await told_of_keys(registry)) == 2


async def test_a_key_holds_for_a_year_unless_said_otherwise_and_for_two_at_most(registry: Running) -> None:
    by = await a_human(registry)
    await a_key(registry, by)
    (row,) = await registry.rows("api_key")
    assert timedelta(days=365) - timedelta(minutes=1) < row.expires_at - row.created_at <= timedelta(days=365)
    for days, status in ((-1, 422), (0, 422), (732, 422), (730, 201)):
        body = {**WANTED, "name": f"{days}", "expires_at": (clock.now() + timedelta(days=days)).isoformat()}
        answer = await registry.client.post(f"{API}/keys", json=body, headers=registry.headers(by))
        assert answer.status_code == status, answer.text
        if status == 422:
            assert answer.json()["errors"][0]["pointer"] == "/expires_at"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["calendar:everything"]}, "/scopes/0"),
        ({"scopes": ["calendar"]}, "/scopes/0"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"kind": "feed"}, "/kind"),
        ({"person_id": "01980000-0000-7000-8000-000000000000"}, "/person_id"),
        ({"expires_at": "2027-01-01T00:00:00"}, "/expires_at"),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(
    registry_on_sqlite: Running, wrong: dict[str, Any], pointer: str
) -> None:
    by = await a_human(registry_on_sqlite)
    answer = await registry_on_sqlite.client.post(
        f"{API}/keys", json={**WANTED, **wrong}, headers=registry_on_sqlite.headers(by)
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_nobody_has_two_keys_of_one_name_or_more_than_fifty(registry_on_sqlite: Running) -> None:
    by = await a_human(registry_on_sqlite)
    headers = registry_on_sqlite.headers(by)
    for number in range(MOST_KEYS):
        last = await a_key(registry_on_sqlite, by, name=f"{number}")
    more = await registry_on_sqlite.client.post(f"{API}/keys", json=WANTED, headers=headers)
    assert (more.status_code, more.json()["type"]) == (409, "urn:osiedle:problem:too-many-keys")
    await registry_on_sqlite.client.post(f"{API}/keys/{last['id']}/revoke", headers=headers)
    again = await registry_on_sqlite.client.post(f"{API}/keys", json={**WANTED, "name": "1"}, headers=headers)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/name")
    await a_key(registry_on_sqlite, by, name=last["name"])


async def test_a_key_does_what_its_person_may_as_far_as_its_scopes_go(registry: Running) -> None:
    ours, other = await an_organisation(registry), await an_organisation(registry, name="Inna")
    by = await a_human(registry, ours["id"])
    reads = await a_key(registry, by, name="czyta", scopes=["registry:read"])
    writes = await a_key(registry, by)

    async def change(organisation: dict[str, Any], made: dict[str, Any]) -> int:
        headers = {**shown(made), "If-Match": f'"{organisation["version"]}"'}
        address = f"{API}/organisations/{organisation['id']}"
        return (await registry.client.patch(address, json={"address": "ul. Elsnera 1"}, headers=headers)).status_code

    assert await change(ours, reads) == 403
    assert await change(other, writes) == 403
    assert await change(ours, writes) == 200
    assert (await registry.client.get(f"{API}/people", headers=shown(reads))).status_code == 200


async def test_when_roles_shrink_every_key_is_told_again_and_can_do_less_at_once(registry: Running) -> None:
    ours = await an_organisation(registry)
    by = await a_human(registry, ours["id"])
    made, ended = await a_key(registry, by), await a_key(registry, by, name="stary")
    await registry.client.post(f"{API}/keys/{ended['id']}/revoke", headers=registry.headers(by))
    assert (await registry.client.get(f"{API}/people", headers=shown(made))).status_code == 200
    before = await told_of_keys(registry)
    taken = await registry.client.delete(
        f"{API}/people/{by.id}/memberships/{ours['id']}", headers=registry.headers(an_administrator())
    )
    assert taken.status_code in (200, 204), taken.text
    (told,) = (await told_of_keys(registry))[len(before) :]
    assert (told.id, told.version, told.memberships, told.revoked_at) == (made["id"], 2, (), None)
    assert (await registry.client.get(f"{API}/people", headers=shown(made))).status_code == 403


async def test_who_is_erased_has_keys_that_open_nothing(registry: Running) -> None:
    by = await a_human(registry)
    made = await a_key(registry, by, name="Telefon Barbary")
    await registry.database.write(lambda session: commands.end_keys(session, queries.person(session, by.id)))
    assert (await registry.client.get(f"{API}/keys", headers=shown(made))).status_code == 401
    assert "Barbary" not in str(await registry.rows("api_key"))
    assert (await told_of_keys(registry))[-1].revoked_at is not None


async def test_a_revoked_key_is_refused_at_once_and_told_once(registry: Running) -> None:
    by = await a_human(registry)
    made = await a_key(registry, by)
    assert (await registry.client.get(f"{API}/keys", headers=shown(made))).status_code == 200
    address = f"{API}/keys/{made['id']}/revoke"
    first = await registry.client.post(address, headers=registry.headers(by))
    again = await registry.client.post(address, headers=registry.headers(by))
    assert (first.json()["state"], again.json()) == ("revoked", first.json())
    assert (await registry.client.get(f"{API}/keys", headers=shown(made))).status_code == 401
    assert [(told.version, told.revoked_at is not None) for told in await told_of_keys(registry)] == [
        (1, False),
        (2, True),
    ]


async def test_everybody_sees_and_ends_their_own_and_administrators_everybodys(registry: Running) -> None:
    one, other = await a_human(registry), await a_human(registry, name="Jan Nowak")
    made = await a_key(registry, one)
    address = f"{API}/keys/{made['id']}"
    theirs = registry.headers(other)
    assert (await registry.client.get(f"{API}/keys", headers=theirs)).json()["items"] == []
    assert (await registry.client.get(f"{API}/keys?everybody=true", headers=theirs)).status_code == 403
    assert (await registry.client.get(address, headers=theirs)).status_code == 404
    assert (await registry.client.post(f"{address}/revoke", headers=theirs)).status_code == 404
    high = registry.headers(an_administrator())
    (seen,) = (await registry.client.get(f"{API}/keys?everybody=true", headers=high)).json()["items"]
    assert (seen["id"], seen["name"], seen["person_id"]) == (made["id"], WANTED["name"], one.id)
    assert made["key"][-64:] not in str(seen)
    assert (await registry.client.post(f"{address}/revoke", headers=high)).json()["state"] == "revoked"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "keys", WANTED),
        ("POST", "keys/feed", None),
        ("POST", "keys/{key_id}/revoke", None),
        ("POST", "people", {"name": "Nowa Osoba"}),
        ("PATCH", "people/{person_id}", {"name": "Inna"}),
        ("POST", "invitations", {"name": "Ktoś", "administrator": True, "by_hand": True}),
    ],
)
async def test_no_key_manages_accounts_whatever_its_person_may(
    registry_on_sqlite: Running, method: str, path: str, body: dict[str, Any] | None
) -> None:
    by = await a_human(registry_on_sqlite, administrator=True)
    made = await a_key(registry_on_sqlite, by, scopes=list(SCOPES))
    address = f"{API}/{path.format(key_id=made['id'], person_id=by.id)}"
    headers = {**shown(made), "If-Match": '"1"'}
    refused = await registry_on_sqlite.client.request(method, address, json=body, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:osiedle:problem:not-allowed"), refused.text
    as_human = await registry_on_sqlite.client.request(
        method, address, json=body, headers={**registry_on_sqlite.headers(by), "If-Match": '"1"'}
    )
    assert as_human.status_code in (200, 201, 422), as_human.text


async def test_a_new_feed_ends_the_old_one_and_opens_no_door_of_the_api(registry: Running) -> None:
    by = await a_human(registry)
    headers = registry.headers(by)
    first = (await registry.client.post(f"{API}/keys/feed", headers=headers)).json()
    second = (await registry.client.post(f"{API}/keys/feed", headers=headers)).json()
    assert first["address"].startswith("http://osiedle.test/calendar/private/osk_")
    assert (first["kind"], first["expires_at"], first["scopes"]) == ("feed", None, [])
    told = {one.id: one for one in await told_of_keys(registry)}
    assert (told[first["id"]].revoked_at is None, told[second["id"]].revoked_at is None) == (False, True)
    secret = second["address"].rpartition("/")[2].removesuffix(".ics")
    answer = await registry.client.get(f"{API}/keys", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:osiedle:problem:key-refused")


async def test_use_is_noted_here_and_heard_from_the_others_the_latest_counts(registry: Running) -> None:
    by = await a_human(registry)
    made = await a_key(registry, by)

    async def used_at() -> str | None:
        answer = await registry.client.get(f"{API}/keys/{made['id']}", headers=registry.headers(by))
        used: str | None = answer.json()["used_at"]
        return used

    assert await used_at() is None
    await registry.client.get(f"{API}/keys", headers=shown(made))
    here = await used_at()
    assert here is not None
    late, early = clock.now() + timedelta(hours=2), clock.now() - timedelta(hours=2)
    for version, at in ((2, late), (1, early)):
        await registry.deliver(ApiKeyUsed(id=made["id"], version=version, used_at=at))
    assert (await used_at() or "")[:19] == late.isoformat()[:19]
    await registry.deliver(ApiKeyUsed(id=by.id, version=1, used_at=late))


async def test_the_list_is_cut_into_pages_the_newest_first(registry_on_sqlite: Running) -> None:
    by = await a_human(registry_on_sqlite)
    made = [(await a_key(registry_on_sqlite, by, name=f"{number}"))["id"] for number in range(3)]
    headers = registry_on_sqlite.headers(by)
    first = (await registry_on_sqlite.client.get(f"{API}/keys?limit=2", headers=headers)).json()
    second = (await registry_on_sqlite.client.get(first["next"], headers=headers)).json()
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]


async def test_a_person_makes_copies_and_ends_keys_on_a_page(registry: Running) -> None:
    by = await a_human(registry)
    async with registry.browser(by) as browser:
        empty = await browser.post("/registry/account/keys", data={"name": "", "days": "30"})
        assert empty.status_code == 422
        assert 'aria-invalid="true"' in empty.text
        form: dict[str, Any] = {"name": "Tablica", "scopes": ["calendar:read", "registry:read"], "days": "30"}
        made = await browser.post("/registry/account/keys", data=form)
        assert made.status_code == 200
        assert made.headers["cache-control"] == "private, no-store"
        (row,) = await registry.rows("api_key")
        assert (row.name, row.scopes) == ("Tablica", ["registry:read", "calendar:read"])
        text = made.text.partition("osk_")[2][:97]
        parts = key_parts(f"osk_{text}")
        assert parts is not None
        assert key_hash(parts[1]) == row.secret_hash
        again = await browser.get("/registry/account/keys")
        assert "Tablica" in again.text
        assert "osk_" not in again.text
        feed = await browser.post("/registry/account/keys/feed")
        assert "/calendar/private/osk_" in feed.text
        assert (await browser.get("/registry/account/keys/feed?lang=en")).headers[
            "location"
        ] == "/registry/account/keys"
        ended = await browser.post(f"/registry/account/keys/{row.id}/revoke")
        assert ended.headers["location"] == "/registry/account/keys?notice=ended"
        assert (await browser.get(ended.headers["location"])).status_code == 200
        assert (await browser.get("/registry/account/keys/everybody")).status_code == 403
    assert (await registry.client.get(f"{API}/keys", headers=shown({"key": f"osk_{text}"}))).status_code == 401


async def test_an_administrator_sees_on_a_page_whose_keys_there_are_and_ends_one(registry: Running) -> None:
    by = await a_human(registry, name="Barbara Wójcik")
    made = await a_key(registry, by)
    async with registry.browser(an_administrator()) as browser:
        page = await browser.get("/registry/account/keys/everybody")
        assert "Barbara Wójcik" in page.text
        assert WANTED["name"] in page.text
        ended = await browser.post(f"/registry/account/keys/{made['id']}/revoke?everybody=true")
        assert ended.headers["location"] == "/registry/account/keys/everybody"
    assert (await registry.client.get(f"{API}/keys", headers=shown(made))).status_code == 401
