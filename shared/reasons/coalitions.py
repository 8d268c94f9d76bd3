"""Reasons to form a coalition in plain words: a problem in common, needs that complete each other, events together."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import plural, say
from shared.reasons.words import Words, listed


def _shared_problem(values: Mapping[str, Any]) -> str:
    return say(
        "The problem “{problem}” concerns {organisations} alike.",
        problem=values["problem"],
        organisations=listed(values["organisations"]),
    )


def _alike(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are near each other and much alike.", **values)


def _complement(values: Mapping[str, Any]) -> str:
    return say("{by} has “{offer}”, and {who} needs “{need}”.", **values)


def _events(values: Mapping[str, Any]) -> str:
    return plural(
        "{first} and {second} do {n} event together within a year.",
        "{first} and {second} do {n} events together within a year.",
        values["events"],
        first=values["one"],
        second=values["other"],
    )


EACH: dict[str, Words] = {
    "coalition_shared_problem": _shared_problem,
    "coalition_alike": _alike,
    "coalition_complement": _complement,
    "coalition_events": _events,
}


def _coalition(values: Mapping[str, Any]) -> str:
    """Say all reasons one after the other; one of a newer service is left out."""
    return " ".join(EACH[one["code"]](one["values"]) for one in values["reasons"] if one["code"] in EACH)


SENTENCES: dict[str, Words] = {
    **EACH,
    "coalition": _coalition,
    "coalition_accepted": lambda values: say("{who} says yes.", **values),
    "coalition_formed": lambda values: say("{who} says yes, and so the initiative is formed.", **values),
    "coalition_declined": lambda values: say("{who} says no, thank you.", **values),
}
