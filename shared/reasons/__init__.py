"""Reasons in plain words: each code of a conflict, an opportunity, a slot or an alert, and the sentence it becomes.

Tables and messages hold code and values; the sentence is made where it is shown, in the language of who reads it.
"""

from collections.abc import Mapping
from typing import Any, Literal

from shared.i18n import DASH, plural, say
from shared.messages.base import Reason
from shared.reasons import alerts, coalitions, conflicts, matches, opportunities, polls, slots, tasks
from shared.reasons.matches import DECLINES, declined_because
from shared.reasons.words import Words

__all__ = [
    "AUDIENCE_LABELS",
    "DECLINES",
    "GENERAL",
    "NOT_PUBLIC",
    "SENTENCES",
    "Side",
    "declined_because",
    "sentence",
]
Side = Literal["one", "other"]
"""Whose of the two events of a reason the reader plans."""
GENERAL = "These two affect each other."
NOT_PUBLIC = "an event that is not public"
"""Stands for the title of an event that not everybody may read, wherever others may come to read it."""
TIMELESS = frozenset({"people_far"})
"""Where the time of the conflict is a walk between two events, not a time in which both are."""
WEEKDAYS: dict[int | None, str] = {
    1: "Mondays", 2: "Tuesdays", 3: "Wednesdays", 4: "Thursdays", 5: "Fridays", 6: "Saturdays", 7: "Sundays",
}  # fmt: skip
"""For the middle of a sentence, after "12 of 30"."""
SOME_DAYS = "dates of a series"
AUDIENCE_LABELS: dict[str, str] = {
    "everyone": "Everyone",
    "children": "Children",
    "youth": "Young people",
    "families": "Families",
    "adults": "Adults",
    "seniors": "Seniors",
}
"""Audiences as they stand beside a box or alone; `AUDIENCES` are for the middle of a sentence."""
SENTENCES: dict[str, Words] = {
    **conflicts.SENTENCES,
    **opportunities.SENTENCES,
    **slots.SENTENCES,
    **alerts.SENTENCES,
    **matches.SENTENCES,
    **coalitions.SENTENCES,
    **polls.SENTENCES,
    **tasks.SENTENCES,
}
"""Every code there is, with its words."""


def sentence(reason: Reason, side: Side | None = None) -> str:
    """Say a reason in the language of the running request; what is not known is said without details.

    `side` says whose event of the two the reader plans: the one that the reason names as `one`, or as `other`; their
    own comes first, with the counts of its own dates. Without it both are named alike.
    """
    words = SENTENCES.get(reason.code)
    try:
        values = {name: say(value) if value == NOT_PUBLIC else value for name, value in reason.values.items()}
        said = words({**values, **_named(values, side)}) if words else say(GENERAL)
        met = _met(reason, side)
    except (KeyError, TypeError, ValueError):  # a message of a newer service may have other values
        return say(GENERAL)
    said = f"{said[:1].upper()}{said[1:]}"
    return f"{said} {met}" if met else said


def _named(values: Mapping[str, Any], side: Side | None) -> dict[str, str]:
    """Name the reader's event as `mine` and the other as `theirs`."""
    one, other = ("other", "one") if side == "other" else ("one", "other")
    named = {}
    if one in values:
        named["mine"] = say("your “{title}”" if side else "“{title}”", title=values[one])
    if other in values:
        named["theirs"] = say("“{title}”", title=values[other])
    return named


def _met(reason: Reason, side: Side | None) -> str:
    """Say at what time of the day two events meet, and on how many dates: "Overlap: 17:00–18:00, on 12 dates."."""
    values = reason.values
    mine = values.get("other_dates" if side == "other" else "one_dates")
    if mine is None:
        return ""
    clock = values.get("clock") if values.get("other") and reason.code not in TIMELESS else None
    dates = _dates_met(values, mine, side)
    if not clock:
        return f"{dates[:1].upper()}{dates[1:]}." if dates else ""
    hours = say("Overlap: {hours}", hours=DASH.join(clock))
    return f"{hours}, {dates}." if dates else f"{hours}."


def _dates_met(values: Mapping[str, Any], mine: Mapping[str, Any], side: Side | None) -> str:
    if side is None and values.get("other"):
        return plural("on {n} date", "on {n} dates", mine["met"]) if mine["met"] > 1 else ""
    if mine["of"] < 2:
        return ""
    days = say(WEEKDAYS.get(mine["weekday"], SOME_DAYS))
    text = "on {met} of your {of} {days}" if side else "on {met} of {of} {days}"
    return say(text, met=mine["met"], of=mine["of"], days=days)
