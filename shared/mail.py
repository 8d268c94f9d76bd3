"""Mail: sent by SMTP, or kept as files for who has no mail server; which one, a setting says."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import aiosmtplib
from pydantic import SecretStr

from shared import clock
from shared.identifiers import new_id
from shared.mail_policy import LETTERS
from shared.settings import ServiceSettings

log = logging.getLogger(__name__)

PERMANENT = 500
CLOSING = 421
"""The server ends the connection, whatever was asked (RFC 5321 §3.8)."""
LETTERS_OF_A_CONNECTION = 100
"""Then a new one is opened: many servers take no more over one."""
PERSON_HEADER = "X-Osiedle-Person"
"""The ids of the people whose letter it is, so that their letters that were kept as files are found when they go."""


class MailSettings(ServiceSettings):
    """What an operator can say of how mail leaves; every service that writes to people reads the same variables."""

    mail: Literal["console", "smtp"] = "console"
    """How mail leaves: `smtp`, or `console`, which logs it and keeps it as `.eml` files in `<data>/mail`."""
    mail_from: str = "Osiedle <osiedle@example.org>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_seconds: float = 20.0
    """How long one mail may take."""
    send_every_seconds: float = 0.5
    """How often due letters are looked for."""
    first_delay_seconds: float = 30.0
    """How long a letter that failed waits before it is tried again; each further wait is four times as long."""
    tries: int = 8
    """After so many tries a letter is given up."""


@dataclass(frozen=True)
class Letter:
    """One mail to one person, as text and as HTML; the same `key` gives the same Message-ID, so a repeat is known."""

    key: str
    name: str
    email: str
    subject: str
    text: str
    html: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)
    thread: str = ""
    """Letters with the same one are shown as one conversation (RFC 5322 §3.6.4)."""
    calendar: str = ""
    """An iCalendar file that comes with it."""
    method: Literal["PUBLISH", "REQUEST", "CANCEL"] = "PUBLISH"
    """What the file asks for: all but `PUBLISH` is an invitation, which calendar programs answer (RFC 6047)."""


class Mail(Protocol):
    """A way for letters to leave."""

    async def send(self, letter: Letter) -> None:
        """Send one letter; raises what went wrong, and then nothing was sent."""


@runtime_checkable
class Keeps(Protocol):
    """A way for letters to leave that is quicker for many together."""

    def together(self) -> AbstractAsyncContextManager[Mail]:
        """Give what sends many letters, also at the same time; it ends what it opened."""


@asynccontextmanager
async def together(post: Mail) -> AsyncIterator[Mail]:
    """Give a way for many letters to leave: where there are connections, they are kept from letter to letter."""
    if isinstance(post, Keeps):
        async with post.together() as kept:
            yield kept
    else:
        yield post


def chosen(settings: MailSettings) -> Mail:
    """Give the way that the operator chose."""
    return SmtpMail(settings) if settings.mail == "smtp" else ConsoleMail(settings)


class SmtpMail:
    """Sends letters to a mail server."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def send(self, letter: Letter) -> None:
        """Send one letter by SMTP (RFC 5321); raises `aiosmtplib.SMTPException` or `OSError`."""
        async with self.together() as kept:
            await kept.send(letter)

    @asynccontextmanager
    async def together(self) -> AsyncIterator["Connections"]:
        """Give connections that are kept from letter to letter."""
        connections = Connections(self._settings)
        try:
            yield connections
        finally:
            await connections.close()


class Connections:
    """Connections to a mail server: one letter at a time goes over each, and there are as many as senders at once."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._idle: list[tuple[aiosmtplib.SMTP, int]] = []

    async def send(self, letter: Letter) -> None:
        """Send one letter over a connection of before or a new one; raises as `SmtpMail.send` does."""
        message = message_of(letter, self._settings.mail_from)
        while self._idle:
            client, letters = self._idle.pop()
            if await _is_usable(client):
                try:
                    return await self._send(client, letters, message)
                except aiosmtplib.SMTPSenderRefused as error:  # it heard of no recipient yet, and took nothing
                    if error.code != CLOSING:
                        raise
        await self._send(await self._opened(), 0, message)

    async def close(self) -> None:
        """Take leave on every connection."""
        idle, self._idle = self._idle, []
        for client, _ in idle:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()

    async def _opened(self) -> aiosmtplib.SMTP:
        client = client_of(self._settings, self._settings.smtp_seconds)
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client

    async def _send(self, client: aiosmtplib.SMTP, letters: int, message: EmailMessage) -> None:
        """Send a letter; the connection is kept unless it is over, or nobody knows how far the letter came."""
        is_whole = False
        try:
            await client.send_message(message)
            is_whole = True
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            is_whole = _code(error) != CLOSING  # it said no, and was told to begin anew
            raise
        finally:
            if is_whole and client.is_connected and letters + 1 < LETTERS_OF_A_CONNECTION:
                self._idle.append((client, letters + 1))
            else:
                client.close()


def client_of(settings: MailSettings, seconds: float) -> aiosmtplib.SMTP:
    """Make what connects to the mail server as it is set, and signs in; each thing may take so many seconds."""
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
        timeout=seconds,
    )


async def _is_usable(client: aiosmtplib.SMTP) -> bool:
    """Say whether the mail server still answers here: an old connection may have ended without our hearing of it."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
        return False
    return True


