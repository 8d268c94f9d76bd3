"""Reaching people: deliveries that are due are taken, and what came of them is remembered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.pacing import LETTERS
from services.notifications.domain import links
from services.notifications.domain.buttons import Action
from services.notifications.domain.pacing import SUMMARIES, Pace, Wished, next_morning
from services.notifications.domain.permissions import may_see_deliveries
from services.notifications.models import Alert, Delivery, KnownPerson, RefusedAddress, Wishes
from services.notifications.problems import NoSuchDelivery
from shared import clock
from shared.bulk import is_among
from shared.database import note
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
    button_keys: Mapping[str, Sequence[tuple[Action, str]]] = field(default_factory=dict)
    """What may be done about each alert without signing in, by its id: actions with the keys of their links."""

    @property
    def is_test(self) -> bool:
        """Say whether it is about nothing, and but shows that letters arrive."""
        return not self.alerts


def take_due(
    session: Session,
    *,
    now: datetime,
    lease: timedelta,
    letters_a_day: int = 0,
    limit: int = 500,
    busy: Collection[str] = (),
) -> list[Parcel]:
    """Take deliveries that are due, one parcel for each person; nobody else takes them while the lease lasts.

    A test letter is a parcel of its own. Who got `letters_a_day` in a day (0 is no limit) gets the rest in one
    summary next morning. Those who are `busy` are being written to at this moment, and get nothing.
    """
    due = select(Delivery).where(Delivery.state == "due", Delivery.due_at <= now)
    if busy:
        due = due.where(Delivery.person_id.not_in(busy))
    due = due.order_by(Delivery.due_at, Delivery.id).limit(limit).with_for_update(skip_locked=True)
    by_person: dict[tuple[str, bool], list[Delivery]] = {}
    for delivery in session.scalars(due):
        by_person.setdefault((delivery.person_id, delivery.alert_id is None), []).append(delivery)
    sent = _letters_of_a_day(session, {person_id for person_id, _ in by_person}, now) if letters_a_day else {}
    leaving = [
        found
        for (person_id, is_test), found in by_person.items()
        if is_test
        or not letters_a_day
        or sent.get(person_id, 0) < letters_a_day
        or not _is_held(session, person_id, found, now)
    ]
    for delivery in (one for found in leaving for one in found):
        delivery.due_at = now + lease
        delivery.attempts += 1
        delivery.error = None
    return _parcels(session, leaving, now)


def give_back(session: Session, *, delivery_ids: Sequence[str]) -> None:
    """Let others take again at once what was taken and not tried."""
    now = clock.now()
    mine = is_among(session.connection(), Delivery.id, delivery_ids), Delivery.state == "due"
    for delivery in session.scalars(select(Delivery).where(*mine)):
        delivery.due_at, delivery.attempts = now, max(delivery.attempts - 1, 0)
        delivery.error = "not tried" if delivery.attempts else None


def record_sent(session: Session, *, delivery_ids: Sequence[str]) -> None:
    """Remember that these deliveries left, in one letter."""
    theirs = Delivery.id.in_(delivery_ids)
    left = {"state": "sent", "sent_at": clock.now(), "error": None, "letter_id": delivery_ids[0]}
    session.execute(update(Delivery).where(theirs).values(left))
    people = select(Delivery.person_id).where(theirs)
    session.execute(delete(RefusedAddress).where(RefusedAddress.person_id.in_(people)))


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
        note(session, LETTERS)
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


def _letters_of_a_day(session: Session, people: Collection[str], now: datetime) -> dict[str, int]:
    """Count the letters that people got in a day, but for what was blocking and for summaries."""
    counted = (
        select(Delivery.person_id, func.count(Delivery.letter_id.distinct()))
        .where(is_among(session.connection(), Delivery.person_id, people))
        .where(Delivery.sent_at > now - DAY, Delivery.pace.in_(("at_once", "gathered")))
        .group_by(Delivery.person_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _is_held(session: Session, person_id: str, found: list[Delivery], now: datetime) -> bool:
    """Hold back until the morning what is one letter too many; what is blocking, and summaries, always leave."""
    if any(one.pace == "blocking" or one.pace in SUMMARIES for one in found):
        return False
    zone = session.scalar(select(Alert.zone).where(Alert.id == found[0].alert_id)) or "UTC"
    wishes = session.get(Wishes, person_id)
    morning = next_morning(wishes.wished(zone) if wishes else Wished(zone), now)
    for delivery in found:
        delivery.pace, delivery.due_at = "capped", morning
    return True


def _parcels(session: Session, leaving: Sequence[list[Delivery]], now: datetime) -> list[Parcel]:
    """Pack what goes to each; who cannot be reached, or agreed to mail until an earlier instant, gets nothing."""
    if not leaving:
        return []
    connection, people = session.connection(), {found[0].person_id for found in leaving}
    known = {
        one.id: one for one in session.scalars(select(KnownPerson).where(is_among(connection, KnownPerson.id, people)))
    }
    refused = select(RefusedAddress.person_id, RefusedAddress.known_version)
    refused = refused.where(is_among(connection, RefusedAddress.person_id, people))
    versions = {row.person_id: row.known_version for row in session.execute(refused)}
    wanted = [one.alert_id for found in leaving for one in found if one.alert_id]
    alerts = session.scalars(select(Alert).where(is_among(connection, Alert.id, wanted)).order_by(Alert.id)).all()
    seen = {one.alert.id: one for one in queries.seen(session, alerts)}
    secret, keys = queries.link_secret(session), queries.button_keys(session, alerts, now)
    parcels = []
    for found in leaving:
        person = known.get(found[0].person_id)
        fault = _unreachable(person, versions, now, is_test=found[0].alert_id is None)
        if fault is None and person is not None:
            parcels.append(_parcel(person, found, seen, secret, keys, now))
        for delivery in found if fault else ():
            delivery.state, delivery.error = "given_up", fault
    return parcels


def _parcel(
    person: KnownPerson,
    deliveries: Sequence[Delivery],
    seen: Mapping[str, queries.AlertSeen],
    secret: bytes,
    keys: Mapping[str, Sequence[tuple[Action, str]]],
    now: datetime,
) -> Parcel:
    mine = sorted(one.alert_id for one in deliveries if one.alert_id is not None and one.alert_id in seen)
    return Parcel(
        delivery_ids=tuple(one.id for one in deliveries),
        person_id=person.id,
        name=person.name,
        email=person.email or "",
        language=person.language,
        alerts=tuple(seen[one] for one in mine),
        paces=frozenset(one.pace for one in deliveries),
        known_version=person.version,
        no_letters_key=links.link_key(secret, links.NO_LETTERS, person.id, now + links.NO_LETTERS_FOR),
        button_keys={one: keys[one] for one in mine},
    )


def _unreachable(person: KnownPerson | None, refused: Mapping[str, int], now: datetime, *, is_test: bool) -> str | None:
    """Say why somebody can get no letter now, or none where they can."""
    if person is None or not person.email or (person.email_until is not None and person.email_until <= now):
        return "no address"
    return None if is_test or refused.get(person.id) != person.version else "address refused"
