"""The map's own words: what kinds of places are called, one and many."""

from collections.abc import Mapping

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


def word(words: Mapping[str, str], code: str) -> str:
    """Say a code in the running request's language; what has no word stands as it is."""
    return say(words[code]) if code in words else code


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give codes with what they are called, for a field of a form."""
    return [(code, say(name)) for code, name in words.items()]
