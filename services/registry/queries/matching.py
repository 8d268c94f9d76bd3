"""What matching looks at: which offers could answer a need and the other way round, by index, not by reading all."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from services.registry.domain.distances import Point, point_of
from services.registry.domain.matches import ANYTHING, BY_KIND_ALONE, Declined, Offer, Wanted
from services.registry.domain.plans import Side
from services.registry.domain.themes import Taxonomy
from services.registry.domain.weekdays import open_days, wanted_days
from services.registry.models import LIVE, Match, MatchKey, Need, Organisation, Resource, Venue
from shared.messages.registry import ResourceKind

MOST_LOOKED_AT = 100
"""So many are looked at, those first that have most words and themes in common."""
MOST_REMEMBERED = 50
"""So many declined matches are learned from, the newest."""


def candidates(kind: ResourceKind, side: Side, keys: Collection[str]) -> Select[Any]:
    """Find what could fit, on this side, by keys; those that have most of them first, then who waits longest."""
    wanted = keys if kind in BY_KIND_ALONE else [key for key in keys if key != ANYTHING]
    return (
        select(MatchKey.about_id)
        .where(MatchKey.side == side, MatchKey.kind == kind, MatchKey.key.in_(sorted(wanted)))
        .group_by(MatchKey.about_id)
        .order_by(func.count().desc(), MatchKey.about_id)
        .limit(MOST_LOOKED_AT)
    )


def needs_to_match(session: Session, ids: Collection[str], themes: Taxonomy, zone: str) -> list[Wanted]:
    """Read needs that stand as matching asks; the days of a need are those in `zone`."""
    rows = session.scalars(select(Need).where(Need.id.in_(ids), Need.status.in_(LIVE))).all()
    points = _venue_points(session, {row.venue_id for row in rows if row.venue_id and row.latitude is None})
    return [_wanted(row, themes, ZoneInfo(zone), points.get(row.venue_id or "")) for row in rows]


def offers_to_match(session: Session, kind: ResourceKind, ids: Collection[str], themes: Taxonomy) -> list[Offer]:
    """Read resources, or venues where the kind is space, as matching asks."""
    if kind == "space":
        return [_space(row, themes) for row in session.scalars(select(Venue).where(Venue.id.in_(ids)))]
    rows = select(Resource, Organisation.themes).join(Organisation, Organisation.id == Resource.organisation_id)
    return [_offer(row, theirs, themes) for row, theirs in session.execute(rows.where(Resource.id.in_(ids)))]


def declined_before(
    session: Session, need_organisation_ids: Collection[str], resource_ids: Collection[str]
) -> Sequence[Declined]:
    """Give what was declined lately by or for these, as far as alike matches ask."""
    rows = (
        select(Match.need_organisation_id, Match.resource_id, Match.decline_reason, Match.common, Match.metres)
        .where(
            Match.state == "declined",
            Match.decline_reason != "other",
            or_(Match.need_organisation_id.in_(need_organisation_ids), Match.resource_id.in_(resource_ids)),
        )
        .order_by(Match.decided_at.desc(), Match.id)
        .limit(MOST_REMEMBERED)
    )
    return [
        Declined(row.need_organisation_id, row.resource_id, row.decline_reason, frozenset(row.common), row.metres)
        for row in session.execute(rows)
    ]


def _wanted(row: Need, themes: Taxonomy, zone: ZoneInfo, venue: Point | None) -> Wanted:
    own, wider = _themes(row.themes, themes)
    from_on, until_on = (at.astimezone(zone).date() if at else None for at in (row.starts_at, row.ends_at))
    return Wanted(
        organisation_id=row.organisation_id,
        kind=row.kind,
        title=row.title,
        quantity=row.quantity,
        id=row.id,
        themes=own,
        wider=wider,
        point=point_of(row.latitude, row.longitude) or venue,
        days=wanted_days(row.weekdays, from_on, until_on),
        is_open=row.status == "open",
    )


def _offer(row: Resource, organisation_themes: Iterable[str], themes: Taxonomy) -> Offer:
    """Bring a resource to an offer; what people can do and know is about what their organisation is about, too."""
    of_organisation = organisation_themes if row.kind in ("skill", "knowledge") else ()
    own, wider = _themes((*row.themes, *of_organisation), themes)
    return Offer(
        id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        name=row.name,
        description=row.description,
        quantity=row.quantity,
        themes=own,
        wider=wider,
        point=point_of(row.latitude, row.longitude),
        days=open_days(row.availability),
        lends=row.lends_to,
        needs_approval=row.needs_approval,
        is_withdrawn=row.status == "withdrawn",
    )


def _space(row: Venue, themes: Taxonomy) -> Offer:
    own, wider = _themes(row.themes, themes)
    return Offer(
        id=row.id,
        organisation_id=row.organisation_id,
        kind="space",
        name=row.name,
        description=" ".join((row.description, *row.equipment)),
        themes=own,
        wider=wider,
        point=point_of(row.latitude, row.longitude),
        days=open_days(row.opening_hours),
        lends=row.lends_to,
        needs_approval=row.needs_approval,
        is_withdrawn=row.status == "withdrawn",
    )


def _themes(written: Iterable[str], themes: Taxonomy) -> tuple[frozenset[str], frozenset[str]]:
    """Give the themes that are meant, and apart from them the wider ones that they lie in."""
    own = frozenset(code for word in written for code in [themes.code_of(word)] if code is not None)
    return own, frozenset(wider for code in own for wider in themes.with_wider(code)) - own


def _venue_points(session: Session, ids: Collection[str]) -> dict[str, Point | None]:
    if not ids:
        return {}
    rows = session.execute(select(Venue.id, Venue.latitude, Venue.longitude).where(Venue.id.in_(ids)))
    return {row.id: point_of(row.latitude, row.longitude) for row in rows}
