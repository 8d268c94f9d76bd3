"""What can be lent on a day, whose it is and on which terms; halls with the hours in which they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from services.map.domain.loans import Loan, times_without
from services.map.domain.rooms import Span
from services.map.models import OfferTerms, Place
from services.map.queries.contacts import Contacts, contacts_of
from services.map.queries.free import taken_times
from services.map.queries.lent import loans, quantity_of
from services.map.queries.wanted import Wanted, conditions
from shared.paging import Paging


@dataclass(frozen=True)
class Offer:
    """A venue or a resource, whose it is and how to reach them, the terms where they are known, when it is taken.

    A resource is taken while all of it is lent, as its `loans` say.
    """

    place: Place
    organisation_name: str | None
    terms: OfferTerms | None
    taken: Sequence[Span] = ()
    contacts: Contacts = ()
    loans: Sequence[Loan] = ()


def offers(
    session: Session,
    wanted: Wanted,
    paging: Paging,
    start: datetime,
    end: datetime,
    *,
    people: int | None,
    now: datetime,
) -> list[Offer]:
    """Give what is lent of that which is wanted, by name, with when it is taken between two instants.

    Venues hold at least so many `people`, as far as it is known how many they hold. A page continues after an
    `offer_key`. Raises `InvalidInput` where the cursor is of another list.
    """
    asked = conditions(session, wanted, now)
    rows = _with_terms(asked.clauses).where(paging.beyond(Place.sort_text, Place.id)).limit(paging.rows)
    if people is not None:
        rows = rows.where(or_(Place.capacity.is_(None), Place.capacity >= people))
    taken, lent = taken_times(session, start, end), loans(session, start, end)
    found = session.execute(rows, dict(asked.values)).all()
    contacts = contacts_of(session, {place.organisation_id for place, _, _ in found if place.organisation_id}, now)
    return [
        Offer(
            place,
            name,
            terms,
            taken=taken.get(place.id) or times_without(lent.get(place.id, ()), quantity_of(place)),
            contacts=contacts.get(place.organisation_id or "", ()),
            loans=lent.get(place.id, ()),
        )
        for place, name, terms in found
    ]


def offer_key(offer: Offer) -> tuple[str, str]:
    """Give what offers are sorted by."""
    return offer.place.sort_text, offer.place.id


def terms_of(session: Session, place_id: str) -> OfferTerms | None:
    """Give on which terms something is lent; none where it is not, or nobody told us yet."""
    return session.get(OfferTerms, place_id)


def _with_terms(clauses: Sequence[Any]) -> Select[Place, str, OfferTerms]:
    owner = aliased(Place)
    return (
        select(Place, owner.name, OfferTerms)
        .outerjoin(owner, owner.id == Place.organisation_id)
        .outerjoin(OfferTerms, OfferTerms.place_id == Place.id)
        .where(*clauses)
        .order_by(Place.sort_text, Place.id)
    )
