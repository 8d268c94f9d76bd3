"""Signing in by a letter: its code in the browser that asked, its link on any device; known and unknown alike."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.registry.app import create_app
from services.registry.settings import Settings
from shared import auth
from tests.harness import Running, quiet, running
from tests.service.registry.builders import a_registered_person, an_organisation
from tests.service.registry.mailbox import (
    CODE,
    PASSWORD,
    SIGN_IN,
    age,
    ask,
    asked,
    code_in,
    letters,
    secret_in,
    signed_in,
    text_of,
    wrong,
)

ANNA, NOBODY = "anna@example.org", "nobody@example.org"


async def somebody(registry: Running, name: str = "Anna Żółć", email: str = ANNA, **values: Any) -> str:
    """Register somebody with a mail address, and give their id."""
    one = await an_organisation(registry)
    contacts = [{"kind": "email", "value": email}]
    person = await a_registered_person(registry, one["id"], name=name, contacts=contacts, **values)
    return str(person["id"])


async def test_a_code_from_a_letter_signs_in_the_browser_that_asked(registry: Running) -> None:
    person_id = await somebody(registry)
    async with registry.browser() as browser:
        letter = await asked(registry, browser, " Anna@Example.org ")
        assert letter["To"].addresses[0].addr_spec == ANNA
        assert letter["X-Osiedle-Person"].split()[0] == person_id
        assert "Dzień dobry, Anna Żółć!" in text_of(letter)
        answer = await browser.post(CODE, data={"code": code_in(letter), "next": "/registry/account"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/registry/account")
        assert "Anna Żółć" in (await browser.get("/registry/account")).text
        assert set(browser.cookies) == {auth.SESSION_COOKIE, auth.TOKEN_COOKIE}
    (row,) = await registry.rows("session")
    assert (row.person_id, row.way) == (person_id, "code")


async def test_a_letter_is_written_in_the_language_of_its_reader(registry: Running) -> None:
    await somebody(registry, name="John Smith", language="en")
    async with registry.browser() as browser:
        browser.headers["Accept-Language"] = "pl"
        letter = await asked(registry, browser, ANNA)
    assert "Good day, John Smith." in text_of(letter)
    assert code_in(letter).replace(" ", "") not in letter["Subject"]
    html = letter.get_body(("html",))
    assert html is not None
    assert code_in(letter) in html.get_content()


async def test_the_link_of_a_letter_signs_in_any_device_once(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as here, registry.browser() as there:
        letter = await asked(registry, here, ANNA)
        page = await there.get(SIGN_IN, params={"link": secret_in(letter)})
        assert "Anna Żółć" in page.text
        assert (await there.post(SIGN_IN, data={"link": secret_in(letter)})).status_code == 303
        assert (await here.post(CODE, data={"code": code_in(letter)})).status_code == 403
    assert [row.way for row in await registry.rows("session")] == ["link"]


async def test_a_code_does_not_work_in_another_browser(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as here, registry.browser() as elsewhere:
        letter = await asked(registry, here, ANNA)
        assert (await elsewhere.post(CODE, data={"code": code_in(letter)})).status_code == 403
        await ask(elsewhere, NOBODY)
        assert (await elsewhere.post(CODE, data={"code": code_in(letter)})).status_code == 403
        assert await registry.rows("session") == []
        assert (await here.post(CODE, data={"code": code_in(letter)})).status_code == 303


def seen(answer: httpx.Response) -> tuple[Any, ...]:
    """Give everything that can be seen of an answer, but what is drawn anew each time."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("trace-id", "set-cookie")}
    cookies = [cookie.partition("=")[0] + cookie.partition(";")[2] for cookie in answer.headers.get_list("set-cookie")]
    return answer.status_code, headers, cookies, answer.content


async def test_known_and_unknown_addresses_are_answered_alike_and_leave_alike_traces(registry: Running) -> None:
    await somebody(registry)
    answers, links = {}, {}
    for address in (ANNA, NOBODY):
        async with registry.browser() as browser:
            steps = [await ask(browser, address), await browser.get(CODE)]
            steps.append(await browser.post(CODE, data={"code": "000000"}))
            await letters(registry)
            steps += [await browser.post(CODE, data={"code": "not a code"}) for _ in range(7)]
            answers[address] = [seen(step) for step in steps]
        row = (await registry.rows("sign_in_link", order_by="created_at"))[-1]
        links[address] = {name: value is None for name, value in row._mapping.items()} | {"wrong": row.wrong_codes}
    assert answers[ANNA] == answers[NOBODY]
    assert links[ANNA] == links[NOBODY]
    assert len(await letters(registry)) == 1


