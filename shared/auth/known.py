"""What every service knows of access: the registry's public keys, the keys of programs, and what no longer holds."""

from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import JSON, Boolean, Integer, String, Table, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock
from shared.auth.own_data import LONGEST
from shared.auth.tokens import LEEWAY_SECONDS, PublicKey
from shared.columns import Id, Instant
from shared.database import note
from shared.messages.registry import AccessRevoked, ApiKeyChanged, KeyPublished

REVOKED_FOR = LONGEST + timedelta(seconds=2 * LEEWAY_SECONDS)
"""A revocation is of use as long as a token, or a person's own link, that was signed before it may still be shown."""
ACCESS = "access"
"""The topic that is noted with every change of these tables, so that copies in memory are read again at once."""


class KnownKeyMixin:
    """A copy of one public key of the registry."""

    __tablename__ = "known_key"

    kid: Mapped[str] = mapped_column(String(36), primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    not_before_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class RevokedAccessMixin:
    """Tokens of this session or person (`id`) that were signed before `before_at` hold no more."""

    __tablename__ = "revoked_access"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    before_at: Mapped[datetime] = mapped_column(Instant)


class KnownApiKeyMixin:
    """A copy of one key of a program or feed: whom it speaks for, what it may do, and the hash of its secret."""

    __tablename__ = "known_api_key"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(Id, index=True)
    administrator: Mapped[bool] = mapped_column(Boolean)
    neighbourhood_coordinator: Mapped[bool] = mapped_column(Boolean)
    roles: Mapped[dict[str, Any]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    """When this service last told that it was used; not more often than once an hour."""


def remember_key(session: Session, known_key: type[Any], message: KeyPublished) -> None:
    """Keep a public key that the registry published; `known_key` is the service's class with `KnownKeyMixin`."""
    note(session, ACCESS)
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


def remember_revocation(session: Session, revoked_access: type[Any], message: AccessRevoked) -> None:
    """Keep that a session or person is not to be believed on older tokens; the latest instant counts."""
    note(session, ACCESS)
    known = session.get(revoked_access, message.id, with_for_update=True)
    if known is None:
        session.add(revoked_access(id=message.id, before_at=message.before_at))
    elif known.before_at < message.before_at:
        known.before_at = message.before_at


def remember_api_key(session: Session, known_api_key: type[Any], message: ApiKeyChanged) -> None:
    """Keep what a program's key is worth now; an older message changes nothing."""
    known = session.get(known_api_key, message.id, with_for_update=True)
    if known is not None and message.version <= known.version:
        return
    note(session, ACCESS)
    session.merge(
        known_api_key(
            id=message.id,
            version=message.version,
            kind=message.kind,
            secret_hash=message.secret_hash,
            person_id=message.person_id,
            administrator=message.administrator,
            neighbourhood_coordinator=message.neighbourhood_coordinator,
            roles={one.organisation_id: one.role for one in message.memberships},
            scopes=list(message.scopes),
            expires_at=message.expires_at,
            revoked_at=message.revoked_at,
            used_at=known.used_at if known is not None else None,
        )
    )


def revocations(session: Session, table: Table) -> dict[str, datetime]:
    """Read before which instant the tokens of whom hold no more, by session or person."""
    return {row.id: row.before_at for row in session.execute(select(table.c.id, table.c.before_at))}


def forget_revocations(session: Session, table: Table) -> None:
    """Remove the revocations that no token can outlive."""
    session.execute(delete(table).where(table.c.before_at < clock.now() - REVOKED_FOR))
