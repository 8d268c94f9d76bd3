"""Words as people type them into a search box: without case, and without the marks over letters."""

import unicodedata
from itertools import filterfalse

_STROKED = str.maketrans({"ł": "l", "Ł": "l", "đ": "d", "ø": "o", "ß": "ss"})


def folded(*texts: str) -> str:
    """Bring texts to one line in which `SENIORÓW`, `Seniorów` and `seniorow` are the same word."""
    plain = " ".join(texts).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_STROKED))
        plain = "".join(filterfalse(unicodedata.combining, plain))
    return " ".join(plain.split())
