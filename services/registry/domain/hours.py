"""Opening hours as people write them: kept in the syntax of OpenStreetMap's `opening_hours`."""

import re

from services.registry.domain.words import folded
from shared import opening
from shared.problems import InvalidInput

DAYS: dict[str, tuple[str, ...]] = {
    "Mo": ("poniedzialek", "poniedzialku", "pon", "pn", "monday", "mon"),
    "Tu": ("wtorek", "wtorku", "wt", "tuesday", "tue"),
    "We": ("sroda", "srody", "sr", "wednesday", "wed"),
    "Th": ("czwartek", "czwartku", "czw", "cz", "thursday", "thu"),
    "Fr": ("piatek", "piatku", "pt", "friday", "fri"),
    "Sa": ("sobota", "soboty", "sob", "sb", "so", "saturday", "sat"),
    "Su": ("niedziela", "niedzieli", "niedz", "nd", "ndz", "sunday", "sun"),
    "Mo-Su": ("codziennie", "daily", "every day"),
    "PH": ("swieta", "swieto", "holidays"),
    "off": ("nieczynne", "zamkniete", "closed"),
    "24/7": ("cala dobe", "calodobowo", "zawsze"),
}
_WORDS = {word: code for code, words in DAYS.items() for word in words}
_WORD = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r")\b\.?")
_HOUR = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))?\s*-\s*(\d{1,2})(?:[:.](\d{2}))?(?![\d:])")
LITTLE_WORDS = (
    (r"\s*\bdo\b\s*", "-"),
    (r"\s*\b(od|godz\.?|w godzinach|w godz\.?)\b\s*", " "),
    (r"\s*\b(i|oraz|and)\b\s*", ", "),
)


def understood_hours(written: str, pointer: str = "/opening_hours") -> str:
    """Give opening hours in OpenStreetMap's syntax; `pn-pt 8-16, sob nieczynne` is understood too.

    Raises `InvalidInput`.
    """
    text = " ".join(written.split())
    if not text or opening.is_readable(text):
        return text
    guessed = _guessed(text)
    if opening.is_readable(guessed):
        return guessed
    raise InvalidInput((pointer, "These hours cannot be read; write them like Mo-Fr 08:00-16:00; Sa 10:00-14:00"))


def _guessed(text: str) -> str:
    """Put codes for the words of days, and hours in full, as people leave them out."""
    plain = folded(text.replace("\u2013", "-").replace("\u2014", "-"))
    for pattern, sign in LITTLE_WORDS:
        plain = re.sub(pattern, sign, plain)
    named = _WORD.sub(lambda one: _WORDS[one[1]], plain)
    named = re.sub(r"(?<=[a-zA-Z])\s*-\s*(?=[A-Z])", "-", named)
    timed = _HOUR.sub(lambda one: f"{int(one[1]):02}:{one[2] or '00'}-{int(one[3]):02}:{one[4] or '00'}", named)
    timed = re.sub(r"(?<=[a-zA-Z])\s*:\s*(?=\d)", " ", timed)
    timed = re.sub(r"(?<=[a-zA-Z]),\s*(?=[A-Z])|(?<=:\d\d),\s*(?=\d)", ",", timed)
    return re.sub(r"(?<=\d\d|ff)\s*,?\s+(?=[A-Z])|(?<=\d\d|ff),\s*(?=[A-Z])", "; ", timed).strip(" ,;.")
