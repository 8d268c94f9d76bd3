"""The words that stand in the cells of a table, in Polish and English, and what each of them means."""

from collections.abc import Mapping

from services.registry.domain.plans import Visibility
from shared.messages.calendar import Audience
from shared.messages.registry import OrganisationKind

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
HEADINGS: Mapping[str, str] = {
    "key": "klucz",
    "nip": "nip",
    "regon": "regon",
    "name": "nazwa",
    "kind": "rodzaj",
    "description": "opis",
    "address": "adres",
    "latitude": "szerokość",
    "longitude": "długość",
    "audiences": "odbiorcy",
    "themes": "tematy",
    "phone": "telefon",
    "email": "e-mail",
    "website": "www",
    "visibility": "widoczność",
}
"""The columns of an export, with their Polish headings; the English ones are the names of the fields."""
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
}
"""The Polish words for kinds, audiences and levels, as they are read again."""
