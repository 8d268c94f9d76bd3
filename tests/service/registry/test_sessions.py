"""Sessions: seen and ended by their owner, told to every service; a form outlives its token; cookies over HTTPS."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.calendar.app import create_app as create_calendar
from services.calendar.settings import Settings as CalendarSettings
from services.registry import commands
from services.registry.app import create_app
from services.registry.domain.plans import Device, SignInWay
from services.registry.settings import Settings
from shared import auth, clock
from shared.messages.registry import AccessRevoked, KeyPublished
from tests.builders import a_coordinator
from tests.harness import Running, quiet, running
from tests.service.registry.builders import a_registered_person, an_organisation
from tests.service.registry.mailbox import SIGN_IN, age

ACCOUNT = "/registry/account"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


async def somebody(registry: Running) -> str:
    """Register a coordinator, and give their id."""
    one = await an_organisation(registry)
    return str((await a_registered_person(registry, one["id"]))["id"])


async def signed_in(registry: Running, browser: httpx.AsyncClient, person_id: str, agent: str = PHONE) -> str:
    """Sign this browser in by a link, and give the id of its session."""
    browser.headers["User-Agent"] = agent
    secret = await registry.database.write(commands.make_sign_in_link, person_id=person_id)
    assert (await browser.post(SIGN_IN, data={"link": secret})).status_code == 303
    return str((await registry.rows("session", order_by="created_at"))[-1].id)


async def test_the_account_lists_where_one_is_signed_in(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as phone, registry.browser() as desk:
        await signed_in(registry, phone, person_id)
        await signed_in(registry, desk, person_id, DESK)
        page = (await phone.get(ACCOUNT)).text
    assert "Firefox, Android" in page
    assert "Chrome, Windows" in page
    assert page.count("ta przeglądarka") == 1


async def test_ending_a_session_elsewhere_signs_that_browser_out_and_tells_every_service(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as phone, registry.browser() as desk:
        lost = await signed_in(registry, phone, person_id)
        await signed_in(registry, desk, person_id, DESK)
        assert (await desk.post(f"{ACCOUNT}/sessions/{lost}/end")).headers["location"] == f"{ACCOUNT}?notice=ended"
        assert "Sesja zakończona" in (await desk.get(f"{ACCOUNT}?notice=ended")).text
        assert (await desk.get(ACCOUNT)).status_code == 200
        sent = await phone.get(ACCOUNT)
        assert sent.status_code == 303
        assert (await phone.get(sent.headers["location"])).headers["location"] == ACCOUNT
        assert (await phone.get(ACCOUNT)).status_code == 401
    (told,) = await registry.outgoing(AccessRevoked)
    assert told.id == lost
    (revoked,) = await registry.rows("revoked_access")
    assert revoked.id == lost


async def test_all_other_sessions_end_at_once_and_this_one_stays(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as phone, registry.browser() as desk, registry.browser() as other:
        for browser in (phone, other):
            await signed_in(registry, browser, person_id)
        await signed_in(registry, desk, person_id, DESK)
        assert (await desk.post(f"{ACCOUNT}/sessions/end-others")).status_code == 303
        assert (await desk.get(ACCOUNT)).text.count("/end") == 1
    assert len(await registry.outgoing(AccessRevoked)) == 2


async def test_nobody_ends_the_session_of_another(registry: Running) -> None:
    person_id, other_id = await somebody(registry), await somebody(registry)
    async with registry.browser() as mine, registry.browser() as theirs:
        session_id = await signed_in(registry, mine, person_id)
        await signed_in(registry, theirs, other_id)
        assert (await theirs.post(f"{ACCOUNT}/sessions/{session_id}/end")).status_code == 404
        assert (await mine.get(ACCOUNT)).status_code == 200


async def test_a_stolen_token_is_refused_by_another_service_once_its_session_is_ended(
    registry: Running, database_url: str, tmp_path: Path
) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, person_id)
        stolen = {"Authorization": f"Bearer {browser.cookies[auth.TOKEN_COOKIE]}"}
        settings = CalendarSettings(**quiet(data=tmp_path / "calendar"))
        async with running(create_calendar, settings, with_key=False) as calendar:
            await calendar.deliver(*await registry.outgoing(KeyPublished))
            address = "/calendar/api/v1/events"
            assert (await calendar.client.post(address, json={}, headers=stolen)).status_code == 422
            await browser.post("/registry/sign-out")
            await calendar.deliver(*await registry.outgoing(AccessRevoked))
            assert (await calendar.client.post(address, json={}, headers=stolen)).status_code == 401
        assert (await registry.client.get("/registry/api/v1/people", headers=stolen)).status_code == 401


async def test_a_session_is_noted_as_used_now_and_then(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, person_id)
        await browser.get("/registry/session")
        (row,) = await registry.rows("session")
        assert row.used_at == row.created_at
        await age(registry, "session", timedelta(minutes=6))
        await browser.get("/registry/session")
    (row,) = await registry.rows("session")
    assert clock.now() - row.used_at < timedelta(minutes=1)


async def test_a_session_is_over_after_thirty_days(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, person_id)
        await age(registry, "session", timedelta(days=30, minutes=1))
        browser.cookies.delete(auth.TOKEN_COOKIE)
        assert (await browser.get((await browser.get(ACCOUNT)).headers["location"])).headers["location"] == ACCOUNT
        assert not browser.cookies


async def test_a_form_sent_with_an_old_token_is_sent_again_with_a_new_one(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, person_id)
        browser.cookies.set(auth.TOKEN_COOKIE, registry.token(a_coordinator(), seconds=-60), domain="osiedle.test")
        form = {"password": "zielony rower na dachu"}
        sent = await browser.post(f"{ACCOUNT}/password?x=1", data=form)
        assert sent.status_code == 307
        again = await browser.post(sent.headers["location"], data=form)
        assert (again.status_code, again.headers["location"]) == (307, f"{ACCOUNT}/password?x=1")
        assert (await browser.post(again.headers["location"], data=form)).status_code != 307


async def test_a_form_of_a_session_that_is_over_leads_to_signing_in_and_back_to_its_page(registry: Running) -> None:
    async with registry.browser() as browser:
        browser.cookies.update({auth.SESSION_COOKIE: "gone", auth.TOKEN_COOKIE: "x"})
        form = {"Referer": "http://osiedle.test/calendar/plan?day=2026-11-26"}
        sent = await browser.post("/registry/session?next=/calendar/events/1/move", data={"a": "b"}, headers=form)
        assert sent.status_code == 303
        assert sent.headers["location"] == f"{SIGN_IN}?next=%2Fcalendar%2Fplan%3Fday%3D2026-11-26"
        assert f'{auth.SESSION_COOKIE}=""' in str(sent.headers.get_list("set-cookie"))
        sent = await browser.post(
            "/registry/session?next=//evil.example", headers={"Referer": "http://x//evil.example"}
        )
        assert sent.headers["location"] == f"{SIGN_IN}?next=%2F"


async def test_a_form_is_not_sent_on_for_another_site(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        await signed_in(registry, browser, person_id)
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert (await browser.post("/registry/session?next=/", headers=headers)).status_code == 403


async def test_over_https_only_this_very_host_can_have_set_the_cookies(database_url: str, tmp_path: Path) -> None:
    settings = Settings(**quiet(database_url=database_url, data=tmp_path, address="https://osiedle.test"))
    async with running(create_app, settings) as registry:
        person_id = await somebody(registry)
        async with registry.browser(base_url="https://osiedle.test") as browser:
            await signed_in(registry, browser, person_id)
            assert set(browser.cookies) == {f"__Host-{auth.SESSION_COOKIE}", f"__Host-{auth.TOKEN_COOKIE}"}
            assert (await browser.get(ACCOUNT)).status_code == 200
            answer = await browser.post("/registry/sign-out")
            for cookie in answer.headers.get_list("set-cookie"):
                assert "Secure" in cookie
                assert "Path=/" in cookie
                assert "Domain" not in cookie
            assert not browser.cookies


@pytest.mark.parametrize("way", ["code", "link", "password"])
async def test_every_way_of_signing_in_opens_the_same_kind_of_session(registry: Running, way: SignInWay) -> None:
    person_id = await somebody(registry)
    opened = await registry.database.write(
        commands.open_session, person_id=person_id, way=way, device=Device("Firefox, Linux", "192.0.2.1")
    )
    (row,) = await registry.rows("session")
    assert (row.way, row.person_id, row.label) == (way, person_id, "Firefox, Linux")
    assert opened.secret not in str(row)
    assert "192.0.2.1" not in str(row)
    person = await registry.app.state.keys.check(opened.token)
    assert (person.id, person.session_id) == (person_id, row.id)
