"""Needs beside the offers of other organisations that answer them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from services.registry.domain.plans import MatchState
from services.registry.models import LIVE, Match, Need, Organisation, Resource, Venue
from services.registry.problems import NothingHere
from services.registry.queries.names import organisation_names
from services.registry.queries.needs import standing_needs
from services.registry.queries.themes import theme_names
from shared.messages.registry import ResourceKind
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator, may_speak_for

SHOWN: tuple[MatchState, ...] = ("suggested", "accepted")
"""Matches that stand; the others are shown to who asks for them."""

MOST_TO_CHOOSE_FROM = 500


@dataclass(frozen=True)
class MatchCard:
    """A match with what is known now of its need and of what answers it."""

    match: Match
    need: Need
    resource_name: str
    quantity: int
    names: Mapping[str, str]
    """Of both organisations, by id."""

    @property
    def id(self) -> str:
        """The match's id."""
        return self.match.id

    @property
    def version(self) -> int:
        """The match's version, for its ETag."""
        return self.match.version


@dataclass(frozen=True)
class AnsweredNeed:
    """A need and the matches that answer it, the best first."""

    need: Need
    matches: Sequence[MatchCard]


@dataclass(frozen=True)
class Board:
    """What the exchange board shows: needs with matches, what can be lent, and the names that go with them."""

    needs: Sequence[AnsweredNeed]
    resources: Sequence[Resource]
    venues: Sequence[Venue]
    names: Mapping[str, str]
    themes: Mapping[str, Mapping[str, str]]


def needs_with_matches(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    need_id: str | None = None,
    state: MatchState | None = None,
) -> list[AnsweredNeed]:
    """Give needs in the order in which they were stated, each with its matches.

    Of an organisation: those that it stated and those that it could answer. With a state: those with such matches.
    """
    states = SHOWN if state is None else (state,)
    wanted = select(Need)
    if organisation_id is not None:
        theirs = _matched(Match.resource_organisation_id == organisation_id, Match.state.in_(states))
        wanted = wanted.where(or_(Need.organisation_id == organisation_id, Need.id.in_(theirs)))
    if need_id is not None:
        wanted = wanted.where(Need.id == need_id)
    if state is not None:
        wanted = wanted.where(Need.id.in_(_matched(Match.state == state)))
    rows = session.scalars(wanted.where(paging.beyond(Need.id)).order_by(Need.id).limit(paging.rows)).all()
    return _answered(session, rows, states)


def board(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    kind: ResourceKind | None = None,
    theme: str | None = None,
    offers: int = 50,
) -> Board:
    """Give one page of needs that stand with their matches, and the first of what can be lent, of a kind or of all."""
    rows = standing_needs(session, paging=paging, organisation_id=organisation_id, kind=kind, theme=theme)
    lent = select(Resource).where(Resource.status == "offered").order_by(Resource.name, Resource.id).limit(offers)
    rooms = select(Venue).where(Venue.status == "offered").order_by(Venue.name, Venue.id).limit(offers)
    if organisation_id is not None:
        lent = lent.where(Resource.organisation_id == organisation_id)
        rooms = rooms.where(Venue.organisation_id == organisation_id)
    if kind is not None:
        lent = lent.where(Resource.kind == kind)
    resources = session.scalars(lent).all()
    venues = session.scalars(rooms).all() if kind in (None, "space") else []
    owners = {one.organisation_id for one in rows} | {one.organisation_id for one in resources}
    owners |= {one.organisation_id for one in venues}
    needs = _answered(session, rows, SHOWN)
    return Board(needs, resources, venues, organisation_names(session, owners), theme_names(session))


def match_card(session: Session, match_id: str) -> MatchCard:
    """Give one match. Raises `NothingHere`."""
    match = session.get(Match, match_id)
    if match is None:
        raise NothingHere
    return _cards(session, [match], {match.need_id: session.get_one(Need, match.need_id)})[0]


def matches_of_need(session: Session, need_id: str) -> list[MatchCard]:
    """Give the matches of one need that stand, the best first."""
    found = _answered(session, [session.get_one(Need, need_id)], SHOWN)
    return list(found[0].matches)


def organisations_in_need(session: Session) -> list[tuple[str, str]]:
    """Give id and name of organisations that need something now, by name; what a list to choose from can hold."""
    return _choices(session, Organisation.id.in_(select(Need.organisation_id).where(Need.status.in_(LIVE))))


def organisations_to_speak_for(session: Session, person: Person | None) -> list[tuple[str, str]]:
    """Give id and name of organisations that somebody may act for, by name; what a list to choose from can hold."""
    if is_neighbourhood_coordinator(person):
        return _choices(session, true())
    ids = [one for one in (person.roles if person else ()) if may_speak_for(person, one)]
    return _choices(session, Organisation.id.in_(ids))


def _choices(session: Session, condition: ColumnElement[bool]) -> list[tuple[str, str]]:
    """Name organisations that stand; one that was merged into another is chosen as that one."""
    rows = select(Organisation.id, Organisation.name).where(condition, Organisation.merged_into_id.is_(None))
    by_name = rows.order_by(Organisation.name, Organisation.id).limit(MOST_TO_CHOOSE_FROM)
    return [(row.id, row.name) for row in session.execute(by_name)]


def _answered(session: Session, needs: Sequence[Need], states: Iterable[MatchState]) -> list[AnsweredNeed]:
    by_id = {need.id: need for need in needs}
    rows = select(Match).where(Match.need_id.in_(by_id), Match.state.in_(list(states)))
    cards = _cards(session, session.scalars(rows).all(), by_id)
    return [AnsweredNeed(need, [card for card in cards if card.match.need_id == need.id]) for need in needs]


def _cards(session: Session, matches: Sequence[Match], needs: Mapping[str, Need]) -> list[MatchCard]:
    lent = _lent(session, {match.resource_id for match in matches})
    sides = {side for match in matches for side in (match.need_organisation_id, match.resource_organisation_id)}
    names = organisation_names(session, sides)
    return [
        MatchCard(match, needs[match.need_id], *lent.get(match.resource_id, ("", 1)), names)
        for match in sorted(matches, key=lambda one: (one.state != "accepted", -one.score, one.id))
    ]


def _lent(session: Session, ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """Give name and quantity of resources and venues."""
    if not ids:
        return {}
    resources = session.execute(select(Resource.id, Resource.name, Resource.quantity).where(Resource.id.in_(ids)))
    found = {row.id: (row.name, row.quantity) for row in resources}
    venues = session.execute(select(Venue.id, Venue.name).where(Venue.id.in_(ids)))
    return {**found, **{row.id: (row.name, 1) for row in venues}}


def _matched(*conditions: ColumnElement[bool]) -> Select[str]:
    return select(Match.need_id).where(*conditions)
