"""Letters of the registry, as whoever has the mailbox reads them; and somebody who signs in by them."""

import email
import email.policy
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.registry.models import Base
from tests.harness import Running

SIGN_IN = "/registry/sign-in"
CODE = "/registry/sign-in/code"
PASSWORD = "/registry/sign-in/password"


async def letters(registry: Running) -> list[EmailMessage]:
    """Send what is due, and give every letter so far, the oldest first."""
    await registry.run_job("send due letters")
    files = sorted((registry.app.state.settings.data / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def text_of(letter: EmailMessage) -> str:
    """Give what a letter says as text."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def code_in(letter: EmailMessage) -> str:
    """Give the code in a letter, as a person types it: with the space."""
    found = re.search(r"^\d{3} \d{3}$", text_of(letter), re.MULTILINE)
    assert found, text_of(letter)
    return found[0]


def secret_in(letter: EmailMessage) -> str:
    """Give the secret in the link of a letter."""
    found = re.search(r"https?://\S+", text_of(letter))
    assert found, text_of(letter)
    return parse_qs(urlsplit(found[0]).query)["link"][0]


async def ask(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """Ask for a letter in this browser."""
    return await browser.post(SIGN_IN, data={"address": address, "next": "/registry/account"})


async def asked(registry: Running, browser: httpx.AsyncClient, address: str) -> EmailMessage:
    """Ask for a letter in this browser, and give it."""
    answer = await ask(browser, address)
    assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, CODE)
    return (await letters(registry))[-1]


async def signed_in(registry: Running, browser: httpx.AsyncClient, address: str) -> None:
    """Sign this browser in by a code."""
    letter = await asked(registry, browser, address)
    answer = await browser.post(CODE, data={"code": code_in(letter)})
    assert answer.status_code == 303, answer.text


def wrong(code: str) -> str:
    """Give a code that is another one."""
    return f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"


async def age(registry: Running, table: str, by: timedelta) -> None:
    """Let everything in a table have happened so much earlier."""
    found, rows = Base.metadata.tables[table], await registry.rows(table)

    def change(session: Session) -> None:
        for row in rows:
            session.execute(update(found).where(found.c.id == row.id).values(earlier(row, by)))

    await registry.database.write(change)


def earlier(row: Any, by: timedelta) -> dict[str, Any]:
    """Give the instants of a row as they would be if it had happened so much earlier."""
    return {name: value - by for name, value in row._mapping.items() if isinstance(value, datetime)}
