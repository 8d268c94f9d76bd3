"""Why a resource or a venue answers a need, and what an alert of such a match begins with."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal

from shared import i18n
from shared.i18n import say
from shared.reasons.words import Words, is_same_spot, listed, title_in_words

ANSWERS = "“{offer}” ({offer_organisation}) could answer the need “{need}” ({need_organisation})."


def _theme(values: Mapping[str, Any]) -> str:
    return say("Both are about the same theme: {themes}.", themes=_themes(values))


def _wider_theme(values: Mapping[str, Any]) -> str:
    return say("Both are about a wider theme: {themes}.", themes=_themes(values))


def _themes(values: Mapping[str, Any]) -> str:
    return listed([title_in_words(theme) for theme in values["themes"]])


def _distance(values: Mapping[str, Any]) -> str:
    if is_same_spot(values):
        return say("It is at the same place.")
    if values["metres"] < 1_000:
        return say("It is about {metres} m away.", metres=values["metres"])
    return say("It is about {kilometres} km away.", kilometres=_decimal(values["metres"] / 1_000))


def _decimal(number: float) -> str:
    return str(format_decimal(number, format="0.0", locale=i18n.language.get()))


def _match(values: Mapping[str, Any]) -> str:
    """Say of a whole match whose thing could answer whose need, then each of its reasons."""
    names = {name: values[name] for name in ("offer", "offer_organisation", "need", "need_organisation")}
    return " ".join([say(ANSWERS, **names), *(_one(reason) for reason in values["reasons"])])


def _one(reason: Mapping[str, Any]) -> str:
    return SENTENCES[reason["code"]](reason["values"])


DECLINES: dict[str, str] = {
    "wrong_kind": "It is not what is meant.",
    "too_far": "It is too far away.",
    "not_available": "It is not to be had then.",
    "other": "It does not suit.",
}


def declined_because(code: str) -> str:
    """Say why a match was declined; matching learns from the same code."""
    return say(DECLINES.get(code, DECLINES["other"]))


SENTENCES: dict[str, Words] = {
    "match_words": lambda _: say("Need and offer are named alike."),
    "match_kind": lambda _: say("It is of the same kind."),
    "match_theme": _theme,
    "match_wider_theme": _wider_theme,
    "match_enough": lambda values: say("There is enough: {offered} of {wanted}.", **values),
    "match_part": lambda values: say("There is a part of it: {offered} of {wanted}.", **values),
    "match_distance": _distance,
    "match_days": lambda _: say("It is to be had on those days."),
    "match_approval": lambda _: say("Its owner has to agree."),
    "match": _match,
    "need_past": lambda _: say("Was it met? Say how it ended: one button is enough."),
}
