"""Reasons of conflicts in plain words, one code after the other."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import DASH, plural, say
from shared.reasons.words import Words, audiences_in_words, day, is_same_spot, listed, title_in_words

SCHOOL_HOLIDAYS: dict[str, str] = {
    "winter": "winter holidays",
    "spring": "spring break",
    "summer": "summer holidays",
    "christmas": "Christmas break",
}


def _venue_taken(values: Mapping[str, Any]) -> str:
    return say("“{venue}” takes one event at a time, and {mine} and {theirs} would be there together.", **values)


def _venue_held(values: Mapping[str, Any]) -> str:
    return say("“{venue}” is reserved at that time in a poll for a date: “{held}”.", **values)


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


def _audience_near(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} and {theirs}, at the same place, call the same people at the same time: {audiences}."
        if is_same_spot(values)
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
        if is_same_spot(values)
        else "The city announced a closure {metres} m from {mine} at that time: “{title}”.",
        mine=values["mine"],
        metres=values["metres"],
        title=title_in_words(values["title"]),
    )


def _municipal_event(values: Mapping[str, Any]) -> str:
    return say(
        "The city has an event of its own where {mine} is, at that time: “{title}”."
        if is_same_spot(values)
        else "The city has an event of its own {metres} m from {mine} at that time: “{title}”.",
        mine=values["mine"],
        metres=values["metres"],
        title=title_in_words(values["title"]),
    )


def _public_holiday(values: Mapping[str, Any]) -> str:
    return say(
        "{mine} is on a public holiday, {day}: {name}.",
        mine=values["mine"],
        day=day(values["on"]),
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
        first=day(values["first_on"]),
        last=day(values["last_on"]),
    )


def _opening_hours(values: Mapping[str, Any]) -> str:
    named = {"mine": values["mine"], "venue": values["venue"], "day": day(values["on"])}
    if not values["open"]:
        return say("{mine} is at “{venue}”, which is closed on {day}.", **named)
    hours = listed([DASH.join(span) for span in values["open"]])
    taken = DASH.join(values["taken"])
    return say(
        "{mine} takes “{venue}” {taken} with its preparations, but on {day} it is open {hours}.",
        taken=taken,
        hours=hours,
        **named,
    )


SENTENCES: dict[str, Words] = {
    "venue_taken": _venue_taken,
    "venue_held": _venue_held,
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
}
