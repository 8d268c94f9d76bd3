"""What came of it all: indicators of a period beside those of another, on a page and on one sheet for the council."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.commands import BaselinePlan
from services.calendar.domain.indicators import periods
from services.calendar.domain.indicators.comparison import lines
from services.calendar.domain.indicators.definitions import DEFINITIONS
from services.calendar.domain.indicators.periods import Period, period_faults
from services.calendar.domain.indicators.wordings import WORDINGS
from services.calendar.domain.permissions import may_enter_baseline, may_freeze_period, may_see_costs
from services.calendar.pages import figures, words
from services.calendar.pages.charts import Chart, bar_chart
from services.calendar.pages.forms import Fault
from services.calendar.pages.frame import pages
from services.calendar.queries import PeriodCard
from shared import clock
from shared.i18n import language, say
from shared.people import Person
from shared.problems import InvalidInput
from shared.web import CurrentPerson, Database, MaybePerson, page_router

router = page_router()
Day = Annotated[str, Form()]


@dataclass(frozen=True)
class Chosen:
    """The period that is shown, the one beside it if there is any, and what was wrong with what was asked."""

    period: Period
    compare: Period | None
    faults: tuple[Fault, ...] = ()

    @property
    def query(self) -> str:
        """Write the choice as an address does."""
        days = {"from": self.period.first_on, "to": self.period.last_on}
        if self.compare:
            days |= {"compare_from": self.compare.first_on, "compare_to": self.compare.last_on}
        return urlencode({name: day.isoformat() for name, day in days.items()})


@router.get("/calendar/indicators")
async def indicators(
    request: Request,
    database: Database,
    person: MaybePerson,
    to: str = "",
    compare_from: str = "",
    compare_to: str = "",
    notice: str = "",
) -> HTMLResponse:
    """Show the indicators of a period, the year before beside them unless another is chosen."""
    chosen = chosen_of(request, request.query_params.get("from", ""), to, compare_from, compare_to)
    return await _show(request, database, "indicators.html", chosen, person, notice=notice)


@router.get("/calendar/indicators/report")
async def report(
    request: Request,
    database: Database,
    person: MaybePerson,
    to: str = "",
    compare_from: str = "",
    compare_to: str = "",
) -> HTMLResponse:
    """Show the same on one sheet of A4."""
    chosen = chosen_of(request, request.query_params.get("from", ""), to, compare_from, compare_to)
    return await _show(request, database, "report.html", chosen, person)


@router.post("/calendar/indicators/freeze")
async def freeze(
    request: Request,
    database: Database,
    person: CurrentPerson,
    first: Annotated[str, Form(alias="from")] = "",
    to: Day = "",
) -> RedirectResponse:
    """Freeze a period."""
    period = _asked(request, first, to)
    await database.write(commands.freeze_period, by=person, period=period, now=clock.now())
    query = Chosen(period, None).query
    return RedirectResponse(f"/calendar/indicators?{query}&notice=frozen", status_code=303)


@router.post("/calendar/indicators/baseline")
async def baseline(
    request: Request,
    database: Database,
    person: CurrentPerson,
    indicator: Annotated[str, Form(max_length=30)] = "",
    first: Annotated[str, Form(alias="from")] = "",
    to: Day = "",
    value: Annotated[str, Form(max_length=20)] = "",
    of: Annotated[str, Form(max_length=20)] = "",
    source_note: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    """Enter a figure of a period."""
    period = _asked(request, first, to)
    counted, out_of = _number(value), _number(of)
    if counted is None or not source_note.strip():
        raise InvalidInput(("/value", "Give a number, and say where it is from"))
    if out_of is None and of.strip():
        raise InvalidInput(("/of", "Give a number, or leave it empty"))
    plan = BaselinePlan(indicator, period.first_on, period.last_on, counted, source_note.strip(), out_of)
    await database.write(commands.enter_baseline, by=person, plan=plan)
    year = periods.year_at(clock.now(), period.zone)
    query = Chosen(year if year != period else period, period).query
    return RedirectResponse(f"/calendar/indicators?{query}&notice=entered", status_code=303)


def chosen_of(request: Request, first: str, last: str, compare_first: str, compare_last: str) -> Chosen:
    """Read what an address asks for; what is missing or makes no sense is this year, and the year before."""
    zone = str(request.app.state.settings.zone)
    year = periods.year_at(clock.now(), zone)
    first_on, last_on = _day(first) or year.first_on, _day(last) or year.last_on
    wrong = period_faults(first_on, last_on)
    if wrong:
        return Chosen(year, periods.before(year), tuple(Fault("to", say(fault)) for fault in wrong))
    period = Period(first_on, last_on, zone)
    compare_on = _day(compare_first), _day(compare_last)
    compare = Period(compare_on[0], compare_on[1], zone) if compare_on[0] and compare_on[1] else periods.before(period)
    wrong = period_faults(compare.first_on, compare.last_on)
    return Chosen(period, None if wrong else compare, tuple(Fault("compare_to", say(fault)) for fault in wrong))


async def _show(
    request: Request, database: Database, template: str, chosen: Chosen, person: Person | None, **values: Any
) -> HTMLResponse:
    now, then = await database.read(look, chosen, person)
    return pages.page(
        request,
        template,
        chosen=chosen,
        now=now,
        then=then,
        rows=[figures.row_of(line) for line in lines(now.stated, then.stated if then else None)],
        chart=chart_of(now, then),
        names=dict(now.report.organisation_names),
        number=figures.number,
        wording_of=wording_words,
        indicators=[(code, say(one.name)) for code, one in DEFINITIONS.items()],
        may_freeze=may_freeze_period(person) and now.report.over and not now.frozen_at,
        may_enter=may_enter_baseline(person),
        may_see_costs=may_see_costs(person),
        **values,
    )


def look(session: Session, chosen: Chosen, person: Person | None) -> tuple[PeriodCard, PeriodCard | None]:
    """Read one period or two."""
    now = clock.now()
    then = queries.period_card(session, chosen.compare, now, person) if chosen.compare else None
    return queries.period_card(session, chosen.period, now, person), then


def chart_of(now: PeriodCard, then: PeriodCard | None) -> Chart:
    """Draw the events of each kind that one of the periods has."""
    counts: list[Mapping[str, int]] = [
        {row.kind: row.events for row in card.report.kinds} for card in (now, then) if card is not None
    ]
    kinds = [kind for kind in words.KINDS if any(kind in some for some in counts)]
    names = [(kind, words.word(words.KINDS, kind)) for kind in kinds]
    return bar_chart(names, counts[0], counts[1] if then else None)


def wording_words(wording_id: str) -> list[str]:
    """Give the questions of a wording in the reader's language."""
    wording = WORDINGS.get(wording_id)
    return [question[language.get()] for question in wording.questions] if wording else [wording_id]


def _asked(request: Request, first: str, last: str) -> Period:
    first_on, last_on = _day(first), _day(last)
    if first_on is None or last_on is None:
        raise InvalidInput(("/to", "A period has a first and a last day"))
    return Period(first_on, last_on, str(request.app.state.settings.zone))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """Read a number as people write it; none where it is none, or beyond all sense."""
    try:
        found = float(text.replace(",", ".").replace(" ", "").replace("\xa0", ""))
    except ValueError:
        return None
    return found if 0 <= found <= 1e12 else None
