"""Finding coalitions that suggest themselves, by what is due to be looked at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, selectinload

from services.registry.commands.facts import suggestion_facts
from services.registry.domain.coalitions import FEWEST, Coalition, Shared, Thing, around_problem, of_joint_events
from services.registry.domain.plans import SuggestionKind
from services.registry.models import (
    LIVE,
    CoalitionLook,
    InitiativeMember,
    InitiativeProblem,
    InitiativeSuggestion,
    KnownEvent,
    KnownEventHost,
    Need,
    Organisation,
    Problem,
    ProblemSupport,
    Resource,
    Venue,
)
from shared import clock, outbox
from shared.identifiers import new_id
from shared.inserting import insert_into
from shared.messages.registry import InitiativeSuggested

AT_ONCE = 20
YEAR = timedelta(days=365)
OVER = ("solved", "dropped")


def look_again(session: Session, kind: SuggestionKind, ids: Iterable[str]) -> None:
    """Have these problems or events looked at soon; what is due already stays as it is."""
    rows = [{"kind": kind, "about_id": one, "due_at": clock.now()} for one in sorted(set(ids))]
    if rows:
        session.execute(insert_into(session, CoalitionLook).values(rows).on_conflict_do_nothing())


def look_at_all_problems(session: Session) -> None:
    """Have every open problem looked at: needs and resources may have changed since."""
    look_again(session, "problem", session.scalars(select(Problem.id).where(Problem.status.not_in(OVER))).all())


def look_around(session: Session, organisation_id: str) -> None:
    """Look at once at the open problems of an organisation that needs or offers something else now."""
    theirs = select(Problem.id).join(ProblemSupport, ProblemSupport.problem_id == Problem.id)
    theirs = theirs.where(ProblemSupport.organisation_id == organisation_id, Problem.status.not_in(OVER))
    ids = session.scalars(theirs).all()
    look_again(session, "problem", ids)
    if ids:
        look_for_coalitions(session)


def look_for_coalitions(session: Session) -> int:
    """Look at some of what is due; gives how much that was. Beside other processes that do the same."""
    due = select(CoalitionLook).order_by(CoalitionLook.due_at, CoalitionLook.about_id).limit(AT_ONCE)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()
    shared = _open_problems(session) if any(row.kind == "problem" for row in rows) else {}
    for row in rows:
        if row.kind == "problem":
            _look_at_problem(session, row.about_id, shared)
        else:
            _look_at_event(session, row.about_id)
        session.delete(row)
    session.flush()
    return len(rows)


def _open_problems(session: Session) -> dict[str, Shared]:
    every = select(Problem).where(Problem.status.not_in(OVER)).options(selectinload(Problem.supports))
    return {row.id: _shared(row) for row in session.scalars(every)}


def _look_at_problem(session: Session, problem_id: str, shared: Mapping[str, Shared]) -> None:
    identity = f"problem:{problem_id}"
    problem = shared.get(problem_id)
    is_solving = session.scalar(
        select(InitiativeProblem.initiative_id).where(InitiativeProblem.problem_id == problem_id).limit(1)
    )
    if problem is None or is_solving:
        _overtake(session, identity)
        return
    ids = {one for other in shared.values() for one in other.supporter_ids}
    found = around_problem(
        problem, shared.values(), _lacked(session, ids), _offered(session, ids), _names(session, ids)
    )
    if found is not None:
        _suggest(session, identity, "problem", found, title=problem.title, problem_id=problem_id)


def _look_at_event(session: Session, event_id: str) -> None:
    hosts = session.scalars(select(KnownEventHost.organisation_id).where(KnownEventHost.event_id == event_id)).all()
    names = _names(session, hosts)
    for one, other in combinations(sorted(names), 2):
        identity = f"events:{one}:{other}"
        if _are_in_one_initiative(session, one, other):
            _overtake(session, identity)
            continue
        found = of_joint_events(one, other, _events_together(session, one, other), names)
        if found is not None:
            _suggest(session, identity, "events", found, title=f"{names[one]} – {names[other]}"[:200])


def _suggest(
    session: Session,
    identity: str,
    kind: SuggestionKind,
    found: Coalition,
    *,
    title: str,
    problem_id: str | None = None,
) -> None:
    """Suggest a coalition once; who joins the problem later joins the suggestion, who declined is not asked again."""
    row = _suggestion(session, identity, kind, title, problem_id)
    if row.state != "suggested":
        return
    ids = sorted({*found.organisation_ids, *row.accepted_ids} - set(row.declined_ids))
    if len(ids) < FEWEST or not set(ids) - set(row.organisation_ids):
        return
    row.version += 1 if row.organisation_ids else 0
    row.organisation_ids = ids
    row.reasons = [reason.model_dump(mode="json") for reason in found.reasons]
    session.flush()
    outbox.publish(session, suggestion_facts(InitiativeSuggested, row))


def _suggestion(
    session: Session, identity: str, kind: SuggestionKind, title: str, problem_id: str | None
) -> InitiativeSuggestion:
    """Find a suggestion under lock, with its answers; where there is none yet, write it down first."""
    values = {
        "id": new_id(),
        "version": 1,
        "identity": identity,
        "kind": kind,
        "title": title,
        "problem_id": problem_id,
        "organisation_ids": [],
        "reasons": [],
        "state": "suggested",
        "created_at": clock.now(),
    }
    session.execute(insert_into(session, InitiativeSuggestion).values(**values).on_conflict_do_nothing())
    wanted = select(InitiativeSuggestion).where(InitiativeSuggestion.identity == identity).with_for_update()
    return session.scalars(wanted.options(selectinload(InitiativeSuggestion.answers))).one()


def _overtake(session: Session, identity: str) -> None:
    """Let a suggestion go whose coalition was formed otherwise, or whose problem is over."""
    row = session.scalar(select(InitiativeSuggestion).where(InitiativeSuggestion.identity == identity))
    if row is not None and row.state == "suggested":
        row.state = "overtaken"
        row.version += 1


def _shared(row: Problem) -> Shared:
    return Shared(row.id, row.title, tuple(row.supporter_ids), tuple(row.themes), row.latitude, row.longitude)


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def _lacked(session: Session, ids: Iterable[str]) -> list[Thing]:
    rows = session.scalars(
        select(Need).where(Need.organisation_id.in_(list(ids)), Need.status.in_(LIVE)).order_by(Need.id)
    )
    return [Thing(row.organisation_id, row.kind, row.title) for row in rows]


def _offered(session: Session, ids: Sequence[str] | Iterable[str]) -> list[Thing]:
    wanted = list(ids)
    lent = session.scalars(
        select(Resource).where(Resource.organisation_id.in_(wanted), Resource.status == "offered").order_by(Resource.id)
    )
    spaces = session.scalars(
        select(Venue).where(Venue.organisation_id.in_(wanted), Venue.status == "offered").order_by(Venue.id)
    )
    things = [Thing(row.organisation_id, row.kind, row.name) for row in lent]
    return things + [Thing(row.organisation_id, "space", row.name) for row in spaces]


def _events_together(session: Session, one: str, other: str) -> int:
    mine, theirs = aliased(KnownEventHost), aliased(KnownEventHost)
    since: datetime = clock.now() - YEAR
    both = (
        select(func.count())
        .select_from(KnownEvent)
        .join(mine, mine.event_id == KnownEvent.id)
        .join(theirs, theirs.event_id == KnownEvent.id)
        .where(mine.organisation_id == one, theirs.organisation_id == other, KnownEvent.starts_at > since)
        .where(KnownEvent.starts_at < since + 2 * YEAR)
    )
    return session.scalar(both) or 0


def _are_in_one_initiative(session: Session, one: str, other: str) -> bool:
    mine, theirs = aliased(InitiativeMember), aliased(InitiativeMember)
    both = select(mine.initiative_id).join(theirs, theirs.initiative_id == mine.initiative_id)
    both = both.where(mine.organisation_id == one, theirs.organisation_id == other)
    return session.scalar(both.limit(1)) is not None
