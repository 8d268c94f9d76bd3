"""Access: how people get in and stay in, the keys of programs, and the letters that go out for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.plans import LetterKind, SignInWay
from services.registry.models.base import Aggregate, Base
from shared.columns import Id
from shared.identifiers import new_id
from shared.messages.registry import KeyKind


class SignInLink(Base):
    """A link, and perhaps a code, that signs somebody in, once; only hashes are kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(Id, ForeignKey("person.id"))
    """None while it may be one of several people who share a mail address, and where the address is nobody's."""
    email_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the address that asked for it, so that mails to one address are counted; no address is kept here."""
    code_hash: Mapped[str | None] = mapped_column(String(300))
    """argon2: a code has six digits, so a fast hash would be searched in a moment; none until its letter leaves."""
    code_expires_at: Mapped[datetime | None]
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the cookie of the browser that asked: the code works there alone."""
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedInSession(Base):
    """A browser that is signed in, until it expires or somebody ends it; only the hash of its cookie is kept."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[SignInWay] = mapped_column(String(20), default="link", server_default="link")
    label: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """The kind of browser, such as `Firefox, Android`, so that its owner knows it again."""
    network_hash: Mapped[str | None] = mapped_column(String(64))
    """Where it was opened from: passwords that come from there are not slowed down by what others try."""
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Password(Base):
    """The second way to sign in, for who wants one; an argon2 hash."""

    __tablename__ = "password"

    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(300))
    changed_at: Mapped[datetime]


class WrongPassword(Base):
    """Somebody tried a password that was not right; kept for a day, whether the address is known here or not."""

    __tablename__ = "wrong_password"
    __table_args__ = (Index("ix_wrong_password_email_hash", "email_hash", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    email_hash: Mapped[str] = mapped_column(String(64))
    network_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class ApiKey(Aggregate, Base):
    """The key of a program, or the private address of somebody's feed; shown once, kept as a hash."""

    __tablename__ = "api_key"

    person_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"), index=True)
    kind: Mapped[KeyKind]
    name: Mapped[str] = mapped_column(String(100))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Letter(Base):
    """A mail that must go out: what it is about, never to which address nor with what secret.

    The secret is drawn when it is sent, and the address read then. `state` is `due`, `sent` or `given_up`.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_due", "state", "due_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[LetterKind] = mapped_column(String(20))
    about_id: Mapped[str] = mapped_column(Id, index=True)
    """A sign-in link, an invitation, or a person who asked for their own data, by its kind."""
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class SigningKey(Base):
    """A key that signs tokens, with its private part; the public part travels as `KeyPublished`."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    private_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    not_before_at: Mapped[datetime]
    expires_at: Mapped[datetime]
