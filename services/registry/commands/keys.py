"""Making signing keys, in time, and telling their public parts; each private part stays in its row."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.facts import key_published
from services.registry.domain.keys import first_key_times, needs_next_key, next_key_times
from services.registry.models import KnownKey, SigningKey
from services.registry.queries.people import key_times, usable_key
from shared import auth, clock, outbox
from shared.identifiers import new_id
from shared.people import Person


def rotate_keys(session: Session) -> bool:
    """Make the first key, or the next one when the present one will expire; say whether one was made."""
    now = clock.now()
    times = key_times(session)
    if not needs_next_key(times, now):
        return False
    any_usable = usable_key(session, now) is not None
    _make_key(session, next_key_times(now) if any_usable else first_key_times(now))
    return True


def sign_token(session: Session, *, person_id: str, session_id: str | None = None) -> str:
    """Sign a bearer token that says who this person is and what their roles are now; valid for 15 minutes at most.

    `session_id` names the browser's session, with which the token ends. Makes the first key when there is none yet.
    Raises `NothingHere`.
    """
    return signed(session, replace(queries.actor(session, queries.person(session, person_id)), session_id=session_id))


def signed(session: Session, person: Person) -> str:
    """Sign a token for this person with the key of the hour."""
    return auth.sign(key_of_the_hour(session).private_jwk, person, auth.LONGEST_SECONDS)


def key_of_the_hour(session: Session) -> SigningKey:
    """Find the key that signs now; make the first one when there is none yet."""
    now = clock.now()
    return usable_key(session, now) or _make_key(session, first_key_times(now))


def _make_key(session: Session, times: tuple[datetime, datetime]) -> SigningKey:
    """Draw an Ed25519 key (RFC 8037), keep it, tell it, and know it ourselves at once."""
    kid = new_id()
    key = SigningKey(
        id=kid,
        private_jwk=auth.new_key(kid),
        created_at=clock.now(),
        not_before_at=times[0],
        expires_at=times[1],
    )
    session.add(key)
    message = key_published(key)
    auth.remember_key(session, KnownKey, message)
    session.flush()
    outbox.publish(session, message)
    return key