async def test_guessing_ends_after_five_codes_even_with_the_right_one(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        for _ in range(5):
            assert (await browser.post(CODE, data={"code": wrong(code_in(letter))})).status_code == 403
        assert (await browser.post(CODE, data={"code": code_in(letter)})).status_code == 403
        assert await registry.rows("session") == []
        assert (await browser.post(SIGN_IN, data={"link": secret_in(letter)})).status_code == 303


async def test_guessing_many_codes_at_once_gains_nothing(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        tries = [browser.post(CODE, data={"code": wrong(code_in(letter))}) for _ in range(12)]
        assert {answer.status_code for answer in await asyncio.gather(*tries)} == {403}
    row = (await registry.rows("sign_in_link", order_by="created_at"))[-1]
    assert row.wrong_codes == 5


async def test_guessing_at_one_address_all_day_leaves_the_links_alone(registry: Running) -> None:
    await somebody(registry)
    for _ in range(10):
        async with registry.browser() as stranger:
            letter = await asked(registry, stranger, ANNA)
            for _ in range(5):
                await stranger.post(CODE, data={"code": wrong(code_in(letter))})
        await age(registry, "sign_in_link", timedelta(hours=1, minutes=1))
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        assert (await browser.post(CODE, data={"code": code_in(letter)})).status_code == 403
        assert (await browser.post(SIGN_IN, data={"link": secret_in(letter)})).status_code == 303


async def test_a_code_holds_for_ten_minutes_and_the_link_for_an_hour(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        await age(registry, "sign_in_link", timedelta(minutes=11))
        assert (await browser.post(CODE, data={"code": code_in(letter)})).status_code == 403
        assert (await browser.get(SIGN_IN, params={"link": secret_in(letter)})).text.count("Anna Żółć") == 1
        await age(registry, "sign_in_link", timedelta(minutes=50))
        assert (await browser.post(SIGN_IN, data={"link": secret_in(letter)})).status_code == 403
    assert await registry.rows("session") == []


async def test_a_right_code_sent_twice_at_once_opens_one_session(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        cookies = dict(browser.cookies)

        async def use() -> int:
            async with registry.browser() as again:
                again.cookies.update(cookies)
                return (await again.post(CODE, data={"code": code_in(letter)})).status_code

        assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [303] + [403] * 4
    assert len(await registry.rows("session")) == 1


async def test_one_address_gets_five_letters_an_hour_and_nobody_is_locked_out_by_it(registry: Running) -> None:
    await somebody(registry)
    answers = []
    for _ in range(8):
        async with registry.browser() as stranger:
            answers.append(seen(await ask(stranger, ANNA)))
    assert all(answer == answers[0] for answer in answers)
    got = await letters(registry)
    assert len(got) == 5
    async with registry.browser() as browser:
        await ask(browser, ANNA)
        assert len(await letters(registry)) == 5
        assert (await browser.post(SIGN_IN, data={"link": secret_in(got[0])})).status_code == 303
    await age(registry, "sign_in_link", timedelta(hours=1, minutes=1))
    async with registry.browser() as browser:
        await signed_in(registry, browser, ANNA)


async def test_people_who_share_a_mail_address_say_who_they_are(registry: Running) -> None:
    first = await somebody(registry, name="Anna Żółć")
    second = await somebody(registry, name="Jan Kos", email="ANNA@example.org")
    stranger = await somebody(registry, name="Ewa Obca", email="ewa@example.org")
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        assert {first, second} <= set(letter["X-Osiedle-Person"].split())
        assert "Anna" not in text_of(letter)
        code = code_in(letter)
        asking = await browser.post(CODE, data={"code": code})
        assert (asking.status_code, "Jan Kos" in asking.text, "Ewa Obca" in asking.text) == (200, True, False)
        assert (await browser.post(CODE, data={"code": code, "person_id": stranger})).status_code == 200
        assert await registry.rows("session") == []
        assert (await browser.post(CODE, data={"code": code, "person_id": second})).status_code == 303
    async with registry.browser() as browser:
        secret = secret_in(await asked(registry, browser, ANNA))
        page = await browser.get(SIGN_IN, params={"link": secret})
        assert "Anna Żółć" in page.text
        assert "Jan Kos" in page.text
        assert (await browser.post(SIGN_IN, data={"link": secret})).status_code == 422
        assert (await browser.post(SIGN_IN, data={"link": secret, "person_id": first})).status_code == 303
    assert {row.person_id for row in await registry.rows("session")} == {first, second}


async def test_no_code_secret_or_address_is_kept_or_logged(registry: Running, caplog: pytest.LogCaptureFixture) -> None:
    await somebody(registry)
    caplog.set_level("DEBUG")
    async with registry.browser() as browser:
        letter = await asked(registry, browser, ANNA)
        cookies = list(browser.cookies.values())
        await browser.post(CODE, data={"code": code_in(letter)})
        cookies += list(browser.cookies.values())
    stored = str([await registry.rows(table) for table in ("sign_in_link", "session", "letter", "outbox")])
    assert cookies
    for secret in (code_in(letter).replace(" ", ""), secret_in(letter), ANNA, *cookies):
        assert secret not in stored
    for secret in (code_in(letter), code_in(letter).replace(" ", ""), secret_in(letter), ANNA, *cookies):
        assert secret not in caplog.text


async def test_what_is_no_mail_address_is_told_so(registry: Running) -> None:
    async with registry.browser() as browser:
        for typed in ("", "anna", "a@b", "a b@example.org", "a@example.org, b@example.org"):
            answer = await ask(browser, typed)
            assert answer.status_code == 422, typed
            assert "Wpisz adres e-mail" in answer.text
    assert len(await registry.rows("sign_in_link")) == 1  # of the first start


async def test_who_came_without_asking_is_asked_for_an_address(registry: Running) -> None:
    async with registry.browser() as browser:
        sent = await browser.get(CODE, params={"next": "/calendar/plan"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{SIGN_IN}?next=%2Fcalendar%2Fplan")


async def test_one_place_asks_and_guesses_only_so_often(sqlite_database_url: str, tmp_path: Path) -> None:
    settings = Settings(**quiet(database_url=sqlite_database_url, data=tmp_path, sign_ins_per_minute=4))
    async with running(create_app, settings) as registry, registry.browser() as browser:
        tries = [
            await ask(browser, NOBODY),
            await browser.post(CODE, data={"code": "000000"}),
            await browser.post(PASSWORD, data={"password_address": NOBODY, "password": "x"}),
            await browser.post(SIGN_IN, data={"link": "x"}),
            await browser.post(CODE, data={"code": "000000"}),
        ]
        assert [answer.status_code for answer in tries] == [303, 403, 403, 403, 429]
        assert int(tries[-1].headers["retry-after"]) > 0
        async with registry.browser(peer="198.51.100.7") as elsewhere:
            assert (await ask(elsewhere, NOBODY)).status_code == 303
