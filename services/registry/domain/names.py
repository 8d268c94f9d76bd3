"""Names of institutions as they are compared: abbreviations written out, legal forms left out, numbers apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.registry.domain.words import folded

ABBREVIATIONS: Mapping[str, str] = {
    "sp": "szkola podstawowa",
    "lo": "liceum ogolnoksztalcace",
    "zs": "zespol szkol",
    "zso": "zespol szkol ogolnoksztalcacych",
    "zsp": "zespol szkolno przedszkolny",
    "psp": "publiczna szkola podstawowa",
    "mdk": "mlodziezowy dom kultury",
    "dk": "dom kultury",
    "gok": "gminny osrodek kultury",
    "mok": "miejski osrodek kultury",
    "mbp": "miejska biblioteka publiczna",
    "mops": "miejski osrodek pomocy spolecznej",
    "gops": "gminny osrodek pomocy spolecznej",
    "ops": "osrodek pomocy spolecznej",
    "dps": "dom pomocy spolecznej",
    "sds": "srodowiskowy dom samopomocy",
    "wtz": "warsztat terapii zajeciowej",
    "cas": "centrum aktywnosci seniorow",
    "pal": "program aktywnosci lokalnej",
    "cal": "centrum aktywnosci lokalnej",
    "cus": "centrum uslug spolecznych",
    "tpd": "towarzystwo przyjaciol dzieci",
    "utw": "uniwersytet trzeciego wieku",
    "zhp": "zwiazek harcerstwa polskiego",
    "zhr": "zwiazek harcerstwa rzeczypospolitej",
    "pck": "polski czerwony krzyz",
    "pzn": "polski zwiazek niewidomych",
    "pkps": "polski komitet pomocy spolecznej",
    "pttk": "polskie towarzystwo turystyczno krajoznawcze",
    "tkkf": "towarzystwo krzewienia kultury fizycznej",
    "ppp": "poradnia psychologiczno pedagogiczna",
    "osp": "ochotnicza straz pozarna",
    "uks": "uczniowski klub sportowy",
    "ks": "klub sportowy",
    "nzoz": "niepubliczny zaklad opieki zdrowotnej",
    "stow": "stowarzyszenie",
    "fund": "fundacja",
    "sw": "swietego",
}
LEGAL_FORMS = frozenset(
    ["stowarzyszenie", "fundacja", "spolka", "spzoo", "zoo", "sa", "filia", "oddzial", "publiczna", "publiczne"]
)
SMALL = frozenset(
    [
        "i",
        "w",
        "we",
        "z",
        "ze",
        "na",
        "nr",
        "numer",
        "dla",
        "do",
        "od",
        "przy",
        "oraz",
        "im",
        "imienia",
        "ul",
        "os",
        "sp.",
        "a",
        "o",
        "the",
        "of",
        "and",
        "for",
    ]
)
GENERAL = frozenset(
    [
        "szkola",
        "podstawowa",
        "liceum",
        "ogolnoksztalcace",
        "zespol",
        "szkol",
        "szkolno",
        "przedszkolny",
        "przedszkole",
        "samorzadowe",
        "zlobek",
        "dom",
        "kultury",
        "klub",
        "centrum",
        "aktywnosci",
        "osrodek",
        "pomocy",
        "spolecznej",
        "miejski",
        "gminny",
        "biblioteka",
        "towarzystwo",
        "zwiazek",
        "polski",
        "seniora",
        "seniorow",
        "rada",
        "dzielnicy",
        "parafia",
        "rzymskokatolicka",
        "osiedle",
        "krakow",
        "krakowie",
        "krakowski",
        "spoldzielnia",
        "mieszkaniowa",
        "wspolnota",
        "swietego",
        "program",
        "lokalnej",
        "uniwersytet",
        "sportowy",
        "mlodziezowy",
    ]
)
"""Words that so many names have that they find nobody."""
ROMAN = re.compile(r"(?=[IVXLC])(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
ORDINALS = ["pierwsz", "drug", "trzec", "czwart", "piat", "szost", "siodm", "osm", "dziewiat", "dziesiat"]
ENDINGS = frozenset(["y", "a", "e", "i", "ia", "ie"])
PATRON = re.compile(r"\b(?:im\.|imienia\b|pw\.|pod wezwaniem\b).*", re.IGNORECASE)
STEM = 5


@dataclass(frozen=True)
class Name:
    """A name taken apart: its words (what sort of institution and which), and the numbers in it."""

    words: frozenset[str]
    numbers: frozenset[int]

    @property
    def telling(self) -> frozenset[str]:
        """The words that not many others have."""
        return frozenset(word for word in self.words if word not in GENERAL and len(word) > 2)


def taken_apart(name: str) -> Name:
    """Take a name apart; whose name it bears (`im. Jana Pawła II`) is left out, with the number in that."""
    bare = PATRON.sub("", name) or name
    words: list[str] = []
    numbers: set[int] = set()
    before = ""
    for place, token in enumerate(re.findall(r"\d+|[^\W\d_]+", bare)):
        plain = folded(token)
        number = _number(token, plain, begins=place == 0, after=before)
        if number is not None:
            numbers.add(number)
        else:
            words += ABBREVIATIONS.get(plain, plain).split()
        before = plain
    kept = frozenset(word for word in words if word not in SMALL and word not in LEGAL_FORMS)
    return Name(kept or frozenset(words), frozenset(numbers))


def _number(token: str, plain: str, *, begins: bool, after: str) -> int | None:
    """Read a number in digits, in Roman ones (`XLVI`; one letter only where a number is due), or as an ordinal."""
    if token.isdecimal():
        return int(token) if len(token) < 10 else None
    is_due = begins or after in ("nr", "numer")
    if token.isupper() and (len(token) > 1 or is_due) and ROMAN.fullmatch(token):
        return _roman(token)
    for value, stem in enumerate(ORDINALS, 1):
        if plain.startswith(stem) and plain[len(stem) :] in ENDINGS:
            return value
    return None


def _roman(token: str) -> int:
    values = [VALUES[letter] for letter in token]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))


def numbers_differ(one: Name, other: Name) -> bool:
    """Say whether each name has a number that the other has not: school no. 113 is not no. 119."""
    return bool(one.numbers - other.numbers) and bool(other.numbers - one.numbers)


def likeness(one: Name, other: Name) -> float:
    """Say how much two names are alike, from 0 to 1; words of other endings or with a slip count as alike."""
    if not one.words or not other.words:
        return 0.0
    fewer, more = sorted((one.words, other.words), key=lambda words: (len(words), sorted(words)))
    shared = sum(max(_alike(word, candidate) for candidate in more) for word in fewer)
    numbered = 0.9 if bool(one.numbers) != bool(other.numbers) else 1.0
    return numbered * 2 * shared / (len(fewer) + len(more))


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one[:3] != other[:3] or abs(len(one) - len(other)) > 4:
        return 0.0
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio if ratio >= 0.75 else 0.0
