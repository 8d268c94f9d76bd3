"""What indicators are counted of, read by ranges of indexes; and what was entered or frozen of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.indicators import comparison
from services.calendar.domain.indicators.opening import open_spans
from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.reports import Report, report_of
from services.calendar.domain.indicators.rows import Answers, Counted, Disagreement, Inputs, Money, Span, VenueTaken
from services.calendar.domain.plans import SUBSCRIBED, Visibility
from services.calendar.models import (
    Baseline,
    Conflict,
    Event,
    FrozenPeriod,
    History,
    Meeting,
    Occurrence,
    Opportunity,
    Organisation,
    SatisfactionAnswer,
    Venue,
)
from services.calendar.queries.satisfaction import OPEN_SECONDS, asked_dates
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator, is_partner
from shared.problems import NotFound

COUNTED = ("confirmed", "done")
SOLVABLE = ("blocking", "warning")
Ours = tuple[ColumnElement[bool], ...]
"""Says which events count: they take place, somebody planned them here, and whoever looks may know of them."""
starts = Occurrence.start + 0
"""The start of a date found by its event: SQLite would take its index by start, and look up each row singly."""
REPORT: TypeAdapter[Report] = TypeAdapter(Report)
COUNTED_FOR: dict[Visibility, tuple[Visibility, ...]] = {
    "public": ("public",),
    "partners": ("public", "partners"),
    "hosts": ("public", "partners", "hosts"),
}
"""Whose figures are made of which events. There are three editions and no more: what is frozen is the same for all."""


@dataclass(frozen=True)
class PeriodCard:
    """One period as somebody may read it: its report, when it was frozen if it is, every figure with how it is known.

    `edition` names the least public events that are counted.
    """

    report: Report
    edition: Visibility
    frozen_at: datetime | None
    stated: dict[str, comparison.Stated]


def edition_for(person: Person | None) -> Visibility:
    """Say of which events somebody's figures are made; those for hosts alone only the neighbourhood's figures have."""
    if is_neighbourhood_coordinator(person):
        return "hosts"
    return "partners" if is_partner(person) else "public"


def period_card(session: Session, period: Period, now: datetime, person: Person | None = None) -> PeriodCard:
    """Give one period, as it was frozen where it was, else as it is now."""
    edition, frozen = edition_for(person), frozen_of(session, period)
    kept = _editions(frozen).get(edition) if frozen else None
    frozen_at = frozen.frozen_at if frozen and kept else None
    report = REPORT.validate_python(kept) if kept else counted_report(session, period, now, edition)
    if edition == "public":
        report = report.for_everybody()
    stated = comparison.stated(report, baselines_of(session, period), is_frozen=frozen_at is not None)
    return PeriodCard(report, edition, frozen_at, stated)


def counted_report(session: Session, period: Period, now: datetime, edition: Visibility) -> Report:
    """Count a period anew, whatever was frozen."""
    return report_of(inputs_of(session, period, now, edition), open_spans)


def inputs_of(session: Session, period: Period, at: datetime, edition: Visibility) -> Inputs:
    """Read everything that one report is made of."""
    span, now = period.span, int(at.timestamp())
    seen = Event.visibility.in_(COUNTED_FOR[edition])
    ours = (Event.status.in_(COUNTED), Event.source.not_like(f"{SUBSCRIBED}%"), seen)
    events, changed_at = _events(session, span, now, ours)
    rhythms = _meetings(session, span, now, ours)
    return Inputs(
        period=period,
        now=now,
        events=events,
        answers=_answers(session, span, now, ours),
        conflicts=_conflicts(session, span, now, seen),
        opportunities=_opportunities(session, span, seen),
        meetings=tuple(start for group in rhythms for start in group),
        rhythms=rhythms,
        venues=_venues(session, span, ours),
        organisations={row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name))},
        changed_at=changed_at,
    )


def frozen_of(session: Session, period: Period) -> FrozenPeriod | None:
    """Give a period as it was frozen, if it was."""
    mine = FrozenPeriod.first_on == period.first_on, FrozenPeriod.last_on == period.last_on
    return session.scalar(select(FrozenPeriod).where(*mine))


def _editions(frozen: FrozenPeriod) -> dict[str, Any]:
    """Give the reports of a period by edition; the first that were frozen were of all events alone."""
    return frozen.report if "hosts" in frozen.report else {"hosts": frozen.report}


def frozen_periods(session: Session, paging: Paging) -> Sequence[FrozenPeriod]:
    """List frozen periods in the order in which they were frozen."""
    statement = select(FrozenPeriod).where(paging.beyond(FrozenPeriod.id))
    return session.scalars(statement.order_by(FrozenPeriod.id).limit(paging.rows)).all()


def frozen_period(session: Session, frozen_id: str) -> FrozenPeriod:
    """Give one frozen period; raises `NotFound`."""
    found = session.get(FrozenPeriod, frozen_id)
    if found is None:
        raise NotFound
    return found


def baselines(session: Session, paging: Paging) -> Sequence[Baseline]:
    """List baseline figures in the order in which they were entered."""
    statement = select(Baseline).where(paging.beyond(Baseline.id))
    return session.scalars(statement.order_by(Baseline.id).limit(paging.rows)).all()


def baseline(session: Session, baseline_id: str) -> Baseline:
    """Give one baseline figure; raises `NotFound`."""
    found = session.get(Baseline, baseline_id)
    if found is None:
        raise NotFound
    return found


def baselines_of(session: Session, period: Period) -> dict[str, comparison.Baseline]:
    """Give what was entered for exactly this period, by indicator."""
    mine = Baseline.first_on == period.first_on, Baseline.last_on == period.last_on
    rows = session.scalars(select(Baseline).where(*mine))
    return {row.indicator: comparison.Baseline(row.value, row.of, row.source_note) for row in rows}


def _events(session: Session, span: Span, now: int, ours: Ours) -> tuple[tuple[Counted, ...], int | None]:
    """Give the events that count, and the newest change of any.

    One pass over all dates: first and last ones lie in other periods too, and to look up each event is slower.
    """
    inside = func.sum(case((and_(Occurrence.start >= span[0], Occurrence.start < span[1]), 1), else_=0))
    dated = (
        select(
            Occurrence.event_id,
            inside.label("dates"),
            func.min(Occurrence.start).label("first"),
            func.max(Occurrence.start).label("last"),
            func.max(Occurrence.end).label("end"),
        )
        .where(Occurrence.cancelled.is_(False))
        .group_by(Occurrence.event_id)
        .having(inside > 0)
        .subquery()
    )
    columns = Event.id, Event.kind, Event.host_ids, Event.funding, Event.outcome, Event.until_at, Event.changed_at
    statement = select(*columns, dated).join(dated, dated.c.event_id == Event.id).where(*ours)
    rows = session.execute(statement).all()
    newest = max((row.changed_at for row in rows), default=None)
    return tuple(_counted(row, span, now) for row in rows), None if newest is None else int(newest.timestamp())


def _counted(row: Any, span: Span, now: int) -> Counted:
    outcome = row.outcome or {}
    paper = outcome.get("satisfaction")
    return Counted(
        id=row.id,
        kind=row.kind,
        host_ids=tuple(dict.fromkeys(row.host_ids)),
        dates=int(row.dates),
        begins=row.first >= span[0],
        ends=row.last < span[1] and row.until_at is not None,
        over=row.end <= now,
        funding=tuple(
            Money(one["source"], Decimal(str(one["amount"])), one.get("organisation_id")) for one in row.funding
        ),
        participants=outcome.get("participants"),
        paper=(paper["n"], paper["mean"], paper["wording_id"]) if paper else None,
    )


def _answers(session: Session, span: Span, now: int, ours: Ours) -> tuple[Answers, ...]:
    """Give the answers by link about dates in a span, of links that are closed."""
    dates = asked_dates().subquery()
    points = SatisfactionAnswer.first + SatisfactionAnswer.second + SatisfactionAnswer.third
    statement = (
        select(dates.c.event_id, dates.c.wording_id, func.count().label("n"), func.sum(points).label("points"))
        .join(SatisfactionAnswer, SatisfactionAnswer.token == dates.c.token)
        .where(dates.c.start >= span[0], dates.c.start < span[1], dates.c.end <= now - OPEN_SECONDS)
        .where(dates.c.event_id.in_(select(Event.id).where(*ours)))
        .group_by(dates.c.token, dates.c.event_id, dates.c.wording_id)
    )
    return tuple(
        Answers(row.event_id, "link", row.wording_id, row.n, int(row.points) / 3) for row in session.execute(statement)
    )


def _conflicts(session: Session, span: Span, now: int, seen: ColumnElement[bool]) -> tuple[Disagreement, ...]:
    """Give the conflicts that had to be solved; the acceptance of one that is past is known by its history."""
    accepted = and_(
        History.aggregate == "conflict",
        History.aggregate_id == Conflict.id,
        History.action == "accepted",
        or_(
            History.version == Conflict.version, and_(Conflict.state == "past", History.version == Conflict.version - 1)
        ),
    )
    statement = (
        select(Conflict.start, Conflict.state, Conflict.changed_at, History.at)
        .outerjoin(History, accepted)
        .where(Conflict.start >= span[0], Conflict.start < min(span[1], now), Conflict.severity.in_(SOLVABLE))
        .where(_of_events(Conflict, seen))
    )
    return tuple(
        Disagreement(row.start, _seconds(row.changed_at if row.state == "resolved" else row.at))
        for row in session.execute(statement)
    )


def _of_events(pair: type[Conflict | Opportunity], seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that both events of a pair are among those seen."""
    unseen = select(Event.id).where(~seen)
    return and_(pair.event_a.not_in(unseen), pair.event_b.not_in(unseen))


