"""Addresses of other networks: whose they are, what is due to go there, and how it fared."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_manage_push_address
from services.notifications.models import PushAddress, PushDelivery
from services.notifications.problems import NoSuchPushAddress
from shared.identifiers import is_id
from shared.people import Person


def push_addresses(session: Session, *, by: Person) -> list[PushAddress]:
    """Give the addresses that somebody may manage, the oldest first."""
    if not is_id(by.id):
        return []
    own = [one for one in by.roles if may_manage_push_address(by, one, None)]
    mine = or_(PushAddress.person_id == by.id, PushAddress.organisation_id.in_(own))
    return list(session.scalars(select(PushAddress).where(mine).order_by(PushAddress.id)))


def push_address(session: Session, *, by: Person, address_id: str) -> PushAddress:
    """Give one address, locked; raises `NoSuchPushAddress`, also where it is not this person's to manage."""
    found = session.get(PushAddress, address_id, with_for_update=True) if is_id(address_id) else None
    if found is None or not may_manage_push_address(by, found.organisation_id, found.person_id):
        raise NoSuchPushAddress
    return found


def push_address_count(session: Session, *, person_id: str | None, organisation_id: str | None) -> int:
    """Count the addresses of a person, or of an organisation."""
    of_person = PushAddress.person_id.is_not_distinct_from(person_id)
    of_organisation = PushAddress.organisation_id.is_not_distinct_from(organisation_id)
    return session.scalar(select(func.count(PushAddress.id)).where(of_person, of_organisation)) or 0


def last_pushes(session: Session, found: Sequence[PushAddress]) -> dict[str, PushDelivery]:
    """Give what went last to each of these addresses, by its id."""
    last: dict[str, PushDelivery] = {}
    for address in found:
        theirs = select(PushDelivery).where(PushDelivery.address_id == address.id)
        delivery = session.scalar(theirs.order_by(PushDelivery.id.desc()).limit(1))
        if delivery is not None:
            last[address.id] = delivery
    return last


def is_push_due(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say in SQL that a message to such an address is to be sent now."""
    return PushDelivery.state == "due", PushDelivery.due_at <= now


def is_any_push_due(session: Session, *, now: datetime) -> bool:
    """Say whether a message to such an address waits to be sent."""
    return session.scalar(select(PushDelivery.id).where(*is_push_due(now)).limit(1)) is not None
