"""Signing in: whose mail address it is, whom a link would sign in, and in which browsers somebody is signed in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.mail_addresses import email_hash_of
from services.registry.domain.secrets import hash_of
from services.registry.models import Contact, Password, Person, SignedInSession, SignInLink, WrongPassword

DAY = timedelta(days=1)


def contacts_at(session: Session, email_hash: str) -> list[Contact]:
    """Find the mail addresses of people that have this hash; several people may share one.

    Also an address whose owner wants it shown to nobody: who types it asks for a letter to themselves.
    """
    rows = session.scalars(
        select(Contact)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.kind == "email", Person.erased_at.is_(None))
        .order_by(Contact.id)
    )
    return [row for row in rows if email_hash_of(row.value) == email_hash]


def people_at(session: Session, email_hash: str) -> list[Person]:
    """Find the people who have this mail address, by name."""
    ids = {contact.person_id for contact in contacts_at(session, email_hash)}
    found = select(Person).options(selectinload(Person.memberships)).where(Person.id.in_(ids))
    return list(session.scalars(found.order_by(Person.name, Person.id)))


def linked_people(session: Session, *, secret: str, now: datetime) -> list[Person]:
    """Find whom a sign-in link would sign in: nobody when it was used, is over, or never was."""
    link = session.scalars(select(SignInLink).where(SignInLink.secret_hash == hash_of(secret))).one_or_none()
    return people_of_link(session, link) if link is not None and is_open(link, now) else []


def is_open(link: SignInLink, now: datetime) -> bool:
    """Say whether a sign-in link may still be used."""
    return link.used_at is None and link.expires_at > now


def people_of_link(session: Session, link: SignInLink) -> list[Person]:
    """Find whom a sign-in link may be for: its person, else everybody with the address that asked for it."""
    if link.person_id is not None:
        found = select(Person).options(selectinload(Person.memberships)).where(Person.id == link.person_id)
        return list(session.scalars(found.where(Person.erased_at.is_(None))))
    return people_at(session, link.email_hash) if link.email_hash is not None else []


def letters_asked_for(session: Session, *, email_hash: str, since: datetime) -> int:
    """Count how often a letter to this address was asked for; requests beyond the limit do not count."""
    asked = select(func.count()).select_from(SignInLink)
    return session.scalar(asked.where(SignInLink.email_hash == email_hash, SignInLink.created_at > since)) or 0


def wrong_codes_of_the_day(session: Session, *, email_hash: str | None, now: datetime) -> int:
    """Count the codes that were wrong for one address in all browsers within 24 hours."""
    wrong = select(func.coalesce(func.sum(SignInLink.wrong_codes), 0))
    recent = SignInLink.created_at > now - DAY
    return session.scalar(wrong.where(SignInLink.email_hash == email_hash, recent)) or 0


def open_sessions(session: Session, *, person_id: str, now: datetime) -> Sequence[SignedInSession]:
    """List where somebody is signed in, the latest used first."""
    mine = select(SignedInSession).where(
        SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None), SignedInSession.expires_at > now
    )
    rows = session.scalars(mine).all()
    return sorted(rows, key=lambda row: row.used_at or row.created_at, reverse=True)


def wrong_passwords(session: Session, *, email_hash: str, since: datetime) -> Sequence[WrongPassword]:
    """List the tries of passwords for one address that were not right, the oldest first."""
    tried = select(WrongPassword).where(WrongPassword.email_hash == email_hash, WrongPassword.at > since)
    return session.scalars(tried.order_by(WrongPassword.at, WrongPassword.id)).all()


def passwords_at(session: Session, *, email_hash: str) -> Sequence[Password]:
    """Find the passwords of the people with this address."""
    ids = {contact.person_id for contact in contacts_at(session, email_hash)}
    return session.scalars(select(Password).where(Password.person_id.in_(ids))).all()
