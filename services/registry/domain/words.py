"""Words as people type them into a search box: without case, and without the marks over letters."""

import unicodedata

_STROKED = str.maketrans({"ł": "l", "Ł": "l", "đ": "d", "ø": "o", "ß": "ss"})


def folded(*texts: str) -> str:
    """Bring texts to one line in which `SENIORÓW`, `Seniorów` and `seniorow` are the same word."""
    plain = unicodedata.normalize("NFKD", " ".join(texts).casefold().translate(_STROKED))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
