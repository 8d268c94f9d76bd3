"""Reaching people: deliveries that are due are taken, and what came of them is remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.domain import links
from services.notifications.domain.actions import Action
from services.notifications.domain.bounces import Bounce
from services.notifications.domain.pacing import SUMMARIES, Pace, Wished, next_morning
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.models import Alert, Delivery, KnownPerson, RefusedAddress, Wishes
from services.notifications.problems import NoSuchDelivery
from shared import clock
from shared.identifiers import is_id
from shared.people import Person, must
from shared.retries import wait_before

LONGEST_ERROR = 500
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parcel:
    """What goes to one person at one time: the deliveries, and the alerts they carry as the person will read them."""

    delivery_ids: tuple[str, ...]
    person_id: str
    name: str
    email: str
    language: str
    alerts: tuple[queries.AlertSeen, ...]
    paces: frozenset[Pace] = frozenset()
    """Why it leaves now."""
    known_version: int = 0
    """Which version of the person this is; a later one may have another address."""
    no_letters_key: str = ""
    """The key of the link that ends letters."""
    button_keys: Mapping[str, tuple[tuple[Action, str], ...]] = field(default_factory=dict)
    """What may be done about each alert without signing in, by its id: actions with the keys of their links."""

    @property
    def is_test(self) -> bool:
        """Say whether it is about nothing, and but shows that letters arrive."""
        return not self.alerts


def take_due(
    session: Session, *, now: datetime, lease: timedelta, letters_a_day: int = 0, limit: int = 500
) -> list[Parcel]:
    """Take deliveries that are due, one parcel for each person; nobody else takes them while the lease lasts.

    A test letter is a parcel of its own. Who got `letters_a_day` in a day (0 is no limit) gets the rest in one
    summary next morning.
    """
    due = (
        select(Delivery)
        .where(Delivery.state == "due", Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    by_person: dict[tuple[str, bool], list[Delivery]] = {}
    for delivery in session.scalars(due):
        by_person.setdefault((delivery.person_id, delivery.alert_id is None), []).append(delivery)
    leaving = [
        found
        for (person_id, is_test), found in by_person.items()
        if is_test or not letters_a_day or not _is_held(session, person_id, found, now, letters_a_day)
    ]
    for delivery in (one for found in leaving for one in found):
        delivery.due_at = now + lease
        delivery.attempts += 1
        delivery.error = None
    parcels = [_parcel(session, taken, now) for taken in leaving]
    return [parcel for parcel in parcels if parcel is not None]


def record_sent(session: Session, *, delivery_ids: Sequence[str]) -> None:
    """Remember that these deliveries left, in one letter."""
    now = clock.now()
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        delivery.state, delivery.sent_at, delivery.error = "sent", now, None
        delivery.letter_id = delivery_ids[0]
        session.execute(delete(RefusedAddress).where(RefusedAddress.person_id == delivery.person_id))


def record_failure(
    session: Session, *, delivery_ids: Sequence[str], error: str, first_delay: timedelta, tries: int
) -> None:
    """Remember that these deliveries failed: they are tried again later, or given up."""
    now = clock.now()
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(delivery_ids))):
        delivery.error = error[:LONGEST_ERROR]
        if delivery.attempts >= tries:
            delivery.state = "given_up"
        else:
            delivery.due_at = now + wait_before(delivery.attempts, first_delay)


def retry_delivery(session: Session, *, by: Person, delivery_id: str) -> Delivery:
    """Try what was given up once more from the beginning, to a refused address too; what was not stays as it is.

    For administrators; raises `NoSuchDelivery`.
    """
    must(may_see_deliveries(by))
    delivery = session.get(Delivery, delivery_id, with_for_update=True) if is_id(delivery_id) else None
    if delivery is None:
        raise NoSuchDelivery
    if delivery.state == "given_up":
        delivery.state, delivery.attempts, delivery.due_at, delivery.error = "due", 0, clock.now(), None
        session.execute(delete(RefusedAddress).where(RefusedAddress.person_id == delivery.person_id))
    return delivery


def record_refusal(session: Session, *, parcel: Parcel, error: str, is_address: bool) -> None:
    """Remember that a mail server refused a letter for good, or even that there is nobody at this address.

    To a refused address nothing but a test letter is sent until it changes.
    """
    for delivery in session.scalars(select(Delivery).where(Delivery.id.in_(parcel.delivery_ids))):
        delivery.state, delivery.error = "given_up", error[:LONGEST_ERROR]
    if is_address and not queries.is_erased(session, parcel.person_id):
        row = RefusedAddress(person_id=parcel.person_id, known_version=parcel.known_version, error=error[:100])
        row.refused_at = clock.now()
        session.merge(row)


def record_bounce(session: Session, *, bounce: Bounce) -> bool:
    """Remember what came back of a letter by mail, as if the mail server had said it at once; say whether it was ours.

    The Message-ID names the letter, and nobody but who got it knows it. An address is refused only while it is still
    that of the person who was written to. What is but late stays sent.
    """
    named = is_id(bounce.key)
    in_it = (Delivery.id == bounce.key) | (Delivery.letter_id == bounce.key)
    found = session.scalars(select(Delivery).where(in_it, Delivery.channel == "mail")).all() if named else []
    for delivery in found:
        delivery.error = f"bounced: {bounce.status}"
        if bounce.is_permanent:
            delivery.state = "given_up"
    person = session.get(KnownPerson, found[0].person_id) if found else None
    if bounce.is_address and person is not None and (person.email or "").casefold() == bounce.address.casefold():
        row = RefusedAddress(person_id=person.id, known_version=person.version, error=f"bounced: {bounce.status}")
        row.refused_at = clock.now()
        session.merge(row)
    return bool(found)


def _is_held(session: Session, person_id: str, found: list[Delivery], now: datetime, letters_a_day: int) -> bool:
    """Hold back until the morning what is one letter too many; what is blocking, and summaries, always leave."""
    if any(one.pace == "blocking" or one.pace in SUMMARIES for one in found):
        return False
    counted = select(func.count(Delivery.letter_id.distinct())).where(
        Delivery.person_id == person_id, Delivery.sent_at > now - DAY, Delivery.pace.in_(("at_once", "gathered"))
    )
    if (session.scalar(counted) or 0) < letters_a_day:
        return False
    zone = session.scalar(select(Alert.zone).where(Alert.id == found[0].alert_id)) or "UTC"
    wishes = session.get(Wishes, person_id)
    morning = next_morning(wishes.wished(zone) if wishes else Wished(zone), now)
    for delivery in found:
        delivery.pace, delivery.due_at = "capped", morning
    return True


def _parcel(session: Session, deliveries: list[Delivery], now: datetime) -> Parcel | None:
    """Pack what goes to one person; who cannot be reached, or agreed to mail until an earlier instant, gets nothing."""
    person = session.get(KnownPerson, deliveries[0].person_id)
    if fault := _unreachable(session, person, now, is_test=deliveries[0].alert_id is None):
        for delivery in deliveries:
            delivery.state, delivery.error = "given_up", fault
        return None
    assert person is not None and person.email  # noqa: S101, PT018 -- else they are unreachable
    alerts = session.scalars(select(Alert).where(Alert.id.in_([delivery.alert_id for delivery in deliveries])))
    ordered = sorted(alerts, key=lambda alert: alert.id)
    return Parcel(
        delivery_ids=tuple(delivery.id for delivery in deliveries),
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        alerts=tuple(queries.seen(session, ordered)),
        paces=frozenset(delivery.pace for delivery in deliveries),
        known_version=person.version,
        no_letters_key=links.link_key(
            queries.link_secret(session), links.NO_LETTERS, person.id, now + links.NO_LETTERS_FOR
        ),
        button_keys=queries.button_keys(session, ordered, now),
    )


def _unreachable(session: Session, person: KnownPerson | None, now: datetime, *, is_test: bool) -> str | None:
    """Say why somebody can get no letter now, or none where they can."""
    if person is None or not person.email or (person.email_until is not None and person.email_until <= now):
        return "no address"
    refused = None if is_test else session.get(RefusedAddress, person.id)
    return "address refused" if refused is not None and refused.known_version == person.version else None
