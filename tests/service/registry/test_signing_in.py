"""Signing in by a link that works once, staying signed in, signing out; keys that every service can check."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import update

from services.registry import commands
from services.registry.models import SigningKey, SignInLink
from shared import auth, clock
from shared.messages.registry import KeyPublished
from tests.harness import Running
from tests.service.registry.builders import a_registered_person, an_organisation

SIGN_IN = "/registry/sign-in"


async def a_link(registry: Running) -> str:
    """Make a sign-in link of a coordinator, and give its secret."""
    one = await an_organisation(registry)
    person = await a_registered_person(registry, one["id"])
    return await registry.database.write(commands.make_sign_in_link, person_id=person["id"])


async def signed_in(registry: Running, browser: httpx.AsyncClient, next: str = "/") -> httpx.Response:
    """Use a new link in this browser."""
    return await browser.post(SIGN_IN, data={"link": await a_link(registry), "next": next})


async def test_opening_a_link_changes_nothing_and_confirming_it_signs_in(registry: Running) -> None:
    secret = await a_link(registry)
    async with registry.browser() as browser:
        for _ in range(2):
            page = await browser.get(SIGN_IN, params={"link": secret})
            assert "Barbara Wójcik" in page.text
            assert not browser.cookies
        answer = await browser.post(SIGN_IN, data={"link": secret, "next": "/registry/account"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/registry/account")
        cookies = [cookie.lower() for cookie in answer.headers.get_list("set-cookie")]
        assert len(cookies) == 2
        assert all("httponly" in cookie and "samesite=lax" in cookie for cookie in cookies)
        account = await browser.get("/registry/account")
        assert account.status_code == 200
        assert "Klub Seniora" in account.text


async def test_a_link_works_once(registry: Running) -> None:
    link = await a_link(registry)
    async with registry.browser() as browser:
        assert (await browser.post(SIGN_IN, data={"link": link})).status_code == 303
    async with registry.browser() as browser:
        again = await browser.post(SIGN_IN, data={"link": link})
        assert again.status_code == 403
        assert "Zaloguj" in again.text
        assert not browser.cookies
    assert len(await registry.rows("session")) == 1


async def test_a_wrong_or_late_link_signs_nobody_in(registry: Running) -> None:
    secret = await a_link(registry)
    await registry.database.write(
        lambda session: session.execute(update(SignInLink).values(expires_at=SignInLink.created_at)) and None
    )
    async with registry.browser() as browser:
        for tried in (secret, "nothing"):
            assert (await browser.post(SIGN_IN, data={"link": tried})).status_code == 403
    assert await registry.rows("session") == []


async def test_only_hashes_of_links_and_sessions_are_kept(registry: Running) -> None:
    secret = await a_link(registry)
    async with registry.browser() as browser:
        await browser.post(SIGN_IN, data={"link": secret})
        cookie = browser.cookies[auth.SESSION_COOKIE]
    stored = str([*await registry.rows("sign_in_link"), *await registry.rows("session")])
    assert secret not in stored
    assert cookie not in stored


async def test_a_session_gives_a_new_token_when_the_old_one_is_over(registry: Running) -> None:
    async with registry.browser() as browser:
        await signed_in(registry, browser)
        browser.cookies.delete(auth.TOKEN_COOKIE)
        sent = await browser.get("/registry/account?x=1")
        assert sent.status_code == 303
        refreshed = await browser.get(sent.headers["location"])
        assert (refreshed.status_code, refreshed.headers["location"]) == (303, "/registry/account?x=1")
        assert (await browser.get("/registry/account")).status_code == 200


async def test_nobody_is_sent_to_another_site(registry: Running) -> None:
    async with registry.browser() as browser:
        for trap in ("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/\t/evil.example"):
            assert (await browser.get("/registry/session", params={"next": trap})).headers["location"] == "/"
        assert (await signed_in(registry, browser, next="//evil.example")).headers["location"] == "/"


async def test_signing_out_ends_the_session_for_good(registry: Running) -> None:
    async with registry.browser() as browser:
        await signed_in(registry, browser)
        cookie = browser.cookies[auth.SESSION_COOKIE]
        assert (await browser.post("/registry/sign-out")).status_code == 303
        assert not browser.cookies
        browser.cookies.set(auth.SESSION_COOKIE, cookie)
        sent = await browser.get("/registry/session", params={"next": "/registry/account"})
        assert f'{auth.TOKEN_COOKIE}=""' in str(sent.headers.get_list("set-cookie"))
        browser.cookies.clear()
        assert (await browser.get("/registry/account")).status_code == 401
    (row,) = await registry.rows("session")
    assert row.ended_at is not None


async def test_a_link_used_twice_at_once_opens_one_session(registry: Running) -> None:
    secret = await a_link(registry)

    async def use() -> int:
        async with registry.browser() as browser:
            return (await browser.post(SIGN_IN, data={"link": secret})).status_code

    assert sorted(await asyncio.gather(*(use() for _ in range(8)))) == [303] + [403] * 7
    assert len(await registry.rows("session")) == 1


async def test_the_first_start_makes_a_key_that_travels_and_an_administrator(registry: Running) -> None:
    (told,) = await registry.outgoing(KeyPublished)
    assert isinstance(told, KeyPublished)
    assert "d" not in told.public_key
    (administrator,) = await registry.rows("person")
    assert administrator.administrator
    assert len(await registry.rows("sign_in_link")) == 1
    token = await registry.database.write(commands.sign_token, person_id=administrator.id)
    keys = {told.id: auth.PublicKey(OKPKey.import_key(told.public_key), told.not_before_at, told.expires_at)}
    assert auth.verify(token, keys).administrator


async def test_the_next_key_travels_before_the_present_one_is_over(registry: Running) -> None:
    assert not await registry.database.write(commands.rotate_keys)
    soon = clock.now() + timedelta(days=3)
    await registry.database.write(lambda session: session.execute(update(SigningKey).values(expires_at=soon)) and None)
    await registry.run_job("rotate signing keys")
    await registry.run_job("rotate signing keys")
    first, second = await registry.outgoing(KeyPublished)
    assert isinstance(second, KeyPublished)
    assert second.not_before_at > clock.now()
    (administrator,) = await registry.rows("person")
    token = await registry.database.write(commands.sign_token, person_id=administrator.id)
    assert jws.extract_compact(token.encode()).headers()["kid"] == first.id


def test_the_secret_stands_in_the_link_alone() -> None:
    address = commands.sign_in_address("https://osiedle.example", "abc")
    assert parse_qs(urlsplit(address).query) == {"link": ["abc"]}
