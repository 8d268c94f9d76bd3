"""Invitations: by letter or by hand, accepted once, by new people and by those who are here; and what ends them."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.registry.commands.invitations import SIGN_IN_PURPOSE
from shared.i18n import say_in
from shared.messages.registry import AccessRevoked, PersonChanged
from shared.people import Person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_registered_person, an_organisation, posted
from tests.service.registry.mailbox import age, letters, text_of
from tests.service.registry.test_people import role_in, somebody

EWA = "ewa@example.org"
PAGE = "/registry/invitation"


@pytest.fixture
async def club(registry: Running) -> str:
    return str((await an_organisation(registry, name="Klub Seniora"))["id"])


async def invited(registry: Running, by: Person, **values: Any) -> dict[str, Any]:
    return await posted(registry, "invitations", {"name": "Ewa Nowa", "email": EWA, **values}, by=by)


async def key_in_letter(registry: Running) -> str:
    """Send what is due, and give the key in the newest letter."""
    found = re.search(r"/registry/invitation\?key=(\S+)", text_of((await letters(registry))[-1]))
    assert found
    return found[1]


def key_in(link: str) -> str:
    return link.partition("?key=")[2]


async def accepted(browser: httpx.AsyncClient, key: str, **values: str) -> httpx.Response:
    return await browser.post(PAGE, data={"key": key, "name": "Ewa Nowak", "language": "en", **values})


async def test_who_is_invited_by_letter_joins_with_one_button(registry: Running, club: str) -> None:
    leader = await somebody(registry, **role_in(club, "leader"))
    made = await invited(registry, leader, organisation_id=club, role="coordinator")
    assert (made["state"], made["link"]) == ("open", None)
    assert [row.secret_hash for row in await registry.rows("invitation")] == [None]
    key = await key_in_letter(registry)
    async with registry.browser() as browser:
        page = await browser.get(PAGE, params={"key": key})
        for words in ("Anna Lipińska zaprasza Cię", "Klub Seniora", "koordynacja", "Ewa Nowa", EWA):
            assert words in page.text, words
        joined = await accepted(browser, key)
        assert (joined.status_code, joined.headers["location"]) == (303, "/registry/account")
        assert "Ewa Nowak" in (await browser.get("/registry/account")).text
    [person] = [row for row in await registry.rows("person") if row.name == "Ewa Nowak"]
    assert person.language == "en"
    assert [one.role for one in await registry.rows("membership") if one.person_id == person.id] == ["coordinator"]
    [contact] = [row for row in await registry.rows("contact") if row.person_id == person.id]
    assert (contact.value, contact.visibility, contact.legal_basis) == (EWA, "private", "consent")
    assert contact.purpose == say_in("pl", SIGN_IN_PURPOSE)
    assert contact.given_at is not None
    assert (person.id, 1) in {(one.id, one.version) for one in await registry.outgoing(PersonChanged)}


async def test_an_invitation_works_once_and_keeps_no_name_afterwards(registry: Running, club: str) -> None:
    administrator = await somebody(registry, administrator=True)
    await invited(registry, administrator, organisation_id=club, role="member")
    key = await key_in_letter(registry)
    async with registry.browser() as one, registry.browser() as other:
        assert (await accepted(one, key)).status_code == 303
        late = await accepted(other, key)
        assert late.status_code == 403
        assert "Poproś o nowe osobę, która je wysłała" in late.text
        assert (await other.get(PAGE, params={"key": key})).status_code == 403
    [row] = await registry.rows("invitation")
    assert (row.name, row.email, row.secret_hash) == ("", "", None)
    assert row.accepted_at is not None


async def test_a_link_to_hand_over_is_shown_once_and_no_mail_leaves(registry: Running, club: str) -> None:
    anna = await somebody(registry, **role_in(club, "coordinator"))
    body = {"name": "Ewa Nowa", "organisation_id": club, "role": "member", "by_hand": True}
    headers = {**registry.headers(anna), "Idempotency-Key": "once"}
    first = await registry.client.post(f"{API}/invitations", json=body, headers=headers)
    again = await registry.client.post(f"{API}/invitations", json=body, headers=headers)
    assert (first.status_code, again.json()["id"], again.json()["link"]) == (201, first.json()["id"], None)
    key = key_in(first.json()["link"])
    for table in ("invitation", "idempotency_key", "history", "outbox"):
        assert key not in str(await registry.rows(table)), table
    assert await letters(registry) == []
    async with registry.browser() as browser:
        assert (await accepted(browser, key)).status_code == 303
    assert await registry.rows("contact") == []


async def test_who_is_signed_in_gets_the_role_and_loses_no_higher_one(registry: Running, club: str) -> None:
    school = (await an_organisation(registry, name="Szkoła"))["id"]
    maria = await somebody(registry, neighbourhood_coordinator=True)
    ewa = await somebody(registry, **role_in(club, "leader"))
    first = await invited(registry, maria, organisation_id=school, role="coordinator", by_hand=True)
    second = await invited(registry, maria, organisation_id=club, role="member", by_hand=True)
    async with registry.browser(ewa) as browser:
        page = await browser.get(PAGE, params={"key": key_in(first["link"])})
        assert "Dołącz jako Anna Lipińska" in page.text
        assert (await accepted(browser, key_in(first["link"]))).status_code == 303
    async with registry.browser(ewa) as browser:
        assert (await accepted(browser, key_in(second["link"]))).status_code == 303
    roles = {row.organisation_id: row.role for row in await registry.rows("membership") if row.person_id == ewa.id}
    assert roles == {school: "coordinator", club: "leader"}
    assert [one.id for one in await registry.outgoing(AccessRevoked)] == [ewa.id]
    assert len(await registry.rows("person")) == 3


async def test_a_withdrawn_and_an_old_invitation_say_what_to_do(registry: Running, club: str) -> None:
    anna = await somebody(registry, **role_in(club, "leader"))
    made = [await invited(registry, anna, organisation_id=club, role="member", by_hand=True) for _ in range(2)]
    taken = await registry.client.post(f"{API}/invitations/{made[0]['id']}/withdraw", headers=registry.headers(anna))
    assert (taken.status_code, taken.json()["state"], taken.json()["email"]) == (200, "withdrawn", "")
    await age(registry, "invitation", timedelta(days=14))
    for one in made:
        async with registry.browser() as browser:
            page = await browser.get(PAGE, params={"key": key_in(one["link"])})
            assert (page.status_code, "To zaproszenie już nie działa" in page.text) == (403, True)
            assert (await accepted(browser, key_in(one["link"]))).status_code == 403
    states = await registry.client.get(f"{API}/invitations?organisation_id={club}", headers=registry.headers(anna))
    assert [one["state"] for one in states.json()["items"]] == ["over", "withdrawn"]


async def test_an_invitation_that_is_sent_again_ends_the_link_of_before(registry: Running, club: str) -> None:
    anna = await somebody(registry, **role_in(club, "leader"))
    made = await invited(registry, anna, organisation_id=club, role="member", by_hand=True)
    address = f"{API}/invitations/{made['id']}/send"
    sent = await registry.client.post(address, headers=registry.headers(anna))
    assert (sent.status_code, sent.json()["link"]) == (200, None)
    key = await key_in_letter(registry)
    async with registry.browser() as browser:
        assert (await accepted(browser, key_in(made["link"]))).status_code == 403
        assert (await accepted(browser, key)).status_code == 303
    settled = await registry.client.post(address, headers=registry.headers(anna))
    assert settled.status_code == 409


async def test_who_lost_their_role_brings_nobody_in_any_more(registry: Running, club: str) -> None:
    anna = await somebody(registry, **role_in(club, "leader"))
    made = await invited(registry, anna, organisation_id=club, role="leader", by_hand=True)
    await registry.client.delete(f"{API}/people/{anna.id}/memberships/{club}", headers=registry.headers(ADMINISTRATOR))
    async with registry.browser() as browser:
        assert (await accepted(browser, key_in(made["link"]))).status_code == 403
    assert [row for row in await registry.rows("membership") if row.organisation_id == club] == []


@pytest.mark.parametrize(
    ("inviter", "member", "leader", "administrator"),
    [
        ("member", 403, 403, 403),
        ("coordinator", 201, 403, 403),
        ("leader", 201, 201, 403),
        ("neighbourhood coordinator", 201, 201, 403),
        ("administrator", 201, 201, 201),
    ],
)
async def test_everybody_invites_as_far_as_they_may(
    registry: Running, club: str, inviter: str, member: int, leader: int, administrator: int
) -> None:
    high = {"neighbourhood coordinator": "neighbourhood_coordinator", "administrator": "administrator"}
    by = await somebody(registry, **({high[inviter]: True} if inviter in high else role_in(club, inviter)))

    async def asking(**values: Any) -> int:
        body = {"name": "Ewa Nowa", "email": EWA, **values}
        return (await registry.client.post(f"{API}/invitations", json=body, headers=registry.headers(by))).status_code

    assert await asking(organisation_id=club, role="member") == member
    assert await asking(organisation_id=club, role="leader") == leader
    assert await asking(administrator=True) == administrator


async def test_whether_an_address_is_known_here_is_not_told(registry: Running, club: str) -> None:
    contacts = [{"kind": "email", "value": EWA}]
    await a_registered_person(registry, club, contacts=contacts)
    anna = await somebody(registry, **role_in(club, "leader"))
    known = await invited(registry, anna, organisation_id=club, role="member", by_hand=True)
    new = await invited(registry, anna, organisation_id=club, role="member", by_hand=True, email="nowa@example.org")
    assert set(known) == set(new)
    pages = []
    for made, email in ((known, EWA), (new, "nowa@example.org")):
        async with registry.browser() as browser:
            key = key_in(made["link"])
            page = await browser.get(PAGE, params={"key": key})
            assert f"sign-in?next=/registry/invitation%3Fkey%3D{key}" in page.text
            pages.append(page.text.replace(key, "KEY").replace(email, "EMAIL"))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": ""}, "/email"),
        ({"role": None}, "/role"),
        ({"organisation_id": "01900000-0000-7000-8000-000000000000"}, "/organisation_id"),
    ],
)
async def test_what_is_wrong_with_an_invitation_is_said(
    registry: Running, club: str, change: dict[str, Any], pointer: str
) -> None:
    body = {"name": "Ewa Nowa", "email": EWA, "organisation_id": club, "role": "member", **change}
    refused = await registry.client.post(f"{API}/invitations", json=body, headers=registry.headers(ADMINISTRATOR))
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


async def test_people_are_invited_and_invitations_taken_back_on_the_pages(registry: Running, club: str) -> None:
    leader = await somebody(registry, **role_in(club, "leader"))
    here = f"/registry/organisations/{club}"
    form = {"name": "Ewa Nowa", "email": EWA, "role": "coordinator", "language": "pl"}
    async with registry.browser(leader) as browser:
        wrong = await browser.post(f"{here}/invite", data=form | {"email": "ewa"})
        assert (wrong.status_code, "To nie jest adres" in wrong.text, "Ewa Nowa" in wrong.text) == (422, True, True)
        sent = await browser.post(f"{here}/invite", data=form)
        assert sent.headers["location"] == f"{here}/people?notice=sent"
        page = await browser.get(sent.headers["location"])
        assert "Zaproszenie jest w drodze" in page.text
        assert EWA in page.text
        [row] = await registry.rows("invitation")
        handed = await browser.post(f"/registry/invitations/{row.id}/send", data={"by_hand": "yes", "back": here})
        assert handed.status_code == 200
        assert handed.headers["cache-control"].endswith("no-store")
        assert "http://osiedle.test/registry/invitation?key=" in handed.text
        gone = await browser.post(f"/registry/invitations/{row.id}/withdraw", data={"back": f"{here}/people"})
        assert gone.headers["location"] == f"{here}/people?notice=withdrawn"
        assert EWA not in (await browser.get(f"{here}/people")).text
        away = await browser.post(f"/registry/invitations/{row.id}/withdraw", data={"back": "https://example.org"})
        assert away.headers["location"].startswith("/?")


async def test_a_new_administrator_joins_by_an_invitation(registry: Running) -> None:
    first = await somebody(registry, administrator=True)
    async with registry.browser(first) as browser:
        form = {"name": "Ewa Nowa", "given": ["administrator"], "by_hand": "yes", "language": "pl"}
        shown = await browser.post("/registry/people/invite", data=form)
        assert shown.status_code == 200, shown.text
    found = re.search(r"key=([\w-]+)", shown.text)
    assert found
    async with registry.browser() as browser:
        assert (await accepted(browser, found[1])).status_code == 303
    assert [row.administrator for row in await registry.rows("person") if row.name == "Ewa Nowak"] == [True]
