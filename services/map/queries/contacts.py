"""How everybody may reach organisations, at the moment at which somebody looks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from services.map.models import KnownContacts, PublicContact

CONTACT = PublicContact.__table__.c
Contacts = tuple[Any, ...]
"""Rows of `models.PublicContact`, in the order in which the registry has them."""


def contacts_of(session: Session, organisation_ids: Iterable[str], now: datetime) -> Mapping[str, Contacts]:
    """Give by organisation the contacts that are agreed to at `now`; whose consent has ended is left out."""
    found: dict[str, list[Any]] = defaultdict(list)
    ids = list(organisation_ids)
    if ids:
        for row in session.connection().execute(AGREED, {"ids": ids, "now": now}):
            found[row.organisation_id].append(row)
    return {organisation_id: tuple(rows) for organisation_id, rows in found.items()}


def contacts_of_person(session: Session, person_id: str) -> list[dict[str, Any]]:
    """Give what is held of a person, by their id, as plain values: all of it, also what is shown no longer."""
    rows = select(*CONTACT).where(CONTACT.person_id == person_id).order_by(CONTACT.organisation_id, CONTACT.position)
    return [dict(row._mapping) for row in session.execute(rows)]


def ended_until(session: Session) -> datetime | None:
    """Say when the last contact ended whose bytes may still stand in the database's files; none where none did."""
    return session.scalar(select(func.max(KnownContacts.ended_at)))


def _agreed() -> Select[Any]:
    now = bindparam("now", type_=CONTACT.until_at.type)
    return (
        select(*CONTACT)
        .where(CONTACT.organisation_id.in_(bindparam("ids", expanding=True)))
        .where(or_(CONTACT.until_at.is_(None), CONTACT.until_at > now))
        .order_by(CONTACT.organisation_id, CONTACT.position)
    )


AGREED = _agreed()
"""Made once: every list of places asks it."""
