"""Stems of Polish words without their marks: `seniorzy`, `seniorów` and `seniorom` become one word to search by.

A light stemmer of endings, in three steps: the ending of a case, the suffix of an adjective, and the consonants that
Polish softens before them. Search folds marks away first (`domain/words.py`), which stemmers of marked Polish cannot
bear: of 126 pairs that it was not made with this one joined 112, Snowball's 82 (`tests/unit/registry/test_stems.py`).
"""

import re
from functools import lru_cache

from services.registry.domain.words import folded

SHORTEST = 3
"""No ending is taken off what would be shorter; words of so many letters stay as they are."""
ENDINGS = (
    *("iami", "iach", "iego", "iemu", "ymi", "imi", "ami", "ach", "ego", "emu", "iej", "iem", "iom", "iow"),
    *("owi", "ich", "ych", "mi", "em", "om", "ow", "ej", "ym", "im", "um", "ie", "ia", "iu", "a", "e", "i", "o"),
    *("u", "y"),
)
"""Of cases and persons, the longest first."""
SUFFIXES = (("aln", 5), ("nosc", 4), ("osc", 4), ("sk", 5), ("ow", 4))
"""That make adjectives and qualities of nouns, each with the letters that must stay before it."""
SOFTENED = (("dz", "d"), ("rz", "r"), ("cz", "k"), ("c", "k"))
"""What a consonant becomes before some endings, and what it was: `ogrodzie`, `seniorzy`, `muzyczny`, `bibliotece`."""
VOWELS = frozenset("aeiouy")
_WORD = re.compile(r"[^\W_]+")
_folded = lru_cache(maxsize=50_000)(folded)
AS_THEY_ARE = frozenset(
    {"problem", "system", "zapach", "album", "krem", "turniej", "radio", "radia", "radiu", "radiem"}
)
"""Words that only look as if they had an ending, or that another word would swallow."""
IRREGULAR = {
    form: forms.split()[0]
    for forms in (
        "dziecko dziecka dziecku dzieckiem dzieci dzieciom dziecmi dzieciach dzieciecy dziecieca dzieciece dzieciecych",
        "pies psa psu psem psy psow psom psami psach",
        "pieniadze pieniadz pieniedzy pieniadzom pieniedzmi pieniadzach",
        "zwierze zwierzecia zwierzeta zwierzat zwierzetom zwierzetami zwierzetach",
        "sasiad sasiedzi sasiadow sasiadom sasiadami sasiadach sasiada sasiadka sasiadki sasiadek",
        "uczen ucznia uczniowi uczniem uczniowie uczniow uczniom uczniami uczniach",
        "taniec tanca tancu tancem tance tancow tancom tancami tancach",
        "dzien dnia dniu dniem dni dniom dniami dniach",
        "swieto swieta swietu swietem swiat swietom swietami swietach",
        "miejsce miejsca miejscu miejscem miejsc miejscom miejscami miejscach",
        "miasto miasta miastu miastem miescie miast miastom miastami miastach",
        "reka reki rece rak rekom rekami rekach",
        "zielen zieleni zielenia zielony zielona zielone zielonych zielonym zielonymi zielonej zielonego zielonemu",
        "urzad urzedu urzedowi urzedem urzedzie urzedy urzedow urzedom urzedami urzedach",
        "droga drogi drodze droge drog drogom drogami drogach",
        "ludzie ludzi ludziom ludzmi ludziach",
        "gra gry grze gier grom grami grach",
    )
    for form in forms.split()
}
"""Words of a neighbourhood whose stem itself changes."""


def stems(*texts: str) -> list[str]:
    """Give the stem of every word of the texts, in their order."""
    return [stem(word) for word in words(*texts)]


def words(*texts: str) -> list[str]:
    """Cut texts into words without case and Polish marks: letters and digits, nothing else."""
    return _WORD.findall(folded(*texts))


def written(*texts: str) -> dict[str, str]:
    """Give the words of the texts as they are written, in small letters, by the word that they are folded to."""
    plain = _WORD.findall(" ".join(texts).casefold())
    return {_folded(word): word for word in reversed(plain)}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Give the stem of one folded word; what holds a digit is a number or a name, and stays."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= SHORTEST or word in AS_THEY_ARE or not word.isalpha():
        return word
    return _hard(_without_suffix(_without_ending(word)))


def _without_ending(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("i") if len(word) > SHORTEST else word


def _without_suffix(word: str) -> str:
    for suffix, least in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            word = word.removesuffix(suffix)
    if word.endswith("n") and len(word) > SHORTEST + 1 and word[-2] not in VOWELS:
        return word[:-1]
    return word


def _hard(word: str) -> str:
    """Undo what an ending did to the consonants, and leave out the `e` that comes and goes: `książek`, `książka`."""
    if len(word) < 5:
        return word
    if word[-1] in "kclrn" and word[-2] == "e" and word[-3] not in VOWELS - {"i"}:
        word = word[:-2].removesuffix("i") + word[-1]
    for soft, hard in SOFTENED:
        if word.endswith(soft):
            return word.removesuffix(soft) + hard
    return word
