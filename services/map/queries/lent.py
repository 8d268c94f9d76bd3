"""What of resources is lent to events, public or not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.map.domain.loans import Loan, most_lent
from services.map.models import Place, ResourceTaken


def loans(session: Session, starts_at: datetime, ends_at: datetime) -> Mapping[str, Sequence[Loan]]:
    """Give by resource what is lent of it at some time between two instants, half-open."""
    rows = select(
        ResourceTaken.resource_id,
        ResourceTaken.event_id,
        ResourceTaken.starts_at,
        ResourceTaken.ends_at,
        ResourceTaken.quantity,
    ).where(ResourceTaken.ends_at > starts_at, ResourceTaken.starts_at < ends_at)
    found: dict[str, list[Loan]] = defaultdict(list)
    for row in session.execute(rows):
        found[row.resource_id].append(Loan(row.event_id, row.starts_at, row.ends_at, row.quantity))
    return found


def left_of(
    session: Session, quantities: Mapping[str, int], starts_at: datetime, ends_at: datetime
) -> Mapping[str, int]:
    """Give by resource how many of so many can be had all the time between two instants."""
    lent = loans(session, starts_at, ends_at)
    return {
        resource_id: max(0, quantity - most_lent(lent.get(resource_id, ()), starts_at, ends_at))
        for resource_id, quantity in quantities.items()
    }


def resources_taken(session: Session, starts_at: datetime, ends_at: datetime) -> set[str]:
    """Name the resources of which, at some time between two instants, nothing is left."""
    lent = loans(session, starts_at, ends_at)
    rows = session.execute(select(Place.id, Place.quantity).where(Place.id.in_(list(lent))))
    return {row.id for row in rows if most_lent(lent[row.id], starts_at, ends_at) >= quantity_of(row)}


def quantity_of(place: Any) -> int:
    """Say how many there are of a thing, by its row of `place`; one where nobody told."""
    return place.quantity or 1