class ConsoleMail:
    """Sends nothing: logs that there is a letter, and keeps it in `<data>/mail` for every mail program to open."""

    def __init__(self, settings: MailSettings) -> None:
        self._from = settings.mail_from
        self.folder = settings.data / "mail"

    async def send(self, letter: Letter) -> None:
        """Write one letter as an `.eml` file (RFC 5322); the newest sorts last. The log holds nothing of it."""
        path = self.folder / f"{new_id()}.eml"
        await asyncio.to_thread(_write, path, message_of(letter, self._from).as_bytes())
        log.info("a mail was not sent but kept in %s", path)


def said(error: Exception) -> str:
    """Say what went wrong with a letter, without what a mail server repeats of it: that may be its address."""
    if isinstance(error, aiosmtplib.SMTPException):
        return " ".join(str(part) for part in (type(error).__name__, _code(error)) if part is not None)
    return f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__


def refused(error: Exception) -> Literal["address", "letter"] | None:
    """Say what a mail server refused for good (RFC 5321 §4.2.1: 5yz); whatever else went wrong may be tried again.

    That it refuses us, as sender or for a wrong password, says nothing of the letter.
    """
    if (_code(error) or 0) < PERMANENT:
        return None
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPRecipientRefused):
        return "address"
    return "letter" if isinstance(error, aiosmtplib.SMTPDataError) else None


def _code(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=None)
    return getattr(error, "code", None)


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Write a letter as a message with a text and an HTML part (RFC 2046 §5.1.4)."""
    message = EmailMessage(policy=LETTERS)
    message["From"] = sender
    message["To"] = Address(_one_line(letter.name), addr_spec=letter.email)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter.key}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    if letter.thread:
        message["In-Reply-To"] = message["References"] = f"<{letter.thread}@{_domain(sender)}>"
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar and letter.method == "PUBLISH":
        published = {"method": "PUBLISH"}
        message.add_attachment(letter.calendar, subtype="calendar", params=published, filename="osiedle.ics")
    elif letter.calendar:
        # as one more way to read it, so that mail programs show buttons (RFC 6047 §2.4), and as a file for those that
        # do not; of another type, for some would take two of the same for two invitations
        message.add_alternative(letter.calendar, subtype="calendar", params={"method": letter.method})
        file = letter.calendar.encode()
        message.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")
    return message


def name_and_address(sender: str) -> tuple[str, str]:
    """Split a sender as it is set, `Name <address>`, into both."""
    name, address = parseaddr(sender)
    return name or address, address


def people_of(letter: Letter) -> list[str]:
    """Name the people whose letter it is by their ids, as `PERSON_HEADER` says; an invitation has its own id there."""
    return letter.headers.get(PERSON_HEADER, "").split()


def remove_kept(folder: Path, ids: Collection[str]) -> int:
    """Delete the letters that were kept in a folder and are somebody's with one of these ids; gives how many."""
    count = 0
    for file in [*folder.glob("*.eml"), *folder.glob("*.part")]:
        with contextlib.suppress(FileNotFoundError):  # another process removes them too
            with file.open("rb") as opened:
                headers = BytesHeaderParser(policy=SMTP).parse(opened)
            if not set(ids).isdisjoint(str(headers.get(PERSON_HEADER, "")).split()):
                file.unlink()
                count += 1
    return count


def _one_line(text: str) -> str:
    """Bring what people typed into one line: a header with a line break in it cannot be sent (RFC 5322 §2.2)."""
    return " ".join(text.split())


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip("> ") or "localhost"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.rename(path)
