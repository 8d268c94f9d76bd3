"""The demo's file and dates: everything it names is there, nobody real is in it, and it suits every day of the year."""

import json
import re
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from deploy.demo.dates import before_christmas, is_holiday, season_of, skipped_dates, span_of
from deploy.demo.loading import FILE, MEETING

DEMO: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
EVENTS: dict[str, Any] = {**DEMO["events"], **{key: {**MEETING, **one} for key, one in DEMO["meetings"].items()}}
DAYS = [date(2026, 11, 23) + timedelta(days=number) for number in range(0, 800, 3)]
THE_CONFLICTS = [{"festyn_2", "otwarcie"}, {"urodziny", "budzet_1"}]


def test_everything_that_an_entry_names_is_there():
    organisations, venues, resources = DEMO["organisations"], DEMO["venues"], DEMO["resources"]
    for entry in [*venues.values(), *resources.values(), *DEMO["needs"].values()]:
        assert entry["owner"] in organisations
        assert entry.get("inside", "szkola") in venues
    for person in DEMO["people"].values():
        assert person["memberships"].keys() <= organisations.keys()
    for event in EVENTS.values():
        assert event["venue"] in venues
        assert set(event["hosts"]) <= organisations.keys()
        assert set(event.get("problems", [])) <= DEMO["problems"].keys()
        for resource, quantity in event.get("borrowed", {}).items():
            assert quantity <= resources[resource].get("quantity", 1)


def test_nobody_in_the_demo_can_be_reached():
    text = FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"@[\w.-]+", text)) == {"@example.org"}
    for number in re.findall(r"\+48[\d ]+", text):
        assert " 000 " in number


def test_there_are_public_and_private_contacts():
    contacts = [one for kind in ("organisations", "people") for row in DEMO[kind].values() for one in row["contacts"]]
    shown = [contact.get("visibility", "private") for contact in contacts]
    assert min(shown.count(kind) for kind in ("public", "partners", "coordinators", "private")) >= 4


def test_whatever_others_see_of_a_person_has_a_purpose_and_a_legal_basis():
    for person in DEMO["people"].values():
        for contact in person["contacts"]:
            if contact.get("visibility", "private") != "private":
                assert contact["purpose"], person["name"]
                assert contact["legal_basis"], person["name"]
    assert [key for key, one in DEMO["people"].items() if one.get("neighbourhood_coordinator")] == ["lucyna"]


def test_every_point_is_on_the_estate():
    points = [one for kind in ("organisations", "venues", "problems") for one in DEMO[kind].values()]
    assert all(50.085 <= one["latitude"] <= 50.093 and 19.903 <= one["longitude"] <= 19.920 for one in points)


def test_the_neighbourhood_is_told_as_the_case_tells_it():
    assert len(DEMO["organisations"]) == 10
    assert (len(DEMO["problems"]), len(DEMO["meetings"])) == (3, 5)
    kinds = [event["kind"] for event in DEMO["events"].values()]
    assert (kinds.count("feast"), kinds.count("opening"), kinds.count("consultation")) == (2, 1, 2)
    assert {"works", "celebration"} <= set(kinds)
    held = [meeting for meeting in DEMO["meetings"].values() if "minutes" in meeting]
    assert len(held) == 3
    assert all(meeting["decisions"] and meeting["attendance"] for meeting in held)


@pytest.mark.parametrize("today", DAYS)
def test_only_the_two_intended_pairs_meet_whatever_the_day(today: date):
    spans = {key: span_of(event["when"], today) for key, event in EVENTS.items() if "rrule" not in event}
    meeting = [
        {one, other}
        for one, other in combinations(spans, 2)
        if spans[one][0] < spans[other][1] and spans[other][0] < spans[one][1]
    ]
    assert meeting == THE_CONFLICTS
    for key, (starts_at, _) in spans.items():
        assert not is_holiday(starts_at.date()), key
        assert (starts_at.date() > today) == (EVENTS[key]["when"].get("week", 1) > 0), key


def test_a_series_pauses_on_holidays():
    starts_at, _ = span_of({"week": 0, "weekday": 0, "at": "09:00", "minutes": 60}, date(2026, 12, 14))
    skipped = [day.date() for day in skipped_dates("FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=60", starts_at)]
    assert skipped[:3] == [date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6)]
    assert all(day.weekday() in (0, 2, 4) for day in skipped)
    assert skipped_dates(None, starts_at) == []


def test_christmas_comes_once_a_year():
    assert before_christmas(date(2026, 11, 23)) == date(2026, 12, 19)
    assert before_christmas(date(2026, 12, 19)) == date(2027, 12, 18)
    assert before_christmas(date(2022, 12, 1)) == date(2022, 12, 17)
    assert [season_of(date(2027, month, 1)) for month in (1, 4, 7, 10, 12)] == [
        "Zimowy",
        "Wiosenny",
        "Letni",
        "Jesienny",
        "Zimowy",
    ]
