"""Letters: when they leave, when they are tried again, and what becomes of their secrets."""

import asyncio
from datetime import timedelta
from pathlib import Path

import aiosmtplib

from services.registry import commands
from services.registry.app import create_app
from services.registry.jobs.letters import send_due_letters
from services.registry.settings import Settings
from shared.mail import Letter
from tests.harness import Running, quiet, running
from tests.service.registry.mailbox import CODE, SIGN_IN, age, ask, code_in, letters, secret_in, text_of
from tests.service.registry.test_codes import ANNA, NOBODY, somebody


class Post:
    """A mail server that fails as often as it is told to, and keeps what it takes."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.failures = failures
        self.error = error or OSError("the mail server is away")
        self.taken: list[Letter] = []
        self.refused: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        await asyncio.sleep(0)
        if self.failures > 0:
            self.failures -= 1
            self.refused.append(letter)
            raise self.error
        self.taken.append(letter)


async def test_a_letter_that_failed_is_tried_again_with_a_new_code(registry: Running, tmp_path: Path) -> None:
    await somebody(registry)
    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=0.0))
    post = Post(failures=2)
    async with registry.browser() as browser:
        await ask(browser, ANNA)
        await send_due_letters(settings, registry.database, post)
    (letter,) = post.taken
    assert len({one.text for one in (*post.refused, letter)}) == 3
    assert {one.key for one in post.refused} == {letter.key}
    (row,) = await registry.rows("letter")
    assert (row.state, row.attempts, row.error) == ("sent", 3, None)


async def test_a_letter_waits_longer_each_time_and_is_given_up(registry: Running, tmp_path: Path) -> None:
    await somebody(registry)
    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=30.0, tries=3))
    post = Post(failures=99)
    async with registry.browser() as browser:
        await ask(browser, ANNA)
        waits = []
        for _ in range(3):
            await send_due_letters(settings, registry.database, post)
            (row,) = await registry.rows("letter")
            waits.append(row.state)
            await age(registry, "letter", timedelta(minutes=10))
    assert waits == ["due", "due", "given_up"]
    assert len(post.refused) == 3


async def test_what_a_mail_server_says_of_an_address_is_not_kept(registry: Running, tmp_path: Path) -> None:
    await somebody(registry)
    refusal = aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(550, f"no {ANNA} here", ANNA)])
    settings = Settings(**quiet(data=tmp_path))
    async with registry.browser() as browser:
        await ask(browser, ANNA)
        await send_due_letters(settings, registry.database, Post(failures=1, error=refusal))
    (row,) = await registry.rows("letter")
    assert row.error == "SMTPRecipientsRefused 550"


async def test_nobody_waits_for_a_sign_in_letter_longer_than_an_hour(registry: Running, tmp_path: Path) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        await ask(browser, ANNA)
    for table in ("letter", "sign_in_link"):
        await age(registry, table, timedelta(hours=2))
    assert await letters(registry) == []
    (row,) = await registry.rows("letter")
    assert row.state == "given_up"


async def test_nobody_gets_the_letter_of_an_unknown_address(registry: Running) -> None:
    async with registry.browser() as browser:
        await ask(browser, NOBODY)
    assert await letters(registry) == []
    (row,) = await registry.rows("letter")
    assert row.state == "given_up"


async def test_two_processes_send_a_letter_once(registry: Running, tmp_path: Path) -> None:
    await somebody(registry)
    settings, post = Settings(**quiet(data=tmp_path)), Post()
    for _ in range(4):
        async with registry.browser() as browser:
            await ask(browser, ANNA)
    await asyncio.gather(*(send_due_letters(settings, registry.database, post) for _ in range(4)))
    assert len(post.taken) == 4
    assert len({letter.key for letter in post.taken}) == 4


async def test_the_letter_of_a_process_that_died_leaves_when_its_lease_is_over(registry: Running) -> None:
    await somebody(registry)
    async with registry.browser() as browser:
        await ask(browser, ANNA)
        from shared import clock

        await registry.database.write(commands.take_due_letters, now=clock.now(), lease=timedelta(minutes=2))
        assert await letters(registry) == []
        await age(registry, "letter", timedelta(minutes=3))
        (letter,) = await letters(registry)
        assert (await browser.post(CODE, data={"code": code_in(letter)})).status_code == 303


async def test_the_operator_gets_the_first_link_by_mail_too(database_url: str, tmp_path: Path) -> None:
    values = quiet(database_url=database_url, data=tmp_path, operator_email="admin@example.org", language="en")
    async with running(create_app, Settings(**values)) as registry:
        (letter,) = await letters(registry)
        assert letter["To"].addresses[0].addr_spec == "admin@example.org"
        assert "within seven days" in text_of(letter)
        await age(registry, "sign_in_link", timedelta(days=6))
        async with registry.browser() as browser:
            assert (await browser.post(SIGN_IN, data={"link": secret_in(letter)})).status_code == 303
            page = (await browser.get("/registry/account?lang=en")).text
            assert "We have no mail address of yours" not in page
        async with registry.browser() as browser:
            await ask(browser, "admin@example.org")
            assert len(await letters(registry)) == 2
