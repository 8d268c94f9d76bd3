"""Reasons to do two events together in plain words, and what else speaks for it."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import say
from shared.reasons.words import Words, audiences_in_words, is_same_spot, listed


def _need_met(values: Mapping[str, Any]) -> str:
    return say("“{one}” needs “{need}”, and “{other}” may have it: ask them.", **values)


def _same_need(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” both need “{need}”: ask for it together.", **values)


def _same_problem(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are about the same problem of the neighbourhood.", **values)


def _same_initiative(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” belong to the same initiative.", **values)


def _same_site(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” are at the same place and near in time: they could share preparations and guests."
        if is_same_spot(values)
        else "“{one}” and “{other}” are {metres} m apart and near in time: they could share preparations and guests.",
        **values,
    )


def _same_subject(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are much alike, and in the same week.", **values)


def _same_course(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” do the same for the same people, {audiences}: they could share the work.",
        one=values["one"],
        other=values["other"],
        audiences=audiences_in_words(values["audiences"]),
    )


def _same_audience_week(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” call the same people in the same week: {audiences}.",
        one=values["one"],
        other=values["other"],
        audiences=audiences_in_words(values["audiences"]),
    )


def _same_theme_week(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” have the same theme in the same week: {themes}.",
        one=values["one"],
        other=values["other"],
        themes=listed(values["themes"]),
    )


def _own_money(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are each paid for with money of their own.", **values)


MORE: dict[str, Words] = {
    "need_met": lambda values: say("one may have what the other needs: {need}", **values),
    "same_need": lambda values: say("both need: {need}", **values),
    "same_problem": lambda _: say("the same problem"),
    "same_initiative": lambda _: say("the same initiative"),
    "same_site": lambda values: say("{metres} m apart", **values),
    "same_subject": lambda _: say("they are much alike"),
    "same_theme_week": lambda values: say("the same theme: {themes}", themes=listed(values["themes"])),
    "same_audience_week": lambda values: say(
        "the same people: {audiences}", audiences=audiences_in_words(values["audiences"])
    ),
    "own_money": lambda _: say("each has its own money"),
}
"""What else two events have in common, after the sentence that says the most."""


def _with_more(words: Words) -> Words:
    """Let a sentence be followed by what else speaks for it; a newer code there is left out."""

    def said(values: Mapping[str, Any]) -> str:
        more = [MORE[one["code"]](one["values"]) for one in values.get("also", ()) if one["code"] in MORE]
        return words(values) + (" " + say("Besides: {more}.", more=listed(more)) if more else "")

    return said


SENTENCES: dict[str, Words] = {
    "need_met": _with_more(_need_met),
    "same_need": _with_more(_same_need),
    "same_problem": _with_more(_same_problem),
    "same_initiative": _with_more(_same_initiative),
    "same_course": _with_more(_same_course),
    "same_site": _with_more(_same_site),
    "same_subject": _with_more(_same_subject),
    "same_audience_week": _with_more(_same_audience_week),
    "same_theme_week": _with_more(_same_theme_week),
    "own_money": _with_more(_own_money),
}
