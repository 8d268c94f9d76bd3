"""What alerts say."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from services.notifications.domain.plans import AlertKind
from services.notifications.domain.wording import KIND_NAMES, side_of, text, title_for
from shared import i18n

REASON: dict[str, Any] = {"code": "venue_shared", "values": {"one": "Festyn", "other": "Koncert", "venue": "Sala"}}
WHEN: dict[str, Any] = {
    "starts_at": datetime(2026, 11, 26, 13, tzinfo=UTC),
    "ends_at": datetime(2026, 11, 26, 15, tzinfo=UTC),
    "zone": "Europe/Warsaw",
}


@pytest.fixture
def english():
    token = i18n.language.set("en")
    yield
    i18n.language.reset(token)


@pytest.mark.usefixtures("english")
def test_a_conflict_that_is_gone_says_how_and_what_it_was():
    said = text("conflict_resolved", title="Festyn", reason=REASON, details={"resolved_by": "cancelled"}, **WHEN)

    assert said == (
        "A conflict for “Festyn” is gone. One of the events was cancelled. "
        "It was this: “Festyn” and “Koncert” are at “Sala” at the same time. "
        "When: Thursday, 26 November 2026, 14:00–16:00."
    )


@pytest.mark.usefixtures("english")
def test_an_accepted_conflict_says_why_in_the_words_of_who_accepted_it():
    details = {"accepted_because": "There is room {for} both"}
    said = text("conflict_accepted", title="Festyn", reason=REASON, details=details, **WHEN)

    assert "The reason given: There is room {for} both" in said


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "reason", [{"code": "venue_shared", "values": {"one": "Festyn"}}, {"code": "of_tomorrow", "values": {}}]
)
def test_a_reason_that_is_no_longer_understood_does_not_hide_the_alert(reason):
    said = text("conflict_detected", title="Festyn", reason=reason, details={}, **WHEN)

    assert said.startswith("A conflict for “Festyn”. These two affect each other. When:")


@pytest.mark.parametrize("kind", get_args(AlertKind))
def test_every_kind_is_said_in_polish(kind):
    said = text(kind, title="Festyn", reason=REASON, details={}, **WHEN)
    named = i18n.say(KIND_NAMES[kind])

    assert said.endswith("Kiedy: czwartek, 26 listopada 2026, 14:00–16:00.")
    assert named != KIND_NAMES[kind]


def test_what_takes_place_at_no_time_says_none():
    said = text("initiative_suggested", title="", reason=REASON, details={}, **WHEN | {"ends_at": WHEN["starts_at"]})

    assert "Kiedy" not in said


@pytest.mark.parametrize(
    ("organisation_id", "title"), [("club", "Festyn"), ("school", "Koncert"), ("stranger", "Festyn")]
)
def test_an_organisation_reads_the_title_of_its_own_event(organisation_id, title):
    assert title_for(organisation_id, [("Festyn", ["club"]), ("Koncert", ["school"])]) == title


def test_without_events_there_is_no_title():
    assert title_for("club", []) == ""


def test_an_alert_speaks_from_the_side_of_the_organisation_that_reads_it():
    events = [("Festyn", ["club"]), ("Koncert", ["school"])]
    assert [side_of(one, events) for one in ("club", "school", "library")] == ["one", "other", None]
    assert side_of("club", [("Festyn", ["club"]), ("Koncert", ["club", "school"])]) is None
    assert side_of("club", [("Festyn", ["club"])]) == "one"

    said = text("conflict_detected", title="Koncert", reason=REASON, details={}, **WHEN, side="other")
    assert "Państwa „Koncert” i „Festyn” są w tym samym czasie" in said
