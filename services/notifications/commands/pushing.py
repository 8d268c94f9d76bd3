"""Addresses of other networks: added and removed by whose alerts they carry; what goes there, and how it fared."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.pacing import Told, leaving
from services.notifications.domain.permissions import may_have_wishes, may_manage_push_address
from services.notifications.domain.plans import PushPlan
from services.notifications.domain.pushing import (
    MOST_ADDRESSES,
    OffBecause,
    fault_of,
    is_hopeless,
    scheme_of,
    wait_before,
)
from services.notifications.domain.recipients import is_worth_an_alert
from services.notifications.models import Alert, History, PushAddress, PushDelivery, Wishes
from services.notifications.problems import TooManyPushAddresses
from shared import clock, history
from shared.bulk import is_among
from shared.identifiers import is_id
from shared.people import Person, must
from shared.problems import InvalidInput

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Push:
    """What goes to one address: an alert as it is now, or none where it is a test."""

    id: str
    url: str
    language: str
    alert: queries.AlertSeen | None


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
        address.active, address.off_because, address.made_by_id = True, None, by.id
        address.version += 1
        _keep(session, address, by, "turned_on")
    session.execute(delete(PushDelivery).where(PushDelivery.address_id == address.id, PushDelivery.alert_id.is_(None)))
    now = clock.now()
    session.add(PushDelivery(address_id=address.id, due_at=now, created_at=now))


def plan_pushes(session: Session, told: Told) -> None:
    """Have alerts sent to their people's addresses, when letters would leave, and to their organisation's, once."""
    for address in session.scalars(select(PushAddress).where(PushAddress.active, _hears(session, told))):
        if address.person_id:
            alert_id, at = told.alert_ids[address.person_id], _when(session, told, address.person_id)
        else:
            alert_id, at = next(iter(told.alert_ids.values())), None if _is_known(session, address, told) else told.now
        if at is not None:
            session.add(PushDelivery(address_id=address.id, alert_id=alert_id, due_at=at, created_at=told.now))


def take_pushes(session: Session, *, now: datetime, lease: timedelta, schemes: Collection[str]) -> list[Push]:
    """Take some messages that are due; nobody else takes them in the `lease`. What was read, or is old, does not go."""
    taken = []
    due = select(PushDelivery).where(*queries.is_push_due(now)).order_by(PushDelivery.due_at, PushDelivery.id)
    for delivery in session.scalars(due.limit(MOST_AT_ONCE).with_for_update(skip_locked=True)):
        address = session.get_one(PushAddress, delivery.address_id)
        if address.active and address.scheme not in schemes:
            turn_off(session, address, "not_allowed")
        alert = session.get(Alert, delivery.alert_id) if delivery.alert_id else None
        if not address.active:
            delivery.state, delivery.error = "given_up", "the address was turned off"
        elif alert is not None and _is_stale(session, address, alert):
            delivery.state = "overtaken"
        else:
            delivery.due_at, delivery.attempts = now + lease, delivery.attempts + 1
            seen = queries.seen(session, [alert])[0] if alert else None
            taken.append(Push(delivery.id, address.url, address.language, seen))
    return taken


def record_pushed(session: Session, *, push_id: str, error: str | None, chance: float) -> None:
    """Remember what came of one try: it got through, is tried again later, or is given up; a test is tried once.

    An address to which nothing gets through any more is turned off. `chance`, from 0 to 1, spreads the tries.
    """
    delivery = session.get(PushDelivery, push_id, with_for_update=True)
    if delivery is None or delivery.state != "due":
        return
    now, address = clock.now(), session.get_one(PushAddress, delivery.address_id)
    delivery.error = error
    if error is None:
        delivery.state, delivery.sent_at, address.reached_at = "sent", now, now
        return
    wait = wait_before(delivery.attempts, chance) if delivery.alert_id else None
    if wait is not None:
        delivery.due_at = now + wait
        return
    delivery.state = "given_up"
    if delivery.alert_id and is_hopeless(delivery.created_at, address.reached_at):
        turn_off(session, address, "failing")


def turn_off(session: Session, address: PushAddress, because: OffBecause) -> None:
    """Send nothing to an address any more, and say why on its owner's page; what waits is given up."""
    address.active, address.off_because = False, because
    address.version += 1
    _keep(session, address, None, "turned_off")
    waiting = update(PushDelivery).where(PushDelivery.address_id == address.id, PushDelivery.state == "due")
    session.execute(waiting.values(state="given_up", error="the address was turned off"))


def _hears(session: Session, told: Told) -> ColumnElement[bool]:
    of_people = is_among(session.connection(), PushAddress.person_id, told.alert_ids)
    return or_(of_people, PushAddress.organisation_id == told.organisation_id) if told.organisation_id else of_people


def _when(session: Session, told: Told, person_id: str) -> datetime | None:
    """Say when an alert may disturb its person, as for a letter; never, where they do not want its kind."""
    wishes, facts = session.get(Wishes, person_id), told.facts
    if (wishes and facts["kind"] in wishes.muted_kinds) or not is_worth_an_alert(
        facts["kind"], facts["subject_kind"], facts["severity"]
    ):
        return None
    return leaving(told, wishes).at


def _is_known(session: Session, address: PushAddress, told: Told) -> bool:
    """Say whether the same news, told to others of the organisation, goes there already."""
    same = Alert.cause_id == told.facts["cause_id"], Alert.cause_version == told.facts["cause_version"]
    known = select(PushDelivery.id).join(Alert, Alert.id == PushDelivery.alert_id)
    return session.scalar(known.where(PushDelivery.address_id == address.id, *same).limit(1)) is not None


def _is_stale(session: Session, address: PushAddress, alert: Alert) -> bool:
    """Say whether there is newer news of the same thing, or its person has read it."""
    newer = select(Alert.id).where(
        Alert.cause_id == alert.cause_id,
        Alert.recipient_id == alert.recipient_id,
        Alert.organisation_id.is_not_distinct_from(alert.organisation_id),
        Alert.cause_version > alert.cause_version,
    )
    was_read = address.person_id is not None and alert.read_at is not None
    return was_read or session.scalar(newer.limit(1)) is not None


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
