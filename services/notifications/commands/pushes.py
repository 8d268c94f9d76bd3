"""Messages to addresses of other networks: planned as letters are, taken when they are due, and how they fared."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.pacing import Told, leaving
from services.notifications.commands.pushing import turn_off, turn_on
from services.notifications.domain.pacing import (
    GATHER,
    SUMMARIES,
    Departure,
    Wished,
    is_over_unheard,
    next_morning,
)
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.pushing import is_hopeless, wait_before
from services.notifications.domain.recipients import is_worth_an_alert
from services.notifications.models import Alert, AlertEvent, PushAddress, PushDelivery, Wishes
from services.notifications.problems import NoSuchDelivery
from shared import clock
from shared.bulk import is_among
from shared.identifiers import is_id
from shared.people import Person, must

MOST_AT_ONCE = 20
"""So many addresses are taken at a time."""
DAY = timedelta(days=1)
TURNED_OFF = "the address was turned off"


@dataclass(frozen=True)
class Push:
    """What goes to one address in one message: alerts as they are now, or none where it is a test."""

    ids: tuple[str, ...]
    url: str
    language: str
    alerts: tuple[queries.AlertSeen, ...]


def plan_pushes(session: Session, told: Told) -> None:
    """Have alerts sent to their people's addresses, when letters would leave, and to their organisation's, once."""
    for address in session.scalars(select(PushAddress).where(PushAddress.active, _hears(session, told))):
        leaves = _leaves(session, told, address)
        if leaves is not None:
            alert_id = told.alert_ids[address.person_id] if address.person_id else next(iter(told.alert_ids.values()))
            session.add(
                PushDelivery(
                    address_id=address.id, alert_id=alert_id, due_at=leaves.at, pace=leaves.pace, created_at=told.now
                )
            )


def take_pushes(
    session: Session, *, now: datetime, lease: timedelta, schemes: Collection[str], messages_a_day: int = 0
) -> list[Push]:
    """Take what is due, one message for each address, and a test by itself; nobody else takes it in the `lease`.

    What was read, or is old, does not go. Where `messages_a_day` went in a day (0 is no limit), the rest goes in one
    message next morning.
    """
    due = queries.is_push_due(now)
    waiting = select(PushDelivery.address_id).where(*due).group_by(PushDelivery.address_id)
    chosen = waiting.order_by(func.min(PushDelivery.due_at)).limit(MOST_AT_ONCE)
    rows = select(PushDelivery).where(*due, PushDelivery.address_id.in_(session.scalars(chosen).all()))
    by_address: dict[str, list[PushDelivery]] = {}
    for delivery in session.scalars(rows.order_by(PushDelivery.id).with_for_update(skip_locked=True)):
        by_address.setdefault(delivery.address_id, []).append(delivery)
    taken = []
    for address_id, found in by_address.items():
        address = session.get_one(PushAddress, address_id)
        if address.active and address.scheme not in schemes:
            turn_off(session, address, "not_allowed")
        for part in _messages(session, address, found, now, messages_a_day):
            alerts = [alert for one in part if one.alert_id and (alert := session.get(Alert, one.alert_id))]
            for delivery in part:
                delivery.due_at, delivery.attempts, delivery.error = now + lease, delivery.attempts + 1, None
            seen = tuple(queries.seen(session, alerts))
            taken.append(Push(tuple(one.id for one in part), address.url, address.language, seen))
    return taken


def record_pushed(session: Session, *, push_ids: Sequence[str], error: str | None, chance: float) -> None:
    """Remember what came of one try: it got through, is tried again later, or is given up; a test is tried once.

    An address to which nothing gets through any more is turned off. `chance`, from 0 to 1, spreads the tries.
    """
    tried = select(PushDelivery).where(PushDelivery.id.in_(push_ids), PushDelivery.state == "due")
    now = clock.now()
    for delivery in session.scalars(tried.with_for_update()).all():
        address = session.get_one(PushAddress, delivery.address_id)
        delivery.error = error
        wait = wait_before(delivery.attempts, chance) if delivery.alert_id else None
        if error is None:
            delivery.state, delivery.sent_at, address.reached_at = "sent", now, now
        elif wait is not None:
            delivery.due_at = now + wait
        else:
            delivery.state = "given_up"
            if address.active and delivery.alert_id and is_hopeless(delivery.created_at, address.reached_at):
                turn_off(session, address, "failing")


def retry_push(session: Session, *, by: Person, push_id: str) -> None:
    """Try what was given up once more from the beginning, also where nothing got through; what was not stays as it is.

    For administrators; raises `NoSuchDelivery`.
    """
    must(may_see_deliveries(by))
    delivery = session.get(PushDelivery, push_id, with_for_update=True) if is_id(push_id) else None
    if delivery is None:
        raise NoSuchDelivery
    if delivery.state == "given_up":
        delivery.state, delivery.attempts, delivery.due_at, delivery.error = "due", 0, clock.now(), None
        address = session.get_one(PushAddress, delivery.address_id)
        if address.off_because == "failing":
            turn_on(session, address, by)


def _leaves(session: Session, told: Told, address: PushAddress) -> Departure | None:
    """Say when an alert may go to an address; never, where it is not wanted, went there, or was over unheard."""
    facts, wishes = told.facts, None
    gathered = _gathered_until(session, facts["event_ids"], address, told.now)  # what is overtaken counts too
    overtaken, was_reached = _overtake(session, told, address)
    if not was_reached and overtaken and is_over_unheard(facts["kind"], facts["reason"]["code"], overtaken):
        return None
    if address.person_id is None:
        return None if _is_known(session, address, told) else leaving(told, None, gathered)
    wishes = session.get(Wishes, address.person_id)
    if (wishes and facts["kind"] in wishes.muted_kinds) or not is_worth_an_alert(
        facts["kind"], facts["subject_kind"], facts["severity"]
    ):
        return None
    return leaving(told, wishes, gathered)


def _hears(session: Session, told: Told) -> ColumnElement[bool]:
    of_people = is_among(session.connection(), PushAddress.person_id, told.alert_ids)
    return or_(of_people, PushAddress.organisation_id == told.organisation_id) if told.organisation_id else of_people


def _gathered_until(session: Session, event_ids: Sequence[str], address: PushAddress, now: datetime) -> datetime | None:
    """Say when the message about the same event leaves that this one joins, or may follow."""
    about = select(AlertEvent.alert_id).where(AlertEvent.event_id.in_(event_ids))
    theirs = PushDelivery.address_id == address.id, PushDelivery.alert_id.in_(about)
    waits = PushDelivery.state == "due", PushDelivery.attempts == 0, PushDelivery.pace.in_(("at_once", "gathered"))
    if (at := session.scalar(select(func.min(PushDelivery.due_at)).where(*theirs, *waits))) is not None:
        return max(at, now)
    left = PushDelivery.state == "sent", PushDelivery.sent_at > now - GATHER
    last = session.scalar(select(func.min(PushDelivery.sent_at)).where(*theirs, *left))
    return last + GATHER if last is not None else None


def _overtake(session: Session, told: Told, address: PushAddress) -> tuple[set[AlertKind], bool]:
    """Take back what waits of earlier news of the same thing; give its kinds, and whether any went there before."""
    tried = and_(PushDelivery.state == "due", PushDelivery.attempts > 0, PushDelivery.error.is_(None))
    left = or_(PushDelivery.state == "sent", tried)
    earlier = select(PushDelivery, Alert.kind, left.label("left")).join(Alert, Alert.id == PushDelivery.alert_id)
    earlier = earlier.where(
        PushDelivery.address_id == address.id,
        or_(PushDelivery.state == "due", left),
        Alert.cause_id == told.facts["cause_id"],
        Alert.organisation_id.is_not_distinct_from(told.organisation_id),
        Alert.cause_version < told.facts["cause_version"],
    )
    overtaken: set[AlertKind] = set()
    was_reached = False
    for delivery, kind, has_left in session.execute(earlier).all():
        if has_left:
            was_reached = True
        else:
            delivery.state = "overtaken"
            overtaken.add(kind)
    session.flush()
    return overtaken, was_reached


def _messages(
    session: Session, address: PushAddress, found: Sequence[PushDelivery], now: datetime, messages_a_day: int
) -> list[list[PushDelivery]]:
    """Divide what is due for one address into messages; what does not go now, or at all, is in none."""
    if not address.active:
        for delivery in found:
            delivery.state, delivery.error = "given_up", TURNED_OFF
        return []
    tests = [[one] for one in found if one.alert_id is None]
    alerts = []
    for delivery in found:
        alert = session.get(Alert, delivery.alert_id) if delivery.alert_id else None
        if alert is not None and _is_stale(session, address, alert):
            delivery.state = "overtaken"
        elif alert is not None:
            alerts.append(delivery)
    if alerts and not (messages_a_day and _is_held(session, address, alerts, now, messages_a_day)):
        tests.append(alerts)
    return tests


def _is_held(
    session: Session, address: PushAddress, found: Sequence[PushDelivery], now: datetime, messages_a_day: int
) -> bool:
    """Hold back until the morning what is one message too many; what is blocking, and summaries, always leave."""
    if any(one.pace == "blocking" or one.pace in SUMMARIES for one in found):
        return False
    lately = PushDelivery.address_id == address.id, PushDelivery.sent_at > now - DAY, PushDelivery.alert_id.is_not(None)
    counted = select(func.count(PushDelivery.sent_at.distinct())).where(*lately)
    if (session.scalar(counted.where(PushDelivery.pace.in_(("at_once", "gathered")))) or 0) < messages_a_day:
        return False
    zone = session.scalar(select(Alert.zone).where(Alert.id == found[0].alert_id)) or "UTC"
    wishes = session.get(Wishes, address.person_id) if address.person_id else None
    morning = next_morning(wishes.wished(zone) if wishes else Wished(zone), now)
    for delivery in found:
        delivery.pace, delivery.due_at = "capped", morning
    return True


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
