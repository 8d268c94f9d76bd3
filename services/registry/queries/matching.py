"""Needs beside the offers of other organisations that answer them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.matches import Match, Offer, Wanted, matches
from services.registry.models import Need, Resource, Venue
from services.registry.queries.organisations import needs
from shared.paging import Paging


@dataclass(frozen=True)
class AnsweredNeed:
    """A need and the offers that answer it, the best first."""

    need: Need
    matches: Sequence[Match]


def needs_with_matches(session: Session, *, paging: Paging, organisation_id: str | None = None) -> list[AnsweredNeed]:
    """Give needs in the order in which they were stated, each with its matches."""
    offered = _offers(session)
    return [
        AnsweredNeed(need, matches(Wanted(need.organisation_id, need.kind, need.title, need.quantity), offered))
        for need in needs(session, paging=paging, organisation_id=organisation_id)
    ]


def _offers(session: Session) -> list[Offer]:
    """Read everything that can be lent; a neighbourhood has hundreds of them, not more."""
    lent = [
        Offer(one.id, one.organisation_id, one.kind, one.name, one.description, one.quantity)
        for one in session.scalars(select(Resource))
    ]
    spaces = [
        Offer(one.id, one.organisation_id, "space", one.name, one.description) for one in session.scalars(select(Venue))
    ]
    return lent + spaces
