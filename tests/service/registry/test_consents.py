"""Consents: what for, on which basis, from when, until when; and taken back, at once and everywhere."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.registry import queries
from services.registry.models import Contact
from shared import clock
from shared.messages.registry import PersonChanged
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, a_registered_person, an_organisation

EMAIL, PHONE = "barbara@example.org", "+48 600 444 444"
SOON = timedelta(milliseconds=400)


async def somebody(registry: Running, *contacts: dict[str, Any]) -> tuple[Person, str]:
    """Register a person with these contacts; give who they are when they sign in, and where their contacts stand."""
    organisation_id = (await an_organisation(registry))["id"]
    made = await a_registered_person(registry, organisation_id, contacts=list(contacts))
    return a_coordinator(organisation_id, id=made["id"]), f"{API}/people/{made['id']}/contacts"


async def listed(registry: Running, address: str, viewer: Person) -> list[dict[str, Any]]:
    """Give the contacts at this address that somebody is shown."""
    answer = await registry.client.get(address, headers=registry.headers(viewer))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def changed(registry: Running, address: str, by: Person, version: int, **values: Any) -> Any:
    """PATCH a contact."""
    headers = {**registry.headers(by), "If-Match": f'"{version}"'}
    return await registry.client.patch(address, json=values, headers=headers)


async def state_of(registry: Running, person: Person) -> PersonChanged:
    """Give what travels of a person now."""
    state = await registry.database.read(queries.person_state, person.id)
    assert state is not None
    return state


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_what_others_see_has_a_purpose_a_basis_and_a_date(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "phone", "value": PHONE, "visibility": "partners"})
    [shown] = await listed(registry, address, anna)
    assert (shown["purpose"], shown["legal_basis"]) == (
        "Kontakt ze mną w sprawach naszych działań w okolicy",
        "consent",
    )
    assert abs(datetime.fromisoformat(shown["given_at"]) - clock.now()) < timedelta(minutes=1)
    assert shown["valid_until_at"] is None
    assert shown["withdrawn_at"] is None


@pytest.mark.parametrize(
    ("kind", "basis"),
    [("public_institution", "public_task"), ("school", "public_task"), ("ngo", "legitimate_interest")],
)
async def test_an_institution_stands_for_its_own_number(registry_on_sqlite: Running, kind: str, basis: str) -> None:
    one = (await an_organisation(registry_on_sqlite, kind=kind))["id"]
    contact = await a_contact(registry_on_sqlite, one, visibility="public")
    assert (contact["legal_basis"], contact["purpose"]) == (basis, "Kontakt z instytucją")


async def test_what_others_would_see_without_a_purpose_is_refused(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    anna, address = await somebody(registry)
    body = {"kind": "phone", "value": PHONE, "visibility": "public", "purpose": " "}
    assert pointers(await registry.client.post(address, json=body, headers=registry.headers(anna))) == ["/purpose"]
    made = await registry.client.post(address, json={**body, "visibility": "private"}, headers=registry.headers(anna))
    assert (made.status_code, made.json()["given_at"]) == (201, None)
    refused = await changed(registry, made.headers["location"], anna, 1, visibility="public", purpose="")
    assert pointers(refused) == ["/purpose"]
    taken = await changed(registry, made.headers["location"], anna, 1, visibility="public")
    assert taken.json()["purpose"]
    assert taken.json()["given_at"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"kind": "email", "value": "barbara"}, "/value"),
        ({"kind": "email", "value": "barbara@gmail"}, "/value"),
        ({"kind": "email", "value": "a@b@example.org"}, "/value"),
        ({"kind": "phone", "value": "proszę pukać"}, "/value"),
        ({"kind": "phone", "value": "--"}, "/value"),
        ({"kind": "phone", "value": PHONE, "given_at": "2199-01-01T00:00:00Z"}, "/given_at"),
        ({"kind": "phone", "value": PHONE, "valid_until_at": "2020-01-01T00:00:00Z"}, "/valid_until_at"),
        ({"kind": "phone", "value": PHONE, "valid_until_at": "9999-12-31T23:59:59-14:00"}, "/valid_until_at"),
        ({"kind": "phone", "value": PHONE, "valid_until_at": "2090-01-01T00:00:00"}, "/valid_until_at"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_place(
    registry_on_sqlite: Running, values: dict[str, str], pointer: str
) -> None:
    registry = registry_on_sqlite
    anna, address = await somebody(registry)
    assert pointers(await registry.client.post(address, json=values, headers=registry.headers(anna))) == [pointer]
    body = {"name": "Jan Nowak", "contacts": [{"kind": "phone", "value": PHONE}, values]}
    answer = await registry.client.post(f"{API}/people", json=body, headers=registry.headers(ADMINISTRATOR))
    assert pointers(answer) == [f"/contacts/1{pointer}"]


async def test_an_address_is_kept_with_its_domain_in_small_letters(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    anna, address = await somebody(registry)
    body = {"kind": "email", "value": "Barbara.W@EXAMPLE.org"}
    made = await registry.client.post(address, json=body, headers=registry.headers(anna))
    assert made.json()["value"] == "Barbara.W@example.org"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("112", "112"),
        ("+48 12 411 41 21", "+48 12 411 41 21"),
        ("(12) 411-41-21 wew. 5", "+48 12 411 41 21 wew. 5"),
        ("012/411.41.21", "+48 12 411 41 21"),
        ("600123456", "+48 600 123 456"),
    ],
)
async def test_numbers_are_taken_as_people_write_them_and_kept_in_one_form(
    registry_on_sqlite: Running, value: str, kept: str
) -> None:
    anna, address = await somebody(registry_on_sqlite)
    headers = registry_on_sqlite.headers(anna)
    made = await registry_on_sqlite.client.post(address, json={"kind": "phone", "value": value}, headers=headers)
    assert (made.status_code, made.json()["value"]) == (201, kept)


async def test_what_is_taken_back_is_hidden_at_once_from_everybody_but_its_owner(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "email", "value": EMAIL, "visibility": "public"})
    one = next(iter(anna.roles))
    partner = a_coordinator(one[::-1])
    [contact] = await listed(registry, address, partner)
    withdrawn = await registry.client.post(
        f"{address}/{contact['id']}/withdraw", headers={**registry.headers(anna), "Idempotency-Key": "once"}
    )
    assert withdrawn.json()["withdrawn_at"]
    for viewer in (partner, ADMINISTRATOR, a_coordinator(one), a_person(neighbourhood_coordinator=True)):
        assert await listed(registry, address, viewer) == []
        assert await listed(registry, f"{API}/organisations/{one}/contacts", viewer) == []
        seen = await registry.client.get(f"{API}/people/{anna.id}", headers=registry.headers(viewer))
        assert EMAIL not in seen.text
        async with registry.browser(viewer) as browser:
            assert EMAIL not in (await browser.get(f"/registry/organisations/{one}")).text
    async with registry.browser() as browser:
        card = (await browser.get(f"/registry/organisations/{one}")).text
        assert EMAIL not in card
        assert "Barbara" not in card
    assert [one["value"] for one in await listed(registry, address, anna)] == [EMAIL]


async def test_past_its_last_instant_a_contact_is_hidden_without_anybody_doing_anything(registry: Running) -> None:
    anna, address = await somebody(registry)
    body = {"kind": "email", "value": EMAIL, "visibility": "public"}
    until = clock.now() + SOON
    made = await registry.client.post(
        address, json={**body, "valid_until_at": until.isoformat()}, headers=registry.headers(anna)
    )
    assert made.status_code == 201
    assert [one["value"] for one in await listed(registry, address, ADMINISTRATOR)] == [EMAIL]
    state = await state_of(registry, anna)
    assert (state.email, state.email_until) == (EMAIL, datetime.fromisoformat(made.json()["valid_until_at"]))
    await asyncio.sleep(max(0.0, (until - clock.now()).total_seconds()) + 0.05)
    assert await listed(registry, address, ADMINISTRATOR) == []
    assert [one["value"] for one in await listed(registry, address, anna)] == [EMAIL]
    assert (await state_of(registry, anna)).email is None


async def test_agreeing_anew_shows_it_again_from_now_on(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "phone", "value": PHONE, "visibility": "partners"})
    [contact] = await listed(registry, address, anna)
    one = f"{address}/{contact['id']}"
    first = datetime.fromisoformat(contact["given_at"])
    assert (await registry.client.post(f"{one}/withdraw", headers=registry.headers(anna))).status_code == 200
    renamed = await changed(registry, one, anna, 2, label="wieczorem")
    assert renamed.json()["withdrawn_at"]
    again = await changed(registry, one, anna, 3, visibility="partners")
    assert again.json()["withdrawn_at"] is None
    assert datetime.fromisoformat(again.json()["given_at"]) > first
    assert len(await listed(registry, address, ADMINISTRATOR)) == 1


async def test_a_consent_that_is_over_is_not_widened_without_another_day(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "phone", "value": PHONE, "visibility": "partners"})
    [contact] = await listed(registry, address, anna)
    over = datetime(2020, 1, 1, tzinfo=UTC)
    await registry.database.write(
        lambda session: (
            session.execute(update(Contact).where(Contact.id == contact["id"]).values(valid_until_at=over)) and None
        )
    )
    one = f"{address}/{contact['id']}"
    assert pointers(await changed(registry, one, anna, 1, visibility="public")) == ["/valid_until_at"]
    assert (await changed(registry, one, anna, 1, label="dom")).status_code == 200
    renewed = await changed(registry, one, anna, 2, visibility="public", valid_until_at=None)
    assert renewed.status_code == 200


async def everything_in(registry: Running, table: str) -> str:
    """Give a whole table as text; a row by itself would be shortened."""
    return str([tuple(row) for row in await registry.rows(table)])


async def test_what_is_deleted_is_gone_also_from_kept_answers(registry: Running) -> None:
    anna, address = await somebody(registry)
    once = {**registry.headers(anna), "Idempotency-Key": "once"}
    body = {"kind": "phone", "value": PHONE, "visibility": "public"}
    made = [await registry.client.post(address, json=body, headers=once) for _ in range(2)]
    assert made[0].content == made[1].content
    assert PHONE in await everything_in(registry, "idempotency_key")
    one = made[0].headers["location"]
    gone = await registry.client.delete(one, headers=registry.headers(anna))
    assert (gone.status_code, gone.content) == (204, b"")
    for table in ("contact", "idempotency_key", "history", "audit"):
        assert PHONE not in await everything_in(registry, table), table
    assert (await registry.client.delete(one, headers=registry.headers(anna))).status_code == 404
    rows = [row for row in await registry.rows("history", order_by="position") if row.aggregate == "contact"]
    assert [(row.action, row.version, row.by_person_id) for row in rows] == [
        ("added", 1, anna.id),
        ("removed", 1, anna.id),
    ]


async def test_contacts_of_somebody_are_changed_by_themselves_and_by_administrators_only(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "phone", "value": PHONE, "visibility": "public"})
    [contact] = await listed(registry, address, anna)
    one = f"{address}/{contact['id']}"
    colleague = a_person(roles=dict.fromkeys(anna.roles, "leader"))
    for other in (colleague, a_person(neighbourhood_coordinator=True), a_person()):
        headers = registry.headers(other)
        body = {"kind": "phone", "value": PHONE}
        assert (await registry.client.post(address, json=body, headers=headers)).status_code == 403
        assert (await changed(registry, one, other, 1, label="x")).status_code == 403
        assert (await registry.client.post(f"{one}/withdraw", headers=headers)).status_code == 403
        assert (await registry.client.delete(one, headers=headers)).status_code == 403
    assert (await changed(registry, one, ADMINISTRATOR, 1, label="x")).status_code == 200


async def test_what_changes_how_somebody_is_written_to_is_told_with_a_higher_version(registry: Running) -> None:
    anna, address = await somebody(registry, {"kind": "email", "value": EMAIL})
    [contact] = await listed(registry, address, anna)
    one = f"{address}/{contact['id']}"
    headers = registry.headers(anna)

    async def told() -> list[int]:
        return [message.version for message in await registry.outgoing(PersonChanged) if message.id == anna.id]

    assert await told() == [1]
    assert (await changed(registry, one, anna, 1, visibility="partners")).status_code == 200
    assert await told() == [1]
    assert (await changed(registry, one, anna, 2, value="b@example.org")).status_code == 200
    assert await told() == [1, 2]
    until = "2090-01-01T00:00:00+00:00"
    assert (await changed(registry, one, anna, 3, valid_until_at=until)).status_code == 200
    assert (await state_of(registry, anna)).email_until == datetime(2090, 1, 1, tzinfo=UTC)
    second = await registry.client.post(address, json={"kind": "email", "value": "c@example.org"}, headers=headers)
    assert (await state_of(registry, anna)).email == "c@example.org"
    assert await told() == [1, 2, 3, 4]
    assert (await registry.client.delete(second.headers["location"], headers=headers)).status_code == 204
    assert (await registry.client.post(f"{one}/withdraw", headers=headers)).status_code == 200
    state = await state_of(registry, anna)
    assert (state.email, state.email_until, state.version) == (None, None, 6)
    assert await told() == [1, 2, 3, 4, 5, 6]
    body = {"kind": "phone", "value": PHONE}
    assert (await registry.client.post(address, json=body, headers=headers)).status_code == 201
    assert len(await told()) == 6
