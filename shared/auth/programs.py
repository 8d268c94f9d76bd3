"""The gate for programs: it checks a key by the service's copy, and tells, at most once an hour, that it is used."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import MetaData, Table, or_, select, update
from sqlalchemy.orm import Session

from shared import clock, outbox
from shared.auth.copy import Copy
from shared.auth.keys import is_same_secret, key_parts
from shared.auth.known import ACCESS
from shared.database import Database, note
from shared.messages import TYPES
from shared.messages.base import ApiKeyUse
from shared.messages.registry import KeyKind
from shared.people import Person
from shared.problems import NotSignedIn

log = logging.getLogger(__name__)

USE_TOLD_EVERY = timedelta(hours=1)
NoteUse = Callable[[Session, ApiKeyUse], None]
"""What a service does, in the transaction, when a key was used and that was not told for an hour."""


class KeyRefused(NotSignedIn):
    """The key is none of ours, is over, or was revoked; which of these is told to nobody."""

    type = "key-refused"
    title = "This key does not hold"
    detail = "It is not one of ours, its time is over, or it was revoked."


@dataclass(frozen=True)
class ProgramKey:
    """A key as it is known here: the hash of its secret, and who asks when somebody shows it.

    A revoked one is known too, so that nobody waits for it to arrive.
    """

    kind: KeyKind
    secret_hash: str
    person: Person
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def holds(self, kind: KeyKind, secret: str, now: datetime) -> bool:
        """Say whether this secret opens a door of this kind now."""
        return is_same_secret(secret, self.secret_hash) and self.kind == kind and self.is_living(now)

    def is_living(self, now: datetime) -> bool:
        """Say whether it is neither revoked nor over."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def is_use_told(self, now: datetime) -> bool:
        """Say whether its use was told within the hour."""
        return self.used_at is not None and now < self.used_at + USE_TOLD_EVERY


class ApiKeys:
    """The keys that one service knows, in memory; `metadata` has the table `known_api_key`."""

    def __init__(self, database: Database, metadata: MetaData, wait_seconds: float, note_use: NoteUse) -> None:
        self._database = database
        self._table = metadata.tables["known_api_key"]
        self._copy = Copy(database, lambda session: program_keys(session, self._table))
        self._wait_seconds = wait_seconds
        self._note_use = note_use
        self._noting: set[str] = set()

    async def check(self, text: str) -> Person:
        """Give the person for whom a program speaks by this key, with `scopes`; raises `KeyRefused`.

        A key that is not known yet is waited for, once, as a public key is.
        """
        parts = key_parts(text)
        key = await self._copy.awaited(parts[0], self._wait_seconds) if parts else None
        if parts is None or key is None or not key.holds("program", parts[1], clock.now()):
            raise KeyRefused
        await self._note(parts[0], key)
        return key.person

    async def subscriber(self, text: str) -> Person | None:
        """Give the person whose private feed has this secret in its address, or none; nothing is waited for."""
        parts = key_parts(text)
        key = await self._copy.get(parts[0]) if parts else None
        if parts is None or key is None or not key.holds("feed", parts[1], clock.now()):
            return None
        await self._note(parts[0], key)
        return key.person

    async def is_still(self, program: Person) -> bool:
        """Say whether a program that was let in would be let in now as the same: same roles, same scopes."""
        key = await self._copy.get(program.key_id or "")
        return key is not None and key.person == program and key.is_living(clock.now())

    async def _note(self, key_id: str, key: ProgramKey) -> None:
        """Note that the key is used; a request does not fail because this did."""
        if key_id in self._noting or key.is_use_told(clock.now()):
            return
        self._noting.add(key_id)
        try:
            await self._database.write(note_use, self._table, key_id, self._note_use)
        except Exception:
            log.exception("the use of the key %s cannot be noted", key_id)
        finally:
            self._noting.discard(key_id)


def program_keys(session: Session, table: Table) -> dict[str, ProgramKey]:
    """Read what is known of every key, by id."""
    rows = session.execute(select(table))
    return {
        row.id: ProgramKey(
            kind=row.kind,
            secret_hash=row.secret_hash,
            person=Person(
                id=row.person_id,
                administrator=row.administrator,
                neighbourhood_coordinator=row.neighbourhood_coordinator,
                roles=row.roles,
                scopes=frozenset(row.scopes),
                key_id=row.id,
            ),
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            used_at=row.used_at,
        )
        for row in rows
    }


def note_use(session: Session, table: Table, key_id: str, tell: NoteUse) -> None:
    """Write that a key is used now, and tell it, unless that was done within the hour."""
    now = clock.now()
    is_due = or_(table.c.used_at.is_(None), table.c.used_at <= now - USE_TOLD_EVERY)
    mine = update(table).where(table.c.id == key_id, table.c.revoked_at.is_(None), is_due)
    if session.execute(mine.values(used_at=now).returning(table.c.id)).one_or_none() is None:
        return
    note(session, ACCESS)
    tell(session, ApiKeyUse(id=key_id, version=int(now.timestamp() // 3600), used_at=now))


def telling_use(service: str) -> NoteUse:
    """Make what tells the registry on the service's own stream; a service without such a message keeps it for itself.

    The message's type is `<service>.api_key.used.v1`.
    """
    kind = TYPES.get(f"{service}.api_key.used.v1")

    def tell(session: Session, use: ApiKeyUse) -> None:
        if kind is not None:
            outbox.publish(session, kind(**use.model_dump()))

    return tell
