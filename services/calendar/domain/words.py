"""Words as a search compares them: without case, accents and Polish tails."""

import unicodedata


def folded(text: str) -> str:
    """Fold a text for searching: "Święto Azorów" becomes "swieto azorow"."""
    if text.isascii():  # as many are; an import folds thousands
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
