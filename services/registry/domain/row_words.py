"""The words that stand in the cells of a table, in Polish and English, and what each of them means."""

from collections.abc import Mapping

from services.registry.domain.hours import DAYS
from services.registry.domain.plans import Visibility
from shared.messages.calendar import Audience
from shared.messages.registry import CostPer, LendsTo, NeedStatus, OfferStatus, OrganisationKind, ResourceKind, Urgency

KINDS: Mapping[str, OrganisationKind] = {
    "instytucja publiczna": "public_institution",
    "public_institution": "public_institution",
    "organizacja pozarzadowa": "ngo",
    "ngo": "ngo",
    "stowarzyszenie": "ngo",
    "fundacja": "ngo",
    "szkola": "school",
    "school": "school",
    "przedszkole": "school",
    "spoldzielnia mieszkaniowa": "housing_association",
    "housing_association": "housing_association",
    "spoldzielnia": "housing_association",
    "wspolnota mieszkaniowa": "housing_association",
    "firma": "company",
    "company": "company",
    "rada dzielnicy": "council",
    "council": "council",
    "grupa nieformalna": "informal_group",
    "informal_group": "informal_group",
    "inne": "other",
    "other": "other",
}
"""Compared as `domain.words` folds them."""
AUDIENCES: Mapping[str, Audience] = {
    "wszyscy": "everyone",
    "everyone": "everyone",
    "dzieci": "children",
    "children": "children",
    "mlodziez": "youth",
    "youth": "youth",
    "rodziny": "families",
    "families": "families",
    "dorosli": "adults",
    "adults": "adults",
    "seniorzy": "seniors",
    "seniors": "seniors",
}
VISIBILITIES: Mapping[str, Visibility] = {
    "publiczne": "public",
    "public": "public",
    "partnerzy": "partners",
    "partners": "partners",
    "koordynatorzy": "coordinators",
    "coordinators": "coordinators",
    "prywatne": "private",
    "private": "private",
}
RESOURCE_KINDS: Mapping[str, ResourceKind] = {
    "space": "space",
    "miejsce": "space",
    "sala": "space",
    "equipment": "equipment",
    "sprzet": "equipment",
    "wyposazenie": "equipment",
    "skill": "skill",
    "umiejetnosc": "skill",
    "umiejetnosci": "skill",
    "volunteers": "volunteers",
    "wolontariusze": "volunteers",
    "wolontariat": "volunteers",
    "czas wolontariuszy": "volunteers",
    "money": "money",
    "pieniadze": "money",
    "knowledge": "knowledge",
    "wiedza": "knowledge",
}
LENDS_TO: Mapping[str, LendsTo] = {
    "everyone": "everyone",
    "wszyscy": "everyone",
    "wszystkim": "everyone",
    "partners": "partners",
    "partnerzy": "partners",
    "partnerom": "partners",
    "members": "members",
    "czlonkowie": "members",
    "czlonkom": "members",
}
COSTS_PER: Mapping[str, CostPer] = {
    "hour": "hour",
    "godzina": "hour",
    "godzine": "hour",
    "godz.": "hour",
    "h": "hour",
    "day": "day",
    "dzien": "day",
    "doba": "day",
    "once": "once",
    "jednorazowo": "once",
    "raz": "once",
    "calosc": "once",
}
OFFER_STATUSES: Mapping[str, OfferStatus] = {
    "offered": "offered",
    "oferowane": "offered",
    "dostepne": "offered",
    "withdrawn": "withdrawn",
    "wycofane": "withdrawn",
}
URGENCIES: Mapping[str, Urgency] = {
    "low": "low",
    "niska": "low",
    "moze poczekac": "low",
    "normal": "normal",
    "zwykla": "normal",
    "normalna": "normal",
    "urgent": "urgent",
    "pilne": "urgent",
    "pilna": "urgent",
    "wysoka": "urgent",
}
NEED_STATUSES: Mapping[str, NeedStatus] = {
    "open": "open",
    "otwarta": "open",
    "matched": "matched",
    "dopasowana": "matched",
    "met": "met",
    "zaspokojona": "met",
    "closed": "closed",
    "zamknieta": "closed",
}
YES = frozenset({"tak", "t", "yes", "y", "true", "prawda", "1", "x", "1.0"})
NO = frozenset({"nie", "n", "no", "false", "falsz", "0", "-", "brak", "0.0"})
WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, code in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), 1)
    for word in (code.lower(), *DAYS[code])
}
"""1 is Monday."""
WEEKDAYS_WRITTEN = {"pl": ("pn", "wt", "śr", "cz", "pt", "sb", "nd"), "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}
WRITTEN: Mapping[str, str] = {
    "public_institution": "instytucja publiczna",
    "ngo": "organizacja pozarządowa",
    "school": "szkoła",
    "housing_association": "spółdzielnia mieszkaniowa",
    "company": "firma",
    "council": "rada dzielnicy",
    "informal_group": "grupa nieformalna",
    "other": "inne",
    "everyone": "wszyscy",
    "children": "dzieci",
    "youth": "młodzież",
    "families": "rodziny",
    "adults": "dorośli",
    "seniors": "seniorzy",
    "public": "publiczne",
    "partners": "partnerzy",
    "coordinators": "koordynatorzy",
    "private": "prywatne",
    "space": "miejsce",
    "equipment": "sprzęt",
    "skill": "umiejętność",
    "volunteers": "wolontariusze",
    "money": "pieniądze",
    "knowledge": "wiedza",
    "members": "członkowie",
    "hour": "godzina",
    "day": "dzień",
    "once": "jednorazowo",
    "offered": "oferowane",
    "withdrawn": "wycofane",
    "low": "niska",
    "normal": "zwykła",
    "urgent": "pilne",
    "open": "otwarta",
    "matched": "dopasowana",
    "met": "zaspokojona",
    "closed": "zamknięta",
    "yes": "tak",
    "no": "nie",
}
"""The Polish words that stand in cells, as they are read again."""


def written(code: str | bool | None, language: str) -> str:
    """Write a code, yes or no in the reader's language; nothing where nobody knows."""
    if code is None:
        return ""
    text = ("yes" if code else "no") if isinstance(code, bool) else code
    return WRITTEN.get(text, text) if language == "pl" else text
