"""Reasons of tasks from meetings in plain words: until when one is to be done, and whether that day is near or over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.i18n import day, say
from shared.reasons.words import Words


def _until(values: Mapping[str, Any]) -> str:
    return say("It is to be done until {day}.", day=_day(values))


def _soon(values: Mapping[str, Any]) -> str:
    return say("It is due on {day}.", day=_day(values))


def _overdue(values: Mapping[str, Any]) -> str:
    return say("It was due on {day}.", day=_day(values))


def _without_day(_values: Mapping[str, Any]) -> str:
    return say("No day was set.")


def _first(_values: Mapping[str, Any]) -> str:
    return say("You can read and print them.")


def _again(values: Mapping[str, Any]) -> str:
    return say("This is version {number}; the page says why.", **values)


def _day(values: Mapping[str, Any]) -> str:
    return day(datetime.fromisoformat(values["due_on"]))


SENTENCES: dict[str, Words] = {
    "task_until": _until,
    "task_soon": _soon,
    "task_overdue": _overdue,
    "task_without_day": _without_day,
    "minutes_first": _first,
    "minutes_again": _again,
}