def _opportunities(session: Session, span: Span, seen: ColumnElement[bool]) -> dict[str, int]:
    statement = (
        select(Opportunity.state, func.count().label("n"))
        .where(Opportunity.start >= span[0], Opportunity.start < span[1], _of_events(Opportunity, seen))
        .group_by(Opportunity.state)
    )
    return {row.state: row.n for row in session.execute(statement)}


def _meetings(session: Session, span: Span, now: int, ours: Ours) -> tuple[tuple[int, ...], ...]:
    """Give the starts of leaders' meetings that have begun and about which something is written, by their hosts."""
    written = select(Event.id).join(Meeting, Meeting.event_id == Event.id).where(Event.kind == "meeting", *ours)
    statement = (
        select(Occurrence.start, Event.host_ids)
        .join(Event, Event.id == Occurrence.event_id)
        .where(Occurrence.event_id.in_(written))
        .where(starts >= span[0], starts < min(span[1], now), Occurrence.cancelled.is_(False))
    )
    groups: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for start, host_ids in session.execute(statement):
        groups[frozenset(host_ids)].append(start)
    return tuple(tuple(group) for group in groups.values())


def _venues(session: Session, span: Span, ours: Ours) -> tuple[VenueTaken, ...]:
    """Give what takes each venue, also what began before or goes on after."""
    somewhere = select(Event.id, Event.venue_id).where(Event.venue_id.is_not(None), *ours)
    venue_of = {row.id: row.venue_id for row in session.execute(somewhere)}
    statement = (
        select(Occurrence.event_id, Occurrence.start, Occurrence.end)
        .where(Occurrence.event_id.in_(somewhere.with_only_columns(Event.id)))
        .where(starts < span[1], Occurrence.end > span[0], Occurrence.cancelled.is_(False))
    )
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for event_id, start, end in session.execute(statement):
        spans[venue_of[event_id]].append((start, end))
    known = select(Venue.id, Venue.name, Venue.opening_hours)
    rows = [row for row in session.execute(known) if row.id in spans]
    return tuple(VenueTaken(row.id, row.name, tuple(spans[row.id]), row.opening_hours) for row in rows)


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.astimezone(UTC).timestamp())
