"""The plan form: what is typed becomes a plan, and what is wrong is said at its field."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from services.calendar.domain.plans import EventPlan
from services.calendar.pages.advice import slot_of, slot_value
from services.calendar.pages.forms import Typed, plan_of_typed, typed_of_form, typed_of_plan, with_times

WARSAW = ZoneInfo("Europe/Warsaw")
GOOD = Typed(title="Feast", host_ids=("a",), starts_on="2026-11-26", starts_time="14:00", ends_time="16:00")


def planned(typed: Typed, base: EventPlan | None = None) -> EventPlan:
    plan, _ = plan_of_typed(typed, WARSAW, base)
    assert plan is not None
    return plan


def fields_wrong(typed: Typed) -> list[str]:
    return [fault.field for fault in plan_of_typed(typed, WARSAW)[1]]


def test_a_good_form_makes_a_plan_in_the_zone_of_the_neighbourhood() -> None:
    plan = planned(GOOD)
    assert fields_wrong(GOOD) == []
    assert plan.starts_at == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert (plan.ends_at - plan.starts_at).total_seconds() == 7200
    assert plan.zone == "Europe/Warsaw"


def test_an_all_day_event_ends_at_the_midnight_after_its_last_day() -> None:
    plan = planned(replace(GOOD, all_day=True, ends_on="2026-11-27"))
    assert plan.starts_at == datetime(2026, 11, 26, tzinfo=WARSAW)
    assert plan.ends_at == datetime(2026, 11, 28, tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (replace(GOOD, title=""), "title"),
        (replace(GOOD, host_ids=()), "host_ids"),
        (replace(GOOD, starts_on="soon"), "starts_on"),
        (replace(GOOD, starts_time=""), "starts_time"),
        (replace(GOOD, ends_time="13:00"), "ends_time"),
        (replace(GOOD, ends_on="2026-11-25"), "ends_time"),
        (replace(GOOD, repeat="FREQ=WEEKLY", until_on="2026-11-01"), "until_on"),
        (replace(GOOD, point="here"), "point"),
        (replace(GOOD, expected_participants="many"), "expected_participants"),
        (replace(GOOD, borrowed={"x": "-1"}), "borrow_x"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(typed: Typed, field: str) -> None:
    assert fields_wrong(typed) == [field]


def test_the_last_day_of_a_series_counts_to_its_end() -> None:
    plan = planned(replace(GOOD, repeat="FREQ=WEEKLY", until_on="2026-12-31"))
    assert plan.rrule == "FREQ=WEEKLY;UNTIL=20261231T225959Z"


@pytest.mark.parametrize("text", ["50.0885, 19.9110", "50,0885 19,9110", "(50.0885; 19.9110)"])
def test_a_pin_is_read_as_people_paste_it(text: str) -> None:
    plan = planned(replace(GOOD, point=text))
    assert (plan.latitude, plan.longitude) == (50.0885, 19.911)


def test_a_plan_that_is_edited_without_a_change_stays_the_same() -> None:
    typed = replace(
        GOOD, repeat="FREQ=WEEKLY;INTERVAL=2", until_on="2026-12-31", needs="chairs\ntables", themes="music, light",
        borrowed={"x": "2"}, point="50.0885, 19.911", audiences=("families",), expected_participants="40", key="k",
    )  # fmt: skip
    plan = planned(typed)
    assert fields_wrong(typed) == []
    assert planned(typed_of_plan(plan, 1), plan) == plan


def test_a_rule_that_the_form_does_not_offer_stays_as_it_is() -> None:
    plan = planned(replace(GOOD, repeat="FREQ=MONTHLY;BYDAY=-1FR;COUNT=5"))
    again = planned(typed_of_plan(plan, 1), plan)
    assert again.rrule == plan.rrule == "FREQ=MONTHLY;BYDAY=-1FR;COUNT=5"


def test_the_form_is_read_word_for_word() -> None:
    form = FormData([("title", " Feast "), ("host_ids", "a"), ("host_ids", "b"), ("borrow_x", "2"), ("borrow_y", "")])
    typed = typed_of_form(form)
    assert typed.title == "Feast"
    assert typed.host_ids == ("a", "b")
    assert typed.borrowed == {"x": "2"}


def test_a_slot_goes_through_its_button_unchanged() -> None:
    first, last = datetime(2026, 11, 26, 14, 0, tzinfo=WARSAW), datetime(2026, 11, 26, 16, 30, tzinfo=WARSAW)
    assert slot_of(slot_value(first, last), WARSAW) == (first, last)
    assert with_times(GOOD, first, last).ends_time == "16:30"
    assert slot_of("yesterday/tomorrow", WARSAW) is None
    assert slot_of(slot_value(last, first), WARSAW) is None
