"""Needs, as lists and pages ask for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.registry.models import LIVE, MatchKey, Need, Organisation, Site, Venue
from shared.messages.registry import NeedStatus, ResourceKind
from shared.paging import Paging

MOST_TO_CHOOSE_FROM = 500


@dataclass(frozen=True)
class NeedPlace:
    """Where something can be needed: a venue, or a place whose address and point a need takes over."""

    key: str
    name: str
    organisation: str
    address: str
    latitude: float | None = None
    longitude: float | None = None
    venue_id: str | None = None


def places_for_needs(
    session: Session, *, organisation_ids: Collection[str], venue_id: str | None = None
) -> list[NeedPlace]:
    """Give where these organisations work, and every venue, to choose from, by name; also a `venue_id` that stands.

    Of what is confidential only venues can be named: they say by themselves who may know where they are.
    """
    of = Organisation.id.in_(organisation_ids) & ~Organisation.confidential & Organisation.merged_into_id.is_(None)
    seats = select(Organisation).where(of, Organisation.address != "").order_by(Organisation.name, Organisation.id)
    places = [_place(row, "seat", row.name) for row in session.scalars(seats.limit(MOST_TO_CHOOSE_FROM))]
    sites = select(Site, Organisation.name).join(Organisation, Organisation.id == Site.organisation_id).where(of)
    found = session.execute(sites.order_by(Organisation.name, Site.name, Site.id).limit(MOST_TO_CHOOSE_FROM))
    places += [_place(row, "site", name) for row, name in found]
    venues = select(Venue, Organisation.name).join(Organisation, Organisation.id == Venue.organisation_id)
    venues = venues.where(or_(Venue.status == "offered", Venue.id == venue_id)).order_by(Venue.name, Venue.id)
    rooms = session.execute(venues.limit(MOST_TO_CHOOSE_FROM))
    return places + [NeedPlace(f"venue:{row.id}", row.name, name, "", venue_id=row.id) for row, name in rooms]


def _place(row: Organisation | Site, kind: str, organisation: str) -> NeedPlace:
    return NeedPlace(f"{kind}:{row.id}", row.name, organisation, row.address, row.latitude, row.longitude)


def needs(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    kind: ResourceKind | None = None,
    status: NeedStatus | None = None,
) -> Sequence[Need]:
    """Give needs in the order in which they were stated."""
    wanted = select(Need)
    if organisation_id is not None:
        wanted = wanted.where(Need.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Need.kind == kind)
    if status is not None:
        wanted = wanted.where(Need.status == status)
    rows = wanted.where(paging.beyond(Need.id)).order_by(Need.id).limit(paging.rows)
    return session.scalars(rows).all()


def standing_needs(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    kind: ResourceKind | None = None,
    theme: str | None = None,
) -> Sequence[Need]:
    """Give needs that stand, those stated last first; a theme stands for all that lie in it."""
    wanted = select(Need).where(Need.status.in_(LIVE))
    if organisation_id is not None:
        wanted = wanted.where(Need.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Need.kind == kind)
    if theme is not None:
        about = select(MatchKey.about_id).where(MatchKey.side == "need", MatchKey.key == f"t:{theme}")
        wanted = wanted.where(Need.id.in_(about))
    rows = wanted.where(paging.beyond(Need.id, descending=True)).order_by(Need.id.desc()).limit(paging.rows)
    return session.scalars(rows).all()
