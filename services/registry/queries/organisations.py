"""Organisations and what they have, lack and do together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registry.domain.words import folded
from services.registry.models import Base, Initiative, Need, Organisation, Resource, Venue
from services.registry.problems import NothingHere
from services.registry.queries.contacts import VisibleContact, contacts_of_organisation
from services.registry.queries.initiatives import initiatives
from shared.messages.registry import OrganisationKind, ResourceKind
from shared.paging import Paging
from shared.people import Person

B = TypeVar("B", bound=Base)


@dataclass(frozen=True)
class OrganisationCard:
    """Everything that one page shows of an organisation to one viewer."""

    organisation: Organisation
    contacts: list[VisibleContact]
    venues: Sequence[Venue]
    resources: Sequence[Resource]
    needs: Sequence[Need]
    initiatives: Sequence[Initiative]


def named(session: Session, model: type[B], row_id: str) -> B:
    """Find one thing by its id. Raises `NothingHere`."""
    row = session.get(model, row_id)
    if row is None:
        raise NothingHere
    return row


def organisations(
    session: Session, *, paging: Paging, q: str = "", kind: OrganisationKind | None = None
) -> Sequence[Organisation]:
    """Give organisations by name; `q` holds words that must all occur, without regard to case and Polish marks."""
    wanted = select(Organisation)
    for word in folded(q).split():
        wanted = wanted.where(Organisation.search_text.contains(word, autoescape=True))
    if kind is not None:
        wanted = wanted.where(Organisation.kind == kind)
    return _page(session, wanted, paging, Organisation.name, Organisation.id)


def venues(session: Session, *, paging: Paging, organisation_id: str | None = None) -> Sequence[Venue]:
    """Give venues by name, of one organisation or of all."""
    wanted = select(Venue)
    if organisation_id is not None:
        wanted = wanted.where(Venue.organisation_id == organisation_id)
    return _page(session, wanted, paging, Venue.name, Venue.id)


def resources(
    session: Session, *, paging: Paging, organisation_id: str | None = None, kind: ResourceKind | None = None
) -> Sequence[Resource]:
    """Give what can be lent, by name; venues are listed by themselves."""
    wanted = select(Resource)
    if organisation_id is not None:
        wanted = wanted.where(Resource.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Resource.kind == kind)
    return _page(session, wanted, paging, Resource.name, Resource.id)


def needs(
    session: Session, *, paging: Paging, organisation_id: str | None = None, kind: ResourceKind | None = None
) -> Sequence[Need]:
    """Give needs in the order in which they were stated."""
    wanted = select(Need)
    if organisation_id is not None:
        wanted = wanted.where(Need.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Need.kind == kind)
    return _page(session, wanted, paging, Need.id)


def organisation_card(session: Session, *, viewer: Person | None, organisation_id: str) -> OrganisationCard:
    """Give an organisation with all that its page shows to this viewer. Raises `NothingHere`."""
    everything = Paging(limit=200)
    return OrganisationCard(
        organisation=named(session, Organisation, organisation_id),
        contacts=contacts_of_organisation(session, viewer=viewer, organisation_id=organisation_id),
        venues=venues(session, paging=everything, organisation_id=organisation_id),
        resources=resources(session, paging=everything, organisation_id=organisation_id),
        needs=needs(session, paging=everything, organisation_id=organisation_id),
        initiatives=[one for one in initiatives(session, paging=everything) if organisation_id in one.organisation_ids],
    )


def _page(session: Session, wanted: Select[B], paging: Paging, *columns: Any) -> Sequence[B]:
    """Read one page in the order of these columns, and one row more to know whether there is another."""
    return session.scalars(wanted.where(paging.beyond(*columns)).order_by(*columns).limit(paging.rows)).all()
