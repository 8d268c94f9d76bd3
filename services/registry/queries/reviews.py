"""The review queue: cards that should be looked at again, each with the reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.registry.domain.permissions import may_edit_organisation, may_review_all, may_see_review_queue
from services.registry.domain.reviews import CardFacts, due_before, is_due, review_reasons
from services.registry.models import History, Membership, Need, Organisation, Person
from services.registry.queries.contacts import has_contact_for_others
from services.registry.queries.disclosures import disclose
from shared import people
from shared.identifiers import is_id
from shared.messages.base import Reason
from shared.paging import Paging
from shared.people import SPEAKING_ROLES, must

MOST_NEEDS = 50


@dataclass(frozen=True)
class CardToReview:
    """A card, and why somebody should look at it."""

    organisation: Organisation
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Confirmed:
    """When somebody said that a card is right, and who, if they are here still."""

    on: date | None
    by_name: str


def cards_to_review(
    session: Session, *, viewer: people.Person, paging: Paging, today: date, reason: str | None = None
) -> list[CardToReview]:
    """Give the cards that should be looked at again, by name; to coordinators those of their own organisations.

    `reason` is one of the codes, else all are given. Raises `NotAllowed`.
    """
    must(may_see_review_queue(viewer))
    lacking = _lacking(today)
    wanted = select(Organisation, has_contact_for_others(Organisation.id).label("has_contact"))
    wanted = wanted.where(Organisation.status != "ended", or_(*lacking.values()))
    if reason in lacking:
        wanted = wanted.where(lacking[reason])
    if not may_review_all(viewer):
        wanted = wanted.where(Organisation.id.in_(_spoken_for(viewer)))
    columns = (Organisation.name, Organisation.id)
    rows = session.execute(wanted.where(paging.beyond(*columns)).order_by(*columns).limit(paging.rows))
    return [CardToReview(row, review_reasons(_facts(row, has_contact), today)) for row, has_contact in rows]


def needs_to_answer(session: Session, *, viewer: people.Person) -> list[tuple[Need, str]]:
    """Give the needs that the clock closed and of which nobody said what came of them, with their organisations' names.

    Those closed last come first, not more than a page likes; to coordinators those of their own organisations. Raises
    `NotAllowed`.
    """
    must(may_see_review_queue(viewer))
    wanted = select(Need, Organisation.name).join(Organisation, Organisation.id == Need.organisation_id)
    wanted = wanted.where(Need.status == "closed", Need.closed_because == "past")
    if not may_review_all(viewer):
        wanted = wanted.where(Need.organisation_id.in_(_spoken_for(viewer)))
    rows = session.execute(wanted.order_by(Need.closed_at.desc(), Need.id).limit(MOST_NEEDS))
    return [(need, name) for need, name in rows]


def due_organisations(session: Session, *, today: date, limit: int) -> Sequence[Organisation]:
    """Give the organisations that were neither confirmed nor asked about for a year."""
    asked = or_(Organisation.reminded_on.is_(None), Organisation.reminded_on <= due_before(today))
    due = select(Organisation).where(Organisation.status != "ended", asked, _is_due(today))
    return session.scalars(due.order_by(Organisation.id).limit(limit).with_for_update(skip_locked=True)).all()


def speakers_of(session: Session, organisation_ids: Iterable[str]) -> Sequence[str]:
    """Give the ids of those who speak for any of these organisations."""
    roles = select(Membership.person_id).where(
        Membership.organisation_id.in_(list(organisation_ids)), Membership.role.in_(SPEAKING_ROLES)
    )
    return session.scalars(roles.distinct().order_by(Membership.person_id)).all()


def due_names_of(session: Session, person_id: str, today: date) -> list[str]:
    """Name the organisations that somebody speaks for and whose cards were not confirmed for a year."""
    theirs = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.role.in_(SPEAKING_ROLES), Organisation.status != "ended")
        .order_by(Organisation.name, Organisation.id)
    )
    return [row.name for row in session.scalars(theirs) if is_due(_looked_at(row), today)]


def confirmed(session: Session, *, viewer: people.Person | None, organisation: Organisation) -> Confirmed:
    """Say when a card was last confirmed, and to those who may edit it also who did."""
    if organisation.confirmed_on is None or not may_edit_organisation(viewer, organisation.id):
        return Confirmed(organisation.confirmed_on, "")
    last = (
        select(History.by_person_id)
        .where(History.aggregate_id == organisation.id, History.action.in_(("confirmed", "registered")))
        .order_by(History.version.desc())
    )
    person_id = session.scalars(last.limit(1)).first()
    person = session.get(Person, person_id) if person_id and is_id(person_id) else None
    if person is None:
        return Confirmed(organisation.confirmed_on, "")
    disclose(session, viewer=viewer, subject_id=person.id, field="name")
    return Confirmed(organisation.confirmed_on, person.name)


def _lacking(today: date) -> dict[str, ColumnElement[bool]]:
    """Say in SQL what `review_reasons` says of one card."""
    return {
        "not_confirmed": _is_due(today),
        "no_contact": ~has_contact_for_others(Organisation.id),
        "no_point": Organisation.latitude.is_(None),
        "no_opening_hours": Organisation.opening_hours == "",
        "no_description": Organisation.description == "",
        "unknown_kind": Organisation.kind == "other",
    }


def _is_due(today: date) -> ColumnElement[bool]:
    before = datetime.combine(due_before(today), time.max, UTC)
    never = Organisation.confirmed_on.is_(None) & (Organisation.created_at <= before)
    return never | (Organisation.confirmed_on <= due_before(today))


def _looked_at(row: Organisation) -> date:
    return row.confirmed_on or row.created_at.date()


def _facts(row: Organisation, has_contact: bool) -> CardFacts:
    return CardFacts(
        confirmed_on=_looked_at(row),
        has_contact=has_contact,
        has_point=row.latitude is not None,
        has_opening_hours=bool(row.opening_hours),
        has_description=bool(row.description),
        has_kind=row.kind != "other",
    )


def _spoken_for(viewer: people.Person) -> list[str]:
    return [one for one, role in viewer.roles.items() if role in SPEAKING_ROLES]
