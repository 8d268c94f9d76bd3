"""Indicators of a small year counted by hand, and what small numbers give away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.claims import merged
from services.calendar.domain.indicators import comparison, counting, money, satisfaction, venue_use
from services.calendar.domain.indicators.definitions import DEFINITIONS, Shape
from services.calendar.domain.indicators.opening import open_spans
from services.calendar.domain.indicators.periods import Period, before, period_faults, year_at
from services.calendar.domain.indicators.reports import Report, report_of
from services.calendar.domain.indicators.rows import Answers, Counted, Disagreement, Figure, Inputs, Money, VenueTaken
from services.calendar.domain.indicators.suppression import SMALLEST, withheld
from services.calendar.domain.indicators.wordings import WORDINGS
from shared.i18n import say_in

ROOT = Path(__file__).resolve().parents[3]
WARSAW = ZoneInfo("Europe/Warsaw")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), "Europe/Warsaw")


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> int:
    return int(datetime(year, month, day, hour, tzinfo=WARSAW).timestamp())


CITY = (Money("Miasto", Decimal("100.01")),)
NEW_YEAR = at(1, 2, year=2027)
EVENTS = (
    # a feast of two hosts, counted once, with money that does not divide by two
    Counted("feast", "feast", ("a", "b"), participants=120, funding=CITY, paper=(30, 4.5, "general")),
    # a weekly course with a date in each week, cancelled ones left out; it goes on next year: no outcome yet
    Counted("course", "course", ("a",), dates=30, ends=False, funding=(Money("Fundacja  X", Decimal("60.00")),)),
    # began the year before: its money is that year's, its outcome this one's; four people came
    Counted("winter", "course", ("b",), dates=2, begins=False, participants=4, funding=CITY),
    # over, and nobody reported; its money is brought by an organisation that is no host
    Counted("advice", "service", ("c",), funding=(Money("fundacja x", Decimal("0.01"), "d"),)),
    # not over yet
    Counted("later", "service", ("c",), over=False, participants=7),
    Counted("hostless", "other", (), participants=50),
)
INPUTS = Inputs(
    period=YEAR,
    now=NEW_YEAR,
    events=EVENTS,
    answers=(
        Answers("feast", "link", "three-1", 10, 40.0),
        Answers("winter", "link", "three-1", 4, 20.0),
    ),
    conflicts=(
        Disagreement(at(5, 10), solved_at=at(5, 9)),
        Disagreement(at(5, 10), solved_at=at(5, 10)),
        Disagreement(at(6, 1)),
    ),
    opportunities={"open": 2, "accepted": 1, "declined": 1, "gone": 5},
    meetings=(at(1, 10), at(1, 20), at(3, 1), at(3, 1, 18)),
    rhythms=((at(1, 5), at(1, 19), at(2, 16), at(3, 2)), (at(5, 1), at(9, 1))),
    venues=(
        VenueTaken("hall", "Sala", ((at(5, 4, 15), at(5, 4, 18)), (at(5, 4, 17), at(5, 4, 19))), "Mo-Fr 16:00-20:00"),
        VenueTaken("field", "Plac", ((at(12, 31, 23), at(1, 1, 1, year=2027)),), ""),
        VenueTaken("odd", "Kąt", ((at(7, 1, 10), at(7, 1, 11)),), "kiedy się uda"),
    ),
    organisations={"a": "Dom", "b": "Klub", "c": "Szkoła", "d": "Rada"},
)


@pytest.fixture(scope="module")
def year() -> Report:
    return report_of(INPUTS, open_spans)


@pytest.mark.parametrize(
    ("code", "value", "of", "missing"),
    [
        ("events", 6, None, None),
        ("dates", 1 + 30 + 2 + 1 + 1 + 1, None, None),
        ("joint_events", 1, 6, None),
        ("active_organisations", 3, 4, None),
        ("participants", 120 + 4 + 50, 3, 1),
        # 30 on paper × 4.5 and 10 by link × 4; the four of the winter course are too few; three events are silent
        ("satisfaction", (135 + 40) / 40, 40, 3),
        ("conflicts_solved", 1, 3, None),
        ("opportunities_taken", 1, 4, None),
        ("meeting_months", 2, 12, None),
        # a group that missed one meeting of five, and one that met too seldom to have a rhythm
        ("regularity", 3, 4, None),
        # hall: 16–19 of its hours; field: one hour of this year; odd: one hour, of all hours
        ("venue_hours", 3 + 1 + 1, None, None),
        ("cost", 160.02, 3, 2),
    ],
)
def test_a_year_counted_by_hand(year: Report, code: str, value: float, of: float | None, missing: int | None) -> None:
    figure = year.figure(code)
    assert figure.value == pytest.approx(value)
    assert figure.missing == missing
    if code != "venue_hours":
        assert figure.of == of


def test_the_tables_behind_a_year(year: Report) -> None:
    by_kind = {row.kind: row for row in year.kinds}
    assert (by_kind["course"].events, by_kind["course"].dates, by_kind["feast"].joint) == (2, 32, 1)
    assert by_kind["course"].hidden
    assert by_kind["course"].participants is None
    assert by_kind["service"].participants is None
    assert not by_kind["service"].hidden
    assert [(row.way, row.wording_id, row.n, row.mean) for row in year.wordings] == [
        ("paper", "general", 30, 4.5),
        ("link", "three-1", 10, 4.0),
    ]
    venues = {row.venue_id: row for row in year.venues}
    assert (venues["hall"].basis, venues["field"].basis, venues["odd"].basis) == ("opening", "calendar", "calendar")
    assert venues["field"].of == 365 * 24
    assert [(row.source, row.amount, row.events) for row in year.funders] == [
        ("Miasto", Decimal("100.01"), 1),
        ("Fundacja X", Decimal("60.01"), 2),
    ]
    costs = {(row.organisation_id, row.source): row.amount for row in year.costs}
    assert costs["a", "Miasto"] == Decimal("50.01")
    assert costs["b", "Miasto"] == Decimal("50.00")
    assert costs["d", "Fundacja X"] == Decimal("0.01")
    assert year.longest_gap_days == 40


def test_an_empty_year_has_no_rates() -> None:
    empty = report_of(Inputs(period=YEAR, now=NEW_YEAR), open_spans)
    assert [one.value for one in empty.figures if one.value not in (0, None)] == []
    assert all(one.share is None for one in empty.figures if one.code != "meeting_months")


@pytest.mark.parametrize(
    ("events", "hidden", "value"),
    [
        ((Counted("a", "feast", participants=4),), True, None),
        ((Counted("a", "feast", participants=5),), False, 5),
        ((Counted("a", "feast", participants=0),), False, 0),
        ((Counted("a", "feast", participants=3), Counted("b", "feast", participants=3)), False, 6),
        ((Counted("a", "feast", participants=3), Counted("b", "course", participants=20)), False, 23),
        ((Counted("a", "feast", participants=3), Counted("b", "course", participants=5)), True, None),
    ],
)
def test_few_participants_are_not_shown(events: tuple[Counted, ...], hidden: bool, value: int | None) -> None:
    figure, _, _ = counting.participants(events)
    assert (figure.hidden, figure.value) == (hidden, value)


def test_few_answers_are_not_shown() -> None:
    few = satisfaction.satisfaction((Counted("a", "feast"),), (Answers("a", "link", "three-1", 4, 4.0),))
    assert (few.value, few.of, few.hidden) == (None, None, True)
    nobody = satisfaction.satisfaction((Counted("a", "feast"),), ())
    assert (nobody.value, nobody.hidden, nobody.missing) == (None, False, 1)


def consistent(cells: dict[str, int], kept: frozenset[str], total: int) -> dict[str, set[int]]:
    """Give what each small cell could be to somebody who knows the rest, the total, and which cells are small."""
    small = [name for name in sorted(kept) if cells[name] < SMALLEST]
    large = len(kept) - len(small)
    left = total - sum(count for name, count in cells.items() if name not in kept)
    possible: dict[str, set[int]] = {name: set() for name in small}
    for guess in product(range(1, SMALLEST), repeat=len(small)):
        rest = left - sum(guess)
        if (rest >= SMALLEST * large) if large else rest == 0:
            for name, value in zip(small, guess, strict=True):
                possible[name].add(value)
    return possible


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), max_size=6))
def test_no_subtraction_shows_a_small_number(cells: dict[str, int]) -> None:
    kept, total_too = withheld(cells)
    assert {name for name, count in cells.items() if 0 < count < SMALLEST} <= kept
    if not total_too:
        possible = consistent(cells, kept, sum(cells.values()))
        assert all(values == {1, 2, 3, 4} for values in possible.values())


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 60)), max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_no_difference_of_two_periods_is_about_few_answers(
    answered: list[tuple[int, int]], first: int, second: int
) -> None:
    groups = [Answers(str(number), "link", "three-1", n, float(n)) for number, (_, n) in enumerate(answered)]
    shorter, longer = sorted((first, second))

    def n_until(month: int) -> int:
        some = [one for one, (when, _) in zip(groups, answered, strict=True) if when <= month]
        return int(satisfaction.satisfaction((), some).of or 0)

    difference = n_until(longer) - n_until(shorter)
    assert difference == 0 or difference >= SMALLEST


counted = st.builds(
    Counted,
    id=st.uuids().map(str),
    kind=st.sampled_from(["feast", "course", "other"]),
    host_ids=st.lists(st.sampled_from("abcd"), max_size=4, unique=True).map(tuple),
    dates=st.integers(1, 50),
    begins=st.booleans(),
    ends=st.booleans(),
    over=st.booleans(),
    funding=st.lists(
        st.builds(
            Money,
            st.sampled_from(["Miasto", "miasto ", "Rada"]),
            st.decimals(0, 10**6, places=2),
            st.none() | st.sampled_from("ad"),
        ),
        max_size=3,
    ).map(tuple),
    participants=st.none() | st.integers(0, 300),
)


@given(st.lists(counted, max_size=12))
def test_sums_over_kinds_funders_and_organisations_are_the_total(rows: Sequence[Counted]) -> None:
    kinds = counting.by_kind(rows)
    assert sum(row.events for row in kinds) == counting.events(rows).value
    assert sum(row.dates for row in kinds) == counting.dates(rows).value
    assert sum(row.joint for row in kinds) == counting.joint_events(rows).value
    total, came, _ = counting.participants(rows)
    if total.value is not None:
        assert sum(came.values()) == total.value
    funders = sum((row.amount for row in money.by_funder(rows)), Decimal(0))
    assert sum((row.amount for row in money.by_organisation(rows)), Decimal(0)) == funders
    assert float(funders) == (money.cost(rows).value or 0)


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda one: (one[0], one[0] + one[1])), max_size=6
)


@given(spans, spans)
def test_hours_in_common_are_those_of_every_second(ones: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    def seconds(some: Sequence[tuple[int, int]]) -> set[int]:
        return {second for start, end in some for second in range(start, end)}

    both = venue_use.common(merged(ones), merged(others))
    assert sum(end - start for start, end in both) == len(seconds(ones) & seconds(others))


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        (date(2026, 3, 29), date(2026, 3, 29), 23),
        (date(2026, 10, 25), date(2026, 10, 25), 25),
        (date(2026, 1, 1), date(2026, 1, 2), 48),
    ],
)
def test_a_period_has_the_hours_that_its_clocks_have(first: date, last: date, hours: int) -> None:
    start, end = Period(first, last, "Europe/Warsaw").span
    assert (end - start) / 3600 == hours


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        ((date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31))),
        ((date(2024, 2, 1), date(2024, 2, 29)), (date(2023, 2, 1), date(2023, 2, 28))),
        ((date(2026, 11, 1), date(2027, 1, 31)), (date(2025, 11, 1), date(2026, 1, 31))),
        ((date(2026, 5, 11), date(2026, 5, 20)), (date(2026, 5, 1), date(2026, 5, 10))),
    ],
)
def test_what_a_period_is_compared_with(period: tuple[date, date], earlier: tuple[date, date]) -> None:
    found = before(Period(*period, "Europe/Warsaw"))
    assert (found.first_on, found.last_on) == earlier


def test_a_period_that_is_none_is_refused() -> None:
    assert period_faults(date(2026, 1, 2), date(2026, 1, 1))
    assert period_faults(date(1, 1, 1), date(1, 1, 2))
    assert period_faults(date(2020, 1, 1), date(2026, 1, 1))
    assert not period_faults(date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("now", "then", "shape", "change"),
    [
        (Figure("x", 10), Figure("x", 4), "count", 6),
        (Figure("x", 3, 4), Figure("x", 1, 2), "share", 0.25),
        (Figure("x", 3, 4), Figure("x", 0, 0), "share", None),
        (Figure("x", None, hidden=True), Figure("x", 10), "sum", None),
        (Figure("x", None), Figure("x", 4.0, 9), "mean", None),
        (Figure("x", 4.5, 9), Figure("x", 4.0, 9), "mean", 0.5),
    ],
)
def test_a_change_is_told_where_it_can_be(now: Figure, then: Figure, shape: Shape, change: float | None) -> None:
    assert comparison.change(now, then, shape) == change


def test_an_entered_figure_goes_before_a_computed_one(year: Report) -> None:
    entered = {"events": comparison.Baseline(40, None, "Sprawozdanie 2025")}
    then = comparison.stated(replace(year, figures=()), entered, is_frozen=False)
    line = comparison.lines(comparison.stated(year, {}, is_frozen=True), then)[0]
    assert (line.now.origin, line.then and line.then.origin, line.change) == ("frozen", "baseline", 6 - 40)


@pytest.mark.parametrize(
    ("now", "year"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), 2027),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), 2027),
    ],
)
def test_the_year_is_the_one_on_the_clocks_of_the_neighbourhood(now: datetime, year: int) -> None:
    assert year_at(now, "Europe/Warsaw") == Period(date(year, 1, 1), date(year, 12, 31), "Europe/Warsaw")


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [(date(2026, 1, 1), date(2026, 3, 31), 90 * 24 - 1), (date(2026, 10, 1), date(2026, 12, 31), 92 * 24 + 1)],
)
def test_a_quarter_begins_and_ends_at_local_midnight_and_has_the_hours_of_its_clocks(
    first: date, last: date, hours: int
) -> None:
    quarter = Period(first, last, "Europe/Warsaw")
    start, end = quarter.span
    assert [datetime.fromtimestamp(one, WARSAW).strftime("%d %H:%M") for one in (start, end)] == ["01 00:00"] * 2
    assert end - start == hours * 3600
    assert open_spans("24/7", quarter) == [(start, end)]


@pytest.mark.parametrize(("text", "hours"), [("02:30-03:00", 0), ("01:00-04:00", 2)])
def test_hours_that_the_clocks_leave_out_are_none(text: str, hours: float) -> None:
    night = Period(date(2026, 3, 29), date(2026, 3, 29), "Europe/Warsaw")
    assert sum(end - start for start, end in open_spans(text, night) or []) == hours * 3600


def test_every_definition_stands_in_the_document_and_is_said_in_polish() -> None:
    document = " ".join((ROOT / "docs" / "indicators.md").read_text().split())
    for one in DEFINITIONS.values():
        assert one.sentence in document, one.code
        assert say_in("pl", one.sentence) != one.sentence, one.code
        assert say_in("pl", one.name) != one.name, one.code
        assert say_in("pl", one.sentence) in document, one.code


def test_a_wording_that_was_shown_never_changes() -> None:
    said = {
        one.id: [text[tongue] for tongue in ("pl", "en") for text in (*one.questions, *one.scale)]
        for one in WORDINGS.values()
    }
    scale = ["wcale nie", "raczej nie", "trochę", "raczej tak", "bardzo"]
    english = ["not at all", "not really", "somewhat", "mostly", "very much"]
    assert said == {
        "general": [
            *("Czy jest Pan/Pani zadowolony/a z tego wydarzenia?", *scale),
            *("Are you content with this event?", *english),
        ],
        "three-1": [
            "Czy to wydarzenie się Państwu podobało?",
            "Czy poznali tu Państwo kogoś z sąsiedztwa?",
            "Czy chcą Państwo więcej takich wydarzeń?",
            *scale,
            "Did you like this event?",
            "Did you get to know people from around here?",
            "Do you want more events like this?",
            *english,
        ],
    }
