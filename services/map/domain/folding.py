"""Words as people type them: without regard to capitals, accents, or the Polish ł."""

import unicodedata
from collections.abc import Iterable

WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe"})
"""Letters whose stroke is no combining mark, so that Unicode's decomposition leaves them as they are."""


def folded(text: str) -> str:
    """Bring a text to the form in which texts are compared: `Święto na Łące` gives `swieto na lace`."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.casefold().translate(WITHOUT_DECOMPOSITION).split())


def words(text: str) -> tuple[str, ...]:
    """Give the folded words of what somebody searches for; all of them must be found."""
    return tuple(folded(text).split())


def tags(audiences: Iterable[str], themes: Iterable[str]) -> str:
    """Write what something is for and about as one text in which `tag` finds each."""
    found = {*(tag("audience", one) for one in audiences), *(tag("theme", one) for one in themes)}
    return "".join(sorted(found))


def tag(kind: str, word: str) -> str:
    """Write one tag: no other one contains it."""
    return f"|{kind}:{folded(word).replace('|', ' ')}|"
