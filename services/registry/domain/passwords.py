"""Which passwords are good enough: long, and not what everybody tries first (NIST SP 800-63B §3.1.1.2).

There is no rule of composition: a long sentence is better than a short riddle.
"""

import re
from collections.abc import Iterable
from typing import Literal

from services.registry.domain.words import folded

SHORTEST, LONGEST = 12, 200
LEAST_LETTERS, LEAST_CHARACTERS = 6, 10
"""So many letters, or characters of any kind, must be left when everything that is tried first is taken away."""
LEAST_VARIETY = 5

Weakness = Literal["short", "long", "common", "own"]

COMMON = (
    "password", "passw0rd", "haslo", "qwerty", "qwertz", "asdfgh", "zxcvbn", "1qaz2wsx", "zaq12wsx", "zaq!@wsx",
    "qazwsx", "admin", "administrator", "welcome", "letmein", "iloveyou", "kocham", "kochanie", "polska", "krakow",
    "warszawa", "osiedle", "azory", "urbinclusion", "witaj", "dragon", "monkey", "football", "pilka", "barcelona",
    "wisla", "cracovia", "legia", "matrix", "master", "secret", "tajne", "test", "marzec", "lipiec", "sierpien",
    "jesien", "wiosna", "lato", "zima", "summer", "winter", "misiek", "mateusz", "michal", "agnieszka", "karolina",
    "bartek", "marcin", "monika",
)  # fmt: skip
"""What the lists of leaked Polish and English passwords begin with; longer ones are made of these and of digits."""
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEAST_WORD = 4


def weakness_of(password: str, own_words: Iterable[str] = ()) -> Weakness | None:
    """Say what is wrong with a password, or None. `own_words` are its owner's name and addresses."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = folded(password)
    if len(set(plain)) < LEAST_VARIETY or not _has_an_idea(plain, [*COMMON, *_pieces_of_runs()]):
        return "common"
    own = [piece for word in own_words for piece in re.split(r"\W+", folded(word)) if len(piece) >= _LEAST_WORD]
    return None if _has_an_idea(plain, own) else "own"


def _has_an_idea(text: str, words: Iterable[str]) -> bool:
    """Say whether enough is left without these words, the longest taken away first: that is somebody's own idea."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    left = text.replace(" ", "")
    return sum(letter.isalpha() for letter in left) >= LEAST_LETTERS or len(left) >= LEAST_CHARACTERS


def _pieces_of_runs() -> list[str]:
    """List the pieces of four and more neighbours on the keyboard or in the alphabet, forwards and backwards."""
    return [
        run[start:end]
        for one in _RUNS
        for run in (one, one[::-1])
        for start in range(len(run))
        for end in range(start + _LEAST_WORD, len(run) + 1)
    ]
