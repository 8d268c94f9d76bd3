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


def word(words: Mapping[str, str], code: str) -> str:
    """Say a code in the running request's language; what has no word stands as it is."""
    return say(words[code]) if code in words else code
