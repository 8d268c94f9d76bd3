"""Reasons of polls for a date in plain words: why one date is best, and what speaks against another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.i18n import day, plural, say
from shared.reasons.words import Words


def _counts(values: Mapping[str, Any]) -> str:
    """Say how many can, can if need be, and cannot; what is nobody is left out."""
    parts = [
        plural("{n} can", "{n} can", values["yes"]),
        plural("{n} if need be", "{n} if need be", values["if_needed"]) if values["if_needed"] else "",
        plural("{n} cannot", "{n} cannot", values["no"]) if values["no"] else say("nobody said no"),
    ]
    return ", ".join(part for part in parts if part)


def _all_required(_values: Mapping[str, Any]) -> str:
    return say("All who must come can.")


def _silent(values: Mapping[str, Any]) -> str:
    return say("Of those who must come, these have not said whether they can: {names}.", names=_names(values))


def _missed(values: Mapping[str, Any]) -> str:
    return say("Of those who must come, these cannot: {names}.", names=_names(values))


def _most(values: Mapping[str, Any]) -> str:
    return say("More can than on any other date: {counts}.", counts=_counts(values))


def _count(values: Mapping[str, Any]) -> str:
    return say("The answers: {counts}.", counts=_counts(values))


def _earlier(_values: Mapping[str, Any]) -> str:
    return say("Another date is as good; this one is earlier.")


def _taken(_values: Mapping[str, Any]) -> str:
    return say("Somebody else has the place at that time by now.")


def _until(values: Mapping[str, Any]) -> str:
    until = datetime.fromisoformat(values["until"]).astimezone(ZoneInfo(values["zone"]))
    return say("One can vote until {day}, {time}.", day=day(until), time=f"{until:%H:%M}")


def _needed(_values: Mapping[str, Any]) -> str:
    return say("The meeting needs you.")


def _welcome(_values: Mapping[str, Any]) -> str:
    return say("You are welcome, but need not come.")


def _names(values: Mapping[str, Any]) -> str:
    return ", ".join(values["names"])


SENTENCES: dict[str, Words] = {
    "poll_all_required": _all_required,
    "poll_silent": _silent,
    "poll_missed": _missed,
    "poll_most": _most,
    "poll_count": _count,
    "poll_earlier": _earlier,
    "poll_taken": _taken,
    "poll_until": _until,
    "meeting_needed": _needed,
    "meeting_welcome": _welcome,
}
