"""One report: all figures of one period, and the tables behind them."""

from dataclasses import dataclass, replace
from datetime import date

from services.calendar.domain.indicators import counting, money, rhythm, satisfaction, solving, venue_use
from services.calendar.domain.indicators.counting import KindRow
from services.calendar.domain.indicators.definitions import VERSION
from services.calendar.domain.indicators.money import CostRow, FunderRow
from services.calendar.domain.indicators.periods import Period
from services.calendar.domain.indicators.rows import Figure, Inputs
from services.calendar.domain.indicators.satisfaction import WordingRow
from services.calendar.domain.indicators.venue_use import Opening, VenueRow


@dataclass(frozen=True)
class Report:
    """All that is said of one period; `over` when all its days are, `inputs_at` is the newest change that is in it."""

    first_on: date
    last_on: date
    zone: str
    over: bool
    definitions_version: int
    counted_at: int
    inputs_at: int | None
    figures: tuple[Figure, ...]
    kinds: tuple[KindRow, ...]
    wordings: tuple[WordingRow, ...]
    venues: tuple[VenueRow, ...]
    funders: tuple[FunderRow, ...]
    costs: tuple[CostRow, ...]
    """By organisation: for partners."""
    organisation_names: tuple[tuple[str, str], ...]
    """Pairs of id and name of those in `costs`."""
    longest_gap_days: int | None

    def figure(self, code: str) -> Figure:
        """Give one figure by its code."""
        return next((one for one in self.figures if one.code == code), Figure(code, None))

    @property
    def period(self) -> Period:
        """Give the period."""
        return Period(self.first_on, self.last_on, self.zone)

    def for_everybody(self) -> "Report":
        """Leave out what would tell who is no partner what one organisation had."""
        is_told = self.over and self.period.is_year
        funders, is_total_told = money.told_to_everybody(self.funders, self.costs) if is_told else ((), False)
        figures = self.figures if is_total_told else tuple(map(money.without_sum, self.figures))
        return replace(self, figures=figures, funders=funders, costs=(), organisation_names=())


def report_of(inputs: Inputs, opening: Opening) -> Report:
    """Compute a report."""
    period, events = inputs.period, inputs.events
    venues = venue_use.venue_rows(inputs.venues, period, opening)
    costs = money.by_organisation(events)
    figures = (
        counting.events(events),
        counting.dates(events),
        counting.joint_events(events),
        counting.active_organisations(events, inputs.organisations),
        counting.participants(events)[0],
        satisfaction.satisfaction(events, inputs.answers),
        solving.conflicts_solved(inputs.conflicts),
        solving.opportunities_taken(inputs.opportunities),
        rhythm.meeting_months(inputs.meetings, period, inputs.now),
        rhythm.regularity(inputs.rhythms, period),
        venue_use.venue_hours(venues),
        money.cost(events),
    )
    return Report(
        first_on=period.first_on,
        last_on=period.last_on,
        zone=period.zone,
        over=inputs.now >= period.span[1],
        definitions_version=VERSION,
        counted_at=inputs.now,
        inputs_at=inputs.changed_at,
        figures=figures,
        kinds=counting.by_kind(events),
        wordings=satisfaction.by_wording(events, inputs.answers),
        venues=venues,
        funders=money.by_funder(events),
        costs=costs,
        organisation_names=tuple(
            (one, inputs.organisations.get(one, "")) for one in sorted({row.organisation_id or "" for row in costs})
        ),
        longest_gap_days=rhythm.longest_gap(inputs.meetings, period),
    )
