"""The map's own words: what kinds of places are called, one and many, and on which terms something is lent."""

from collections.abc import Mapping

from babel.numbers import format_currency

from services.map.models import OfferTerms
from shared import i18n
from shared.i18n import say

KINDS: Mapping[str, str] = {
    "organisation": "Organisation",
    "venue": "Venue",
    "resource": "Resource",
    "need": "Need",
    "event": "Event",
    "problem": "Problem",
    "fact": "From the city",
}
MANY: Mapping[str, str] = {
    "organisation": "Organisations",
    "venue": "Venues",
    "resource": "Resources",
    "need": "Needs",
    "event": "Events elsewhere",
    "problem": "Problems",
    "fact": "From the city",
}
AREA_KINDS: Mapping[str, str] = {
    "outline": "Outline of the estate",
    "garden": "Garden",
    "park": "Pocket park",
    "route": "Route",
    "other": "Something else",
}
ROLES: Mapping[str, str] = {"member": "member", "coordinator": "coordinator", "leader": "leader"}
LOOKS: Mapping[str, str] = {
    "green": "Green",
    "blue": "Blue",
    "red": "Red",
    "amber": "Amber",
    "violet": "Violet",
    "grey": "Grey",
}
COSTS_PER: Mapping[str, str] = {"hour": "for an hour", "day": "for a day", "once": "for the whole time"}
LENDS_TO: Mapping[str, str] = {
    "partners": "people who work together here",
    "members": "only people of this institution",
}


def cost_of(terms: OfferTerms) -> str:
    """Say what something costs: `60,00 zł za godzinę, na prąd i sprzątanie`; empty where its owner did not say."""
    per = say(COSTS_PER[terms.cost_per]) if terms.cost_per else ""
    money = "" if terms.cost_pln is None else format_currency(terms.cost_pln, "PLN", locale=_locale())
    return ", ".join(text for text in (f"{money} {per}".strip(), terms.cost) if text)


def _locale() -> str:
    return i18n.LOCALES[i18n.language.get()]


def word(words: Mapping[str, str], code: str) -> str:
    """Say a code in the running request's language; what has no word stands as it is."""
    return say(words[code]) if code in words else code


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give codes with what they are called, for a field of a form."""
    return [(code, say(name)) for code, name in words.items()]
