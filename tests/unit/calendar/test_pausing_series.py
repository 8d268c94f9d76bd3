"""A series that pauses: every second Tuesday, not in August, as the form writes it and reads it again."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.calendar.domain.dates import rule_of
from services.calendar.domain.recurrence import occurrences
from services.calendar.pages.forms import Typed, plan_of_typed, typed_of_plan
from services.calendar.pages.words_of_rules import words_of_rule
from shared import i18n

WARSAW = ZoneInfo("Europe/Warsaw")
TYPED = Typed(
    title="Spotkanie liderów",
    host_ids=("a",),
    starts_on="2027-06-01",
    starts_time="17:00",
    ends_time="18:30",
    repeat="FREQ=WEEKLY;INTERVAL=2",
    until_on="2027-12-31",
    not_in=("8",),
)


def test_every_second_tuesday_but_in_august() -> None:
    plan, faults = plan_of_typed(TYPED, WARSAW)
    assert faults == []
    assert plan is not None
    found = occurrences(rule_of(plan), datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC), 50)
    days = [span.starts_at.astimezone(WARSAW).date() for span in found]
    assert days[:5] == [date(2027, 6, 1), date(2027, 6, 15), date(2027, 6, 29), date(2027, 7, 13), date(2027, 7, 27)]
    assert days[5] == date(2027, 9, 7)
    assert {day.weekday() for day in days} == {1}
    assert all((day - days[0]).days % 14 == 0 and day.month != 8 for day in days)
    token = i18n.language.set("pl")
    try:
        assert words_of_rule(rule_of(plan)) == "co drugi wtorek 17:00–18:30, z przerwą: sierpień, do 31 grudnia"
    finally:
        i18n.language.reset(token)


def test_the_form_reads_the_pause_again() -> None:
    plan, _ = plan_of_typed(TYPED, WARSAW)
    assert plan is not None
    again = typed_of_plan(plan, 1)
    assert (again.repeat, again.until_on, again.not_in) == (TYPED.repeat, TYPED.until_on, TYPED.not_in)


def test_a_series_does_not_begin_in_its_pause() -> None:
    _, faults = plan_of_typed(replace(TYPED, starts_on="2027-08-03"), WARSAW)
    assert [fault.field for fault in faults] == ["not_in"]
