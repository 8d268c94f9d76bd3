"""The gate of one service: its copy of the public keys and of what was revoked, held in memory."""

import asyncio
import time
from datetime import datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from shared.auth.known import known_keys, revocations
from shared.auth.tokens import PublicKey, TokenRefused, kid_of, verify
from shared.database import Database
from shared.people import Person

GLANCE_SECONDS = 0.1
MISSED_SECONDS = 60.0
MISSED_KEYS = 1000
FRESH_SECONDS = 5.0
"""What was revoked is read again at least so often: another process may have heard of it."""


class KeyRing:
    """The public keys of one service in memory, read again when a token names one that is not among them.

    `metadata` has the tables `known_key` and `revoked_access`.
    """

    def __init__(self, database: Database, metadata: MetaData, wait_seconds: float) -> None:
        self._database = database
        self._tables = metadata.tables
        self._wait_seconds = wait_seconds
        self._keys: dict[str, PublicKey] = {}
        self._revoked: dict[str, datetime] = {}
        self._missed: dict[str, float] = {}
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")

    async def check(self, token: str) -> Person:
        """Give the person of a token; raises `TokenRefused`.

        A key that is not known yet is waited for, once: who comes again with the same key is refused at once.
        """
        kid = kid_of(token)
        if kid not in self._keys:
            await self._wait_for(kid)
        elif self._read_at < (now := time.monotonic()) - FRESH_SECONDS:
            await self._read_after(now)
        person = verify(token, self._keys)
        if self._is_revoked(person):
            raise TokenRefused
        return person

    def _is_revoked(self, person: Person) -> bool:
        """Say whether the session or the person was told to be believed no more since the token was signed."""
        limits = [self._revoked.get(one) for one in (person.id, person.session_id) if one]
        since = person.known_since
        return any(before is not None and since is not None and since < before for before in limits)

    async def _wait_for(self, kid: str) -> None:
        now = time.monotonic()
        until = now if now < self._missed.get(kid, 0) else now + self._wait_seconds
        while True:
            await self._read_after(time.monotonic())
            if kid in self._keys:
                return
            if time.monotonic() >= until:
                break
            await self._database.changed(GLANCE_SECONDS)
        if len(self._missed) >= MISSED_KEYS:
            self._missed.clear()
        self._missed[kid] = time.monotonic() + MISSED_SECONDS

    async def _read_after(self, asked_at: float) -> None:
        """Read the copy once for everybody who waits at this moment."""
        async with self._reading:
            if self._read_at >= asked_at:
                return
            started = time.monotonic()
            self._keys, self._revoked = await self._database.read(self._read)
            self._read_at = started

    def _read(self, session: Session) -> tuple[dict[str, PublicKey], dict[str, datetime]]:
        keys = known_keys(session, self._tables["known_key"])
        return keys, revocations(session, self._tables["revoked_access"])
