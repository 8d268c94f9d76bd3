"""Passwords, the second way to sign in: tried, set and removed; hashed and compared outside of every transaction.

Nobody can lock another out: wrong passwords count for one account from one address of the internet. When one account
is tried from many, places that it never signed in from wait for their turn; mailed codes and links never wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registry.commands.sessions import Opened, open_session
from services.registry.domain.plans import Device
from services.registry.domain.secrets import network_hash_of
from services.registry.models import Password, SignedInSession, WrongPassword
from services.registry.problems import PasswordElsewhere, PasswordRefused, TooManyPasswords
from services.registry.queries import signing_in as asked
from shared import clock, people

WRONG_FROM_ONE_PLACE = 5
PAUSE_OF_ONE_PLACE = timedelta(minutes=15)
WRONG_FROM_EVERYWHERE = 30
PAUSE_OF_STRANGERS = timedelta(minutes=1)
"""Between two tries from places that an account never signed in from, once too many were wrong today."""


@dataclass(frozen=True)
class TriedPassword:
    """A password that is tried: what it is compared with, and the row that counts it until it is found right."""

    email_hash: str
    network_hash: str
    person_id: str | None
    hash: str | None


def count_password_try(session: Session, *, email_hash: str, device: Device) -> TriedPassword:
    """Count a try before it is compared, known or unknown address alike. Raises `TooManyPasswords`."""
    now = clock.now()
    network_hash = network_hash_of(email_hash, device.network)
    session.execute(delete(WrongPassword).where(WrongPassword.at < now - asked.DAY))
    tried = asked.wrong_passwords(session, email_hash=email_hash, since=now - asked.DAY)
    passwords = asked.passwords_at(session, email_hash=email_hash)
    _refuse_one_place([one.at for one in tried if one.network_hash == network_hash], now)
    if len(tried) >= WRONG_FROM_EVERYWHERE and not _is_known_place(session, passwords, device):
        _refuse_until(tried[-1].at + PAUSE_OF_STRANGERS, now)
    session.add(WrongPassword(email_hash=email_hash, network_hash=network_hash, at=now))
    if len(passwords) != 1:
        return TriedPassword(email_hash, network_hash, None, None)
    return TriedPassword(email_hash, network_hash, passwords[0].person_id, passwords[0].hash)


def _refuse_one_place(at: list[datetime], now: datetime) -> None:
    recent = [one for one in at if one > now - PAUSE_OF_ONE_PLACE]
    if len(recent) >= WRONG_FROM_ONE_PLACE:
        _refuse_until(recent[-WRONG_FROM_ONE_PLACE] + PAUSE_OF_ONE_PLACE, now)


def _is_known_place(session: Session, passwords: Sequence[Password], device: Device) -> bool:
    """Say whether the account signed in from this place within the last weeks."""
    hashes = [network_hash_of(one.person_id, device.network) for one in passwords]
    known = select(SignedInSession.id).where(SignedInSession.network_hash.in_(hashes)).limit(1)
    return session.scalars(known).first() is not None


def _refuse_until(until: datetime, now: datetime) -> None:
    seconds = int((until - now).total_seconds()) + 1
    if seconds > 0:
        raise TooManyPasswords(headers={"Retry-After": str(seconds)})


def sign_in_by_password(session: Session, *, tried: TriedPassword, device: Device) -> Opened:
    """Sign in who gave the right password; their wrong ones from this place are forgotten. Raises `PasswordRefused`."""
    row = session.get(Password, tried.person_id, with_for_update=True) if tried.person_id else None
    if row is None or row.hash != tried.hash:
        raise PasswordRefused
    session.execute(
        delete(WrongPassword).where(
            WrongPassword.email_hash == tried.email_hash, WrongPassword.network_hash == tried.network_hash
        )
    )
    return open_session(session, person_id=row.person_id, way="password", device=device)


def set_password(session: Session, *, by: people.Person, password_hash: str, email_hashes: list[str]) -> None:
    """Let `by` sign in with this password and one of these addresses of theirs. Raises `NotAllowed`.

    Raises `PasswordElsewhere` where everybody at these addresses cannot be told apart by a password.
    """
    people.must(people.is_human(by))
    others = [
        {one.person_id for one in asked.passwords_at(session, email_hash=email_hash)} - {by.id}
        for email_hash in email_hashes
    ]
    if all(others):
        raise PasswordElsewhere
    row = session.get(Password, by.id, with_for_update=True)
    if row is None:
        session.add(Password(person_id=by.id, hash=password_hash, changed_at=clock.now()))
    else:
        row.hash, row.changed_at = password_hash, clock.now()


def remove_password(session: Session, *, by: people.Person) -> None:
    """Let `by` sign in by letters alone. Raises `NotAllowed`."""
    people.must(people.is_human(by))
    session.execute(delete(Password).where(Password.person_id == by.id))
