"""Signed tokens: the registry signs who somebody is, every service checks it with its own copy of the public keys."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import JSON, String, Table, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock
from shared.columns import Instant
from shared.database import Database
from shared.messages.registry import KeyPublished
from shared.people import Person
from shared.problems import NotSignedIn

ISSUER = "/osiedle/registry"
ALGORITHM = "Ed25519"
"""EdDSA over Ed25519 by its own name (RFC 9864 §2.2)."""
LONGEST_SECONDS = 900
LEEWAY_SECONDS = 5
TOKEN_COOKIE = "osiedle_token"  # noqa: S105 — the cookie's name, not its value
SESSION_COOKIE = "osiedle_session"
GLANCE_SECONDS = 0.1
MISSED_SECONDS = 60.0
MISSED_KEYS = 1000


class KnownKeyMixin:
    """A copy of one public key of the registry."""

    __tablename__ = "known_key"

    kid: Mapped[str] = mapped_column(String(36), primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    not_before_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class PublicKey:
    """A public key and the time in which its signatures hold."""

    key: OKPKey
    not_before_at: datetime
    expires_at: datetime


class TokenRefused(NotSignedIn):
    """The token is not one of ours, or no longer."""

    title = "Your sign-in does not hold"
    detail = "The token is not valid; sign in again."


class TokenExpired(TokenRefused):
    """The token was ours, and its time is over."""

    detail = "Its time is over; sign in again."


class UnknownKey(TokenRefused):
    """The token names a key that has not reached us; it may do so in a moment."""


def new_key(kid: str) -> dict[str, Any]:
    """Make a private signing key as a JWK (RFC 8037, OKP Ed25519)."""
    return dict(OKPKey.generate_key("Ed25519", {"kid": kid}, private=True).as_dict(private=True))


def public_part(private_jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Give the public JWK of a private one."""
    return dict(OKPKey.import_key(dict(private_jwk)).as_dict(private=False))


def sign(private_jwk: Mapping[str, Any], person: Person, seconds: int = LONGEST_SECONDS) -> str:
    """Write a token that says for at most 15 minutes who `person` is and what roles they have."""
    issued = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": person.id,
        "name": person.name,
        "lang": person.language,
        "adm": person.administrator,
        "roles": dict(person.roles),
        "iat": issued,
        "exp": issued + min(seconds, LONGEST_SECONDS),
    }
    if person.service:
        claims["svc"] = person.service
    header = {"alg": ALGORITHM, "kid": private_jwk["kid"]}
    return jwt.encode(header, claims, OKPKey.import_key(dict(private_jwk)), algorithms=[ALGORITHM])


def verify(token: str, keys: Mapping[str, PublicKey]) -> Person:
    """Check a token and give the person it speaks of; raises `UnknownKey`, `TokenExpired` or `TokenRefused`."""
    key = keys.get(_kid_of(token))
    if key is None:
        raise UnknownKey
    now = clock.now()
    if not key.not_before_at <= now < key.expires_at:
        raise TokenRefused
    try:
        claims = jwt.decode(token, key.key, algorithms=[ALGORITHM]).claims
        _CLAIMS.validate(claims)
        if claims["exp"] - claims["iat"] > LONGEST_SECONDS:
            raise TokenRefused
        return _person_of(claims)
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused from error


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": ISSUER},
    sub={"essential": True},
    exp={"essential": True},
    iat={"essential": True},
)


def _kid_of(token: str) -> str:
    try:
        return str(jws.extract_compact(token.encode()).headers().get("kid"))
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


def _person_of(claims: Mapping[str, Any]) -> Person:
    return Person(
        id=str(claims["sub"]),
        name=str(claims.get("name", "")),
        language="en" if claims.get("lang") == "en" else "pl",
        administrator=claims.get("adm") is True,
        roles=dict(claims.get("roles", {})),
        service=claims.get("svc"),
    )


def remember_key(session: Session, known_key: type[Any], message: KeyPublished) -> None:
    """Keep a public key that the registry published; `known_key` is the service's class with `KnownKeyMixin`."""
    session.merge(
        known_key(
            kid=message.id,
            jwk=message.public_key,
            not_before_at=message.not_before_at,
            expires_at=message.expires_at,
        )
    )


def known_keys(session: Session, table: Table) -> dict[str, PublicKey]:
    """Read this service's copy of the public keys."""
    rows = session.execute(select(table.c.kid, table.c.jwk, table.c.not_before_at, table.c.expires_at))
    return {row.kid: PublicKey(OKPKey.import_key(row.jwk), row.not_before_at, row.expires_at) for row in rows}


class KeyRing:
    """The public keys of one service in memory, read again when a token names one that is not among them."""

    def __init__(self, database: Database, table: Table, wait_seconds: float) -> None:
        self._database = database
        self._table = table
        self._wait_seconds = wait_seconds
        self._keys: dict[str, PublicKey] = {}
        self._missed: dict[str, float] = {}
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")

    async def check(self, token: str) -> Person:
        """Give the person of a token; raises `TokenRefused`.

        A key that is not known yet is waited for, once: who comes again with the same key is refused at once.
        """
        kid = _kid_of(token)
        if kid not in self._keys:
            await self._wait_for(kid)
        return verify(token, self._keys)

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
            self._keys = await self._database.read(known_keys, self._table)
            self._read_at = started
