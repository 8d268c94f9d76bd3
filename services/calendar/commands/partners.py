"""Municipal systems that may come in: who is added, and who may no more. Only the operator asks: no role may."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.models import Partner
from shared import clock


def begin_with_partners(session: Session, names: Iterable[str]) -> None:
    """Let in those with whom a new installation begins; nothing once there was any partner."""
    if session.scalars(select(Partner.name).limit(1)).first() is None:
        session.add_all(Partner(name=name, title="", added_at=clock.now()) for name in names)


def add_partner(session: Session, name: str, title: str | None, key_hash: str | None) -> Partner:
    """Let a partner in, or in again; `title` and `key_hash` stay as they are where none is given."""
    row = session.get(Partner, name)
    if row is None:
        row = Partner(name=name, title="", added_at=clock.now())
        session.add(row)
    if row.revoked_at is not None:
        row.revoked_at, row.added_at = None, clock.now()
    row.title = row.title if title is None else title
    row.key_hash = key_hash or row.key_hash
    session.flush()
    return row


def revoke_partner(session: Session, name: str) -> bool:
    """Let a partner in no more; what it told stays. False when it was not let in."""
    row = session.get(Partner, name)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at, row.key_hash = clock.now(), None
    return True


def note_heard(session: Session, name: str) -> None:
    """Note that a message of a partner takes effect."""
    row = session.get(Partner, name)
    if row is not None:
        row.heard_at = clock.now()
