"""Reasons of free times and of alternatives in plain words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from shared import i18n
from shared.i18n import plural, say
from shared.reasons.words import Words

Values = Mapping[str, Any]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _hours(values: Values) -> str:
    return f"{_moment(values['starts_at']):%H:%M}{i18n.DASH}{_moment(values['ends_at']):%H:%M}"


def _short_day(day: date) -> str:
    return format_date(day, "d MMMM", locale=i18n.LOCALES[i18n.language.get()])


def _days(texts: list[str]) -> str:
    days = [_short_day(date.fromisoformat(text)) for text in texts]
    return format_list(days, locale=i18n.language.get())


def _whole(values: Values) -> str:
    """Say when a single event would be, with its date."""
    start, end = _moment(values["starts_at"]), _moment(values["ends_at"])
    if values["all_day"]:
        return i18n.day(start)
    if start.date() == end.date():
        return f"{i18n.day(start)}, {_hours(values)}"
    return f"{i18n.day(start)}, {start:%H:%M} {i18n.DASH} {i18n.day(end)}, {end:%H:%M}"


def _free(values: Values) -> str:
    if not values["repeats"]:
        return say("free")
    return say("free {free} of {dates}", free=values["free"], dates=values["dates"])


def _shift(values: Values) -> str:
    return say("The same day, {hours}: {free}.", hours=_hours(values), free=_free(values))


def _shorten(values: Values) -> str:
    return say(
        "Shorter by {minutes} min, {hours}: {free}.",
        minutes=values["minutes"],
        hours=_hours(values),
        free=_free(values),
    )


def _skip(values: Values) -> str:
    return say(
        "Leave out {days}: {free} of {dates} dates stay.",
        days=_days(values["skipped"]),
        free=values["free"],
        dates=values["dates"],
    )


def _other_time(values: Values) -> str:
    if not values["repeats"]:
        return say("{when}: free.", when=_whole(values))
    start = _moment(values["starts_at"])
    weekday = format_date(start, "EEEE", locale=i18n.LOCALES[i18n.language.get()])
    if not values["all_day"]:
        weekday = f"{weekday} {start:%H:%M}"
    return say("{weekday}: {free}.", weekday=weekday, free=_free(values))


def _venue(values: Values) -> str:
    return " ".join([say("“{venue}” is free then.", venue=values["venue"]), *_room(values)])


def _near(values: Values) -> str:
    metres = values["metres"]
    where = say("“{venue}”, {metres} m away, is free then.", venue=values["venue"], metres=metres)
    return " ".join([where if metres else say("“{venue}” is free then.", venue=values["venue"]), *_room(values)])


def _room(values: Values) -> list[str]:
    more = values["more"]
    if more > 0:
        return [plural("Room for {n} person more.", "Room for {n} people more.", more)]
    return [plural("Room for {n} person less.", "Room for {n} people less.", -more)] if more else []


def _for_all(values: Values) -> str:
    """Explain a time that was found: who is free, where, on which dates."""
    parts = [say("Everybody who must come is free.")] if values["required"] else []
    if values["optional"]:
        parts.append(
            say("Of those who need not come, free: {free} of {all}.", free=values["welcome"], all=values["optional"])
        )
    if values["venue"]:
        text = "“{venue}” is free and open." if values["opening_known"] else "“{venue}” is free; ask when it is open."
        parts.append(say(text, venue=values["venue"]))
    if values["dates"] > 1:
        parts.append(say("Free {free} of {dates} dates.", free=values["free"], dates=values["dates"]))
    if values["skipped"]:
        parts.append(say("Without {days}.", days=_days(values["skipped"])))
    if values["soft"]:
        parts.append(say("Somebody has uncertain plans then."))
    return " ".join(parts or [say("Free at this time.")])


OBSTACLES: Mapping[str, str] = {
    "weekdays": "On these days of the week nothing is free.",
    "hours": "At these hours nothing is free.",
    "holidays": "Only public holidays are free.",
    "participant": "“{who}” has no time then.",
    "resource": "There is not enough of “{who}” then.",
    "venue": "No place that suits is free then.",
    "the venue": "“{who}” is not free then.",
    "length": "Nothing is free for so long.",
    "window": "Nothing is free in this time: choose more days.",
    "capacity": "No place is big enough.",
    "equipment": "No place has all this equipment.",
    "step_free": "No place that suits can be reached without steps.",
    "near": "No place that suits is so near.",
}


def _in_the_way(values: Values) -> str:
    """Say what excludes everything, and what is free when one gives way there."""
    obstacle = "the venue" if values["obstacle"] == "venue" and values["who"] else values["obstacle"]
    text = say(OBSTACLES[obstacle], who=values["who"])
    if not values["starts_at"]:
        return text
    return f"{text} " + say("If that may be otherwise: {when}.", when=_whole(values))


def _slot_same_day(values: Values) -> str:
    minutes = abs(values["minutes"])
    hours, rest = divmod(minutes, 60)
    length = f"{hours}:{rest:02d} h" if hours and rest else f"{hours} h" if hours else f"{rest} min"
    if values["minutes"] < 0:
        return say("Free the same day, {length} earlier.", length=length) + _every_date(values)
    return say("Free the same day, {length} later.", length=length) + _every_date(values)


def _slot_other_day(values: Values) -> str:
    days = abs(values["days"])
    if values["days"] < 0:
        text = plural("Free {n} day earlier.", "Free {n} days earlier.", days)
    else:
        text = plural("Free {n} day later.", "Free {n} days later.", days)
    return text + _every_date(values)


def _slot_free(values: Values) -> str:
    return say("Free at this time.") + _every_date(values)


def _every_date(values: Values) -> str:
    dates = values.get("dates", 1)
    if dates < 2:
        return ""
    return " " + plural("Free for {n} of {n} date.", "Free for all {n} dates.", dates)


SENTENCES: dict[str, Words] = {
    "slot_same_day": _slot_same_day,
    "slot_other_day": _slot_other_day,
    "slot_free": _slot_free,
    "alternative_shift": _shift,
    "alternative_shorten": _shorten,
    "alternative_skip": _skip,
    "alternative_venue": _venue,
    "alternative_near": _near,
    "alternative_other_time": _other_time,
    "slot_for_all": _for_all,
    "slot_in_the_way": _in_the_way,
}
