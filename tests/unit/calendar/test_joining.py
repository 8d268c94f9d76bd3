"""What becomes of two plans that are joined, and what an owner's agreement covers."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.approval import CounterPlan, Need, changed_by, has_no_new_dates, takes_no_more, what_of
from services.calendar.domain.joining import Terms, changes_of_joining, is_like
from services.calendar.domain.plans import Borrowed, EventPlan, Funding, Override

AT = datetime(2026, 12, 5, 15, tzinfo=ZoneInfo("Europe/Warsaw"))
HOURS = timedelta(hours=1)
FEAST = EventPlan(
    "Festyn", AT, AT + 2 * HOURS, "Europe/Warsaw", status="tentative", host_ids=("club",),
    audiences=("families",), themes=("Muzyka",),
    expected_participants=40, borrowed=(Borrowed("tent"), Borrowed("chair", 6)), needs=("prąd",),
    problem_ids=("p1",), funding=(Funding("Miasto", Decimal(500)),), venue_id="park", description="Ciasto",
)  # fmt: skip
PICNIC = EventPlan(
    "Piknik", AT + 3 * HOURS, AT + 5 * HOURS, "Europe/Warsaw", host_ids=("school",), audiences=("families", "children"),
    themes=("muzyka ", "sport"), borrowed=(Borrowed("tent"), Borrowed("chair", 5)), needs=("prąd", "woda"),
    problem_ids=("p2",), initiative_id="i", funding=(Funding("Rada", Decimal(200), "parents"),), latitude=50.1,
    longitude=19.9, description="Ciasto", visibility="partners",
)  # fmt: skip
PLANS = {"feast": FEAST, "picnic": PICNIC}


@pytest.mark.parametrize(
    ("name", "joint"),
    [
        ("host_ids", ("club", "school")),
        ("audiences", ("families", "children")),
        ("themes", ("Muzyka", "sport")),
        ("needs", ("prąd", "woda")),
        ("problem_ids", ("p1", "p2")),
        ("initiative_id", "i"),
        ("description", "Ciasto"),
        ("expected_participants", 40),
        ("borrowed", (Borrowed("tent", 1), Borrowed("chair", 11))),
        ("funding", (Funding("Miasto", Decimal(500), "club"), Funding("Rada", Decimal(200), "parents"))),
        ("starts_at", FEAST.starts_at),
        ("venue_id", "park"),
        ("visibility", "partners"),
        ("status", "confirmed"),
    ],
)
def test_a_joint_event_has_what_both_had(name, joint):
    changes = changes_of_joining(PLANS, Terms("feast", "feast", "feast"), {"tent": 1, "chair": 20})
    assert changes[name] == joint


@pytest.mark.parametrize(
    ("terms", "starts_at", "place"),
    [
        (Terms("feast", "picnic", "feast"), PICNIC.starts_at, ("park", None)),
        (Terms("feast", "feast", "picnic"), FEAST.starts_at, (None, 50.1)),
        (
            Terms("picnic", "picnic", "picnic", AT + 24 * HOURS, AT + 25 * HOURS, "hall"),
            AT + 24 * HOURS,
            ("hall", None),
        ),
    ],
)
def test_its_time_and_place_are_those_of_the_terms(terms, starts_at, place):
    changes = changes_of_joining(PLANS, Terms.of(terms.kept()))
    assert (changes["starts_at"], (changes["venue_id"], changes["latitude"])) == (starts_at, place)


def test_a_new_time_moves_every_date_of_a_series():
    """Fails where dates that were left out, or the day of the rule, stay behind."""
    weekly = replace(FEAST, rrule="FREQ=WEEKLY;BYDAY=SA", exdates=(AT + 7 * 24 * HOURS,))
    terms = Terms("feast", "feast", "feast", AT + 25 * HOURS, AT + 27 * HOURS)
    changes = changes_of_joining({"feast": weekly, "picnic": replace(PICNIC, rrule="FREQ=WEEKLY")}, terms)
    assert (changes["rrule"], changes["exdates"]) == ("FREQ=WEEKLY;BYDAY=SU", (AT + 8 * 24 * HOURS + HOURS,))


def test_only_what_is_alike_becomes_one():
    series = replace(FEAST, rrule="FREQ=WEEKLY")
    assert is_like(FEAST, PICNIC)
    assert is_like(series, replace(PICNIC, rdates=(AT,)))
    assert not is_like(series, PICNIC)


HALL, CHAIRS = Need("venue", "hall", "school"), Need("resource", "chair", "school", 6)


@pytest.mark.parametrize(
    ("change", "hall_asks_again", "chairs_ask_again"),
    [
        ({"title": "Bal", "expected_participants": 90, "host_ids": ("other",)}, False, False),
        ({"starts_at": AT.astimezone(ZoneInfo("UTC"))}, False, False),
        ({"starts_at": AT - HOURS}, True, True),
        ({"rrule": "FREQ=WEEKLY"}, True, True),
        ({"exdates": (AT,)}, True, True),
        ({"set_up_minutes": 30}, True, False),
    ],
)
def test_an_agreement_covers_dates_and_amounts_and_nothing_else(change, hall_asks_again, chairs_ask_again):
    changed = replace(FEAST, **change)
    assert (what_of(changed, HALL) != what_of(FEAST, HALL)) is hall_asks_again
    assert (what_of(changed, CHAIRS) != what_of(FEAST, CHAIRS)) is chairs_ask_again
    assert what_of(FEAST, replace(CHAIRS, quantity=5)) != what_of(FEAST, CHAIRS)


def test_a_counter_proposal_changes_what_it_names():
    plan, need = changed_by(CounterPlan.of(CounterPlan(quantity=2).kept()), FEAST, CHAIRS)
    assert (need.quantity, plan.borrowed[-1], plan.starts_at) == (2, Borrowed("chair", 2), AT)
    plan, need = changed_by(CounterPlan(AT + HOURS, AT + 2 * HOURS, "yard"), PICNIC, HALL)
    assert (plan.venue_id, plan.latitude, need.key, plan.starts_at) == ("yard", None, "yard", AT + HOURS)


WEEK = timedelta(days=7)
SERIES = replace(FEAST, rrule="FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("before", "change", "keeps"),
    [
        (FEAST, {"title": "Bal", "zone": "UTC"}, True),
        (FEAST, {"ends_at": AT + HOURS}, False),
        (FEAST, {"rdates": (AT + WEEK,)}, False),
        (SERIES, {"exdates": (AT + WEEK,)}, True),
        (SERIES, {"overrides": (Override(AT + WEEK, AT + WEEK, AT + WEEK + 2 * HOURS, "Bal"),)}, True),
        (SERIES, {"overrides": (Override(AT + WEEK, AT + WEEK + HOURS, AT + WEEK + 2 * HOURS),)}, False),
        (SERIES, {"rrule": "FREQ=WEEKLY;COUNT=3"}, True),
        (SERIES, {"rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=3"}, True),
        (SERIES, {"starts_at": AT + WEEK, "ends_at": AT + WEEK + 2 * HOURS}, True),
        (SERIES, {"rdates": (AT + 2000 * WEEK + HOURS,)}, False),
        (replace(SERIES, rrule="FREQ=WEEKLY;UNTIL=20400101T000000Z"), {"rrule": "FREQ=WEEKLY"}, False),
        (SERIES, {"rrule": "FREQ=DAILY"}, False),
    ],
)
def test_an_agreement_goes_on_where_no_date_is_new(before, change, keeps):
    now = AT - WEEK
    assert has_no_new_dates(before, replace(before, **change), now) is keeps


@pytest.mark.parametrize(
    ("change", "hall", "chairs"),
    [
        ({"borrowed": (Borrowed("chair", 5),)}, True, True),
        ({"borrowed": (Borrowed("chair", 6), Borrowed("chair", 1))}, True, False),
        ({"venue_id": "yard"}, False, True),
        ({"clear_up_minutes": 30}, False, True),
    ],
)
def test_less_of_one_thing_is_no_more_of_another(change, hall, chairs):
    changed = replace(FEAST, **change)
    assert takes_no_more(FEAST, changed, "venue", "park", AT - WEEK) is hall
    assert takes_no_more(FEAST, changed, "resource", "chair", AT - WEEK) is chairs
