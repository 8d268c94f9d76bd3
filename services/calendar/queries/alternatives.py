"""The dry run: what a plan meets, what it could be joined with, and what would help, each proved by the same check."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain import alternatives, opportunities
from services.calendar.domain.alternatives import MOST, MOST_OF_KIND, TRIED_OF_KIND, Alternative, Around
from services.calendar.domain.claims import DAY, Dated
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan
from services.calendar.domain.slots import REACH_DAYS, Needs, Room, Slot, Span, Taken, in_the_way, ranked
from services.calendar.models import Fact, Occurrence
from services.calendar.queries import copies
from services.calendar.queries.chances import chances_of, unnamed
from services.calendar.queries.checks import Checked, check
from services.calendar.queries.free_times import MOST_ROOMS, fit_of, rooms_of
from services.calendar.queries.slots import Surroundings, slots_in, surroundings
from services.calendar.queries.subjects import Subject, subject_of_plan
from shared.reasons import NOT_PUBLIC

DATES_CHECKED, FEWEST_TRIED = 3_000, 5
"""So many dates are checked in all, and of a long series so many proposals at least."""
REACH = REACH_DAYS * DAY


def dry_run(
    session: Session, plan: EventPlan, *, now: datetime, event_id: str | None = None, horizon_days: int = HORIZON_DAYS
) -> Checked:
    """Say what a plan would meet, what it could be joined with, which slots suit and what would help; store nothing."""

    def subject_of(one: EventPlan) -> Subject:
        return subject_of_plan(session, one, now=now, event_id=event_id, horizon_days=horizon_days)

    subject = subject_of(plan)
    found = check(session, subject)
    chances, joined = chances_of(session, subject, found.findings)
    around = surroundings(session, subject)
    free = slots_in(around, now=now)
    kept: list[Alternative] = []
    tried: Counter[str] = Counter()
    most_tried = max(FEWEST_TRIED, DATES_CHECKED // max(1, len(subject.dates)))
    for one in _proposed(session, plan, subject, found.findings, around, free, now):
        of_kind = sum(other.kind == one.kind for other in kept)
        if len(kept) == MOST or tried.total() == most_tried:
            break
        if tried[one.kind] < TRIED_OF_KIND and of_kind < MOST_OF_KIND[one.kind]:
            tried[one.kind] += 1
            after = check(session, subject_of(replace(plan, **one.changes)))
            kept += [one] if alternatives.cures(found.findings, after.findings) else []
    chances = [unnamed(one, plan.title) if joined[one.other_id].title == NOT_PUBLIC else one for one in chances]
    return Checked(found.findings, chances[: opportunities.MOST], free, {**joined, **found.parties}, kept)


def _proposed(
    session: Session,
    plan: EventPlan,
    subject: Subject,
    findings: Sequence[Finding],
    around: Surroundings,
    free: Sequence[Slot],
    now: datetime,
) -> list[Alternative]:
    """List what may help, what changes least first; nothing where nothing hurts."""
    dates = [dated for dated in subject.dates if not dated.cancelled]
    if not dates or all(found.severity == "information" for found in findings):
        return []
    taken = Taken([*around.taken, *_met(session, findings, dates)])
    here = Around(plan, around.wish, dates, taken, now)
    proposed = [*alternatives.of_times(here, free), *_venues(session, subject, here)]
    return sorted(proposed, key=lambda one: one.cost)


def _met(session: Session, findings: Sequence[Finding], dates: Sequence[Dated]) -> list[Span]:
    """List the whole times of what is met: of other events and of municipal facts; else where they meet."""
    hurting = [found for found in findings if found.severity != "information"]
    first, last = min(dated.start for dated in dates) - REACH, max(dated.end for dated in dates) + REACH
    others = select(Occurrence.start, Occurrence.end).where(
        Occurrence.event_id.in_({found.other_id for found in hurting if found.other_id}),
        Occurrence.end > first,
        Occurrence.start < last,
    )
    facts = select(Fact.start, Fact.end).where(Fact.id.in_({one.key for one in hurting if one.kind == "municipal"}))
    by_itself = [span for found in hurting if not found.other_id for span in found.spans]
    return [(start, end) for what in (others, facts) for start, end in session.execute(what)] + by_itself


def _venues(session: Session, subject: Subject, here: Around) -> Iterator[Alternative]:
    """Offer venues that have what the chosen one has, and are free on every date."""
    current = copies.venue(session, subject.party.venue_id)
    if current is None:
        return
    fit = fit_of(current)
    capacity = subject.party.expected_participants or current.capacity or 0
    needs = Needs(capacity, fit.equipment, bool(current.step_free), fit.site.point)
    others = [fit_of(row) for row in copies.venues_offered(session) if row.id != current.id]
    window = (here.dates[0].start - DAY, max(dated.end for dated in here.dates) + DAY)
    fits = {one.site.id: one for one in ranked(others, needs)[:MOST_ROOMS]}
    rooms = rooms_of(session, list(fits.values()), window, event_id=subject.party.id)
    yield from alternatives.of_venues(here, [fits[room.id] for room in rooms if _is_free(room, here)], fit)


def _is_free(room: Room, here: Around) -> bool:
    wish = replace(here.wish, before_minutes=room.before_minutes, after_minutes=room.after_minutes)
    taken = Taken(room.busy)
    return not any(in_the_way(wish, local, 0, taken) for local in wish.dates)
