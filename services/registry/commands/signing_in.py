"""Signing people in: a link that works once, a session that can be ended, and who may be signed in from the console."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.keys import sign_token
from services.registry.commands.people import new_person
from services.registry.domain.plans import PersonPlan
from services.registry.domain.secrets import hash_of, new_secret
from services.registry.models import Person, SignedInSession, SignInLink
from services.registry.problems import LinkNotValid, NobodyToSignIn
from services.registry.queries.people import (
    administrator,
    coordinator,
    person,
    person_named,
    signed_in_person,
)
from shared import clock

LINK_LIFETIME = timedelta(days=7)
SESSION_LIFETIME = timedelta(days=30)

SignInRole = Literal["administrator", "coordinator"]


def ensure_administrator(session: Session) -> Person:
    """Find the person who runs this installation, and register one when there is none yet."""
    return administrator(session) or new_person(session, PersonPlan(name="Administrator", administrator=True))


def welcome_administrator(session: Session) -> str | None:
    """At the very first start register an administrator and give the secret of their sign-in link; later None."""
    if administrator(session) is not None:
        return None
    return make_sign_in_link(session, person_id=ensure_administrator(session).id)


def sign_in_address(address: str, secret: str) -> str:
    """Write the link that a person opens to sign in; `address` is the installation's public one."""
    return f"{address}/registry/sign-in?link={secret}"


def chosen_person(session: Session, *, role: SignInRole, name: str | None = None) -> Person:
    """Find whom the operator means: by name, else the first with this role. Raises `NobodyToSignIn`."""
    if name is not None:
        found = person_named(session, name)
    else:
        found = ensure_administrator(session) if role == "administrator" else coordinator(session)
    if found is None:
        raise NobodyToSignIn
    return found


def make_sign_in_link(session: Session, *, person_id: str) -> str:
    """Give the secret of a link that signs this person in, once, within seven days; only its hash is kept."""
    secret = new_secret()
    now = clock.now()
    session.add(
        SignInLink(
            person_id=person(session, person_id).id,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    return secret


def open_session(session: Session, *, link_secret: str) -> tuple[Person, str]:
    """Use a link up, and give its person and the secret of a new session (30 days). Raises `LinkNotValid`."""
    now = clock.now()
    link = session.scalars(
        select(SignInLink).where(SignInLink.secret_hash == hash_of(link_secret)).with_for_update()
    ).one_or_none()
    if link is None or link.person_id is None or link.used_at is not None or link.expires_at <= now:
        raise LinkNotValid
    link.used_at = now
    secret = new_secret()
    session.add(
        SignedInSession(
            person_id=link.person_id,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    )
    return person(session, link.person_id), secret


def refresh(session: Session, *, secret: str) -> str | None:
    """Sign a new token for the person whose session cookie this is; None when the session is over."""
    found = signed_in_person(session, secret=secret, now=clock.now())
    return sign_token(session, person_id=found.id) if found else None


def sign_in(session: Session, *, link_secret: str) -> tuple[str, str]:
    """Use a link up, and give the secret of the new session and a token. Raises `LinkNotValid`."""
    found, secret = open_session(session, link_secret=link_secret)
    return secret, sign_token(session, person_id=found.id)


def end_session(session: Session, *, secret: str) -> None:
    """End the session of this cookie; one that is not open any more stays as it is."""
    row = session.scalars(
        select(SignedInSession)
        .where(SignedInSession.secret_hash == hash_of(secret), SignedInSession.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is not None:
        row.ended_at = clock.now()
