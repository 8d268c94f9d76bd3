"""The mailbox into which answers to invitations come: one on a mail server, by IMAP, or a folder of files."""

import asyncio
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.notifications.settings import Settings

SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Arrived:
    """A mail that nobody has read yet, by what the mailbox calls it; `raw` is none where it is too large to fetch."""

    key: str
    raw: bytes | None


class MailboxAway(Exception):
    """The mailbox cannot be read now; says why, without a name or a password."""


class Mailbox(Protocol):
    """Where answers come in."""

    async def unread(self, most: int, largest: int) -> list[Arrived]:
        """Give some mails that were not read; of one with more octets than `largest` only that it is there.

        Raises `MailboxAway`.
        """

    async def mark_read(self, keys: Sequence[str]) -> None:
        """Let these not come again. Raises `MailboxAway`."""


def chosen(settings: Settings) -> Mailbox | None:
    """Give the mailbox that the operator chose; none where there is none."""
    if settings.reply == "imap":
        return ImapMailbox(settings)
    return FolderMailbox(settings.data / "replies") if settings.reply == "console" else None


class ImapMailbox:
    """Reads an inbox by IMAP4rev1 (RFC 3501); what was read is flagged as seen there, and nothing is deleted."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def unread(self, most: int, largest: int) -> list[Arrived]:
        """Fetch some unseen mails, without flagging them: that is done when they were taken in."""
        return await asyncio.to_thread(self._unread, most, largest)

    async def mark_read(self, keys: Sequence[str]) -> None:
        """Flag these as seen."""
        if keys:
            await asyncio.to_thread(self._mark_read, keys)

    def _unread(self, most: int, largest: int) -> list[Arrived]:
        with self._opened() as inbox:
            found = _said(inbox.uid("SEARCH", "UNSEEN"))
            keys = found[0].split()[:most] if found and isinstance(found[0], bytes) else []
            return [Arrived(key.decode(), self._fetched(inbox, key.decode(), largest)) for key in keys]

    def _fetched(self, inbox: imaplib.IMAP4, key: str, largest: int) -> bytes | None:
        sized = b" ".join(part for part in _said(inbox.uid("FETCH", key, "(RFC822.SIZE)")) if isinstance(part, bytes))
        size = SIZE.search(sized)
        if size is None or int(size[1]) > largest:
            return None
        # and no more than that, whatever the server said of the size
        parts = _said(inbox.uid("FETCH", key, f"(BODY.PEEK[]<0.{largest + 1}>)"))
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)

    def _mark_read(self, keys: Sequence[str]) -> None:
        with self._opened() as inbox:
            _said(inbox.uid("STORE", ",".join(keys), "+FLAGS.SILENT", r"(\Seen)"))

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        """Sign in and open the inbox; whatever goes wrong is told without what the server repeats of our login."""
        settings = self._settings
        try:
            inbox = _connected(settings)
            try:
                inbox.login(settings.reply_imap_user, settings.reply_imap_password.get_secret_value())
                _said(inbox.select("INBOX"))
                yield inbox
            finally:
                inbox.logout()
        except imaplib.IMAP4.error as error:
            raise MailboxAway(type(error).__name__) from None
        except OSError as error:
            raise MailboxAway(f"{type(error).__name__}: {error}") from error


class FolderMailbox:
    """Reads `.eml` files of a folder, for who has no mail server; what was read goes into `read` within it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def unread(self, most: int, largest: int) -> list[Arrived]:
        """Read the first files by name."""
        return await asyncio.to_thread(self._unread, most, largest)

    async def mark_read(self, keys: Sequence[str]) -> None:
        """Put these away."""
        await asyncio.to_thread(self._mark_read, keys)

    def _unread(self, most: int, largest: int) -> list[Arrived]:
        files = sorted(self._folder.glob("*.eml"))[:most]
        return [Arrived(one.name, one.read_bytes() if one.stat().st_size <= largest else None) for one in files]

    def _mark_read(self, keys: Sequence[str]) -> None:
        away = self._folder / "read"
        away.mkdir(parents=True, exist_ok=True)
        for key in keys:
            (self._folder / key).replace(away / key)


def _connected(settings: Settings) -> imaplib.IMAP4:
    host, port, seconds = settings.reply_imap_host, settings.reply_imap_port, settings.reply_imap_seconds
    if settings.reply_imap_tls == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=seconds)
    inbox = imaplib.IMAP4(host, port, timeout=seconds)
    if settings.reply_imap_tls == "starttls":
        inbox.starttls(ssl.create_default_context())
    return inbox


def _said(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, parts = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return parts
