"""Partners that come and go while everything runs: their account on the bus, their row in the calendar's table."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from deploy.accounts import Accounts
from services.calendar import commands, queries
from services.calendar.models import Base
from shared.auth import key_hash, new_key_secret
from shared.database import Database
from shared.migrations import migrate
from shared.nkeys import sign_in
from shared.settings import ServiceSettings
from shared.streams import bring_about, municipal_name, municipal_stream

NAME = re.compile(r"[a-z0-9-]{2,32}")
SECONDS_TO_ANSWER = 3.0
UPDATE, DELETE = "$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.CLAIMS.DELETE"


class PartnerProblem(Exception):
    """What was asked for cannot be done; the message is one sentence for the operator."""


@dataclass(frozen=True)
class Added:
    """What is handed over to a partner; `key` is shown this once, and is none where one was handed out before."""

    partner: str
    credentials: str
    key: str | None
    in_effect: bool
    """False where the bus is not running: then it is in effect when it starts."""


@dataclass(frozen=True)
class Listed:
    """One partner; `waiting` is none while the bus cannot be asked."""

    partner: str
    title: str
    since: datetime
    revoked: datetime | None
    last_heard: datetime | None
    has_key: bool
    set_aside: int
    waiting: int | None


async def add(settings: ServiceSettings, name: str, title: str | None, *, new_key: bool) -> Added:
    """Let a partner in by all doors; again for one that is in, it only gives what is missing.

    Raises `PartnerProblem`.
    """
    if not NAME.fullmatch(name):
        raise PartnerProblem("A partner's name has 2 to 32 small letters, digits and hyphens, such as city-roads.")
    accounts = _accounts(settings)
    secret: str | None = None
    async with _calendar(settings) as database:
        before = await database.read(queries.partner, name)
        if new_key or before is None or before.key_hash is None:
            secret = f"osp_{new_key_secret()}"
        in_effect = await _tell_server(settings, accounts, UPDATE, accounts.add(name))
        if in_effect:
            await _open_stored_door(settings, name)
        await database.write(commands.add_partner, name, title, key_hash(secret) if secret else None)
    return Added(name, str(accounts.login_of(name)), secret, in_effect)


async def revoke(settings: ServiceSettings, name: str) -> bool:
    """Let a partner in no more: its connections end, its key opens nothing; what it told stays.

    Gives whether the running bus was told; one that does not run lets it in no more when it starts. Raises
    `PartnerProblem`.
    """
    accounts = _accounts(settings)
    async with _calendar(settings) as database:
        was_in = await database.write(commands.revoke_partner, name)
    if name in accounts.partners:
        told = await _tell_server(settings, accounts, DELETE, accounts.removal(name))
        accounts.remove(name)
        return told
    if not was_in:
        raise PartnerProblem(f"No partner {name} is let in; `partner list` shows who is.")
    return True


async def listed(settings: ServiceSettings) -> list[Listed]:
    """List every partner that there ever was, by name."""
    async with _calendar(settings) as database:
        rows = await database.read(queries.partners)
        aside = {row.name: await database.read(queries.set_aside_of, row.name) for row in rows}
    waiting = await _waiting(settings, [row.name for row in rows if row.revoked_at is None])
    return [
        Listed(
            partner=row.name,
            title=row.title,
            since=row.added_at,
            revoked=row.revoked_at,
            last_heard=row.heard_at,
            has_key=row.key_hash is not None,
            set_aside=aside[row.name],
            waiting=waiting.get(row.name),
        )
        for row in rows
    ]


def login_of(settings: ServiceSettings, name: str) -> Path:
    """Say where the login of a partner is kept for handing over."""
    return Accounts(settings.data.resolve()).login_of(name)


def as_json(value: Added | Listed) -> dict[str, Any]:
    """Give what programs read, times in RFC 3339."""
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in asdict(value).items()}


def _accounts(settings: ServiceSettings) -> Accounts:
    """Open the operator's keys, making them where Osiedle never ran. Raises `PartnerProblem`."""
    accounts = Accounts(settings.data.resolve())
    try:
        if accounts.is_new:
            accounts.bring_about(settings.partners)
    except OSError as error:
        raise PartnerProblem(f"The operator's keys cannot be read: {error.strerror or error}.") from error
    return accounts


@asynccontextmanager
async def _calendar(settings: ServiceSettings) -> AsyncIterator[Database]:
    """Open the calendar's database, also beside running services."""
    database = Database(settings.url_of("calendar"), Base.metadata, "calendar")
    await asyncio.to_thread(migrate, database.engine, "calendar", Base.metadata)
    await database.start()
    try:
        await database.write(commands.begin_with_partners, settings.partners)
        yield database
    finally:
        await database.stop()


async def _tell_server(settings: ServiceSettings, accounts: Accounts, subject: str, token: str) -> bool:
    """Tell the running server of an account; false where none answers. Raises `PartnerProblem` when it refuses."""
    try:
        async with _connected(settings, **sign_in(accounts.system_creds())) as client:
            answer = await client.request(subject, token.encode(), timeout=SECONDS_TO_ANSWER)
    except (NatsError, OSError):
        return False
    if b'"code":200' not in answer.data:
        raise PartnerProblem(f"The bus refuses: {answer.data.decode(errors='replace')}")
    return True


async def _open_stored_door(settings: ServiceSettings, name: str) -> None:
    """Make the stream, so that the bus keeps what is stored from now on, whether the calendar runs or not."""
    async with _as_calendar(settings) as client:
        await bring_about(client.jetstream(), municipal_name(name), municipal_stream(name))


async def _waiting(settings: ServiceSettings, names: list[str]) -> dict[str, int]:
    """Count what the calendar has not heard yet of each partner, as far as the bus can be asked."""
    found: dict[str, int] = {}
    with contextlib.suppress(NatsError, OSError, ValueError):
        async with _as_calendar(settings) as client:
            for name in names:
                with contextlib.suppress(APIError):  # the calendar was not there since this one was added
                    info = await client.jetstream().consumer_info(municipal_name(name), "calendar")
                    found[name] = (info.num_pending or 0) + (info.num_ack_pending or 0)
    return found


def _as_calendar(settings: ServiceSettings) -> AbstractAsyncContextManager[Client]:
    return _connected(settings, inbox_prefix="_INBOX_calendar", **settings.bus_login("calendar"))


@asynccontextmanager
async def _connected(settings: ServiceSettings, **login: Any) -> AsyncIterator[Client]:
    async def quietly(_error: Exception) -> None:
        """Whoever asked is told by what is raised."""

    client = await nats.connect(
        settings.bus_address(),
        allow_reconnect=False,
        max_reconnect_attempts=1,
        connect_timeout=SECONDS_TO_ANSWER,
        error_cb=quietly,
        **settings.bus_tls() | login,
    )
    try:
        yield client
    finally:
        await client.close()
