"""The gate for people: it checks a token by the service's copies of the public keys and of what was revoked."""

from datetime import datetime

from sqlalchemy import MetaData

from shared.auth.copy import Copy
from shared.auth.known import known_keys, revocations
from shared.auth.own_data import OwnDataKey, OwnDataKeyRefused, verify_own_data
from shared.auth.tokens import TokenRefused, kid_of, verify
from shared.database import Database
from shared.people import Person


class KeyRing:
    """The public keys of one service in memory, read again when a token names one that is not among them.

    `metadata` has the tables `known_key` and `revoked_access`.
    """

    def __init__(self, database: Database, metadata: MetaData, wait_seconds: float) -> None:
        tables = metadata.tables
        self._keys = Copy(database, lambda session: known_keys(session, tables["known_key"]))
        self._revoked = Copy(database, lambda session: revocations(session, tables["revoked_access"]))
        self._wait_seconds = wait_seconds

    async def check(self, token: str) -> Person:
        """Give the person of a token; raises `TokenRefused`.

        A key that is not known yet is waited for, once: who comes again with the same key is refused at once.
        """
        await self._keys.awaited(kid_of(token), self._wait_seconds)
        person = verify(token, await self._keys.values())
        if await self.is_revoked(person):
            raise TokenRefused
        return person

    async def check_own_data(self, text: str) -> OwnDataKey:
        """Say whose own link has this key; raises `OwnDataKeyRefused`. A new signing key is waited for, once."""
        try:
            await self._keys.awaited(kid_of(text), self._wait_seconds)
            found = verify_own_data(text, await self._keys.values())
        except TokenRefused:
            raise OwnDataKeyRefused from None
        if await self._is_revoked_since(found.signed_at, found.person_id):
            raise OwnDataKeyRefused
        return found

    async def is_revoked(self, person: Person) -> bool:
        """Say whether the session or the person was told to be believed no more since the token was signed."""
        return await self._is_revoked_since(person.known_since, person.id, person.session_id)

    async def _is_revoked_since(self, since: datetime | None, *ids: str | None) -> bool:
        revoked = await self._revoked.values()
        limits = [revoked.get(one) for one in ids if one]
        return any(before is not None and since is not None and since < before for before in limits)
