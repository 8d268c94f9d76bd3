"""Looking at the copies of what the registry owns: organisations, venues, resources."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.claims import Site, Stock
from services.calendar.domain.places import point_of
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Organisation, Resource, Venue

_LENT = Resource.__table__.c
_STOCKS = select(_LENT.id, _LENT.name, _LENT.quantity).where(_LENT.id.in_(bindparam("ids", expanding=True)))
"""Made once, of bare columns: every check asks it."""
WITHDRAWN = "withdrawn"
VENUE_WITHDRAWN = "This venue is not offered any more; choose another"
RESOURCE_WITHDRAWN = "This resource is not lent any more; choose another"
Fault = tuple[str, str]
"""A JSON pointer (RFC 6901) and an English gettext source string."""


def organisations(session: Session, also: Collection[str] = ()) -> Sequence[Organisation]:
    """List by name the organisations to choose from: one that was merged stands behind the one that was kept.

    `also` are those that are chosen already.
    """
    listed = or_(Organisation.merged_into_id.is_(None), Organisation.id.in_(also))
    return session.scalars(select(Organisation).where(listed).order_by(Organisation.name, Organisation.id)).all()


def venues(session: Session) -> Sequence[Venue]:
    """List all venues by name."""
    return session.scalars(select(Venue).order_by(Venue.name, Venue.id)).all()


def venues_offered(session: Session, also: Collection[str] = ()) -> Sequence[Venue]:
    """List by name the venues to choose from; `also` are those that are chosen already."""
    listed = or_(Venue.status != WITHDRAWN, Venue.id.in_(also))
    return session.scalars(select(Venue).where(listed).order_by(Venue.name, Venue.id)).all()


def resources_offered(session: Session, also: Collection[str] = ()) -> Sequence[Resource]:
    """List by name the resources to choose from; `also` are those that are chosen already."""
    listed = or_(Resource.status != WITHDRAWN, Resource.id.in_(also))
    return session.scalars(select(Resource).where(listed).order_by(Resource.name, Resource.id)).all()


def venue(session: Session, venue_id: str | None) -> Venue | None:
    """Give one venue, if its copy is here."""
    return None if venue_id is None else session.get(Venue, venue_id)


def sites(session: Session, ids: Iterable[str]) -> dict[str, Site]:
    """Give what the check must know of these venues, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    owner = Organisation.id == Venue.organisation_id
    rows = session.execute(select(Venue, Organisation.kind).outerjoin(Organisation, owner).where(Venue.id.in_(wanted)))
    return {row.id: site_of(row, is_school=kind == "school") for row, kind in rows}


def site_of(row: Venue, *, is_school: bool = False) -> Site:
    """Give what the check must know of one venue."""
    return Site(
        id=row.id,
        name=row.name,
        capacity=row.capacity,
        one_at_a_time=row.one_at_a_time,
        set_up_minutes=row.set_up_minutes,
        clear_up_minutes=row.clear_up_minutes,
        ancestor_ids=tuple(row.ancestor_ids),
        point=point_of(row.latitude, row.longitude),
        opening_hours=row.opening_hours,
        is_school=is_school,
        organisation_id=row.organisation_id,
    )


def stocks(session: Session, ids: Iterable[str]) -> dict[str, Stock]:
    """Give what the check must know of these resources, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: Stock(row.id, row.name, row.quantity) for row in session.execute(_STOCKS, {"ids": wanted})}


def unknown_references(session: Session, plan: EventPlan) -> list[Fault]:
    """Name what a plan refers to and no copy of is here: hosts, the venue with those around it, resources."""
    return [
        *_unknown_hosts(session, plan.host_ids),
        *_unknown_venue(session, plan.venue_id),
        *_unknown_resources(session, [borrowed.resource_id for borrowed in plan.borrowed]),
    ]


def _unknown_hosts(session: Session, ids: Sequence[str]) -> list[Fault]:
    text = "No organisation is known by this id"
    return [(f"/host_ids/{number}", text) for number, one in enumerate(ids) if session.get(Organisation, one) is None]


def _unknown_venue(session: Session, venue_id: str | None) -> list[Fault]:
    if venue_id is None:
        return []
    fault = ("/venue_id", "No venue is known by this id")
    found = session.get(Venue, venue_id)
    if found is None:
        return [fault]
    around = set(found.ancestor_ids)
    known = set(session.scalars(select(Venue.id).where(Venue.id.in_(around)))) if around else set()
    return [] if known == around else [fault]


def _unknown_resources(session: Session, ids: Sequence[str]) -> list[Fault]:
    known = set(session.scalars(select(Resource.id).where(Resource.id.in_(ids)))) if ids else set()
    text = "No resource is known by this id"
    return [(f"/borrowed/{number}/resource_id", text) for number, one in enumerate(ids) if one not in known]


def withdrawn_references(session: Session, plan: EventPlan, before: EventPlan | None = None) -> list[Fault]:
    """Name what a plan chooses that its owner offers no more; what the event had `before` is promised, and stays."""
    venue_id = plan.venue_id if before is None or plan.venue_id != before.venue_id else None
    had = {borrowed.resource_id for borrowed in before.borrowed} if before else set()
    lent = [None if borrowed.resource_id in had else borrowed.resource_id for borrowed in plan.borrowed]
    return withdrawn_things(session, venue_id, lent)


def withdrawn_things(session: Session, venue_id: str | None, lent: Sequence[str | None]) -> list[Fault]:
    """Name which of a venue and resources their owners offer no more; None keeps the place of what is not asked."""
    found = venue(session, venue_id)
    faults = [("/venue_id", VENUE_WITHDRAWN)] if found is not None and found.status == WITHDRAWN else []
    asked = [one for one in lent if one]
    gone = select(Resource.id).where(Resource.id.in_(asked), Resource.status == WITHDRAWN)
    withdrawn = set(session.scalars(gone)) if asked else set()
    return faults + [
        (f"/borrowed/{number}/resource_id", RESOURCE_WITHDRAWN) for number, one in enumerate(lent) if one in withdrawn
    ]
