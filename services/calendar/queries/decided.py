"""Decisions of all meetings: found by their words, their state, who carries them out, and what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.about import About, AboutKind
from services.calendar.domain.tasks import is_overdue
from services.calendar.domain.words import folded
from services.calendar.models import Decision, DecisionLink, Event, Organisation
from services.calendar.queries.events import organisation_names
from services.calendar.queries.held import MeetingAt
from services.calendar.queries.visibility import event_seen, visible_to
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound

Progress = Literal["open", "done", "overdue", "postponed", "dropped"]
MOST_WORDS = 12


@dataclass(frozen=True)
class FoundDecision:
    """A decision with its meeting, who carries it out, and what it is about."""

    decision: Decision
    event: Event
    owner: str
    links: Sequence[DecisionLink]
    is_overdue: bool

    @property
    def meeting_at(self) -> MeetingAt:
        """Say at which date of its meeting it was decided."""
        return MeetingAt.of(self.event, self.decision.held_on)


@dataclass(frozen=True)
class DecisionFilter:
    """Which decisions are wanted; what is none does not matter. `today` is the neighbourhood's."""

    today: date
    words: str = ""
    state: Progress | None = None
    owner_id: str | None = None
    about_id: str | None = None


def found_decisions(
    session: Session, person: Person | None, wanted: DecisionFilter, paging: Paging
) -> list[FoundDecision]:
    """List the decisions of the meetings that somebody may see, the newest first."""
    statement = select(Decision, Event).join(Event, Event.id == Decision.event_id)
    statement = statement.where(visible_to(person), *_clauses(wanted), paging.beyond(Decision.id, descending=True))
    rows = session.execute(statement.order_by(Decision.id.desc()).limit(paging.rows)).all()
    names = organisation_names(session, {row.owner_id for row, _ in rows if row.owner_id})
    about = links_of(session, person, [row.id for row, _ in rows])
    return [
        FoundDecision(
            decision=row,
            event=its,
            owner=names.get(row.owner_id or "", ""),
            links=about.get(row.id, ()),
            is_overdue=row.is_open and is_overdue(row.due_on, wanted.today),
        )
        for row, its in rows
    ]


def decision_links(session: Session, event_id: str, decision_id: str, person: Person | None) -> Sequence[DecisionLink]:
    """Say what one decision is about, to somebody who may see its meeting; raises `NotFound`."""
    event_seen(session, event_id, person)
    row = session.get(Decision, decision_id)
    if row is None or row.event_id != event_id:
        raise NotFound
    return links_of(session, person, [decision_id]).get(decision_id, [])


def links_of(session: Session, person: Person | None, decision_ids: Sequence[str]) -> dict[str, list[DecisionLink]]:
    """Give what decisions are about, by decision; events that somebody may not see are left out, for a title tells."""
    found: dict[str, list[DecisionLink]] = {}
    seen = exists().where(Event.id == DecisionLink.target_id, visible_to(person))
    told = or_(DecisionLink.kind != "event", seen)
    statement = select(DecisionLink).where(DecisionLink.decision_id.in_(decision_ids), told)
    for link in session.scalars(statement.order_by(DecisionLink.kind, DecisionLink.title, DecisionLink.target_id)):
        found.setdefault(link.decision_id, []).append(link)
    return found


def about_of_row(row: DecisionLink) -> About:
    """Give the value of a stored link."""
    kinds: dict[str, AboutKind] = {"problem": "problem", "initiative": "initiative", "event": "event"}
    return About(kinds[row.kind], row.target_id, row.title)


def _clauses(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for word in folded(wanted.words).split()[:MOST_WORDS]:
        both = (Decision.search_text, Event.search_text)
        clauses.append(or_(*(text.contains(word, autoescape=True) for text in both)))
    if wanted.state == "done":
        clauses.append(Decision.done.is_(True))
    elif wanted.state in ("postponed", "dropped"):
        clauses.append(Decision.state == wanted.state)
    elif wanted.state == "overdue":
        clauses.append(and_(Decision.is_open, Decision.due_on < wanted.today))
    elif wanted.state:
        clauses.append(and_(Decision.is_open))
    if wanted.owner_id:
        merged = select(Organisation.id).where(Organisation.merged_into_id == wanted.owner_id)
        clauses.append(or_(Decision.owner_id == wanted.owner_id, Decision.owner_id.in_(merged)))
    if wanted.about_id:
        named = exists().where(DecisionLink.decision_id == Decision.id, DecisionLink.target_id == wanted.about_id)
        clauses.append(or_(named, Decision.event_id == wanted.about_id))
    return clauses
