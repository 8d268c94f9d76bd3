"""Themes as they follow from what the registry told of each."""

from services.map.models import KnownTheme
from shared.copies import Kind, Values
from shared.messages.registry import ThemeChanged


def known_theme(theme: ThemeChanged) -> Values:
    """Know a theme; one that is retired too, for things that name it are still about it."""
    return {
        "id": theme.id,
        "version": theme.version,
        "code": theme.code,
        "name_pl": theme.name_pl,
        "name_en": theme.name_en,
        "parent_code": theme.parent_code,
        "synonyms": theme.synonyms,
        "retired": theme.retired,
    }


THEMES = Kind(KnownTheme, known_theme)
