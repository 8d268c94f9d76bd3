"""Reasons in plain words: each code of a conflict, an opportunity, a slot or an alert, and the sentence it becomes.

Tables and messages hold code and values; the sentence is made where it is shown, in the language of who reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from babel.dates import format_date
from babel.lists import format_list

from shared import i18n
from shared.i18n import DASH, plural, say
from shared.messages.base import Reason
from shared.slot_reasons import SENTENCES as OF_SLOTS

Words = Callable[[Mapping[str, Any]], str]
Side = Literal["one", "other"]
"""Whose of the two events of a reason the reader plans."""

GENERAL = "These two affect each other."
NOT_PUBLIC = "an event that is not public"
"""Stands for the title of an event that not everybody may read, wherever others may come to read it."""
SAME_SPOT_M = 30
"""Nearer than this, in metres, is the same place to people."""
TIMELESS = frozenset({"people_far"})
"""Where the time of the conflict is a walk between two events, not a time in which both are."""
WEEKDAYS: dict[int | None, str] = {
    1: "Mondays", 2: "Tuesdays", 3: "Wednesdays", 4: "Thursdays", 5: "Fridays", 6: "Saturdays", 7: "Sundays",
}  # fmt: skip
"""For the middle of a sentence, after "12 of 30"."""
SOME_DAYS = "dates of a series"
SCHOOL_HOLIDAYS: dict[str, str] = {
    "winter": "winter holidays",
    "spring": "spring break",
    "summer": "summer holidays",
    "christmas": "Christmas break",
}
AUDIENCE_LABELS: dict[str, str] = {
    "everyone": "Everyone",
    "children": "Children",
    "youth": "Young people",
    "families": "Families",
    "adults": "Adults",
    "seniors": "Seniors",
}
"""Audiences as they stand beside a box or alone; `AUDIENCES` are for the middle of a sentence."""
AUDIENCES: dict[str, str] = {
    "everyone": "everyone",
    "children": "children",
    "youth": "young people",
    "families": "families",
    "adults": "adults",
    "seniors": "seniors",
}


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


def title_in_words(title: Mapping[str, str] | str | None) -> str:
    """Choose the language of a title that may be in two; Polish is always there."""
    if title is None:
        return ""
    if isinstance(title, str):
        return title
    return title.get(i18n.language.get()) or title.get("pl") or next(iter(title.values()), "")


def audiences_in_words(codes: Sequence[str]) -> str:
    """List audiences: "children and families"."""
    return _listed([say(AUDIENCES.get(code, code)) for code in codes])


def _listed(words: Sequence[str]) -> str:
    return format_list(list(words), locale=i18n.language.get())


def _day(text: str) -> str:
    return format_date(date.fromisoformat(text), "long", locale=i18n.language.get())


def _venue_taken(values: Mapping[str, Any]) -> str:
    return say("“{venue}” takes one event at a time, and {mine} and {theirs} would be there together.", **values)


def _venue_over_capacity(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} and {theirs} are at “{venue}” together: {expected} people expected, room for {capacity}.",
        **values,
    )


def _venue_shared(values: Mapping[str, Any]) -> str:
    return say("{mine} and {theirs} are at “{venue}” at the same time.", **values)


def _meets_hidden(values: Mapping[str, Any]) -> str:
    return say("“{one}” and an event that is not public affect each other.", **values)


def _resource_short(values: Mapping[str, Any]) -> str:
    if not values.get("other"):
        return say("{mine} borrows {wanted} of “{resource}”, but there are {available}.", **values)
    return say(
        "With {mine} and {theirs}, {wanted} of “{resource}” are borrowed at once, but there are {available}.",
        **values,
    )


def _is_same_spot(values: Mapping[str, Any]) -> bool:
    """Say whether people would call this distance none."""
    return bool(values["metres"] < SAME_SPOT_M)


def _audience_near(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} and {theirs}, at the same place, call the same people at the same time: {audiences}."
        if _is_same_spot(values)
        else "{mine} and {theirs}, {metres} m apart, call the same people at the same time: {audiences}.",
        mine=values["mine"],
        theirs=values["theirs"],
        metres=values["metres"],
        audiences=audiences_in_words(values["audiences"]),
    )


def _audience_shared(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} and {theirs} call the same people at the same time: {audiences}.",
        mine=values["mine"],
        theirs=values["theirs"],
        audiences=audiences_in_words(values["audiences"]),
    )


def _municipal_closure(values: Mapping[str, Any]) -> str:
    return say(
        "The city announced a closure where {mine} is, at that time: “{title}”."
        if _is_same_spot(values)
        else "The city announced a closure {metres} m from {mine} at that time: “{title}”.",
        mine=values["mine"],
        metres=values["metres"],
        title=title_in_words(values["title"]),
    )


def _municipal_event(values: Mapping[str, Any]) -> str:
    return say(
        "The city has an event of its own where {mine} is, at that time: “{title}”."
        if _is_same_spot(values)
        else "The city has an event of its own {metres} m from {mine} at that time: “{title}”.",
        mine=values["mine"],
        metres=values["metres"],
        title=title_in_words(values["title"]),
    )


def _public_holiday(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} is on a public holiday, {day}: {name}.",
        mine=values["mine"],
        day=_day(values["on"]),
        name=title_in_words(values["name"]),
    )


def _quiet_hours(values: Mapping[str, Any]) -> str:
    return say("{mine} reaches into the quiet hours, from {quiet_from} to {quiet_to}.", **values)


def _people_twice(values: Mapping[str, Any]) -> str:
    return plural(
        "The same person is to lead {mine} and {theirs} at the same time.",
        "The same {n} people are to lead {mine} and {theirs} at the same time.",
        values["people"],
        mine=values["mine"],
        theirs=values["theirs"],
    )


def _people_far(values: Mapping[str, Any]) -> str:
    return plural(
        "The same person is to lead {mine} and {theirs}, {metres} m apart: the walk takes {minutes} minutes, "
        "and there is less time between them.",
        "The same {n} people are to lead {mine} and {theirs}, {metres} m apart: the walk takes {minutes} minutes, "
        "and there is less time between them.",
        values["people"],
        mine=values["mine"],
        theirs=values["theirs"],
        metres=values["metres"],
        minutes=values["minutes"],
    )


def _school_holidays(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} is while “{venue}” has school holidays: {holidays}, {first} to {last}.",
        mine=values["mine"],
        venue=values["venue"],
        holidays=say(SCHOOL_HOLIDAYS[values["holidays"]]),
        first=_day(values["first_on"]),
        last=_day(values["last_on"]),
    )


def _opening_hours(values: Mapping[str, Any]) -> str:
    named = {"mine": values["mine"], "venue": values["venue"], "day": _day(values["on"])}
    if not values["open"]:
        return say("{mine} is at “{venue}”, which is closed on {day}.", **named)
    hours = _listed([DASH.join(span) for span in values["open"]])
    taken = DASH.join(values["taken"])
    return say(
        "{mine} takes “{venue}” {taken} with its preparations, but on {day} it is open {hours}.",
        taken=taken,
        hours=hours,
        **named,
    )


def _same_site(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” are at the same place and near in time: they could share preparations and guests."
        if _is_same_spot(values)
        else "“{one}” and “{other}” are {metres} m apart and near in time: they could share preparations and guests.",
        **values,
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
        themes=_listed(values["themes"]),
    )


def _slot_same_day(values: Mapping[str, Any]) -> str:
    minutes = abs(values["minutes"])
    hours, rest = divmod(minutes, 60)
    length = f"{hours}:{rest:02d} h" if hours and rest else f"{hours} h" if hours else f"{rest} min"
    if values["minutes"] < 0:
        return say("Free the same day, {length} earlier.", length=length) + _every_date(values)
    return say("Free the same day, {length} later.", length=length) + _every_date(values)


def _slot_other_day(values: Mapping[str, Any]) -> str:
    days = abs(values["days"])
    if values["days"] < 0:
        text = plural("Free {n} day earlier.", "Free {n} days earlier.", days)
    else:
        text = plural("Free {n} day later.", "Free {n} days later.", days)
    return text + _every_date(values)


def _slot_free(values: Mapping[str, Any]) -> str:
    return say("Free at this time.") + _every_date(values)


def _every_date(values: Mapping[str, Any]) -> str:
    dates = values.get("dates", 1)
    if dates < 2:
        return ""
    return " " + plural("Free for {n} of {n} date.", "Free for all {n} dates.", dates)


def _conflict_detected(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}”.", **values)


def _conflict_changed(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” is different now.", **values)


def _conflict_accepted(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” was accepted.", **values)


def _conflict_resolved(values: Mapping[str, Any]) -> str:
    return say("A conflict for “{title}” is gone.", **values)


def _opportunity_found(values: Mapping[str, Any]) -> str:
    return say("“{title}” could be joined with another event.", **values)


def _proposed_together(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” could be done together.", **values)


def _saying(text: str) -> Words:
    """Make the words of a code whose sentence never depends on its values."""
    return lambda values: say(text, **values)


TOGETHER: dict[str, str] = {
    "opportunity_proposed": "You are asked to do “{title}” together with another event.",
    "opportunity_accepted": "“{title}” is done together with another event now.",
    "opportunity_declined": "The other side does not want to do “{title}” together.",
    "opportunity_withdrawn": "The proposal about “{title}” was taken back.",
    "booking_requested": "You are asked for something for “{title}”.",
    "booking_answered": "There is news of what “{title}” needs.",
    "booking_asked": "“{thing}” is asked for, for “{title}”. Answer in the calendar’s inbox.",
    "booking_accepted": "“{thing}” is agreed for “{title}”.",
    "booking_countered": "Of “{thing}” the owner proposes something else for “{title}”.",
    "booking_refused": "“{thing}” was refused for “{title}”.",
    "booking_expired": "Nobody answered in time about “{thing}” for “{title}”.",
    "booking_withdrawn": "“{thing}” is not needed any more for “{title}”.",
    "booking_slot_taken": "Somebody else has “{thing}” at the time of “{title}”; you can move it, or wait.",
}
"""Proposals between hosts, and requests to owners."""


def _need_met(values: Mapping[str, Any]) -> str:
    return say("“{one}” needs “{need}”, and “{other}” may have it: ask them.", **values)


def _same_need(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” both need “{need}”: ask for it together.", **values)


def _same_problem(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are about the same problem of the neighbourhood.", **values)


def _same_initiative(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” belong to the same initiative.", **values)


def _same_subject(values: Mapping[str, Any]) -> str:
    return say("“{one}” and “{other}” are much alike, and in the same week.", **values)


def _same_course(values: Mapping[str, Any]) -> str:
    return say(
        "“{one}” and “{other}” do the same for the same people, {audiences}: they could share the work.",
        one=values["one"],
        other=values["other"],
        audiences=audiences_in_words(values["audiences"]),
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
    "same_theme_week": lambda values: say("the same theme: {themes}", themes=_listed(values["themes"])),
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
        return words(values) + (" " + say("Besides: {more}.", more=_listed(more)) if more else "")

    return said


SENTENCES: dict[str, Words] = {
    "venue_taken": _venue_taken,
    "venue_over_capacity": _venue_over_capacity,
    "venue_shared": _venue_shared,
    "meets_hidden": _meets_hidden,
    "resource_short": _resource_short,
    "audience_near": _audience_near,
    "audience_shared": _audience_shared,
    "municipal_closure": _municipal_closure,
    "municipal_event": _municipal_event,
    "public_holiday": _public_holiday,
    "quiet_hours": _quiet_hours,
    "people_twice": _people_twice,
    "people_far": _people_far,
    "school_holidays": _school_holidays,
    "opening_hours": _opening_hours,
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
    "slot_same_day": _slot_same_day,
    "slot_other_day": _slot_other_day,
    "slot_free": _slot_free,
    "conflict_detected": _conflict_detected,
    "conflict_changed": _conflict_changed,
    "conflict_accepted": _conflict_accepted,
    "conflict_resolved": _conflict_resolved,
    "opportunity_found": _opportunity_found,
    "proposed_together": _proposed_together,
    **{code: _saying(text) for code, text in TOGETHER.items()},
    **OF_SLOTS,
}
"""Every code there is, with its words."""
