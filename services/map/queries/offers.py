"""What can be lent on a day, whose it is and on which terms; halls with the hours in which they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from services.map.domain.rooms import Span
from services.map.models import OfferTerms, Place
from services.map.queries.free import taken_times
from services.map.queries.wanted import Wanted, conditions

MOST_OFFERS = 300


@dataclass(frozen=True)
class Offer:
    """A venue or a resource, whose it is, on which terms it is lent where they are known, and when it is taken."""

    place: Place
    organisation_name: str | None
    terms: OfferTerms | None
    taken: Sequence[Span] = ()


def offers(
    session: Session, wanted: Wanted, start: datetime, end: datetime, *, people: int | None, now: datetime
) -> list[Offer]:
    """Give what is lent of that which is wanted, by name; venues with when they are taken between two instants.

    Venues hold at least so many `people`, as far as it is known how many they hold.
    """
    rows = _with_terms(wanted, session, now)
    if people is not None:
        rows = rows.where(or_(Place.capacity.is_(None), Place.capacity >= people))
    taken = taken_times(session, start, end)
    return [Offer(place, name, terms, taken.get(place.id, ())) for place, name, terms in session.execute(rows)]


def terms_of(session: Session, place_id: str) -> OfferTerms | None:
    """Give on which terms something is lent; none where it is not, or nobody told us yet."""
    return session.get(OfferTerms, place_id)


def _with_terms(wanted: Wanted, session: Session, now: datetime) -> Select[Place, str, OfferTerms]:
    owner = aliased(Place)
    return (
        select(Place, owner.name, OfferTerms)
        .outerjoin(owner, owner.id == Place.organisation_id)
        .outerjoin(OfferTerms, OfferTerms.place_id == Place.id)
        .where(*conditions(session, wanted, now))
        .order_by(Place.sort_text, Place.id)
        .limit(MOST_OFFERS)
    )
