"""Indicators that stay: a period is frozen when it is closed, and figures from elsewhere are entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.indicators.definitions import DEFINITIONS, VERSION
from services.calendar.domain.indicators.periods import Period, period_faults
from services.calendar.domain.permissions import may_enter_baseline, may_freeze_period
from services.calendar.models import Baseline, FrozenPeriod, History
from services.calendar.problems import PeriodFrozen, PeriodNotOver
from shared import clock, history
from shared.identifiers import new_id
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput


@dataclass(frozen=True)
class BaselinePlan:
    """A figure of a period that was not counted here, what it is counted of, and where it is from."""

    indicator: str
    first_on: date
    last_on: date
    value: float
    source_note: str
    of: float | None = None


def freeze_period(session: Session, *, by: Person, period: Period, now: datetime) -> FrozenPeriod:
    """Keep the indicators of a period as they are now; one that is frozen stays as it is.

    Raises `NotAllowed`, `InvalidInput`, `PeriodNotOver`.
    """
    must(may_freeze_period(by))
    refuse_period_faults(period)
    if (frozen := queries.frozen_of(session, period)) is not None:
        return frozen
    if now.timestamp() < period.span[1]:
        raise PeriodNotOver
    counted = {one: queries.counted_report(session, period, now, one) for one in queries.COUNTED_FOR}
    row = FrozenPeriod(
        id=new_id(),
        version=1,
        first_on=period.first_on,
        last_on=period.last_on,
        definitions_version=VERSION,
        report={one: queries.REPORT.dump_python(report, mode="json") for one, report in counted.items()},
        frozen_at=now,
    )
    session.add(row)
    session.flush()
    history.record(session, History, aggregate="period", id=row.id, version=1, by=by, action="frozen")
    return row


def enter_baseline(session: Session, *, by: Person, plan: BaselinePlan) -> Baseline:
    """Enter a figure; the one that stood for the same indicator and period is replaced.

    Raises `NotAllowed`, `InvalidInput`, `PeriodFrozen`.
    """
    must(may_enter_baseline(by))
    mine = Baseline.indicator == plan.indicator, Baseline.first_on == plan.first_on, Baseline.last_on == plan.last_on
    row = session.scalar(select(Baseline).where(*mine))
    if row is None:
        row = Baseline(id=new_id(), version=0, indicator=plan.indicator, first_on=plan.first_on, last_on=plan.last_on)
    return _write(session, row, by, plan)


def change_baseline(
    session: Session, *, by: Person, baseline_id: str, version: int, changes: Mapping[str, Any]
) -> Baseline:
    """Correct a figure: `value`, `of`, `source_note`. Raises `NotFound`, and as `enter_baseline`."""
    must(may_enter_baseline(by))
    row = queries.baseline(session, baseline_id)
    if row.version != version:
        raise ChangedMeanwhile
    values = {"value": row.value, "of": row.of, "source_note": row.source_note, **changes}
    return _write(session, row, by, BaselinePlan(row.indicator, row.first_on, row.last_on, **values))


def refuse_period_faults(period: Period) -> None:
    """Raise `InvalidInput` for a period that is none, or too long."""
    faults = period_faults(period.first_on, period.last_on)
    if faults:
        raise InvalidInput(*[("/to", fault) for fault in faults])


def _write(session: Session, row: Baseline, by: Person, plan: BaselinePlan) -> Baseline:
    faults = [("/to", fault) for fault in period_faults(plan.first_on, plan.last_on)] + _faults_of_value(plan)
    if faults:
        raise InvalidInput(*faults)
    if queries.frozen_of(session, Period(plan.first_on, plan.last_on, "")):
        raise PeriodFrozen
    before = row.value, row.of
    row.value, row.of, row.source_note = plan.value, plan.of, plan.source_note
    row.version, row.changed_at = row.version + 1, clock.now()
    session.add(row)
    session.flush()
    action = "entered" if row.version == 1 else "changed"
    changes = {} if row.version == 1 else {"value": [before[0], row.value], "of": [before[1], row.of]}
    history.record(
        session, History, aggregate="baseline", id=row.id, version=row.version, by=by, action=action, changes=changes
    )
    return row


def _faults_of_value(plan: BaselinePlan) -> list[tuple[str, str]]:
    """Refuse what its definition cannot mean; a share or mean without what it is counted of says nothing."""
    definition = DEFINITIONS.get(plan.indicator)
    if definition is None:
        return [("/indicator", "There is no such indicator")]
    if definition.shape in ("share", "mean") and not plan.of:
        return [("/of", "Say of how many this is counted")]
    if definition.shape == "share" and plan.of is not None and plan.value > plan.of:
        return [("/value", "It cannot be more than what it is counted of")]
    if definition.shape == "mean" and not 1 <= plan.value <= 5:
        return [("/value", "A mean lies between 1 and 5")]
    return []
