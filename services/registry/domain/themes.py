"""The taxonomy of themes: finding one by what people write, and what it lies in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.registry.domain.words import folded


@dataclass(frozen=True)
class KnownTheme:
    """A theme as far as finding it asks: its code, the code of the wider one, and all words that mean it."""

    code: str
    parent_code: str | None
    words: tuple[str, ...]


class Taxonomy:
    """All themes at once, to be asked in memory; a neighbourhood has tens of them."""

    def __init__(self, themes: Iterable[KnownTheme]) -> None:
        """Take every theme; of two that claim the same word the first one has it."""
        known = list(themes)
        self._parents: Mapping[str, str | None] = {theme.code: theme.parent_code for theme in known}
        self._by_word: dict[str, str] = {}
        for theme in known:
            for word in (theme.code, *theme.words):
                self._by_word.setdefault(folded(word), theme.code)

    def code_of(self, written: str) -> str | None:
        """Find the theme that a code, a name or a synonym means, in either language, without case or Polish marks."""
        return self._by_word.get(folded(written))

    def with_wider(self, code: str) -> tuple[str, ...]:
        """Give a theme and the wider ones that it lies in, the nearest first; an unknown code stands alone."""
        found = [code]
        wider = self._parents.get(code)
        while wider is not None and wider not in found:
            found.append(wider)
            wider = self._parents.get(wider)
        return tuple(found)
