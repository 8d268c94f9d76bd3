"""Shapes of indicators: reports, frozen periods, baseline figures."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.calendar.commands import BaselinePlan
from services.calendar.domain.indicators.comparison import Line, Stated
from services.calendar.domain.indicators.comparison import lines as compared
from services.calendar.domain.indicators.definitions import DEFINITIONS
from services.calendar.domain.indicators.wordings import WORDINGS
from services.calendar.domain.plans import Visibility
from services.calendar.models import Baseline, FrozenPeriod
from services.calendar.queries import PeriodCard
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import Clean
from services.calendar.schemas.lists import Answered
from shared.i18n import say

Indicator = Literal[
    "events", "dates", "joint_events", "active_organisations", "participants", "satisfaction", "conflicts_solved",
    "opportunities_taken", "meeting_months", "regularity", "venue_hours", "cost",
]  # fmt: skip
Number = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Clean]


class StatedAnswer(BaseModel):
    """A figure: what `value` and `of` mean its definition says.

    Hidden ones are about fewer than five people, or would give away what one organisation had.
    """

    value: float | None
    of: float | None
    share: float | None
    missing: int | None = Field(description="Events that reported nothing.")
    hidden: bool
    origin: Literal["computed", "frozen", "baseline"]
    note: str

    @classmethod
    def of_stated(cls, stated: Stated) -> Self:
        """Show a figure."""
        figure = stated.figure
        return cls(
            value=figure.value,
            of=figure.of,
            share=None if figure.share is None else round(figure.share, 4),
            missing=figure.missing,
            hidden=figure.hidden,
            origin=stated.origin,
            note=stated.note,
        )


class FigureAnswer(StatedAnswer):
    """A figure of the period, with the same of the period that it is compared with."""

    code: str
    name: str
    definition: str
    shape: Literal["count", "share", "sum", "mean"]
    unit: str
    compare: StatedAnswer | None
    change: float | None = Field(description="Of shares in parts of one, else of values.")

    @classmethod
    def of_line(cls, line: Line) -> Self:
        """Show a figure in the reader's language."""
        definition = DEFINITIONS[line.code]
        return cls(
            **StatedAnswer.of_stated(line.now).model_dump(),
            code=line.code,
            name=say(definition.name),
            definition=say(definition.sentence),
            shape=definition.shape,
            unit=definition.unit,
            compare=StatedAnswer.of_stated(line.then) if line.then else None,
            change=line.change,
        )


class KindAnswer(Answered):
    """One kind of events; `participants` is null where nothing was reported, and where `hidden`."""

    kind: str
    events: int
    dates: int
    joint: int
    participants: int | None
    hidden: bool


class WordingAnswer(BaseModel):
    """How content those were who were asked in one wording and in one way."""

    wording_id: str
    questions: list[dict[str, str]]
    way: Literal["link", "paper"]
    n: int
    mean: float


class VenueUseAnswer(Answered):
    """How many hours a venue was taken; `basis` says of which hours."""

    venue_id: str
    name: str
    hours: float
    of: float
    basis: Literal["opening", "calendar"]


class FunderAnswer(BaseModel):
    """What one funder gave."""

    source: str
    amount: float
    events: int


class CostAnswer(FunderAnswer):
    """What one organisation had from one funder."""

    organisation_id: str | None
    organisation: str


class PeriodAnswer(BaseModel):
    """All tables of one period; `costs` is null for who is no partner.

    `edition` says which events are counted: `public` ones alone, those for partners too, those for their hosts too.
    """

    model_config = ConfigDict(populate_by_name=True)

    first_on: date = Field(serialization_alias="from")
    last_on: date = Field(serialization_alias="to")
    zone: str
    over: bool
    edition: Visibility
    frozen_at: datetime | None
    definitions_version: int
    inputs_at: datetime | None
    kinds: list[KindAnswer]
    wordings: list[WordingAnswer]
    venues: list[VenueUseAnswer]
    funders: list[FunderAnswer]
    costs: list[CostAnswer] | None
    longest_gap_days: int | None

    @classmethod
    def of(cls, card: PeriodCard, *, with_costs: bool) -> Self:
        """Show a report."""
        report = card.report
        names = dict(report.organisation_names)
        return cls(
            first_on=report.first_on,
            last_on=report.last_on,
            zone=report.zone,
            over=report.over,
            edition=card.edition,
            frozen_at=card.frozen_at,
            definitions_version=report.definitions_version,
            inputs_at=_instant(report.inputs_at, report.zone),
            kinds=[KindAnswer.model_validate(row) for row in report.kinds],
            wordings=[
                WordingAnswer(
                    wording_id=row.wording_id, way=row.way, n=row.n, mean=row.mean, questions=_questions(row.wording_id)
                )
                for row in report.wordings
            ],
            venues=[VenueUseAnswer.model_validate(row) for row in report.venues],
            funders=[
                FunderAnswer(source=row.source, amount=float(row.amount), events=row.events) for row in report.funders
            ],
            costs=[
                CostAnswer(
                    organisation_id=row.organisation_id,
                    organisation=names.get(row.organisation_id or "", ""),
                    source=row.source,
                    amount=float(row.amount),
                    events=row.events,
                )
                for row in report.costs
            ]
            if with_costs
            else None,
            longest_gap_days=report.longest_gap_days,
        )


class IndicatorsAnswer(BaseModel):
    """The figures of a period, with those that they are compared with, and the tables behind both."""

    figures: list[FigureAnswer]
    period: PeriodAnswer
    compare: PeriodAnswer | None

    @classmethod
    def of(cls, now: PeriodCard, then: PeriodCard | None, *, with_costs: bool) -> Self:
        """Show one period or two."""
        return cls(
            figures=[FigureAnswer.of_line(line) for line in compared(now.stated, then.stated if then else None)],
            period=PeriodAnswer.of(now, with_costs=with_costs),
            compare=PeriodAnswer.of(then, with_costs=with_costs) if then else None,
        )


class PeriodBody(Asked):
    """A period, both days included."""

    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")


class FrozenAnswer(BaseModel):
    """That a period is frozen; `GET indicators` for the same days gives what was frozen."""

    id: str
    version: int
    first_on: date = Field(serialization_alias="from")
    last_on: date = Field(serialization_alias="to")
    definitions_version: int
    frozen_at: datetime

    @classmethod
    def of(cls, row: FrozenPeriod) -> Self:
        """Show it."""
        return cls.model_validate(row, from_attributes=True)


class BaselineBody(PeriodBody):
    """A figure that was not counted here; a share or mean needs `of`."""

    indicator: Indicator
    value: Number
    of: Number | None = None
    source_note: Note

    def plan(self) -> BaselinePlan:
        """Give what the command takes."""
        return BaselinePlan(self.indicator, self.first_on, self.last_on, self.value, self.source_note, self.of)


class BaselineChange(Asked):
    """A correction; what is absent stays. The defaults below are never read."""

    value: Number = 0
    of: Number | None = None
    source_note: Note = ""

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class BaselineAnswer(BaseModel):
    """A figure that was entered."""

    id: str
    version: int
    indicator: str
    first_on: date = Field(serialization_alias="from")
    last_on: date = Field(serialization_alias="to")
    value: float
    of: float | None
    source_note: str
    changed_at: datetime

    @classmethod
    def of_row(cls, row: Baseline) -> Self:
        """Show it."""
        return cls.model_validate(row, from_attributes=True)


def _questions(wording_id: str) -> list[dict[str, str]]:
    wording = WORDINGS.get(wording_id)
    return [dict(question) for question in wording.questions] if wording else []


def _instant(seconds: int | None, zone: str) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
