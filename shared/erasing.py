"""Erasure: what every service forgets of a person, and when it may say that it holds nothing of them any more.

1. `forget_person`, in the transaction of the message `PersonErased`: rows go or lose the person, a tombstone stays.
2. `finish_erasures`, by the clock: mails kept as files go, the bytes of deleted rows go, then it is confirmed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import JSON, Integer, MetaData, Row, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock, idempotency, outbox
from shared.auth.known import end_keys
from shared.columns import Id, Instant
from shared.database import Database
from shared.mail import Connections, Letter, Mail, SmtpMail, people_of, remove_kept, together
from shared.messages.base import Erasure
from shared.scrubbing import scrub
from shared.settings import ServiceSettings
from shared.shadow import remove_leftovers
from shared.streams import PEOPLE, STATES

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0


class ErasureMixin:
    """A tombstone: of this person nothing up to `version` is believed; confirmed when no byte of theirs is left here.

    `mail_ids` are the ids by which their kept mails are found: their own, and those of invitations to them.
    """

    __tablename__ = "erasure"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    mail_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    forgotten_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant, index=True)


class Known(Protocol):
    """A person who is erased, up to a version."""

    @property
    def id(self) -> str:
        """Their id."""

    @property
    def version(self) -> int:
        """Their last version."""


def forget_person(
    session: Session, metadata: MetaData, erased: Known, *, ids: Iterable[str] = (), values: Iterable[str] = ()
) -> None:
    """Forget a person in the tables that every service has, and keep a tombstone; again changes nothing.

    `ids` are of other things that were theirs alone, `values` what was known of them: kept answers with any of these
    go. What the service alone has of them, it forgets itself.
    """
    tables = metadata.tables
    ids = list(ids)
    if "history" in tables:
        _forget_in_history(session, tables["history"], erased.id, [erased.id, *ids])
    _forget_answers(session, tables["idempotency_key"], erased.id, [erased.id, *ids, *values])
    aside = tables["set_aside"]
    session.execute(delete(aside).where(aside.c.stream == PEOPLE, aside.c.subject.endswith(f".{erased.id}")))
    end_keys(session, tables["known_api_key"], erased.id)
    _keep_tombstone(session, tables["erasure"], erased, ids)


def held_everywhere(session: Session, metadata: MetaData, person_id: str) -> dict[str, Any]:
    """Give what the tables that every service has hold of a person: what they changed, and their keys."""
    keys = metadata.tables["known_api_key"]
    mine = select(keys.c.id, keys.c.kind, keys.c.scopes, keys.c.expires_at, keys.c.revoked_at, keys.c.used_at)
    held = {"keys": [dict(row._mapping) for row in session.execute(mine.where(keys.c.person_id == person_id))]}
    if "history" in metadata.tables:
        history = metadata.tables["history"]
        columns = (history.c.at, history.c.action, history.c.aggregate, history.c.aggregate_id)
        rows = session.execute(select(*columns).where(history.c.by_person_id == person_id).order_by(history.c.position))
        held["changes"] = [dict(row._mapping) for row in rows]
    return held


def is_erased(session: Session, metadata: MetaData, person_id: str, version: int) -> bool:
    """Say whether what is told of a person in this version is from before they were erased."""
    table = metadata.tables["erasure"]
    last = session.scalar(select(table.c.version).where(table.c.id == person_id))
    return last is not None and version <= last


def confirm_erasure(session: Session, table: Any, person_id: str, kind: type[Erasure]) -> None:
    """Remember that nothing is left of a person, and tell it, once."""
    row = settle_erasure(session, table, person_id)
    if row is not None:
        outbox.publish(session, kind(id=row.id, version=row.version))


def settle_erasure(session: Session, table: Any, person_id: str) -> Row[Any] | None:
    """Remember that nothing is left of a person; gives the tombstone when that was not known yet."""
    mine = update(table).where(table.c.id == person_id, table.c.confirmed_at.is_(None))
    return session.execute(mine.values(confirmed_at=clock.now()).returning(table.c.id, table.c.version)).one_or_none()


async def finish_erasures(
    settings: ServiceSettings, database: Database, confirm: Callable[[Session, str], None]
) -> list[str]:
    """Let the last bytes of erased people go, then `confirm(session, person_id)` each; gives whom.

    What cannot be done now, because somebody reads for long, is done when the clock asks again.
    """
    rows = await database.read(unconfirmed, database.outbox_table.metadata)
    if not rows:
        return []
    mail_ids = {one for row in rows for one in (row.id, *row.mail_ids)}
    await asyncio.to_thread(remove_kept, settings.data / "mail", mail_ids)
    if not await remove_leftovers(database) or not await asyncio.to_thread(scrub, database):
        log.info("%s: deleted rows are still being read; an erasure is confirmed later", database.service)
        return []
    for row in rows:
        await database.write(confirm, row.id)
    return [row.id for row in rows]


def unconfirmed(session: Session, metadata: MetaData) -> Sequence[Row[Any]]:
    """List the erasures that can be finished now and were not confirmed yet, the oldest first.

    Whoever tells of people on `PEOPLE` or `INVITED` still has them there until the relay has purged their message, and
    told anew what else they were in.
    """
    table = metadata.tables["erasure"]
    if _people_wait(session, metadata.tables["outbox"]):
        return []
    return session.execute(select(table).where(table.c.confirmed_at.is_(None)).order_by(table.c.forgotten_at)).all()


def _people_wait(session: Session, outbox_table: Any) -> bool:
    """Say whether the relay has still to carry something of what this outbox tells on streams of state."""
    waiting = select(outbox_table.c.position).where(
        outbox_table.c.published_at.is_(None), outbox_table.c.stream.in_(STATES)
    )
    return session.execute(waiting.limit(1)).first() is not None


class CarefulMail:
    """A way for letters to leave that writes to nobody who is erased, and keeps nothing of who is erased meanwhile."""

    def __init__(self, post: Mail, database: Database, folder: Path) -> None:
        self._post = post
        self._database = database
        self._folder = folder

    async def send(self, letter: Letter) -> None:
        """Send one letter as `post` does; raises what it raises."""
        if await self._is_for_the_erased(letter):
            return
        await self._post.send(letter)
        if isinstance(self._post, Connections | SmtpMail):
            return  # what left is not kept
        if await self._is_for_the_erased(letter):
            await asyncio.to_thread(remove_kept, self._folder, people_of(letter))

    @asynccontextmanager
    async def together(self) -> AsyncIterator[Mail]:
        """Give the same way for many letters (see `mail.together`)."""
        async with together(self._post) as post:
            yield CarefulMail(post, self._database, self._folder)

    async def _is_for_the_erased(self, letter: Letter) -> bool:
        return await self._database.read(_any_erased, self._database.outbox_table.metadata, people_of(letter))


def _any_erased(session: Session, metadata: MetaData, ids: Iterable[str]) -> bool:
    table = metadata.tables["erasure"]
    return session.execute(select(table.c.id).where(table.c.id.in_(list(ids))).limit(1)).first() is not None


def _forget_in_history(session: Session, history: Any, person_id: str, ids: Sequence[str]) -> None:
    """Let nobody be named as who did it, and nothing be said of what happened to the person themself."""
    mine = update(history).where(history.c.by_person_id == person_id)
    session.execute(mine.values(by_person_id=None))
    session.execute(update(history).where(history.c.aggregate_id.in_(ids)).values(changes={}, reason=""))


def _forget_answers(session: Session, table: Any, person_id: str, words: Sequence[str]) -> None:
    """Delete the kept answers that were the person's, or in which one of these words stands; they are kept two days."""
    session.execute(delete(table).where(table.c.owner == person_id))
    idempotency.forget(session, table, words)


def _keep_tombstone(session: Session, table: Any, erased: Known, mail_ids: Sequence[str]) -> None:
    """Keep the highest version that is erased; who is erased again, as after a restored backup, is confirmed again."""
    known = session.execute(select(table).where(table.c.id == erased.id).with_for_update()).one_or_none()
    values = {
        "version": max(erased.version, known.version if known else 0),
        "mail_ids": sorted({*mail_ids, *(known.mail_ids if known else ())}),
        "forgotten_at": clock.now(),
        "confirmed_at": None,
    }
    if known is None:
        session.execute(insert(table).values(id=erased.id, **values))
    else:
        session.execute(update(table).where(table.c.id == erased.id).values(values))
