"""`indicators`: of one period or two, as JSON and CSV; baseline figures; frozen periods."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.indicators.periods import Period, year_at
from services.calendar.domain.permissions import may_see_costs
from services.calendar.queries import PeriodCard
from services.calendar.schemas import Identifier, Page
from services.calendar.schemas.indicators import (
    BaselineAnswer,
    BaselineBody,
    BaselineChange,
    FrozenAnswer,
    IndicatorsAnswer,
    PeriodBody,
)
from shared import clock, web
from shared.people import Person
from shared.problems import InvalidInput
from shared.spreadsheets import csv_of

router = web.api_router("calendar")
BaselineId = Annotated[Identifier, Path()]
FrozenId = Annotated[Identifier, Path()]
FIRST = Query(alias="from", description="The first day; this year's when absent.")
LAST = Query(description="The last day, included; this year's when absent.")
CSV_HEADING = (
    "table", "code", "name", "value", "of", "share", "missing", "hidden", "origin", "compare_value", "compare_of",
    "compare_share", "compare_missing", "compare_hidden", "compare_origin", "change", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The period that is asked for, and the one it is compared with."""

    period: Period
    compare: Period | None


def asked_periods(
    request: Request,
    from_on: Annotated[date | None, FIRST] = None,
    to: Annotated[date | None, LAST] = None,
    compare_from: Annotated[date | None, Query(description="The first day of the period to compare with.")] = None,
    compare_to: Annotated[date | None, Query(description="Its last day, included.")] = None,
) -> Asked:
    """Read one period or two; raises `InvalidInput`."""
    zone = request.app.state.settings.zone
    year = year_at(clock.now(), zone)
    period = Period(from_on or year.first_on, to or year.last_on, zone)
    commands.refuse_period_faults(period)
    if (compare_from is None) != (compare_to is None):
        raise InvalidInput(("/compare_to", "A period has a first and a last day"))
    compare = Period(compare_from, compare_to, zone) if compare_from and compare_to else None
    if compare:
        commands.refuse_period_faults(compare)
    return Asked(period=period, compare=compare)


AskedPeriods = Annotated[Asked, Depends(asked_periods)]


@router.get("/indicators", response_model=IndicatorsAnswer)
async def get_indicators(database: web.Database, by: web.MaybePerson, asked: AskedPeriods) -> Response:
    """Give the indicators of a period, compared with another's, made of the events that you may know of.

    What organisations had, partners alone see; others see what funders gave in a year that is over.
    """
    now, then = await database.read(cards, asked, by)
    found = IndicatorsAnswer.of(now, then, with_costs=may_see_costs(by))
    return web.answer(found.model_dump(by_alias=True))


