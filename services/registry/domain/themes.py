"""The taxonomy of themes: finding one by what people write, and what it lies in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from services.registry.domain.words import folded


@dataclass(frozen=True)
class KnownTheme:
    """A theme as far as finding it asks: its code, the code of the wider one, and all words that mean it."""

    code: str
    parent_code: str | None
    words: tuple[str, ...]
    name_pl: str = ""
    name_en: str = ""
    is_retired: bool = False


MOST_SUGGESTED = 3
ALIKE = 0.6
"""So much of a word must be the same, on the scale of `difflib`, before it is taken for a slip of the keyboard."""


class Taxonomy:
    """All themes at once, to be asked in memory; a neighbourhood has tens of them."""

    def __init__(self, themes: Iterable[KnownTheme]) -> None:
        """Take every theme; of two that claim the same word the first one has it."""
        known = list(themes)
        self._parents: Mapping[str, str | None] = {theme.code: theme.parent_code for theme in known}
        self._by_word: dict[str, str] = {}
        self._known = {theme.code: theme for theme in known}
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

    def name_of(self, code: str, language: str) -> str:
        """Name a theme in a language; a code that is not known stands for itself."""
        theme = self._known.get(code)
        return code if theme is None else (theme.name_en if language == "en" else theme.name_pl)

    def names_of(self, code: str) -> tuple[str, ...]:
        """Give the names of a theme in both languages, for a search to find; an unknown code stands for itself."""
        theme = self._known.get(code)
        return (code,) if theme is None else (theme.name_pl, theme.name_en)

    def nearest(self, written: str) -> tuple[str, ...]:
        """Give the codes of the offered themes that are written most alike, the best first; none where nothing is."""
        offered = {word: code for word, code in self._by_word.items() if not self._known[code].is_retired}
        wanted = folded(written)
        begun = [word for word in offered if len(wanted) >= 4 and (word.startswith(wanted) or wanted.startswith(word))]
        alike = get_close_matches(wanted, offered, n=3 * MOST_SUGGESTED, cutoff=ALIKE)
        return tuple(dict.fromkeys(offered[word] for word in (*alike, *begun)))[:MOST_SUGGESTED]

    def makes_a_circle(self, code: str, parent_code: str | None) -> bool:
        """Say whether a theme would lie inside itself, if it lay in this one."""
        return parent_code is not None and code in self.with_wider(parent_code)
