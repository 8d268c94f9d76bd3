"""Places that have no point of their own: they are where their organisation is, and move with it."""

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, aliased

from services.map.models import Place
from shared.bulk import is_among
from shared.messages.registry import NeedFacts, OrganisationFacts, ResourceFacts

TURNS, TURN_SPACE = 64, 0x0511
WAIT = text("SELECT pg_advisory_xact_lock(:space, n) FROM unnest(CAST(:numbers AS integer[])) AS n")


def take_along(session: Session, organisations: Sequence[OrganisationFacts]) -> None:
    """Move what is at these organisations' seats to where those are now."""
    _take_turns(session, [one.id for one in organisations])
    _to_their_seats(session, Place.organisation_id, [one.id for one in organisations])


def go_to_seats(session: Session, told: Sequence[ResourceFacts] | Sequence[NeedFacts]) -> None:
    """Put what has no point of its own where its organisation is, if that is known by now."""
    _take_turns(session, [one.organisation_id for one in told])
    _to_their_seats(session, Place.id, [one.id for one in told])


def _take_turns(session: Session, organisation_ids: Iterable[str | None]) -> None:
    """Let what is told of an organisation and of its things at the same moment wait for each other (PostgreSQL)."""
    if session.get_bind().dialect.name == "postgresql":
        numbers = sorted({crc32(one.encode()) % TURNS for one in organisation_ids if one})
        session.execute(WAIT, {"space": TURN_SPACE, "numbers": numbers})


def _to_their_seats(session: Session, column: Any, ids: Sequence[str]) -> None:
    seat = aliased(Place)
    where = ("latitude", "longitude", "cell", "radius_m", "confidential")
    point = select(*(getattr(seat, name) for name in where)).where(seat.id == Place.organisation_id)
    known = select(seat.id).where(seat.id == Place.organisation_id).exists()
    moved = update(Place).where(is_among(session.connection(), column, ids), Place.at_seat, known)
    values = {getattr(Place, name): point.with_only_columns(getattr(seat, name)).scalar_subquery() for name in where}
    session.execute(moved.values(values).execution_options(synchronize_session=False))
