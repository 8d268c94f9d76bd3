"""Opening hours in the words of the reader's language."""

from datetime import date

from babel.dates import get_day_names

from shared import i18n
from shared.i18n import DASH, say
from shared.opening import DaysAlike, usual_week

ALWAYS = (("00:00", "24:00"),)


def hours_in_words(text: str, today: date) -> list[tuple[str, str]]:
    """Say a usual week as pairs: (`Monday–Friday`, `08:00–16:00`); what cannot be read stands as it was written."""
    week = usual_week(text, today)
    if not week:
        return [("", text)] if text else []
    if len(week) == 1 and week[0].spans == ALWAYS:
        return [(say("always"), say("day and night"))]
    return [(_days(one), _times(one)) for one in week]


def _days(one: DaysAlike) -> str:
    names = get_day_names("wide", locale=i18n.LOCALES[i18n.language.get()])
    first, last = names[one.first], names[one.last]
    return first if one.first == one.last else f"{first}{DASH}{last}"


def _times(one: DaysAlike) -> str:
    return ", ".join(f"{start}{DASH}{end}" for start, end in one.spans) or say("closed")
