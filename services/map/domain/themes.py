"""Themes: what a word that people write means in the registry's taxonomy, in either language, and what lies in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.map.domain.folding import folded


@dataclass(frozen=True)
class Theme:
    """A theme as far as finding by it asks: the code that things name it by, that of the wider one, and its words."""

    code: str
    name_pl: str
    name_en: str
    parent_code: str | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Give everything it is called."""
        return (self.code, self.name_pl, self.name_en, *self.synonyms)

    def name(self, language: str) -> str:
        """Name it in a language."""
        return self.name_en if language == "en" else self.name_pl


def meant(written: str, themes: Iterable[Theme]) -> tuple[Theme, ...]:
    """Give the themes that a code, a name or a synonym means, without regard to capitals and accents; its own first."""
    wanted = folded(written)
    found = [theme for theme in themes if wanted in map(folded, theme.words)]
    return tuple(sorted(found, key=lambda theme: (folded(theme.code) != wanted, theme.code)))


def with_narrower(wider: Iterable[Theme], themes: Sequence[Theme]) -> tuple[Theme, ...]:
    """Give themes and all that lie in them, at any depth; each once, so that a circle of parents ends."""
    found = {theme.code: theme for theme in wider}
    while inside := [one for one in themes if one.parent_code in found and one.code not in found]:
        found.update((one.code, one) for one in inside)
    return tuple(found.values())


def words_about(written: str, themes: Sequence[Theme]) -> tuple[str, ...]:
    """Give the folded words by which something is about a theme or a narrower one; of an unknown word, the word."""
    about = with_narrower(meant(written, themes), themes)
    return tuple(sorted({folded(word) for word in (written, *(word for theme in about for word in theme.words))}))
