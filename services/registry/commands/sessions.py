"""Sessions: a browser that is signed in, until it is ended here, by its owner elsewhere, or by time."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.access import revoke_tokens
from services.registry.commands.keys import sign_token
from services.registry.domain.plans import Device, SignInWay
from services.registry.domain.secrets import hash_of, network_hash_of, new_secret
from services.registry.models import SignedInSession
from services.registry.problems import NothingHere
from shared import clock, people

SESSION_LIFETIME = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=5)
"""That a session is in use is written down at most so often."""


@dataclass(frozen=True)
class Opened:
    """A browser was signed in: the secret of its session cookie, and its first token."""

    secret: str
    token: str


def open_session(session: Session, *, person_id: str, way: SignInWay, device: Device) -> Opened:
    """Sign a browser in for a person who proved who they are; every way of proving it ends here.

    A further way (a passkey, the city's single sign-on) checks its proof in a module of its own, gets a word in
    `SignInWay`, and calls this. Raises `NothingHere`.
    """
    person, secret, now = queries.person(session, person_id), new_secret(), clock.now()
    if person.erased_at is not None:
        raise NothingHere
    row = SignedInSession(
        person_id=person.id,
        secret_hash=hash_of(secret),
        way=way,
        label=device.label,
        network_hash=network_hash_of(person_id, device.network),
        created_at=now,
        used_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    session.add(row)
    session.flush()
    return Opened(secret, sign_token(session, person_id=person_id, session_id=row.id))


def refresh(session: Session, *, secret: str) -> str | None:
    """Sign a new token for the person whose session cookie this is; None when the session is over.

    The lock keeps an end that comes at the same moment behind us, so that it outdates the token that we sign.
    """
    row, now = _of_cookie(session, secret), clock.now()
    if row is None or row.expires_at <= now:
        return None
    if row.used_at is None or row.used_at < now - NOTED_EVERY:
        row.used_at = now
    return sign_token(session, person_id=row.person_id, session_id=row.id)


def end_session(session: Session, *, secret: str) -> None:
    """End the session of this cookie; one that is not open any more stays as it is."""
    row = _of_cookie(session, secret)
    if row is not None:
        _end(session, row)


def end_own_session(session: Session, *, by: people.Person, session_id: str) -> None:
    """End one of one's own sessions, in whatever browser. Raises `NotAllowed` and, for others' ones, `NothingHere`."""
    people.must(people.is_human(by))
    rows = _open_rows(session, SignedInSession.person_id == by.id, SignedInSession.id == session_id)
    if not rows:
        raise NothingHere
    _end(session, rows[0])


def end_other_sessions(session: Session, *, by: people.Person) -> int:
    """End all of one's sessions but the one that asks, and say how many they were. Raises `NotAllowed`."""
    people.must(people.is_human(by))
    return end_sessions_of(session, person_id=by.id, but=by.session_id)


def end_sessions_of(session: Session, *, person_id: str, but: str | None = None) -> int:
    """End every session of a person but one, and say how many they were."""
    rows = _open_rows(session, SignedInSession.person_id == person_id, SignedInSession.id != (but or ""))
    for row in rows:
        _end(session, row)
    return len(rows)


def _of_cookie(session: Session, secret: str) -> SignedInSession | None:
    return next(iter(_open_rows(session, SignedInSession.secret_hash == hash_of(secret))), None)


def _open_rows(session: Session, *conditions: ColumnElement[bool]) -> list[SignedInSession]:
    wanted = select(SignedInSession).where(SignedInSession.ended_at.is_(None), *conditions)
    return list(session.scalars(wanted.order_by(SignedInSession.id).with_for_update()))


def _end(session: Session, row: SignedInSession) -> None:
    """End a session, and let no service believe its tokens any more."""
    row.ended_at = clock.now()
    revoke_tokens(session, row.id, version=1)