@router.get("/indicators.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_indicators_as_table(database: web.Database, by: web.MaybePerson, asked: AskedPeriods) -> Response:
    """Give the same as one table for spreadsheets: UTF-8 with a byte-order mark, `;` between the cells."""
    now, then = await database.read(cards, asked, by)
    found = IndicatorsAnswer.of(now, then, with_costs=may_see_costs(by))
    name = f"indicators-{asked.period.first_on}-{asked.period.last_on}.csv"
    table = csv_of(CSV_HEADING, ([plain(cell) for cell in row] for row in table_rows(found)))
    return web.attachment(Response(table, media_type="text/csv; charset=utf-8"), name)


@router.get("/indicators/frozen", response_model=Page[FrozenAnswer])
async def list_frozen_periods(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List the periods that are frozen, in the order in which they were."""
    rows = await database.read(queries.frozen_periods, paging)
    return web.listing(
        request, paging, rows, show=lambda row: shown(FrozenAnswer.of(row)), key=lambda row: row.id, sorted_by="id"
    )


@router.post("/indicators/frozen", status_code=201, response_model=FrozenAnswer, responses=web.refuses(409))
async def freeze_period(request: Request, database: web.Database, by: web.CurrentPerson, body: PeriodBody) -> Response:
    """Freeze a period that is over: from now on its indicators stay as they are."""
    period = Period(body.first_on, body.last_on, request.app.state.settings.zone)
    return await web.create(
        request,
        database,
        commands.freeze_period,
        by=by,
        period=period,
        now=clock.now(),
        show=lambda row: shown(FrozenAnswer.of(row)),
    )


@router.get("/indicators/frozen/{frozen_id}", response_model=FrozenAnswer)
async def get_frozen_period(database: web.Database, frozen_id: FrozenId) -> Response:
    """Say of one period that and when it was frozen."""
    row = await database.read(queries.frozen_period, frozen_id)
    return web.answer(shown(FrozenAnswer.of(row)), version=row.version)


@router.get("/indicators/baselines", response_model=Page[BaselineAnswer])
async def list_baselines(request: Request, database: web.Database, paging: web.Paging) -> Response:
    """List the figures that were entered, in the order in which they were."""
    rows = await database.read(queries.baselines, paging)
    return web.listing(
        request,
        paging,
        rows,
        show=lambda row: shown(BaselineAnswer.of_row(row)),
        key=lambda row: row.id,
        sorted_by="id",
    )


@router.post("/indicators/baselines", status_code=201, response_model=BaselineAnswer, responses=web.refuses(409))
async def enter_baseline(
    request: Request, database: web.Database, by: web.CurrentPerson, body: BaselineBody
) -> Response:
    """Enter a figure of a period that was not counted here; it goes before what is computed."""
    return await web.create(
        request,
        database,
        commands.enter_baseline,
        by=by,
        plan=body.plan(),
        show=lambda row: shown(BaselineAnswer.of_row(row)),
    )


@router.get("/indicators/baselines/{baseline_id}", response_model=BaselineAnswer)
async def get_baseline(database: web.Database, baseline_id: BaselineId) -> Response:
    """Give one figure that was entered."""
    row = await database.read(queries.baseline, baseline_id)
    return web.answer(shown(BaselineAnswer.of_row(row)), version=row.version)


@router.patch("/indicators/baselines/{baseline_id}", response_model=BaselineAnswer, responses=web.refuses(409))
async def change_baseline(
    database: web.Database, by: web.CurrentPerson, version: web.IfMatch, baseline_id: BaselineId, body: BaselineChange
) -> Response:
    """Correct a figure that was entered."""
    row = await database.write(
        commands.change_baseline, by=by, baseline_id=baseline_id, version=version, changes=body.changes()
    )
    return web.answer(shown(BaselineAnswer.of_row(row)), version=row.version)


def cards(session: Session, asked: Asked, by: Person | None) -> tuple[PeriodCard, PeriodCard | None]:
    """Read one period or two."""
    now = clock.now()
    card = queries.period_card(session, asked.period, now, by)
    return card, queries.period_card(session, asked.compare, now, by) if asked.compare else None


def shown(answer: BaseModel) -> dict[str, Any]:
    """Show an answer under the names that the API uses for days."""
    return answer.model_dump(by_alias=True)


def table_rows(found: IndicatorsAnswer) -> Iterator[tuple[Any, ...]]:
    """Give the rows of the CSV: all figures first, then the tables of the period."""
    for one in found.figures:
        then = one.compare
        compared = (then.value, then.of, then.share, then.missing, then.hidden, then.origin) if then else (None,) * 6
        note = one.note or (then.note if then else "")
        yield (
            "figures", one.code, one.name, one.value, one.of, one.share, one.missing, one.hidden, one.origin,
            *compared, one.change, note,
        )  # fmt: skip
    period = found.period
    for kind in period.kinds:
        yield _row("kinds.events", kind.kind, "", kind.events)
        yield _row("kinds.dates", kind.kind, "", kind.dates)
        yield _row("kinds.joint", kind.kind, "", kind.joint, kind.events)
        yield _row("kinds.participants", kind.kind, "", kind.participants, hidden=kind.hidden)
    for wording in period.wordings:
        yield _row(f"satisfaction.{wording.way}", wording.wording_id, "", wording.mean, wording.n)
    for venue in period.venues:
        yield _row(f"venues.{venue.basis}", venue.venue_id, venue.name, venue.hours, venue.of)
    for funder in period.funders:
        yield _row("funders", "", funder.source, funder.amount, note=f"{funder.events} events")
    for line in period.costs or ():
        yield _row("costs", line.organisation_id, line.organisation, line.amount, note=line.source)


def plain(cell: Any) -> Any:
    """Write a whole number without a point: spreadsheets in Polish take `5.0` for a text."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _row(
    table: str,
    code: str | None,
    name: str,
    value: float | None,
    of: float | None = None,
    *,
    hidden: bool = False,
    note: str = "",
) -> tuple[Any, ...]:
    return (table, code, name, value, of, None, None, hidden, *(None,) * 8, note)
