"""One place with all that its card tells: whose it is, and what its organisation lends."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.map.models import OfferTerms, Place
from services.map.queries.offers import terms_of
from services.map.queries.places import PlaceFound, place

MOST_LENT = 50


@dataclass(frozen=True)
class Card:
    """A place, its owner's seat where that is another place, what it lends, and on which terms it is lent itself."""

    found: PlaceFound
    owner: PlaceFound | None
    lent: tuple[PlaceFound, ...]
    terms: OfferTerms | None


def card(session: Session, place_id: str, *, now: datetime) -> Card:
    """Give the card of one place; raises `NoSuchPlace`."""
    found = place(session, place_id, now=now)
    mine = found.place
    seat = session.get(Place, mine.organisation_id) if mine.organisation_id not in (None, mine.id) else None
    owner = None if seat is None or seat.withdrawn else PlaceFound(seat, None, ())
    lent = _lent_by(session, mine) if mine.kind == "organisation" else ()
    return Card(found, owner, lent, terms_of(session, mine.id))


def _lent_by(session: Session, organisation: Place) -> tuple[PlaceFound, ...]:
    rows = (
        select(Place)
        .where(Place.organisation_id == organisation.id, Place.kind.in_(("venue", "resource")), ~Place.withdrawn)
        .order_by(Place.sort_text, Place.id)
        .limit(MOST_LENT)
    )
    return tuple(PlaceFound(row, organisation.name, ()) for row in session.scalars(rows))
