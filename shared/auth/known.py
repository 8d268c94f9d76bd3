"""What every service knows of access: the registry's public keys, the keys of programs, and what no longer holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from joserfc.jwk import OKPKey
from sqlalchemy import JSON, Boolean, Integer, String, Table, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock
from shared.auth.own_data import LONGEST
from shared.auth.tokens import LEEWAY_SECONDS, PublicKey
from shared.columns import Id, Instant
from shared.copies import OURS, Kind, Plain, Values
from shared.database import note
from shared.messages import Message
from shared.messages.registry import AccessRevoked, ApiKeyChanged, KeyPublished, PersonErased

T = TypeVar("T", bound=Message)

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
    used_at: Mapped[datetime | None] = mapped_column(Instant, info={OURS: True})
    """When this service last told that it was used; not more often than once an hour."""


class KeepsCopies(Protocol):
    """What is asked of a service's bus: to hear, and to know how the copy is made again."""

    def keeps(
        self, message: type[T], keeper: Kind[T] | Plain[T], live: Callable[[Session, T], object] | None = None, /
    ) -> None:
        """See `shared.broker.Bus.keeps`."""


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
    revocation_copies(revoked_access).keep(session, message)


def remember_api_key(session: Session, known_api_key: type[Any], message: ApiKeyChanged) -> None:
    """Keep what a program's key is worth now; an older message changes nothing."""
    if api_key_copies(known_api_key).keep(session, message):
        note(session, ACCESS)


def revocation_copies(revoked_access: type[Any]) -> Kind[AccessRevoked]:
    """Say how revocations are copied: the latest instant counts, whatever the version."""
    return Kind(revoked_access, lambda message: {"id": message.id, "before_at": message.before_at}, order="before_at")


def api_key_copies(known_api_key: type[Any]) -> Kind[ApiKeyChanged]:
    """Say how programs' keys are copied."""
    return Kind(known_api_key, _api_key_row)


def end_keys(session: Session, table: Table, person_id: str) -> None:
    """Believe no key of a person any more, even if the message that ends it is still on its way."""
    living = update(table).where(table.c.person_id == person_id, table.c.revoked_at.is_(None))
    session.execute(living.values(revoked_at=clock.now()))
    note(session, ACCESS)


def hear_access(
    bus: KeepsCopies,
    known_key: type[Any],
    revoked_access: type[Any],
    known_api_key: type[Any],
    *,
    forget_person: Callable[[Session, PersonErased], object],
) -> None:
    """Let a service hear of keys, programs, revocations and erasures; the classes are its own, of the mixins above."""
    revocations, api_keys = revocation_copies(revoked_access), api_key_copies(known_api_key)
    bus.keeps(KeyPublished, Plain((known_key,), lambda session, told: remember_key(session, known_key, told)))
    bus.keeps(AccessRevoked, revocations, lambda session, told: remember_revocation(session, revoked_access, told))
    bus.keeps(ApiKeyChanged, api_keys, lambda session, told: remember_api_key(session, known_api_key, told))
    ended: Plain[PersonErased] = Plain(
        (known_api_key,), lambda session, told: end_keys(session, known_api_key.__table__, told.id)
    )
    bus.keeps(PersonErased, ended, forget_person)


def _api_key_row(message: ApiKeyChanged) -> Values:
    return {
        "id": message.id,
        "version": message.version,
        "kind": message.kind,
        "secret_hash": message.secret_hash,
        "person_id": message.person_id,
        "administrator": message.administrator,
        "neighbourhood_coordinator": message.neighbourhood_coordinator,
        "roles": {one.organisation_id: one.role for one in message.memberships},
        "scopes": list(message.scopes),
        "expires_at": message.expires_at,
        "revoked_at": message.revoked_at,
    }


def revocations(session: Session, table: Table) -> dict[str, datetime]:
    """Read before which instant the tokens of whom hold no more, by session or person."""
    return {row.id: row.before_at for row in session.execute(select(table.c.id, table.c.before_at))}


def forget_revocations(session: Session, table: Table) -> None:
    """Remove the revocations that no token can outlive."""
    session.execute(delete(table).where(table.c.before_at < clock.now() - REVOKED_FOR))
