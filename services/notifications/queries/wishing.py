"""What people want to be told, how, and of what; and whom a link in a letter means."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.domain import links
from services.notifications.domain.topics import AUDIENCES, EVENT_KINDS, Area, Point, Topic, TopicKind, area_of
from services.notifications.models import (
    Delivery,
    FollowedTopic,
    InvitationLetter,
    KnownOrganisation,
    KnownPerson,
    KnownTheme,
    KnownVenue,
    LinkSecret,
    RefusedAddress,
    Wishes,
)
from services.notifications.problems import LinkOver, LinkRefused, NoSuchTopic
from shared import clock
from shared.i18n import language
from shared.identifiers import is_id
from shared.people import Person


@dataclass(frozen=True)
class Middle:
    """Something around which an area can lie."""

    kind: TopicKind
    id: str
    name: str
    point: Point


def wishes(session: Session, *, by: Person) -> Wishes:
    """Give what somebody wants; who never said has version 0 and wants everything."""
    known = session.get(Wishes, by.id) if is_id(by.id) else None
    return known or Wishes(person_id=by.id, version=0, mail=True, muted_kinds=[], rhythms={})


def link_secret(session: Session) -> bytes:
    """Give the secret with which links in letters are signed."""
    return session.scalars(select(LinkSecret.secret)).one()


def whose_letters(session: Session, *, key: str) -> str:
    """Say who is meant by the key of a link that ends letters: a person, or the letter of a guest.

    Raises `LinkRefused`, `LinkOver`.
    """
    row = session.scalars(select(LinkSecret)).one()
    link = links.opened(row.secret, links.NO_LETTERS, key)
    known = session.get(KnownPerson, link.subject_id) if link and is_id(link.subject_id) else None
    if link is None or ((known is None or known.erased) and guests_letter(session, key=key) is None):
        raise LinkRefused
    until = link.until or row.undated_until
    if until is None or until <= clock.now():
        raise LinkOver
    return link.subject_id


def guests_letter(session: Session, *, key: str) -> InvitationLetter | None:
    """Give the letter of a guest, who is nobody's person here, which the key of a link ends; none where it is none."""
    link = links.opened(link_secret(session), links.NO_LETTERS, key)
    letter = session.get(InvitationLetter, link.subject_id) if link and is_id(link.subject_id) else None
    return letter if letter is not None and letter.person_id is None else None


def refused_address(session: Session, *, by: Person) -> RefusedAddress | None:
    """Give that somebody's present address was refused, if it was."""
    refused = session.get(RefusedAddress, by.id) if is_id(by.id) else None
    known = session.get(KnownPerson, by.id) if refused else None
    return refused if refused and known and known.version == refused.known_version else None


def is_erased(session: Session, person_id: str) -> bool:
    """Say whether a person is erased, or was never known."""
    known = session.get(KnownPerson, person_id)
    return known is None or known.erased


def last_test(session: Session, *, by: Person) -> Delivery | None:
    """Give the last test letter that somebody asked for."""
    mine = select(Delivery).where(Delivery.person_id == by.id, Delivery.alert_id.is_(None))
    return session.scalar(mine.order_by(Delivery.id.desc()).limit(1)) if is_id(by.id) else None


def followed_topics(session: Session, *, by: Person) -> list[FollowedTopic]:
    """Give what somebody follows, in the order in which they began to."""
    mine = select(FollowedTopic).where(FollowedTopic.person_id == by.id).order_by(FollowedTopic.id)
    return list(session.scalars(mine)) if is_id(by.id) else []


def followed_topic(session: Session, *, by: Person, topic_id: str) -> FollowedTopic:
    """Give one thing that somebody follows; raises `NoSuchTopic`."""
    found = session.get(FollowedTopic, topic_id) if is_id(topic_id) else None
    if found is None or found.person_id != by.id:
        raise NoSuchTopic
    return found


def topic_names(session: Session) -> dict[Topic, str]:
    """Name every topic whose name others told us: themes in the reader's language, organisations, venues; by name."""
    themes = session.scalars(select(KnownTheme).where(KnownTheme.retired.is_(False)))
    polish = language.get() == "pl"
    names = {Topic("theme", one.code): one.name_pl if polish else one.name_en for one in themes}
    hosts = session.execute(select(KnownOrganisation.id, KnownOrganisation.name))
    venues = session.execute(select(KnownVenue.id, KnownVenue.name))
    names |= {Topic("organisation", row.id): row.name for row in hosts}
    names |= {Topic("venue", row.id): row.name for row in venues}
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def middles(session: Session) -> list[Middle]:
    """Give the venues and organisations whose place is known, as middles of areas; by name."""
    tables: dict[TopicKind, type[KnownVenue | KnownOrganisation]] = {
        "venue": KnownVenue,
        "organisation": KnownOrganisation,
    }
    found = [
        Middle(kind, row.id, row.name, point)
        for kind, table in tables.items()
        for row in session.execute(select(table.id, table.name, table.latitude, table.longitude))
        if (point := Point.known(row.latitude, row.longitude)) is not None
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def area_around(session: Session, *, around: str, radius_m: int) -> tuple[Area, str]:
    """Give the area around a venue or an organisation, by its id, and its name. Raises `NoSuchTopic`."""
    middle = next((one for one in middles(session) if one.id == around), None)
    if middle is None:
        raise NoSuchTopic
    return Area(middle.point, radius_m), middle.name


def is_a_topic(session: Session, topic: Topic) -> bool:
    """Say whether there is such a thing to follow."""
    if topic.kind == "audience":
        return topic.value in AUDIENCES
    if topic.kind == "area":
        return area_of(topic.value) is not None
    if topic.kind == "kind":
        return topic.value in EVENT_KINDS
    return topic in topic_names(session)
