"""Passwords, the second way: good enough ones, the same answer for everybody, and nobody locked out by another."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from services.registry.models import Base
from tests.harness import Running
from tests.service.registry.mailbox import PASSWORD, age, signed_in
from tests.service.registry.test_codes import ANNA, NOBODY, seen, somebody

ACCOUNT = "/registry/account"
GOOD = "zielony rower na dachu"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


async def with_password(registry: Running, password: str = GOOD, email: str = ANNA, peer: str = HOME) -> str:
    """Register somebody who has set this password at home, and give their id."""
    person_id = await somebody(registry, email=email)
    async with registry.browser(peer=peer) as browser:
        await signed_in(registry, browser, email)
        answer = await browser.post(f"{ACCOUNT}/password", data={"password": password})
        assert answer.headers["location"] == f"{ACCOUNT}?notice=password"
    return person_id


async def tried(registry: Running, password: str, address: str = ANNA, peer: str = ELSEWHERE) -> httpx.Response:
    """Try to sign in with this address and password from a new browser."""
    async with registry.browser(peer=peer) as browser:
        return await browser.post(PASSWORD, data={"password_address": address, "password": password})


async def test_who_set_a_password_signs_in_with_it(registry: Running) -> None:
    await with_password(registry)
    assert (await tried(registry, GOOD, " ANNA@example.org")).status_code == 303
    (row,) = await registry.rows("password")
    assert row.hash.startswith("$argon2id$")
    assert GOOD not in str(row)
    assert "password" in {one.way for one in await registry.rows("session")}


async def test_a_password_can_be_changed_and_removed(registry: Running) -> None:
    await with_password(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, ANNA)
        assert "Zmień hasło" in (await browser.get(ACCOUNT)).text
        await browser.post(f"{ACCOUNT}/password", data={"password": "czerwony tramwaj o świcie"})
        assert (await tried(registry, GOOD)).status_code == 403
        assert (await tried(registry, "czerwony tramwaj o świcie")).status_code == 303
        await browser.post(f"{ACCOUNT}/password/remove")
    assert (await tried(registry, "czerwony tramwaj o świcie")).status_code == 403
    assert await registry.rows("password") == []


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("krótkie", "co najmniej 12 znaków"),
        ("x" * 201, "najwyżej 200 znaków"),
        ("qwertyuiop123", "Wiele osób"),
        ("anna-zolc-1950", "Twoje nazwisko lub adres"),
    ],
)
async def test_a_password_that_is_tried_first_is_refused_with_a_reason(
    registry: Running, password: str, said: str
) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, ANNA)
        page = await browser.post(f"{ACCOUNT}/password", data={"password": password})
    assert page.status_code == 422
    assert said in page.text
    assert password not in page.text
    assert await registry.rows("password") == []


async def test_an_unknown_address_and_a_wrong_password_are_answered_alike(registry: Running) -> None:
    await with_password(registry)
    await somebody(registry, name="Bez Hasła", email="without@example.org")
    answers = {}
    for address in (ANNA, NOBODY, "without@example.org"):
        answers[address] = [seen(await tried(registry, "nie to hasło wcale", address)) for _ in range(7)]
        answers[address] = [
            (status, cookies, body.replace(address.encode(), b"")) for status, _, cookies, body in answers[address]
        ]
    assert [status for status, *_ in answers[ANNA]] == [403] * 5 + [429] * 2
    assert answers[ANNA] == answers[NOBODY] == answers["without@example.org"]


async def test_wrong_passwords_from_one_place_lock_nobody_else_out(registry: Running) -> None:
    await with_password(registry)
    for _ in range(6):
        refused = await tried(registry, "nie to hasło wcale")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert (await tried(registry, GOOD)).status_code == 429
    assert (await tried(registry, GOOD, peer="203.0.113.9")).status_code == 303
    assert (await tried(registry, "nie to hasło wcale", NOBODY)).status_code == 403
    await age(registry, "wrong_password", timedelta(minutes=16))
    assert (await tried(registry, GOOD)).status_code == 303


async def test_a_flood_from_everywhere_slows_strangers_down_but_neither_home_nor_codes(registry: Running) -> None:
    await with_password(registry)
    for number in range(30):
        await tried(registry, "nie to hasło wcale", peer=f"203.0.113.{number}")
    slow = await tried(registry, GOOD, peer=ELSEWHERE)
    assert (slow.status_code, 0 < int(slow.headers["retry-after"]) <= 60) == (429, True)
    assert (await tried(registry, GOOD, peer=HOME)).status_code == 303
    async with registry.browser(peer=ELSEWHERE) as browser:
        await signed_in(registry, browser, ANNA)
    await age(registry, "wrong_password", timedelta(minutes=2))
    assert (await tried(registry, GOOD, peer="198.51.100.99")).status_code == 303
    await age(registry, "wrong_password", timedelta(days=1))
    await tried(registry, "nie to hasło wcale")
    assert len(await registry.rows("wrong_password")) == 1


async def test_a_right_password_is_forgiven_the_wrong_ones_before(registry: Running) -> None:
    await with_password(registry)
    for _ in range(4):
        await tried(registry, "nie to hasło wcale")
    assert (await tried(registry, GOOD)).status_code == 303
    assert await registry.rows("wrong_password") == []


async def test_where_people_share_an_address_one_of_them_has_a_password(registry: Running) -> None:
    first = await with_password(registry)
    await somebody(registry, name="Jan Kos", email="jan@example.org")
    async with registry.browser() as browser:
        await signed_in(registry, browser, "jan@example.org")
        contact = Base.metadata.tables["contact"]
        mine = select(contact.c.id).where(contact.c.value == "jan@example.org").scalar_subquery()
        change = contact.update().where(contact.c.id == mine).values(value=ANNA)
        await registry.database.write(lambda session: session.execute(change) and None)
        page = await browser.post(f"{ACCOUNT}/password", data={"password": "czerwony tramwaj o świcie"})
        assert page.status_code == 422
        assert "Ktoś inny używa już tego adresu" in page.text
    assert [row.person_id for row in await registry.rows("password")] == [first]
    assert (await tried(registry, GOOD)).status_code == 303


async def test_who_has_no_mail_address_is_told_to_add_one(registry: Running) -> None:
    (administrator,) = await registry.rows("person")
    from services.registry import commands

    secret = await registry.database.write(commands.make_sign_in_link, person_id=administrator.id)
    async with registry.browser() as browser:
        await browser.post("/registry/sign-in", data={"link": secret})
        page = (await browser.get(ACCOUNT)).text
    assert "Nie mamy Twojego adresu e-mail" in page
    assert 'href="/registry/account/contacts"' in page
    assert "/registry/account/password" not in page
