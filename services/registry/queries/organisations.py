"""Organisations and what they have, lack and do together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registry.domain.words import folded
from services.registry.models import Base, HiddenAddress, Initiative, Need, Organisation, Resource, Site, Venue
from services.registry.problems import NothingHere, OrganisationMerged
from services.registry.queries.contacts import VisibleContact, contacts_of_organisation
from services.registry.queries.hidden import hidden_addresses
from services.registry.queries.initiatives import initiatives
from services.registry.queries.needs import standing_needs
from services.registry.queries.reviews import Confirmed, confirmed
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
    sites: Sequence[Site] = ()
    parent: Organisation | None = None
    parts: Sequence[Organisation] = ()
    confirmed: Confirmed | None = None
    hidden: Mapping[str, HiddenAddress] = field(default_factory=dict)
    """Confidential addresses by the id of what is there, where the viewer may know them."""


def named(session: Session, model: type[B], row_id: str) -> B:
    """Find one thing by its id. Raises `NothingHere`."""
    row = session.get(model, row_id)
    if row is None:
        raise NothingHere
    if isinstance(row, Organisation) and row.merged_into_id is not None:
        raise OrganisationMerged(row.merged_into_id)
    return row


def organisations(
    session: Session, *, paging: Paging, q: str = "", kind: OrganisationKind | None = None
) -> Sequence[Organisation]:
    """Give organisations by name; `q` holds words that must all occur, without regard to case and Polish marks."""
    wanted = select(Organisation).where(Organisation.merged_into_id.is_(None))
    for word in folded(q).split():
        wanted = wanted.where(Organisation.search_text.contains(word, autoescape=True))
    if kind is not None:
        wanted = wanted.where(Organisation.kind == kind)
    return _page(session, wanted, paging, Organisation.name, Organisation.id)


def sites(session: Session, *, organisation_id: str, paging: Paging) -> Sequence[Site]:
    """Give the further sites of an organisation, the oldest first. Raises `NothingHere`."""
    named(session, Organisation, organisation_id)
    return _page(session, select(Site).where(Site.organisation_id == organisation_id), paging, Site.id)


def site(session: Session, *, organisation_id: str, site_id: str) -> Site:
    """Find one site of an organisation. Raises `NothingHere`."""
    row = named(session, Site, site_id)
    if row.organisation_id != organisation_id:
        raise NothingHere
    return row


def name_of_organisation(session: Session, organisation_id: str | None) -> str:
    """Name an organisation; nothing where none is meant."""
    row = session.get(Organisation, organisation_id) if organisation_id else None
    return row.name if row else ""


def organisation_named(session: Session, name: str) -> Organisation | None:
    """Find an organisation by its whole name, else without regard to case and Polish marks if only one is called so."""
    exact = session.scalars(select(Organisation).where(Organisation.name == name).limit(1)).first()
    if exact is not None:
        return exact
    wanted = folded(name)
    alike = select(Organisation).where(Organisation.search_text.startswith(wanted, autoescape=True)).limit(50)
    found = [row for row in session.scalars(alike) if folded(row.name) == wanted]
    return found[0] if len(found) == 1 else None


def names_to_choose_from(session: Session) -> Sequence[str]:
    """Give names to choose from, not more than a browser likes."""
    return session.scalars(select(Organisation.name).order_by(Organisation.name).limit(300)).all()


def belonging_to(session: Session, organisation_id: str) -> Sequence[Organisation]:
    """Give the organisations that belong to this one, by name."""
    theirs = select(Organisation).where(Organisation.parent_id == organisation_id)
    return session.scalars(theirs.order_by(Organisation.name, Organisation.id).limit(200)).all()


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


def organisation_card(session: Session, *, viewer: Person | None, organisation_id: str) -> OrganisationCard:
    """Give an organisation with all that its page shows to this viewer. Raises `NothingHere`."""
    everything = Paging(limit=200)
    organisation = named(session, Organisation, organisation_id)
    rooms = venues(session, paging=everything, organisation_id=organisation_id)
    ids = [organisation_id, *(room.id for room in rooms)]
    return OrganisationCard(
        organisation=organisation,
        contacts=contacts_of_organisation(session, viewer=viewer, organisation_id=organisation_id),
        venues=rooms,
        hidden=hidden_addresses(session, viewer=viewer, row_ids=ids),
        resources=resources(session, paging=everything, organisation_id=organisation_id),
        needs=standing_needs(session, paging=everything, organisation_id=organisation_id),
        initiatives=[one for one in initiatives(session, paging=everything) if organisation_id in one.organisation_ids],
        sites=sites(session, organisation_id=organisation_id, paging=everything),
        parent=session.get(Organisation, organisation.parent_id) if organisation.parent_id else None,
        parts=belonging_to(session, organisation_id),
        confirmed=confirmed(session, viewer=viewer, organisation=organisation),
    )


def _page(session: Session, wanted: Select[B], paging: Paging, *columns: Any) -> Sequence[B]:
    """Read one page in the order of these columns, and one row more to know whether there is another."""
    return session.scalars(wanted.where(paging.beyond(*columns)).order_by(*columns).limit(paging.rows)).all()
