"""Asks what the doctor's judges judge; every question has an end, and what goes wrong is told in one line."""

import asyncio
import http.client
import importlib.metadata
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiosmtplib
import nats
from cryptography import x509
from nats.aio.client import Client
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.broker.numbers import server_version
from shared.mail import Letter, MailSettings, SmtpMail, client_of
from shared.mail import said as said_of_mail
from shared.migrations import stands_at
from shared.settings import ServiceSettings
from shared.streams import all_streams

SECONDS = 10.0


class Got(NamedTuple):
    """What an address answered: its status or what went wrong, how far our clock is before its, and the body."""

    answer: int | str
    ahead: float | None = None
    body: bytes = b""


class Database(NamedTuple):
    """Where a database stands, the version of its server (PostgreSQL), and how far our clock is before its."""

    stands: str | None = None
    version: tuple[int, ...] | None = None
    ahead: float | None = None
    error: str | None = None


class Bus(NamedTuple):
    """Which NATS answers, how full its streams are, when its certificate ends."""

    version: str | None = None
    streams: Mapping[str, float] = {}
    error: str | None = None


def words_of(error: BaseException) -> str:
    """Say in one line what went wrong, without what a driver repeats of its address."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    first = str(getattr(error, "orig", error) or "").strip().partition("\n")[0]
    return first or type(error).__name__


def resolves(host: str) -> bool:
    """Say whether a name is known."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


def fetch(address: str, agent: str = "osiedle-doctor") -> Got:
    """Fetch an address (http or https)."""
    asked_at = datetime.now(UTC)
    try:
        request = urllib.request.Request(address, headers={"User-Agent": agent})  # noqa: S310 -- the operator's own
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return Got(answer.status, _ahead_of(answer.headers.get("Date"), asked_at), answer.read(1_000_000))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Got(refusal.code, _ahead_of(refusal.headers.get("Date"), asked_at))
    except urllib.error.URLError as error:
        return Got(words_of(error.reason) if isinstance(error.reason, BaseException) else str(error.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Got(words_of(error))


def version_in(got: Got) -> str | None:
    """Read which version runs from what `/notifications/api/v1/status` answered."""
    try:
        return str(json.loads(got.body)["version"]) if got.answer == 200 else None
    except (ValueError, KeyError, TypeError):
        return None


def _ahead_of(header: str | None, asked_at: datetime) -> float | None:
    """Compare with a Date header, which has whole seconds and was written some time since we asked."""
    try:
        return ahead(parsedate_to_datetime(header), asked_at, datetime.now(UTC), whole=1.0) if header else None
    except ValueError:
        return None


def ahead(theirs: datetime, asked_at: datetime, answered_at: datetime, whole: float = 0.0) -> float:
    """Say how many seconds our clock is surely before theirs (or after, below 0), read between two of our instants.

    `whole` is the step in which their clock is told: it may be later by less than that.
    """
    earliest = (asked_at - theirs).total_seconds() - whole
    latest = (answered_at - theirs).total_seconds()
    return max(earliest, 0.0) or min(latest, 0.0)


async def mail_error(settings: MailSettings, send_to: str | None) -> str | None:
    """Come to the mail server as letters do: connect, EHLO, TLS, login; say what it refuses.

    Only where there is a `send_to` a letter leaves.
    """
    try:
        if send_to:
            words = "Osiedle: this is a test. / To jest wiadomość próbna."
            key = f"doctor-{time.time_ns()}"
            await SmtpMail(settings).send(Letter(key, send_to, send_to, "Osiedle", words, f"<p>{words}</p>", "en"))
            return None
        async with client_of(settings, SECONDS) as client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return said_of_mail(error)
    return None


def database(app: Any) -> Database:
    """Ask one service's database, which is not made where it is not there; writes nothing that stays."""
    base = app.state.database
    if base.is_sqlite and not Path(base.url.database or "").is_file():
        return Database()
    url = base.url
    try:
        with base.engine.connect() as connection:
            if base.is_sqlite:
                return Database(stands_at(connection))
            asked_at = datetime.now(UTC)
            theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            before = ahead(theirs, asked_at, datetime.now(UTC))
            version = tuple(connection.dialect.server_version_info or ())
            return Database(stands_at(connection), version, before)
    except SQLAlchemyError as error:
        return Database(error=words_of(error).replace(url.password or "\0", "…"))
    finally:
        base.engine.dispose()


async def bus(settings: ServiceSettings) -> Bus:
    """Ask NATS as the operator, or as the service whose login we have."""
    try:
        login = settings.bus_login("operator")
        async with _connected(settings, login) as client:
            return Bus(server_version(client), await _shares(client))
    except Exception as error:  # nats-py raises its own errors, OSError, ssl.SSLError and ValueError
        return Bus(error=words_of(error))


@asynccontextmanager
async def _connected(settings: ServiceSettings, login: Mapping[str, Any]) -> Any:
    async def quietly(_error: Exception) -> None:
        """Whoever asked is told by what is raised."""

    client = await nats.connect(
        settings.bus_address(),
        allow_reconnect=False,
        max_reconnect_attempts=1,
        connect_timeout=int(SECONDS),
        error_cb=quietly,
        inbox_prefix="_INBOX_calendar",  # the operator may hear all, the calendar this
        **login,
    )
    try:
        yield client
    finally:
        await client.close()


async def _shares(client: Client) -> dict[str, float]:
    shares = {}
    for name in all_streams(()):
        try:
            info = await client.jetstream(timeout=2).stream_info(name)
        except nats.js.errors.Error:
            continue  # it is made when its service first starts
        most = info.config.max_bytes or 0
        shares[name] = info.state.bytes / most if most > 0 else 0.0
    return shares


async def bus_certificate_ends(address: str, ca: Path) -> datetime:
    """Say when the certificate ends with which NATS speaks TLS, after its greeting; raises `OSError`, `ValueError`."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 4222)
    try:
        await reader.readline()
        await writer.start_tls(ssl.create_default_context(cafile=ca), server_hostname=parts.hostname)
        return _ends(writer)
    finally:
        writer.close()


async def public_certificate_ends(address: str) -> datetime:
    """Say when the certificate of an https address ends; raises `OSError` where browsers would not believe it."""
    parts = urlsplit(address)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=ssl.create_default_context())
    try:
        return _ends(writer)
    finally:
        writer.close()


def _ends(writer: asyncio.StreamWriter) -> datetime:
    certificate = writer.get_extra_info("peercert")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


def authority_ends(file: Path) -> datetime:
    """Say when the CA of the bus ends; raises `OSError`, `ValueError`."""
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def zone_data(zone: str) -> str:
    """Name the version of the time zones, and look whether ours is among them; raises `ZoneInfoNotFoundError`."""
    ZoneInfo(zone)
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return "the system's"
