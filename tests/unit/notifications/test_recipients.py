"""Whom news concerns."""

from datetime import UTC, datetime

import pytest

from services.notifications.domain.plans import News
from services.notifications.domain.recipients import Recipient, heard_of, is_new_enough, is_worth_an_alert, recipients

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)


def test_an_organisation_without_people_is_told_as_such():
    assert recipients(["club"], {}) == [Recipient("club", None)]
    assert recipients(["club"], {"club": []}) == [Recipient("club", None)]


def test_each_person_of_each_organisation_is_told():
    people = {"club": ["anna", "jan"], "school": ["anna"]}

    assert recipients(["club", "school", "club"], people) == [
        Recipient("club", "anna"),
        Recipient("club", "jan"),
        Recipient("school", "anna"),
    ]


def test_nobody_concerned_means_nobody_told():
    assert recipients([], {"club": ["anna"]}) == []


@pytest.mark.parametrize(
    ("subject", "severity", "worth"),
    [
        ("venue", "blocking", True),
        ("venue", "information", True),
        ("municipal", "warning", True),
        ("audience", "warning", True),
        ("audience", "information", False),
        ("calendar", "information", False),
        ("people", "information", False),
        ("calendar", "warning", True),
    ],
)
def test_mere_information_about_audiences_and_holidays_is_no_reason_for_an_alert(subject, severity, worth):
    assert is_worth_an_alert("conflict_detected", subject, severity) is worth


def test_an_opportunity_is_worth_an_alert():
    assert is_worth_an_alert("opportunity_found", "opportunity", None)


def some_news(kind="conflict_detected", subject="audience", events=("a", "b"), title=None):
    return News(
        kind=kind, cause_id="this", cause_version=1, subject_kind=subject, severity="warning", event_ids=events,
        event_titles=(), organisation_ids=(), starts_at=NOW, ends_at=NOW, zone="Europe/Warsaw", reason_code="",
        reason_values={"title": title} if title else {}, url="",
    )  # fmt: skip


STREET = {"pl": "Zamknięta ulica"}
BUSY = [heard_of(cause, "venue", (cause,), {}) for cause in "uvw"]


@pytest.mark.parametrize(
    ("words", "news", "week", "told"),
    [
        ("a quiet week", some_news(), [], True),
        ("three things were told", some_news(), BUSY, False),
        ("two things were told, one of them twice", some_news(), [BUSY[0], BUSY[1], BUSY[1]], True),
        ("a locked door does not wait", some_news(subject="venue"), BUSY, True),
        ("nor does a closed street", some_news(subject="municipal", title=STREET), BUSY, True),
        (
            "the street was told of for another event",
            some_news(subject="municipal", title=STREET),
            [heard_of("u", "municipal", ("c",), {"title": STREET})],
            False,
        ),
        (
            "that they meet was told",
            some_news("opportunity_found", "opportunity", ("b", "a")),
            [heard_of("u", "audience", ("a", "b"), {})],
            False,
        ),
        (
            "that one of them meets another was told",
            some_news("opportunity_found", "opportunity"),
            [heard_of("u", "audience", ("a", "c"), {})],
            True,
        ),
        ("the end of what was never told", some_news("conflict_resolved"), [], False),
        ("somebody proposes, after three things", some_news("opportunity_proposed", "opportunity"), BUSY, True),
        (
            "somebody answers about two events that were known to meet",
            some_news("opportunity_accepted", "opportunity"),
            [heard_of("u", "audience", ("a", "b"), {})],
            True,
        ),
    ],
)
def test_a_coordinator_hears_of_three_things_a_week_and_of_each_once(words, news, week, told):
    assert is_new_enough(news, week) is told
