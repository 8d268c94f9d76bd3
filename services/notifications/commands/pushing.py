"""Addresses of other networks: added, tried and removed by whose alerts they carry, and turned off."""

from collections.abc import Collection

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain.permissions import may_have_wishes, may_manage_push_address
from services.notifications.domain.plans import PushPlan
from services.notifications.domain.pushing import MOST_ADDRESSES, OffBecause, fault_of, scheme_of
from services.notifications.models import History, PushAddress, PushDelivery
from services.notifications.problems import TooManyPushAddresses
from shared import clock, history
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import InvalidInput


def add_push_address(session: Session, *, by: Person, plan: PushPlan, schemes: Collection[str]) -> PushAddress:
    """Have alerts sent to an address of another network; `schemes` are those that the operator allows.

    Raises `NotAllowed`, `InvalidInput`, `TooManyPushAddresses`.
    """
    must(may_have_wishes(by))
    person_id = None if plan.organisation_id else by.id
    must(may_manage_push_address(by, plan.organisation_id, person_id))
    if fault := fault_of(plan.url, schemes):
        raise InvalidInput(("/url", fault))
    held = queries.push_address_count(session, person_id=person_id, organisation_id=plan.organisation_id)
    if held >= MOST_ADDRESSES:
        raise TooManyPushAddresses
    address = PushAddress(
        person_id=person_id,
        organisation_id=plan.organisation_id,
        made_by_id=by.id if is_id(by.id) else None,
        url=plan.url,
        scheme=scheme_of(plan.url),
        language=plan.language,
        created_at=clock.now(),
        active=True,
        version=1,
    )
    session.add(address)
    session.flush()
    _keep(session, address, by, "added")
    return address


def remove_push_address(session: Session, *, by: Person, address_id: str) -> None:
    """Remove an address, and what was kept of what went there; raises `NoSuchPushAddress`."""
    address = queries.push_address(session, by=by, address_id=address_id)
    address.version += 1
    _keep(session, address, by, "removed")
    session.delete(address)


def try_push_address(session: Session, *, by: Person, address_id: str) -> None:
    """Have a test message sent to an address, and turn it on again if it was off; raises `NoSuchPushAddress`."""
    address = queries.push_address(session, by=by, address_id=address_id)
    if not address.active:
        address.made_by_id = by.id
        turn_on(session, address, by)
    session.execute(delete(PushDelivery).where(PushDelivery.address_id == address.id, PushDelivery.alert_id.is_(None)))
    now = clock.now()
    session.add(PushDelivery(address_id=address.id, due_at=now, created_at=now))


def turn_on(session: Session, address: PushAddress, by: Person) -> None:
    """Send to an address again."""
    address.active, address.off_because = True, None
    address.version += 1
    _keep(session, address, by, "turned_on")


def turn_off(session: Session, address: PushAddress, because: OffBecause) -> None:
    """Send nothing to an address any more, and say why on its owner's page; what waits is given up."""
    address.active, address.off_because = False, because
    address.version += 1
    _keep(session, address, None, "turned_off")
    waiting = update(PushDelivery).where(PushDelivery.address_id == address.id, PushDelivery.state == "due")
    session.execute(waiting.values(state="given_up", error="the address was turned off"))


def _keep(session: Session, address: PushAddress, by: Person | None, action: str) -> None:
    """Note who changed an address: of it the scheme alone, for the rest is a secret."""
    facts = {
        "person_id": address.person_id,
        "organisation_id": address.organisation_id,
        "scheme": address.scheme,
        "active": address.active,
        "off_because": address.off_because,
    }
    history.record(
        session,
        History,
        aggregate="push_address",
        id=address.id,
        version=address.version,
        by=by,
        action=action,
        changes=facts,
    )
