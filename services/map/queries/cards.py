"""One place with all that its card tells: whose it is, and what its organisation lends."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.map.models import OfferTerms
from services.map.queries.offers import terms_of
from services.map.queries.places import ROWS, PlaceFound, place
from services.map.queries.wanted import PLACE

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
    owner = _seat(session, mine.organisation_id) if mine.organisation_id not in (None, mine.id) else None
    lent = _lent_by(session, mine.id) if mine.kind == "organisation" else ()
    return Card(found, owner, lent, terms_of(session, mine.id))


def _seat(session: Session, organisation_id: str) -> PlaceFound | None:
    rows = ROWS.where(PLACE.id == organisation_id, PLACE.withdrawn.is_(False))
    seat = session.execute(rows).one_or_none()
    return None if seat is None else PlaceFound(seat, ())


def _lent_by(session: Session, organisation_id: str) -> tuple[PlaceFound, ...]:
    rows = (
        ROWS.where(
            PLACE.organisation_id == organisation_id,
            PLACE.kind.in_(("venue", "resource")),
            PLACE.withdrawn.is_(False),
        )
        .order_by(PLACE.sort_text, PLACE.id)
        .limit(MOST_LENT)
    )
    return tuple(PlaceFound(row, ()) for row in session.execute(rows))
