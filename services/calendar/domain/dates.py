"""The dates of a plan: each occurrence in seconds, with what its rule adds, leaves out and replaces."""

from datetime import datetime, timedelta

from services.calendar.domain.claims import Dated
from services.calendar.domain.plans import EventPlan, Override
from services.calendar.domain.recurrence import MOST_SPANS, Replacement, Rule, Span, expansion, occurrences

A_SECOND = timedelta(seconds=1)
LOOKED_AHEAD = timedelta(days=366 * 30)


def rule_of(plan: EventPlan) -> Rule:
    """Give the rule of a plan's dates."""
    return Rule(
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        zone=plan.zone,
        all_day=plan.all_day,
        rrule=plan.rrule,
        rdates=plan.rdates,
        exdates=plan.exdates,
        overrides={
            one.recurrence_at: None if one.cancelled else Replacement(one.starts_at, one.ends_at)
            for one in plan.overrides
        },
    )


def dates_of(plan: EventPlan, *, recent_at: datetime, until_at: datetime) -> list[Dated]:
    """Lay out the dates of a plan, the earliest first, up to `until_at`; the first one always, however far ahead.

    Where there are too many, those that were over before `recent_at` are left out. Raises UnreadableRule.
    """
    rule, until_at = rule_of(plan), max(until_at, plan.starts_at + A_SECOND)
    begin = min((plan.starts_at, *plan.rdates, *(one.starts_at for one in plan.overrides)))
    laid = expansion(rule, begin, until_at)
    spans = occurrences(rule, max(begin, recent_at), until_at, MOST_SPANS) if laid.cut else laid.spans
    by_recurrence = {seconds(one.recurrence_at): one for one in plan.overrides}
    dates = {dated.recurrence: dated for dated in (_dated(span, by_recurrence) for span in spans)}
    for recurrence, one in by_recurrence.items():
        if one.cancelled:
            dates[recurrence] = Dated(recurrence, seconds(one.starts_at), seconds(one.ends_at), one.title, True)
    return sorted(dates.values(), key=lambda dated: (dated.start, dated.recurrence))


def dates_between(plan: EventPlan, from_at: datetime, until_at: datetime, most: int = MOST_SPANS) -> list[Dated]:
    """Give the dates of a plan that overlap a half-open time, the first `most` of them. Raises UnreadableRule."""
    by_recurrence = {seconds(one.recurrence_at): one for one in plan.overrides}
    return [_dated(span, by_recurrence) for span in occurrences(rule_of(plan), from_at, until_at, most)]


def dates_named(plan: EventPlan, after_at: datetime) -> list[Dated]:
    """Give the dates after an instant that the plan names one by one: extra ones, and those with times of their own."""
    named = {*plan.rdates, *(one.starts_at for one in plan.overrides if not one.cancelled)}
    far = sorted(at for at in named if at >= after_at)
    return [dated for at in far for dated in dates_between(plan, at, at + A_SECOND) if dated.start == seconds(at)]


def has_dates_after(plan: EventPlan, after_at: datetime) -> bool:
    """Say whether a series goes on past an instant, so that it must be laid out further one day."""
    if plan.rrule is None and not plan.rdates:
        return False
    ahead = occurrences(rule_of(plan), after_at, after_at + LOOKED_AHEAD, 1)
    return bool(ahead)


def seconds(moment: datetime) -> int:
    """Give an instant as whole seconds since 1970 in UTC."""
    return int(moment.timestamp())


def _dated(span: Span, overrides: dict[int, Override]) -> Dated:
    recurrence = seconds(span.recurrence_at)
    override = overrides.get(recurrence)
    return Dated(recurrence, seconds(span.starts_at), seconds(span.ends_at), override.title if override else None)
