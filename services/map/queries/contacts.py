"""How everybody may reach organisations, at the moment at which somebody looks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from services.map.models import PublicContact

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
    columns = PublicContact.__table__.c
    rows = select(*columns).where(columns.person_id == person_id).order_by(columns.organisation_id, columns.position)
    return [dict(row._mapping) for row in session.execute(rows)]


def _agreed() -> Select[Any]:
    contact = PublicContact.__table__.c
    now = bindparam("now", type_=contact.until_at.type)
    return (
        select(*contact)
        .where(contact.organisation_id.in_(bindparam("ids", expanding=True)))
        .where(or_(contact.until_at.is_(None), contact.until_at > now))
        .order_by(contact.organisation_id, contact.position)
    )


AGREED = _agreed()
"""Made once: every list of places asks it."""
