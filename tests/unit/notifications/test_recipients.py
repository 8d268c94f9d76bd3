"""Whom news concerns."""

import pytest

from services.notifications.domain.recipients import Recipient, is_worth_an_alert, recipients


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
