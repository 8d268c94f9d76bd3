"""Words as people type them: without regard to capitals, accents, or the Polish ł."""

import re
import unicodedata
from collections.abc import Collection

WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe"})
"""Letters whose stroke is no combining mark, so that Unicode's decomposition leaves them as they are."""


def _letter(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return plain.casefold().translate(WITHOUT_DECOMPOSITION)


class Letters(dict[int, str]):
    """What becomes of each letter, found sooner than made: a rebuild folds hundreds of thousands of texts.

    Folded at once are the letters of Latin scripts, with accents before or after them; others when they come.
    """

    def __init__(self) -> None:
        super().__init__((code, _letter(chr(code))) for code in range(0x370))

    def __missing__(self, code: int) -> str:
        """Fold a letter that comes seldom; it is not kept, so that nobody fills the memory by searching."""
        return _letter(chr(code))


LETTERS = Letters()
NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def folded(text: str) -> str:
    """Bring a text to the form in which texts are compared: `Święto na Łące` gives `swieto na lace`."""
    if not text.isascii():  # few letters are: each costs more than all others together
        text = NOT_ASCII.sub(_folded_letter, text)
    return " ".join((text.lower() if text.isascii() else text.translate(LETTERS)).split())


def _folded_letter(found: re.Match[str]) -> str:
    return LETTERS[ord(found[0])]


def words(text: str) -> tuple[str, ...]:
    """Give the folded words of what somebody searches for; all of them must be found."""
    return tuple(folded(text).split())


def tags(audiences: Collection[str], themes: Collection[str]) -> str:
    """Write what something is for and about as one text in which `tag` finds each."""
    if not audiences and not themes:
        return ""
    found = {*(tag("audience", one) for one in audiences), *(tag("theme", one) for one in themes)}
    return "".join(sorted(found))


def tag(kind: str, word: str) -> str:
    """Write one tag: no other one contains it."""
    return f"|{kind}:{folded(word).replace('|', ' ')}|"
